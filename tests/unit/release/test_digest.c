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

static const struct text_row {
	const char *name, *yaml, *want;
} text_rows[] = {
	{ "null", "null", "null" },
	{ "empty map", "{}", "{}" },
	{ "empty list", "[]", "[]" },
	{ "by bytes", "{b: 1, B: 2, aa: 3, a: 4, é: 5}",
	  "{\"B\":2,\"a\":4,\"aa\":3,\"b\":1,\"é\":5}" },
	{ "digits stay", "[1.10, 9007199254740993]",
	  "[1.10,9007199254740993]" },
	{ "nested", "{b: {d: 1, c: [{f: 1, e: 2}]}, a: x}",
	  "{\"a\":\"x\",\"b\":{\"c\":[{\"e\":2,\"f\":1}],\"d\":1}}" },
};

static void writes(void **state)
{
	const struct text_row *row = *state;
	AUTO(val_unref) struct val *v = given(row->yaml);
	AUTO_BUF text = BUF_INIT(1000);

	digest_write_sorted(v, &text);
	assert_string_equal(buf_text(&text), row->want);
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
	       ROWS_RUN("digest text", text_rows, writes) +
	       cmocka_run_group_tests_name("digest more", others, NULL, NULL);
}
