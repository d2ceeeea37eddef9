/*
 * The state of one render, and the parts of the renderer that look at it.
 *
 * Frames are what is being rendered: sections, loops, partials, helpers.
 * Contexts are where names are looked up, innermost last. Both are arrays of
 * fixed size, so that no template can use up a thread's stack.
 */
#ifndef MUSTACHE_RUN_H
#define MUSTACHE_RUN_H

#include "base/limits.h"
#include "mustache/program.h"

enum frame_kind { FRAME_PLAIN, FRAME_CONTEXT, FRAME_PARTIAL, FRAME_HELPER };

struct frame {
	enum frame_kind kind;
	/* FRAME_CONTEXT over a list: the list and the item in turn. */
	const struct val *list;
	size_t item;
	/* FRAME_PARTIAL: where to go on. */
	const struct mustache_template *t;
	uint32_t pc;
	uint32_t call;
	size_t indent, indent_from; /* of the indentation outside */
	/* FRAME_HELPER: parts before its own, and whether the helper around
	 * it let variables be missing. */
	size_t parts;
	bool lenient;
};

/* One way to get into a partial; all of them are a tree. */
struct call {
	const struct mustache_template *t; /* where the tag stands */
	const struct op *op;
	uint32_t from;           /* the call in which it stands; 0: none */
	uint32_t child, sibling; /* 0: none */
};

struct mustache_run {
	/* What is executed next. */
	const struct mustache_template *t;
	uint32_t pc;
	size_t steps;

	struct frame frames[LIMIT_TEMPLATE_NESTING];
	size_t depth;
	const struct val *contexts[LIMIT_TEMPLATE_NESTING + 1];
	size_t context_count;

	/* Partials. */
	size_t partial_depth;
	struct buf indent;  /* of all partials entered so far */
	size_t indent_from; /* where the one that counts begins in it */
	struct {
		VEC(struct call);
	} calls; /* the first one stands for the template itself */
	uint32_t call;

	/* Helpers. */
	size_t helper_depth;
	size_t helper_bytes; /* what they have read and made */
	bool lenient;        /* variables may be missing */
	struct {
		VEC(struct helper_part);
	} parts;
	struct {
		VEC(struct val *);
	} made; /* results, which live until the next use */

	/* Where it goes: to out as text, or to the sink. */
	struct buf *out;
	enum mustache_escape escape;
	const struct mustache_sink *sink;
};

/* lookup.c */

/** What the literal name stands for; NULL when it is missing. */
const struct val *run_lookup(const struct mustache_run *run,
			     const struct name *name);

/** What the query of a name is about; NULL when it is missing. */
const struct val *run_subject(const struct mustache_run *run,
			      const struct name *name);

/** Whether the answer to the query of a name is yes. */
bool run_query(const struct mustache_run *run, const struct name *name);

/* emit.c */

struct mustache_place run_place(const struct mustache_run *run,
				const struct op *op);

/** Literal text of the current operation, lines indented. */
MUST_USE bool run_text(struct mustache_run *run, const struct op *op,
		       struct err *err);

/**
 * A value, where op stands.
 *
 * @param may_miss  a missing value is no error
 */
MUST_USE bool run_value(struct mustache_run *run, const struct op *op,
			const struct val *v, bool may_miss, struct err *err);

/** Records "place: …"; the place is that of op. Always returns false. */
bool run_err(const struct mustache_run *run, const struct op *op,
	     struct err *err, enum err_kind kind, const char *fmt, ...)
	PRINTF_LIKE(5, 6);

#endif
