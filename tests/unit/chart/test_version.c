/* Ranges of versions: what Masterminds/semver 3.5, which Helm uses, says of each
 * row. */
#include "chart/version.h"

#include "base/limits.h"

#include "unit/rows.h"

enum want { IN, OUT, BAD };

static const struct row {
	const char *range, *version;
	enum want want;
} rows[] = {
	{ "1.2.3", "1.2.3", IN },
	{ "1.2.3", "1.2.4", OUT },
	{ "=1.2.3", "1.2.3", IN },
	{ "= 1.2.3", "1.2.3+build", IN },
	{ "1.2.3", "v1.2.3", IN },
	{ "v1.2.3", "1.2.3", IN },
	{ "!=1.2.3", "1.2.3", OUT },
	{ "!=1.2.3", "1.2.4", IN },
	{ "!=1.2", "1.2.9", OUT },
	{ "!=1.2", "1.3.0", IN },
	{ "!=1", "1.9.9", OUT },
	{ "!=1", "2.0.0", IN },
	{ ">1.2.3", "1.2.4", IN },
	{ ">1.2.3", "1.2.3", OUT },
	{ ">1.2", "1.2.9", OUT },
	{ ">1.2", "1.3.0", IN },
	{ ">1", "1.9.9", OUT },
	{ ">1", "2.0.0", IN },
	{ "<1.2.3", "1.2.2", IN },
	{ "<1.2.3", "1.2.3", OUT },
	{ "<1.2", "1.1.9", IN },
	{ "<1.2", "1.2.0", OUT },
	{ ">=1.2.3", "1.2.3", IN },
	{ ">=1.2.3", "1.2.2", OUT },
	{ ">=1.2", "1.2.0", IN },
	{ "=>1.2", "1.1.9", OUT },
	{ "<=1.2.3", "1.2.3", IN },
	{ "<=1.2.3", "1.2.4", OUT },
	{ "<=1.2", "1.2.9", IN },
	{ "<=1.2", "1.3.0", OUT },
	{ "<=1", "1.9.9", IN },
	{ "=<1", "2.0.0", OUT },
	{ "~1.2.3", "1.2.3", IN },
	{ "~1.2.3", "1.2.9", IN },
	{ "~1.2.3", "1.3.0", OUT },
	{ "~1.2.3", "1.2.2", OUT },
	{ "~1.2", "1.2.0", IN },
	{ "~1.2", "1.3.0", OUT },
	{ "~1", "1.9.0", IN },
	{ "~>1", "2.0.0", OUT },
	{ "~0.0.0", "9.9.9", IN },
	{ "^1.2.3", "1.9.9", IN },
	{ "^1.2.3", "1.2.2", OUT },
	{ "^1.2.3", "2.0.0", OUT },
	{ "^1.2", "1.2.0", IN },
	{ "^1.2", "1.1.9", OUT },
	{ "^1", "1.0.0", IN },
	{ "^1", "2.0.0", OUT },
	{ "^0.2.3", "0.2.9", IN },
	{ "^0.2.3", "0.3.0", OUT },
	{ "^0.2", "0.2.0", IN },
	{ "^0.2", "0.3.0", OUT },
	{ "^0.0.3", "0.0.3", IN },
	{ "^0.0.3", "0.0.4", OUT },
	{ "^0.0", "0.0.9", IN },
	{ "^0.0", "0.1.0", OUT },
	{ "^0", "0.9.9", IN },
	{ "^0", "1.0.0", OUT },
	{ "*", "1.2.3", IN },
	{ "x", "0.0.0", IN },
	{ "X", "9.9.9", IN },
	{ "1.x", "1.9.9", IN },
	{ "1.x", "2.0.0", OUT },
	{ "1.2.x", "1.2.9", IN },
	{ "1.2.*", "1.3.0", OUT },
	{ "1.x.3", "1.9.9", IN },
	{ "1", "1.5.0", IN },
	{ "1.2", "1.2.5", IN },
	{ "1.2", "1.3.0", OUT },
	{ "1.2 - 1.4", "1.4.9", IN },
	{ "1.2 - 1.4", "1.5.0", OUT },
	{ "1.2.3 - 1.4.5", "1.4.5", IN },
	{ "1.2.3 - 1.4.5", "1.4.6", OUT },
	{ "1.2.3 - 1.4.5", "1.2.2", OUT },
	{ ">=1.2 <1.4", "1.3.0", IN },
	{ ">=1.2 <1.4", "1.4.0", OUT },
	{ ">=1.2, <1.4", "1.3.9", IN },
	{ ">=1.2 , !=1.3.0", "1.3.0", OUT },
	{ "<1 || >=2", "0.9.0", IN },
	{ "<1 || >=2", "1.5.0", OUT },
	{ "<1||>=2", "2.0.0", IN },
	{ ">=1.20", "1.30.0-gke.1", OUT },
	{ ">=1.20-0", "1.30.0-gke.1", IN },
	{ ">=1.20.0-0 <1.31", "1.30.2-eks-abc", IN },
	{ "<1 || >=1.20-0", "1.30.0-gke.1", IN },
	{ "<1-0 || >=1.20", "1.30.0-gke.1", OUT },
	{ "*", "1.2.3-rc.1", OUT },
	{ "1.2.3-rc.1", "1.2.3-rc.1", IN },
	{ ">1.2.3-rc.1", "1.2.3-rc.2", IN },
	{ ">1.2.3-rc.2", "1.2.3-rc.10", IN },
	{ ">1.2.3-2", "1.2.3-10", IN },
	{ ">1.2.3-10", "1.2.3-a", IN },
	{ ">1.2.3-a", "1.2.3-a.b", IN },
	{ ">1.2.3-rc.1", "1.2.3", IN },
	{ "~1.2.3-rc.1", "1.2.3-rc.0", OUT },
	{ "^1.2.3-0", "1.9.0-rc.1", IN },
	{ "~1.2-0", "1.2.5-x", IN },
	{ "18446744073709551615.0.0", "18446744073709551615.0.0", IN },
	{ " ", "1.2.3", BAD },
	{ ">", "1.2.3", BAD },
	{ ">=", "1.2.3", BAD },
	{ "1.2.3.4", "1.2.3", BAD },
	{ "1.2.a", "1.2.3", BAD },
	{ "1..2", "1.2.3", BAD },
	{ "==1.2", "1.2.3", BAD },
	{ "!1.2", "1.2.3", BAD },
	{ "<>1", "1.2.3", BAD },
	{ "1.2,,1.3", "1.2.3", BAD },
	{ "1.2,", "1.2.3", BAD },
	{ ",1.2", "1.2.3", BAD },
	{ ">=1.0<2.0", "1.2.3", BAD },
	{ "1.2 -1.4", "1.2.3", BAD },
	{ "^1.2 - 1.4", "1.2.3", BAD },
	{ "1 -", "1.2.3", BAD },
	{ "latest", "1.2.3", BAD },
	{ "1.2.3-01", "1.2.3", BAD },
	{ "1.2.3-", "1.2.3", BAD },
	{ "1.2.3+", "1.2.3", BAD },
	{ "1.2.3-a_b", "1.2.3", BAD },
	{ "99999999999999999999", "1.2.3", BAD },
	{ ">=1 ||", "1.2.3", BAD },
	{ "|| 1", "1.2.3", BAD },
};

