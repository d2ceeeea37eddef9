#include "data/yaml_write.h"

#include "base/limits.h"
#include "data/num.h"
#include "data/scalar.h"

/* libyaml finds the colon of a key at most this far away; less the quotes. */
enum { LONG_KEY_BYTES = 1000, STEP = 2 };

static void write_block(const struct val *v, size_t indent, struct buf *out);

static void pad(size_t n, struct buf *out)
{
	buf_addf(out, "%*s", (int)n, "");
}

/* The character at p, which is valid UTF-8; *len receives its bytes. */
static unsigned decode(const char *p, size_t *len)
{
	const unsigned char *u = (const unsigned char *)p;

	*len = u[0] < 0x80 ? 1 : u[0] < 0xe0 ? 2 : u[0] < 0xf0 ? 3 : 4;
	if (*len == 1)
		return u[0];
	unsigned c = u[0] & (0xff >> (*len + 1));
	for (size_t i = 1; i < *len; i++)
		c = c << 6 | (u[i] & 0x3f);
	return c;
}

/* Whether c may stand in YAML as it is, and readers see that it does: no
 * control character, line end or byte-order mark. */
static bool is_printable(unsigned c)
{
	if (c < 0x20 || (c >= 0x7f && c < 0xa0))
		return false;
	return c != 0x2028 && c != 0x2029 && c != 0xfeff && c != 0xfffe &&
	       c != 0xffff;
}

/* Whether s is printable but for the characters in `also`. */
static bool is_clean(struct str s, const char *also)
{
	size_t len;

	for (size_t i = 0; i < s.n; i += len) {
		unsigned c = decode(s.p + i, &len);

		if (!is_printable(c) && !strchr(also, (int)c))
			return false;
	}
	return true;
}

static void write_double(struct str s, struct buf *out)
{
	static const char from[] = "\"\\\n\t\r", to[] = "\"\\ntr";
	size_t len;

	buf_add_char(out, '"');
	for (size_t i = 0; i < s.n; i += len) {
		unsigned c = decode(s.p + i, &len);
		const char *at = c && c < 0x80 ? strchr(from, (int)c) : NULL;

		if (at)
			buf_addf(out, "\\%c", to[at - from]);
		else if (is_printable(c))
			buf_add(out, s.p + i, len);
		else
			buf_addf(out, "\\u%04x", c);
	}
	buf_add_char(out, '"');
}

static void write_single(struct str s, struct buf *out)
{
	buf_add_char(out, '\'');
	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] == '\'')
			buf_add_char(out, '\'');
		buf_add_char(out, s.p[i]);
	}
	buf_add_char(out, '\'');
}

/* Whether s may stand without quotes in a block, whatever it then means. */
static bool is_plain(struct str s)
{
	if (s.n == 0 || s.p[0] == ' ' || s.p[s.n - 1] == ' ' ||
	    s.p[s.n - 1] == ':' || !is_clean(s, ""))
		return false;
	if (strchr("?:,[]{}#&*!|>'\"%@`", s.p[0]) || str_starts(s, "---") ||
	    str_starts(s, "...") || str_starts(s, "- ") || str_is(s, "-"))
		return false;
	for (size_t i = 0; i + 1 < s.n; i++)
		if ((s.p[i] == ':' && s.p[i + 1] == ' ') ||
		    (s.p[i] == ' ' && s.p[i + 1] == '#'))
			return false;
	return true;
}

/* A text on one line. */
static void write_line(struct str s, struct buf *out)
{
	if (!is_clean(s, "") || (s.n && !scalar_is_text(s)))
		write_double(s, out);
	else if (is_plain(s))
		buf_add_str(out, s);
	else if (s.n == 0)
		buf_add_text(out, "\"\"");
	else
		write_single(s, out);
}

/* A block cannot begin with a blank without saying how far it is indented. */
static bool fits_block(struct str s)
{
	return s.n > 1 && memchr(s.p, '\n', s.n) && !strchr(" \t\n", s.p[0]) &&
	       is_clean(s, "\n\t");
}

static void write_literal(struct str s, size_t indent, struct buf *out)
{
	struct str line;

	buf_add_char(out, '|');
	if (s.p[s.n - 1] != '\n')
		buf_add_char(out, '-');
	else if (s.p[s.n - 2] == '\n')
		buf_add_char(out, '+');
	if (s.p[s.n - 1] == '\n')
		s.n--;
	for (bool more = true; more && !buf_overflowed(out);) {
		more = str_split(s, '\n', &line, &s);
		buf_add_char(out, '\n');
		if (line.n)
			pad(indent, out);
		buf_add_str(out, line);
	}
}

static void write_number(struct str digits, struct buf *out)
{
	/* Beyond float64 a plain number is read as a text. */
	if (digits.n <= LIMIT_NUMBER_DIGITS && !num_is_finite(digits))
		buf_add_text(out, "!!float ");
	buf_add_str(out, digits);
}

/* A scalar or an empty list or map; lines of a text are indented. */
static void write_scalar(const struct val *v, size_t indent, struct buf *out)
{
	switch (val_type(v)) {
	case VAL_NULL:
		buf_add_text(out, "null");
		return;
	case VAL_BOOL:
		buf_add_text(out, val_is_true(v) ? "true" : "false");
		return;
	case VAL_INT:
	case VAL_REAL:
		write_number(val_str(v), out);
		return;
	case VAL_TEXT:
		if (fits_block(val_str(v)))
			write_literal(val_str(v), indent, out);
		else
			write_line(val_str(v), out);
		return;
	case VAL_LIST:
		buf_add_text(out, "[]");
		return;
	case VAL_MAP:
		buf_add_text(out, "{}");
		return;
	}
}

/* Behind "- ": the first entry of a list or map stands on the same line. */
static void write_item(const struct val *v, size_t indent, struct buf *out)
{
	if (val_count(v)) {
		write_block(v, indent, out);
	} else {
		write_scalar(v, indent, out);
		buf_add_char(out, '\n');
	}
}

static void write_entry(struct str key, const struct val *v, size_t indent,
			struct buf *out)
{
	if (key.n > LONG_KEY_BYTES) {
		buf_add_text(out, "? ");
		write_line(key, out);
		buf_add_char(out, '\n');
		pad(indent, out);
		buf_add_text(out, ": ");
		write_item(v, indent + STEP, out);
		return;
	}
	write_line(key, out);
	buf_add_char(out, ':');
	if (val_count(v)) {
		size_t deeper = val_is(v, VAL_MAP) ? indent + STEP : indent;

		buf_add_char(out, '\n');
		pad(deeper, out);
		write_block(v, deeper, out);
	} else {
		buf_add_char(out, ' ');
		write_scalar(v, indent + STEP, out);
		buf_add_char(out, '\n');
	}
}

/* The entries of a list or map that is not empty; the first stands where out
 * ends, already indented. */
static void write_block(const struct val *v, size_t indent, struct buf *out)
{
	for (size_t i = 0; i < val_count(v) && !buf_overflowed(out); i++) {
		if (i)
			pad(indent, out);
		if (val_is(v, VAL_MAP)) {
			write_entry(val_key(v, i), val_at(v, i), indent, out);
		} else {
			buf_add_text(out, "- ");
			write_item(val_at(v, i), indent + STEP, out);
		}
	}
}

void yaml_write(const struct val *v, struct buf *out)
{
	if (val_count(v)) {
		write_block(v, 0, out);
	} else {
		write_scalar(v, STEP, out);
		buf_add_char(out, '\n');
	}
}
