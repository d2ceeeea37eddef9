#include "mustache/scan.h"

#include "base/attr.h"

/* The offset at which text next stands at or behind from; the length of the
 * source when it does not. */
static size_t find(const struct scan *s, size_t from, struct str text)
{
	const char *p = from < s->source.n
				? memmem(s->source.p + from, s->source.n - from,
					 text.p, text.n)
				: NULL;

	return p ? (size_t)(p - s->source.p) : s->source.n;
}

static bool stands_at(const struct scan *s, size_t at, struct str text)
{
	return at <= s->source.n && s->source.n - at >= text.n &&
	       memcmp(s->source.p + at, text.p, text.n) == 0;
}

static struct str slice(const struct scan *s, size_t from, size_t to)
{
	return str_cut(s->source.p + from, to - from);
}

/* Moves on, counting lines and characters. */
static void advance(struct scan *s, size_t to)
{
	for (; s->at < to; s->at++) {
		unsigned char c = (unsigned char)s->source.p[s->at];

		if (c == '\n') {
			s->line++;
			s->column = 1;
		} else if ((c & 0xc0) != 0x80) {
			s->column++;
		}
	}
}

void scan_init(struct scan *s, struct str source)
{
	*s = (struct scan){
		.source = source,
		.open = str_of("{{"),
		.close = str_of("}}"),
		.line = 1,
		.column = 1,
		.fresh = true,
		.indent_due = true,
	};
}

static enum token_kind kind_of(char sigil)
{
	switch (sigil) {
	case '#':
		return TOKEN_SECTION;
	case '^':
		return TOKEN_INVERTED;
	case '/':
		return TOKEN_CLOSE;
	case '>':
		return TOKEN_PARTIAL;
	case '<':
		return TOKEN_PARENT;
	case '$':
		return TOKEN_BLOCK;
	case '&':
	case '{':
		return TOKEN_RAW;
	case '!':
		return TOKEN_COMMENT;
	case '=':
		return TOKEN_DELIMITERS;
	default:
		return TOKEN_VALUE;
	}
}

static bool is_blank(char c)
{
	return c == ' ' || c == '\t';
}

static size_t skip_space(const struct scan *s, size_t at)
{
	while (at < s->source.n &&
	       (is_blank(s->source.p[at]) || s->source.p[at] == '\n' ||
		s->source.p[at] == '\r'))
		at++;
	return at;
}

static bool never_closed(const struct scan *s, struct err *err)
{
	return err_set(err, ERR_INVALID, "tag is never closed with " STR_FMT,
		       STR_ARG(s->close));
}

static bool is_delimiter(struct str d)
{
	return d.n > 0 && str_trim(d).n == d.n && !memchr(d.p, '=', d.n) &&
	       !memchr(d.p, ' ', d.n) && !memchr(d.p, '\t', d.n) &&
	       !memchr(d.p, '\n', d.n) && !memchr(d.p, '\r', d.n);
}

/* {{=<% %>=}}: what it holds begins at `at`. */
static bool read_delimiters(struct scan *s, size_t at, size_t *after,
			    struct err *err)
{
	size_t end = find(s, at, str_of("="));
	struct str open, close;

	if (end == s->source.n)
		return never_closed(s, err);
	struct str held = str_trim(slice(s, at, end));
	size_t gap = 0;
	while (gap < held.n && !is_blank(held.p[gap]) && held.p[gap] != '\n' &&
	       held.p[gap] != '\r')
		gap++;
	open = str_cut(held.p, gap);
	close = str_trim(str_cut(held.p + gap, held.n - gap));
	if (!stands_at(s, end + 1, s->close) || !is_delimiter(open) ||
	    !is_delimiter(close))
		return err_set(err, ERR_INVALID,
			       "bad delimiters: write " STR_FMT
			       "=<%% %%>=" STR_FMT
			       " with any two texts without blanks and =",
			       STR_ARG(s->open), STR_ARG(s->close));
	*after = end + 1 + s->close.n;
	s->open = open;
	s->close = close;
	return true;
}

/* {{{x}}}: the name begins at `at`. The brace and the delimiter that close it
 * must be the first that follow. */
static bool read_triple(const struct scan *s, size_t at, struct str *name,
			size_t *after, struct err *err)
{
	size_t close = find(s, at, s->close), end = at;

	if (close == s->source.n)
		return never_closed(s, err);
	for (;; end++) {
		end = find(s, end, str_of("}"));
		if (end > close)
			return err_set(err, ERR_INVALID,
				       STR_FMT
				       "{ is never closed with }" STR_FMT
				       "; if { is not part of the tag, put a "
				       "blank behind it",
				       STR_ARG(s->open), STR_ARG(s->close));
		if (stands_at(s, end + 1, s->close))
			break;
	}
	*name = slice(s, at, end);
	*after = end + 1 + s->close.n;
	return true;
}

