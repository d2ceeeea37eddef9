/*
 * Executes a program: one loop over its operations, with a stack of frames for
 * sections, partials and helpers. Each operation is a step, and steps are
 * limited: a small template over a large list in a large list takes long.
 */
#include "mustache/run.h"

struct mustache_run *mustache_run_new(void)
{
	struct mustache_run *run = NEW(struct mustache_run);

	run->indent = BUF_INIT(LIMIT_TEMPLATE_BYTES);
	return run;
}

static void forget(struct mustache_run *run)
{
	for (size_t i = 0; i < run->made.count; i++)
		val_unref(run->made.items[i]);
	run->made.count = 0;
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
	free(run);
}

static struct frame *push(struct mustache_run *run, const struct op *op,
			  enum frame_kind kind, struct err *err)
{
	if (run->depth == ARRAY_LEN(run->frames)) {
		run_err(run, op, err, ERR_LIMIT,
			"more than %zu sections and partials are open at once",
			ARRAY_LEN(run->frames));
		return NULL;
	}
	struct frame *f = &run->frames[run->depth++];
	*f = (struct frame){ .kind = kind };
	return f;
}

/* What a section is not rendered for. */
static bool is_falsey(const struct val *v)
{
	return !v || val_is(v, VAL_NULL) ||
	       (val_is(v, VAL_BOOL) && !val_is_true(v)) ||
	       (val_is(v, VAL_LIST) && val_count(v) == 0);
}

static bool enter_value(struct mustache_run *run, const struct op *op,
			const struct val *v, struct err *err)
{
	struct frame *f = push(run, op, FRAME_CONTEXT, err);

	if (!f)
		return false;
	if (val_is(v, VAL_LIST)) {
		f->list = v;
		v = val_at(v, 0);
	}
	run->contexts[run->context_count++] = v;
	return true;
}

static bool enter_helper(struct mustache_run *run, const struct op *op,
			 const struct helper *helper, struct err *err)
{
	struct frame *f = push(run, op, FRAME_HELPER, err);

	if (!f)
		return false;
	f->parts = run->parts.count;
	f->lenient = run->lenient;
	run->lenient = helper->flags & HELPER_LENIENT;
	run->helper_depth++;
	return true;
}

static bool do_section(struct mustache_run *run, const struct op *op,
		       struct err *err)
{
	const struct name *name = &run->t->names.items[op->name];
	const struct val *v = run_lookup(run, name);

	if (!v && name->query != QUERY_NONE && run_query(run, name))
		return push(run, op, FRAME_PLAIN, err) != NULL;
	if (!v && name->helper)
		return enter_helper(run, op, name->helper, err);
	if (!is_falsey(v))
		return enter_value(run, op, v, err);
	run->pc = op->other + 1;
	return true;
}

static bool do_inverted(struct mustache_run *run, const struct op *op,
			struct err *err)
{
	const struct name *name = &run->t->names.items[op->name];
	const struct val *v = run_lookup(run, name);
	bool yes = !v && name->query != QUERY_NONE ? run_query(run, name)
						   : !is_falsey(v);

	if (!yes)
		return push(run, op, FRAME_PLAIN, err) != NULL;
	run->pc = op->other + 1;
	return true;
}

static bool leave_helper(struct mustache_run *run, const struct op *op,
			 const struct frame *f, struct err *err)
{
	const struct op *section = &run->t->ops.items[op->other];
	const struct name *name = &run->t->names.items[op->name];
	size_t count = run->parts.count - f->parts;
	struct helper_body body = {
		.parts = count ? &run->parts.items[f->parts] : NULL,
		.count = count,
		.argument = name->argument,
	};
	struct val *made = NULL;
	AUTO_ERR why = ERR_INIT;

	run->helper_depth--;
	run->lenient = f->lenient;
	body.as_text = run->out || run->helper_depth;
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

	if (f->kind == FRAME_CONTEXT && ++f->item < val_count(f->list)) {
		run->contexts[run->context_count - 1] =
			val_at(f->list, f->item);
		run->pc = op->other + 1;
		return true;
	}
	run->depth--;
	if (f->kind == FRAME_CONTEXT)
		run->context_count--;
	return f->kind != FRAME_HELPER || leave_helper(run, op, f, err);
}

static bool do_value(struct mustache_run *run, const struct op *op,
		     struct err *err)
{
	const struct name *name = &run->t->names.items[op->name];
	const struct val *v = run_lookup(run, name);

