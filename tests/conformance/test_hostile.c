/*
 * The benchmark's template with values that try to break out: quotes and a
 * second document, another field, `no`, `0700`, `1e3`. Rendered as a chart
 * they are five strings, each in its place, and nothing else differs from the
 * render of ordinary values. As text that YAML then reads, which is what Helm
 * does, they are a Secret nobody asked for, hostPID, and three other types:
 * that is recorded here as well. Run from the root of the repository.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/alloc.h"
#include "base/file.h"
#include "base/limits.h"
#include "chart/render.h"
#include "chart/values.h"
#include "data/diff.h"
#include "data/json.h"
#include "data/path.h"
#include "data/yaml_read.h"
#include "mustache/mustache.h"
#include "unit/chart/folder.h"

#define DATA "tests/bench/render/data/"

enum { DEPLOYMENT, SERVICE, CONFIG, DOCUMENTS };

static const struct hostile {
	size_t document;
	const char *pointer;
	const char *text;
} hostile[] = {
	{ DEPLOYMENT, "/spec/strategy/type", "1e3" },
	{ DEPLOYMENT, "/spec/template/spec/serviceAccountName",
	  "default\n      hostPID: true" },
	{ DEPLOYMENT, "/spec/template/spec/securityContext/runAsUser", "0700" },
	{ SERVICE, "/spec/type", "no" },
	{ CONFIG, "/data/LOG_LEVEL",
	  "info\"\n---\napiVersion: v1\nkind: Secret\nmetadata: {name: pwn}\n"
	  "stringData:\n  a: \"b" },
};

static char *read_text(const char *path)
{
	AUTO_BUF text = BUF_INIT(LIMIT_MIB(1));
	AUTO_ERR err = ERR_INIT;

	if (!file_read(path, &text, &err))
		fail_msg("%s", err.msg);
	return alloc_text(text.p, text.len);
}

static struct val *read_values(const char *path)
{
	AUTO_FREE char *text = read_text(path);
	AUTO_ERR err = ERR_INIT;
	struct val *v = NULL;

	if (!json_read(str_of(text), &v, &err))
		fail_msg("%s: %s", path, err.msg);
	return v;
}

/* The template sees its values at the top, a chart's are in Values. */
static struct manifest *render(const char *values_path)
{
	static const struct chart_release release = { .name = "prod",
						      .namespace = "payments",
						      .revision = 7 };
	const struct chart_capabilities caps = { "v1.36.1", NULL };
	AUTO_FREE char *text = read_text(DATA "deployment.mustache");
	AUTO_FREE char *within =
		alloc_print("{{#Values}}\n%s{{/Values}}\n", text);
	AUTO_FREE char *labels = read_text(DATA "partials/labels.mustache");
	AUTO_FREE char *probes = read_text(DATA "partials/probes.mustache");
	AUTO_FREE char *resources =
		read_text(DATA "partials/resources.mustache");
	const struct folder_file files[] = {
		FOLDER_ROOT(""),
		{ "templates/deployment.yaml", within },
		{ "templates/_labels.mustache", labels },
		{ "templates/_probes.mustache", probes },
		{ "templates/_resources.mustache", resources },
		{ NULL, NULL },
	};
	AUTO_FREE char *path = folder_make(files);
	AUTO(val_unref) struct val *user = read_values(values_path);
	AUTO(chart_unref) struct chart *chart = NULL;
	AUTO(chart_values_free) struct chart_values *values = NULL;
	struct manifest *m = NULL;
	AUTO_ERR err = ERR_INIT;

	if (!chart_load(path, &chart, &err) ||
	    !chart_values_new(chart, NULL, user, NULL, &values, &err) ||
	    !chart_render(chart, values, &release, &caps, &m, &err))
		fail_msg("%s", err.msg);
	folder_remove(path);
	return m;
}

static void test_ordinary(void **state)
{
	AUTO(manifest_free) struct manifest *m = render(DATA "values.json");
	AUTO_FREE char *expected = read_text(DATA "expected.json");
	AUTO_BUF got = BUF_INIT(LIMIT_MIB(1));

	(void)state;
	for (size_t i = 0; i < m->count; i++) {
		json_write(m->items[i].object, &got);
		buf_add_char(&got, '\n');
	}
	assert_string_equal(buf_text(&got), expected);
}

