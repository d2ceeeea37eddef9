#include "chart/expand.h"

#include "base/limits.h"

static bool add_piece(struct expand *e, const struct mustache_place *place,
		      bool is_slot, struct err *err)
{
	if (e->pieces.count == LIMIT_RENDER_PIECES)
		return mustache_err(e->run, place, err, ERR_LIMIT,
				    "more than %d pieces of text and variables "
				    "in one render",
				    LIMIT_RENDER_PIECES);
	*VEC_ADD(&e->pieces) = (struct expand_piece){
		.line = e->line,
		.at = (uint32_t)e->text.len,
		.column = e->column,
		.is_slot = is_slot,
		.place = *place,
	};
	return true;
}

static bool check_size(const struct expand *e,
		       const struct mustache_place *place, struct err *err)
{
	if (!buf_overflowed(&e->text))
		return true;
	return mustache_err(e->run, place, err, ERR_LIMIT,
			    "output is larger than %zu bytes", e->text.max);
}

/* Text of the template, or raw. */
static bool add_text(struct expand *e, struct str text,
		     const struct mustache_place *place, struct err *err)
{
	struct str rest = text, line;

	if (!add_piece(e, place, false, err))
		return false;
	buf_add_str(&e->text, text);
	if (!check_size(e, place, err))
		return false;
	while (str_split(rest, '\n', &line, &rest)) {
		e->line++;
		e->column = 1;
	}
	e->column += (uint32_t)str_characters(line);
	return true;
}

static bool on_text(void *ctx, struct str text,
		    const struct mustache_place *place, struct err *err)
{
	return add_text(ctx, text, place, err);
}

/* Text of the chart's choice: it decides about the structure. */
static bool add_raw(struct expand *e, const struct mustache_insert *in,
		    struct err *err)
{
	const struct val *v = in->value;
	struct str text = val_str(v);

	if (!v && in->strict)
		return mustache_err(e->run, &in->place, err, ERR_INVALID,
				    STR_FMT " is missing", STR_ARG(in->name));
	if (val_is(v, VAL_LIST) || val_is(v, VAL_MAP))
		return mustache_err(e->run, &in->place, err, ERR_INVALID,
				    STR_FMT
				    " is a %s, which is no text to insert raw: "
				    "write {{" STR_FMT "}}",
				    STR_ARG(in->name),
				    val_type_text(val_type(v)),
				    STR_ARG(in->name));
	if (mark_is_in(text))
		return mustache_err(e->run, &in->place, err, ERR_INVALID,
				    STR_FMT " holds a character of the private "
					    "use plane 16, which cannot be "
					    "inserted raw",
				    STR_ARG(in->name));
	if (val_is(v, VAL_BOOL))
		text = str_of(val_is_true(v) ? "true" : "false");
	return text.n == 0 || add_text(e, text, &in->place, err);
}

static bool on_insert(void *ctx, const struct mustache_insert *insert,
		      struct err *err)
{
	struct expand *e = ctx;

	if (insert->raw)
		return add_raw(e, insert, err);
	if (e->slots.count == LIMIT_RENDER_SLOTS)
		return mustache_err(e->run, &insert->place, err, ERR_LIMIT,
				    "more than %d variables in one render",
				    LIMIT_RENDER_SLOTS);
	if (!add_piece(e, &insert->place, true, err))
		return false;
	mark_add(&e->text, e->slots.count);
	if (!check_size(e, &insert->place, err))
		return false;
	e->column++;
	*VEC_ADD(&e->slots) =
		(struct expand_slot){ insert->name, insert->place };
	*VEC_ADD(&e->values) = !insert->strict && val_is_null(insert->value)
				       ? val_absent()
				       : insert->value;
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
	e->line = 1;
	return mustache_expand(run, t, root, &sink, err);
}

void expand_done(struct expand *e)
{
	buf_free(&e->text);
	VEC_DONE(&e->slots);
	VEC_DONE(&e->values);
	VEC_DONE(&e->pieces);
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
