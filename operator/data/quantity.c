#include "data/quantity.h"

#include "base/limits.h"

#include <stdint.h>

#define EXPONENT_MAX 1000
#define NANO_DIGITS 9

/* A number on its way to nanos: digits times ten to the power of `ten`, times
 * two to the power of `two`. */
struct parts {
	unsigned __int128 digits;
	int ten, two;
	bool negative;
};

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool times(unsigned __int128 *n, unsigned __int128 by)
{
	return !__builtin_mul_overflow(*n, by, n) &&
	       *n <= (unsigned __int128)-1 >> 1;
}

/* Takes digits from the start of text; zeros wait until another digit needs
 * them, so that any number of them may stand at the end. */
static bool take_digits(struct str *text, struct parts *p, int *zeros)
{
	for (; text->n && is_digit(*text->p); text->p++, text->n--) {
		if (*text->p == '0') {
			*zeros += p->digits != 0;
			continue;
		}
		for (; *zeros >= 0; (*zeros)--)
			if (!times(&p->digits, 10))
				return false;
		*zeros = 0;
		p->digits += (unsigned)(*text->p - '0');
	}
	return true;
}

/* "12.50": 125 and a power of -1. */
static bool take_number(struct str *text, struct parts *p)
{
	size_t before = text->n, point = 0, after = 0;
	int zeros = 0;

	if (!take_digits(text, p, &zeros))
		return false;
	before -= text->n;
	if (text->n && *text->p == '.') {
		text->p++;
		text->n--;
		point = text->n;
		if (!take_digits(text, p, &zeros))
			return false;
		after = point - text->n;
	}
	if (before + after == 0 || before + after > LIMIT_NUMBER_DIGITS)
		return false;
	p->ten += zeros - (int)after;
	return true;
}

static bool read_exponent(struct str text, int *out)
{
	bool negative = text.n && *text.p == '-';
	int e = 0;

	if (text.n && (*text.p == '-' || *text.p == '+'))
		text = str_cut(text.p + 1, text.n - 1);
	if (!text.n)
		return false;
	for (size_t i = 0; i < text.n; i++) {
		if (!is_digit(text.p[i]))
			return false;
		if (e <= EXPONENT_MAX)
			e = e * 10 + (text.p[i] - '0');
	}
	*out = negative ? -e : e;
	return true;
}

static bool take_suffix(struct str text, struct parts *p)
{
	static const struct {
		char text[3];
		int ten, two;
	} table[] = {
		{ "", 0, 0 },    { "n", -9, 0 },  { "u", -6, 0 },
		{ "m", -3, 0 },  { "k", 3, 0 },   { "M", 6, 0 },
		{ "G", 9, 0 },   { "T", 12, 0 },  { "P", 15, 0 },
		{ "E", 18, 0 },  { "Ki", 0, 10 }, { "Mi", 0, 20 },
		{ "Gi", 0, 30 }, { "Ti", 0, 40 }, { "Pi", 0, 50 },
		{ "Ei", 0, 60 },
	};
	int e;

	for (size_t i = 0; i < ARRAY_LEN(table); i++)
		if (str_is(text, table[i].text)) {
			p->ten += table[i].ten;
			p->two = table[i].two;
			return true;
		}
	if ((*text.p != 'e' && *text.p != 'E') ||
	    !read_exponent(str_cut(text.p + 1, text.n - 1), &e))
		return false;
	p->ten += e;
	return true;
}

/* The number in nanos; false when it does not fit. */
static bool to_nanos(const struct parts *p, unsigned __int128 *out)
{
	unsigned __int128 n = p->digits, rest = 0;
	int ten = p->ten + NANO_DIGITS;

	if (n == 0) {
		*out = 0;
		return true;
	}
	if (!times(&n, (unsigned __int128)1 << p->two))
		return false;
	for (; ten > 0; ten--)
		if (!times(&n, 10))
			return false;
	for (; ten < 0 && n > 0; ten++) {
		rest |= n % 10;
		n /= 10;
	}
	*out = n + (rest != 0);
	return true;
}

bool quantity_parse(struct str text, struct quantity *out)
{
	const unsigned __int128 most =
		(unsigned __int128)INT64_MAX * 1000000000;
	struct parts p = { 0 };
	unsigned __int128 n;

	p.negative = text.n && *text.p == '-';
	if (text.n && (*text.p == '-' || *text.p == '+'))
		text = str_cut(text.p + 1, text.n - 1);
	if (!take_number(&text, &p) || !take_suffix(text, &p) ||
	    !to_nanos(&p, &n))
		return false;
	if (p.two && n > most)
		n = most;
	out->nanos = p.negative ? -(__int128)n : (__int128)n;
	return true;
}

bool quantity_is_equal(struct str a, struct str b)
{
	struct quantity x, y;

	return quantity_parse(a, &x) && quantity_parse(b, &y) &&
	       x.nanos == y.nanos;
}

bool quantity_is_less(struct str a, struct str b)
{
	struct quantity x, y;

	return quantity_parse(a, &x) && quantity_parse(b, &y) &&
	       x.nanos < y.nanos;
}
