#include "base/str.h"

#include "base/attr.h"

int str_compare(struct str a, struct str b)
{
	size_t n = a.n < b.n ? a.n : b.n;
	int order = n ? memcmp(a.p, b.p, n) : 0;

	if (order)
		return order;
	return a.n < b.n ? -1 : a.n > b.n;
}

bool str_starts(struct str s, const char *prefix)
{
	size_t n = strlen(prefix);

	return s.n >= n && memcmp(s.p, prefix, n) == 0;
}

bool str_ends(struct str s, const char *suffix)
{
	size_t n = strlen(suffix);

	return s.n >= n && memcmp(s.p + s.n - n, suffix, n) == 0;
}

static bool is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

struct str str_trim(struct str s)
{
	while (s.n && is_blank(s.p[0])) {
		s.p++;
		s.n--;
	}
	while (s.n && is_blank(s.p[s.n - 1]))
		s.n--;
	return s;
}

bool str_split(struct str s, char c, struct str *head, struct str *rest)
{
	const char *at = s.n ? memchr(s.p, c, s.n) : NULL;

	if (!at) {
		*head = s;
		*rest = (struct str){ NULL, 0 };
		return false;
	}
	size_t n = (size_t)(at - s.p);
	*head = str_cut(s.p, n);
	*rest = str_cut(at + 1, s.n - n - 1);
	return true;
}

bool str_number(struct str s, uint64_t max, uint64_t *out)
{
	uint64_t n = 0;

	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] < '0' || s.p[i] > '9' ||
		    __builtin_mul_overflow(n, 10, &n) ||
		    __builtin_add_overflow(n, (uint64_t)(s.p[i] - '0'), &n) ||
		    n > max)
			return false;
	if (s.n == 0)
		return false;
	*out = n;
	return true;
}

bool str_bool(struct str s, bool *out)
{
	static const char *const words[][6] = {
		{ "0", "f", "F", "false", "False", "FALSE" },
		{ "1", "t", "T", "true", "True", "TRUE" },
	};

	for (size_t is = 0; is < ARRAY_LEN(words); is++)
		for (size_t i = 0; i < ARRAY_LEN(words[is]); i++)
			if (str_is(s, words[is][i])) {
				*out = is == 1;
				return true;
			}
	return false;
}

/* Length of the UTF-8 sequence at p (RFC 3629: no overlong forms, no
 * surrogates, nothing above U+10FFFF), or 0 when it is none. */
static size_t sequence_len(const unsigned char *p, size_t n)
{
	unsigned char lo = 0x80, hi = 0xbf;
	size_t len;

	if (p[0] < 0x80)
		return 1;
	if (p[0] >= 0xc2 && p[0] <= 0xdf)
		len = 2;
	else if (p[0] >= 0xe0 && p[0] <= 0xef)
		len = 3;
	else if (p[0] >= 0xf0 && p[0] <= 0xf4)
		len = 4;
	else
		return 0;
	if (p[0] == 0xe0)
		lo = 0xa0;
	else if (p[0] == 0xed)
		hi = 0x9f;
	else if (p[0] == 0xf0)
		lo = 0x90;
	else if (p[0] == 0xf4)
		hi = 0x8f;
	if (n < len || p[1] < lo || p[1] > hi)
		return 0;
	for (size_t i = 2; i < len; i++)
		if (p[i] < 0x80 || p[i] > 0xbf)
			return 0;
	return len;
}

size_t str_utf8_len(struct str s)
{
	const unsigned char *p = (const unsigned char *)s.p;
	size_t at = 0;

	while (at < s.n) {
		uint64_t eight;

		/* Most text is ASCII. */
		if (at + sizeof(eight) <= s.n) {
			memcpy(&eight, p + at, sizeof(eight));
			if (!(eight & 0x8080808080808080)) {
				at += sizeof(eight);
				continue;
			}
		}
		size_t len = sequence_len(p + at, s.n - at);

		if (len == 0)
			break;
		at += len;
	}
	return at;
}

/* Whether a byte of UTF-8 does not go on with the character before it. */
static bool begins_character(char c)
{
	return ((unsigned char)c & 0xc0) != 0x80;
}

size_t str_characters(struct str s)
{
	size_t n = 0;

	for (size_t i = 0; i < s.n; i++)
		n += begins_character(s.p[i]);
	return n;
}

struct str_place str_place_of(struct str text, size_t at)
{
	struct str rest = str_cut(text.p, at < text.n ? at : text.n), line;
	struct str_place place = { .line = 1 };

	while (str_split(rest, '\n', &line, &rest))
		place.line++;
	place.column = 1 + str_characters(line);
	return place;
}

struct str str_clip(struct str s, size_t max)
{
	if (s.n <= max)
		return s;
	while (max > 0 && !begins_character(s.p[max]))
		max--;
	return str_cut(s.p, max);
}

unsigned str_hash(struct str s)
{
	unsigned hash = 2166136261u;

	for (size_t i = 0; i < s.n; i++)
		hash = (hash ^ (unsigned char)s.p[i]) * 16777619u;
	return hash;
}
