#include "chart/version.h"

#include "base/limits.h"

enum op { OP_EQ, OP_NE, OP_GT, OP_LT, OP_GE, OP_LE, OP_TILDE, OP_CARET };

/* Longer texts before those that they begin with. */
static const struct {
	const char *text;
	enum op op;
} ops[] = {
	{ "!=", OP_NE }, { ">=", OP_GE },    { "=>", OP_GE },   { "<=", OP_LE },
	{ "=<", OP_LE }, { "~>", OP_TILDE }, { "=", OP_EQ },    { ">", OP_GT },
	{ "<", OP_LT },  { "~", OP_TILDE },  { "^", OP_CARET },
};

struct constraint {
	enum op op;
	struct version than; /* what is not known is 0 */
	size_t known;        /* parts in front of the first x, 0 to 3 */
};

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool is_word_char(char c)
{
	return is_digit(c) || (c >= 'a' && c <= 'z') ||
	       (c >= 'A' && c <= 'Z') || c == '-';
}

static struct str behind(struct str s, size_t n)
{
	return str_cut(s.p + n, s.n - n);
}

static bool is_number(struct str s)
{
	for (size_t i = 0; i < s.n; i++)
		if (!is_digit(s.p[i]))
			return false;
	return s.n > 0;
}

/* Words with dots between them; numbers among those of a pre-release have no
 * zeros in front. */
static bool is_words(struct str s, bool is_pre)
{
	struct str word;
	bool more;

	do {
		more = str_split(s, '.', &word, &s);
		for (size_t i = 0; i < word.n; i++)
			if (!is_word_char(word.p[i]))
				return false;
		if (word.n == 0 || (is_pre && word.n > 1 && word.p[0] == '0' &&
				    is_number(word)))
			return false;
	} while (more);
	return true;
}

static bool is_x(struct str part)
{
	return str_is(part, "x") || str_is(part, "X") || str_is(part, "*");
}

/* *known is how many parts stand in front of the first x, or of the end. */
static bool parse_partial(struct str text, struct version *out, size_t *known)
{
	struct version v = { 0 };
	struct str build, part;
	bool more, open = true;

	*known = 0;
	if (str_starts(text, "v"))
		text = behind(text, 1);
	if (str_split(text, '+', &text, &build) && !is_words(build, false))
		return false;
	if (str_split(text, '-', &text, &v.pre) && !is_words(v.pre, true))
		return false;
	for (size_t i = 0;; i++) {
		uint64_t number = 0;

		more = str_split(text, '.', &part, &text);
		if (i == ARRAY_LEN(v.part) ||
		    (!is_x(part) && !str_number(part, UINT64_MAX, &number)))
			return false;
		open = open && !is_x(part);
		if (open) {
			v.part[i] = number;
			*known = i + 1;
		}
		if (!more)
			break;
	}
	*out = v;
	return true;
}

bool version_parse(struct str text, struct version *out)
{
	struct version v;
	size_t known;

	if (text.n > LIMIT_RANGE_BYTES)
		return false;
	for (size_t i = 0; i < text.n; i++) {
		if (text.p[i] == '-' || text.p[i] == '+')
			break;
		if (is_x(str_cut(text.p + i, 1)))
			return false;
	}
	if (!parse_partial(text, &v, &known))
		return false;
	*out = v;
	return true;
}

/* Numbers come before words, and are compared as numbers. */
static int compare_words(struct str a, struct str b)
{
	bool a_number = is_number(a), b_number = is_number(b);

	if (a_number != b_number)
		return a_number ? -1 : 1;
	if (a_number && a.n != b.n)
		return a.n < b.n ? -1 : 1;
	return str_compare(a, b);
}

static int compare_pre(struct str a, struct str b)
{
	struct str a_word, b_word;
	int order;

	if (!a.n || !b.n)
		return (a.n == 0) - (b.n == 0);
	do {
		bool a_more = str_split(a, '.', &a_word, &a);
		bool b_more = str_split(b, '.', &b_word, &b);

		order = compare_words(a_word, b_word);
		if (order == 0 && a_more != b_more)
			return a_more ? 1 : -1;
		if (!a_more)
			return order;
	} while (order == 0);
	return order;
}

int version_compare(const struct version *a, const struct version *b)
{
	for (size_t i = 0; i < ARRAY_LEN(a->part); i++)
		if (a->part[i] != b->part[i])
			return a->part[i] < b->part[i] ? -1 : 1;
	return compare_pre(a->pre, b->pre);
}

/* How many of the first n parts are the same. */
static bool is_same(const struct version *a, const struct version *b, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (a->part[i] != b->part[i])
			return false;
	return true;
}

static bool is_zero(const struct version *v)
{
	return !v->part[0] && !v->part[1] && !v->part[2];
}

/* ~1.2.3: 1.2.3 and above within 1.2; ~1: within 1; ~0.0.0 and ~*: all. */
static bool in_tilde(const struct version *v, const struct constraint *c)
{
	bool all = is_zero(&c->than) && (c->known == 0 || c->known == 3);

	return version_compare(v, &c->than) >= 0 &&
	       (all || is_same(v, &c->than, c->known == 1 ? 1 : 2));
}

