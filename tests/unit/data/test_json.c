#include "data/json.h"

#include "base/limits.h"
#include "base/thread.h"
#include "random_val.h"

#include "unit/rows.h"

/* What is read and written again; NULL: what was read, byte for byte. */
static const struct ok_row {
	const char *name, *text, *want;
} ok_rows[] = {
	{ "null", "null", NULL },
	{ "true", "true", NULL },
	{ "false", "false", NULL },
	{ "empty text", "\"\"", NULL },
	{ "empty list", "[]", NULL },
	{ "empty map", "{}", NULL },
	{ "one item", "[1]", NULL },
	{ "nested", "{\"a\":[{\"b\":null},[],{}]}", NULL },
	{ "order of keys", "{\"b\":1,\"a\":2}", NULL },
	{ "blanks", " \t\r\n[ 1 , 2 ] \n", "[1,2]" },
	/* What cJSON alone would change. */
	{ "10^15", "1000000000000000", NULL },
	{ "beyond 2^53", "9007199254740993", NULL },
	{ "beyond 64 bits", "1234567890123456789012", NULL },
	{ "no float64", "1e400", NULL },
	{ "digits are kept", "[1.10,1E5,-0,0.0,1e3]", NULL },
	{ "numbers and texts that look like some",
	  "{\"1\":\"2\",\"-3\":[4,\"5\\\"6\",7]}", NULL },
	{ "keys that differ in case", "{\"Kind\":1,\"kind\":2}", NULL },
	{ "escapes", "\"\\\"\\\\\\/\\b\\f\\n\\r\\t\"",
	  "\"\\\"\\\\/\\b\\f\\n\\r\\t\"" },
	{ "control characters", "\"\\u0001\\u001f\"", NULL },
	{ "unicode escape", "\"\\u00e9\"", "\"\xc3\xa9\"" },
	{ "surrogate pair", "\"\\ud83d\\ude00\"", "\"\xf0\x9f\x98\x80\"" },
	{ "escaped NUL is no NUL", "\"\\\\u0000\"", NULL },
	{ "DEL and U+2028", "\"\x7f\xe2\x80\xa8\"", NULL },
};

static void reads(void **state)
{
	const struct ok_row *row = *state;
	AUTO(val_unref) struct val *v = NULL;
	AUTO_BUF out = BUF_INIT(1000);
	AUTO_ERR err = ERR_INIT;

	assert_true(json_read(str_of(row->text), &v, &err));
	json_write(v, &out);
	assert_string_equal(buf_text(&out), row->want ? row->want : row->text);
}

static const struct bad_row {
	const char *name, *text, *where;
} bad_rows[] = {
	{ "empty", "", "" },
	{ "blank", " \n", "" },
	{ "no value", "nul", "line 1 column 1" },
	{ "duplicate key", "{\"a\":1,\"a\":2}", "" },
	{ "duplicate key, escaped", "{\"a\":1,\"\\u0061\":2}", "" },
	{ "text behind", "{\"a\":1} x", "line 1 column 8" },
	{ "second value", "1\n2", "line 1 column 2" },
	{ "leading zero", "[01]", "line 1 column 2" },
	{ "plus", "+1", "line 1 column 1" },
	{ "point at the end", "1.", "line 1 column 1" },
	{ "hexadecimal", "0x1f", "" },
	{ "NaN", "NaN", "" },
	{ "NUL in a text", "\"a\\u0000b\"", "line 1 column 3" },
	{ "invalid UTF-8", "\"\xff\"", "line 1 column 2" },
	{ "surrogate as UTF-8", "\"\xed\xa0\x80\"", "line 1 column 2" },
	{ "lonely surrogate", "\"\\ud83d\"", "" },
	{ "line end in a text", "[\n\"a\nb\"]", "line 2 column 3" },
	{ "behind more than ASCII", "[\"\xc3\xa9\", 01]", "line 1 column 7" },
	{ "text without end", "\"abc", "line 1 column 1" },
	{ "escape at the end", "\"abc\\", "line 1 column 1" },
	{ "unknown escape", "\"\\x\"", "" },
	{ "comma at the end", "[1,]", "" },
	{ "no comma", "[1 2]", "" },
	{ "no colon", "{\"a\" 1}", "" },
	{ "key without quotes", "{a:1}", "" },
	{ "comment", "// x\n1", "" },
	{ "list without end", "[1", "" },
	{ "map without end", "{\"a\":1", "" },
	{ "end without list", "]", "" },
};

