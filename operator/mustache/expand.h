/*
 * Renders that keep literal text and values apart, and places in templates.
 *
 * Which text results depends only on which sections were rendered how often;
 * values are handed over instead of being printed.
 */
#ifndef MUSTACHE_EXPAND_H
#define MUSTACHE_EXPAND_H

#include "mustache/mustache.h"

#include "base/vec.h"

/* A place in a template, and how the render got there. */
struct mustache_place {
	const char *file; /* lives as long as the set */
	uint32_t line;    /* from 1 */
	uint32_t column;  /* from 1, in characters */
	uint32_t call;    /* for mustache_place_print() */
};

/* One variable, or the result of a helper, at the moment it is inserted. */
struct mustache_insert {
	/* NULL: missing. Lives until the run's next use and as long as root. */
	const struct val *value;
	struct mustache_place place;
	struct str name; /* as in the tag; lives as long as the set */
	bool raw;        /* {{{x}}} or {{&x}} */
	bool strict;     /* missing is an error: the sink's to report */
};

struct mustache_sink {
	void *ctx;
	/*
	 * Literal text; place is where its first byte stands. The indentation
	 * of a partial has the place of the line it indents.
	 */
	bool (*text)(void *ctx, struct str text,
		     const struct mustache_place *place, struct err *err);
	bool (*insert)(void *ctx, const struct mustache_insert *insert,
		       struct err *err);
};

/**
 * Renders into a sink. Missing variables are handed over like any other,
 * because only the sink knows whether the place counts.
 *
 * Errors: those of mustache_render(), and the sink's, which end the render.
 */
MUST_USE bool mustache_expand(struct mustache_run *run,
			      const struct mustache_template *t,
			      const struct val *root,
			      const struct mustache_sink *sink,
			      struct err *err);

/*
 * A trace: what a render would insert, and what decides about all other text.
 * Two renders of a template with equal symbols give the same literal text with
 * slots at the same places.
 *
 * With text set, that text is appended there as well, and mark() appends what
 * stands for a slot.
 */
struct mustache_trace {
	struct buf *text; /* borrowed; or NULL */
	void (*mark)(struct buf *out, size_t slot);
	struct buf symbols;
	/*
	 * In the order of the text, each as in struct mustache_insert; null or
	 * missing where it may be is val_absent().
	 */
	struct {
		VEC(const struct val *);
	} slots;
};

/**
 * Traces a render into trace, which is all zeros or was used before; nothing
 * is allocated once it is large enough. It lives until the run's next use.
 *
 * Errors: those of mustache_render(), but for missing variables; ERR_INVALID
 *         for a raw insertion, which is text of its own; ERR_LIMIT beyond
 *         LIMIT_RENDER_SLOTS and LIMIT_TRACE_BYTES.
 */
MUST_USE bool mustache_trace(struct mustache_run *run,
			     const struct mustache_template *t,
			     const struct val *root,
			     struct mustache_trace *trace, struct err *err);
void mustache_trace_done(struct mustache_trace *trace);

/**
 * Appends "file:line:column", and for a place in a partial the chain of
 * "included from" places in brackets. For places of the run's last render.
 */
void mustache_place_print(const struct mustache_run *run,
			  const struct mustache_place *place, struct buf *out);

/** Records an error at a place: "file:line:column: …". Returns false. */
bool mustache_err(const struct mustache_run *run,
		  const struct mustache_place *place, struct err *err,
		  enum err_kind kind, const char *fmt, ...) PRINTF_LIKE(5, 6);

#endif
