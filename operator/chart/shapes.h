/*
 * Shapes that were made, shared by all threads that render a chart.
 *
 * Bounded in bytes: what was used longest ago goes first. Nothing is made or
 * freed under the lock.
 */
#ifndef CHART_SHAPES_H
#define CHART_SHAPES_H

#include "chart/shape.h"

struct shapes;

/** @param max  bytes of all shapes together, above 0 */
MUST_USE struct shapes *shapes_new(size_t max);
void shapes_free(struct shapes *shapes);
DEFINE_AUTO(struct shapes *, shapes_free)

/** Whether there may be a shape of this template: false is certain. */
bool shapes_may_have(const struct shapes *shapes,
		     const struct mustache_template *t);

/** The shape of a template's output for a trace; the caller drops it. NULL
 * when there is none. */
MUST_USE struct shape *shapes_get(struct shapes *shapes,
				  const struct mustache_template *t,
				  const struct mustache_trace *trace);

/** Keeps a shape, when it is not larger than all may be. */
void shapes_put(struct shapes *shapes, const struct mustache_template *t,
		const struct mustache_trace *trace, struct shape *shape);

#endif