/* ^1.2.3: 1.2.3 and above, as long as the first part that is not 0 stays. */
static bool in_caret(const struct version *v, const struct constraint *c)
{
	size_t stay = c->known == 0 ? 3 : c->known;

	for (size_t i = stay; i-- > 0;)
		if (c->than.part[i])
			stay = i + 1;
	return version_compare(v, &c->than) >= 0 && is_same(v, &c->than, stay);
}

static bool is_unlike(const struct version *v, const struct constraint *c)
{
	switch (c->known) {
	case 1:
		return !is_same(v, &c->than, 1);
	case 2:
		return !is_same(v, &c->than, 2) ||
		       compare_pre(v->pre, c->than.pre) != 0;
	default:
		return version_compare(v, &c->than) != 0;
	}
}

/* >1.2 is above all of 1.2, while >=1.2 begins with 1.2.0. */
static bool is_above(const struct version *v, const struct constraint *c)
{
	size_t n = c->known == 1 || c->known == 2 ? c->known : 0;

	return version_compare(v, &c->than) > 0 &&
	       (n == 0 || !is_same(v, &c->than, n));
}

static bool is_at_most(const struct version *v, const struct constraint *c)
{
	if (c->known == 3)
		return version_compare(v, &c->than) <= 0;
	if (v->part[0] != c->than.part[0])
		return v->part[0] < c->than.part[0];
	return c->known == 1 || v->part[1] <= c->than.part[1];
}

static bool holds(const struct version *v, const struct constraint *c)
{
	switch (c->op) {
	case OP_EQ:
		return c->known == 3 ? version_compare(v, &c->than) == 0
				     : in_tilde(v, c);
	case OP_NE:
		return is_unlike(v, c);
	case OP_GT:
		return is_above(v, c);
	case OP_LT:
		return version_compare(v, &c->than) < 0;
	case OP_GE:
		return version_compare(v, &c->than) >= 0;
	case OP_LE:
		return is_at_most(v, c);
	case OP_TILDE:
		return in_tilde(v, c);
	case OP_CARET:
		return in_caret(v, c);
	}
	return false;
}

static bool is_blank(char c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

/* Returns whether there were any. */
static bool skip_blanks(struct str *s)
{
	size_t n = 0;

	while (n < s->n && is_blank(s->p[n]))
		n++;
	*s = behind(*s, n);
	return n > 0;
}

static bool take_partial(struct str *rest, struct constraint *out)
{
	size_t n = 0;

	while (n < rest->n && !is_blank(rest->p[n]) && rest->p[n] != ',')
		n++;
	struct str text = str_cut(rest->p, n);
	*rest = behind(*rest, n);
	return parse_partial(text, &out->than, &out->known);
}

/* A group, as it is walked through. */
struct walk {
	const struct version *v; /* NULL: the group is only checked */
	bool holds;
	bool names_pre;
};

static void meet(struct walk *w, const struct constraint *c)
{
	w->names_pre = w->names_pre || c->than.pre.n > 0;
	w->holds = w->holds && w->v && holds(w->v, c);
}

static bool walk_one(struct walk *w, struct str *rest)
{
	struct constraint c = { .op = OP_EQ }, to = { .op = OP_LE };
	bool bare = true;

	for (size_t i = 0; bare && i < ARRAY_LEN(ops); i++)
		if (str_starts(*rest, ops[i].text)) {
			c.op = ops[i].op;
			*rest = behind(*rest, strlen(ops[i].text));
			bare = false;
		}
	skip_blanks(rest);
	if (!take_partial(rest, &c))
		return false;
	struct str next = *rest;
	if (bare && skip_blanks(&next) && str_starts(next, "-")) {
		next = behind(next, 1);
		if (!skip_blanks(&next) || !take_partial(&next, &to))
			return false;
		*rest = next;
		c.op = OP_GE;
		meet(w, &to);
	}
	meet(w, &c);
	return true;
}

static bool walk_group(struct walk *w, struct str rest)
{
	skip_blanks(&rest);
	for (;;) {
		if (!walk_one(w, &rest))
			return false;
		bool separated = skip_blanks(&rest);
		if (rest.n == 0)
			return true;
		if (rest.p[0] == ',') {
			rest = behind(rest, 1);
			skip_blanks(&rest);
		} else if (!separated) {
			return false;
		}
	}
}

static bool split_group(struct str *rest, struct str *group)
{
	for (size_t i = 0; i + 1 < rest->n; i++)
		if (rest->p[i] == '|' && rest->p[i + 1] == '|') {
			*group = str_cut(rest->p, i);
			*rest = behind(*rest, i + 2);
			return true;
		}
	*group = *rest;
	return false;
}

bool version_in(const struct version *version, struct str range, bool *out,
		struct err *err)
{
	struct str rest = range, group;
	bool more, any = false;

	if (range.n > LIMIT_RANGE_BYTES)
		return err_set(err, ERR_INVALID,
			       "a range of versions has at most %d bytes",
			       LIMIT_RANGE_BYTES);
	do {
		struct walk w = { .v = version, .holds = true };

		more = split_group(&rest, &group);
		if (!walk_group(&w, group))
			return err_set(err, ERR_INVALID,
				       "\"" STR_FMT "\" is no range of "
				       "versions such as ^1.2, >=1.2.3 <2 or "
				       "1.x || 2.x",
				       STR_ARG(range));
		any = any || (w.holds &&
			      (w.names_pre || !version || version->pre.n == 0));
	} while (more);
	*out = any;
	return true;
}
