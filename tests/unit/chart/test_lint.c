/* Planted mistakes: each is found at its line and column, and nothing else. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/alloc.h"
#include "base/limits.h"
#include "data/yaml_read.h"
#include "unit/chart/linted.h"
#include "unit/rows.h"

static const struct row {
	const char *name;
	struct folder_file files[8];
	const char *want; /* "file:line:column rule" of each finding */
} rows[] = {
	{ "nothing", { META }, "" },
	{ "one object", { META, { "templates/a.yaml", OBJECT } }, "" },

	/* Chart.yaml and what stops a chart from loading. */
	{ "description and icon",
	  { { "Chart.yaml", FOLDER_META "home: https://x\n" } },
	  "Chart.yaml:1:1 chart-description;Chart.yaml:1:1 chart-icon" },
	{ "unknown key of Chart.yaml",
	  { META_OF("maintainer: x\n") },
	  "Chart.yaml:6:1 chart-key" },
	{ "no version",
	  { { "Chart.yaml", "apiVersion: v2\nname: c\n" } },
	  "Chart.yaml:1:1 chart-yaml" },
	{ "bad apiVersion",
	  { { "Chart.yaml", "name: c\napiVersion: v1\nversion: 1.2.3\n" } },
	  "Chart.yaml:2:1 chart-yaml" },
	{ "no engine",
	  { { "Chart.yaml", "apiVersion: v2\nname: c\nversion: 1.2.3\n"
			    "annotations: {}\n" } },
	  "Chart.yaml:4:1 chart-yaml" },
	{ "Chart.yaml is no YAML",
	  { { "Chart.yaml", "a: 1\n b: 2\n" } },
	  "Chart.yaml:2:3 chart-yaml" },
	{ "values.yaml is no YAML",
	  { META, { "values.yaml", "a: [1\n" } },
	  "values.yaml:2:1 chart-file" },
	{ "definitions that are none",
	  { META,
	    { "crds/a.yaml", "apiVersion: apiextensions.k8s.io/v1\n"
			     "kind: CustomResourceDefinition\n"
			     "metadata: {name: a}\n" } },
	  "crds/a.yaml:3:18 chart-file" },
	{ "schema is none",
	  { META,
	    { "values.schema.json",
	      "{\n  \"properties\": {\"a\": {\"type\": 3}}}" } },
	  "values.schema.json:2:24 chart-file" },
	{ "dependency that is not there",
	  { META_OF("dependencies:\n  - name: x\n    version: 1.0.0\n") },
	  "Chart.yaml:7:5 dependency" },
	{ "raw templates that are not there",
	  { { "Chart.yaml",
	      "apiVersion: v2\nname: c\nversion: 1.2.3\nannotations:\n"
	      "  ide.example.com/template-engine: mustache\n"
	      "  ide.example.com/raw-templates: templates/x.yaml\n" } },
	  "Chart.yaml:6:3 raw-annotation" },

	/* Templates by themselves: all of them, also where several fail. */
	{ "tags that are not closed",
	  { META,
	    { "templates/a.yaml", OBJECT "data:\n  {{#x}}\n" },
	    { "templates/b.yaml", "{{/y}}" },
	    { "templates/_p.mustache", "a: {{x" } },
	  "templates/_p.mustache:1:4 template-syntax;"
	  "templates/a.yaml:5:3 template-syntax;"
	  "templates/b.yaml:1:1 template-syntax" },
	{ "raw insertion",
	  { META, { "templates/a.yaml", OBJECT "data: {{{x}}}\n" } },
	  "templates/a.yaml:4:7 raw-insertion" },
	{ "partials that are not there",
	  { META,
	    { "templates/a.yaml", OBJECT "data:\n  {{> p}}\n  {{> q}}\n" },
	    { "templates/_q.mustache", "{{> f/r}}" } },
	  "templates/_q.mustache:1:1 missing-partial;"
	  "templates/a.yaml:5:3 missing-partial" },
	{ "partial that nothing includes",
	  { META, { "templates/_p.mustache", "a: b\n" } },
	  "templates/_p.mustache:1:1 unused-partial" },
	{ "partial that a dynamic name may mean",
	  { META,
	    { "values.yaml", "p: p\n" },
	    { "templates/a.yaml", OBJECT "data:\n  {{>*Values.p}}\n" },
	    { "templates/_p.mustache", "a: b\n" } },
	  "" },

	/* YAML. */
	{ "YAML error behind tags",
	  { META,
	    { "values.yaml", "x: true\n" },
	    { "templates/a.yaml",
	      OBJECT "data:\n  {{#Values.x}}\n  a: b\n   c: d\n  "
		     "{{/Values.x}}\n" } },
	  "templates/a.yaml:7:5 yaml-syntax" },
	{ "YAML error with one preset only",
	  { META,
	    { "values.yaml", "x: false\n" },
	    { "presets/p.yaml", "x: true\n" },
	    { "templates/a.yaml",
	      OBJECT "data:\n  {{#Values.x}}\n  a: b\n   c: d\n  "
		     "{{/Values.x}}\n" } },
	  "templates/a.yaml:7:5 yaml-syntax" },
	{ "no blank behind a colon",
	  { META,
	    { "values.yaml", "x: 1\nw: 2\nz: 3\n" },
	    { "templates/a.yaml",
	      OBJECT "# a:{{Values.x}}\n"
		     "data:\n  a: b:{{Values.w}}\n  c:{{Values.x}}\n" },
	    { "templates/b.yaml",
	      "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: b}\n"
	      "data: {k: |\n    k:{{Values.z}}\n  }\n" } },
	  "templates/a.yaml:7:5 missing-blank;"
	  "templates/b.yaml:4:11 yaml-syntax" },
	{ "block scalars hold anything",
	  { META,
	    { "values.yaml", "x: 1\n" },
	    { "templates/a.yaml",
	      OBJECT "data:\n  k: |\n    k:{{Values.x}}\n    -{{Values.x}}\n"
		     "\t{{Values.x}}#x\n  l: >-\n    k:{{Values.x}}\n" } },
	  "templates/a.yaml:8:1 tab;"
	  "templates/a.yaml:8:2 glued-comment" },
	{ "keys in a list",
	  { META,
	    { "values.yaml", "x: 1\n" },
	    { "templates/a.yaml",
	      "apiVersion: x/v1\nkind: X\nmetadata: {name: a}\nspec:\n"
	      "  - nginx:{{Values.x}}\n  - https://a:{{Values.x}}/b\n" } },
	  "" },
	{ "no blank behind a dash",
	  { META,
	    { "values.yaml", "x: a\n" },
	    { "templates/a.yaml",
	      "apiVersion: x/v1\nkind: X\nmetadata: {name: a}\nspec:\n"
	      "  a:\n    -{{Values.x}}\n  b: \"-{{Values.x}}\"\n" } },
	  "templates/a.yaml:6:6 glued-item" },
	{ "comment behind a value",
	  { META,
	    { "values.yaml", "x: a\n" },
	    { "templates/a.yaml", OBJECT "data:\n  a: {{Values.x}}#note\n"
					 "  b: {{Values.x}} # note\n"
					 "  c: \"{{Values.x}}#note\"\n" } },
	  "templates/a.yaml:5:6 glued-comment" },
	{ "indentation by helpers",
	  { META,
	    { "values.yaml", "x: {a: b}\nz: c\n" },
	    { "templates/a.yaml",
	      OBJECT "data:\n  a: {{#nindent.4}}{{Values.z}}{{/nindent.4}}\n"
		     "  b: |\n"
		     "    {{#indent.2}}{{#toYaml}}{{Values.x}}{{/toYaml}}"
		     "{{/indent.2}}\n" } },
	  "templates/a.yaml:5:6 needless-indent" },
	{ "toYaml where a value would do",
	  { META,
	    { "values.yaml", "x: {a: b}\n" },
	    { "templates/a.yaml",
	      "apiVersion: x/v1\nkind: X\nmetadata: {name: a}\nspec:\n"
	      "  r: {{#toYaml}}{{Values.x}}{{/toYaml}}\n"
	      "data:\n  r: {{#toYaml}}{{Values.x}}{{/toYaml}}\n" } },
	  "templates/a.yaml:5:6 needless-yaml" },
	{ "tab",
	  { META, { "templates/a.yaml", OBJECT "data:\n\ta: b\n" } },
	  "templates/a.yaml:5:1 tab" },
	{ "separator at the end",
	  { META, { "templates/a.yaml", "---\n" OBJECT "---\n# end\n" } },
	  "templates/a.yaml:5:1 last-separator" },

	/* Variables. */
	{ "variables that nothing defines",
	  { META,
	    { "values.yaml", "a: {b: 1}\n" },
	    { "templates/a.yaml",
	      OBJECT "data:\n  {{^Values.a}}\n  x: \"{{Values.c}}\"\n"
		     "  y: \"{{Values.a.d}}\"\n  z: \"{{Relase.Name}}\"\n"
		     "  {{/Values.a}}\n" } },
	  "templates/a.yaml:6:7 missing-value;"
	  "templates/a.yaml:7:7 missing-value;"
	  "templates/a.yaml:8:7 missing-value" },
	{ "variables that may be missing",
	  { META,
	    { "values.yaml", "a: {b: 1}\nopen: {}\nnone: null\n" },
	    { "values.schema.json",
	      "{\"properties\": {\"global\": {}, \"a\": {\"properties\": "
	      "{\"s\": {}, \"b\": {}}}}}" },
	    { "presets/p.yaml", "a: {p: 1}\n" },
	    { "templates/a.yaml",
	      OBJECT "# {{Values.never}}\ndata:\n  {{#Values.a.x}}\n"
		     "  a: \"{{Values.a.x}}{{Values.a.s}}{{Values.a.p}}\"\n"
		     "  b: \"{{Values.open.x}}{{Values.none.x}}\"\n"
		     "  {{/Values.a.x}}\n  c: \"{{#default}}{{Values.q}}-"
		     "{{/default}}{{Values.a.b}}\"\n"
		     "  d: {{Values.z?}}\n" } },
	  "presets/p.yaml:1:5 preset-key;"
	  "values.schema.json:1:52 schema-property" },
	{ "variables of sections",
	  { META,
	    { "values.yaml", "m: {a: {b: 1}, c: 2}\nl: [{n: 1}]\n" },
	    { "templates/a.yaml",
	      OBJECT "data:\n  {{#Values.m}}\n  a: \"{{a.b}}{{c}}{{d}}\"\n"
		     "  {{/Values.m}}\n  {{#Values.l}}\n  b: \"{{n}}{{q}}\"\n"
		     "  {{/Values.l}}\n" } },
	  "templates/a.yaml:6:19 missing-value" },
	{ "variables of partials",
	  { META,
	    { "values.yaml", "m: {a: 1}\n" },
	    { "templates/a.yaml", OBJECT "data:\n  {{#Values.m}}\n  "
					 "{{> p}}\n  {{/Values.m}}\n" },
	    { "templates/_p.mustache", "a: \"{{a}}\"\nb: \"{{b}}\"\n" } },
	  "templates/_p.mustache:2:5 missing-value" },
	{ "values that nothing mentions",
	  { META,
	    { "values.yaml",
	      "a:\n  b: 1\n  c: 2\nd: {e: 1}\nf: [1]\nglobal: {}\n"
	      "stopped: false\ng: {h: 1}\ni: {j: 1}\nk: {l: 1}\n" },
	    { "templates/a.yaml",
	      OBJECT "# {{Values.f}}\ndata:\n  a: \"{{Values.a.b}}\"\n"
		     "  {{#Values.g.*}}\n  {{*}}: x\n  {{/Values.g.*}}\n"
		     "  <<: {{Values.i}}\n" },
	    { "templates/NOTES.txt", "{{#Values.k}}{{l}}{{/Values.k}}" } },
	  "templates/a.yaml:10:7 string-wanted;"
	  "values.yaml:3:3 unused-value;values.yaml:4:1 unused-value;"
	  "values.yaml:5:1 unused-value" },

	{ "values of subcharts",
	  { META_OF("dependencies:\n  - name: x\n    version: 1.x.x\n"
		    "    condition: use.x\n"),
	    FOLDER_SUB("x", ""),
	    { "charts/x/values.yaml", "a: 1\nb: 2\n" },
	    { "charts/x/templates/a.yaml",
	      OBJECT "data: {a: \"{{Values.a}}\"}\nfoo: {{Values.c}}\n" },
	    { "values.yaml", "x: {a: 2}\nuse: {x: true}\ntags: {}\n" },
	    { "templates/b.yaml",
	      "apiVersion: v1\nkind: Secret\nmetadata: {name: b}\n"
	      "stringData: {b: \"{{Values.x.b}}{{Values.x.d}}\"}\n" } },
	  "charts/x/templates/a.yaml:5:6 missing-value;"
	  "templates/b.yaml:4:32 missing-value" },

	/* Presets and the schema. */
	{ "preset keys",
	  { META,
	    { "values.yaml", "a: {b: 1}\nopen: {}\n" },
	    { "presets/p.yaml", "a:\n  c: 2\nopen: {x: 1}\nd: 1\n" },
	    { "templates/NOTES.txt", "{{Values.a}}{{Values.open}}" } },
	  "presets/p.yaml:2:3 preset-key;presets/p.yaml:4:1 preset-key" },
	{ "preset that is not there",
	  { META,
	    { "values.yaml", "template: q\n" },
	    { "presets/p.yaml", "template: r\n" } },
	  "presets/p.yaml:1:11 unknown-preset;"
	  "values.yaml:1:11 unknown-preset" },
	{ "values against the schema",
	  { META,
	    { "values.yaml", "a: 1\nb: {c: x}\n" },
	    { "values.schema.json",
	      "{\"properties\": {\"a\": {\"type\": \"string\"},\n"
	      "\"b\": {\"properties\": {\"c\": {\"type\": \"integer\"}}}}}" },
	    { "templates/NOTES.txt", "{{Values.a}}{{Values.b}}" } },
	  "values.yaml:1:1 values;values.yaml:2:5 values" },
	{ "a preset against the schema",
	  { META,
	    { "values.yaml", "a: x\n" },
	    { "presets/p.yaml", "# p\na: 1\n" },
	    { "values.schema.json",
	      "{\"properties\": {\"a\": {\"type\": \"string\"}}}" },
	    { "templates/NOTES.txt", "{{Values.a}}" } },
	  "presets/p.yaml:2:1 values" },
	{ "schema and values.yaml",
	  { META,
	    { "values.yaml", "a: {x: 1}\nc: 1\n" },
	    { "values.schema.json",
	      "{\"additionalProperties\": false, \"properties\": {\n"
	      "  \"a\": {\"properties\": {\"x\": {},\n"
	      "    \"y\": {}}},\n  \"b\": {}}}" },
	    { "templates/NOTES.txt", "{{Values.a}}{{Values.c}}" } },
	  "values.schema.json:3:5 schema-property;"
	  "values.schema.json:4:3 schema-property;values.yaml:2:1 values" },

	/* Texts. */
	{ "status",
	  { META, { "status.yaml", "a: {{Health.nothing}}\n" } },
	  "status.yaml:1:4 status" },
	{ "status that is no map",
	  { META, { "status.yaml", "# s\n- a\n" } },
	  "status.yaml:2:1 status" },
	{ "status of live objects",
	  { META,
	    { "templates/a.yaml", OBJECT },
	    { "status.yaml", "{{#Live.ConfigMap}}\nb: {{nmae}}\n"
			     "{{/Live.ConfigMap}}\n" } },
	  "status.yaml:2:4 status" },
	{ "notes, told once",
	  { META,
	    { "values.yaml", "a: 1\n" },
	    { "templates/NOTES.txt", "{{Values.a}}{{Values.b}}\n" } },
	  "templates/NOTES.txt:1:13 missing-value" },
	{ "notes",
	  { META,
	    { "values.yaml", "a: 1\n" },
	    { "templates/NOTES.txt",
	      "{{Values.a}}\n{{#int}}x{{/int}} {{Values.b}}\n" } },
	  "templates/NOTES.txt:2:1 notes;"
	  "templates/NOTES.txt:2:19 missing-value" },
};

