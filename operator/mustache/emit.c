#include "mustache/emit.h"

#include "data/json.h"

static struct mustache_place place_in(const struct mustache_template *t,
				      const struct op *op, uint32_t call)
{
	const struct op_detail *d = &t->details.items[op - t->ops.items];

	return (struct mustache_place){ .file = t->file,
					.line = d->line,
					.column = d->column,
					.call = call };
}

struct mustache_place run_place(const struct mustache_run *run,
				const struct op *op)
{
	return place_in(run->t, op, run->call);
}

struct str run_name(const struct mustache_run *run, const struct op *op)
{
	return run->t->names.items[op->name].text;
}

static void print_place(const struct mustache_run *run,
			const struct mustache_place *place, struct buf *out)
{
	const char *before = " (included from ";
	uint32_t call = place->call;

	buf_addf(out, "%s:%u:%u", place->file, place->line, place->column);
	while (call) {
		const struct call *c = &run->calls.items[call];

		struct mustache_place at = place_in(c->t, c->op, 0);

		buf_addf(out, "%s%s:%u:%u", before, at.file, at.line,
			 at.column);
		before = ", ";
		call = c->from;
	}
	if (place->call)
		buf_add_char(out, ')');
}

void mustache_place_print(const struct mustache_run *run,
			  const struct mustache_place *place, struct buf *out)
{
	print_place(run, place, out);
}

PRINTF_LIKE(5, 0)
static bool place_errv(const struct mustache_run *run,
		       const struct mustache_place *place, struct err *err,
		       enum err_kind kind, const char *fmt, va_list args)
{
	AUTO_BUF where = BUF_INIT(LIMIT_LOG_BYTES);
	AUTO_BUF text = BUF_INIT(LIMIT_LOG_BYTES);

	print_place(run, place, &where);
	buf_addv(&text, fmt, args);
	return err_set(err, kind, "%s: %s", buf_text(&where), buf_text(&text));
}

bool mustache_err(const struct mustache_run *run,
		  const struct mustache_place *place, struct err *err,
		  enum err_kind kind, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	place_errv(run, place, err, kind, fmt, args);
	va_end(args);
	return false;
}

bool run_err(const struct mustache_run *run, const struct op *op,
	     struct err *err, enum err_kind kind, const char *fmt, ...)
{
	struct mustache_place place = run_place(run, op);
	va_list args;

	va_start(args, fmt);
	place_errv(run, &place, err, kind, fmt, args);
	va_end(args);
	return false;
}

static bool add_part(struct mustache_run *run, const struct op *op,
		     struct helper_part part, struct err *err)
{
	if (run->parts.count == LIMIT_TEMPLATE_OPS)
		return run_err(run, op, err, ERR_LIMIT,
			       "helper has more than %d parts",
			       LIMIT_TEMPLATE_OPS);
	*VEC_ADD(&run->parts) = part;
	return true;
}

bool run_too_large(const struct mustache_run *run, const struct op *op,
		   struct err *err)
{
	return run_err(run, op, err, ERR_LIMIT,
		       "output is larger than %zu bytes", run->out->max);
}

static bool put_text(struct mustache_run *run, const struct op *op,
		     struct str text, uint32_t line, uint32_t column,
		     struct err *err)
{
	struct mustache_place place;

	switch (run->mode) {
	case MODE_TRACE:
		return true;
	case MODE_PARTS:
		return add_part(run, op,
				(struct helper_part){ .kind = HELPER_TEXT,
						      .text = text },
				err);
	case MODE_TEXT:
		buf_add_str(run->out, text);
		return !buf_overflowed(run->out) || run_too_large(run, op, err);
	case MODE_SINK:
		break;
	}
	place = run_place(run, op);
	place.line = line;
	place.column = column;
	return run->sink->text(run->sink->ctx, text, &place, err);
}

/*
 * What the run has as its indentation, in front of a line. Parts outlive the
 * partial that is indented, so they get a copy: one for lines of the same.
 */
static bool put_indent(struct mustache_run *run, const struct op *op,
		       struct str indent, uint32_t line, uint32_t column,
		       struct err *err)
{
	size_t n = run->made.count;

	if (run->mode != MODE_PARTS)
		return put_text(run, op, indent, line, column, err);
	if (n == 0 || !val_is(run->made.items[n - 1], VAL_TEXT) ||
	    !str_equal(val_str(run->made.items[n - 1]), indent))
		*VEC_ADD(&run->made) = val_new_text(indent);
	return put_text(run, op, val_str(run->made.items[run->made.count - 1]),
			line, column, err);
}

static bool is_blank_line(struct str line)
{
	return str_is(line, "\n") || str_is(line, "\r\n");
}

static struct str indent_of(const struct mustache_run *run)
{
	size_t n = run->indent.len - run->indent_from;

	return n ? str_cut(run->indent.p + run->indent_from, n)
		 : str_cut(NULL, 0);
}

/* Line by line: each that starts here is indented, but for empty ones. */
static bool put_indented(struct mustache_run *run, const struct op *op,
			 struct str indent, struct err *err)
{
	const struct op_detail *d = &run->t->details.items[run_number(run, op)];
	struct str rest = str_cut(op->text, op->text_len), piece;
	bool starts = op->flags & OP_TEXT_STARTS, more;
	uint32_t line = d->text_line, column = d->text_column;

