/* Loading: what a chart may and may not be. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/alloc.h"
#include "chart/chart.h"
#include "chart/values.h"
#include "unit/chart/folder.h"

#define META(more)                             \
	{                                      \
		"Chart.yaml", FOLDER_META more \
	}

#define FOLDER_RAW(paths)                               \
	"apiVersion: v2\nname: c\nversion: 1.2.3\n"     \
	"annotations:\n"                                \
	"  ide.example.com/template-engine: mustache\n" \
	"  ide.example.com/raw-templates: |\n    " paths "\n"

static const struct row {
	const char *name;
	struct folder_file files[6];
	const char *want; /* the error behind the chart's path; NULL: none */
} rows[] = {
	{ "smallest", { META("") }, NULL },
	{ "hidden and other files",
	  { META(""), { ".x/y", "{{" }, { "README.md", "{{" } },
	  NULL },
	{ "empty", { { NULL, NULL } }, "there is no Chart.yaml" },
	{ "no version",
	  { { "Chart.yaml", "apiVersion: v2\nname: c\n" } },
	  "Chart.yaml: version is missing, or no version such as 1.2.3 (a "
	  "version like 1.20 needs quotes)" },
	{ "no name",
	  { { "Chart.yaml", "apiVersion: v2\nversion: 1.2.3\n" } },
	  "Chart.yaml: name is missing, or no name" },
	{ "apiVersion v1",
	  { { "Chart.yaml", "apiVersion: v1\nname: c\nversion: 1.2.3\n" } },
	  "Chart.yaml: apiVersion must be v2" },
	{ "library",
	  { META("type: library") },
	  "Chart.yaml: a library chart cannot be installed: it is for the "
	  "charts/ of others" },
	{ "Go templates",
	  { { "Chart.yaml", "apiVersion: v2\nname: c\nversion: 1.2.3\n" },
	    { "README.md", "{{" },
	    { "templates/x.yaml", "a: 1\n\"\xc3\xa9\": {{ .Values.b }}\n" } },
	  "templates/x.yaml:2:6: {{ .Values.b }}: looks like a Go template; a "
	  "chart of mustache templates says so in Chart.yaml: annotations: "
	  "{ide.example.com/template-engine: mustache}; charts/README.md, From "
	  "Go templates, tells what to write instead" },
	{ "no annotation",
	  { { "Chart.yaml", "apiVersion: v2\nname: c\nversion: 1.2.3\n" } },
	  "Chart.yaml: annotations must hold ide.example.com/template-engine: "
	  "mustache" },
	{ "values are a list",
	  { META(""), { "values.yaml", "[]" } },
	  "values.yaml: must be a map, found list" },
	{ "values are nothing",
	  { META(""), { "values.yaml", "# none" } },
	  NULL },
	{ "values with a duplicate key",
	  { META(""), { "values.yaml", "a: 1\na: 2\n" } },
	  "values.yaml:2:1: duplicate key \"a\", the first is at "
	  "values.yaml:1:1" },
	{ "preset is text",
	  { META(""), { "presets/p.yaml", "a" } },
	  "presets/p.yaml: must be a map, found string" },
	{ "section never closed",
	  { META(""), { "templates/a.yaml", "a: 1\n {{#x}}\n" } },
	  "templates/a.yaml:2:2: section \"x\" is never closed" },
	{ "raw",
	  { META(""), { "templates/a.yaml", "a: {{{x}}}\n" } },
	  "templates/a.yaml:1:4: unescaped insertion of \"x\" is not allowed "
	  "here: write {{x}}" },
	{ "raw in a partial",
	  { META(""), { "templates/_a.mustache", "{{&x}}" } },
	  "templates/_a.mustache:1:1: unescaped insertion of \"x\" is not "
	  "allowed here: write {{x}}" },
	{ "raw in notes",
	  { META(""), { "templates/NOTES.txt", "{{&x}}" } },
	  NULL },
	{ "raw where it is listed",
	  { { "Chart.yaml", FOLDER_RAW("templates/a.yaml, status.yaml\n"
				       "    templates/_b.mustache") },
	    { "templates/a.yaml", "a: {{{x}}}\n" },
	    { "templates/_b.mustache", "{{&x}}" },
	    { "status.yaml", "a: {{&x}}" } },
	  NULL },
	{ "raw beside where it is listed",
	  { { "Chart.yaml", FOLDER_RAW("templates/a.yaml") },
	    { "templates/a.yaml", "a: {{{x}}}\n" },
	    { "templates/b.yaml", "a: {{{x}}}\n" } },
	  "templates/b.yaml:1:4: unescaped insertion of \"x\" is not allowed "
	  "here: write {{x}}" },
	{ "raw listed for what is not there",
	  { { "Chart.yaml", FOLDER_RAW("templates/a.yaml") } },
	  "Chart.yaml: the annotation ide.example.com/raw-templates names "
	  "templates/a.yaml, which is no template of the chart" },
	{ "raw listed for what is no template",
	  { { "Chart.yaml", FOLDER_RAW("values.yaml") },
	    { "values.yaml", "" } },
	  "Chart.yaml: the annotation ide.example.com/raw-templates names "
	  "values.yaml, which is no template of the chart" },
	{ "raw listed as a list",
	  { { "Chart.yaml",
	      "apiVersion: v2\nname: c\nversion: 1.2.3\nannotations:\n"
	      "  ide.example.com/template-engine: mustache\n"
	      "  ide.example.com/raw-templates: [a]\n" } },
	  "Chart.yaml: the annotation ide.example.com/raw-templates must be a "
	  "string of paths" },
	{ "kubeVersion is no range",
	  { META("kubeVersion: new") },
	  "Chart.yaml: kubeVersion: \"new\" is no range of versions such as "
	  "^1.2, >=1.2.3 <2 or 1.x || 2.x" },
	{ "unknown keys of Chart.yaml",
	  { META("deprecated: true\nsomething: [else]") },
	  NULL },
	{ "unknown partial",
	  { META(""), { "templates/a.yaml", "{{> b}}\n" } },
	  "templates/a.yaml:1:1: there is no partial \"b\"" },
	{ "partial in a folder",
	  { META(""),
	    { "templates/a.yaml", "{{> f/b}}\n" },
	    { "templates/f/_b.mustache", "" } },
	  NULL },
	{ "partial without its mark",
	  { META(""), { "templates/a.mustache", "" } },
	  "templates/a.mustache: the name of a partial begins with _" },
	{ "Go helpers",
	  { META(""), { "templates/_helpers.tpl", "" } },
	  "templates/_helpers.tpl: is neither a template (.yaml), nor a "
	  "partial (_NAME.mustache), nor NOTES.txt" },
	{ "mark in a template",
	  { META(""), { "templates/a.yaml", "a: \xf4\x80\x80\x80" } },
	  "templates/a.yaml:1:4: characters of the private use plane 16 "
	  "(U+100000 and up) are not allowed in templates" },
	{ "mark as an escape",
	  { META(""), { "templates/a.yaml", "a: \"\\U00100000\"" } },
	  "templates/a.yaml:1:5: characters of the private use plane 16 "
	  "(U+100000 and up) are not allowed in templates" },
	{ "line end of YAML 1.1",
	  { META(""), { "templates/a.yaml", "a: 1\nb: \xe2\x80\xa8" } },
	  "templates/a.yaml:2:4: U+0085, U+2028 and U+2029 end a line for "
	  "some readers of YAML: write them as \"\\x85\", \"\\u2028\", "
	  "\"\\u2029\"" },
	{ "no UTF-8",
	  { META(""), { "templates/a.yaml", "a: 1\nb: \xff" } },
	  "templates/a.yaml:2:1: byte 0xff: template is no UTF-8 text" },
	{ "byte order mark",
	  { META(""),
	    { "values.yaml", "\xef\xbb\xbf"
			     "a: 1\n" } },
	  NULL },
};

