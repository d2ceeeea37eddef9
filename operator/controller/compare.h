/*
 * Reads live objects of which nobody knows whether they are as they should
 * be, and tells what has drifted and what would put it back. Writes nothing.
 */
#ifndef CONTROLLER_COMPARE_H
#define CONTROLLER_COMPARE_H

#include "controller/pass.h"

/**
 * Compares the live objects that are wanted and whose drift is unknown, and
 * reads the live objects anew from the stores, with what was found.
 */
MUST_USE bool compare(struct pass *p, struct err *err);

/** What was found of an object; NULL when it was not compared. */
const struct pass_compared *compare_found(const struct pass *p, const char *id);

/**
 * What was found, for people: "spec.replicas changed, data[x] added". Paths
 * only, no values. The caller frees it.
 */
MUST_USE char *compare_text(const struct drift *drift);

/** Notes the answer to a write of ours: as it is, it is as it should be. */
void compare_note(struct pass *p, const struct kube_ref *ref,
		  const struct val *object);

/** How an object differs from what is wanted of it. Fills a zeroed struct. */
void compare_drift(const struct pass *p, const struct plan_item *item,
		   const struct val *live, struct drift *out);

/** The same if nothing in it has drifted from the item; returns whether. */
bool compare_answer(struct pass *p, const struct plan_item *item,
		    const struct val *object);

void compare_done(struct pass *p);

#endif
