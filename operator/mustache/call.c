#include "mustache/call.h"

#include "mustache/emit.h"

struct frame *run_push(struct mustache_run *run, const struct op *op,
		       enum frame_kind kind, struct err *err)
{
	struct frame *f = &run->frames[run->depth];

	if (run->depth == ARRAY_LEN(run->frames)) {
		run_err(run, op, err, ERR_LIMIT,
			"more than %zu sections and partials are open at once",
			ARRAY_LEN(run->frames));
		return NULL;
	}
	run->depth++;
	f->kind = kind;
	return f;
}

/* Names are looked for in each context, so a step takes longer in many. */
bool run_count(struct mustache_run *run, const struct op *op, size_t steps,
	       struct err *err)
{
	enum { USUAL_CONTEXTS = 16 };

	run->steps += steps * (1 + run->context_count / USUAL_CONTEXTS);
	if (run->steps > LIMIT_RENDER_STEPS)
		return run_err(run, op, err, ERR_LIMIT,
			       "render takes more than %d steps",
			       LIMIT_RENDER_STEPS);
	return run->made.count <= LIMIT_RENDER_MADE ||
	       run_err(run, op, err, ERR_LIMIT,
		       "render makes more than %d values", LIMIT_RENDER_MADE);
}

/* The call that op makes from here: found among those made last, so that a
 * loop does not add one each time. */
static uint32_t call_of(struct mustache_run *run, const struct op *op,
			const struct mustache_template *t)
{
	struct call *from = &run->calls.items[run->call];
	uint32_t at = from->child;

	for (int i = 0; at && i < LIMIT_RENDER_SIBLINGS; i++) {
		const struct call *c = &run->calls.items[at];

		if (c->op == op && c->t == t)
			return at;
		at = c->sibling;
	}
	at = (uint32_t)run->calls.count;
	struct call call = {
		.t = t, .op = op, .from = run->call, .sibling = from->child
	};
	from->child = at;
	*VEC_ADD(&run->calls) = call;
	return at;
}

/* Remembers where to go on. */
static struct frame *leave(struct mustache_run *run, const struct op *op,
			   enum frame_kind kind, struct err *err)
{
	struct frame *f = run_push(run, op, kind, err);

	if (!f)
		return NULL;
	f->t = run->t;
	f->next = run->next;
	f->call = run->call;
	f->indent = run->indent.len;
	f->indent_from = run->indent_from;
	f->args = run->args;
	f->parent = 0;
	return f;
}

static void go_back(struct mustache_run *run, const struct frame *f)
{
	run->t = f->t;
	run->next = f->next;
	run->call = f->call;
	buf_trim(&run->indent, f->indent);
	run->indent_from = f->indent_from;
	run->args = f->args;
	run_settle(run);
}

static bool enter(struct mustache_run *run, const struct op *op,
		  const struct mustache_template *t, struct err *err)
{
	if (run->partial_depth == LIMIT_PARTIAL_DEPTH)
		return run_err(run, op, err, ERR_LIMIT,
			       "partials include each other more than %d deep",
			       LIMIT_PARTIAL_DEPTH);
	if (run->calls.count == LIMIT_RENDER_CALLS)
		return run_err(run, op, err, ERR_LIMIT,
			       "partials are included in more than %d ways",
			       LIMIT_RENDER_CALLS);
	if (!run_count(run, op, t->ops.count, err))
		return false;
	run->call = call_of(run, op, t);
	run->partial_depth++;
	run->t = t;
	run->next = t->ops.items;
	run_settle(run);
	return true;
}

/* What stands in run->indent may be copied in pieces. */
static bool indent_by(struct mustache_run *run, const struct op *op,
		      struct str blanks, struct err *err)
{
	buf_reserve(&run->indent, blanks.n + BUF_PAD);
	buf_add_str(&run->indent, blanks);
	if (buf_overflowed(&run->indent))
		return run_err(run, op, err, ERR_LIMIT,
			       "indentation is larger than %zu bytes",
			       run->indent.max);
	run_settle(run);
	return true;
}

