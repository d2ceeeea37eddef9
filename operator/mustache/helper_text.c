/* Helpers that make texts of texts. */
#include "mustache/helper_table.h"

#include "base/digest.h"
#include "base/limits.h"
#include "data/json.h"
#include "mustache/helper_body.h"
#include "mustache/helper_case.h"

bool help_quote(const struct helper_body *body, struct val **out,
		struct err *err)
{
	AUTO_BUF text = BUF_INIT(LIMIT_RENDER_BYTES);
	AUTO_BUF quoted = BUF_INIT(LIMIT_RENDER_BYTES);

	if (!body_text(body, BODY_TREE_REFUSED, &text, err))
		return false;
	if (!body->as_text)
		return body_result(&text, out, err);
	json_write_text(buf_str(&text), &quoted);
	return body_result(&quoted, out, err);
}

bool help_string(const struct helper_body *body, struct val **out,
		 struct err *err)
{
	AUTO_BUF text = BUF_INIT(LIMIT_RENDER_BYTES);

	return body_text(body, BODY_TREE_REFUSED, &text, err) &&
	       body_result(&text, out, err);
}

static bool change_case(const struct helper_body *body, enum letter_case to,
			struct val **out, struct err *err)
{
	AUTO_BUF text = BUF_INIT(LIMIT_RENDER_BYTES);
	AUTO_BUF changed = BUF_INIT(LIMIT_RENDER_BYTES);

	if (!body_text(body, BODY_TREE_REFUSED, &text, err))
		return false;
	case_write(buf_str(&text), to, &changed);
	return body_result(&changed, out, err);
}

bool help_lower(const struct helper_body *body, struct val **out,
		struct err *err)
{
	return change_case(body, CASE_LOWER, out, err);
}

bool help_upper(const struct helper_body *body, struct val **out,
		struct err *err)
{
	return change_case(body, CASE_UPPER, out, err);
}

bool help_trim(const struct helper_body *body, struct val **out,
	       struct err *err)
{
	AUTO_BUF text = BUF_INIT(LIMIT_RENDER_BYTES);

	if (!body_text(body, BODY_TREE_REFUSED, &text, err))
		return false;
	*out = val_new_text(str_trim(buf_str(&text)));
	return true;
}

bool check_number(struct str argument, struct err *err)
{
	size_t n;

	return argument_number(argument, &n, err);
}

static bool starts_character(char c)
{
	return ((unsigned char)c & 0xc0) != 0x80;
}

bool help_trunc(const struct helper_body *body, struct val **out,
		struct err *err)
{
	AUTO_BUF text = BUF_INIT(LIMIT_RENDER_BYTES);
	size_t max, characters = 0, end = 0;

	if (!argument_number(body->argument, &max, err) ||
	    !body_text(body, BODY_TREE_REFUSED, &text, err))
		return false;
	for (; end < text.len; end++)
		if (starts_character(text.p[end]) && ++characters > max)
			break;
	*out = val_new_text(str_cut(text.p, end));
	return true;
}

static bool is_dns1123(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
}

static struct str trim_dashes(struct str s)
{
	while (s.n && s.p[0] == '-')
		s = str_cut(s.p + 1, s.n - 1);
	while (s.n && s.p[s.n - 1] == '-')
		s.n--;
	return s;
}

/* What two names have in common after the change, their digests tell apart. */
bool help_dns1123(const struct helper_body *body, struct val **out,
		  struct err *err)
{
	enum { NAME_BYTES = 63, DIGITS = 8 };
	AUTO_BUF text = BUF_INIT(LIMIT_RENDER_BYTES);
	AUTO_BUF lower = BUF_INIT(LIMIT_RENDER_BYTES);
	AUTO_BUF name = BUF_INIT(LIMIT_RENDER_BYTES);
	char digest[DIGEST_TEXT_BYTES];

