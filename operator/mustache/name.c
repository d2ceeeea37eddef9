/*
 * What a tag's name means.
 *
 *   name     = "." / path
 *   path     = part *( "." part )
 *   part     = 1*( any character but blank, line end and "." )
 *   query    = subject "?"              MUSTACHE_QUERIES
 *            / subject "=" [ "!" ] operand
 *   helper   = [ "fn." ] word [ "." argument ]     MUSTACHE_HELPERS
 *
 * A query and a helper are names as well: only when nothing is found under
 * the whole name do they count.
 */
#include "mustache/program.h"

static bool is_space(char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

/* Appends the parts of a dotted text; false when one of them is empty. */
static bool add_path(struct mustache_template *t, struct str text,
		     struct path *out)
{
	struct path path = { .first = (uint32_t)t->parts.count };
	struct str rest = text, word;
	bool more = !str_is(text, ".");

	while (more) {
		more = str_split(rest, '.', &word, &rest);
		if (word.n == 0)
			return false;
		struct part *part = VEC_ADD(&t->parts);
		part->text = word;
		part->hash = str_hash(word);
		path.count++;
	}
	*out = path;
	return true;
}

static void add_query(struct mustache_template *t, struct name *name)
{
	struct str subject, operand;
	enum query query = QUERY_IS;

	if (str_ends(name->text, "?")) {
		query = QUERY_EXISTS;
		subject = str_cut(name->text.p, name->text.n - 1);
		operand = str_cut(NULL, 0);
	} else if (!str_split(name->text, '=', &subject, &operand)) {
		return;
	} else if (str_starts(operand, "!")) {
		query = QUERY_IS_NOT;
		operand = str_cut(operand.p + 1, operand.n - 1);
	}
	if (!add_path(t, subject, &name->subject))
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
	if (t->flags & MUSTACHE_QUERIES)
		add_query(t, &name);
	if (t->flags & MUSTACHE_HELPERS)
		name.helper = helper_find(text, &name.argument);
	/* A comparison may hold dots where a name may not: x=a..b */
	if (!add_path(t, text, &name.path)) {
		if (name.query == QUERY_NONE)
			return err_set(err, ERR_INVALID,
				       "name \"" STR_FMT "\" has an empty part",
				       STR_ARG(shown(text)));
	} else {
		name.is_path = true;
	}
	*out = (uint32_t)t->names.count;
	*VEC_ADD(&t->names) = name;
	return true;
}
