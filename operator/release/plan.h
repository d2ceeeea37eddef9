/*
 * What is to be done for one release, decided from what is wanted, recorded
 * and live. Pure: no network, no clock. A plan says what remains to be done,
 * so a pass that was interrupted anywhere is continued by the next one.
 *
 * An object belongs to a revision: the one whose install or redeploy created
 * or last patched it (annotation NAME_REVISION). During a redeploy to
 * revision N, what belongs to an earlier one and is not kept is deleted; what
 * belongs to N is done. A rollback to revision N treats later ones so.
 */
#ifndef RELEASE_PLAN_H
#define RELEASE_PLAN_H

#include "base/vec.h"
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

	/* What the status of the custom resource remembers; looked at when it
	 * is being deleted. */
	const struct plan_item *noted;
	size_t noted_count;

	const struct plan_live *live;
	size_t live_count;
};

enum plan_action {
	PLAN_NOTHING,
	PLAN_INSTALL,
	PLAN_REDEPLOY,
	PLAN_PATCH, /* a redeploy of nothing but what is never deleted */
	PLAN_SCALE,
	PLAN_REPAIR,   /* what is missing or has drifted is put back */
	PLAN_RECOVER,  /* records were lost: they are written anew */
	PLAN_ROLLBACK, /* the newest revision failed: what is deployed is put
			* back, or what an install has made is taken away */
	PLAN_UNINSTALL
};

enum step_kind {
	STEP_CLAIM,      /* finalizer and release name on the CR */
	STEP_CHECK,      /* have the server judge item, changing nothing */
	STEP_CHECK_ALL,  /* the same of all that is created together */
	STEP_PENDING,    /* create record `revision` as pending */
	STEP_ABANDON,    /* mark pending record `revision` as failed */
	STEP_PATCH,      /* patch live item to what is wanted */
	STEP_MEND,       /* patch away the drift of live item */
	STEP_RESIZING,   /* take the digest off record `revision`: from here on
			  * nobody knows what sizes are live */
	STEP_SCALE,      /* patch the size of live item */
	STEP_GROW,       /* patch the storage that claim `live` asks for */
	STEP_RETAIN,     /* have StatefulSet `live` keep its claims */
	STEP_DELETE,     /* delete live `live` */
	STEP_CHECK_GONE, /* prove that old item is absent, else delete it */
	STEP_WAIT,       /* end the pass: events will continue it */
	STEP_CREATE,     /* create item */
	STEP_DEPLOYED,   /* mark record `revision` as deployed */
	STEP_RESIZED,    /* put the wanted manifest into record `revision` */
	STEP_SUPERSEDE,  /* mark record `revision` as superseded */
	STEP_FORGET,     /* delete record `revision` */
	STEP_DISCLAIM    /* take the finalizer off the CR */
};

struct step {
	enum step_kind kind;
	int64_t revision;             /* of the record, or of the object */
	const struct plan_item *item; /* borrowed from the input */
	const struct plan_live *live; /* borrowed from the input */
};

struct plan {
	enum plan_action action;
	int64_t revision; /* the revision that is or becomes deployed */
	/* What is wanted waits for the user; steps are about old items. */
	bool pending;
	/* The newest revision has failed for good: it stays so until another
	 * one is wanted, or in->retry. */
	bool failed;
	/* A claim that is to grow once it is bound; NULL: none. */
	const struct plan_live *unbound;
	/* One that has drifted, and can neither be patched nor deleted. */
	const struct plan_live *stuck;
	/* The steps cannot be told without the old manifest: read it, set
	 * old_known and plan again. No steps then. */
	bool need_old;
	/* The same without what live objects whose drift is unknown are like:
	 * compare them with what is wanted and plan again. No steps then. */
	bool need_live;
	/* The steps deploy, and do not tell whether all that was there before
	 * them is as it should be: plan again when they are done. */
	bool unsure;
	VEC(struct step) steps;
};

/** Fills a zeroed plan. The input must outlive it. */
void plan_make(const struct plan_input *in, struct plan *out);
void plan_done(struct plan *plan);

const char *plan_action_text(enum plan_action action);
const char *step_kind_text(enum step_kind kind);

/** Whether a step changes nothing: a check or a wait. */
bool step_is_look(enum step_kind kind);

/** The group of an id, for order_is_kept(). The caller frees it. */
MUST_USE char *plan_group(const char *id);

#endif
