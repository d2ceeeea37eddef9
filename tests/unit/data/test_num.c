#include "data/num.h"

#include "unit/rows.h"

static const struct len_row {
	const char *name;
	size_t want;
} len_rows[] = {
	{ "0", 1 },    { "-0", 2 },       { "12", 2 },    { "-12", 3 },
	{ "1.5", 3 },  { "1e3", 3 },      { "1E+3", 4 },  { "-1.50e-10", 9 },
	{ "0.0", 3 },  { "01", 1 },       { "1.", 0 },    { ".5", 0 },
	{ "+1", 0 },   { "-", 0 },        { "", 0 },      { "1e", 0 },
	{ "1e+", 0 },  { "abc", 0 },      { "12abc", 2 }, { "1.5.6", 3 },
	{ "0x1f", 1 }, { "Infinity", 0 },
};

static void lengths(void **state)
{
	const struct len_row *row = *state;

	assert_int_equal(num_json_len(str_of(row->name)), row->want);
}

/* As strconv.FormatFloat(x, 'g', -1, 32) of Go 1.26 says. */
static const struct short_row {
	const char *name, *want;
} short_rows[] = {
	{ "1.10", "1.1" },
	{ "1.0", "1" },
	{ "0.0", "0" },
	{ "-0.0", "-0" },
	{ "1e3", "1000" },
	{ "1e5", "100000" },
	{ "1e6", "1e+06" },
	{ "1e21", "1e+21" },
	{ "100000.5", "100000.5" },
	{ "123456.7", "123456.7" },
	{ "12345678.9", "1.2345679e+07" },
	{ "0.0001", "0.0001" },
	{ "0.00001", "1e-05" },
	{ "1.5e-7", "1.5e-07" },
	{ "16777217.0", "1.6777216e+07" },
	{ "0.1", "0.1" },
	{ "3.4e39", ".inf" },
	{ "-1e300", "-.inf" },
	{ "1e-400", "0" },
};

static void short_texts(void **state)
{
	const struct short_row *row = *state;
	char out[NUM_SHORT_BYTES];

	assert_string_equal(num_print_short(str_of(row->name), out), row->want);
}

static const struct equal_row {
	const char *name, *a, *b;
	bool want;
} equal_rows[] = {
	{ "same digits", "12", "12", true },
	{ "1 and 1.0", "1", "1.0", true },
	{ "1000 and 1e3", "1000", "1e3", true },
	{ "zeros", "0", "-0", true },
	{ "zero of both types", "0.0", "-0", true },
	{ "integers beyond 2^53", "9007199254740993", "9007199254740992",
	  false },
	{ "different", "1", "2", false },
	{ "different reals", "1.5", "1.25", false },
	{ "trailing zeros", "1.50", "1.5", true },
};

static void equality(void **state)
{
	const struct equal_row *row = *state;

	assert_int_equal(num_is_equal(str_of(row->a), str_of(row->b)),
			 row->want);
	assert_int_equal(num_is_equal(str_of(row->b), str_of(row->a)),
			 row->want);
}

static const struct order_row {
	const char *name, *less, *more;
	const char *equal; /* counts when more is NULL */
} order_rows[] = {
	{ "integers", "2", "10", NULL },
	{ "below zero", "-10", "-2", NULL },
	{ "signs", "-1", "1", NULL },
	{ "zero and above", "0", "0.001", NULL },
	{ "zero and below", "-0.001", "0", NULL },
	{ "beyond 2^53", "9007199254740992", "9007199254740993", NULL },
	{ "beyond 64 bits", "99999999999999999998", "99999999999999999999",
	  NULL },
	{ "fractions", "0.09", "0.1", NULL },
	{ "more digits", "1.5", "1.50000000000000000001", NULL },
	{ "exponents", "9e2", "1e3", NULL },
	{ "exponents below zero", "1e-3", "1e-2", NULL },
	{ "exponent and digits", "999", "1e3", NULL },
	{ "huge exponents", "1e999999999", "2e999999999", NULL },
	{ "zeros", "0", NULL, "-0.00" },
	{ "zero with an exponent", "0e7", NULL, "0" },
	{ "trailing zeros", "1.50", NULL, "1.5" },
	{ "an exponent", "1.5e3", NULL, "1500" },
	{ "a negative exponent", "1500e-3", NULL, "1.5" },
	{ "a capital", "1E+2", NULL, "100" },
	{ "fraction that starts with zeros", "0.0012", NULL, "1.2e-3" },
};

static void order(void **state)
{
	const struct order_row *row = *state;
	struct str a = str_of(row->less);
	struct str b = str_of(row->more ? row->more : row->equal);

	if (row->more) {
		assert_true(num_compare(a, b) < 0);
		assert_true(num_compare(b, a) > 0);
	} else {
		assert_int_equal(num_compare(a, b), 0);
		assert_int_equal(num_compare(b, a), 0);
	}
}

static void range(void **state)
{
	(void)state;
	assert_true(num_is_finite(str_of("1e308")));
	assert_false(num_is_finite(str_of("1e309")));
	assert_false(num_is_finite(str_of("-1e309")));
	assert_true(num_is_finite(str_of("1e-999")));
}

int main(void)
{
	const struct CMUnitTest others[] = { cmocka_unit_test(range) };

	return ROWS_RUN("num_json_len", len_rows, lengths) +
	       ROWS_RUN("num_print_short", short_rows, short_texts) +
	       ROWS_RUN("num_is_equal", equal_rows, equality) +
	       ROWS_RUN("num_compare", order_rows, order) +
	       cmocka_run_group_tests_name("num", others, NULL, NULL);
}
