/*
 * The state of one render, and the parts of the renderer that look at it.
 *
 * Frames are what is being rendered: sections, loops, partials, blocks,
 * helpers. Contexts are where names are looked up, innermost last. Both are
 * arrays of fixed size, so that no template can use up a thread's stack.
 */
#ifndef MUSTACHE_RUN_H
#define MUSTACHE_RUN_H

#include "base/limits.h"
#include "mustache/expand.h"
#include "mustache/program.h"

/* Where literal text and values go. */
enum mode {
	MODE_TEXT,  /* to out */
	MODE_SINK,  /* to the sink */
	MODE_TRACE, /* values to the trace, which text is told by the symbols */
	MODE_MARKS, /* to out, with marks for values, which go to the trace */
	MODE_PARTS  /* to the helper around it */
};

enum frame_kind {
	FRAME_PLAIN,
	FRAME_CONTEXT,
	FRAME_HELPER,
	FRAME_BLOCK, /* an argument in the place of a block */
	/* From here on it ends with OP_RETURN. */
	FRAME_PARTIAL,
	FRAME_LAMBDA /* text that goes back to its variable as a value */
};

struct frame {
	enum frame_kind kind;
	/* FRAME_CONTEXT over a list or the entries of a map: that, and the
	 * number of the one in turn. */
	const struct val *list;
	size_t item;
	/* FRAME_BLOCK and those behind it: where to go on, and how. */
	const struct mustache_template *t;
	const struct op *next;
	uint32_t call;
	size_t indent, indent_from;
	/* Arguments outside: 1 + the number of a frame. */
	uint32_t args;
	/* FRAME_PARTIAL: 1 + the number of the OP_PARENT in t that holds
	 * arguments; 0: none. */
	uint32_t parent;
	/* FRAME_HELPER: parts before its own, and whether the helper around
	 * it let variables be missing. */
	size_t parts;
	bool lenient;
	/* FRAME_HELPER, FRAME_LAMBDA: where output went. */
	enum mode mode;
	enum mustache_escape escape;
	struct buf *out;
};

/* One way to get into a partial; all of them are a tree. */
struct call {
	const struct mustache_template *t; /* what is included */
	const struct op *op;     /* the tag that does; NULL for the first one */
	uint32_t from;           /* the call in which it stands; 0: none */
	uint32_t child, sibling; /* 0: none */
};

struct mustache_run {
	/* What is executed next. */
	const struct mustache_template *t;
	const struct op *next;
	size_t steps;

	struct frame frames[LIMIT_TEMPLATE_NESTING];
	size_t depth;
	const struct val *contexts[LIMIT_TEMPLATE_NESTING + 1];
	size_t context_count;

	/* Partials and parents. */
	size_t partial_depth;
	struct buf indent;  /* of all partials and blocks entered so far */
	size_t indent_from; /* where the one that counts begins in it */
	struct str indent_now;
	struct {
		VEC(struct call);
	} calls; /* the first one stands for the template itself */
	uint32_t call;
	uint32_t args; /* 1 + the frame with the innermost arguments; 0: none */

	/* Helpers. */
	size_t helper_bytes; /* what they have read and made */
	bool lenient;        /* variables may be missing */
	struct {
		VEC(struct helper_part);
	} parts;

	/* Lambdas. */
	const struct mustache_lambda *lambdas;
	size_t lambda_count;
	struct {
		VEC(struct mustache_template *);
	} texts; /* compiled, which live until the next use */

	struct {
		VEC(struct val *);
	} made; /* results, which live until the next use */

	/* Where it goes. */
	enum mode mode;
	bool is_text;   /* literals go to out */
	bool is_traced; /* values go to the trace */
	bool is_plain;  /* and are not indented: they are copied */
	struct buf *out;
	enum mustache_escape escape;
	const struct mustache_sink *sink;
	struct mustache_trace *trace;
};

/** To be called when the mode or the indentation has changed. */
static inline void run_settle(struct mustache_run *run)
{
	size_t n = run->indent.len - run->indent_from;

	run->indent_now = n ? str_cut(run->indent.p + run->indent_from, n)
			    : str_cut(NULL, 0);
	run->is_text = run->mode == MODE_TEXT || run->mode == MODE_MARKS;
	run->is_plain = run->is_text && n == 0;
	run->is_traced = run->mode == MODE_TRACE || run->mode == MODE_MARKS;
}

/** The number of an operation in the template in hand. */
static inline uint32_t run_number(const struct mustache_run *run,
				  const struct op *op)
{
	return (uint32_t)(op - run->t->ops.items);
}

/** Goes on behind the other end of a section: skips it, or repeats it. */
static inline void run_jump(struct mustache_run *run, const struct op *op)
{
	run->next = &run->t->ops.items[op->other + 1];
}

/** The key from the innermost context that has it, or NULL. */
static inline __attribute__((always_inline)) const struct val *run_find(
	const struct mustache_run *run, const struct val_lookup *key)
{
	size_t context = run->context_count;
	const struct val *v;

	do
		v = val_look(run->contexts[--context], key);
	while (!v && context);
	return v;
}

/** What the literal name of a tag stands for; NULL when it is missing. */
static inline __attribute__((always_inline)) const struct val *run_lookup(
	const struct mustache_run *run, const struct op *op)
{
	const struct part *part;
	const struct val *v;

	if (op->path_count == 0)
		return run->contexts[run->context_count - 1];
	if (op->path_count == PATH_NONE)
		return NULL;
	part = &run->t->parts.items[op->path_first];
	v = run_find(run, &part->key);
	for (uint32_t i = 1; v && i < op->path_count; i++)
		v = val_look(v, &part[i].key);
	return v;
}

/* lookup.c */

/** What an extended name stands for; NULL when it is missing. */
const struct val *run_extended(struct mustache_run *run,
			       const struct name *name);

/** What the query of a name is about; NULL when it is missing. */
const struct val *run_subject(struct mustache_run *run,
			      const struct name *name);

/** Whether the answer to the query of a name is yes. */
bool run_query(struct mustache_run *run, const struct name *name);

#endif
