#include "data/num.h"

#include "base/limits.h"
#include "data/decimal.h"

#include <assert.h>
#include <math.h>
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

int num_compare(struct str a, struct str b)
{
	struct decimal x = decimal_of(a), y = decimal_of(b);

	return decimal_compare(&x, &y);
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