static void test_load(void **state)
{
	const struct row *row = *state;
	AUTO_FREE char *path = folder_make(row->files);
	AUTO_FREE char *want = NULL;
	AUTO(chart_unref) struct chart *chart = NULL;
	AUTO_ERR err = ERR_INIT;
	bool ok = chart_load(path, &chart, &err);

	folder_remove(path);
	if (!row->want && !ok)
		fail_msg("%s", err.msg);
	if (!row->want)
		return;
	assert_false(ok);
	assert_null(chart);
	want = alloc_print("chart %s: %s", path, row->want);
	assert_string_equal(err.msg, want);
	assert_int_equal(err.kind, ERR_INVALID);
}

static void test_nowhere(void **state)
{
	AUTO(chart_unref) struct chart *chart = NULL;
	AUTO_ERR err = ERR_INIT;

	(void)state;
	assert_false(chart_load("/nowhere", &chart, &err));
	assert_int_equal(err.kind, ERR_NOT_FOUND);
}

static void test_parts(void **state)
{
	static const struct folder_file files[] = {
		META("appVersion: 1.10\n"),
		{ "values.yaml", "a: 1\n" },
		{ "presets/small.yaml", "a: 2\n" },
		{ "status.yaml", "a: {{Values.a}}\n" },
		{ "templates/b.yaml", "" },
		{ "templates/a.yml", "" },
		{ "templates/NOTES.txt", "" },
		{ "templates/_p.mustache", "" },
		{ NULL, NULL },
	};
	AUTO_FREE char *path = folder_make(files);
	AUTO(chart_unref) struct chart *chart = NULL;
	AUTO_ERR err = ERR_INIT;

	(void)state;
	assert_true(chart_load(path, &chart, &err));
	folder_remove(path);
	assert_string_equal(chart->name, "c");
	assert_string_equal(chart->version, "1.2.3");
	assert_string_equal(chart->app_version, "1.10");
	assert_int_equal(chart->file_count, 8);
	assert_int_equal(chart->template_count, 2);
	assert_string_equal(chart->templates[0].file->path, "templates/a.yml");
	assert_string_equal(chart->templates[1].file->path, "templates/b.yaml");
	assert_string_equal(chart->notes->path, "templates/NOTES.txt");
	assert_string_equal(chart->status->path, "status.yaml");
	assert_string_equal(chart_find(chart, "values.yaml")->data.p, "a: 1\n");
	assert_null(chart_find(chart, "values.yml"));
	assert_non_null(chart_preset(chart, "small"));
	assert_null(chart_preset(chart, "large"));
	chart_unref(chart_ref(chart));
}

int main(void)
{
	enum { ROWS = ARRAY_LEN(rows) };
	struct CMUnitTest tests[ROWS + 2] = {
		[ROWS] = cmocka_unit_test(test_nowhere),
		[ROWS + 1] = cmocka_unit_test(test_parts),
	};

	for (size_t i = 0; i < ROWS; i++)
		tests[i] = (struct CMUnitTest){
			.name = rows[i].name,
			.test_func = test_load,
			.initial_state = (void *)(uintptr_t)&rows[i],
		};
	return cmocka_run_group_tests_name("chart", tests, NULL, NULL);
}
