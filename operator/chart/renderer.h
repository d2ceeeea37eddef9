/*
 * One thread's part in rendering templates to objects.
 *
 * A template is traced; when its shape for that trace is kept already, the
 * values are filled in, else the template is expanded, parsed and its shape
 * kept. What goes wrong is always reported by the longer way, which knows the
 * places.
 */
#ifndef CHART_RENDERER_H
#define CHART_RENDERER_H

#include "chart/shapes.h"

struct renderer {
	struct mustache_run *run;
	struct mustache_trace trace;
	struct shapes *shapes; /* borrowed */
};

/** r is all zeros; one thread at a time uses it. */
void renderer_init(struct renderer *r, struct shapes *shapes);
void renderer_done(struct renderer *r);

/**
 * Appends the documents that are not empty.
 *
 * Errors: those of structure_init() and structure_value(). docs then has what
 *         it had before.
 */
MUST_USE bool renderer_values(struct renderer *r,
			      const struct mustache_template *t,
			      const struct val *root, struct val_list *docs,
			      struct err *err);

/** Prefixes err with the place where document i of the last render begins.
 * Always returns false. */
bool renderer_wrap(struct renderer *r, const struct mustache_template *t,
		   const struct val *root, size_t i, struct err *err);

/**
 * Appends the documents as JSON, one on a line. Warm, with room in out, it
 * allocates nothing.
 *
 * Errors: as renderer_values(); ERR_LIMIT beyond out's own limit.
 */
MUST_USE bool renderer_json(struct renderer *r,
			    const struct mustache_template *t,
			    const struct val *root, struct buf *out,
			    struct err *err);

#endif