	if (v || name->query != QUERY_EXISTS)
		return run_value(run, op, v, false, err);
	v = run_subject(run, name);
	return run_value(run, op, v ? v : val_null(), true, err);
}

/* The call that op makes from here: found among those made before, so that a
 * loop does not add one each time. */
static uint32_t call_of(struct mustache_run *run, const struct op *op)
{
	struct call *from = &run->calls.items[run->call];
	uint32_t at = from->child;

	while (at && run->calls.items[at].op != op)
		at = run->calls.items[at].sibling;
	if (at)
		return at;
	at = (uint32_t)run->calls.count;
	struct call call = {
		.t = run->t, .op = op, .from = run->call, .sibling = from->child
	};
	from->child = at;
	*VEC_ADD(&run->calls) = call;
	return at;
}

static bool do_partial(struct mustache_run *run, const struct op *op,
		       struct err *err)
{
	struct frame *f;

	if (!op->partial)
		return true;
	if (run->partial_depth == LIMIT_PARTIAL_DEPTH)
		return run_err(run, op, err, ERR_LIMIT,
			       "partials include each other more than %d deep",
			       LIMIT_PARTIAL_DEPTH);
	f = push(run, op, FRAME_PARTIAL, err);
	if (!f)
		return false;
	f->t = run->t;
	f->pc = run->pc;
	f->call = run->call;
	f->indent = run->indent.len;
	f->indent_from = run->indent_from;
	if (!(op->flags & OP_ALONE)) /* its lines are not indented at all */
		run->indent_from = run->indent.len;
	buf_add_str(&run->indent, op->text);
	if (buf_overflowed(&run->indent))
		return run_err(run, op, err, ERR_LIMIT,
			       "indentation is larger than %zu bytes",
			       run->indent.max);
	run->call = call_of(run, op);
	run->partial_depth++;
	run->t = op->partial;
	run->pc = 0;
	return true;
}

/* Back from a partial; false at the end of the template itself. */
static bool do_return(struct mustache_run *run)
{
	if (run->partial_depth == 0)
		return false;
	const struct frame *f = &run->frames[--run->depth];
	run->t = f->t;
	run->pc = f->pc;
	run->call = f->call;
	buf_trim(&run->indent, f->indent);
	run->indent_from = f->indent_from;
	run->partial_depth--;
	return true;
}

static bool step(struct mustache_run *run, const struct op *op, struct err *err)
{
	switch ((enum op_kind)op->kind) {
	case OP_TEXT:
		return run_text(run, op, err);
	case OP_VALUE:
		return do_value(run, op, err);
	case OP_SECTION:
		return do_section(run, op, err);
	case OP_INVERTED:
		return do_inverted(run, op, err);
	case OP_END:
		return do_end(run, op, err);
	case OP_PARTIAL:
		return do_partial(run, op, err);
	case OP_RETURN:
		break;
	}
	return true;
}

static void start(struct mustache_run *run, const struct mustache_template *t,
		  const struct val *root)
{
	forget(run);
	run->t = t;
	run->pc = 0;
	run->steps = 0;
	run->depth = 0;
	run->contexts[0] = root;
	run->context_count = 1;
	run->partial_depth = 0;
	buf_clear(&run->indent);
	run->indent_from = 0;
	run->calls.count = 0;
	VEC_ADD(&run->calls);
	run->call = 0;
	run->helper_depth = 0;
	run->helper_bytes = 0;
	run->lenient = false;
	run->parts.count = 0;
	run->out = NULL;
	run->sink = NULL;
}

static bool execute(struct mustache_run *run, struct err *err)
{
	for (;;) {
		const struct op *op = &run->t->ops.items[run->pc++];

		if (op->kind == OP_RETURN) {
			if (!do_return(run))
				return true;
			continue;
		}
		if (++run->steps > LIMIT_RENDER_STEPS)
			return run_err(run, op, err, ERR_LIMIT,
				       "render takes more than %d steps",
				       LIMIT_RENDER_STEPS);
		if (!step(run, op, err))
			return false;
	}
}

bool mustache_render(struct mustache_run *run,
		     const struct mustache_template *t, const struct val *root,
		     enum mustache_escape escape, struct buf *out,
		     struct err *err)
{
	start(run, t, root);
	run->out = out;
	run->escape = escape;
	return execute(run, err);
}

bool mustache_expand(struct mustache_run *run,
		     const struct mustache_template *t, const struct val *root,
		     const struct mustache_sink *sink, struct err *err)
{
	start(run, t, root);
	run->sink = sink;
	return execute(run, err);
}
