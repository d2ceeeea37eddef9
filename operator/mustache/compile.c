/*
 * Tokens to a flat program.
 *
 *   template = *( text / tag )
 *   tag      = variable / raw / section / inverted / partial / parent / block
 *            / comment / delimiters
 *   variable = open name close
 *   raw      = open "{" name "}" close / open "&" name close
 *   section  = open "#" name close template open "/" name close
 *   inverted = open "^" name close template open "/" name close
 *   partial  = open ">" [ "*" ] name close
 *   parent   = open "<" [ "*" ] name close template open "/" [ "*" ] name close
 *   block    = open "$" name close template open "/" name close
 *   comment  = open "!" *any close
 *   delimiters = open "=" delimiter 1*blank delimiter "=" close
 *   open, close = "{{" and "}}", or what the last delimiters tag set
 *
 * Blanks may stand around a name. Names: name.c. Comments, delimiters and the
 * lines of tags that stand alone: scan.c. Blocks and their lines: layout.c.
 *
 * Sections nest by an explicit stack of what is open.
 */
#include "mustache/compile.h"

#include "base/limits.h"

static const char *const end_names[] = {
	[OP_SECTION] = "section",
	[OP_INVERTED] = "section",
	[OP_PARENT] = "parent",
	[OP_BLOCK] = "block",
};

static bool template_err(const struct mustache_template *t, uint32_t line,
			 uint32_t column, struct err *err)
{
	return err_wrap(err, "%s:%u:%u", t->file, line, column);
}

/* An operation with the text held back in front of it. NULL when the template
 * has as many as it may. */
static struct op *add_op(struct compile *c, enum op_kind kind,
			 const struct token *token, struct err *err)
{
	struct mustache_template *t = c->t;

	if (t->ops.count == LIMIT_TEMPLATE_OPS) {
		err_set(err, ERR_LIMIT, "template has more than %d operations",
			LIMIT_TEMPLATE_OPS);
		return NULL;
	}
	struct op *op = VEC_ADD(&t->ops);
	struct op_detail *d = VEC_ADD(&t->details);
	op->kind = (uint8_t)kind;
	op->path_count = PATH_NONE;
	op->flags = token->line_start ? OP_TAG_STARTS : 0;
	op->text = c->text.text.p;
	op->text_len = (uint32_t)c->text.text.n;
	if (c->text.line_start)
		op->flags |= OP_TEXT_STARTS;
	d->text_line = c->text.line;
	d->text_column = c->text.column;
	d->line = token->line;
	d->column = token->column;
	d->begin = token->begin;
	d->end = token->end;
	d->delimiters = (uint32_t)t->delimiters.count - 1;
	c->text = (struct token){ 0 };
	return op;
}

bool compile_text(struct compile *c, const struct token *token, struct err *err)
{
	const struct token none = { 0 };

	if (c->text.text.n && !add_op(c, OP_TEXT, &none, err))
		return false;
	c->text = *token;
	return true;
}

/* Where names are looked up at once; anything else is found by its name. */
static bool add_name(struct compile *c, struct op *op, struct str text,
		     struct err *err)
{
	uint32_t *seen = &c->seen[str_hash(text) % ARRAY_LEN(c->seen)];
	const struct name *name;

	if (*seen && str_equal(c->t->names.items[*seen - 1].text, text))
		op->name = *seen - 1;
	else if (!name_add(c->t, text, &op->name, err))
		return false;
	*seen = op->name + 1;
	name = &c->t->names.items[op->name];
	op->path_first = name->literal.first;
	op->path_count = name->literal.count;
	if (name->has_path || name->query != QUERY_NONE || name->helper)
		op->flags |= OP_EXTENDED;
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
	op->flags |= raw ? OP_RAW : 0;
	return add_name(c, op, token->text, err);
}

/* What has an end: a section, a parent, a block. */
static struct op *open_op(struct compile *c, enum op_kind kind,
			  const struct token *token, struct err *err)
{
	struct op *op = add_op(c, kind, token, err);

	if (!op)
		return NULL;
	if (c->depth == ARRAY_LEN(c->open)) {
		err_set(err, ERR_LIMIT,
			"more than %zu sections are open at once",
			ARRAY_LEN(c->open));
		return NULL;
	}
	c->open[c->depth++] = (struct open){
		.op = (uint32_t)c->t->ops.count - 1,
		.dedent = c->dedent,
		.tag = *token,
	};
	return op;
}

static bool open_section(struct compile *c, const struct token *token,
			 struct err *err)
{
	bool inverted = token->kind == TOKEN_INVERTED;
	struct op *op =
		open_op(c, inverted ? OP_INVERTED : OP_SECTION, token, err);

	return op && add_name(c, op, token->text, err);
}

/* A partial's or a parent's name, which may be that of a variable. */
static bool add_target(struct compile *c, struct op *op, struct str text,
		       struct err *err)
{
	const struct mustache_template *target;

