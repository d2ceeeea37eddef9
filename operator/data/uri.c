#include "data/uri.h"

struct parts {
	struct str scheme, authority, path, query; /* .p NULL: absent */
};

static bool is_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

size_t uri_scheme(struct str text)
{
	for (size_t i = 0; i < text.n; i++) {
		char c = text.p[i];

		if (c == ':')
			return i;
		if (!is_letter(c) && !(i && (is_digit(c) || strchr("+-.", c))))
			return 0;
	}
	return 0;
}

static struct str rest_of(struct str s, size_t from)
{
	return str_cut(s.p + from, s.n - from);
}

static struct parts take_apart(struct str text)
{
	struct parts p = { 0 };
	size_t n = uri_scheme(text);

	if (n) {
		p.scheme = str_cut(text.p, n);
		text = rest_of(text, n + 1);
	}
	if (str_starts(text, "//")) {
		for (n = 2; n < text.n && !strchr("/?", text.p[n]); n++)
			;
		p.authority = str_cut(text.p + 2, n - 2);
		text = rest_of(text, n);
	}
	struct str query;
	if (str_split(text, '?', &p.path, &query))
		p.query = str_cut(query.p ? query.p : "", query.n);
	return p;
}

/* Cuts the last segment off, back to the length `floor`. */
static void drop_segment(struct buf *out, size_t floor)
{
	size_t n = out->len;

	while (n > floor && out->p[n - 1] != '/')
		n--;
	buf_trim(out, n);
}

/* Appends a path without its "." and ".." (RFC 3986 section 5.2.4). */
static void add_path(struct str path, struct buf *out)
{
	size_t floor = out->len;
	bool more;

	if (str_starts(path, "/")) {
		buf_add_char(out, '/');
		path = rest_of(path, 1);
		floor = out->len;
	}
	do {
		struct str segment;

		more = str_split(path, '/', &segment, &path);
		if (str_is(segment, "..")) {
			if (out->len > floor)
				buf_trim(out, out->len - 1);
			drop_segment(out, floor);
		} else if (!str_is(segment, ".")) {
			buf_add_str(out, segment);
			if (more)
				buf_add_char(out, '/');
		}
	} while (more);
}

static void add_parts(const struct parts *p, struct buf *out)
{
	if (p->scheme.n) {
		buf_add_str(out, p->scheme);
		buf_add_char(out, ':');
	}
	if (p->authority.p) {
		buf_add_text(out, "//");
		buf_add_str(out, p->authority);
	}
	/* What is no hierarchy (urn:) has no segments. */
	if (p->scheme.n && !p->authority.p && !str_starts(p->path, "/"))
		buf_add_str(out, p->path);
	else
		add_path(p->path, out);
	if (p->query.p) {
		buf_add_char(out, '?');
		buf_add_str(out, p->query);
	}
}

void uri_resolve(struct str base, struct str reference, struct buf *out)
{
	struct parts b = take_apart(base), r = take_apart(reference);
	AUTO_BUF merged = BUF_INIT(base.n + reference.n + 2);

	if (!r.scheme.n) {
		r.scheme = b.scheme;
		if (!r.authority.p) {
			r.authority = b.authority;
			if (r.path.n == 0) {
				r.path = b.path;
				if (!r.query.p)
					r.query = b.query;
			} else if (r.path.p[0] != '/') {
				if (b.path.n)
					buf_add_str(&merged, b.path);
				else if (b.authority.p)
					buf_add_char(&merged, '/');
				drop_segment(&merged, 0);
				buf_add_str(&merged, r.path);
				r.path = buf_str(&merged);
			}
		}
	}
	add_parts(&r, out);
}

static int hex(char c)
{
	if (is_digit(c))
		return c - '0';
	c |= 0x20;
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static bool is_escape(struct str text, size_t i)
{
	return i + 2 < text.n && hex(text.p[i + 1]) >= 0 &&
	       hex(text.p[i + 2]) >= 0;
}

bool uri_unescape(struct str text, struct buf *out)
{
	for (size_t i = 0; i < text.n; i++) {
		char c = text.p[i];

		if (c == '%') {
			if (!is_escape(text, i))
				return false;
			c = (char)(hex(text.p[i + 1]) * 16 +
				   hex(text.p[i + 2]));
			i += 2;
		}
		buf_add_char(out, c);
	}
	return true;
}

bool uri_is_reference(struct str text)
{
	bool fragment = false;

	for (size_t i = 0; i < text.n; i++) {
		char c = text.p[i];

		if (c == '%' && !is_escape(text, i))
			return false;
		if (c == '#') {
			if (fragment)
				return false;
			fragment = true;
		}
		if ((unsigned char)c < 0x80 && !is_letter(c) && !is_digit(c) &&
		    !strchr("-._~:/?#[]@!$&'()*+,;=%", c))
			return false;
	}
	return true;
}
