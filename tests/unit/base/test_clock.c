#include "base/clock.h"

#include "unit/rows.h"

static const struct row {
	const char *name, *text;
	int64_t ns;
	const char *seconds, *nanos; /* NULL: what was read is not RFC 3339 */
} rows[] = {
	{ "epoch", "1970-01-01T00:00:00Z", 0, "1970-01-01T00:00:00Z",
	  "1970-01-01T00:00:00.000000000Z" },
	{ "a time of Go", "2025-03-04T05:06:07.123456789Z", 1741064767123456789,
	  "2025-03-04T05:06:07Z", "2025-03-04T05:06:07.123456789Z" },
	{ "short fraction", "1970-01-01T00:00:01.5Z", 1500000000,
	  "1970-01-01T00:00:01Z", "1970-01-01T00:00:01.500000000Z" },
	{ "microseconds", "1970-01-01T00:00:00.000001Z", 1000,
	  "1970-01-01T00:00:00Z", "1970-01-01T00:00:00.000001000Z" },
	{ "more digits than kept", "1970-01-01T00:00:00.0000000019Z", 1,
	  "1970-01-01T00:00:00Z", "1970-01-01T00:00:00.000000001Z" },
	{ "before the epoch", "1969-12-31T23:59:59.5Z", -500000000,
	  "1969-12-31T23:59:59Z", "1969-12-31T23:59:59.500000000Z" },
	{ "east", "2025-01-01T01:00:00+01:00", 1735689600000000000,
	  "2025-01-01T00:00:00Z", "2025-01-01T00:00:00.000000000Z" },
	{ "west", "2024-12-31T16:30:00-07:30", 1735689600000000000,
	  "2025-01-01T00:00:00Z", "2025-01-01T00:00:00.000000000Z" },
	{ "leap day", "2024-02-29T00:00:00Z", 1709164800000000000,
	  "2024-02-29T00:00:00Z", "2024-02-29T00:00:00.000000000Z" },
	{ "empty", "", 0, NULL, NULL },
	{ "date only", "2025-01-01", 0, NULL, NULL },
	{ "no zone", "2025-01-01T00:00:00", 0, NULL, NULL },
	{ "blank for T", "2025-01-01 00:00:00Z", 0, NULL, NULL },
	{ "text behind", "2025-01-01T00:00:00Zx", 0, NULL, NULL },
	{ "short year", "25-01-01T00:00:00Z", 0, NULL, NULL },
	{ "zone without colon", "2025-01-01T00:00:00+0100", 0, NULL, NULL },
};

static void parses_and_prints(void **state)
{
	const struct row *row = *state;
	char text[CLOCK_TEXT_BYTES];
	int64_t ns = 42;
	bool ok = clock_parse(str_of(row->text), &ns);

	assert_int_equal(ok, row->seconds != NULL);
	if (!ok) {
		assert_int_equal(ns, 42);
		return;
	}
	assert_int_equal(ns, row->ns);
	assert_string_equal(clock_print(ns, text), row->seconds);
	assert_string_equal(clock_print_ns(ns, text), row->nanos);
	/* Three digits less. */
	size_t n = strlen(row->nanos) - strlen("123Z");
	assert_int_equal(strlen(clock_print_us(ns, text)), n + 1);
	assert_memory_equal(text, row->nanos, n);
	assert_int_equal(text[n], 'Z');
}

static void never_goes_back(void **state)
{
	(void)state;
	int64_t last = clock_now_ms();

	for (int i = 0; i < 1000; i++) {
		int64_t now = clock_now_ms();

		assert_true(now >= last);
		last = now;
	}
	assert_true(clock_elapsed_ms() >= 0);
	assert_true(clock_wall_ns() > 1700000000000000000);
}

int main(void)
{
	const struct CMUnitTest others[] = { cmocka_unit_test(
		never_goes_back) };

	return ROWS_RUN("clock", rows, parses_and_prints) +
	       cmocka_run_group_tests_name("clock more", others, NULL, NULL);
}
