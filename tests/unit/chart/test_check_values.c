/* Charts with a values.schema.json: what is refused when the chart is loaded,
 * and what when values are made. */
#include "base/alloc.h"
#include "chart/values.h"
#include "data/yaml_read.h"
#include "folder.h"

#include "unit/rows.h"

static const struct row {
	const char *name;
	const char *schema; /* NULL: the chart has none */
	const char *load;   /* the error of loading, behind the path; or NULL */
	const char *user;   /* values */
	const char *error;  /* of the values; or NULL */
} rows[] = {
	{ "no schema", NULL, NULL, "{anything: 1}", NULL },
	{ "fits", "{\"properties\": {\"a\": {\"type\": \"integer\"}}}", NULL,
	  "{a: 1}", NULL },
	{ "does not", "{\"properties\": {\"a\": {\"type\": \"integer\"}}}",
	  NULL, "{a: x}",
	  "values.schema.json: a: must be an integer, found a string of 1 "
	  "character" },
	{ "defaults count", "{\"required\": [\"image\"]}", NULL, "{}", NULL },
	{ "null removes what is required", "{\"required\": [\"image\"]}", NULL,
	  "{image: null}",
	  "values.schema.json: image: is required, and missing" },
	{ "required of users", "{\"required\": [\"domain\"]}", NULL,
	  "{domain: a.example}", NULL },
	{ "no JSON", "{\"type\": }",
	  "values.schema.json: line 1 column 10: ", NULL, NULL },
	{ "no schema in it", "{\"properties\": {\"a\": {\"type\": \"text\"}}}",
	  "values.schema.json: /properties/a/type: must be one of ", NULL,
	  NULL },
	{ "another document", "{\"$ref\": \"https://example.com/s.json\"}",
	  "values.schema.json: /$ref: \"https://example.com/s.json\" is "
	  "another document, and there is no network here",
	  NULL, NULL },
};

static void check_load(const struct row *row, const char *path, bool ok,
		       const struct err *err)
{
	AUTO_FREE char *want = alloc_print("chart %s: %s", path, row->load);

	assert_false(ok);
	if (!str_starts(str_of(err->msg), want))
		fail_msg("%s", err->msg);
	assert_int_equal(err->kind, ERR_INVALID);
}

static void check_values(const struct row *row, const struct chart *chart)
{
	AUTO(val_unref) struct val *user = NULL;
	AUTO(chart_values_free) struct chart_values *values = NULL;
	AUTO_ERR err = ERR_INIT;

	assert_true(yaml_read(str_of(row->user), "row", &user, &err));
	bool ok = chart_values_new(chart, NULL, user, NULL, &values, &err);
	assert_string_equal(ok ? "" : err.msg, row->error ? row->error : "");
	if (!ok)
		assert_non_null(err.field);
}

static void test_row(void **state)
{
	const struct row *row = *state;
	const struct folder_file files[] = {
		{ "Chart.yaml", FOLDER_META },
		{ "values.yaml", "image: i\n" },
		{ row->schema ? "values.schema.json" : NULL, row->schema },
		{ NULL, NULL },
	};
	AUTO_FREE char *path = folder_make(files);
	AUTO(chart_unref) struct chart *chart = NULL;
	AUTO_ERR err = ERR_INIT;

	bool ok = chart_load(path, &chart, &err);
	folder_remove(path);
	if (row->load)
		check_load(row, path, ok, &err);
	else if (!ok)
		fail_msg("%s", err.msg);
	else
		check_values(row, chart);
}

int main(void)
{
	return ROWS_RUN("check_values", rows, test_row);
}