static const struct op_detail *detail(const struct mustache_run *run,
				      const struct op *op)
{
	return &run->t->details.items[run_number(run, op)];
}

/* {{>*x}}: the template that the value of x names. */
static bool find_dynamic(struct mustache_run *run, const struct op *op,
			 const struct mustache_template **out, struct err *err)
{
	const struct name *name = &run->t->names.items[op->name];
	const struct val *v = run_lookup(run, op);
	bool is_strict = run->t->flags & MUSTACHE_STRICT;

	if (!v)
		v = run_extended(run, name);
	*out = val_is(v, VAL_TEXT) ? template_find(run->t, val_str(v)) : NULL;
	if (!*out && is_strict)
		return run_err(run, op, err, ERR_INVALID,
			       "*" STR_FMT ": its value is no partial's name",
			       STR_ARG(name->text));
	/* Which one it is decides about the text to come. */
	uint32_t number = *out ? 1 + (uint32_t)(*out - run->t->set->templates)
			       : 0;
	for (size_t i = 0; i < sizeof(number); i++)
		run_mark(run, (char)(number >> 8 * i));
	return true;
}

bool run_partial(struct mustache_run *run, const struct op *op, struct err *err)
{
	const struct mustache_template *t = NULL;
	struct frame *f;

	if (op->flags & OP_DYNAMIC) {
		if (!find_dynamic(run, op, &t, err))
			return false;
	} else if (op->target) {
		t = &run->t->set->templates[op->target - 1];
	}
	if (op->kind == OP_PARENT)
		run_jump(run, op);
	if (!t)
		return true;
	f = leave(run, op, FRAME_PARTIAL, err);
	if (!f)
		return false;
	if (op->kind == OP_PARENT && op->other > run_number(run, op) + 1) {
		f->parent = 1 + run_number(run, op);
		run->args = (uint32_t)run->depth;
	}
	if (!(op->flags & OP_ALONE)) /* its lines are not indented at all */
		run->indent_from = run->indent.len;
	else if (!indent_by(run, op, detail(run, op)->indent, err))
		return false;
	return enter(run, op, t, err);
}

/* The argument of that name in a parent tag of t; *seen counts those looked
 * at. */
static const struct op *argument_in(const struct mustache_template *t,
				    uint32_t parent, struct str name,
				    size_t *seen)
{
	const struct op *ops = t->ops.items;
	uint32_t end = ops[parent].other, i = parent + 1;

	while (i < end) {
		const struct op *op = &ops[i];

		++*seen;
		if (op->kind == OP_BLOCK &&
		    str_equal(t->names.items[op->name].text, name))
			return op;
		i = op->kind == OP_BLOCK || op->kind == OP_SECTION ||
				    op->kind == OP_INVERTED ||
				    op->kind == OP_PARENT
			    ? op->other + 1
			    : i + 1;
	}
	return NULL;
}

/* The argument for a block, from the outermost parent tag that has one. */
static const struct op *find_argument(const struct mustache_run *run,
				      struct str name, size_t *seen,
				      const struct frame **out_frame)
{
	const struct op *found = NULL;

	for (uint32_t at = run->args; at; at = run->frames[at - 1].args) {
		const struct frame *f = &run->frames[at - 1];
		const struct op *op =
			argument_in(f->t, f->parent - 1, name, seen);

		if (!op)
			continue;
		found = op;
		*out_frame = f;
	}
	return found;
}

static bool is_empty(const struct mustache_template *t, const struct op *op)
{
	const struct op *end = &t->ops.items[op->other];

	return end == op + 1 && end->text_len == 0;
}

/* Its own content, unless a parent tag holds an argument for it. Blocks in an
 * argument are those of the template in which it stands. */
