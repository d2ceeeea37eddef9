/* The order of keys does not matter, that of lists does. */
#include "release/digest.h"

#include "unit/release/given.h"
#include "unit/rows.h"

static const struct row {
	const char *name, *a, *b;
	bool same;
} rows[] = {
	{ "order of keys", "{a: 1, b: 2}", "{b: 2, a: 1}", true },
	{ "order of keys inside", "{x: [{a: 1, b: 2}]}", "{x: [{b: 2, a: 1}]}",
	  true },
	{ "order of a list", "[1, 2]", "[2, 1]", false },
	{ "text and number", "{a: '1'}", "{a: 1}", false },
	{ "text and bool", "{a: 'true'}", "{a: true}", false },
	{ "null and nothing", "{a: null}", "{}", false },
	{ "empty map and empty list", "{a: {}}", "{a: []}", false },
	{ "where a list ends", "[[1], 2]", "[[1, 2]]", false },
	{ "key and value", "{a: b}", "{b: a}", false },
	{ "a text that looks like JSON", "{a: '\",\"b\":\"'}", "{a: '', b: ''}",
	  false },
};

static void compares(void **state)
{
	const struct row *row = *state;
	AUTO(val_unref) struct val *a = given(row->a);
	AUTO(val_unref) struct val *b = given(row->b);
	char x[DIGEST_TEXT_BYTES], y[DIGEST_TEXT_BYTES];

	assert_int_equal(strcmp(digest_value(a, x), digest_value(b, y)) == 0,
			 row->same);
}

static void known(void **state)
{
	(void)state;
	AUTO(val_unref) struct val *v = given("{}");
	char text[DIGEST_TEXT_BYTES];

	/* printf '{}' | sha256sum */
	assert_string_equal(digest_value(v, text),
			    "44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e831"
			    "0c060f61caaff8a");
}

int main(void)
{
	const struct CMUnitTest others[] = { cmocka_unit_test(known) };

	return ROWS_RUN("digest", rows, compares) +
	       cmocka_run_group_tests_name("digest more", others, NULL, NULL);
}
