/* Order, multiples and sizes of numbers by their digits. */
#include "data/decimal.h"

#include "unit/rows.h"

static const struct row {
	const char *name, *a, *b;
	int order;
	bool multiple; /* a is one of b; not asked when b is not above 0 */
} rows[] = {
	{ "equal", "12", "12", 0, true },
	{ "zeros", "0", "-0.00e7", 0, false },
	{ "zero and one", "0", "1", -1, true },
	{ "signs", "-1", "1", -1, true },
	{ "below zero", "-3", "-2", -1, false },
	{ "fraction of zeros", "1", "1.000", 0, true },
	{ "exponents", "1500", "1.5e3", 0, true },
	{ "exponents with signs", "0.015", "1.5E-2", 0, true },
	{ "plus", "1e+2", "100", 0, true },
	{ "no digits before the point count", "0.001", "0.01", -1, false },
	{ "zeros between", "100.001", "100.01", -1, false },
	{ "longer", "1.23", "1.2", 1, false },
	{ "longer below zero", "-1.23", "-1.2", -1, false },
	{ "more than 64 bits", "18446744073709551617", "18446744073709551616",
	  1, false },
	{ "beyond float64", "1e400", "1e399", 1, true },
	{ "far apart", "1e-99999999999999999999", "1e99999999999999999999", -1,
	  false },
	{ "multiple", "12", "4", 1, true },
	{ "no multiple", "13", "4", 1, false },
	{ "multiple of a fraction", "0.3", "0.1", 1, true },
	{ "multiple of quarters", "1.25", "0.25", 1, true },
	{ "part of it", "0.25", "0.5", -1, false },
	{ "power of ten", "1e300", "7", 1, false },
	{ "power of ten times it", "7e300", "7", 1, true },
	{ "power of two", "1e20", "1048576", 1, true },
	{ "one zero too few", "1e19", "1048576", 1, false },
	{ "eighteen digits", "999999999999999999000000000000000000",
	  "999999999999999999", 1, true },
	{ "multiple below zero", "-8", "4", -1, true },
};

static void test_row(void **state)
{
	const struct row *row = *state;
	struct decimal a = decimal_of(str_of(row->a));
	struct decimal b = decimal_of(str_of(row->b));
	int order = decimal_compare(&a, &b), back = decimal_compare(&b, &a);

	assert_int_equal((order > 0) - (order < 0), row->order);
	assert_int_equal((back > 0) - (back < 0), -row->order);
	if (order == 0)
		assert_int_equal(decimal_hash(&a), decimal_hash(&b));
	if (b.count && !b.negative && b.count <= DECIMAL_DIVISOR_DIGITS)
		assert_int_equal(decimal_is_multiple(&a, &b), row->multiple);
}

static const struct size_row {
	const char *name; /* is the number */
	bool integer, ok;
	size_t size;
} sizes[] = {
	{ "0", true, true, 0 },
	{ "-0", true, true, 0 },
	{ "7", true, true, 7 },
	{ "7.0", true, true, 7 },
	{ "1.25e2", true, true, 125 },
	{ "12e1", true, true, 120 },
	{ "1.5", false, false, 0 },
	{ "1e-1", false, false, 0 },
	{ "-3", true, false, 0 },
	{ "18446744073709551615", true, true, SIZE_MAX },
	{ "18446744073709551616", true, true, SIZE_MAX },
	{ "1e99999999999", true, true, SIZE_MAX },
};

static void test_size(void **state)
{
	const struct size_row *row = *state;
	struct decimal d = decimal_of(str_of(row->name));
	size_t size = 0;

	assert_int_equal(decimal_is_integer(&d), row->integer);
	assert_int_equal(decimal_size(&d, &size), row->ok);
	assert_true(size == row->size);
}

int main(void)
{
	return ROWS_RUN("decimal", rows, test_row) +
	       ROWS_RUN("sizes", sizes, test_size);
}
