/* Charts within charts: what may be, what templates of a subchart see, and that
 * nothing multiplies beyond its limit. */
#include "chart/render.h"
#include "chart/values.h"

#include "base/alloc.h"
#include "base/limits.h"
#include "chart/source.h"
#include "data/json.h"
#include "unit/chart/pack.h"

#include "unit/rows.h"

#include <stdio.h>
#include <unistd.h>

static const struct row {
	const char *name;
	struct folder_file files[7];
	const char *want; /* the error behind the chart's path; NULL: none */
} rows[] = {
	{ "not listed", { FOLDER_ROOT(""), FOLDER_SUB("d", "") }, NULL },
	{ "listed",
	  { FOLDER_ROOT("dependencies: [{name: d}]"), FOLDER_SUB("d", "") },
	  NULL },
	{ "repository and unknown keys do not count",
	  { FOLDER_ROOT(
		    "dependencies: [{name: d, version: 1.x, repository: '@x', "
		    "y: 1, enabled: false}]"),
	    FOLDER_SUB("d", "x: 1") },
	  NULL },
	{ "missing",
	  { FOLDER_ROOT("dependencies: [{name: d, version: 1.x}]") },
	  "d is found in Chart.yaml, but missing in charts/: `helm dependency "
	  "build` puts it there" },
	{ "missing below",
	  { FOLDER_ROOT(""),
	    FOLDER_SUB("d", "dependencies: [{name: e, version: 1.x}]") },
	  "e is found in charts/d/Chart.yaml, but missing in charts/d/charts/: "
	  "`helm dependency build` puts it there" },
	{ "missing although disabled",
	  { FOLDER_ROOT("dependencies: [{name: d, condition: d.enabled}]"),
	    { "values.yaml", "d: {enabled: false}" } },
	  "d is found in Chart.yaml, but missing in charts/: `helm dependency "
	  "build` puts it there" },
	{ "another version",
	  { FOLDER_ROOT("dependencies: [{name: d, version: ^2}]"),
	    FOLDER_SUB("d", "") },
	  "Chart.yaml wants d ^2, but charts/d/ is version 1.2.3" },
	{ "an old version is left over",
	  { FOLDER_ROOT("dependencies: [{name: d, version: 1.x}]"),
	    FOLDER_SUB("d", ""),
	    { "charts/old/Chart.yaml", FOLDER_CHART("d", "0.1.0", "") } },
	  "charts/old/ is version 0.1.0 of d, which Chart.yaml does not want: "
	  "remove it" },
	{ "two of one version",
	  { FOLDER_ROOT("dependencies: [{name: d, version: 1.x}]"),
	    FOLDER_SUB("d", ""),
	    { "charts/e/Chart.yaml", FOLDER_CHART("d", "1.9.0", "") } },
	  "charts/d/ and charts/e/ are both d in the range that Chart.yaml "
	  "wants: leave one" },
	{ "two versions under two names",
	  { FOLDER_ROOT("dependencies: [{name: d, version: 1.x}, "
			"{name: d, version: 2.x, alias: e}]"),
	    FOLDER_SUB("d", ""),
	    { "charts/e/Chart.yaml", FOLDER_CHART("d", "2.0.0", "") } },
	  NULL },
	{ "two of one name",
	  { FOLDER_ROOT(""),
	    FOLDER_SUB("d", ""),
	    { "charts/e/Chart.yaml", FOLDER_CHART("d", "1.2.3", "") } },
	  "charts/d/ and charts/e/ would both be called d: give one an alias" },
	{ "the same alias twice",
	  { FOLDER_ROOT(
		    "dependencies: [{name: d, alias: a}, {name: d, alias: a}]"),
	    FOLDER_SUB("d", "") },
	  "Chart.yaml: dependencies.1: there is another with name or alias a" },
	{ "alias of another's name",
	  { FOLDER_ROOT("dependencies: [{name: d, alias: e}]"),
	    FOLDER_SUB("d", ""), FOLDER_SUB("e", "") },
	  "charts/e/ and charts/d/ would both be called e: give one an alias" },
	{ "alias with a dot",
	  { FOLDER_ROOT("dependencies: [{name: d, alias: a.b}]"),
	    FOLDER_SUB("d", "") },
	  "Chart.yaml: dependencies.0.alias: must consist of letters, digits, "
	  "- and _" },
	{ "called global",
	  { FOLDER_ROOT("dependencies: [{name: d, alias: global}]"),
	    FOLDER_SUB("d", "") },
	  "charts/d/: a subchart cannot be called global, where values for "
	  "all charts are" },
	{ "dependencies are a map",
	  { FOLDER_ROOT("dependencies: {name: d}") },
	  "Chart.yaml: dependencies must be a list" },
	{ "dependency is a text",
	  { FOLDER_ROOT("dependencies: [d]") },
	  "Chart.yaml: dependencies.0: must be a map with a name" },
	{ "no range",
	  { FOLDER_ROOT("dependencies: [{name: d, version: latest}]"),
	    FOLDER_SUB("d", "") },
	  "Chart.yaml: dependencies.0.version: \"latest\" is no range of "
	  "versions such as ^1.2, >=1.2.3 <2 or 1.x || 2.x" },
	{ "version is a list",
	  { FOLDER_ROOT("dependencies: [{name: d, version: [1]}]") },
	  "Chart.yaml: dependencies.0.version: must be a string" },
	{ "condition is a map",
	  { FOLDER_ROOT("dependencies: [{name: d, condition: {}}]") },
	  "Chart.yaml: dependencies.0.condition: must be a string" },
	{ "tags are a text",
	  { FOLDER_ROOT("dependencies: [{name: d, tags: a}]") },
	  "Chart.yaml: dependencies.0.tags: must be a list" },
	{ "tag is a number",
	  { FOLDER_ROOT("dependencies: [{name: d, tags: [1]}]") },
	  "Chart.yaml: dependencies.0.tags: must be a list of strings" },
	{ "import-values are a text",
	  { FOLDER_ROOT("dependencies: [{name: d, import-values: a}]") },
	  "Chart.yaml: dependencies.0.import-values: must be a list" },
	{ "import without a parent",
	  { FOLDER_ROOT(
		  "dependencies: [{name: d, import-values: [{child: a}]}]") },
	  "Chart.yaml: dependencies.0.import-values: must be a list of names, "
	  "or of child and parent" },
	{ "import of nothing (ours)",
	  { FOLDER_ROOT("dependencies: [{name: d, import-values: [a]}]"),
	    FOLDER_SUB("d", "") },
	  "Chart.yaml: import-values of d: exports.a is no map in its "
	  "values" },
	{ "requirements.yaml",
	  { FOLDER_ROOT(""), { "requirements.yaml", "dependencies: []\n" } },
	  "requirements.yaml: its dependencies belong into Chart.yaml" },
	{ "no Chart.yaml",
	  { FOLDER_ROOT(""), { "charts/d/values.yaml", "" } },
	  "charts/d/: there is no Chart.yaml" },
	{ "what Helm leaves out",
	  { FOLDER_ROOT(""),
	    { "charts/README.md", "" },
	    { "charts/_d/x", "" },
	    { "charts/.d/x", "" },
	    { "charts/d.tgz.prov", "" } },
	  NULL },
	{ "folder that is called like an archive",
	  { FOLDER_ROOT(""),
	    { "charts/d.tgz/Chart.yaml", FOLDER_CHART("d", "1.2.3", "") } },
	  NULL },
	{ "no archive",
	  { FOLDER_ROOT(""), { "charts/d.tgz", "x" } },
	  "charts/d.tgz: is no gzipped archive (.tgz)" },
	{ "Go templates in a subchart",
	  { FOLDER_ROOT(""),
	    { "charts/d/Chart.yaml",
	      "apiVersion: v2\nname: d\nversion: 1.2.3\n" },
	    { "charts/d/templates/x.yaml", "a: {{ .Values.b }}\n" } },
	  "charts/d/templates/x.yaml:1:4: {{ .Values.b }}: looks like a Go "
	  "template; a chart of mustache templates says so in Chart.yaml: "
	  "annotations: {ide.example.com/template-engine: mustache}; "
	  "charts/README.md, From Go templates, tells what to write instead" },
	{ "broken template in a subchart",
	  { FOLDER_ROOT(""),
	    FOLDER_SUB("d", ""),
	    { "charts/d/templates/x.yaml", "{{#a}}\n" } },
	  "charts/d/templates/x.yaml:1:1: section \"a\" is never closed" },
	{ "broken values in a subchart",
	  { FOLDER_ROOT(""),
	    FOLDER_SUB("d", ""),
	    { "charts/d/values.yaml", "[]" } },
	  "charts/d/values.yaml: must be a map, found list" },
	{ "values of a subchart are a text",
	  { FOLDER_ROOT(""), FOLDER_SUB("d", ""), { "values.yaml", "d: x" } },
	  "the values of subchart d must be a map, found string" },
	{ "values of a subchart's subchart are a list",
	  { FOLDER_ROOT(""),
	    FOLDER_SUB("d", ""),
	    FOLDER_SUBSUB("d", "e"),
	    { "values.yaml", "d: {e: []}" } },
	  "the values of subchart d/e must be a map, found list" },
	{ "global of a subchart is a text",
	  { FOLDER_ROOT(""),
	    FOLDER_SUB("d", ""),
	    { "values.yaml", "d: {global: x}" } },
	  "global in the values of subchart d must be a map, found string" },
	{ "unknown partial of a subchart",
	  { FOLDER_ROOT(""),
	    FOLDER_SUB("d", ""),
	    { "templates/a.yaml", "{{> d/x}}" } },
	  "templates/a.yaml:1:1: there is no partial \"d/x\"" },
	{ "a partial of the folder of a subchart's name",
	  { FOLDER_ROOT(""),
	    FOLDER_SUB("d", ""),
	    { "templates/d/_x.mustache", "" },
	    { "charts/d/templates/_x.mustache", "" } },
	  "charts/d/templates/_x.mustache: there is another template named "
	  "d/x" },
	{ "raw where it is not allowed",
	  { FOLDER_ROOT(""),
	    FOLDER_SUB("d", ""),
	    { "charts/d/templates/x.yaml", "a: {{{x}}}" } },
	  "charts/d/templates/x.yaml:1:4: unescaped insertion of \"x\" is not "
	  "allowed here: write {{x}}" },
	{ "presets and status of a subchart do not count",
	  { FOLDER_ROOT(""),
	    FOLDER_SUB("d", ""),
	    { "charts/d/presets/a.yaml", "[]" },
	    { "charts/d/status.yaml", "{{" } },
	  NULL },
};

