/*
 * One pass over one custom resource: what is known while it runs. A worker
 * makes it, the parts fill it in order (observe, render, plan, act, report),
 * and it is thrown away; nothing of it survives but what is in the cluster.
 */
#ifndef CONTROLLER_PASS_H
#define CONTROLLER_PASS_H

#include "base/digest.h"
#include "chart/render.h"
#include "controller/annotations.h"
#include "controller/cluster.h"
#include "controller/sources.h"
#include "kube/client.h"
#include "release/drift.h"
#include "release/hook_plan.h"
#include "release/live.h"
#include "release/plan.h"

/* What all passes share. Borrowed by each. */
struct pass_env {
	const struct watches *watches;
	const struct namespaces *namespaces;
	struct sources *sources;
	struct queue *queue;
	struct cluster *cluster;
	const char *identity;      /* name of this process, in events */
	int64_t default_period_ms; /* between passes that nothing triggers */
};

/* Objects of a manifest with their kinds looked up, in its order. */
struct pass_objects {
	VEC(struct plan_item);
	VEC(char *) ids;                     /* own what items point to */
	VEC(struct val *) objects;           /* likewise */
	VEC(const struct kube_kind *) kinds; /* of each item */
};

/* A live object that was compared with what is wanted, and has drifted. */
struct pass_compared {
	char *id;
	char digest[LIVE_DIGEST_BYTES]; /* of the version that was looked at */
	struct drift drift;
	enum plan_drift found;
	struct err why; /* the server's reason for PLAN_DRIFT_REPLACE */
};

/* The hooks of a manifest, which outlives them. Of those that are only tests
 * the kind is NULL. */
struct pass_hooks {
	VEC(struct hook_item);       /* borrows from objects */
	struct pass_objects objects; /* one for each item */
};

/* What has failed for good is tried again after so many seconds: the reason
 * may have been a policy, or a quota. */
#define PASS_RETRY_S 600

struct pass {
	const struct pass_env *env;
	const struct kube_client *client;
	const struct watch_entry *entry;
	size_t entry_number;
	const char *key;

	/* observe */
	/* Writes objects of the chart, as the watch's service account. Records,
	 * status and finalizers are the operator's own. */
	struct kube_client writer;
	char *writer_name; /* what it borrows */
	const char *kube_version;
	struct val *cr;
	const struct kube_kind *cr_kind;
	char *release; /* name of the release */
	struct owner owner;
	struct annotations asked; /* by the custom resource */
	bool deleting, has_finalizer, claimed;
	bool orphan; /* it is being deleted, and its objects are to stay */
	bool stopped, paused;
	bool takes_over; /* what a person's helm has left unfinished */
	VEC(struct plan_record) records; /* texts borrowed from heads */
	VEC(struct record_head) heads;
	VEC(struct plan_live) live; /* texts borrowed from summaries */
	/* Of live objects: those of the release, and those of its hooks. */
	struct val *summaries, *hook_summaries;

	/* render */
	struct chart_values *values;
	const struct val *config; /* the CR's spec; borrowed from cr */
	struct chart_release chart_release;
	struct manifest *manifest;
	struct pass_objects want;
	struct pass_hooks hooks;
	char digest[DIGEST_TEXT_BYTES], shape[DIGEST_TEXT_BYTES];
	char config_digest[DIGEST_TEXT_BYTES];
	char hooks_digest[DIGEST_TEXT_BYTES]; /* of all of them; "": unknown */

	/* plan */
	struct val *old_body; /* of the record that old was read from */
	int64_t old_revision;
	bool old_known, planned;
	struct pass_objects old;
	struct manifest *old_manifest; /* only its hooks count */
	struct pass_hooks old_hooks;
	struct plan plan;

	/* What is known of live objects (controller/inventory.h), and of those
	 * that were compared. */
	struct val *inventory;
	struct pass_objects noted; /* of the inventory, when deleting */
	VEC(struct pass_compared) compared;

	/* When an object has to be compared again, or a hook to run again; 0:
	 * when something happens. */
	int64_t again_ms;

	bool early; /* a kind is not watched yet: its store's sync continues */

	/* preview: in place of acting */
	bool previews;
	const struct val *given; /* the custom resource to look at; borrowed */
	struct val *description;

	/* act */
	struct err held; /* why a claim cannot grow; holds up nothing else */
	unsigned steps;  /* requests' worth of steps carried out */
	bool waiting;    /* the plan's end is not reached: events continue it */
	bool unsure; /* an object was found or left that has to be compared */
	bool rerun;  /* at once, since what was waited for is there */
	bool hook_failed; /* the outcome is that of a hook */
	int64_t wait_ms;  /* come back then, should no event; 0: in a while */
	char *awaited;    /* owned, what for, a sentence; NULL: not said */
	struct record_head made; /* of the record that this pass has created */
	/* How the hooks of revision runs_of went; NULL: nobody has asked. */
	struct val *runs;
	int64_t runs_of;
	char *hook_failure; /* owned, of a hook that holds up nothing */
};

void pass_done(struct pass *p);

/** The newest record; NULL when there is none. */
const struct record_head *pass_newest(const struct pass *p);

/** What the plan is after: what is wanted or, while that is pending, what is
 * recorded. */
const struct pass_objects *pass_goal(const struct pass *p);

/** The namespace and name of the custom resource. */
struct kube_ref pass_ref(const struct pass *p);

#endif
