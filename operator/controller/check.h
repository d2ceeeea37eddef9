/*
 * Preflight: what the API server will refuse is found out before the first
 * object is deleted, by server-side dry-run.
 */
#ifndef CONTROLLER_CHECK_H
#define CONTROLLER_CHECK_H

#include "controller/pass.h"

/**
 * Has the server judge an object that the plan will create or patch.
 *
 * @param live  NULL: there is none of ours
 *
 * Errors: those of the API; ERR_EXISTS for an object that is somebody else's.
 *         What only stands in the way until the plan has deleted it is none
 *         (release/preflight.h).
 */
MUST_USE bool check_item(struct pass *p, const struct plan_item *item,
			 const struct plan_live *live, int64_t revision,
			 struct err *err);

/** The same of the storage of a claim: what it cannot have. */
MUST_USE bool check_storage(struct pass *p, const struct plan_item *item,
			    struct err *err);

/**
 * The same of an object as it would be created.
 *
 * @param is_live  one of that name is there, and is ours
 */
MUST_USE bool check_object(struct pass *p, const struct kube_ref *ref,
			   const struct val *object, bool is_live,
			   struct err *err);

#endif
