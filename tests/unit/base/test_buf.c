#include "base/buf.h"

#include "unit/rows.h"

static const struct row {
	const char *name;
	const char *parts[4]; /* NULL-terminated */
	const char *want;     /* NULL: larger than 8 bytes */
} rows[] = {
	{ "nothing", { NULL }, "" },
	{ "empty parts", { "", "", NULL }, "" },
	{ "one", { "abc", NULL }, "abc" },
	{ "many", { "a", "bc", "def", NULL }, "abcdef" },
	{ "the limit", { "1234", "5678", NULL }, "12345678" },
	{ "the limit at once", { "12345678", NULL }, "12345678" },
	{ "one more", { "12345678", "9", NULL }, NULL },
	{ "one more at once", { "123456789", NULL }, NULL },
	{ "stays over", { "123456789", "1", NULL }, NULL },
};

static void adds(void **state)
{
	const struct row *row = *state;
	AUTO_BUF b = BUF_INIT(8);
	AUTO_ERR err = ERR_INIT;
	char *out = NULL;
	size_t len = 99;

	for (size_t i = 0; row->parts[i]; i++)
		buf_add_text(&b, row->parts[i]);
	bool ok = buf_take(&b, &out, &len, &err);
	assert_int_equal(ok, row->want != NULL);
	assert_int_equal(err.kind, row->want ? ERR_NONE : ERR_LIMIT);
	if (!ok) {
		assert_null(out);
		assert_int_equal(len, 99);
		return;
	}
	assert_string_equal(out, row->want);
	assert_int_equal(len, strlen(row->want));
	free(out);
	assert_int_equal(b.len, 0);
	buf_add_text(&b, "again");
	assert_string_equal(buf_text(&b), "again");
}

static void prints(void **state)
{
	(void)state;
	AUTO_BUF b = BUF_INIT(1000);

	assert_string_equal(buf_text(&b), "");
	buf_addf(&b, "%s=%d", "a", 1);
	buf_add_char(&b, ';');
	buf_addf(&b, "%200s", "x");
	assert_int_equal(b.len, 204);
	buf_trim(&b, 500);
	assert_int_equal(b.len, 204);
	buf_trim(&b, 4);
	assert_string_equal(buf_text(&b), "a=1;");
	buf_addf(&b, "%s", "");
	assert_string_equal(buf_text(&b), "a=1;");
}

static void overflow_is_forgotten_by_clear(void **state)
{
	(void)state;
	AUTO_BUF b = BUF_INIT(2);

	buf_addf(&b, "%d", 1234);
	assert_true(buf_overflowed(&b));
	assert_int_equal(b.len, 0);
	buf_trim(&b, 0);
	buf_clear(&b);
	buf_add_text(&b, "ab");
	assert_false(buf_overflowed(&b));
	assert_string_equal(buf_text(&b), "ab");
}

static void reserve_is_no_promise(void **state)
{
	(void)state;
	AUTO_BUF b = BUF_INIT(10);

	buf_reserve(&b, 10);
	assert_true(b.cap >= 11);
	buf_reserve(&b, 11);
	assert_false(buf_overflowed(&b));
	buf_add(&b, NULL, 0);
	buf_add_str(&b, str_of(NULL));
	assert_string_equal(buf_text(&b), "");
}

static void reserved_is_empty(void **state)
{
	(void)state;
	AUTO_BUF b = BUF_INIT(10);

	buf_reserve(&b, 3);
	assert_string_equal(buf_text(&b), "");
	buf_add_text(&b, "ab");
	buf_reserve(&b, SIZE_MAX);
	assert_string_equal(buf_text(&b), "ab");
}

static void wipe_empties(void **state)
{
	(void)state;
	struct buf b = BUF_INIT(10);

	buf_wipe(&b);
	buf_add_text(&b, "secret");
	buf_wipe(&b);
	assert_null(b.p);
	assert_int_equal(b.max, 10);
}

int main(void)
{
	const struct CMUnitTest others[] = {
		cmocka_unit_test(prints),
		cmocka_unit_test(overflow_is_forgotten_by_clear),
		cmocka_unit_test(reserve_is_no_promise),
		cmocka_unit_test(reserved_is_empty),
		cmocka_unit_test(wipe_empties),
	};

	return ROWS_RUN("buf", rows, adds) +
	       cmocka_run_group_tests_name("buf more", others, NULL, NULL);
}