static void test_row(void **state)
{
	const struct row *row = *state;
	AUTO_FREE char *path = folder_make(row->files);
	AUTO_FREE char *want =
		alloc_print("chart %s: %s", path, row->want ? row->want : "");
	AUTO(chart_unref) struct chart *chart = NULL;
	AUTO_ERR err = ERR_INIT;
	bool ok = chart_load(path, &chart, &err);

	folder_remove(path);
	if (!row->want && !ok)
		fail_msg("%s", err.msg);
	if (!row->want)
		return;
	assert_false(ok);
	assert_string_equal(err.msg, want);
	assert_int_equal(err.kind, ERR_INVALID);
}

static struct chart *load(const struct folder_file *files)
{
	AUTO_FREE char *path = folder_make(files);
	struct chart *chart = NULL;
	AUTO_ERR err = ERR_INIT;

	if (!chart_load(path, &chart, &err))
		fail_msg("%s", err.msg);
	folder_remove(path);
	return chart;
}

static const struct chart_release release = {
	.name = "web",
	.namespace = "prod",
	.revision = 1,
	.is_install = true,
};

#define OBJECT(name, data) \
	"apiVersion: v1\nkind: A\nmetadata: {name: " name "}\ndata: " data "\n"

/* What templates of a subchart see, and which partials they find. */
static void test_render(void **state)
{
	static const struct folder_file files[] = {
		FOLDER_ROOT(
			"dependencies: [{name: d, alias: x}, {name: d, alias: z}, "
			"{name: lib}]"),
		{ "values.yaml", "global: {g: 1}\nx: {v: 2}" },
		{ "templates/a.yaml",
		  OBJECT("a", "{b: {{> x/p}}, c: {{> lib/p}}, "
			      "d: {{> p}}}") },
		{ "templates/_p.mustache", "root" },
		{ "templates/_q.mustache", "root's q" },
		{ "templates/NOTES.txt", "root\n" },
		FOLDER_SUB("d", "appVersion: 7.0"),
		{ "charts/d/values.yaml", "v: 1" },
		{ "charts/d/data/f.txt", "text" },
		{ "charts/d/templates/NOTES.txt", "{{#" },
		{ "charts/d/templates/_p.mustache", "{{> r}}'s" },
		{ "charts/d/templates/_r.mustache", "d" },
		{ "charts/d/templates/f/b.yaml",
		  OBJECT("{{Chart.name}}",
			 "[{{Values.v}}, {{Values.global.g}}, "
			 "{{Chart.appVersion}}, {{Template.Name}}, "
			 "{{Template.BasePath}}, {{Release.Name}}, {{> p}}, "
			 "{{> q}}, {{> lib/p}}, {{#Files.*}}{{*}}{{/Files.*}}]") },
		FOLDER_SUB("lib", "type: library"),
		{ "charts/lib/templates/_p.mustache", "lib's" },
		{ "charts/lib/templates/broken.yaml", "{{#" },
		{ NULL, NULL },
	};
	static const char want[] =
		"c/charts/x/templates/f/b.yaml x=[2,1,7.0,"
		"\"c/charts/x/templates/f/b.yaml\",\"c/charts/x/templates\","
		"\"web\",\"d's\",\"root's q\",\"lib's\",\"data/f.txt\"]\n"
		"c/charts/z/templates/f/b.yaml z=[1,1,7.0,"
		"\"c/charts/z/templates/f/b.yaml\",\"c/charts/z/templates\","
		"\"web\",\"d's\",\"root's q\",\"lib's\",\"data/f.txt\"]\n"
		"c/templates/a.yaml a={\"b\":\"d's\",\"c\":\"lib's\",\"d\":"
		"\"root\"}\n";
	const struct chart_capabilities caps = { "v1.36.1", NULL };
	AUTO(chart_unref) struct chart *chart = load(files);
	AUTO(chart_values_free) struct chart_values *values = NULL;
	AUTO(manifest_free) struct manifest *m = NULL;
	AUTO_BUF got = BUF_INIT(LIMIT_MIB(1)), notes = BUF_INIT(LIMIT_MIB(1));
	AUTO_ERR err = ERR_INIT;

	(void)state;
	assert_true(chart_values_new(chart, NULL, NULL, NULL, &values, &err));
	if (!chart_render(chart, values, &release, &caps, &m, &err))
		fail_msg("%s", err.msg);
	for (size_t i = 0; i < m->count; i++) {
		buf_addf(&got, "%s %s=", m->items[i].source, m->items[i].name);
		json_write(val_get(m->items[i].object, "data"), &got);
		buf_add_char(&got, '\n');
	}
	assert_string_equal(buf_text(&got), want);
	assert_true(chart_notes(chart, values, &release, &caps, &notes, &err));
	assert_string_equal(buf_text(&notes), "root\n");
}

