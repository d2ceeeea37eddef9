/* Where the render goes: to text, to a sink, or to the helper around it. */
#include "mustache/run.h"

#include "data/json.h"

struct mustache_place run_place(const struct mustache_run *run,
				const struct op *op)
{
	return (struct mustache_place){ .file = run->t->file,
					.line = op->line,
					.column = op->column,
					.call = run->call };
}

static void print_place(const struct mustache_run *run,
			const struct mustache_place *place, struct buf *out)
{
	const char *before = " (included from ";
	uint32_t call = place->call;

	buf_addf(out, "%s:%u:%u", place->file, place->line, place->column);
	while (call) {
		const struct call *c = &run->calls.items[call];

		buf_addf(out, "%s%s:%u:%u", before, c->t->file, c->op->line,
			 c->op->column);
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

static bool put_text(struct mustache_run *run, const struct op *op,
		     struct str text, uint32_t line, struct err *err)
{
	struct mustache_place place;

	if (run->helper_depth)
		return add_part(run, op,
				(struct helper_part){ .kind = HELPER_TEXT,
						      .text = text },
				err);
	if (run->out) {
		buf_add_str(run->out, text);
		if (!buf_overflowed(run->out))
			return true;
		return run_err(run, op, err, ERR_LIMIT,
			       "output is larger than %zu bytes",
			       run->out->max);
	}
	place = run_place(run, op);
	if (line != op->line) {
		place.line = line;
		place.column = 1;
	}
	return run->sink->text(run->sink->ctx, text, &place, err);
}

static bool is_blank_line(struct str line)
{
	return str_is(line, "\n") || str_is(line, "\r\n");
}

/* Line by line: each that starts here is indented, but for empty ones. */
static bool put_indented(struct mustache_run *run, const struct op *op,
			 struct str indent, struct err *err)
{
	bool line_start = op->flags & OP_LINE_START;
	struct str rest = op->text, piece;
	uint32_t line = op->line;
	bool more;

	do {
		more = str_split(rest, '\n', &piece, &rest);
		piece.n += more; /* with its line end */
		if (line_start && !is_blank_line(piece) &&
		    !put_text(run, op, indent, line, err))
			return false;
		if (piece.n && !put_text(run, op, piece, line, err))
			return false;
		line_start = true;
		line++;
	} while (more && rest.n);
	return true;
}

bool run_text(struct mustache_run *run, const struct op *op, struct err *err)
{
	size_t n = run->indent.len - run->indent_from;

	if (n)
		return put_indented(
			run, op, str_cut(run->indent.p + run->indent_from, n),
			err);
	return op->text.n == 0 || put_text(run, op, op->text, op->line, err);
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
	AUTO_BUF json = BUF_INIT(out->max);
	struct str s = val_str(v);

	switch (val_type(v)) {
	case VAL_NULL:
		return;
	case VAL_BOOL:
		buf_add_text(out, val_is_true(v) ? "true" : "false");
		return;
	case VAL_LIST:
	case VAL_MAP:
		json_write(v, html ? &json : out);
		s = buf_str(&json);
		break;
	default:
		break;
	}
	if (html)
		add_html(out, s);
	else
		buf_add_str(out, s);
}

static bool insert(struct mustache_run *run, const struct op *op,
		   const struct val *v, bool may_miss, struct err *err)
{
	struct mustache_insert in = {
		.value = v,
		.place = run_place(run, op),
		.name = op->text,
		.raw = op->flags & OP_RAW,
		.strict = !may_miss,
	};

	return run->sink->insert(run->sink->ctx, &in, err);
}

bool run_value(struct mustache_run *run, const struct op *op,
	       const struct val *v, bool may_miss, struct err *err)
{
	bool html = run->escape == MUSTACHE_HTML && !(op->flags & OP_RAW);

	may_miss |= run->lenient || !(run->t->flags & MUSTACHE_STRICT);
	if (!run->helper_depth && !run->out)
		return insert(run, op, v, may_miss, err);
	if (!v && !may_miss)
		return run_err(run, op, err, ERR_INVALID, STR_FMT " is missing",
			       STR_ARG(op->text));
	if (run->helper_depth)
		return add_part(run, op,
				(struct helper_part){ .kind = HELPER_VALUE,
						      .value = v,
						      .name = op->text },
				err);
	add_value(run->out, v, html);
	if (!buf_overflowed(run->out))
		return true;
	return run_err(run, op, err, ERR_LIMIT,
		       "output is larger than %zu bytes", run->out->max);
}
