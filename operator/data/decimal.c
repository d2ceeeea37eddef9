#include "data/decimal.h"

#include <assert.h>

#define EXPONENT_MAX INT64_C(1000000000000000)

static int64_t read_exponent(struct str s)
{
	bool negative = s.n && s.p[0] == '-';
	int64_t e = 0;

	for (size_t i = negative || (s.n && s.p[0] == '+'); i < s.n; i++) {
		e = e * 10 + (s.p[i] - '0');
		if (e > EXPONENT_MAX)
			e = EXPONENT_MAX;
	}
	return negative ? -e : e;
}

struct decimal decimal_of(struct str number)
{
	struct decimal d = { .negative = number.n && number.p[0] == '-' };
	size_t end = 0, first, last;

	while (end < number.n && number.p[end] != 'e' && number.p[end] != 'E')
		end++;
	const char *dot = memchr(number.p, '.', end);
	size_t point = dot ? (size_t)(dot - number.p) : end;
	for (first = d.negative; first < end; first++)
		if (number.p[first] != '0' && first != point)
			break;
	if (first == end)
		return (struct decimal){ 0 };
	for (last = end - 1; number.p[last] == '0' || last == point; last--)
		;
	d.digits = str_cut(number.p + first, last - first + 1);
	d.count = d.digits.n - (first < point && point < last);
	if (first < point)
		d.top = (int64_t)(point - first);
	else
		d.top = -(int64_t)(first - point - 1);
	if (end < number.n)
		d.top += read_exponent(
			str_cut(number.p + end + 1, number.n - end - 1));
	return d;
}

/* The next digit behind *at; -1 at the end. */
static int next_digit(const struct decimal *d, size_t *at)
{
	if (*at < d->digits.n && d->digits.p[*at] == '.')
		++*at;
	return *at < d->digits.n ? d->digits.p[(*at)++] - '0' : -1;
}

/* Of two numbers that are not 0, without their signs. */
static int compare_sizes(const struct decimal *a, const struct decimal *b)
{
	size_t at_a = 0, at_b = 0;
	int digit_a, digit_b;

	if (a->top != b->top)
		return a->top < b->top ? -1 : 1;
	do {
		digit_a = next_digit(a, &at_a);
		digit_b = next_digit(b, &at_b);
	} while (digit_a == digit_b && digit_a >= 0);
	return digit_a - digit_b;
}

int decimal_compare(const struct decimal *a, const struct decimal *b)
{
	int sign_a = a->count == 0 ? 0 : a->negative ? -1 : 1;
	int sign_b = b->count == 0 ? 0 : b->negative ? -1 : 1;

	if (sign_a != sign_b || sign_a == 0)
		return sign_a - sign_b;
	return sign_a * compare_sizes(a, b);
}

/* The power of ten of the last digit. */
static int64_t bottom(const struct decimal *d)
{
	return d->top - (int64_t)d->count;
}

bool decimal_is_integer(const struct decimal *d)
{
	return d->count == 0 || bottom(d) >= 0;
}

static uint64_t multiply(uint64_t a, uint64_t b, uint64_t modulus)
{
	return (uint64_t)((unsigned __int128)a * b % modulus);
}

/* The digits without point and power, modulo `modulus`; 0: the number. */
static uint64_t digits_of(const struct decimal *d, uint64_t modulus)
{
	uint64_t n = 0;
	size_t at = 0;
	int digit;

	while ((digit = next_digit(d, &at)) >= 0) {
		n = (modulus ? multiply(n, 10, modulus) : n * 10) +
		    (uint64_t)digit;
		if (modulus)
			n %= modulus;
	}
	return n;
}

bool decimal_is_multiple(const struct decimal *d, const struct decimal *of)
{
	uint64_t divisor, rest, power = 10;

	if (d->count == 0)
		return true;
	/* Its last digit is not 0: no power of ten divides it. */
	if (bottom(d) < bottom(of))
		return false;
	divisor = digits_of(of, 0);
	assert(divisor > 0);
	rest = digits_of(d, divisor);
	for (int64_t e = bottom(d) - bottom(of); e > 0; e /= 2) {
		if (e % 2)
			rest = multiply(rest, power, divisor);
		power = multiply(power, power, divisor);
	}
	return rest % divisor == 0;
}

bool decimal_size(const struct decimal *d, size_t *out)
{
	size_t n = 0, at = 0;

	if (!decimal_is_integer(d) || (d->negative && d->count))
		return false;
	for (int64_t i = 0; i < d->top && d->count; i++) {
		int digit = next_digit(d, &at);

		if (__builtin_mul_overflow(n, 10, &n) ||
		    __builtin_add_overflow(n, (size_t)(digit < 0 ? 0 : digit),
					   &n)) {
			n = SIZE_MAX;
			break;
		}
	}
	*out = n;
	return true;
}

unsigned decimal_hash(const struct decimal *d)
{
	unsigned hash = (unsigned)d->top + d->negative;
	size_t at = 0;
	int digit;

	if (d->count == 0)
		return 0;
	while ((digit = next_digit(d, &at)) >= 0)
		hash = hash * 31 + (unsigned)digit;
	return hash;
}