/* The tag whose delimiter stands at `at`. */
static bool read_tag(struct scan *s, size_t at, struct token *tag,
		     size_t *after, struct err *err)
{
	size_t inside = at + s->open.n;
	size_t sigil = skip_space(s, inside);

	*tag = (struct token){ .kind = TOKEN_VALUE };
	if (sigil == s->source.n)
		return never_closed(s, err);
	char c = s->source.p[sigil];
	/* A set of delimiters may begin with a character that is a sigil. */
	if (!stands_at(s, sigil, s->close) && (c != '{' || sigil == inside))
		tag->kind = kind_of(c);
	if (tag->kind == TOKEN_DELIMITERS)
		return read_delimiters(s, sigil + 1, after, err);
	if (tag->kind == TOKEN_RAW && c == '{') {
		if (!read_triple(s, sigil + 1, &tag->text, after, err))
			return false;
	} else {
		size_t from = tag->kind == TOKEN_VALUE ? inside : sigil + 1;
		size_t end = find(s, from, s->close);

		if (end == s->source.n)
			return never_closed(s, err);
		tag->text = slice(s, from, end);
		*after = end + s->close.n;
	}
	tag->text = str_trim(tag->text);
	return true;
}

/* Where the line of offset `to` begins when only blanks stand before it on
 * that line; false when something else does. */
static bool blank_before(const struct scan *s, size_t to, size_t *line_at)
{
	size_t at = to;

	while (at > s->at && is_blank(s->source.p[at - 1]))
		at--;
	*line_at = at;
	return at > s->at ? s->source.p[at - 1] == '\n' : s->fresh;
}

/* Where the next line begins when only blanks stand behind `at`. */
static bool blank_behind(const struct scan *s, size_t at, size_t *next_line)
{
	while (at < s->source.n && is_blank(s->source.p[at]))
		at++;
	if (stands_at(s, at, str_of("\r\n")))
		at += 2;
	else if (stands_at(s, at, str_of("\n")))
		at++;
	else if (at < s->source.n)
		return false;
	*next_line = at;
	return true;
}

static bool may_stand_alone(enum token_kind kind)
{
	return kind != TOKEN_VALUE && kind != TOKEN_RAW && kind != TOKEN_PARENT;
}

/* The text before the next tag, which is left in s->tag. */
static bool scan_text(struct scan *s, struct token *text, struct err *err)
{
	size_t begin = s->at, at = find(s, begin, s->open), end = at;
	size_t after = at, from;
	bool alone = false;

	*text = (struct token){ .kind = TOKEN_TEXT,
				.line = s->line,
				.column = s->column,
				.line_start = s->indent_due };
	if (at == s->source.n) {
		text->text = slice(s, begin, at);
		s->has_tag = true;
		s->tag = (struct token){ .kind = TOKEN_END };
		advance(s, at);
		s->tag.line = s->line;
		s->tag.column = s->column;
		return true;
	}
	bool lonely = blank_before(s, at, &from);
	if (!read_tag(s, at, &s->tag, &after, err)) {
		advance(s, at);
		text->line = s->line;
		text->column = s->column;
		return false;
	}
	s->tag.begin = (uint32_t)at;
	s->tag.end = (uint32_t)after;
	s->tag.first = lonely;
	if (lonely)
		s->tag.indent = slice(s, from, at);
	if (may_stand_alone(s->tag.kind) && lonely &&
	    blank_behind(s, after, &after)) {
		alone = true;
		end = from;
		s->tag.alone = true;
	}
	text->text = slice(s, begin, end);
	if (end > begin)
		s->indent_due = s->source.p[end - 1] == '\n';
	advance(s, at);
	s->has_tag = true;
	s->tag.line = s->line;
	s->tag.column = s->column;
	s->tag.line_start = s->indent_due && !alone;
	advance(s, after);
	s->fresh = alone;
	if (alone)
		s->indent_due = true;
	else if (s->tag.kind < TOKEN_COMMENT)
		s->indent_due = false;
	return true;
}

bool scan_next(struct scan *s, struct token *out, struct err *err)
{
	for (;;) {
		if (!s->has_tag) {
			if (!scan_text(s, out, err))
				return false;
			if (out->text.n)
				return true;
		}
		*out = s->tag;
		s->has_tag = false;
		if (out->kind < TOKEN_COMMENT)
			return true;
	}
}

bool scan_is_line_over(const struct scan *s)
{
	size_t next;

	return blank_behind(s, s->at, &next);
}

void scan_skip_line(struct scan *s)
{
	size_t next = s->at;

	if (!blank_behind(s, s->at, &next))
		return;
	advance(s, next);
	s->fresh = true;
	s->indent_due = true;
}

struct str scan_next_indent(const struct scan *s)
{
	size_t line = s->at, at, next;

	while (line < s->source.n && blank_behind(s, line, &next))
		line = next;
	for (at = line; at < s->source.n && is_blank(s->source.p[at]);)
		at++;
	return slice(s, line, at);
}
