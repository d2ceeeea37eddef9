/*
 * --set and its like. What Helm 3.21's pkg/strvals made of the same arguments
 * is in the rows; empty lists differ on purpose, and what leads into a null.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/alloc.h"
#include "base/limits.h"
#include "cli/setting.h"
#include "data/json.h"
#include "data/yaml_read.h"
#include "unit/rows.h"

static const struct row {
	const char *name;
	enum setting_kind kind;
	const char *before, *arg; /* before: YAML */
	const char *want;         /* JSON, or the error */
} rows[] = {
	{ "one", SETTING_TYPED, "{}", "a=b", "{\"a\":\"b\"}" },
	{ "below", SETTING_TYPED, "{a: {x: 1}}", "a.b=c",
	  "{\"a\":{\"x\":1,\"b\":\"c\"}}" },
	{ "many", SETTING_TYPED, "{}", "a=1,b.c=2,b.d=3",
	  "{\"a\":1,\"b\":{\"c\":2,\"d\":3}}" },
	{ "comma at the end", SETTING_TYPED, "{}", "a=1,", "{\"a\":1}" },
	{ "empty value", SETTING_TYPED, "{}",
	  "a=,b=", "{\"a\":\"\",\"b\":\"\"}" },
	{ "equals sign in a value", SETTING_TYPED, "{}", "a=b=c",
	  "{\"a\":\"b=c\"}" },
	{ "blanks stay", SETTING_TYPED, "{}", "a= b ", "{\"a\":\" b \"}" },
	{ "characters", SETTING_TYPED, "{}", "\xc3\xa9=\xe2\x82\xac",
	  "{\"\xc3\xa9\":\"\xe2\x82\xac\"}" },

	{ "booleans", SETTING_TYPED, "{}", "a=true,b=False,c=yes",
	  "{\"a\":true,\"b\":false,\"c\":\"yes\"}" },
	{ "null", SETTING_TYPED, "{a: 1}", "a=null,b=Null",
	  "{\"a\":null,\"b\":null}" },
	{ "integers", SETTING_TYPED, "{}", "a=0,b=-5,c=+7,d=007,e=1.5,f=1e3",
	  "{\"a\":0,\"b\":-5,\"c\":7,\"d\":\"007\",\"e\":\"1.5\","
	  "\"f\":\"1e3\"}" },
	{ "64 bits", SETTING_TYPED, "{}",
	  "a=9223372036854775807,b=-9223372036854775808,"
	  "c=9223372036854775808",
	  "{\"a\":9223372036854775807,\"b\":-9223372036854775808,"
	  "\"c\":\"9223372036854775808\"}" },

	{ "escapes", SETTING_TYPED, "{}", "a\\.b=x\\,y,c\\=d=e\\\\f",
	  "{\"a.b\":\"x,y\",\"c=d\":\"e\\\\f\"}" },
	{ "list", SETTING_TYPED, "{}", "a={x,1,true},b=2",
	  "{\"a\":[\"x\",1,true],\"b\":2}" },
	{ "list of escapes", SETTING_TYPED, "{}", "a={x\\,y,\\}}",
	  "{\"a\":[\"x,y\",\"}\"]}" },
	{ "empty lists are ours", SETTING_TYPED, "{}", "a={},b=[]",
	  "{\"a\":[],\"b\":[]}" },
	{ "list of one empty text", SETTING_TYPED, "{}", "a={,}",
	  "{\"a\":[\"\",\"\"]}" },
	{ "items", SETTING_TYPED, "{}", "a[0]=x,a[1]=y",
	  "{\"a\":[\"x\",\"y\"]}" },
	{ "item of a list", SETTING_TYPED, "{a: [{x: 1}, 2]}", "a[0].b=c",
	  "{\"a\":[{\"x\":1,\"b\":\"c\"},2]}" },
	{ "nulls in front", SETTING_TYPED, "{}", "a[2]=x",
	  "{\"a\":[null,null,\"x\"]}" },
	{ "lists of lists", SETTING_TYPED, "{}", "a[0][1]=x,a[0][0].b={1}",
	  "{\"a\":[[{\"b\":[1]},\"x\"]]}" },
	{ "in place of null", SETTING_TYPED, "{a: null}", "a.b=1",
	  "{\"a\":{\"b\":1}}" },

	{ "strings", SETTING_STRING, "{}", "a=1,b=true,c=null,d={1,x},e=[]",
	  "{\"a\":\"1\",\"b\":\"true\",\"c\":\"null\",\"d\":[\"1\",\"x\"],"
	  "\"e\":\"[]\"}" },

	{ "JSON", SETTING_JSON, "{a: {x: 1}}",
	  "a.b=[1.50, {\"c\": \"},\\\"\"}],d=null,e= \"x\" ,f=",
	  "{\"a\":{\"x\":1,\"b\":[1.50,{\"c\":\"},\\\"\"}]},\"d\":null,"
	  "\"e\":\"x\",\"f\":null}" },
	{ "JSON object", SETTING_JSON, "{a: {x: 1}, b: 2}",
	  " {\"a\": {\"y\": 2}, \"b\": null}",
	  "{\"a\":{\"x\":1,\"y\":2},\"b\":null}" },

	{ "no value", SETTING_TYPED, "{}", "a",
	  "--set a: has no value: write key=value" },
	{ "no value before a comma", SETTING_TYPED, "{}", "a,b=1",
	  "--set a,b: has no value: write key=value" },
	{ "empty", SETTING_TYPED, "{}", "",
	  "--set : has no value: write key=value" },
	{ "no key", SETTING_TYPED, "{}", "=x", "--set : a key is empty" },
	{ "empty part", SETTING_TYPED, "{}", "a..b=secret",
	  "--set a..b: a key is empty" },
	{ "through a string", SETTING_TYPED, "{a: secret}", "a.b=secret",
	  "--set a.b: leads through a string at \"b\"" },
	{ "item of a map", SETTING_TYPED, "{a: {b: 1}}", "a[0]=1",
	  "--set a[0]: [0] is asked of what is no list but a map" },
	{ "index is none", SETTING_TYPED, "{}", "a[x]=1",
	  "--set a[x]: an index is a number from 0 on" },
	{ "negative index", SETTING_TYPED, "{}", "a[-1]=1",
	  "--set a[-1]: an index is a number from 0 on" },
	{ "open index", SETTING_TYPED, "{}", "a[0=1",
	  "--set a[0: an index such as [0] is not complete" },
	{ "text behind an index", SETTING_TYPED, "{}", "a[0]b=1",
	  "--set a[0]b: behind an index stands =, . or [" },
	{ "highest index", SETTING_JSON, "{}", "a[65537]=secret",
	  "--set-json a[65537]: an index is at most 65536" },
	{ "open list", SETTING_TYPED, "{}", "a={secret,",
	  "--set a: the list is not closed by }" },
	{ "text behind a list", SETTING_TYPED, "{}", "a={x}secret",
	  "--set a: behind a list stands a comma, or nothing" },
	{ "too many steps", SETTING_TYPED, "{}",
	  "a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a=1",
	  "--set a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a"
	  ": more than 30 steps" },
	{ "no UTF-8", SETTING_TYPED, "{}", "a=\xff",
	  "--set : is no text in UTF-8" },
	{ "file that is not there", SETTING_FILE, "{}", "a=/nothing/x",
	  "--set-file a: /nothing/x: No such file or directory" },
};