/* The hostile strings are all that differs, and each is in its place. */
static void test_chart(void **state)
{
	AUTO(manifest_free) struct manifest *good = render(DATA "values.json");
	AUTO(manifest_free) struct manifest *bad =
		render(DATA "values-hostile.json");
	size_t next = 0;

	(void)state;
	assert_int_equal(good->count, DOCUMENTS);
	assert_int_equal(bad->count, DOCUMENTS);
	for (size_t i = 0; i < DOCUMENTS; i++) {
		AUTO_DIFF diff = DIFF_INIT(100);

		assert_string_equal(bad->items[i].kind, good->items[i].kind);
		assert_string_equal(bad->items[i].name, good->items[i].name);
		diff_values(good->items[i].object, bad->items[i].object, &diff);
		for (size_t j = 0; j < diff.count; j++, next++) {
			assert_true(next < ARRAY_LEN(hostile));
			assert_int_equal(hostile[next].document, i);
			assert_string_equal(diff.items[j].pointer,
					    hostile[next].pointer);
			assert_true(val_is(diff.items[j].to, VAL_TEXT));
			assert_string_equal(val_text(diff.items[j].to),
					    hostile[next].text);
		}
	}
	assert_int_equal(next, ARRAY_LEN(hostile));
}

/* What the YAML of the hostile chart says to whoever reads it. */
static void test_read_back(void **state)
{
	AUTO(manifest_free) struct manifest *m =
		render(DATA "values-hostile.json");
	AUTO(manifest_free) struct manifest *again = NULL;
	AUTO_BUF yaml = BUF_INIT(LIMIT_MIB(1));
	AUTO_ERR err = ERR_INIT;

	(void)state;
	manifest_text(m, &yaml);
	if (!manifest_read(buf_str(&yaml), "payments", &again, &err))
		fail_msg("%s", err.msg);
	assert_int_equal(again->count, m->count);
	for (size_t i = 0; i < m->count; i++)
		assert_true(
			val_equal(again->items[i].object, m->items[i].object));
}

static void render_text(const char *values_path, struct val_list *docs)
{
	AUTO_FREE char *text = read_text(DATA "deployment.mustache");
	AUTO_FREE char *labels = read_text(DATA "partials/labels.mustache");
	AUTO_FREE char *probes = read_text(DATA "partials/probes.mustache");
	AUTO_FREE char *resources =
		read_text(DATA "partials/resources.mustache");
	const struct mustache_source sources[] = {
		{ .name = "t", .text = str_of(text) },
		{ .name = "labels", .text = str_of(labels) },
		{ .name = "probes", .text = str_of(probes) },
		{ .name = "resources", .text = str_of(resources) },
	};
	AUTO(val_unref) struct val *values = read_values(values_path);
	AUTO(mustache_free) struct mustache_set *set = NULL;
	AUTO(mustache_run_free) struct mustache_run *run = mustache_run_new();
	AUTO_BUF out = BUF_INIT(LIMIT_MIB(1));
	AUTO_ERR err = ERR_INIT;

	if (!mustache_compile(sources, ARRAY_LEN(sources), &set, &err) ||
	    !mustache_render(run, mustache_find(set, "t"), values,
			     MUSTACHE_PLAIN, &out, &err) ||
	    !yaml_read_all(buf_str(&out), "text", docs, &err))
		fail_msg("%s", err.msg);
}

static void say(const char *what, const struct val *v)
{
	AUTO_BUF json = BUF_INIT(LIMIT_MIB(1));

	json_write(v, &json);
	print_message("# as text: %s is %s\n", what, buf_text(&json));
}

/* The same values where a template makes text, and YAML reads it. */
static void test_text(void **state)
{
	AUTO_VAL_LIST docs = { 0 };
	const struct val *pod, *user, *type, *strategy;

	(void)state;
	render_text(DATA "values-hostile.json", &docs);
	print_message("# as text: %zu documents, of %d\n", docs.count,
		      DOCUMENTS);
	assert_int_equal(docs.count, DOCUMENTS + 1);
	pod = path_get(docs.items[DEPLOYMENT], "spec.template.spec");
	user = path_get(pod, "securityContext.runAsUser");
	type = path_get(docs.items[SERVICE], "spec.type");
	strategy = path_get(docs.items[DEPLOYMENT], "spec.strategy.type");
	say("hostPID", val_get(pod, "hostPID"));
	say("runAsUser", user);
	say("the type of the Service", type);
	say("the type of the strategy", strategy);
	say("another object", docs.items[DOCUMENTS]);
	assert_true(val_is_true(val_get(pod, "hostPID")));
	assert_string_equal(val_get_text(pod, "serviceAccountName"), "default");
	assert_true(val_is(user, VAL_INT));
	assert_string_equal(val_text(user), "448");
	assert_true(val_is(type, VAL_BOOL) && !val_is_true(type));
	assert_true(val_is(strategy, VAL_REAL));
	assert_string_equal(val_get_text(docs.items[DOCUMENTS], "kind"),
			    "Secret");
	assert_string_equal(
		path_get_text(docs.items[DOCUMENTS], "metadata.name"), "pwn");
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_ordinary),
		cmocka_unit_test(test_chart),
		cmocka_unit_test(test_read_back),
		cmocka_unit_test(test_text),
	};

	return cmocka_run_group_tests_name("hostile", tests, NULL, NULL);
}
