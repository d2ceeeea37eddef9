/*
 * Executes a program: one loop over its operations, with a stack of frames for
 * sections, partials, blocks and helpers. Each operation is a step, and steps
 * are limited: a small template over a large list in a large list takes long.
 * They are counted ahead, where a program goes back or into another one.
 */
#include "mustache/run.h"

#include "mustache/call.h"
#include "mustache/emit.h"

struct mustache_run *mustache_run_new(void)
{
	struct mustache_run *run = NEW(struct mustache_run);

	run->indent = BUF_INIT(LIMIT_TEMPLATE_BYTES);
	return run;
}

void mustache_run_lambdas(struct mustache_run *run,
			  const struct mustache_lambda *lambdas, size_t count)
{
	run->lambdas = lambdas;
	run->lambda_count = count;
}

/* What a render that failed was in the middle of. */
static void unwind(struct mustache_run *run)
{
	while (run->depth) {
		struct frame *f = &run->frames[--run->depth];

		if (f->kind != FRAME_LAMBDA)
			continue;
		buf_free(run->out);
		free(run->out);
		run->out = f->out;
	}
}

static void forget(struct mustache_run *run)
{
	unwind(run);
	for (size_t i = 0; i < run->made.count; i++)
		val_unref(run->made.items[i]);
	run->made.count = 0;
	for (size_t i = 0; i < run->texts.count; i++)
		template_free(run->texts.items[i]);
	run->texts.count = 0;
}

void mustache_run_free(struct mustache_run *run)
{
	if (!run)
		return;
	forget(run);
	buf_free(&run->indent);
	VEC_DONE(&run->calls);
	VEC_DONE(&run->parts);
	VEC_DONE(&run->made);
	VEC_DONE(&run->texts);
	free(run);
}

/* What a section is not rendered for. */
static inline bool is_falsey(const struct val *v)
{
	if (!v || v->type == VAL_NULL)
		return true;
	if (v->type == VAL_BOOL)
		return !v->truth;
	return v->type == VAL_LIST && v->n == 0;
}

/* One context, or one for each item. */
static bool enter_value(struct mustache_run *run, const struct op *op,
			const struct val *v, bool each, struct err *err)
{
	struct frame *f = run_push(run, op, FRAME_CONTEXT, err);

	if (!f)
		return false;
	f->list = NULL;
	f->item = 0;
	if (each || v->type == VAL_LIST) {
		f->list = v;
		v = val_at(v, 0);
	}
	run->contexts[run->context_count++] = v;
	run_mark(run, f->list ? SYMBOL_LOOP : SYMBOL_ONCE);
	return true;
}

static bool enter_plain(struct mustache_run *run, const struct op *op,
			struct err *err)
{
	run_mark(run, SYMBOL_ONCE);
	return run_push(run, op, FRAME_PLAIN, err) != NULL;
}

static void skip(struct mustache_run *run, const struct op *op)
{
	run_mark(run, SYMBOL_SKIPPED);
	run_jump(run, op);
}

static bool repeat(struct mustache_run *run, const struct op *op,
		   struct err *err)
{
	run_mark(run, SYMBOL_AGAIN);
	run_jump(run, op);
	return run_count(run, op, run_number(run, op) - op->other, err);
}

static bool enter_helper(struct mustache_run *run, const struct op *op,
			 const struct helper *helper, struct err *err)
{
	struct frame *f = run_push(run, op, FRAME_HELPER, err);

	if (!f)
		return false;
	f->parts = run->parts.count;
	f->lenient = run->lenient;
	f->mode = run->mode;
	run_mark(run, SYMBOL_HELPER);
	run->lenient = helper->flags & HELPER_LENIENT;
	run->mode = MODE_PARTS;
	run_settle(run);
	return true;
}

static const struct name *name_of(const struct mustache_run *run,
				  const struct op *op)
{
	return &run->t->names.items[op->name];
}

static bool do_extended_section(struct mustache_run *run, const struct op *op,
				const struct name *name, struct err *err)
{
	const struct val *v = run_extended(run, name);

	if (name->each && val_count(v))
		return enter_value(run, op, v, true, err);
	if (!name->each && !is_falsey(v))
		return enter_value(run, op, v, false, err);
	if (!v && run_query(run, name))
		return enter_plain(run, op, err);
	if (!v && name->helper)
		return enter_helper(run, op, name->helper, err);
	skip(run, op);
	return true;
}

static bool do_extended_value(struct mustache_run *run, const struct op *op,
			      const struct name *name, struct err *err)
{
	const struct val *v = run_extended(run, name);

	if (v || name->query != QUERY_EXISTS)
		return run_value(run, op, v, false, err);
	v = run_subject(run, name);
	return run_value(run, op, v ? v : val_null(), true, err);
}

/* A section or a variable that its literal name finds nothing for. */
static bool do_other(struct mustache_run *run, const struct op *op,
		     struct err *err)
{
	const struct name *name = name_of(run, op);
	const struct mustache_lambda *lambda = run_lambda(run, name);

	if (lambda)
		return run_lambda_call(run, op, lambda, err);
	return op->kind == OP_SECTION ? do_extended_section(run, op, name, err)
				      : do_extended_value(run, op, name, err);
}

static bool do_section(struct mustache_run *run, const struct op *op,
		       struct err *err)
{
	const struct val *v = run_lookup(run, op);

	if (!v && (op->flags & OP_EXTENDED || run->lambda_count))
		return do_other(run, op, err);
	if (!is_falsey(v))
		return enter_value(run, op, v, false, err);
	skip(run, op);
	return true;
}

