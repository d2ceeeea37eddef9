#include "data/pointer.h"

#include "data/json.h"

#include "unit/rows.h"

/* The examples of RFC 6901 section 5, and their like. */
static const char document[] =
	"{\"foo\":[\"bar\",\"baz\"],\"\":0,\"a/b\":1,\"c%d\":2,\"e^f\":3,"
	"\"g|h\":4,\"i\\\\j\":5,\"k\\\"l\":6,\" \":7,\"m~n\":8,\"~1\":9,"
	"\"o\":{\"p\":{\"0\":10}}}";

static const struct row {
	const char *name, *want; /* NULL: nothing there */
} rows[] = {
	{ "/foo", "[\"bar\",\"baz\"]" },
	{ "/foo/0", "\"bar\"" },
	{ "/foo/1", "\"baz\"" },
	{ "/foo/2", NULL },
	{ "/foo/01", NULL },
	{ "/foo/-", NULL },
	{ "/foo/99999999999999999999", NULL },
	{ "/", "0" },
	{ "/a~1b", "1" },
	{ "/a/b", NULL },
	{ "/c%d", "2" },
	{ "/e^f", "3" },
	{ "/g|h", "4" },
	{ "/i\\j", "5" },
	{ "/k\"l", "6" },
	{ "/ ", "7" },
	{ "/m~0n", "8" },
	{ "/~01", "9" },
	{ "/m~n", "8" },
	{ "/o/p/0", "10" },
	{ "/foo/0/deeper", NULL },
	{ "/missing/deeper", NULL },
	{ "foo", NULL },
	{ "//", NULL },
};

static void gets(void **state)
{
	const struct row *row = *state;
	AUTO(val_unref) struct val *v = NULL;
	AUTO_BUF out = BUF_INIT(1000);
	AUTO_ERR err = ERR_INIT;

	assert_true(json_read(str_of(document), &v, &err));
	const struct val *item = pointer_get(v, row->name);
	assert_int_equal(item != NULL, row->want != NULL);
	if (!item)
		return;
	json_write(item, &out);
	assert_string_equal(buf_text(&out), row->want);
}

static void whole(void **state)
{
	(void)state;
	assert_ptr_equal(pointer_get(val_null(), ""), val_null());
	assert_null(pointer_get(NULL, ""));
}

static void adds(void **state)
{
	(void)state;
	static const char *const keys[] = { "", "a", "a/b", "m~n", "~1", "/~/" };
	AUTO_BUF pointer = BUF_INIT(1000), key = BUF_INIT(1000);

	for (size_t i = 0; i < ARRAY_LEN(keys); i++)
		pointer_add(&pointer, str_of(keys[i]));
	pointer_add_index(&pointer, 42);
	assert_string_equal(buf_text(&pointer), "//a/a~1b/m~0n/~01/~1~0~1/42");
	struct str rest = buf_str(&pointer);
	for (size_t i = 0; i < ARRAY_LEN(keys); i++) {
		assert_true(pointer_next(&rest, &key));
		assert_true(str_is(buf_str(&key), keys[i]));
	}
	assert_true(pointer_next(&rest, &key));
	assert_false(pointer_next(&rest, &key));
}

int main(void)
{
	const struct CMUnitTest others[] = { cmocka_unit_test(whole),
					     cmocka_unit_test(adds) };

	return ROWS_RUN("pointer", rows, gets) +
	       cmocka_run_group_tests_name("pointer more", others, NULL, NULL);
}
