/* Quantities, and what k8s.io/apimachinery 0.36's ParseQuantity makes of
 * them. */
#include "data/quantity.h"

#include "data/num.h"

#include "unit/rows.h"

static const struct row {
	const char *text;
	const char *value; /* AsDec() of Go; NULL: no quantity */
} rows[] = {
	{ "0", "0" },
	{ "1", "1" },
	{ "1000m", "1" },
	{ "1.0", "1.0" },
	{ "1.", "1" },
	{ ".5", "0.5" },
	{ "0.5", "0.5" },
	{ "500m", "0.500" },
	{ "00.50", "0.50" },
	{ "+1", "1" },
	{ "-1", "-1" },
	{ "-1000m", "-1" },
	{ "-0", "0" },
	{ "1k", "1000" },
	{ "1e3", "1000" },
	{ "1E3", "1000" },
	{ "1e+3", "1000" },
	{ "1e-3", "0.001" },
	{ "1m", "0.001" },
	{ "1M", "1000000" },
	{ "1000k", "1000000" },
	{ "1e6", "1000000" },
	{ "1G", "1000000000" },
	{ "1Ki", "1024" },
	{ "1024", "1024" },
	{ "1Mi", "1048576" },
	{ "1024Ki", "1048576" },
	{ "1Gi", "1073741824" },
	{ "1024Mi", "1073741824" },
	{ "1.5Gi", "1610612736" },
	{ "1536Mi", "1610612736" },
	{ "0.5Ki", "512" },
	{ "512", "512" },
	{ "-1Ki", "-1024" },
	{ "-1024", "-1024" },
	{ "1u", "0.000001" },
	{ "1n", "0.000000001" },
	{ "0.1n", "0.000000001" },
	{ "0.0000000001", "0.000000001" },
	{ "-0.1n", "-0.000000001" },
	{ "1.0000000001", "1.000000001" },
	{ "1.000000001", "1.000000001" },
	{ "1T", "1000000000000" },
	{ "1P", "1000000000000000" },
	{ "1E", "1000000000000000000" },
	{ "1e18", "1000000000000000000" },
	{ "1Ti", "1099511627776" },
	{ "1Pi", "1125899906842624" },
	{ "1Ei", "1152921504606846976" },
	{ "7Ei", "8070450532247928832" },
	{ "8Ei", "9223372036854775807" },
	{ "9Ei", "9223372036854775807" },
	{ "9223372036854775807", "9223372036854775807" },
	{ "9223372036854775808", "9223372036854775808" },
	{ "-9Ei", "-9223372036854775807" },
	{ "0.3333333333333333333333333", "0.333333334" },
	{ "0.1Ki", "102.4" },
	{ "0.0001Ki", "0.1024" },
	{ "100E", "100000000000000000000" },
	{ "1e20", "100000000000000000000" },
	{ "1e-9", "0.000000001" },
	{ "1e-10", "0.000000001" },
	{ "123456789.123456789", "123456789.123456789" },
	{ "1e", NULL },
	{ "1e3k", NULL },
	{ "1K", NULL },
	{ "1ki", NULL },
	{ "1KI", NULL },
	{ "1 k", NULL },
	{ " 1", NULL },
	{ "1 ", NULL },
	{ "1mm", NULL },
	{ "1i", NULL },
	{ "abc", NULL },
	{ "0x10", NULL },
	{ "1.2.3", NULL },
	{ "1Ee", NULL },
	{ "--1", NULL },
	{ "1e3.5", NULL },
	{ "NaN", NULL },
	{ "1_000", NULL },
	{ "", NULL },
	/* Of these Go makes 0. */
	{ "-", NULL },
	{ ".", NULL },
	{ "e3", NULL },
	/* What no resource has: here the text counts. */
	{ "170141183460469231731687303715", "170141183460469231731687303715" },
	{ "170141183460469231731687303716", NULL },
	{ "1e30", NULL },
	{ "1e999999999999", NULL },
	{ "0e999999999999", "0" },
	{ "1e-999999999999", "0.000000001" },
};

static void is_read(void **state)
{
	const struct row *row = *state;
	struct quantity q = { 42 };

	assert_int_equal(quantity_parse(str_of(row->text), &q),
			 row->value != NULL);
	if (row->value)
		assert_true(quantity_is_equal(str_of(row->text),
					      str_of(row->value)));
	else
		assert_true(q.nanos == 42);
}

/* Two are equal when Go says so, and not else. */
static void is_compared(void **state)
{
	const struct row *row = *state;

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		bool same = row->value && rows[i].value &&
			    num_compare(str_of(row->value),
					str_of(rows[i].value)) == 0;

		assert_int_equal(quantity_is_equal(str_of(row->text),
						   str_of(rows[i].text)),
				 same);
	}
}

static void long_ones(void **state)
{
	(void)state;
	char text[1002];
	struct quantity q;

	memset(text, '0', sizeof(text));
	text[0] = '1';
	text[1] = '.';
	assert_true(quantity_parse(str_cut(text, 400), &q));
	assert_true(q.nanos == 1000000000);
	assert_false(quantity_parse(str_cut(text, sizeof(text)), &q));
}

int main(void)
{
	const struct CMUnitTest others[] = { cmocka_unit_test(long_ones) };

	return ROWS_RUN("quantity read", rows, is_read) +
	       ROWS_RUN("quantity compared", rows, is_compared) +
	       cmocka_run_group_tests_name("quantity more", others, NULL, NULL);
}