static void test_row(void **state)
{
	const struct row *row = *state;
	struct version version;
	AUTO_ERR err = ERR_INIT;
	bool in = false;

	assert_true(version_parse(str_of(row->version), &version));
	if (!version_in(&version, str_of(row->range), &in, &err)) {
		assert_int_equal(row->want, BAD);
		assert_int_equal(err.kind, ERR_INVALID);
		assert_non_null(strstr(err.msg, row->range));
		err_clear(&err);
		assert_false(version_in(NULL, str_of(row->range), &in, &err));
		return;
	}
	assert_int_equal(row->want, in ? IN : OUT);
	assert_true(version_in(NULL, str_of(row->range), &in, &err));
	assert_false(in && row->want == BAD);
}

/* More lenient than Helm's parser, which finds a hyphen's range by where blanks
 * happen to be. */
static void test_lenient(void **state)
{
	struct version version;
	AUTO_ERR err = ERR_INIT;
	bool in = false;

	(void)state;
	assert_true(version_parse(str_of("1.5.0"), &version));
	assert_true(version_in(&version, str_of("2||1.4 - 1.6"), &in, &err));
	assert_true(in);
	assert_true(version_in(&version, str_of("!=1.4 1.4 - 1.6"), &in, &err));
	assert_true(in);
}

static void test_versions(void **state)
{
	static const char *const good[] = { "0.0.0", "1",         "v1.2",
					    "01.02", "1.2.3-a.1", "1-a+b.01" };
	static const char *const bad[] = {
		"",   "v",    "1.", "1.2.3.4", "x",    "1.x", "1.2-",
		"1+", "1.2 ", " 1", "1.2-.",   "1-01", "-1",  "1.2.3-a..b"
	};
	struct version v;

	(void)state;
	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++)
		if (!version_parse(str_of(good[i]), &v))
			fail_msg("%s is a version", good[i]);
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		if (version_parse(str_of(bad[i]), &v))
			fail_msg("\"%s\" is no version", bad[i]);
}

/* SemVer 2.0.0, section 11. */
static void test_order(void **state)
{
	static const char *const order[] = {
		"1.0.0-alpha", "1.0.0-alpha.1", "1.0.0-alpha.beta",
		"1.0.0-beta",  "1.0.0-beta.2",  "1.0.0-beta.11",
		"1.0.0-rc.1",  "1.0.0",         "2.0.0",
		"2.1.0",       "2.1.1",
	};
	enum { COUNT = sizeof(order) / sizeof(order[0]) };
	struct version v[COUNT];

	(void)state;
	for (size_t i = 0; i < COUNT; i++)
		assert_true(version_parse(str_of(order[i]), &v[i]));
	for (size_t i = 0; i < COUNT; i++)
		for (size_t k = 0; k < COUNT; k++) {
			int got = version_compare(&v[i], &v[k]);

			assert_int_equal((got > 0) - (got < 0),
					 (i > k) - (i < k));
		}
}

static void test_long(void **state)
{
	char text[LIMIT_RANGE_BYTES + 2];
	AUTO_ERR err = ERR_INIT;
	struct version v;
	bool in;

	(void)state;
	memset(text, '1', sizeof(text));
	for (size_t i = 1; i < sizeof(text); i += 2)
		text[i] = ' ';
	assert_true(
		version_in(NULL, str_cut(text, LIMIT_RANGE_BYTES), &in, &err));
	assert_false(version_in(NULL, str_cut(text, LIMIT_RANGE_BYTES + 1), &in,
				&err));
	memset(text, 'a', sizeof(text));
	memcpy(text, "1-", 2);
	assert_true(version_parse(str_cut(text, LIMIT_RANGE_BYTES), &v));
	assert_false(version_parse(str_cut(text, LIMIT_RANGE_BYTES + 1), &v));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_lenient),
		cmocka_unit_test(test_versions),
		cmocka_unit_test(test_order),
		cmocka_unit_test(test_long),
	};
	int failed = ROWS_RUN("version", rows, test_row);

	return failed + cmocka_run_group_tests(tests, NULL, NULL);
}
