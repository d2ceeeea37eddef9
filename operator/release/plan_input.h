/* What a plan is made from: what is wanted, recorded and live. */
#ifndef RELEASE_PLAN_INPUT_H
#define RELEASE_PLAN_INPUT_H

#include "chart/hook.h"
#include "data/val.h"
#include "release/record.h"

#include <stdint.h>

/* A rendered object, or one of a recorded manifest. */
struct plan_item {
	const char *id;           /* "group/Kind/namespace/name"; unique */
	const struct val *object; /* borrowed, with its namespace filled in */
};

/* How a live object differs from what is recorded. */
enum plan_drift {
	PLAN_DRIFT_NONE,
	PLAN_DRIFT_UNKNOWN, /* nobody knows: it has to be read */
	PLAN_DRIFT_SIZE,    /* only its size, which is patched */
	PLAN_DRIFT_PATCH,   /* a patch puts it back */
	PLAN_DRIFT_REPLACE  /* the server allows no such patch */
};

/* An object of the release that is in the cluster. */
struct plan_live {
	const char *id;
	const char *kind;
	const char *uid;
	int64_t revision;
	/* What a claim asks for, spec.resources.requests.storage; NULL: not a
	 * claim. */
	const char *storage;
	bool bound; /* a claim that has its volume: others cannot grow */
	bool deleting;
	bool hook; /* of a hook that another operator has run */
	bool keep; /* its policy is to stay when the release goes */
	/* A StatefulSet that would take its claims along, and one whose
	 * controller has not seen its newest specification. */
	bool reaps, unseen;
	enum plan_drift drift; /* looked at when nothing else is to be done */
};

struct plan_record {
	int64_t revision;
	enum record_status status;
	const char *digest; /* "": nobody knows, or nobody is to ask again */
	const char *shape;
	const char *config; /* "": nobody knows */
};

/* What a change beyond sizes deletes and creates anew. */
enum plan_strategy {
	PLAN_REDEPLOY_ALL,
	PLAN_REDEPLOY_CHANGED /* objects that differ from what is recorded */
};

/* What drift leads to, objects that are missing included. */
enum plan_on_drift {
	PLAN_ON_DRIFT_REPAIR,   /* the object is put back */
	PLAN_ON_DRIFT_REDEPLOY, /* the release is; sizes are patched */
	PLAN_ON_DRIFT_WARN,     /* it is told */
	PLAN_ON_DRIFT_OFF       /* nobody looks */
};

/* How far the hooks of a rollback are: what is put back by itself tells only
 * of objects. */
enum plan_back { PLAN_BACK_NOT_BEGUN, PLAN_BACK_BEGUN, PLAN_BACK_OVER };

struct plan_input {
	bool deleting; /* the custom resource is being deleted */
	bool claimed;  /* it has our finalizer and its release's name */
	bool orphan;   /* it is, and its objects are to stay */
	bool retry;    /* what has failed may be tried once more */
	enum plan_strategy strategy;
	enum plan_on_drift on_drift;
	/* A change that is not the user's waits until the user changes
	 * something, as long as the release runs. */
	bool waits_for_user;
	bool stopped;
	bool intact; /* live is as the status remembers it */

	const struct plan_item *want; /* in install order; none if deleting */
	size_t want_count;
	const char *digest; /* of what is wanted */
	const char *shape;  /* the same without sizes */
	const char *config; /* of what the user asks for */
	unsigned hooks;     /* events that it has hooks for, 1 << hook_event */
	/* Its hooks differ from those that have run for the newest record;
	 * looked at while that is pending or when it has failed. */
	bool hooks_changed;
	/* The digest of what was deployed last, as the status of the custom
	 * resource tells; "" when it does not. */
	const char *last_digest;

	const struct plan_record *records; /* ascending by revision */
	size_t record_count;

	/* The manifest of the newest deployed record, or of the newest record
	 * when none is deployed; known only when it was read. */
	bool old_known;
	const struct plan_item *old;
	size_t old_count;
	unsigned old_hooks;  /* events that it has hooks for; known with it */
	enum plan_back back; /* of the newest record, when it has failed */

	/* What the status of the custom resource remembers; looked at when it
	 * is being deleted. */
	const struct plan_item *noted;
	size_t noted_count;

	const struct plan_live *live;
	size_t live_count;
};

/** The item of an id; NULL when there is none. */
const struct plan_item *plan_find_item(const struct plan_item *items, size_t n,
				       const char *id);

/* An id in its parts, borrowed from it; of a cluster-scoped kind ns is empty. */
struct plan_id {
	struct str group, kind, ns;
	const char *name;
};

struct plan_id plan_id_of(const char *id);

#endif
