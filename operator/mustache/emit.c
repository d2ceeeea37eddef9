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

void mustache_place_print(const struct mustache_run *run,
			  const struct mustache_place *place, struct buf *out)
{
	const char *before = " (included from ";
	uint32_t call = place->call;

	buf_addf(out, "%s:%u:%u", place->file, place->line, place->column);
	while (call) {
		const struct call *c = &run->calls.items[call];
		struct mustache_place at =
			place_in(run->calls.items[c->from].t, c->op, 0);

		buf_addf(out, "%s%s:%u:%u", before, at.file, at.line,
			 at.column);
		before = ", ";
		call = c->from;
	}
	if (place->call)
		buf_add_char(out, ')');
}

PRINTF_LIKE(5, 0)
static bool place_errv(const struct mustache_run *run,
		       const struct mustache_place *place, struct err *err,
		       enum err_kind kind, const char *fmt, va_list args)
{
	AUTO_BUF where = BUF_INIT(LIMIT_LOG_BYTES);
	AUTO_BUF text = BUF_INIT(LIMIT_LOG_BYTES);

	mustache_place_print(run, place, &where);
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
	case MODE_MARKS:
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

/* The first line of s with its line end; all of it when that is missing. */
static inline size_t line_len(struct str s)
{
	const char *end = memchr(s.p, '\n', s.n);

	return end ? (size_t)(end - s.p) + 1 : s.n;
}

static inline bool is_blank_line(const char *p, size_t n)
{
	return p[0] == '\n' || (n == 2 && p[0] == '\r' && p[1] == '\n');
}

/* Lines are indented where they start, but for empty ones. */
static void add_lines(struct mustache_run *run, const struct op *op,
		      struct str indent)
{
	bool starts = op->flags & OP_TEXT_STARTS;
	struct str rest = str_cut(op->text, op->text_len);

	while (rest.n) {
		size_t n = line_len(rest);

		if (starts && !is_blank_line(rest.p, n))
			buf_add_padded(run->out, indent.p, indent.n);
		buf_add_padded(run->out, rest.p, n);
		rest = str_cut(rest.p + n, rest.n - n);
		starts = true;
	}
}

/* Most literals have one line that begins in them. */
static void add_indented(struct mustache_run *run, const struct op *op,
			 struct str indent)
{
	const char *p = op->text;
	size_t n = op->text_len, head = op->first_line;

	if (op->lines == LINES_MANY) {
		add_lines(run, op, indent);
	} else {
		if (op->flags & OP_TEXT_STARTS && n &&
		    !is_blank_line(p, head ? head : n))
			buf_add_padded(run->out, indent.p, indent.n);
		if (op->lines) {
			buf_add_padded(run->out, p, head);
			buf_add_padded(run->out, indent.p, indent.n);
			p += head;
			n -= head;
		}
		buf_add_padded(run->out, p, n);
	}
	if (op->flags & OP_TAG_STARTS)
		buf_add_padded(run->out, indent.p, indent.n);
}

/* The same to anything but text. */
static bool put_indented(struct mustache_run *run, const struct op *op,
			 struct str indent, struct err *err)
{
	const struct op_detail *d = &run->t->details.items[run_number(run, op)];
	struct str rest = str_cut(op->text, op->text_len);
	bool starts = op->flags & OP_TEXT_STARTS;
	uint32_t line = d->text_line, column = d->text_column;

	while (rest.n) {
		size_t n = line_len(rest);

		if (starts && !is_blank_line(rest.p, n) &&
		    !put_indent(run, op, indent, line, column, err))
			return false;
		if (!put_text(run, op, str_cut(rest.p, n), line, column, err))
			return false;
		rest = str_cut(rest.p + n, rest.n - n);
		starts = true;
		line++;
		column = 1;
	}
	return !(op->flags & OP_TAG_STARTS) ||
	       put_indent(run, op, indent, d->line, d->column, err);
}

bool run_literal_slowly(struct mustache_run *run, const struct op *op,
			struct err *err)
{
	const struct op_detail *d = &run->t->details.items[run_number(run, op)];
	struct str text = str_cut(op->text, op->text_len);
	struct str indent = run->indent_now;

	if (op->text_len == 0 && !(op->flags & OP_TAG_STARTS))
		return true;
	if (run->is_text) {
		add_indented(run, op, indent);
		return !buf_overflowed(run->out) || run_too_large(run, op, err);
	}
	if (indent.n)
		return put_indented(run, op, indent, err);
	return text.n == 0 ||
	       put_text(run, op, text, d->text_line, d->text_column, err);
}

bool run_indent(struct mustache_run *run, const struct op *op,
		struct str blanks, struct err *err)
{
	struct mustache_place at = run_place(run, op);
	struct str indent = run->indent_now;

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

static void add_json(struct buf *out, const struct val *v, bool html)
{
	AUTO_BUF json = BUF_INIT(out->max);

	json_write(v, html ? &json : out);
	if (html)
		add_html(out, buf_str(&json));
}

static inline void add_value(struct buf *out, const struct val *v, bool html)
{
	switch ((enum val_type)v->type) {
	case VAL_NULL:
		return;
	case VAL_BOOL:
		buf_add_text(out, v->truth ? "true" : "false");
		return;
	case VAL_LIST:
	case VAL_MAP:
		add_json(out, v, html);
		return;
	case VAL_INT:
	case VAL_REAL:
	case VAL_TEXT:
		if (html)
			add_html(out, val_str(v));
		else
			buf_add_padded(out, val_chars(v), v->n);
	}
}

bool run_trace_fail(const struct mustache_run *run, const struct op *op,
		    struct err *err)
{
	if (op->flags & OP_RAW)
		return run_err(run, op, err, ERR_INVALID,
			       "raw text is no slot of a trace");
	return run_err(run, op, err, ERR_LIMIT,
		       "more than %d variables, or sections of more than %zu "
		       "bytes of trace, in one render",
		       LIMIT_RENDER_SLOTS, LIMIT_TRACE_BYTES);
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
	if (run->is_traced)
		return run_trace(run, op,
				 may_miss && val_is_null(v) ? val_absent() : v,
				 err);
	if (run->mode == MODE_SINK) {
		in = (struct mustache_insert){
			.value = v,
			.place = run_place(run, op),
			.name = run_name(run, op),
			.raw = op->flags & OP_RAW,
			.strict = !may_miss,
		};
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
