/*
 * What a tag's name means.
 *
 *   name     = "." / path
 *   path     = part *( "." part )
 *   part     = 1*( any character but blank, line end and "." )
 *
 * and only when nothing is found under the whole name, by the flags of
 * mustache.h:
 *
 *   extended = "." path / "-root" *( "." part ) / fact *( "." part ) / "*"
 *            / path with parts that are 0, -1, "-length"
 *   fact     = "-first" / "-last" / "-index" / "-index0" / "-key" / "-length"
 *   each     = extended ".*"
 *   query    = extended "?"
 *            / extended ( "=" [ "!" ] / "<" / "<=" / ">" / ">=" ) operand
 *   helper   = [ "fn." ] word [ "." argument ]
 */
#include "mustache/name.h"

#include "base/limits.h"
#include "mustache/program.h"

static bool is_space(char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

/* "0" is the first item, "-1" the last. */
static int32_t item_of(struct str word)
{
	bool negative = word.p[0] == '-';
	int32_t n = 0;

	if (str_is(word, "-length"))
		return PART_LENGTH;
	for (size_t i = negative; i < word.n; i++) {
		if (word.p[i] < '0' || word.p[i] > '9' || i > 8)
			return PART_KEY;
		n = n * 10 + (word.p[i] - '0');
	}
	if (word.n == negative || (negative && n == 0))
		return PART_KEY;
	return negative ? -n : n;
}

/* Appends the parts of a dotted text; false when one of them is empty. */
static bool add_parts(struct mustache_template *t, struct str text,
		      struct path *out)
{
	struct path path = { .first = (uint32_t)t->parts.count };
	struct str rest = text, word;
	bool more = text.n > 0;

	while (more) {
		more = str_split(rest, '.', &word, &rest);
		if (word.n == 0)
			return false;
		struct part *part = VEC_ADD(&t->parts);
		part->key = val_lookup_of(word, str_hash(word));
		part->item = t->flags & MUSTACHE_PATHS ? item_of(word)
						       : PART_KEY;
		path.count++;
	}
	*out = path;
	return true;
}

static const struct {
	const char *word;
	enum path_from from;
	enum loop_fact fact;
} starts[] = {
	{ "*", PATH_LOOP, LOOP_KEY },
	{ "-first", PATH_LOOP, LOOP_FIRST },
	{ "-last", PATH_LOOP, LOOP_LAST },
	{ "-index", PATH_LOOP, LOOP_INDEX },
	{ "-index0", PATH_LOOP, LOOP_INDEX0 },
	{ "-key", PATH_LOOP, LOOP_KEY },
	{ "-length", PATH_LOOP, LOOP_LENGTH },
	{ "-root", PATH_ROOT, LOOP_KEY },
};

/* A path that may begin elsewhere than in the context. */
static bool add_extended(struct mustache_template *t, struct str text,
			 struct path *out)
{
	struct str head, rest = text;

	if (str_is(text, ".")) {
		*out = (struct path){ .from = PATH_TOP };
		return true;
	}
	if (!(t->flags & MUSTACHE_PATHS))
		return text.n && add_parts(t, text, out);
	if (str_starts(text, ".")) {
		if (!add_parts(t, str_cut(text.p + 1, text.n - 1), out))
			return false;
		out->from = PATH_TOP;
		return true;
	}
	str_split(text, '.', &head, &rest);
	for (size_t i = 0; i < ARRAY_LEN(starts); i++) {
		if (!str_is(head, starts[i].word))
			continue;
		if (head.n + 1 == text.n || !add_parts(t, rest, out))
			return false;
		out->from = (uint8_t)starts[i].from;
		out->fact = (uint8_t)starts[i].fact;
		return true;
	}
	return text.n && add_parts(t, text, out);
}

/* Whether the extended path may find what the literal one does not. */
static bool is_more(const struct mustache_template *t, const struct path *path)
{
	if (path->from != PATH_CONTEXT)
		return true;
	for (uint32_t i = 1; i < path->count; i++)
		if (t->parts.items[path->first + i].item != PART_KEY)
			return true;
	return false;
}

static void add_path(struct mustache_template *t, struct name *name)
{
	struct str text = name->text;

	if (!(t->flags & MUSTACHE_PATHS) || str_is(text, "."))
		return;
	name->each = str_ends(text, ".*");
	if (name->each)
		text.n -= strlen(".*");
	name->has_path = add_extended(t, text, &name->path) &&
			 (name->each || is_more(t, &name->path));
}

static const struct {
	const char *sign;
	enum query query;
} comparisons[] = {
	/* Of two that begin alike the longer one goes first. */
	{ "=!", QUERY_IS_NOT },        { "=", QUERY_IS },
	{ "<=", QUERY_LESS_EQUAL },    { "<", QUERY_LESS },
	{ ">=", QUERY_GREATER_EQUAL }, { ">", QUERY_GREATER },
};

static void add_query(struct mustache_template *t, struct name *name)
{
	struct str text = name->text, subject = { 0 }, operand = { 0 };
	enum query query = QUERY_NONE;
	size_t at = 0;

	if (str_ends(text, "?")) {
		query = QUERY_EXISTS;
		at = text.n - 1;
	}
	while (at < text.n && query == QUERY_NONE && !strchr("=<>", text.p[at]))
		at++;
	subject = str_cut(text.p, at);
	struct str rest = str_cut(text.p + at, text.n - at);
	for (size_t i = 0; query == QUERY_NONE && i < ARRAY_LEN(comparisons);
	     i++) {
		size_t n = strlen(comparisons[i].sign);

		if (!str_starts(rest, comparisons[i].sign))
			continue;
		query = comparisons[i].query;
		operand = str_cut(rest.p + n, rest.n - n);
	}
	if (query == QUERY_NONE || !add_extended(t, subject, &name->subject))
		return;
	name->query = query;
	name->operand = operand;
}

/* What an error shows of a name: a tag left open swallows whole lines. */
static struct str shown(struct str text)
{
	struct str line, rest;

	str_split(text, '\n', &line, &rest);
	return str_clip(line, 60);
}

static size_t dots(struct str text)
{
	size_t n = 0;

	for (size_t i = 0; i < text.n; i++)
		n += text.p[i] == '.';
	return n;
}

bool name_add(struct mustache_template *t, struct str text, uint32_t *out,
	      struct err *err)
{
	struct name name = { .text = text };

	if (text.n == 0)
		return err_set(err, ERR_INVALID, "tag holds no name");
	for (size_t i = 0; i < text.n; i++)
		if (is_space(text.p[i]))
			return err_set(err, ERR_INVALID,
				       "name \"" STR_FMT "\" holds a blank",
				       STR_ARG(shown(text)));
	if (dots(text) >= LIMIT_NAME_PARTS)
		return err_set(err, ERR_LIMIT,
			       "name \"" STR_FMT "\" has more than %d parts",
			       STR_ARG(shown(text)), LIMIT_NAME_PARTS);
	if (!str_is(text, ".") && !add_parts(t, text, &name.literal))
		name.literal.count = PATH_NONE;
	add_path(t, &name);
	if (t->flags & MUSTACHE_QUERIES)
		add_query(t, &name);
	if (t->flags & MUSTACHE_HELPERS)
		name.helper = helper_find(text, &name.argument);
	/* A comparison may hold dots where a name may not: x=a..b */
	if (name.literal.count == PATH_NONE && !name.has_path &&
	    name.query == QUERY_NONE)
		return err_set(err, ERR_INVALID,
			       "name \"" STR_FMT "\" has an empty part",
			       STR_ARG(shown(text)));
	*out = (uint32_t)t->names.count;
	*VEC_ADD(&t->names) = name;
	return true;
}
