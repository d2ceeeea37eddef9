/*
 * Tokens to a flat program.
 *
 *   template = *( text / tag )
 *   tag      = variable / raw / section / inverted / partial
 *            / comment / delimiters
 *   variable = open name close
 *   raw      = open "{" name "}" close / open "&" name close
 *   section  = open "#" name close template open "/" name close
 *   inverted = open "^" name close template open "/" name close
 *   partial  = open ">" name close
 *   comment  = open "!" *any close
 *   delimiters = open "=" delimiter 1*blank delimiter "=" close
 *   open, close = "{{" and "}}", or what the last delimiters tag set
 *
 * Blanks may stand around a name. Names: name.c. Comments, delimiters and the
 * lines of tags that stand alone: scan.c.
 *
 * Sections nest by an explicit stack of the sections that are open.
 */
#include "mustache/program.h"

#include "base/limits.h"
#include "mustache/scan.h"

struct compile {
	struct mustache_template *t;
	const struct map *by_name;
	uint32_t open[LIMIT_TEMPLATE_NESTING]; /* ops of the open sections */
	size_t depth;
};

bool template_err(const struct mustache_template *t, uint32_t line,
		  uint32_t column, struct err *err)
{
	return err_wrap(err, "%s:%u:%u", t->file, line, column);
}

/* NULL when the template has as many operations as it may. */
static struct op *add_op(struct compile *c, enum op_kind kind,
			 const struct token *token, struct err *err)
{
	if (c->t->ops.count == LIMIT_TEMPLATE_OPS) {
		err_set(err, ERR_LIMIT, "template has more than %d operations",
			LIMIT_TEMPLATE_OPS);
		return NULL;
	}
	struct op *op = VEC_ADD(&c->t->ops);
	op->kind = (uint8_t)kind;
	op->line = token->line;
	op->column = token->column;
	op->text = token->text;
	return op;
}

static bool add_text(struct compile *c, const struct token *token,
		     struct str text, struct err *err)
{
	struct op *op = add_op(c, OP_TEXT, token, err);

	if (!op)
		return false;
	op->text = text;
	op->flags = token->line_start ? OP_LINE_START : 0;
	return true;
}

static bool add_value(struct compile *c, const struct token *token,
		      struct err *err)
{
	bool raw = token->kind == TOKEN_RAW;
	struct op *op = add_op(c, OP_VALUE, token, err);

	if (!op)
		return false;
	if (raw && (c->t->flags & MUSTACHE_NO_RAW))
		return err_set(err, ERR_INVALID,
			       "unescaped insertion of \"" STR_FMT
			       "\" is not allowed here: write {{" STR_FMT "}}",
			       STR_ARG(token->text), STR_ARG(token->text));
	op->flags = raw ? OP_RAW : 0;
	return name_add(c->t, token->text, &op->name, err);
}

static bool open_section(struct compile *c, const struct token *token,
			 struct err *err)
{
	bool inverted = token->kind == TOKEN_INVERTED;
	uint32_t at = (uint32_t)c->t->ops.count;
	struct op *op =
		add_op(c, inverted ? OP_INVERTED : OP_SECTION, token, err);

	if (!op)
		return false;
	if (c->depth == ARRAY_LEN(c->open))
		return err_set(err, ERR_LIMIT,
			       "more than %zu sections are open at once",
			       ARRAY_LEN(c->open));
	c->open[c->depth++] = at;
	return name_add(c->t, token->text, &op->name, err);
}

static bool close_section(struct compile *c, const struct token *token,
			  struct err *err)
{
	if (c->depth == 0)
		return err_set(err, ERR_INVALID,
			       "\"/" STR_FMT "\" closes a section, but none is "
			       "open",
			       STR_ARG(token->text));
	uint32_t start = c->open[--c->depth];
	uint32_t at = (uint32_t)c->t->ops.count;
	struct op *op = add_op(c, OP_END, token, err);
	if (!op)
		return false;
	struct op *section = &c->t->ops.items[start];
	if (!str_equal(section->text, token->text))
		return err_set(err, ERR_INVALID,
			       "\"/" STR_FMT
			       "\" does not close the section \"" STR_FMT
			       "\" opened at line %u column %u",
			       STR_ARG(token->text), STR_ARG(section->text),
			       section->line, section->column);
	op->other = start;
	op->name = section->name;
	section->other = at;
	return true;
}

static bool add_partial(struct compile *c, const struct token *token,
			struct err *err)
{
	struct op *op = add_op(c, OP_PARTIAL, token, err);

