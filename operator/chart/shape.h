/*
 * The shape of a template's output: its text parsed, its values left out.
 *
 * All renders with the same trace have the same shape (mustache/expand.h), so
 * a shape is made once and filled again and again: as JSON from pieces of text
 * with holes, or as values from the parsed tree. A shape never changes, is
 * counted and may be used by any thread.
 *
 * Filling says only whether it worked. When it did not, chart/structure.h
 * tells why, and where.
 */
#ifndef CHART_SHAPE_H
#define CHART_SHAPE_H

#include "base/buf.h"
#include "mustache/expand.h"

struct shape;

/**
 * Makes the shape of a template's output. NULL when that is no YAML, or has
 * what structure_init() or structure_value() refuse.
 *
 * @param trace  all zeros; receives the trace of this render, for the caller
 *               to end with mustache_trace_done() also when there is no shape
 */
MUST_USE struct shape *shape_new(struct mustache_run *run,
				 const struct mustache_template *t,
				 const struct val *root,
				 struct mustache_trace *trace);

struct shape *shape_ref(struct shape *shape);
/** NULL is allowed. */
void shape_unref(struct shape *shape);
DEFINE_AUTO(struct shape *, shape_unref)

/** What a shape takes in memory, bytes. */
size_t shape_bytes(const struct shape *shape);

/** Appends each document that is not empty as JSON, with a line end. */
MUST_USE bool shape_json(const struct shape *shape,
			 const struct val *const *values, size_t count,
			 struct buf *out);

/** Appends the documents as values. */
MUST_USE bool shape_values(const struct shape *shape,
			   const struct val *const *values, size_t count,
			   struct val_list *docs);

#endif