/* A packed subchart in a folder, and a folder in a packed chart. */
static void test_packed(void **state)
{
	static const struct folder_file inner[] = {
		{ "Chart.yaml", FOLDER_CHART("e", "1.2.3", "") },
		{ "templates/x.yaml", "{{#a}}\n" },
		{ NULL, NULL },
	};
	AUTO_BUF packed = BUF_INIT(LIMIT_MIB(1)), tar = BUF_INIT(LIMIT_MIB(1));
	AUTO_BUF out = BUF_INIT(LIMIT_MIB(1));
	AUTO(chart_unref) struct chart *chart = NULL;
	AUTO_ERR err = ERR_INIT;

	(void)state;
	pack_files("e", inner, &packed);
	pack_entry(&tar, '0', "c/Chart.yaml", str_of(FOLDER_META));
	pack_entry(&tar, '0', "c/charts/d/Chart.yaml",
		   str_of(FOLDER_CHART("d", "1.2.3", "")));
	pack_entry(&tar, '0', "c/charts/d/charts/e-1.2.3.tgz",
		   buf_str(&packed));
	pack_end(&tar, &out);
	assert_false(chart_read(buf_str(&out), &chart, &err));
	assert_string_equal(err.msg,
			    "charts/d/charts/e-1.2.3.tgz/templates/x.yaml:1:1: "
			    "section \"a\" is never closed");
}

