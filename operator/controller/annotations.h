/*
 * What the annotations of a custom resource ask for that Operator SDK's
 * helm-operator and the hybrid one (helm-operator-plugins) know. Pure.
 *
 *   reconcile-period        a duration, 0 for never; wins over watches.yaml
 *   install-disable-hooks   "true": no hooks at the events of an install, an
 *   upgrade-disable-hooks   upgrade, a deletion
 *   uninstall-disable-hooks
 *   install-description     what `helm history` tells of a revision
 *   upgrade-description
 *
 * upgrade-force, rollback-force and uninstall-wait change nothing: objects are
 * always made anew, and their end is always waited for. Nor does
 * uninstall-description: no record outlives its release.
 */
#ifndef CONTROLLER_ANNOTATIONS_H
#define CONTROLLER_ANNOTATIONS_H

#include "data/val.h"

#include <stdbool.h>
#include <stdint.h>

/* A period that users may ask for; what is shorter is this long. */
#define ANNOTATIONS_SHORTEST_MS 1000

struct annotations {
	int64_t period_ms; /* 0: not said; DURATION_NEVER */
	unsigned no_hooks; /* events that run none, 1 << hook_event */
	/* Borrowed from the custom resource; "": not said. */
	const char *install_text, *upgrade_text;
	char *wrong; /* which values are of no use, and why; NULL: none */
};

/** Fills *out; annotations_done() after. */
void annotations_read(const struct val *cr, struct annotations *out);
void annotations_done(struct annotations *a);

#endif