/* Whether a name that its literal path finds nothing for says yes. */
static bool is_other(struct mustache_run *run, const struct op *op)
{
	const struct name *name = name_of(run, op);
	const struct val *v;

	if (run_lambda(run, name))
		return true;
	v = run_extended(run, name);
	if (name->each)
		return val_count(v) > 0;
	return v ? !is_falsey(v) : run_query(run, name);
}

static bool do_inverted(struct mustache_run *run, const struct op *op,
			struct err *err)
{
	const struct val *v = run_lookup(run, op);
	bool yes = !v && (op->flags & OP_EXTENDED || run->lambda_count)
			   ? is_other(run, op)
			   : !is_falsey(v);

	if (!yes)
		return enter_plain(run, op, err);
	skip(run, op);
	return true;
}

static bool leave_helper(struct mustache_run *run, const struct op *section,
			 const struct frame *f, struct err *err)
{
	const struct name *name = name_of(run, section);
	size_t count = run->parts.count - f->parts;
	struct helper_body body = {
		.parts = count ? &run->parts.items[f->parts] : NULL,
		.count = count,
		.argument = name->argument,
		.as_text = f->mode == MODE_TEXT || f->mode == MODE_PARTS,
	};
	struct val *made = NULL;
	AUTO_ERR why = ERR_INIT;

	run->lenient = f->lenient;
	run->mode = f->mode;
	run_settle(run);
	if (!helper_call(name->helper, &body, &run->helper_bytes, &made, &why))
		return run_err(run, section, err, why.kind, "%s: %s",
			       name->helper->name, why.msg);
	run->parts.count = f->parts;
	if (made)
		*VEC_ADD(&run->made) = made;
	return run_value(run, section, made, false, err);
}

static bool do_end(struct mustache_run *run, const struct op *op,
		   struct err *err)
{
	struct frame *f = &run->frames[run->depth - 1];

	if (f->kind == FRAME_CONTEXT && f->list) {
		if (++f->item < f->list->n) {
			run->contexts[run->context_count - 1] =
				val_at(f->list, f->item);
			return repeat(run, op, err);
		}
		run_mark(run, SYMBOL_DONE);
	}
	run->depth--;
	if (f->kind == FRAME_CONTEXT)
		run->context_count--;
	else if (f->kind == FRAME_BLOCK)
		run_block_end(run);
	else if (f->kind == FRAME_HELPER)
		return leave_helper(run, &run->t->ops.items[op->other], f, err);
	return true;
}

static bool do_value(struct mustache_run *run, const struct op *op,
		     struct err *err)
{
	const struct val *v = run_lookup(run, op);

	if (v)
		return run_found(run, op, v, err);
	if (op->flags & OP_EXTENDED || run->lambda_count)
		return do_other(run, op, err);
	return run_value(run, op, NULL, false, err);
}

static bool step(struct mustache_run *run, const struct op *op, struct err *err)
{
	switch ((enum op_kind)op->kind) {
	case OP_VALUE:
		return do_value(run, op, err);
	case OP_SECTION:
		return do_section(run, op, err);
	case OP_INVERTED:
		return do_inverted(run, op, err);
	case OP_END:
		return do_end(run, op, err);
	case OP_PARTIAL:
	case OP_PARENT:
		return run_partial(run, op, err);
	case OP_BLOCK:
		return run_block(run, op, err);
	case OP_RETURN:
		return run_return(run, err);
	case OP_TEXT:
		break;
	}
	return true;
}

static void start(struct mustache_run *run, const struct mustache_template *t,
		  const struct val *root, enum mode mode)
{
	forget(run);
	run->t = t;
	run->next = t->ops.items;
	run->steps = t->ops.count;
	run->contexts[0] = root ? root : val_null();
	run->context_count = 1;
	run->partial_depth = 0;
	buf_clear(&run->indent);
	run->indent_from = 0;
	run->calls.count = 0;
	VEC_ADD(&run->calls)->t = t;
	run->call = 0;
	run->args = 0;
	run->helper_bytes = 0;
	run->lenient = false;
	run->parts.count = 0;
	run->mode = mode;
	run_settle(run);
}

static bool execute(struct mustache_run *run, struct err *err)
{
	for (;;) {
		const struct op *op = run->next++;

		if (!run_literal(run, op, err))
			return false;
		if (op->kind == OP_RETURN && run->partial_depth == 0)
			return true;
		if (!step(run, op, err))
			return false;
	}
}

bool mustache_render(struct mustache_run *run,
		     const struct mustache_template *t, const struct val *root,
		     enum mustache_escape escape, struct buf *out,
		     struct err *err)
{
	start(run, t, root, MODE_TEXT);
	run->out = out;
	run->escape = escape;
	return execute(run, err);
}

bool mustache_expand(struct mustache_run *run,
		     const struct mustache_template *t, const struct val *root,
		     const struct mustache_sink *sink, struct err *err)
{
	start(run, t, root, MODE_SINK);
	run->sink = sink;
	return execute(run, err);
}

bool mustache_trace(struct mustache_run *run, const struct mustache_template *t,
		    const struct val *root, struct mustache_trace *trace,
		    struct err *err)
{
	start(run, t, root, trace->text ? MODE_MARKS : MODE_TRACE);
	if (trace->symbols.max == 0)
		trace->symbols = BUF_INIT(LIMIT_TRACE_BYTES);
	buf_clear(&trace->symbols);
	trace->slots.count = 0;
	run->trace = trace;
	run->out = trace->text;
	return execute(run, err);
}

void mustache_trace_done(struct mustache_trace *trace)
{
	buf_free(&trace->symbols);
	VEC_DONE(&trace->slots);
}
