#include "data/path.h"

#include "base/alloc.h"
#include "base/buf.h"
#include "base/limits.h"
#include "data/json.h"

#include "unit/rows.h"

static struct val *read_text(const char *text)
{
	struct val *v = NULL;
	AUTO_ERR err = ERR_INIT;

	if (text && !json_read(str_of(text), &v, &err))
		fail_msg("%s", err.msg);
	return v;
}

static void assert_json(const struct val *v, const char *want)
{
	AUTO_BUF out = BUF_INIT(10000);

	assert_int_equal(v != NULL, want != NULL);
	if (!v)
		return;
	json_write(v, &out);
	assert_string_equal(buf_text(&out), want);
}

enum action { GET, WITH, WITHOUT };

static const struct row {
	const char *name;
	enum action action;
	const char *json, *path, *want; /* WITH sets "X" */
} rows[] = {
	{ "get itself", GET, "{\"a\":1}", "", "{\"a\":1}" },
	{ "get a key", GET, "{\"a\":{\"b\":1}}", "a.b", "1" },
	{ "get an item", GET, "{\"a\":[1,{\"b\":2}]}", "a.1.b", "2" },
	{ "get behind the end", GET, "[1]", "1", NULL },
	{ "get a number of a map", GET, "{\"1\":2}", "1", "2" },
	{ "get a key with a dot", GET, "{\"a.b/c\":1}", "a\\.b/c", "1" },
	{ "get nothing", GET, "{\"a\":1}", "a.b", NULL },
	{ "get of nothing", GET, NULL, "a", NULL },
	{ "with itself", WITH, "1", "", "\"X\"" },
	{ "with a key", WITH, "{\"a\":1,\"b\":2}", "a",
	  "{\"a\":\"X\",\"b\":2}" },
	{ "with a new key", WITH, "{\"a\":1}", "b", "{\"a\":1,\"b\":\"X\"}" },
	{ "with new maps", WITH, NULL, "a.b.c",
	  "{\"a\":{\"b\":{\"c\":\"X\"}}}" },
	{ "with a map for null", WITH, "{\"a\":null}", "a.b",
	  "{\"a\":{\"b\":\"X\"}}" },
	{ "with an item", WITH, "[1,{\"a\":2}]", "1.a", "[1,{\"a\":\"X\"}]" },
	{ "with one more item", WITH, "[1]", "1", "[1,\"X\"]" },
	{ "with an item too far", WITH, "[1]", "2", NULL },
	{ "with a key of a list", WITH, "[1]", "a", NULL },
	{ "with a key of a scalar", WITH, "{\"a\":1}", "a.b", NULL },
	{ "with a key with a dot", WITH, "{}", "a\\.b.c",
	  "{\"a.b\":{\"c\":\"X\"}}" },
	{ "without a key", WITHOUT, "{\"a\":1,\"b\":2}", "a", "{\"b\":2}" },
	{ "without a deeper key", WITHOUT, "{\"a\":{\"b\":1,\"c\":2},\"d\":3}",
	  "a.b", "{\"a\":{\"c\":2},\"d\":3}" },
	{ "without the last key", WITHOUT, "{\"a\":{\"b\":1}}", "a.b",
	  "{\"a\":{}}" },
	{ "without an item", WITHOUT, "{\"a\":[1,2,3]}", "a.1",
	  "{\"a\":[1,3]}" },
	{ "without a key in an item", WITHOUT, "[{\"a\":1},{\"a\":2}]", "1.a",
	  "[{\"a\":1},{}]" },
	{ "without nothing", WITHOUT, "{\"a\":1}", "b.c", "{\"a\":1}" },
	{ "without an empty key", WITHOUT, "{\"a.\":1,\"b\":2}", "a\\.",
	  "{\"b\":2}" },
};

static void acts(void **state)
{
	const struct row *row = *state;
	AUTO(val_unref) struct val *v = read_text(row->json);
	AUTO(val_unref) struct val *before = read_text(row->json);
	AUTO(val_unref) struct val *x = val_new_textz("X");
	AUTO(val_unref) struct val *out = NULL;

	switch (row->action) {
	case GET:
		out = val_ref(path_get(v, row->path));
		break;
	case WITH:
		out = path_with(v, row->path, x);
		break;
	case WITHOUT:
		out = path_without(v, row->path);
		break;
	}
	assert_json(out, row->want);
	assert_true(val_equal(v, before));
}

static void texts(void **state)
{
	(void)state;
	AUTO(val_unref) struct val *v = read_text("{\"a\":\"x\",\"b\":1}");

	assert_string_equal(path_get_text(v, "a"), "x");
	assert_string_equal(path_get_text(v, "b"), "");
	assert_string_equal(path_get_text(v, "c"), "");
}

static struct val *nested(size_t levels)
{
	AUTO_BUF path = BUF_INIT(10000);

	for (size_t i = 0; i < levels; i++)
		buf_add_text(&path, i ? ".a" : "a");
	return path_with(NULL, buf_text(&path), val_null());
}

static void nesting(void **state)
{
	(void)state;
	AUTO(val_unref) struct val *deepest = nested(LIMIT_NESTING);
	AUTO(val_unref) struct val *deeper = nested(LIMIT_NESTING + 1);
	AUTO_ERR err = ERR_INIT;

	assert_non_null(deepest);
	assert_null(deeper);
	assert_true(path_check_nesting(deepest, &err));
	AUTO(val_unref) struct val *outer = val_with(NULL, "a", deepest);
	assert_false(path_check_nesting(outer, &err));
	assert_int_equal(err.kind, ERR_LIMIT);
}

static void shares_the_rest(void **state)
{
	(void)state;
	AUTO(val_unref) struct val *v =
		read_text("{\"a\":{\"b\":1},\"c\":{\"d\":2}}");
	AUTO(val_unref) struct val *w = path_with(v, "a.b", val_null());

	assert_ptr_equal(val_get(v, "c"), val_get(w, "c"));
}

int main(void)
{
	const struct CMUnitTest others[] = {
		cmocka_unit_test(texts),
		cmocka_unit_test(nesting),
		cmocka_unit_test(shares_the_rest),
	};

	return ROWS_RUN("path", rows, acts) +
	       cmocka_run_group_tests_name("path more", others, NULL, NULL);
}