	do {
		more = str_split(rest, '\n', &piece, &rest);
		piece.n += more; /* with its line end */
		if (starts && !is_blank_line(piece) &&
		    !put_indent(run, op, indent, line, column, err))
			return false;
		if (piece.n && !put_text(run, op, piece, line, column, err))
			return false;
		starts = true;
		line++;
		column = 1;
	} while (more && rest.n);
	return true;
}

bool run_literal_slowly(struct mustache_run *run, const struct op *op,
			struct err *err)
{
	const struct op_detail *d = &run->t->details.items[run_number(run, op)];
	struct str text = str_cut(op->text, op->text_len);
	struct str indent = indent_of(run);

	if (text.n && !(indent.n ? put_indented(run, op, indent, err)
				 : put_text(run, op, text, d->text_line,
					    d->text_column, err)))
		return false;
	return !indent.n || !(op->flags & OP_TAG_STARTS) ||
	       put_indent(run, op, indent, d->line, d->column, err);
}

bool run_indent(struct mustache_run *run, const struct op *op,
		struct str blanks, struct err *err)
{
	struct mustache_place at = run_place(run, op);
	struct str indent = indent_of(run);

	if (indent.n && !put_indent(run, op, indent, at.line, at.column, err))
		return false;
	return !blanks.n || put_text(run, op, blanks, at.line, at.column, err);
}

static void add_html(struct buf *out, struct str s)
{
	size_t from = 0;

	for (size_t i = 0; i < s.n; i++) {
		const char *as = s.p[i] == '&'   ? "&amp;"
				 : s.p[i] == '<' ? "&lt;"
				 : s.p[i] == '>' ? "&gt;"
				 : s.p[i] == '"' ? "&quot;"
						 : NULL;

		if (!as)
			continue;
		buf_add(out, s.p + from, i - from);
		buf_add_text(out, as);
		from = i + 1;
	}
	if (from < s.n)
		buf_add(out, s.p + from, s.n - from);
}

static void add_value(struct buf *out, const struct val *v, bool html)
{
	switch (val_type(v)) {
	case VAL_NULL:
		return;
	case VAL_BOOL:
		buf_add_text(out, val_is_true(v) ? "true" : "false");
		return;
	case VAL_LIST:
	case VAL_MAP: {
		AUTO_BUF json = BUF_INIT(out->max);

		json_write(v, html ? &json : out);
		if (html)
			add_html(out, buf_str(&json));
		return;
	}
	default:
		if (html)
			add_html(out, val_str(v));
		else
			buf_add_str(out, val_str(v));
	}
}

/* Raw text decides about the structure, so it is no slot of a trace. */
static bool trace_value(struct mustache_run *run, const struct op *op,
			const struct val *v, bool may_miss, struct err *err)
{
	struct mustache_trace *trace = run->trace;

	if (op->flags & OP_RAW) {
		size_t before = trace->symbols.len;

		add_value(&trace->symbols, v, false);
		buf_addf(&trace->symbols, "=%zu", trace->symbols.len - before);
	}
	if (trace->slots.count == LIMIT_RENDER_SLOTS ||
	    buf_overflowed(&trace->symbols))
		return run_err(run, op, err, ERR_LIMIT,
			       "more than %d variables in one render",
			       LIMIT_RENDER_SLOTS);
	*VEC_ADD(&trace->slots) = (struct mustache_slot){
		.value = v,
		.t = run->t,
		.op = op,
		.call = run->call,
		.strict = !may_miss,
	};
	return true;
}

static struct mustache_insert insert_of(const struct mustache_slot *slot)
{
	return (struct mustache_insert){
		.value = slot->value,
		.place = place_in(slot->t, slot->op, slot->call),
		.name = slot->t->names.items[slot->op->name].text,
		.raw = slot->op->flags & OP_RAW,
		.strict = slot->strict,
	};
}

struct mustache_insert mustache_slot_insert(const struct mustache_slot *slot)
{
	return insert_of(slot);
}

bool run_value(struct mustache_run *run, const struct op *op,
	       const struct val *v, bool may_miss, struct err *err)
{
	struct mustache_insert in;

	if (run->mode == MODE_TEXT && v) {
		add_value(run->out, v,
			  run->escape == MUSTACHE_HTML &&
				  !(op->flags & OP_RAW));
		return !buf_overflowed(run->out) || run_too_large(run, op, err);
	}
	may_miss |= run->lenient || !(run->t->flags & MUSTACHE_STRICT);
	if (run->mode == MODE_TRACE)
		return trace_value(run, op, v, may_miss, err);
	if (run->mode == MODE_SINK) {
		in = insert_of(&(struct mustache_slot){ v, run->t, op,
							run->call, !may_miss });
		return run->sink->insert(run->sink->ctx, &in, err);
	}
	if (!v && !may_miss)
		return run_err(run, op, err, ERR_INVALID, STR_FMT " is missing",
			       STR_ARG(run_name(run, op)));
	return run->mode == MODE_TEXT ||
	       add_part(run, op,
			(struct helper_part){ .kind = HELPER_VALUE,
					      .value = v,
					      .name = run_name(run, op) },
			err);
}
