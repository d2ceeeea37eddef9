/* One object on its way to the API server, and what it answers. */
#ifndef CONTROLLER_ITEM_H
#define CONTROLLER_ITEM_H

#include "controller/pass.h"

/** Which object it is. item is one of p->want,
 * p->old or p->noted. */
struct kube_ref item_ref(const struct pass *p, const struct plan_item *item);

/**
 * The merge patch that makes what is wanted of a live object, whichever
 * revision wrote it. The storage of a claim stays as it is: that is another
 * step's. The caller drops it.
 */
MUST_USE struct val *item_patch(const struct pass *p,
				const struct plan_item *item, int64_t revision);

/** Puts an answer of the server into the store of its kind. */
void item_learn(const struct pass *p, const struct kube_ref *ref,
		const struct val *object);

/** It is gone: the store is told. */
void item_forget(const struct pass *p, const struct kube_ref *ref);

/**
 * Deletes an object: sets p->waiting until it is gone, or p->rerun when it is
 * gone already, or is another one by now.
 *
 * @param uid  of the object that is meant
 */
MUST_USE bool item_delete(struct pass *p, const struct kube_ref *ref,
			  const char *uid, struct err *err);

/** Whether a live object belongs to the release, or may by Helm's rule. */
bool item_is_ours(const struct pass *p, const struct val *live);

/** Reports that an object of that name is somebody else's. Returns false. */
bool item_foreign(const struct kube_ref *ref, const struct val *live,
		  struct err *err);

#endif
