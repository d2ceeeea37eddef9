/* What the next status is to remember of a release's objects. */
#ifndef CONTROLLER_REMEMBER_H
#define CONTROLLER_REMEMBER_H

#include "controller/pass.h"

/**
 * What is known of the objects that are live or told to be missing, as
 * status.release.objects (controller/inventory.h). The caller drops it.
 */
MUST_USE struct val *remember_objects(struct pass *p);

/** In words what of them has drifted and stays so; NULL: nothing. The caller
 * frees it. */
MUST_USE char *remember_drift(const struct pass *p, const struct val *objects);

#endif
