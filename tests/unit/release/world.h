/*
 * A world of one release for tests of plans: the custom resource, its records
 * and objects, in memory. It carries out the steps of plans, asserting that
 * each makes sense where it comes.
 */
#ifndef TESTS_UNIT_RELEASE_WORLD_H
#define TESTS_UNIT_RELEASE_WORLD_H

#include "base/digest.h"
#include "base/vec.h"
#include "release/plan.h"

#include "unit/release/hook_case.h"

#include <limits.h>

/* What the custom resource asks for. */
struct goal {
	VEC(struct plan_item) items;
	char digest[DIGEST_TEXT_BYTES], shape[DIGEST_TEXT_BYTES];
	struct val *list; /* [{id, object}]; owns what items borrow */
	struct val_list objects;
	struct hook_case hooks;
	struct val *hook_list; /* owns what hooks borrow */
	bool deleting;
};

/** Fills a zeroed goal from YAML: [{id, object}], in install order, and hooks
 * among them, {id, events, policy, weight, fate}: "succeeded", the default,
 * "failed" or "refused". NULL: the custom resource is deleted. */
void goal_make(struct goal *g, const char *yaml);
/** The same with all workloads at size zero. */
void goal_make_stopped(struct goal *g, const char *yaml);
void goal_done(struct goal *g);

struct world_record {
	int64_t revision;
	enum record_status status;
	const struct goal *goal; /* that it records */
	bool unknown;            /* its digest is not told */
	unsigned uid;
	struct val *runs; /* owned, of its hooks */
};

struct world_object {
	char *id, *kind;
	struct val *object;
	int64_t revision;
	unsigned made; /* number of its creation */
	bool deleting;
	enum plan_drift drift;
	char *run, *fate; /* of hooks; NULL for all others */
	enum hook_state state;
};

struct world {
	enum plan_on_drift on_drift;
	bool claimed, gone;
	VEC(struct world_record) records;
	VEC(struct world_object) objects;
	unsigned made; /* objects created so far */
	unsigned age;  /* objects created up to here are old */
	unsigned uids; /* records created so far */
	char *log;    /* owned, the hooks that were run: "a pre-install, …" */
	bool blocked; /* a hook holds up the uninstall */
};

#define WORLD_TO_THE_END UINT_MAX

/**
 * Goes after a goal, pass by pass, until nothing is left to do or so many
 * steps were carried out. What is being deleted is gone in the next pass.
 * Returns the number of steps.
 */
unsigned world_run(struct world *w, const struct goal *goal, unsigned steps);

/** Makes what is being deleted disappear. */
void world_tick(struct world *w);

/** Somebody else deletes an object. */
void world_take_away(struct world *w, const char *id);

/** Somebody else changes an object, so that a patch does or does not help. */
void world_spoil(struct world *w, const char *id, enum plan_drift drift);

/** Everything there is, in lines. The caller frees it. */
char *world_text(const struct world *w);

/** Asserts that what is wanted is there, and besides only what is kept. */
void world_check(const struct world *w, const struct goal *goal);

/** Asserts that the newest revision failed and the goal before it stands; of
 * an install, nothing but what is kept. */
void world_check_back(const struct world *w, const struct goal *goal);

void world_done(struct world *w);

#endif
