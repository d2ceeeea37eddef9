/* One object of a manifest on its way to the API server. */
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

/** Reports that an object of that name is somebody else's. Returns false. */
bool item_foreign(const struct kube_ref *ref, const struct val *live,
		  struct err *err);

#endif