/* Every chart uses the one below it twice: 2, 4, 8 … */
static void test_explosion(void **state)
{
	AUTO_BUF inner = BUF_INIT(LIMIT_MIB(1));
	AUTO(chart_unref) struct chart *chart = NULL;
	AUTO_ERR err = ERR_INIT;

	(void)state;
	for (size_t i = 0; i <= 8; i++) {
		AUTO_FREE char *meta =
			alloc_print(FOLDER_META "%s",
				    i ? "dependencies: [{name: c, alias: a}, "
					"{name: c, alias: b}]\n"
				      : "");
		AUTO_BUF tar = BUF_INIT(LIMIT_MIB(1));

		pack_entry(&tar, '0', "c/Chart.yaml", str_of(meta));
		if (i)
			pack_entry(&tar, '0', "c/charts/c.tgz",
				   buf_str(&inner));
		buf_clear(&inner);
		pack_end(&tar, &inner);
		err_clear(&err);
		chart_unref(TAKE(chart));
		/* 2^8 - 1 parts, and one level more. */
		assert_int_equal(chart_read(buf_str(&inner), &chart, &err),
				 i <= 7);
	}
	assert_int_equal(err.kind, ERR_LIMIT);
	assert_string_equal(err.msg,
			    "more than 256 charts, each alias counted");
}