static void refuses(void **state)
{
	const struct bad_row *row = *state;
	struct val *v = NULL;
	AUTO_ERR err = ERR_INIT;

	assert_false(json_read(str_of(row->text), &v, &err));
	assert_int_equal(err.kind, ERR_INVALID);
	assert_null(v);
	assert_non_null(strstr(err.msg, row->where));
}

static void nul_byte(void **state)
{
	(void)state;
	struct val *v = NULL;
	AUTO_ERR err = ERR_INIT, other = ERR_INIT;

	assert_false(json_read(str_cut("1\0", 2), &v, &err));
	assert_int_equal(err.kind, ERR_INVALID);
	assert_false(json_read(str_cut("\"a\0b\"", 5), &v, &other));
	assert_int_equal(other.kind, ERR_INVALID);
}

static enum err_kind read_nested(size_t levels, const char *open,
				 const char *close)
{
	AUTO_BUF text = BUF_INIT(10000);
	AUTO(val_unref) struct val *v = NULL;
	AUTO_ERR err = ERR_INIT;

	for (size_t i = 0; i < levels; i++)
		buf_add_text(&text, open);
	buf_add_text(&text, "1");
	for (size_t i = 0; i < levels; i++)
		buf_add_text(&text, close);
	(void)!json_read(buf_str(&text), &v, &err);
	return err.kind;
}

static void nesting(void **state)
{
	(void)state;
	assert_int_equal(read_nested(LIMIT_NESTING, "[", "]"), ERR_NONE);
	assert_int_equal(read_nested(LIMIT_NESTING + 1, "[", "]"), ERR_LIMIT);
	assert_int_equal(read_nested(LIMIT_NESTING, "{\"a\":", "}"), ERR_NONE);
	assert_int_equal(read_nested(LIMIT_NESTING + 1, "{\"a\":", "}"),
			 ERR_LIMIT);
}

static enum err_kind read_digits(size_t n)
{
	AUTO_BUF text = BUF_INIT(10000);
	AUTO(val_unref) struct val *v = NULL;
	AUTO_ERR err = ERR_INIT;

	for (size_t i = 0; i < n; i++)
		buf_add_char(&text, '1');
	(void)!json_read(buf_str(&text), &v, &err);
	return err.kind;
}

static void digits(void **state)
{
	(void)state;
	assert_int_equal(read_digits(LIMIT_NUMBER_DIGITS), ERR_NONE);
	assert_int_equal(read_digits(LIMIT_NUMBER_DIGITS + 1), ERR_LIMIT);
}

static void pretty(void **state)
{
	(void)state;
	static const char text[] = "{\n"
				   "  \"a\": [\n"
				   "    1,\n"
				   "    {}\n"
				   "  ],\n"
				   "  \"b\": []\n"
				   "}";
	AUTO(val_unref) struct val *v = NULL;
	AUTO_BUF out = BUF_INIT(1000);
	AUTO_ERR err = ERR_INIT;

	assert_true(json_read(str_of(text), &v, &err));
	json_write_pretty(v, &out);
	assert_string_equal(buf_text(&out), text);
}

static void as_go(void **state)
{
	(void)state;
	AUTO(val_unref) struct val *v =
		val_new_textz("<a>&\xe2\x80\xa8\xe2\x80\xa9\xe2\x80\xaa\"\n");
	AUTO_BUF out = BUF_INIT(1000);

	json_write_go(v, &out);
	assert_string_equal(buf_text(&out),
			    "\"\\u003ca\\u003e\\u0026\\u2028\\u2029"
			    "\xe2\x80\xaa\\\"\\n\"");
	buf_clear(&out);
	json_write_text(str_of("<\t>"), &out);
	assert_string_equal(buf_text(&out), "\"<\\t>\"");
	buf_clear(&out);
	json_write_text(str_of(NULL), &out);
	assert_string_equal(buf_text(&out), "\"\"");
	buf_clear(&out);
	json_write(NULL, &out);
	assert_string_equal(buf_text(&out), "null");
}