static void test_row(void **state)
{
	const struct row *row = *state;
	AUTO(val_unref) struct val *before = NULL, *after = NULL;
	AUTO_BUF got = BUF_INIT(LIMIT_KIB(64));
	AUTO_ERR err = ERR_INIT;

	assert_true(yaml_read(str_of(row->before), "row", &before, &err));
	if (setting_apply(before, row->kind, row->arg, &after, &err))
		json_write(after, &got);
	else
		buf_add_text(&got, err.msg);
	assert_string_equal(buf_text(&got), row->want);
}

static void test_bad_json(void **state)
{
	const struct val *empty = NULL;
	static const char *const args[] = { "a={secret", "{secret", "a=[1" };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(args); i++) {
		struct val *after = NULL;
		AUTO_ERR err = ERR_INIT;

		assert_false(setting_apply(empty, SETTING_JSON, args[i], &after,
					   &err));
		assert_int_equal(err.kind, ERR_INVALID);
		assert_int_equal(strncmp(err.msg, "--set-json", 10), 0);
		assert_null(strstr(err.msg, "secret"));
	}
}

/* At each limit, and one more. */
static void test_limits(void **state)
{
	AUTO_BUF path = BUF_INIT(LIMIT_KIB(4));

	(void)state;
	for (size_t i = 0; i < LIMIT_SET_STEPS; i++)
		buf_addf(&path, "%sa", i ? "." : "");
	for (size_t i = 0; i < 4; i++) {
		AUTO_FREE char *arg =
			i < 2 ? alloc_print("a[%zu]=x", LIMIT_SET_INDEX + i)
			      : alloc_print("%s%s=x", buf_text(&path),
					    i == 2 ? "" : ".a");
		AUTO(val_unref) struct val *after = NULL;
		AUTO_ERR err = ERR_INIT;

		assert_int_equal(setting_apply(NULL, SETTING_TYPED, arg, &after,
					       &err),
				 i % 2 == 0);
		assert_int_equal(err.kind, i % 2 ? ERR_LIMIT : ERR_NONE);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_bad_json),
					    cmocka_unit_test(test_limits) };
	int failed = ROWS_RUN("setting", rows, test_row);

	return failed + cmocka_run_group_tests(tests, NULL, NULL);
}