static void test_row(void **state)
{
	const struct row *row = *state;

	linted(row->files, row->want);
}

/* A set of values is tried, its name told, and what it knows is known. */
static void test_try(void **state)
{
	const struct folder_file files[] = {
		META,
		{ "values.yaml", "x: false\n" },
		{ "templates/a.yaml",
		  OBJECT "{{#Values.x}}\nfoo: {{Values.z}}\n{{/Values.x}}\n" },
		{ NULL, NULL },
	};
	AUTO_FREE char *path = folder_make(files);
	AUTO(val_unref) struct val *values = NULL;
	struct lint lint = { 0 };
	AUTO_ERR err = ERR_INIT;

	(void)state;
	assert_true(yaml_read(str_of("{x: true, z: 1}"), "row", &values, &err));
	const struct lint_try one = { .name = "-f a", .values = values };
	lint_folder(path, &one, 1, &lint);
	folder_remove(path);
	assert_int_equal(lint.count, 1);
	assert_int_equal(lint.items[0].rule, LINT_RULE_UNKNOWN_FIELD);
	assert_string_equal(lint.items[0].with, "-f a");
	assert_string_equal(lint.items[0].message,
			    "a ConfigMap has no field foo; it has data "
			    "binaryData immutable");
	lint_done(&lint);
}