static const struct sorted_row {
	const char *name, *text, *want;
} sorted_rows[] = {
	{ "null", "null", "null" },
	{ "empty map", "{}", "{}" },
	{ "empty list", "[ ]", "[]" },
	{ "by bytes", "{\"b\":1,\"B\":2,\"aa\":3,\"a\":4,\"é\":5}",
	  "{\"B\":2,\"a\":4,\"aa\":3,\"b\":1,\"é\":5}" },
	{ "digits stay", "[1.10, 9007199254740993]",
	  "[1.10,9007199254740993]" },
	{ "nested", "{\"b\":{\"d\":1,\"c\":[{\"f\":1,\"e\":2}]},\"a\":\"x\"}",
	  "{\"a\":\"x\",\"b\":{\"c\":[{\"e\":2,\"f\":1}],\"d\":1}}" },
};

static void sorts(void **state)
{
	const struct sorted_row *row = *state;
	AUTO(val_unref) struct val *v = NULL;
	AUTO_BUF out = BUF_INIT(1000);
	AUTO_ERR err = ERR_INIT;

	assert_true(json_read(str_of(row->text), &v, &err));
	json_write_sorted(v, &out);
	assert_string_equal(buf_text(&out), row->want);
}

typedef void write_fn(const struct val *v, struct buf *out);

static void comes_back(const struct val *v, write_fn *fn)
{
	AUTO(val_unref) struct val *back = NULL;
	AUTO_BUF text = BUF_INIT(LIMIT_MIB(4));
	AUTO_ERR err = ERR_INIT;

	fn(v, &text);
	if (!json_read(buf_str(&text), &back, &err))
		fail_msg("%s in %s", err.msg, buf_text(&text));
	if (!val_equal(v, back))
		fail_msg("changed: %s", buf_text(&text));
}

static void every_value_comes_back(void **state)
{
	(void)state;
	struct random_val r = { .seed = 20260101 };

	for (int i = 0; i < 3000; i++) {
		AUTO(val_unref) struct val *v = random_val(&r);

		comes_back(v, json_write);
		comes_back(v, json_write_pretty);
		comes_back(v, json_write_go);
		comes_back(v, json_write_sorted);
	}
}

static void read_often(void *ctx)
{
	for (int i = 0; i < 2000; i++) {
		AUTO(val_unref) struct val *v = NULL;
		AUTO_ERR err = ERR_INIT;
		bool bad = i % 2;

		bool ok = json_read(str_of(bad ? "[1,}" : "[1,2]"), &v, &err);
		*(bool *)ctx &= ok == !bad;
	}
}

static void many_threads(void **state)
{
	(void)state;
	struct thread threads[3];
	bool fine[3] = { true, true, true };
	AUTO_ERR err = ERR_INIT;

	for (size_t i = 0; i < 3; i++)
		assert_true(thread_start(&threads[i], "json", read_often,
					 &fine[i], &err));
	for (size_t i = 0; i < 3; i++)
		thread_join(&threads[i]);
	assert_true(fine[0] && fine[1] && fine[2]);
}

int main(void)
{
	const struct CMUnitTest others[] = {
		cmocka_unit_test(nul_byte),
		cmocka_unit_test(nesting),
		cmocka_unit_test(digits),
		cmocka_unit_test(pretty),
		cmocka_unit_test(as_go),
		cmocka_unit_test(every_value_comes_back),
		cmocka_unit_test(many_threads),
	};

	return ROWS_RUN("json", ok_rows, reads) +
	       ROWS_RUN("json refused", bad_rows, refuses) +
	       ROWS_RUN("json sorted", sorted_rows, sorts) +
	       cmocka_run_group_tests_name("json more", others, NULL, NULL);
}
