#include "data/num.h"

#include "base/limits.h"

#include <assert.h>
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

static size_t skip_digits(struct str s, size_t at)
{
	while (at < s.n && s.p[at] >= '0' && s.p[at] <= '9')
		at++;
	return at;
}

size_t num_json_len(struct str s)
{
	size_t at = s.n && s.p[0] == '-', end;

	if (at < s.n && s.p[at] == '0')
		end = at + 1;
	else
		end = skip_digits(s, at);
	if (end == at)
		return 0;
	if (end < s.n && s.p[end] == '.') {
		at = end + 1;
		end = skip_digits(s, at);
		if (end == at)
			return 0;
	}
	if (end < s.n && (s.p[end] == 'e' || s.p[end] == 'E')) {
		at = end + 1;
		if (at < s.n && (s.p[at] == '+' || s.p[at] == '-'))
			at++;
		end = skip_digits(s, at);
		if (end == at)
			return 0;
	}
	return end;
}

static double value_of(struct str digits)
{
	char text[LIMIT_NUMBER_DIGITS + 1];

	assert(digits.n <= LIMIT_NUMBER_DIGITS);
	memcpy(text, digits.p, digits.n);
	text[digits.n] = '\0';
	return strtod(text, NULL);
}

bool num_is_finite(struct str digits)
{
	return isfinite(value_of(digits));
}

static bool is_integer(struct str digits)
{
	return skip_digits(digits, digits.n && digits.p[0] == '-') == digits.n;
}

bool num_is_equal(struct str a, struct str b)
{
	if (str_equal(a, b))
		return true;
	if (a.n > LIMIT_NUMBER_DIGITS || b.n > LIMIT_NUMBER_DIGITS)
		return false;
	/* Of integers only zero has two spellings. */
	if (is_integer(a) && is_integer(b))
		return value_of(a) == 0 && value_of(b) == 0;
	return value_of(a) == value_of(b);
}

/* A number as 0.DIGITS * 10^exponent; the digits are those of whole and then
 * of fraction, no zero in front. None at all is zero. */
struct decimal {
	bool negative;
	struct str whole, fraction;
	int64_t exponent;
};

static struct str cut_digits(struct str *rest)
{
	size_t n = skip_digits(*rest, 0);
	struct str digits = str_cut(rest->p, n);

	*rest = str_cut(rest->p + n, rest->n - n);
	return digits;
}

static struct str skip_zeros(struct str s)
{
	while (s.n && s.p[0] == '0')
		s = str_cut(s.p + 1, s.n - 1);
	return s;
}

static int64_t read_exponent(struct str s)
{
	const int64_t most = 1000000000000000;
	bool negative = s.n && s.p[0] == '-';
	int64_t n = 0;

	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] >= '0' && s.p[i] <= '9' && n < most)
			n = n * 10 + (s.p[i] - '0');
	if (n > most)
		n = most;
	return negative ? -n : n;
}

static struct decimal read_decimal(struct str s)
{
	struct decimal d = { .negative = s.n && s.p[0] == '-' };
	struct str rest = str_cut(s.p + d.negative, s.n - d.negative);

	d.whole = skip_zeros(cut_digits(&rest));
	if (rest.n && rest.p[0] == '.') {
		rest = str_cut(rest.p + 1, rest.n - 1);
		d.fraction = cut_digits(&rest);
	}
	d.exponent = (int64_t)d.whole.n;
	if (rest.n)
		d.exponent += read_exponent(str_cut(rest.p + 1, rest.n - 1));
	if (d.whole.n == 0) {
		struct str digits = skip_zeros(d.fraction);

		d.exponent -= (int64_t)(d.fraction.n - digits.n);
		d.fraction = digits;
	}
	return d;
}

static char digit_at(const struct decimal *d, size_t i)
{
	if (i < d->whole.n)
		return d->whole.p[i];
	i -= d->whole.n;
	return i < d->fraction.n ? d->fraction.p[i] : '0';
}

/* 0, or which of two numbers that are not below zero is larger. */
static int compare_size(const struct decimal *a, const struct decimal *b)
{
	size_t a_digits = a->whole.n + a->fraction.n;
	size_t b_digits = b->whole.n + b->fraction.n;

	if (!a_digits || !b_digits)
		return (a_digits != 0) - (b_digits != 0);
	if (a->exponent != b->exponent)
		return a->exponent < b->exponent ? -1 : 1;
	for (size_t i = 0; i < a_digits || i < b_digits; i++)
		if (digit_at(a, i) != digit_at(b, i))
			return digit_at(a, i) < digit_at(b, i) ? -1 : 1;
	return 0;
}

int num_compare(struct str a, struct str b)
{
	struct decimal x = read_decimal(a), y = read_decimal(b);
	const struct decimal zero = { 0 };

	if (compare_size(&x, &zero) == 0)
		x.negative = false;
	if (compare_size(&y, &zero) == 0)
		y.negative = false;
	if (x.negative != y.negative)
		return x.negative ? -1 : 1;
	return x.negative ? compare_size(&y, &x) : compare_size(&x, &y);
}

const char *num_print_short(struct str digits, char out[NUM_SHORT_BYTES])
{
	float x = (float)value_of(digits);
	int precision = 0;

	if (!isfinite(x)) {
		snprintf(out, NUM_SHORT_BYTES, "%s", x < 0 ? "-.inf" : ".inf");
		return out;
	}
	/* Nine digits always read back as the same float. */
	do {
		snprintf(out, NUM_SHORT_BYTES, "%.*e", precision, (double)x);
	} while (strtof(out, NULL) != x && ++precision < 9);
	int exponent = (int)strtol(strchr(out, 'e') + 1, NULL, 10);
	if (exponent < -4 || exponent >= 6)
		return out;
	int decimals = precision > exponent ? precision - exponent : 0;
	snprintf(out, NUM_SHORT_BYTES, "%.*f", decimals, (double)x);
	return out;
}
