#include "chart/expand.h"

#include "base/limits.h"

enum { MARK_BYTES = 3 };

static uint32_t characters(struct str s)
{
	uint32_t n = 0;

	for (size_t i = 0; i < s.n; i++)
		n += ((unsigned char)s.p[i] & 0xc0) != 0x80;
	return n;
}

static void add_piece(struct expand *e, const struct mustache_place *place,
		      bool is_slot)
{
	*VEC_ADD(&e->pieces) = (struct expand_piece){
		.line = (uint32_t)e->lines.count,
		.at = e->text.len,
		.column = e->column,
		.is_slot = is_slot,
		.place = *place,
	};
}

static bool check_size(const struct expand *e,
		       const struct mustache_place *place, struct err *err)
{
	if (!buf_overflowed(&e->text))
		return true;
	return mustache_err(e->run, place, err, ERR_LIMIT,
			    "output is larger than %zu bytes", e->text.max);
}

static bool on_text(void *ctx, struct str text,
		    const struct mustache_place *place, struct err *err)
{
	struct expand *e = ctx;
	struct str rest = text, line;
	size_t at = e->text.len;

	add_piece(e, place, false);
	buf_add_str(&e->text, text);
	if (!check_size(e, place, err))
		return false;
	while (str_split(rest, '\n', &line, &rest)) {
		at += line.n + 1;
		*VEC_ADD(&e->lines) = at;
		e->column = 1;
	}
	e->column += characters(line);
	return true;
}

static bool on_insert(void *ctx, const struct mustache_insert *insert,
		      struct err *err)
{
	struct expand *e = ctx;
	size_t before = e->text.len;

	add_piece(e, &insert->place, true);
	buf_addf(&e->text, EXPAND_OPEN "%zu" EXPAND_CLOSE, e->slots.count);
	if (!check_size(e, &insert->place, err))
		return false;
	e->column += (uint32_t)(e->text.len - before) - 2 * (MARK_BYTES - 1);
	*VEC_ADD(&e->slots) = (struct expand_slot){
		.value = insert->value,
		.name = insert->name,
		.place = insert->place,
		.strict = insert->strict,
	};
	return true;
}

bool expand_init(struct expand *e, struct mustache_run *run,
		 const struct mustache_template *t, const struct val *root,
		 struct err *err)
{
	const struct mustache_sink sink = { e, on_text, on_insert };

	e->run = run;
	e->text = BUF_INIT(LIMIT_RENDER_BYTES);
	e->column = 1;
	*VEC_ADD(&e->lines) = 0;
	return mustache_expand(run, t, root, &sink, err);
}

void expand_done(struct expand *e)
{
	buf_free(&e->text);
	VEC_DONE(&e->slots);
	VEC_DONE(&e->pieces);
	VEC_DONE(&e->lines);
}

/* The slot of the mark at the start of s, and the mark's length. */
static const struct expand_slot *mark_at(const struct expand *e, struct str s,
					 size_t *len)
{
	size_t i = MARK_BYTES, slot = 0;

	for (; i < s.n && s.p[i] >= '0' && s.p[i] <= '9'; i++)
		if (slot <= e->slots.count)
			slot = slot * 10 + (size_t)(s.p[i] - '0');
	if (slot >= e->slots.count ||
	    !str_starts(str_cut(s.p + i, s.n - i), EXPAND_CLOSE))
		return NULL;
	*len = i + MARK_BYTES;
	return &e->slots.items[slot];
}

enum expand_kind expand_cut(const struct expand *e, struct str *rest,
			    struct str *out_text,
			    const struct expand_slot **out_slot)
{
	const char *mark;
	size_t n = 0;

	if (rest->n == 0)
		return EXPAND_END;
	if (str_starts(*rest, EXPAND_OPEN))
		*out_slot = mark_at(e, *rest, &n);
	if (n) {
		*rest = str_cut(rest->p + n, rest->n - n);
		return EXPAND_SLOT;
	}
	mark = memmem(rest->p + 1, rest->n - 1, EXPAND_OPEN, MARK_BYTES);
	n = mark ? (size_t)(mark - rest->p) : rest->n;
	*out_text = str_cut(rest->p, n);
	*rest = str_cut(rest->p + n, rest->n - n);
	return EXPAND_TEXT;
}

bool expand_has_slot(const struct expand *e, struct str s)
{
	const struct expand_slot *slot;
	enum expand_kind kind;
	struct str text;

	do
		kind = expand_cut(e, &s, &text, &slot);
	while (kind == EXPAND_TEXT);
	return kind == EXPAND_SLOT;
}

const struct expand_piece *expand_find(const struct expand *e, uint32_t line,
				       uint32_t column)
{
	size_t from = 0, to = e->pieces.count;

	/* The last piece that does not begin behind the place. */
	while (from < to) {
		size_t middle = from + (to - from) / 2;
		const struct expand_piece *p = &e->pieces.items[middle];

		if (p->line > line || (p->line == line && p->column > column))
			to = middle;
		else
			from = middle + 1;
	}
	return from ? &e->pieces.items[from - 1] : NULL;
}

void expand_place(const struct expand *e, uint32_t line, uint32_t column,
		  struct buf *out)
{
	const struct expand_piece *p = expand_find(e, line, column);
	struct mustache_place place;

	if (!p)
		return;
	place = p->place;
	if (!p->is_slot) {
		place.column = p->line == line
				       ? place.column + column - p->column
				       : column;
		place.line += line - p->line;
	}
	mustache_place_print(e->run, &place, out);
}

struct str expand_line(const struct expand *e, uint32_t line, uint32_t column)
{
	struct str rest = buf_str(&e->text), text;

	if (line == 0 || line > e->lines.count)
		return str_cut(NULL, 0);
	size_t at = e->lines.items[line - 1];
	str_split(str_cut(rest.p + at, rest.n - at), '\n', &text, &rest);
	while (text.n &&
	       (column > 1 || ((unsigned char)*text.p & 0xc0) == 0x80)) {
		column -= ((unsigned char)*text.p & 0xc0) != 0x80;
		text = str_cut(text.p + 1, text.n - 1);
	}
	return text;
}
