/*
 * Patterns are those of Go's filepath.Match. Whenever the rest does not match,
 * the last * takes one character more; earlier ones get no second try, so the
 * time is at most the product of both lengths. A class may match a slash.
 */
#include "chart/ignore.h"

#include "base/limits.h"
#include "base/vec.h"

struct rule {
	struct str pattern;
	bool negates;
	bool dirs_only;
	bool whole; /* matches the path; otherwise only its last name */
};

struct ignore {
	VEC(struct rule);
};

static struct str behind(struct str s, size_t n)
{
	return str_cut(s.p + n, s.n - n);
}

/* Bytes of the character that s begins with; broken UTF-8 goes bytewise. */
static size_t char_len(struct str s)
{
	for (size_t n = 1; n <= 4 && n <= s.n; n++)
		if (str_utf8_len(str_cut(s.p, n)) == n)
			return n;
	return 1;
}

/* One character of a class, an escaped one without its backslash. */
static bool take_char(struct str *s, struct str *out)
{
	if (str_starts(*s, "\\"))
		*s = behind(*s, 1);
	else if (s->n && (s->p[0] == '-' || s->p[0] == ']'))
		return false;
	if (s->n == 0)
		return false;
	*out = str_cut(s->p, char_len(*s));
	*s = behind(*s, out->n);
	return true;
}

/*
 * What follows a [, up to and with its ]. UTF-8 orders as its characters do.
 * Returns false when it is malformed.
 */
static bool take_class(struct str *pattern, struct str c, bool *matches)
{
	struct str low, high;
	bool negates = str_starts(*pattern, "^"), any = false;

	if (negates)
		*pattern = behind(*pattern, 1);
	for (bool first = true; first || !str_starts(*pattern, "]");
	     first = false) {
		if (!take_char(pattern, &low))
			return false;
		high = low;
		if (str_starts(*pattern, "-")) {
			*pattern = behind(*pattern, 1);
			if (!take_char(pattern, &high))
				return false;
		}
		any = any ||
		      (str_compare(low, c) <= 0 && str_compare(c, high) <= 0);
	}
	*pattern = behind(*pattern, 1);
	*matches = any != negates;
	return true;
}

/* One element of a pattern that is no *, against the start of text. */
static bool take_one(struct str *pattern, struct str *text)
{
	struct str c = str_cut(text->p, text->n ? char_len(*text) : 0);
	bool matches = false;
	char first = pattern->p[0];

	if (c.n == 0)
		return false;
	if (first == '[') {
		*pattern = behind(*pattern, 1);
		if (!take_class(pattern, c, &matches))
			return false;
	} else if (first == '?') {
		*pattern = behind(*pattern, 1);
		matches = c.p[0] != '/';
	} else {
		if (first == '\\')
			*pattern = behind(*pattern, 1);
		matches = pattern->n && pattern->p[0] == c.p[0];
		c.n = 1;
		*pattern = behind(*pattern, pattern->n ? 1 : 0);
	}
	*text = behind(*text, c.n);
	return matches;
}

static bool matches(struct str pattern, struct str text)
{
	struct str star = { 0 }, retry = { 0 };
	bool has_star = false;

	for (;;) {
		struct str p = pattern, t = text;

		if (pattern.n && pattern.p[0] == '*') {
			pattern = star = behind(pattern, 1);
			retry = text;
			has_star = true;
			continue;
		}
		if (pattern.n == 0 && text.n == 0)
			return true;
		if (pattern.n && take_one(&p, &t)) {
			pattern = p;
			text = t;
			continue;
		}
		if (!has_star || retry.n == 0 || retry.p[0] == '/')
			return false;
		retry = behind(retry, 1);
		pattern = star;
		text = retry;
	}
}

static bool is_well_formed(struct str pattern)
{
	bool ignored;

	while (pattern.n) {
		char first = pattern.p[0];

		pattern = behind(pattern, 1);
		if (first == '\\') {
			if (pattern.n == 0)
				return false;
			pattern = behind(pattern, 1);
		} else if (first == '[' &&
			   !take_class(&pattern, str_of("a"), &ignored)) {
			return false;
		}
	}
	return true;
}

static bool has_double_star(struct str line)
{
	for (size_t i = 0; i + 1 < line.n; i++)
		if (line.p[i] == '*' && line.p[i + 1] == '*')
			return true;
	return false;
}

static bool add_rule(struct ignore *rules, struct str line, struct err *err)
{
	struct rule rule = { 0 };

	line = str_trim(line);
	if (line.n == 0 || line.p[0] == '#')
		return true;
	if (has_double_star(line))
		return err_set(err, ERR_INVALID,
			       "** is not supported: name each folder");
	if (!is_well_formed(line))
		return err_set(err, ERR_INVALID,
			       "\"" STR_FMT "\" is no pattern: a [ is not "
			       "closed, or nothing follows a \\",
			       STR_ARG(str_clip(line, 60)));
	if (rules->count == LIMIT_IGNORE_RULES)
		return err_set(err, ERR_LIMIT, "more than %d rules",
			       LIMIT_IGNORE_RULES);
	rule.negates = line.p[0] == '!';
	if (rule.negates)
		line = behind(line, 1);
	rule.dirs_only = str_ends(line, "/");
	if (rule.dirs_only)
		line.n--;
	rule.whole = line.n && memchr(line.p, '/', line.n);
	if (str_starts(line, "/"))
		line = behind(line, 1);
	rule.pattern = line;
	*VEC_ADD(rules) = rule;
	return true;
}

bool ignore_read(struct str text, const char *name, struct ignore **out,
		 struct err *err)
{
	AUTO(ignore_free) struct ignore *rules = NEW(struct ignore);
	struct str line;
	size_t number = 0;

	while (text.n) {
		str_split(text, '\n', &line, &text);
		number++;
		if (!add_rule(rules, line, err))
			return err_wrap(err, "%s:%zu", name, number);
	}
	if (!add_rule(rules, str_of("templates/.?*"), err))
		return err_wrap(err, "%s", name);
	*out = TAKE(rules);
	return true;
}

void ignore_free(struct ignore *rules)
{
	if (!rules)
		return;
	VEC_DONE(rules);
	free(rules);
}

static bool fits(const struct rule *rule, struct str path)
{
	for (size_t i = path.n; !rule->whole && i-- > 0;)
		if (path.p[i] == '/') {
			path = behind(path, i + 1);
			break;
		}
	return matches(rule->pattern, path);
}

bool ignore_matches(const struct ignore *rules, struct str path,
		    enum ignore_kind kind)
{
	for (size_t i = 0; i < rules->count; i++) {
		const struct rule *rule = &rules->items[i];
		bool wrong_kind = rule->dirs_only && kind != IGNORE_DIR;

		/* Nothing that a negating rule means is ignored by it. */
		if (rule->negates != (!wrong_kind && fits(rule, path)))
			return true;
	}
	return false;
}