static void test_limit(void **state)
{
	enum { MORE = 7 };
	AUTO_BUF text = BUF_INIT(LIMIT_MIB(1));
	struct lint lint = { 0 };

	(void)state;
	for (size_t i = 0; i < LIMIT_LINT_FINDINGS + MORE; i++)
		buf_addf(&text, "v%zu: 1\n", i);
	const struct folder_file files[] = {
		META,
		{ "values.yaml", buf_text(&text) },
		{ NULL, NULL },
	};
	AUTO_FREE char *path = folder_make(files);
	lint_folder(path, NULL, 0, &lint);
	folder_remove(path);
	assert_int_equal(lint.count, LIMIT_LINT_FINDINGS);
	assert_int_equal(lint.left_out, MORE);
	assert_int_equal(lint.of[LINT_WARNING], LIMIT_LINT_FINDINGS + MORE);
	lint_done(&lint);
}

/* Partials that include one another, twice each: lint ends, and does not say
 * what it can no longer know. */
static void test_steps(void **state)
{
	struct folder_file files[24] = {
		META,
		{ "values.yaml", "x: 1\n" },
		{ "templates/a.yaml", "{{> p0}}\n" },
	};
	char *made[2][19];
	struct lint lint = { 0 };

	(void)state;
	for (size_t i = 0; i < 19; i++) {
		made[0][i] = alloc_print("templates/_p%zu.mustache", i);
		made[1][i] = i < 18 ? alloc_print("{{> p%zu}}{{> p%zu}}", i + 1,
						  i + 1)
				    : alloc_copy("");
		files[3 + i] = (struct folder_file){ made[0][i], made[1][i] };
	}
	assert_true(LIMIT_LINT_STEPS < 1 << 18);
	AUTO_FREE char *path = folder_make(files);
	lint_folder(path, NULL, 0, &lint);
	folder_remove(path);
	assert_int_equal(lint.count, 1);
	assert_int_equal(lint.items[0].rule, LINT_RULE_RENDER);
	lint_done(&lint);
	for (size_t i = 0; i < 19; i++) {
		free(made[0][i]);
		free(made[1][i]);
	}
}