	if (str_starts(text, "*")) {
		op->flags |= OP_DYNAMIC;
		return add_name(c, op,
				str_trim(str_cut(text.p + 1, text.n - 1)), err);
	}
	if (text.n == 0)
		return err_set(err, ERR_INVALID, "tag holds no name");
	target = template_find(c->t, text);
	if (target)
		op->target = 1 + (uint32_t)(target - c->t->set->templates);
	else if (c->t->flags & MUSTACHE_STRICT)
		return err_set(err, ERR_INVALID,
			       "there is no partial \"" STR_FMT "\"",
			       STR_ARG(str_clip(text, 60)));
	return true;
}

static bool add_partial(struct compile *c, const struct token *token,
			struct err *err)
{
	struct op *op = add_op(c, OP_PARTIAL, token, err);

	if (!op)
		return false;
	if (token->alone) {
		op->flags |= OP_ALONE;
		layout_indent(c, op, token->indent);
	}
	return add_target(c, op, token->text, err);
}

static bool open_parent(struct compile *c, const struct token *token,
			struct err *err)
{
	struct op *op = open_op(c, OP_PARENT, token, err);

	if (!op || !add_target(c, op, token->text, err))
		return false;
	layout_open_parent(c, op, token);
	return true;
}

static bool open_block(struct compile *c, const struct token *token,
		       struct err *err)
{
	bool is_argument = compile_in_parent(c);
	struct op *op = open_op(c, OP_BLOCK, token, err);

	if (!op || !add_name(c, op, token->text, err))
		return false;
	if (is_argument)
		layout_open_argument(c, op, token);
	else
		layout_open_block(c, op, token);
	return true;
}

static bool close_op(struct compile *c, const struct token *token,
		     struct err *err)
{
	if (c->depth == 0)
		return err_set(err, ERR_INVALID,
			       "\"/" STR_FMT
			       "\" closes a section, but none is open",
			       STR_ARG(token->text));
	const struct open *open = &c->open[--c->depth];
	uint32_t at = (uint32_t)c->t->ops.count;
	struct op *op = add_op(c, OP_END, token, err);
	if (!op)
		return false;
	struct op *start = &c->t->ops.items[open->op];
	const struct op_detail *d = &c->t->details.items[open->op];
	if (!str_equal(open->tag.text, token->text))
		return err_set(err, ERR_INVALID,
			       "\"/" STR_FMT
			       "\" does not close the %s \"" STR_FMT
			       "\" opened at line %u column %u",
			       STR_ARG(token->text), end_names[start->kind],
			       STR_ARG(open->tag.text), d->line, d->column);
	op->other = open->op;
	start->other = at;
	if (start->kind == OP_PARENT)
		layout_close_parent(c, open, start, token);
	else if (start->kind == OP_BLOCK)
		layout_close_block(c, open, start, op, token);
	c->dedent = open->dedent;
	return true;
}

/* Between a parent tag and its end, blocks alone mean something. */
static bool check_in_parent(const struct compile *c, const struct token *token,
			    struct err *err)
{
	if (!(c->t->flags & MUSTACHE_STRICT) || !compile_in_parent(c) ||
	    token->kind == TOKEN_BLOCK || token->kind == TOKEN_CLOSE ||
	    token->kind == TOKEN_END ||
	    (token->kind == TOKEN_TEXT && str_trim(token->text).n == 0))
		return true;
	return err_set(err, ERR_INVALID,
		       "only blocks {{$name}} may stand within the parent tag "
		       "\"" STR_FMT "\": this would never be rendered",
		       STR_ARG(c->open[c->depth - 1].tag.text));
}

static bool add_token(struct compile *c, const struct token *token,
		      struct err *err)
{
	if (!check_in_parent(c, token, err))
		return false;
	switch (token->kind) {
	case TOKEN_TEXT:
		return layout_text(c, token, err);
	case TOKEN_VALUE:
	case TOKEN_RAW:
		return add_value(c, token, err);
	case TOKEN_SECTION:
	case TOKEN_INVERTED:
		return open_section(c, token, err);
	case TOKEN_CLOSE:
		return close_op(c, token, err);
	case TOKEN_PARTIAL:
		return add_partial(c, token, err);
	case TOKEN_PARENT:
		return open_parent(c, token, err);
	case TOKEN_BLOCK:
		return open_block(c, token, err);
	default:
		return true;
	}
}

static void count_lines(struct op *op)
{
	const char *end = memchr(op->text ? op->text : "", '\n', op->text_len);
	size_t n = end ? (size_t)(end - op->text) + 1 : 0;

	op->lines = 0;
	op->first_line = (uint16_t)n;
	if (n && n < op->text_len)
		op->lines = n > UINT16_MAX || memchr(end + 1, '\n',
						     op->text_len - n)
				    ? LINES_MANY
				    : 1;
}

/* What is known of the lines once layout.c has had its way. */
static void settle_lines(struct mustache_template *t)
{
	for (size_t i = 0; i < t->ops.count; i++) {
		struct op *op = &t->ops.items[i];

		count_lines(op);
		if (op->lines || op->flags & OP_TAG_STARTS ||
		    (op->text_len && op->flags & OP_TEXT_STARTS))
			op->flags |= OP_LINES;
	}
}

