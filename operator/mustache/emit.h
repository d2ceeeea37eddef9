/* Where a render goes: to text, to a sink, to a trace, or to the helper around
 * it; indentation; places in errors. */
#ifndef MUSTACHE_EMIT_H
#define MUSTACHE_EMIT_H

#include "mustache/run.h"

struct mustache_place run_place(const struct mustache_run *run,
				const struct op *op);

/** Reports the limit on the output. Always returns false. */
bool run_too_large(const struct mustache_run *run, const struct op *op,
		   struct err *err);

/** run_literal() where there is more to do than to copy. */
MUST_USE bool run_literal_slowly(struct mustache_run *run, const struct op *op,
				 struct err *err);

/** The literal text in front of op, and the indentation of op itself. */
MUST_USE static inline bool run_literal(struct mustache_run *run,
					const struct op *op, struct err *err)
{
	if (!run->is_plain && (op->flags & OP_LINES || !run->is_text))
		return run->mode == MODE_TRACE ||
		       run_literal_slowly(run, op, err);
	if (op->text_len == 0)
		return true;
	buf_add_padded(run->out, op->text, op->text_len);
	return !buf_overflowed(run->out) || run_too_large(run, op, err);
}

/** Layout that is in no literal: blanks, after the indentation so far. */
MUST_USE bool run_indent(struct mustache_run *run, const struct op *op,
			 struct str blanks, struct err *err);

/**
 * A value, where op stands.
 *
 * @param may_miss  a missing value is no error
 */
MUST_USE bool run_value(struct mustache_run *run, const struct op *op,
			const struct val *v, bool may_miss, struct err *err);

/** Reports why a trace cannot go on. Always returns false. */
bool run_trace_fail(const struct mustache_run *run, const struct op *op,
		    struct err *err);

/** Adds a slot to the trace. */
MUST_USE static inline bool run_trace(struct mustache_run *run,
				      const struct op *op, const struct val *v,
				      struct err *err)
{
	struct mustache_trace *trace = run->trace;

	if (trace->slots.count == LIMIT_RENDER_SLOTS ||
	    buf_overflowed(&trace->symbols) || op->flags & OP_RAW)
		return run_trace_fail(run, op, err);
	if (run->mode == MODE_MARKS)
		trace->mark(run->out, trace->slots.count);
	trace->slots.items = vec_grow_(trace->slots.items, trace->slots.count,
				       &trace->slots.cap,
				       sizeof(*trace->slots.items));
	trace->slots.items[trace->slots.count++] = v;
	return true;
}

/** run_value() of a tag whose value was found. */
MUST_USE static inline bool run_found(struct mustache_run *run,
				      const struct op *op, const struct val *v,
				      struct err *err)
{
	bool is_text = v->type >= VAL_INT && v->type <= VAL_TEXT;

	if (run->is_traced && v->type != VAL_NULL)
		return run_trace(run, op, v, err);
	if (!is_text || run->mode != MODE_TEXT ||
	    (run->escape == MUSTACHE_HTML && !(op->flags & OP_RAW)))
		return run_value(run, op, v, false, err);
	buf_add_padded(run->out, val_chars(v), v->n);
	return !buf_overflowed(run->out) || run_too_large(run, op, err);
}

/*
 * The symbols of a trace. With the program they tell what was rendered, so
 * what they are followed by must follow from them: only a loop has SYMBOL_AGAIN
 * or SYMBOL_DONE at each of its ends.
 */
enum symbol {
	SYMBOL_SKIPPED = '0',
	SYMBOL_ONCE = '1',
	SYMBOL_LOOP = '*',
	SYMBOL_AGAIN = '+',
	SYMBOL_DONE = '-',
	SYMBOL_HELPER = 'h'
};

/** Adds to the trace what decides about text to come. */
static inline void run_mark(struct mustache_run *run, char symbol)
{
	if (run->is_traced)
		buf_add_char(&run->trace->symbols, symbol);
}

/** What the tag of op holds, for messages. */
struct str run_name(const struct mustache_run *run, const struct op *op);

/** Records "place: …"; the place is that of op. Always returns false. */
bool run_err(const struct mustache_run *run, const struct op *op,
	     struct err *err, enum err_kind kind, const char *fmt, ...)
	PRINTF_LIKE(5, 6);

#endif