	if (!body_text(body, BODY_TREE_REFUSED, &text, err))
		return false;
	if (text.len == 0)
		return err_set(err, ERR_INVALID,
			       "there is no name: it is "
			       "empty");
	case_write(buf_str(&text), CASE_LOWER, &lower);
	for (size_t i = 0; i < lower.len; i++) {
		char c = lower.p[i];

		if (is_dns1123(c))
			buf_add_char(&name, c);
		else if (starts_character(c))
			buf_add_char(&name, '-');
	}
	struct str s = trim_dashes(buf_str(&name));
	if (s.n <= NAME_BYTES && str_equal(s, buf_str(&text))) {
		*out = val_new_text(s);
		return true;
	}
	s = trim_dashes(str_clip(s, NAME_BYTES - DIGITS - 1));
	AUTO_BUF marked = BUF_INIT(NAME_BYTES);
	buf_add_str(&marked, s);
	if (s.n)
		buf_add_char(&marked, '-');
	buf_add(&marked, digest_sha256(buf_str(&text), digest), DIGITS);
	return body_result(&marked, out, err);
}

/* Every line begins with so many blanks: also empty ones, as in Helm. */
static bool add_indented(const struct helper_body *body, struct buf *out,
			 struct err *err)
{
	AUTO_BUF text = BUF_INIT(LIMIT_RENDER_BYTES);
	struct str rest, line;
	bool more;
	size_t n;

	if (!argument_number(body->argument, &n, err) ||
	    !body_text(body, BODY_TREE_REFUSED, &text, err))
		return false;
	rest = buf_str(&text);
	do {
		more = str_split(rest, '\n', &line, &rest);
		for (size_t i = 0; i < n && !buf_overflowed(out); i++)
			buf_add_char(out, ' ');
		buf_add_str(out, line);
		if (more)
			buf_add_char(out, '\n');
	} while (more && !buf_overflowed(out));
	return true;
}

bool help_indent(const struct helper_body *body, struct val **out,
		 struct err *err)
{
	AUTO_BUF text = BUF_INIT(LIMIT_RENDER_BYTES);

	return add_indented(body, &text, err) && body_result(&text, out, err);
}

bool help_nindent(const struct helper_body *body, struct val **out,
		  struct err *err)
{
	AUTO_BUF text = BUF_INIT(LIMIT_RENDER_BYTES);

	buf_add_char(&text, '\n');
	return add_indented(body, &text, err) && body_result(&text, out, err);
}

static bool read_replace(struct str argument, struct str *from, struct str *to,
			 struct err *err)
{
	struct str a, b;

	if (!str_split(argument, '.', &a, &b) || b.n == 0 ||
	    memchr(b.p, '.', b.n))
		return err_set(err, ERR_INVALID,
			       "two texts must follow the name, as in "
			       "replace.dot.dash");
	a = argument_text(a);
	if (a.n == 0)
		return err_set(err, ERR_INVALID,
			       "what is to be replaced is empty");
	*from = a;
	*to = argument_text(b);
	return true;
}

bool check_replace(struct str argument, struct err *err)
{
	struct str from, to;

	return read_replace(argument, &from, &to, err);
}

/* One character is what most look for, and memchr() the faster one. */
static const char *find(struct str s, struct str what)
{
	return what.n == 1 ? memchr(s.p, what.p[0], s.n)
			   : memmem(s.p, s.n, what.p, what.n);
}

bool help_replace(const struct helper_body *body, struct val **out,
		  struct err *err)
{
	AUTO_BUF text = BUF_INIT(LIMIT_RENDER_BYTES);
	AUTO_BUF changed = BUF_INIT(LIMIT_RENDER_BYTES);
	struct str from = str_of(""), to = str_of(""), rest;
	const char *at;

	if (!read_replace(body->argument, &from, &to, err) ||
	    !body_text(body, BODY_TREE_REFUSED, &text, err))
		return false;
	rest = buf_str(&text);
	while (rest.n && (at = find(rest, from)) && !buf_overflowed(&changed)) {
		size_t n = (size_t)(at - rest.p);

		buf_add(&changed, rest.p, n);
		buf_add_str(&changed, to);
		rest = str_cut(at + from.n, rest.n - n - from.n);
	}
	buf_add_str(&changed, rest);
	return body_result(&changed, out, err);
}
