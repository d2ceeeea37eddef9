/* Values over values: which layer wins, and what null does. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/alloc.h"
#include "base/limits.h"
#include "chart/values.h"
#include "data/json.h"
#include "data/yaml_read.h"
#include "unit/chart/folder.h"

static const struct row {
	const char *name;
	const char *layers[4]; /* chart, preset, user, overrides */
	const char *want;      /* JSON, or the error */
} rows[] = {
	{ "defaults", { "{a: 1}", NULL, NULL, NULL }, "{\"a\":1}" },
	{ "later layers win",
	  { "{a: 1, b: 1, c: 1, d: 1}", "{b: 2, c: 2, d: 2}", "{c: 3, d: 3}",
	    "{d: 4}" },
	  "{\"a\":1,\"b\":2,\"c\":3,\"d\":4}" },
	{ "maps merge",
	  { "{a: {b: 1}}", "{a: {c: 2}}", "{a: {b: 3}}", "{a: {d: 4}}" },
	  "{\"a\":{\"b\":3,\"c\":2,\"d\":4}}" },
	{ "lists replace",
	  { "{a: [1, 2]}", "{a: [3]}", NULL, NULL },
	  "{\"a\":[3]}" },
	{ "null removes",
	  { "{a: {b: 1}, c: 1}", NULL, "{a: {b: null}, c: null}", NULL },
	  "{\"a\":{}}" },
	{ "null removes what a preset set",
	  { "{a: {}}", "{a: {b: 1}}", "{a: {b: null}}", NULL },
	  "{\"a\":{}}" },
	{ "an override comes back after null",
	  { "{a: {b: 1}}", NULL, "{a: {b: null}}", "{a: {b: 2}}" },
	  "{\"a\":{\"b\":2}}" },
	{ "null default stays",
	  { "{a: null}", NULL, "{b: 1}", NULL },
	  "{\"a\":null,\"b\":1}" },
	{ "digits stay",
	  { "{a: 1e3}", NULL, "{b: 1.10}", NULL },
	  "{\"a\":1e3,\"b\":1.10}" },
	{ "null layer", { "{a: 1}", "null", "~", NULL }, "{\"a\":1}" },
	{ "layer is a list",
	  { "{a: 1}", NULL, "[1]", NULL },
	  "the values must be a map, found list" },
	{ "preset is text",
	  { "{a: 1}", "b", NULL, NULL },
	  "the preset must be a map, found string" },
	{ "global is text",
	  { "{}", NULL, "{global: a}", NULL },
	  "global must be a map, found string" },
};

static void test_row(void **state)
{
	const struct row *row = *state;
	const struct folder_file files[] = {
		{ "Chart.yaml", FOLDER_META },
		{ "values.yaml", row->layers[0] },
		{ NULL, NULL },
	};
	AUTO_FREE char *path = folder_make(files);
	struct val *layers[4] = { NULL };
	AUTO(chart_unref) struct chart *chart = NULL;
	AUTO(chart_values_free) struct chart_values *got = NULL;
	AUTO_BUF text = BUF_INIT(LIMIT_MIB(1));
	AUTO_ERR err = ERR_INIT;

	assert_true(chart_load(path, &chart, &err));
	folder_remove(path);
	for (size_t i = 1; i < ARRAY_LEN(layers); i++)
		if (row->layers[i])
			assert_true(yaml_read(str_of(row->layers[i]), "row",
					      &layers[i], &err));
	if (chart_values_new(chart, layers[1], layers[2], layers[3], &got,
			     &err))
		json_write(got->all, &text);
	else
		buf_add_text(&text, err.msg);
	assert_string_equal(buf_text(&text), row->want);
	for (size_t i = 0; i < ARRAY_LEN(layers); i++)
		val_unref(layers[i]);
}

int main(void)
{
	struct CMUnitTest tests[ARRAY_LEN(rows)] = { 0 };

	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		tests[i] = (struct CMUnitTest){
			.name = rows[i].name,
			.test_func = test_row,
			.initial_state = (void *)(uintptr_t)&rows[i],
		};
	return cmocka_run_group_tests_name("values", tests, NULL, NULL);
}
