/* The hooks of a world: what a step that runs hooks does. */
#ifndef TESTS_UNIT_RELEASE_WORLD_HOOKS_H
#define TESTS_UNIT_RELEASE_WORLD_HOOKS_H

#include "unit/release/world.h"

enum world_hooks {
	WORLD_HOOKS_OVER,
	WORLD_HOOKS_STOPPED, /* the pass ends */
	WORLD_HOOKS_FAILED,  /* and the revision with it */
	WORLD_HOOKS_BLOCKED  /* nothing goes on by itself */
};

/**
 * Carries out what is left of the hooks of a step.
 *
 * @param of    whose hooks they are
 * @param left  steps until the process dies; lowered by those it takes
 */
enum world_hooks world_hooks_run(struct world *w, const struct goal *of,
				 const struct step *s, unsigned *left);

/** Jobs and Pods come to the end that was given for them. */
void world_hooks_tick(struct world *w);

#endif
