#include "chart/structure.h"

#include "base/limits.h"
#include "data/yaml_read.h"

/* The place of the variable at fault, else what the text came from. */
static void print_place(const struct yaml_places *places, unsigned line,
			unsigned column, struct buf *out)
{
	const struct structure *s = (const struct structure *)places;

	const struct mustache_run *run = s->expand.run;
	size_t blamed = s->fill.blamed;

	if (blamed != FILL_NONE)
		mustache_place_print(run, &s->expand.slots.items[blamed].place,
				     out);
	else
		expand_place(&s->expand, line, column, out);
}

/*
 * Two slips that YAML reads as one long scalar: key:{{x}} in braces, where the
 * blank behind the colon is missing.
 */
static bool check_key(struct structure *s, const struct yaml_node *key,
		      struct err *err)
{
	size_t slots = s->expand.slots.count, slot = 0;
	struct str rest = key->text, text = { 0 };

	if (key->kind != YAML_SCALAR || key->style != YAML_PLAIN ||
	    !yaml_is_empty(key->next))
		return true;
	for (;;) {
		switch (mark_cut(&rest, slots, &text, &slot)) {
		case MARK_END:
			return true;
		case MARK_TEXT:
			break;
		case MARK_SLOT:
			if (!str_ends(text, ":"))
				break;
			return yaml_fail(
				s->yaml, key, err, ERR_INVALID,
				"no blank between the colon and "
				"{{" STR_FMT "}}",
				STR_ARG(s->expand.slots.items[slot].name));
		}
	}
}

static bool check_scalar(struct structure *s, const struct yaml_node *node,
			 struct err *err)
{
	if (!node->is_folded || !mark_is_in(node->text))
		return true;
	return yaml_fail(s->yaml, node, err, ERR_INVALID,
			 "text with a variable goes on over several lines: "
			 "quote it, or use a block (|)");
}

/* As deep as the document, which the parser limits. */
static bool check_node(struct structure *s, const struct yaml_node *node,
		       struct err *err)
{
	bool is_map = node->kind == YAML_MAP;
	const struct yaml_node *n = node->first;

	if (node->kind == YAML_SCALAR)
		return check_scalar(s, node, err);
	for (; n; n = n->next) {
		if (is_map) {
			if (!check_key(s, n, err) || !check_node(s, n, err))
				return false;
			n = n->next;
		}
		if (!check_node(s, n, err))
			return false;
	}
	return true;
}

/*
 * Whether YAML wants a plain word where the mark of this piece stands. Pieces
 * are asked for in their order: *line is where the line of one before began.
 */
static bool is_misplaced(const struct expand *e, const struct expand_piece *p,
			 size_t *line)
{
	const char *text = e->text.p, *end;

	if (!p->is_slot || p->at == 0)
		return false;
	while ((end = memchr(text + *line, '\n', p->at - *line)))
		*line = (size_t)(end - text) + 1;
	return strchr("&*!|>%", text[p->at - 1]) || text[*line] == '%';
}

/* What to do about a syntax error that has to do with this piece; NULL when it
 * has not. */
static const char *advice(const struct expand *e, const struct expand_piece *p,
			  size_t *line, const char *why)
{
	AUTO_BUF place = BUF_INIT(LIMIT_LOG_BYTES);
	bool misplaced = is_misplaced(e, p, line);
	bool alone = p->is_slot && strstr(why, "could not find expected ':'");

	if (!misplaced && !alone)
		return NULL;
	expand_place(e, p->line, p->column, &place);
	if (alone && str_ends(str_of(why), buf_text(&place)))
		return "a variable alone on a line is no entry of a map: put "
		       "it behind its key";
	buf_add_text(&place, ": ");
	if (misplaced && str_starts(str_of(why), buf_text(&place)))
		return "a variable cannot be part of an anchor, an alias, a "
		       "tag, a directive or the head of a block";
	return NULL;
}

static bool explain(const struct structure *s, struct err *err)
{
	const struct expand *e = &s->expand;
	const char *what = NULL;
	AUTO_ERR why = ERR_INIT;
	size_t line = 0;

	err_move(&why, err);
	for (size_t i = 0; !what && i < e->pieces.count; i++)
		what = advice(e, &e->pieces.items[i], &line, why.msg);
	return err_set(err, why.kind, "%s%s%s", why.msg, what ? "; " : "",
		       what ? what : "");
}

bool structure_init(struct structure *s, struct mustache_run *run,
		    const struct mustache_template *t, const struct val *root,
		    struct err *err)
{
	s->places.print = print_place;
	s->fill.blamed = FILL_NONE;
	if (!expand_init(&s->expand, run, t, root, err))
		return false;
	if (!yaml_parse_places(buf_str(&s->expand.text), "", &s->places,
			       &s->yaml, err))
		return explain(s, err);
	s->fill.values = s->expand.values.items;
	s->fill.count = s->expand.slots.count;
	for (size_t i = 0; i < s->yaml->count; i++)
		if (!check_node(s, s->yaml->roots[i], err))
			return false;
	return true;
}

void structure_done(struct structure *s)
{
	yaml_stream_free(s->yaml);
	s->yaml = NULL;
	expand_done(&s->expand);
}

size_t structure_count(const struct structure *s)
{
	return s->yaml->count;
}

/* What the error in hand is about: the message goes on behind it. */
static bool add_name(const struct structure *s, struct err *err)
{
	struct str name = s->expand.slots.items[s->fill.blamed].name;
	AUTO_ERR why = ERR_INIT;

	err_move(&why, err);
	return err_set(err, why.kind, STR_FMT " %s", STR_ARG(name), why.msg);
}

static bool fill(void *ctx, const struct yaml_node *node, struct val **out,
		 struct err *err)
{
	struct structure *s = ctx;

	s->fill.blamed = FILL_NONE;
	return fill_scalar(&s->fill, node, out, err) ||
	       (s->fill.blamed != FILL_NONE && add_name(s, err));
}

bool structure_value(struct structure *s, size_t i, struct val **out,
		     struct err *err)
{
	const struct yaml_node *root = s->yaml->roots[i];

	s->fill.blamed = FILL_NONE;
	if (yaml_is_empty(root)) {
		*out = NULL;
		return true;
	}
	return yaml_value_with(s->yaml, root, fill, s, &s->fill.spent, out,
			       err);
}

bool structure_wrap(const struct structure *s, size_t i, struct err *err)
{
	for (size_t at = 0; at < s->yaml->count; at++)
		if (!yaml_is_empty(s->yaml->roots[at]) && i-- == 0)
			return yaml_wrap(s->yaml, s->yaml->roots[at], err);
	return false;
}
