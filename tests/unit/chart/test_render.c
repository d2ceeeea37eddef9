/* Whole charts: what templates see, and where errors are. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/alloc.h"
#include "base/limits.h"
#include "chart/render.h"
#include "chart/values.h"
#include "data/json.h"
#include "data/yaml_read.h"
#include "unit/chart/folder.h"

#define META                              \
	{                                 \
		"Chart.yaml", FOLDER_META \
	}
#define OBJECT(name, data) \
	"apiVersion: v1\nkind: A\nmetadata: {name: " name "}\ndata: " data "\n"

static const struct row {
	const char *name;
	struct folder_file files[6];
	const char *want; /* name=data of each object; else the error */
} rows[] = {
	{ "nothing", { META }, "" },
	{ "empty output", { META, { "templates/a.yaml", "# none\n" } }, "" },
	{ "path order",
	  { META,
	    { "templates/b.yaml", OBJECT("b", "2") },
	    { "templates/a.yaml", OBJECT("a", "1") },
	    { "templates/a/c.yaml", OBJECT("c", "3") } },
	  "a=1 c=3 b=2 " },
	{ "Release",
	  { META,
	    { "templates/a.yaml",
	      OBJECT("{{Release.Name}}",
		     "[{{Release.Namespace}}, {{Release.Revision}}, "
		     "{{Release.Service}}, {{Release.IsInstall}}, "
		     "{{Release.IsUpgrade}}]") } },
	  "web=[\"prod\",3,\"Helm\",false,true] " },
	{ "Chart",
	  { META,
	    { "templates/a.yaml",
	      OBJECT("{{Chart.name}}", "{{Chart.version}}") } },
	  "c=\"1.2.3\" " },
	{ "Capabilities",
	  { META,
	    { "templates/a.yaml",
	      OBJECT("a", "[{{Capabilities.KubeVersion.Version}}, "
			  "{{Capabilities.KubeVersion.Major}}, "
			  "{{Capabilities.KubeVersion.Minor}}, "
			  "{{Capabilities.APIVersions}}]") } },
	  "a=[\"v1.36.1\",\"1\",\"36\",[\"apps/v1\"]] " },
	{ "Template",
	  { META,
	    { "templates/f/a.yaml",
	      OBJECT("a", "[{{Template.Name}}, {{Template.BasePath}}]") } },
	  "a=[\"c/templates/f/a.yaml\",\"c/templates\"] " },
	{ "Values",
	  { META, { "templates/a.yaml", OBJECT("a", "{{Values.x}}") } },
	  "a={\"z\":1} " },
	{ "Files",
	  { META,
	    { "etc/b.conf", "x=1\n" },
	    { "LICENSE", "free" },
	    { "etc/a.bin", "\xff\xfe" },
	    { "templates/a.yaml",
	      OBJECT("a", "\n{{#Files.*}}{{#Folder=etc}}\n"
			  "  {{Name}}: {text: {{Text?}}, bytes: {{Base64?}}, "
			  "path: {{*}}}\n{{/Folder=etc}}{{/Files.*}}\n"
			  "  license: {{Files.LICENSE.Text}}") } },
	  "a={\"a.bin\":{\"text\":null,\"bytes\":\"//4=\",\"path\":"
	  "\"etc/a.bin\"},\"b.conf\":{\"text\":\"x=1\\n\",\"bytes\":null,"
	  "\"path\":\"etc/b.conf\"},\"license\":\"free\"} " },
	{ "Files are not the chart's workings",
	  { META,
	    { "values.yaml", "" },
	    { "presets/a.yaml", "" },
	    { "templates/a.yaml", OBJECT("a", "{{Files.-length}}") } },
	  "a=0 " },
	{ "kubeVersion",
	  { { "Chart.yaml", FOLDER_META "kubeVersion: '>=1.30 <1.37'\n" },
	    { "templates/a.yaml", OBJECT("a", "1") } },
	  "a=1 " },
	{ "kubeVersion, too old",
	  { { "Chart.yaml", FOLDER_META "kubeVersion: '>=1.37'\n" },
	    { "templates/a.yaml", OBJECT("a", "1") } },
	  "Chart.yaml: kubeVersion asks for >=1.37, but the cluster is "
	  "v1.36.1" },
	{ "several documents",
	  { META,
	    { "templates/a.yaml",
	      OBJECT("a", "1") "---\n---\n" OBJECT("b", "2") } },
	  "a=1 b=2 " },
	{ "missing value",
	  { META, { "templates/a.yaml", OBJECT("a", "{{Values.z}}") } },
	  "templates/a.yaml:4:7: Values.z is missing" },
	{ "missing value in a partial",
	  { META,
	    { "templates/a.yaml", OBJECT("a", "\n  {{> p}}") },
	    { "templates/_p.mustache", "b:\n  {{> q}}\n" },
	    { "templates/_q.mustache", "c: {{Values.z}}\n" } },
	  "templates/_q.mustache:1:4 (included from "
	  "templates/_p.mustache:2:3, templates/a.yaml:5:3): Values.z is "
	  "missing" },
	{ "no object",
	  { META, { "templates/a.yaml", "---\n# b\na: 1\n" } },
	  "templates/a.yaml:3:1: object has no apiVersion" },
	{ "same object twice",
	  { META,
	    { "templates/a.yaml", OBJECT("a", "1") },
	    { "templates/b.yaml", "\n" OBJECT("a", "2") } },
	  "templates/b.yaml:2:1: A a is there twice, first in "
	  "c/templates/a.yaml" },
	{ "recursive partial",
	  { META,
	    { "templates/a.yaml", "{{> p}}" },
	    { "templates/_p.mustache", "{{> p}}" } },
	  NULL },
	{ "YAML error",
	  { META,
	    { "templates/a.yaml", "{{#Values.x}}\na: 1\n   b: 2\n"
				  "{{/Values.x}}\n" } },
	  "templates/a.yaml:3:5: mapping values are not allowed in this "
	  "context" },
};

