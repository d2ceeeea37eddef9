/* What the parts of plan.c share. */
#ifndef RELEASE_PLAN_PARTS_H
#define RELEASE_PLAN_PARTS_H

#include "release/plan.h"

/* What a change leads to: a manifest, and the revision that its objects then
 * belong to. */
struct plan_goal {
	const struct plan_item *items;
	size_t count;
	bool only_changed; /* what did not change stays */
	bool back;         /* to a revision that was deployed before */
};

struct step *plan_add(struct plan *p, enum step_kind kind, int64_t revision);

const struct plan_live *plan_find_live(const struct plan_input *in,
				       const char *id);

/** Whether no update deletes it. */
bool plan_is_kept(const struct plan_live *live);

/** Whether a redeploy creates a rendered object anew though it is the same. */
bool plan_is_replaced(const struct plan_item *item);

/** NULL when none is deployed. */
const struct plan_record *plan_deployed(const struct plan_input *in);

/** NULL when there is none. */
const struct plan_record *plan_newest(const struct plan_input *in);

/** The plan ends with a wait. */
bool plan_must_wait(const struct plan *p);

struct plan_live_set {
	VEC(const struct plan_live *);
};

/**
 * Deletes all of the set that are not yet on their way out, and waits.
 *
 * @param gently  StatefulSets leave their claims behind
 */
void plan_add_deletes(struct plan *p, struct plan_live_set *set, bool gently);

/** Creates what is missing of the goal, for p->revision. */
void plan_add_creates(const struct plan_input *in, const struct plan_goal *goal,
		      struct plan *p);

/** Whether a claim is larger than what is wanted. */
bool plan_has_larger(const struct plan_input *in);

/** Grows the claims of items that ask for other storage than they have; of
 * less storage only what the old manifest, if known, did not ask for. */
void plan_add_grows(const struct plan_input *in, const struct plan_goal *goal,
		    struct plan *p);

/**
 * Puts back what has drifted of the goal. What no patch puts back is deleted,
 * which ends with a wait, once the server has judged that it may come again.
 */
void plan_add_mends(const struct plan_input *in, const struct plan_goal *goal,
		    struct plan *p);

/**
 * Has the server judge what p->revision will create or patch, while all that
 * is live still stands. The old manifest is known.
 */
void plan_add_checks(const struct plan_input *in, const struct plan_goal *goal,
		     struct plan *p);

/**
 * Patches what stays, deletes what goes, creates what is missing; ends with a
 * wait where the cluster must come first.
 *
 * Returns false when the old manifest must be known first.
 */
MUST_USE bool plan_add_change(const struct plan_input *in,
			      const struct plan_goal *goal, struct plan *p);

/** Runs the hooks of an event, if the bits of `hooks` have it; record
 * `revision` tells how they go. */
void plan_add_hooks(struct plan *p, unsigned hooks, enum hook_event event,
		    int64_t revision);

/**
 * Forgets records beyond the history limit, oldest first, never the deployed
 * one.
 *
 * @param coming  records that this plan adds
 */
void plan_add_prune(const struct plan_input *in, struct plan *p, size_t coming);

/** What a crash before the end of a deploy has left. */
void plan_add_tidying(const struct plan_input *in, struct plan *p);

/** The newest revision has failed: what it has done is taken back. */
void plan_rollback(const struct plan_input *in, struct plan *p);

void plan_uninstall(const struct plan_input *in, struct plan *p);

/** Whether the old manifest, which is known, and what is wanted differ only
 * in objects that no update deletes. */
bool plan_is_patch(const struct plan_input *in);

#endif
