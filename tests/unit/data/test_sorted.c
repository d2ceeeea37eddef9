#include "data/sorted.h"

#include "base/buf.h"
#include "data/json.h"

#include "unit/rows.h"

static const struct sorted_row {
	const char *name, *json, *want;
} sorted_rows[] = {
	{ "null", "null", "null" },
	{ "number", "1.10", "1.10" },
	{ "text", "\"b\"", "\"b\"" },
	{ "nothing in it", "{\"a\":[],\"b\":{}}", "{\"a\":[],\"b\":{}}" },
	{ "one map", "{\"b\":1,\"a\":2,\"c\":null}",
	  "{\"a\":2,\"b\":1,\"c\":null}" },
	{ "by bytes", "{\"a\":1,\"B\":1,\"\":1,\"a.b\":1,\"a-b\":1,\"ä\":1}",
	  "{\"\":1,\"B\":1,\"a\":1,\"a-b\":1,\"a.b\":1,\"ä\":1}" },
	{ "within one another", "{\"b\":[{\"d\":1,\"c\":[{\"z\":1,\"y\":2}]}]}",
	  "{\"b\":[{\"c\":[{\"y\":2,\"z\":1}],\"d\":1}]}" },
	{ "lists stay", "[3,1,2]", "[3,1,2]" },
};

static void sorts(void **state)
{
	const struct sorted_row *row = *state;
	struct val *v = NULL;
	AUTO_ERR err = ERR_INIT;
	AUTO_BUF got = BUF_INIT(1000);

	assert_true(json_read(str_of(row->json), &v, &err));
	AUTO(val_unref) struct val *sorted = sorted_new(v);
	json_write(sorted, &got);
	assert_string_equal(buf_text(&got), row->want);
	assert_true(val_equal(sorted, v));
	val_unref(v);
}

static void nothing(void **state)
{
	(void)state;
	assert_null(sorted_new(NULL));
}

int main(void)
{
	const struct CMUnitTest others[] = { cmocka_unit_test(nothing) };

	return ROWS_RUN("sorted", sorted_rows, sorts) +
	       cmocka_run_group_tests_name("sorted more", others, NULL, NULL);
}