static void test_no_chart(void **state)
{
	const struct lint_options options = { .name = "r", .namespace = "d" };
	struct lint lint = { 0 };
	AUTO_ERR err = ERR_INIT;

	(void)state;
	assert_false(lint_chart("charts/nothing", &options, &lint, &err));
	assert_int_equal(err.kind, ERR_NOT_FOUND);
	assert_int_equal(lint.count, 0);
	lint_done(&lint);
}

/* Every rule of the table is told by a name of its own. */
static void test_rules(void **state)
{
	(void)state;
	for (size_t i = 0; i < LINT_RULE_COUNT; i++)
		for (size_t k = 0; k < i; k++)
			assert_string_not_equal(
				lint_rule_name((enum lint_rule)i),
				lint_rule_name((enum lint_rule)k));
}

/* This repository's charts, as they are. */
static void test_own_charts(void **state)
{
	struct lint lint = { 0 };

	(void)state;
	lint_folder("charts/devmachine", NULL, 0, &lint);
	for (size_t i = 0; i < lint.count; i++)
		print_error("%s:%u: %s\n", lint.items[i].file,
			    lint.items[i].line, lint.items[i].message);
	assert_int_equal(lint.count, 0);
	lint_done(&lint);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_try),   cmocka_unit_test(test_limit),
		cmocka_unit_test(test_steps), cmocka_unit_test(test_no_chart),
		cmocka_unit_test(test_rules), cmocka_unit_test(test_own_charts),
	};
	int failed = ROWS_RUN("lint", rows, test_row);

	return failed + cmocka_run_group_tests(tests, NULL, NULL);
}