static bool finish(struct compile *c, struct token *end, struct err *err)
{
	if (c->depth > 0) {
		const struct open *open = &c->open[c->depth - 1];

		end->line = open->tag.line;
		end->column = open->tag.column;
		return err_set(err, ERR_INVALID,
			       "%s \"" STR_FMT "\" is never closed",
			       end_names[c->t->ops.items[open->op].kind],
			       STR_ARG(open->tag.text));
	}
	end->line_start = false;
	if (!add_op(c, OP_RETURN, end, err))
		return false;
	settle_lines(c->t);
	return true;
}

static void keep_delimiters(struct compile *c)
{
	struct mustache_template *t = c->t;
	size_t n = t->delimiters.count;

	if (n && t->delimiters.items[n - 1].open.p == c->scan.open.p)
		return;
	*VEC_ADD(&t->delimiters) =
		(struct delimiters){ c->scan.open, c->scan.close };
}

static bool compile(struct mustache_template *t,
		    const struct delimiters *delimiters, struct err *err)
{
	struct compile c = { .t = t };
	struct token token;
	bool ok;

	scan_init(&c.scan, str_cut(t->source, t->source_len));
	if (delimiters) {
		c.scan.open = delimiters->open;
		c.scan.close = delimiters->close;
	}
	do {
		keep_delimiters(&c);
		ok = scan_next(&c.scan, &token, err);
		keep_delimiters(&c);
		ok = ok && add_token(&c, &token, err);
	} while (ok && token.kind != TOKEN_END);
	ok = ok && finish(&c, &token, err);
	return ok || template_err(t, token.line, token.column, err);
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

static bool take_text(struct mustache_template *t, struct str text,
		      struct err *err)
{
	if (text.n > LIMIT_TEMPLATE_BYTES)
		return err_set(err, ERR_LIMIT,
			       "%s: template is larger than %zu bytes", t->file,
			       LIMIT_TEMPLATE_BYTES);
	t->source = alloc_zero(text.n + BUF_PAD);
	if (text.n)
		memcpy(t->source, text.p, text.n);
	t->source_len = text.n;
	return check_text(t, err);
}

static bool take_source(struct mustache_set *set,
			const struct mustache_source *source, struct err *err)
{
	struct mustache_template *t = &set->templates[set->count];

	t->set = set;
	t->name = alloc_copy(source->name);
	t->file = alloc_copy(source->file ? source->file : source->name);
	t->scope = alloc_copy(source->scope ? source->scope : "");
	t->flags = source->flags;
	set->count++;
	if (!take_text(t, source->text, err))
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
	for (size_t i = 0; i < count; i++)
		if (!compile(&set->templates[i], NULL, err))
			return false;
	*out = TAKE(set);
	return true;
}

bool template_of_text(const struct mustache_template *t, struct str text,
		      const struct delimiters *delimiters,
		      struct mustache_template **out, struct err *err)
{
	AUTO(template_free) struct mustache_template *made =
		NEW(struct mustache_template);

	made->set = t->set;
	made->name = alloc_copy("");
	made->file = alloc_print("%s (lambda)", t->file);
	made->scope = alloc_copy(t->scope);
	made->flags = t->flags;
	if (!take_text(made, text, err) || !compile(made, delimiters, err))
		return false;
	*out = TAKE(made);
	return true;
}

static void template_done(struct mustache_template *t)
{
	free(t->name);
	free(t->file);
	free(t->scope);
	free(t->source);
	VEC_DONE(&t->ops);
	VEC_DONE(&t->details);
	VEC_DONE(&t->names);
	VEC_DONE(&t->parts);
	VEC_DONE(&t->delimiters);
}

void template_free(struct mustache_template *t)
{
	if (!t)
		return;
	template_done(t);
	free(t);
}

void mustache_free(struct mustache_set *set)
{
	if (!set)
		return;
	for (size_t i = 0; i < set->count; i++)
		template_done(&set->templates[i]);
	map_done(&set->by_name);
	free(set->templates);
	free(set);
}

const struct mustache_template *mustache_find(const struct mustache_set *set,
					      const char *name)
{
	return map_get(&set->by_name, str_of(name));
}

/* "a/b/" sees a/b/NAME, then a/NAME, then NAME. */
const struct mustache_template *template_find(const struct mustache_template *t,
					      struct str name)
{
	struct str scope = str_of(t->scope);

	for (;;) {
		AUTO_FREE char *full = alloc_print(
			STR_FMT STR_FMT, STR_ARG(scope), STR_ARG(name));
		const struct mustache_template *found =
			map_get(&t->set->by_name, str_of(full));

		if (found || scope.n == 0)
			return found;
		for (scope.n--; scope.n && scope.p[scope.n - 1] != '/';)
			scope.n--;
	}
}
