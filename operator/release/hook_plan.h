/*
 * What is to be done to run the hooks of one event, as pure as release/plan.h:
 * no network, no clock, nothing remembered but what is recorded or live. A
 * process killed between any two steps is followed by one that plans what is
 * left.
 *
 * Hooks run one after the other, by weight, then by name, then by kind (Helm
 * pkg/action/hooks.go, execHook): what is left of an earlier run is deleted,
 * the object created, a Job or Pod waited for. When all have succeeded, those
 * that say so are deleted, the last one first; when one fails, it and those
 * before it, as their policies say. Only then is the event over.
 *
 * Which run an object is of stands in its annotation (owner_hook_run()). That a hook was started, and how it ended, stands in the record
 * (release/hook_runs.h) before anything relies on it: before a pass ends to
 * wait, and before an object that tells it is deleted. So a hook runs once;
 * twice only when the process was killed right behind the request that created
 * the object, and that has gone by itself before the next one looks.
 *
 * Not as in Helm:
 * - A hook whose object disappears while it runs has failed: nobody saw how it
 *   ended. In Helm it has succeeded.
 * - Claims, volumes, storage classes and namespaces, generated Secrets, and
 *   objects whose policy is to stay, but for Jobs and Pods, are never deleted
 *   for a new run: they are left as they are, and count as run. So are
 *   definitions, which in Helm cannot be created a second time.
 * - Objects whose policy is to stay, but for Jobs and Pods, are not deleted
 *   when their hook ends.
 */
#ifndef RELEASE_HOOK_PLAN_H
#define RELEASE_HOOK_PLAN_H

#include "base/vec.h"
#include "chart/manifest.h"
#include "release/hook_end.h"
#include "release/hook_runs.h"

struct hook_item {
	const char *id; /* "group/Kind/namespace/name" */
	const struct manifest_hook *hook;
	const struct val *object; /* with its namespace filled in */
};

/* An object of the release in the cluster that was created for a hook, or has
 * the id of one. Texts are borrowed. */
struct hook_live {
	const char *id;
	const char *uid;
	const char *run; /* owner_run() */
	bool deleting;
	bool keep; /* its policy is to stay */
	/* As in struct hook_end. */
	enum hook_state state;
	const char *message, *started_at, *completed_at;
};

struct hook_input {
	enum hook_event event;
	const char *record_uid; /* of the revision that the hooks run for */
	int64_t now_ns;         /* wall clock */
	const struct hook_item *hooks; /* of all events */
	size_t hook_count;
	const struct hook_live *live;
	size_t live_count;
	const struct val *runs; /* of that record: a map */
};

/* A step that could not be done as it says ends the pass. */
enum hook_step_kind {
	HOOK_STEP_DELETE, /* delete live `live` */
	HOOK_STEP_CREATE, /* create item, for this event and record */
	HOOK_STEP_MARK,   /* write the plan's runs to the record */
	HOOK_STEP_WAIT    /* end the pass: events will continue it */
};

struct hook_step {
	enum hook_step_kind kind;
	const struct hook_item *item; /* borrowed from the input */
	const struct hook_live *live; /* borrowed from the input */
};

enum hook_outcome {
	HOOK_OUTCOME_BUSY,  /* the steps are not the last ones */
	HOOK_OUTCOME_DONE,  /* with these steps the event is over */
	HOOK_OUTCOME_FAILED /* the same, and it has failed */
};

struct hook_plan {
	enum hook_outcome outcome;
	VEC(struct hook_step) steps;
	struct val *runs; /* owned; what HOOK_STEP_MARK writes */
	char *message;    /* owned; why it failed, or what is awaited; "" */
	int64_t wait_ms;  /* plan again then, if no event comes; 0: no end */
};

/** Fills a zeroed plan. The input must outlive it. */
void hook_plan_make(const struct hook_input *in, struct hook_plan *out);
void hook_plan_done(struct hook_plan *plan);

/**
 * The runs in which the API server has refused to create the object of a hook,
 * for good: to be written to the record, and planned again. The caller drops
 * it.
 */
MUST_USE struct val *hook_plan_refused(const struct hook_input *in,
				       const struct hook_item *item,
				       const char *why);

const char *hook_step_text(enum hook_step_kind kind);

#endif
