/*
 * What the operator would do for a custom resource that may not exist yet,
 * told by a process of its own that changes nothing.
 */
#ifndef CONTROLLER_PLANNER_H
#define CONTROLLER_PLANNER_H

#include "controller/watches.h"
#include "kube/config.h"

/**
 * Watches what the release may consist of until all is known, and describes
 * the plan (release/describe.h). The caller drops *out.
 *
 * @param cr  as a person writes it; the server says by a dry-run what it would
 *            make of it. A namespace that it lacks is the configuration's
 * Errors: ERR_INVALID when no watch is of its kind, ERR_UNAVAILABLE when not
 *         all could be listed in time, those of a pass.
 */
MUST_USE bool planner_describe(const struct watches *watches,
			       const struct kube_config *config,
			       const struct val *cr, struct val **out,
			       struct err *err);

#endif
