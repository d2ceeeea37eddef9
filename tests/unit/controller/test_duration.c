/* Go's durations, as far as they make sense here. */
#include "controller/duration.h"

#include "unit/rows.h"

static const struct row {
	const char *name;
	int64_t want_ms; /* 0: refused */
} rows[] = {
	{ "1ms", 1 },
	{ "90s", 90000 },
	{ "5m", 300000 },
	{ "1h", 3600000 },
	{ "1h30m", 5400000 },
	{ "1h1m1s1ms", 3661001 },
	{ "30m1h", 5400000 },
	{ "1s1s", 2000 },
	{ "0h5m", 300000 },
	{ "87840h", 316224000000 },
	{ "87841h", 0 },
	{ "87840h1ms", 0 },
	{ "99999999999999999999h", 0 },
	{ "9223372036854775807ms", 0 },
	{ "0s", 0 },
	{ "0", 0 },
	{ "", 0 },
	{ "5", 0 },
	{ "m", 0 },
	{ "1.5h", 5400000 },
	{ "+1.5h", 5400000 },
	{ ".5s", 500 },
	{ "1.s", 1000 },
	{ "0.0001h", 360 },
	{ "1.9999s", 1999 },
	{ "0.00000000000000000000000000000001h", 0 },
	{ "1.123456789123456789123456789s", 1123 },
	{ "0000000000000000000000000000000001s", 1000 },
	{ "1500us", 1 },
	{ "1500\xc2\xb5s", 1 },
	{ "1500\xce\xbcs", 1 },
	{ "1000000ns", 1 },
	{ "1us", 0 },
	{ ".s", 0 },
	{ ".", 0 },
	{ "+", 0 },
	{ "1.5.5h", 0 },
	{ "1.5", 0 },
	{ "-1s", 0 },
	{ "++1s", 0 },
	{ "1 s", 0 },
	{ " 1s", 0 },
	{ "1s ", 0 },
	{ "1d", 0 },
	{ "1S", 0 },
	{ "1s5", 0 },
};

static void parses(void **state)
{
	const struct row *row = *state;
	int64_t ms = -1;

	assert_int_equal(duration_parse(str_of(row->name), &ms),
			 row->want_ms != 0);
	/* What fails leaves its output alone. */
	assert_int_equal(ms, row->want_ms ? row->want_ms : -1);
}

static const struct row periods[] = {
	{ "0", DURATION_NEVER },
	{ "0s", DURATION_NEVER },
	{ "0h0m0.0s", DURATION_NEVER },
	{ "+0", DURATION_NEVER },
	{ "1ms", 1 },
	{ "1h", 3600000 },
	{ "1us", 0 },
	{ "00", 0 },
	{ "-0", 0 },
	{ "", 0 },
};

static void parses_period(void **state)
{
	const struct row *row = *state;
	int64_t ms = 7;

	assert_int_equal(duration_parse_period(str_of(row->name), &ms),
			 row->want_ms != 0);
	assert_int_equal(ms, row->want_ms ? row->want_ms : 7);
}

int main(void)
{
	return ROWS_RUN("duration", rows, parses) +
	       ROWS_RUN("period", periods, parses_period);
}