/* Imports that double what they import at each level. */
static void test_import_explosion(void **state)
{
	AUTO_BUF inner = BUF_INIT(LIMIT_MIB(1));
	AUTO(chart_unref) struct chart *chart = NULL;
	AUTO_BUF imports = BUF_INIT(LIMIT_MIB(1));
	AUTO_ERR err = ERR_INIT;
	bool ok = true;

	(void)state;
	for (size_t i = 0; i < 16; i++)
		buf_addf(&imports, "{child: m, parent: m.n%zu},", i);
	for (size_t i = 0; ok && i <= LIMIT_SUBCHART_DEPTH; i++) {
		AUTO_FREE char *meta = alloc_print(
			FOLDER_META "%s%s%s",
			i ? "dependencies: [{name: c, import-values: [" : "",
			i ? buf_text(&imports) : "", i ? "]}]\n" : "");
		AUTO_BUF tar = BUF_INIT(LIMIT_MIB(1));

		pack_entry(&tar, '0', "c/Chart.yaml", str_of(meta));
		pack_entry(&tar, '0', "c/values.yaml", str_of("m: {a: 1}\n"));
		if (i)
			pack_entry(&tar, '0', "c/charts/c.tgz",
				   buf_str(&inner));
		buf_clear(&inner);
		pack_end(&tar, &inner);
		chart_unref(TAKE(chart));
		ok = chart_read(buf_str(&inner), &chart, &err);
	}
	assert_false(ok);
	assert_int_equal(err.kind, ERR_LIMIT);
}

/* What a directory may hold besides: a ConfigMap's links, loops, rules. */
static void test_directory(void **state)
{
	static const struct folder_file files[] = {
		FOLDER_ROOT(""),
		{ ".helmignore", "*.md\nx/\n# c\n" },
		{ ".hidden", "" },
		{ "a.md", "" },
		{ "x/a", "" },
		{ "y/x", "" },
		{ "templates/.a.yaml", "{{#" },
		{ "..data/values.yaml", "a: 1\n" },
		FOLDER_SUB("d", ""),
		{ "charts/d/.helmignore", "z\n" },
		{ "charts/d/a.md", "" },
		{ "charts/d/z", "" },
		{ "charts/d/y", "" },
		{ NULL, NULL },
	};
	static const char *const want[] = { ".helmignore", ".hidden",
					    "Chart.yaml", "values.yaml",
					    "y/x" };
	AUTO_FREE char *path = folder_make(files);
	AUTO_FREE char *values = alloc_print("%s/values.yaml", path);
	AUTO_FREE char *up = alloc_print("%s/y/up", path);
	AUTO_FREE char *self = alloc_print("%s/y/self", path);
	AUTO_FREE char *gone = alloc_print("%s/y/gone.md", path);
	AUTO(chart_unref) struct chart *chart = NULL;
	AUTO_ERR err = ERR_INIT;

	(void)state;
	assert_int_equal(symlink("..data/values.yaml", values), 0);
	assert_int_equal(symlink("..", up), 0);
	assert_int_equal(symlink("self", self), 0);
	assert_int_equal(symlink("nowhere", gone), 0);
	if (!chart_load(path, &chart, &err))
		fail_msg("%s", err.msg);
	folder_remove(path);
	assert_int_equal(chart->file_count, ARRAY_LEN(want));
	for (size_t i = 0; i < ARRAY_LEN(want); i++)
		assert_string_equal(chart->files[i].path, want[i]);
	assert_int_equal(val_count(chart->values), 1);
	assert_int_equal(chart->parts[1].source->file_count, 3);
	assert_string_equal(chart->parts[1].source->files[2].full,
			    "charts/d/y");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_render),
		cmocka_unit_test(test_packed),
		cmocka_unit_test(test_explosion),
		cmocka_unit_test(test_import_explosion),
		cmocka_unit_test(test_directory),
	};

	return ROWS_RUN("subcharts", rows, test_row) +
	       cmocka_run_group_tests(tests, NULL, NULL);
}