static const struct chart_release release = {
	.name = "web",
	.namespace = "prod",
	.revision = 3,
	.is_upgrade = true,
};

static struct val *read(const char *text)
{
	AUTO_ERR err = ERR_INIT;
	struct val *v = NULL;

	if (!yaml_read(str_of(text), "row", &v, &err))
		fail_msg("%s", err.msg);
	return v;
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

static struct chart_values *values_of(const struct chart *chart,
				      const char *text)
{
	AUTO(val_unref) struct val *user = read(text);
	struct chart_values *values = NULL;
	AUTO_ERR err = ERR_INIT;

	if (!chart_values_new(chart, NULL, user, NULL, &values, &err))
		fail_msg("%s", err.msg);
	return values;
}

static void test_row(void **state)
{
	const struct row *row = *state;
	AUTO(chart_unref) struct chart *chart = load(row->files);
	AUTO(chart_values_free)
	struct chart_values *values = values_of(chart, "{x: {z: 1}}");
	AUTO(val_unref) struct val *api = read("[apps/v1]");
	const struct chart_capabilities caps = { "v1.36.1", api };
	AUTO(manifest_free) struct manifest *m = NULL;
	AUTO_BUF got = BUF_INIT(LIMIT_MIB(1));
	AUTO_ERR err = ERR_INIT;

	if (!chart_render(chart, values, &release, &caps, &m, &err)) {
		buf_add_text(&got, err.msg);
		if (!row->want)
			assert_int_equal(err.kind, ERR_LIMIT);
	}
	for (size_t i = 0; m && i < m->count; i++) {
		buf_addf(&got, "%s=", m->items[i].name);
		json_write(val_get(m->items[i].object, "data"), &got);
		buf_add_char(&got, ' ');
	}
	if (row->want)
		assert_string_equal(buf_text(&got), row->want);
}

static void test_notes(void **state)
{
	static const struct folder_file files[] = {
		META,
		{ "templates/NOTES.txt",
		  "{{Release.Name}} <{{Values.x}}> {{{Values.x}}}\n"
		  "{{Template.Name}}\n{{#Values.on?}}\nnot here\n"
		  "{{/Values.on?}}\n" },
		{ NULL, NULL },
	};
	AUTO(chart_unref) struct chart *chart = load(files);
	AUTO(chart_values_free)
	struct chart_values *values = values_of(chart, "{x: '<&>'}");
	AUTO(chart_values_free)
	struct chart_values *none = values_of(chart, "{}");
	const struct chart_capabilities caps = { 0 };
	AUTO_BUF got = BUF_INIT(LIMIT_MIB(1));
	AUTO_ERR err = ERR_INIT;

	(void)state;
	assert_true(chart_notes(chart, values, &release, &caps, &got, &err));
	assert_string_equal(buf_text(&got),
			    "web <<&>> <&>\nc/templates/NOTES.txt\n");
	assert_false(chart_notes(chart, none, &release, &caps, &got, &err));
	assert_string_equal(err.msg,
			    "templates/NOTES.txt:1:19: Values.x is missing");
}

/* As Helm on a cluster: a pre-release counts only for ranges that name one. */
static void test_kube_version(void **state)
{
	static const struct {
		const char *range, *version, *want;
	} cases[] = {
		{ ">=1.25.0", "v1.30.2-gke.1",
		  "Chart.yaml: kubeVersion asks for >=1.25.0, but the cluster "
		  "is v1.30.2-gke.1" },
		{ ">=1.25.0-0", "v1.30.2-gke.1", NULL },
		{ ">=1.25.0", "v1.30.2+k3s1", NULL },
		{ ">=1.25.0", NULL,
		  "Chart.yaml: kubeVersion asks for >=1.25.0, but the version "
		  "of the cluster, \"\", is none" },
		{ ">=1.25.0", "new",
		  "Chart.yaml: kubeVersion asks for >=1.25.0, but the version "
		  "of the cluster, \"new\", is none" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		AUTO_FREE char *meta = alloc_print(
			FOLDER_META "kubeVersion: '%s'\n", cases[i].range);
		const struct folder_file files[] = { { "Chart.yaml", meta },
						     { NULL, NULL } };
		AUTO(chart_unref) struct chart *chart = load(files);
		AUTO(chart_values_free)
		struct chart_values *values = values_of(chart, "{}");
		const struct chart_capabilities caps = { cases[i].version,
							 NULL };
		AUTO(manifest_free) struct manifest *m = NULL;
		AUTO_ERR err = ERR_INIT;

		assert_int_equal(chart_render(chart, values, &release, &caps,
					      &m, &err),
				 cases[i].want == NULL);
		if (cases[i].want)
			assert_string_equal(err.msg, cases[i].want);
	}
}

static void test_status(void **state)
{
	static const struct folder_file files[] = {
		META,
		{ "status.yaml", "phase: {{Health.phase}}\n"
				 "{{#Live.Service}}\nservice: {{name}}\n"
				 "{{/Live.Service}}\nx: {{Values.x}}\n" },
		{ NULL, NULL },
	};
	AUTO(chart_unref) struct chart *chart = load(files);
	AUTO(chart_values_free)
	struct chart_values *values = values_of(chart, "{x: 1.0}");
	AUTO(val_unref) struct val *live = read("{Service: {name: s}}");
	AUTO(val_unref) struct val *health = read("{phase: Running}");
	AUTO(val_unref) struct val *status = NULL;
	AUTO(val_unref) struct val *want =
		read("{phase: Running, service: s, x: 1.0}");
	const struct chart_capabilities caps = { 0 };
	AUTO_ERR err = ERR_INIT;

	(void)state;
	assert_true(chart_status(chart, values, &release, &caps, live, health,
				 &status, &err));
	assert_true(val_equal(status, want));
	val_unref(TAKE(status));
	assert_false(chart_status(chart, values, &release, &caps, NULL, NULL,
				  &status, &err));
	assert_string_equal(err.msg,
			    "status.yaml:1:8: Health.phase is missing");
}

static void test_no_status(void **state)
{
	static const struct folder_file files[] = { META, { NULL, NULL } };
	AUTO(chart_unref) struct chart *chart = load(files);
	AUTO(chart_values_free)
	struct chart_values *values = values_of(chart, "{}");
	AUTO(val_unref) struct val *status = NULL;
	const struct chart_capabilities caps = { 0 };
	AUTO_BUF notes = BUF_INIT(LIMIT_MIB(1));
	AUTO_ERR err = ERR_INIT;

	(void)state;
	assert_true(chart_status(chart, values, &release, &caps, NULL, NULL,
				 &status, &err));
	assert_true(val_is(status, VAL_MAP));
	assert_int_equal(val_count(status), 0);
	assert_true(chart_notes(chart, values, &release, &caps, &notes, &err));
	assert_int_equal(notes.len, 0);
}

int main(void)
{
	enum { ROWS = ARRAY_LEN(rows) };
	struct CMUnitTest tests[ROWS + 4] = {
		[ROWS] = cmocka_unit_test(test_notes),
		[ROWS + 1] = cmocka_unit_test(test_status),
		[ROWS + 2] = cmocka_unit_test(test_no_status),
		[ROWS + 3] = cmocka_unit_test(test_kube_version),
	};

	for (size_t i = 0; i < ROWS; i++)
		tests[i] = (struct CMUnitTest){
			.name = rows[i].name,
			.test_func = test_row,
			.initial_state = (void *)(uintptr_t)&rows[i],
		};
	return cmocka_run_group_tests_name("render", tests, NULL, NULL);
}