	if (!op)
		return false;
	if (token->text.n == 0)
		return err_set(err, ERR_INVALID, "tag holds no name");
	op->partial = map_get(c->by_name, token->text);
	op->text = token->indent;
	op->flags = token->alone ? OP_ALONE : 0;
	if (!op->partial && (c->t->flags & MUSTACHE_STRICT))
		return err_set(err, ERR_INVALID,
			       "there is no partial \"" STR_FMT "\"",
			       STR_ARG(str_clip(token->text, 60)));
	return true;
}

static bool add_token(struct compile *c, const struct token *token,
		      struct err *err)
{
	if (token->kind == TOKEN_TEXT)
		return add_text(c, token, token->text, err);
	if (token->line_start &&
	    !add_text(c, token, str_cut(token->text.p, 0), err))
		return false;
	switch (token->kind) {
	case TOKEN_VALUE:
	case TOKEN_RAW:
		return add_value(c, token, err);
	case TOKEN_SECTION:
	case TOKEN_INVERTED:
		return open_section(c, token, err);
	case TOKEN_CLOSE:
		return close_section(c, token, err);
	case TOKEN_PARTIAL:
		return add_partial(c, token, err);
	default:
		return true;
	}
}

static bool finish(struct compile *c, struct token *end, struct err *err)
{
	if (c->depth > 0) {
		const struct op *op = &c->t->ops.items[c->open[c->depth - 1]];

		end->line = op->line;
		end->column = op->column;
		return err_set(err, ERR_INVALID,
			       "section \"" STR_FMT "\" is never closed",
			       STR_ARG(op->text));
	}
	end->line_start = false;
	return add_op(c, OP_RETURN, end, err) != NULL;
}

static bool compile(struct compile *c, struct err *err)
{
	struct scan scan;
	struct token token;
	bool ok;

	scan_init(&scan, str_cut(c->t->source, c->t->source_len));
	do
		ok = scan_next(&scan, &token, err) && add_token(c, &token, err);
	while (ok && token.kind != TOKEN_END);
	ok = ok && finish(c, &token, err);
	return ok || template_err(c->t, token.line, token.column, err);
}

static bool check_text(const struct mustache_template *t, struct err *err)
{
	struct str text = str_cut(t->source, t->source_len);
	size_t valid = str_utf8_len(text);
	size_t before_nul = strlen(t->source);
	uint32_t line = 1;

	if (before_nul < valid)
		valid = before_nul;
	if (valid == text.n)
		return true;
	for (size_t i = 0; i < valid; i++)
		line += text.p[i] == '\n';
	err_set(err, ERR_INVALID, "byte 0x%02x: template is no UTF-8 text",
		(unsigned char)text.p[valid]);
	return template_err(t, line, 1, err);
}

static bool take_source(struct mustache_set *set,
			const struct mustache_source *source, struct err *err)
{
	struct mustache_template *t = &set->templates[set->count];

	t->name = alloc_copy(source->name);
	t->file = alloc_copy(source->file ? source->file : source->name);
	t->flags = source->flags;
	set->count++;
	if (source->text.n > LIMIT_TEMPLATE_BYTES)
		return err_set(err, ERR_LIMIT,
			       "%s: template is larger than %zu bytes", t->file,
			       LIMIT_TEMPLATE_BYTES);
	t->source = alloc_text(source->text.p, source->text.n);
	t->source_len = source->text.n;
	if (!check_text(t, err))
		return false;
	if (map_set(&set->by_name, str_of(t->name), t))
		return err_set(err, ERR_INVALID,
			       "%s: there is another template named %s",
			       t->file, t->name);
	return true;
}

bool mustache_compile(const struct mustache_source *sources, size_t count,
		      struct mustache_set **out, struct err *err)
{
	AUTO(mustache_free) struct mustache_set *set = NEW(struct mustache_set);

	set->templates = alloc_zero(count * sizeof(*set->templates));
	for (size_t i = 0; i < count; i++)
		if (!take_source(set, &sources[i], err))
			return false;
	for (size_t i = 0; i < count; i++) {
		struct compile c = { .t = &set->templates[i],
				     .by_name = &set->by_name };

		if (!compile(&c, err))
			return false;
	}
	*out = TAKE(set);
	return true;
}

void mustache_free(struct mustache_set *set)
{
	if (!set)
		return;
	for (size_t i = 0; i < set->count; i++) {
		struct mustache_template *t = &set->templates[i];

		free(t->name);
		free(t->file);
		free(t->source);
		VEC_DONE(&t->ops);
		VEC_DONE(&t->names);
		VEC_DONE(&t->parts);
	}
	map_done(&set->by_name);
	free(set->templates);
	free(set);
}

const struct mustache_template *mustache_find(const struct mustache_set *set,
					      const char *name)
{
	return map_get(&set->by_name, str_of(name));
}