bool run_block(struct mustache_run *run, const struct op *op, struct err *err)
{
	const struct frame *from = NULL;
	const struct op *argument = NULL;
	struct str indent = detail(run, op)->indent;
	size_t seen = 0;
	struct frame *f;

	if (run->args)
		argument = find_argument(
			run, run->t->names.items[op->name].text, &seen, &from);
	if (!run_count(run, op, seen, err))
		return false;
	if (!argument) {
		if (op->flags & OP_PAIR && !run_indent(run, op, indent, err))
			return false;
		return run_push(run, op, FRAME_PLAIN, err) != NULL;
	}
	run_jump(run, op);
	f = leave(run, op, FRAME_BLOCK, err);
	if (!f || !indent_by(run, op, indent, err))
		return false;
	if (op->flags & OP_ALONE && !(argument->flags & OP_OPENS_LINE) &&
	    !is_empty(from->t, argument) &&
	    !run_indent(run, op, str_cut(NULL, 0), err))
		return false;
	run->args = from->args;
	run->call = from->call;
	run->t = from->t;
	run->next = argument + 1;
	return true;
}

void run_block_end(struct mustache_run *run)
{
	go_back(run, &run->frames[run->depth]);
}

const struct mustache_lambda *run_lambda(const struct mustache_run *run,
					 const struct name *name)
{
	for (size_t i = 0; i < run->lambda_count; i++)
		if (str_is(name->text, run->lambdas[i].name))
			return &run->lambdas[i];
	return NULL;
}

/* The text that the lambda returns, as a template; NULL for an error. */
static const struct mustache_template *call_lambda(
	struct mustache_run *run, const struct op *op,
	const struct mustache_lambda *lambda, struct err *err)
{
	const struct mustache_template *t = run->t;
	const struct delimiters *delimiters = NULL;
	struct mustache_template *made = NULL;
	AUTO_BUF text = BUF_INIT(LIMIT_TEMPLATE_BYTES);
	struct str held = { 0 };
	AUTO_ERR why = ERR_INIT;

	if (op->kind == OP_SECTION) {
		const struct op_detail *d = detail(run, op);
		size_t to = t->details.items[op->other].begin;

		held = str_cut(t->source + d->end, to - d->end);
		delimiters = &t->delimiters.items[d->delimiters];
	}
	if (!lambda->fn(lambda->ctx, held, &text, &why) ||
	    !buf_check(&text, &why) ||
	    !template_of_text(t, buf_str(&text), delimiters, &made, &why)) {
		run_err(run, op, err, why.kind, "%s: %s", lambda->name,
			why.msg);
		return NULL;
	}
	*VEC_ADD(&run->texts) = made;
	return made;
}

bool run_lambda_call(struct mustache_run *run, const struct op *op,
		     const struct mustache_lambda *lambda, struct err *err)
{
	bool is_section = op->kind == OP_SECTION;
	const struct mustache_template *t;
	struct frame *f;

	if (run->partial_depth == LIMIT_PARTIAL_DEPTH)
		return run_err(run, op, err, ERR_LIMIT,
			       "lambdas call each other more than %d deep",
			       LIMIT_PARTIAL_DEPTH);
	t = call_lambda(run, op, lambda, err);
	if (!t)
		return false;
	if (is_section)
		run_jump(run, op);
	f = leave(run, op, is_section ? FRAME_PARTIAL : FRAME_LAMBDA, err);
	if (!f)
		return false;
	run->indent_from = run->indent.len;
	if (!is_section) {
		f->mode = run->mode;
		f->escape = run->escape;
		f->out = run->out;
		run->mode = MODE_TEXT;
		run->escape = MUSTACHE_PLAIN;
		run->out = NEW(struct buf);
		*run->out = BUF_INIT(LIMIT_RENDER_BYTES);
	}
	return enter(run, op, t, err);
}

bool run_return(struct mustache_run *run, struct err *err)
{
	const struct frame *f = &run->frames[--run->depth];

	run->partial_depth--;
	go_back(run, f);
	if (f->kind != FRAME_LAMBDA)
		return true;
	/* What a variable's lambda returned takes the variable's place. */
	struct val *v = val_new_text(buf_str(run->out));
	*VEC_ADD(&run->made) = v;
	buf_free(run->out);
	free(run->out);
	run->mode = f->mode;
	run->escape = f->escape;
	run->out = f->out;
	run_settle(run);
	return run_value(run, f->next - 1, v, true, err);
}
