/* watches.yaml: what it may say, and where each mistake is. */
#include "controller/watches.h"

#include "base/alloc.h"
#include "base/buf.h"
#include "base/limits.h"

#include "unit/chart/folder.h"
#include "unit/release/given.h"
#include "unit/rows.h"

/* CHART stands for a chart that loads, ROOT for the folder around it. */
static char *root;

static void make_root(void)
{
	static const struct folder_file files[] = {
		{ "c/Chart.yaml", FOLDER_META },
		{ "c/templates/a.yaml", "" },
		{ "broken/Chart.yaml", "name: [\n" },
		{ NULL, NULL },
	};

	root = folder_make(files);
}

static void remove_root(void)
{
	folder_remove(root);
	free(root);
}

/* Text with one word replaced everywhere. */
static char *replaced(const char *text, const char *word, const char *with)
{
	AUTO_BUF out = BUF_INIT(LIMIT_MIB(1));
	AUTO_ERR err = ERR_INIT;
	char *result;

	for (const char *at; (at = strstr(text, word));
	     text = at + strlen(word)) {
		buf_add_str(&out, str_cut(text, (size_t)(at - text)));
		buf_add_text(&out, with);
	}
	buf_add_text(&out, text);
	assert_true(buf_take(&out, &result, NULL, &err));
	return result;
}

static bool load(const char *text, struct watches **out, struct err *err)
{
	AUTO_FREE char *chart = alloc_print("%s/c", root);
	AUTO_FREE char *with_chart = replaced(text, "CHART", chart);
	AUTO_FREE char *full = replaced(with_chart, "ROOT", root);
	const struct folder_file files[] = { { "w.yaml", full },
					     { NULL, NULL } };
	AUTO_FREE char *folder = folder_make(files);
	AUTO_FREE char *path = alloc_print("%s/w.yaml", folder);
	bool ok = watches_load(path, getenv, out, err);

	folder_remove(folder);
	if (!ok) {
		/* Messages without what is new in every run. */
		char *a = replaced(err->msg, path, "w.yaml");
		char *b = replaced(a, chart, "CHART");

		free(a);
		free(err->msg);
		err->msg = replaced(b, root, "ROOT");
		free(b);
	}
	return ok;
}

static struct watches *good(const char *text)
{
	AUTO_ERR err = ERR_INIT;
	struct watches *w = NULL;

	if (!load(text, &w, &err))
		fail_msg("%s", err.msg);
	return w;
}

#define ENTRY "- version: v1\n  kind: K\n  chart: CHART\n"

static void least(void **state)
{
	(void)state;
	AUTO(watches_free) struct watches *w =
		good("- {group: g.io, version: v1, kind: K, chart: CHART}\n");
	const struct watch_entry *e = &w->entries[0];

	assert_int_equal(w->count, 1);
	assert_string_equal(e->api_version, "g.io/v1");
	assert_string_equal(e->group, "g.io");
	assert_string_equal(e->kind, "K");
	assert_string_equal(e->chart->name, "c");
	assert_string_equal(e->stopped_path, "spec.stopped");
	assert_null(e->overrides);
	assert_null(e->selector);
	assert_null(e->selector_text);
	assert_int_equal(e->workers, 0);
	assert_false(e->ignores_dependents);
	assert_null(e->template.api_version);
	assert_int_equal(e->reconcile_period_ms, 0);
}

static void most(void **state)
{
	(void)state;
	AUTO(watches_free) struct watches *w = good(
		"- group: g.io\n  version: v1\n  kind: K\n  chart: CHART\n"
		"  overrideValues: {a.b: 1, a.c: x, d: [1]}\n"
		"  stoppedPath: spec.off\n  reconcilePeriod: 1h30m\n"
		"  onDrift: warn\n  onChartChange: pending\n"
		"  updateStrategy: changed\n  maxConcurrentReconciles: 3\n"
		"  watchDependentResources: false\n  dryRunOption: server\n"
		"  serviceAccountName: deployer\n  targetNamespace: apps\n"
		"  selector:\n    matchLabels: {app: x}\n"
		"    matchExpressions:\n"
		"    - {key: tier, operator: In, values: [a, b]}\n"
		"  templateRef:\n    apiVersion: g.io/v2\n    kind: T\n"
		"    namePath: spec.template\n    valuesPath: spec.values\n"
		"    presets: presets\n    required: true\n"
		"- {version: v1, kind: ConfigMap, chart: CHART, onDrift: off}\n");
	const struct watch_entry *e = &w->entries[0];

	assert_int_equal(w->count, 2);
	assert_given(e->overrides, "{a: {b: 1, c: x}, d: [1]}");
	assert_string_equal(e->stopped_path, "spec.off");
	assert_int_equal(e->reconcile_period_ms, 5400000);
	assert_string_equal(e->service_account, "deployer");
	assert_string_equal(e->target_namespace, "apps");
	assert_int_equal(e->workers, 3);
	assert_true(e->ignores_dependents);
	assert_string_equal(e->selector_text, "app=x,tier in (a,b)");
	assert_given(e->selector,
		     "{matchLabels: {app: x}, matchExpressions: [{key: tier, "
		     "operator: In, values: [a, b]}]}");
	assert_int_equal(e->on_drift, PLAN_ON_DRIFT_WARN);
	assert_true(e->waits_for_user && !w->entries[1].waits_for_user);
	assert_int_equal(e->strategy, PLAN_REDEPLOY_CHANGED);
	assert_int_equal(w->entries[1].strategy, PLAN_REDEPLOY_ALL);
	assert_int_equal(w->entries[1].on_drift, PLAN_ON_DRIFT_OFF);
	assert_string_equal(e->template.api_version, "g.io/v2");
	assert_string_equal(e->template.kind, "T");
	assert_string_equal(e->template.name_path, "spec.template");
	assert_string_equal(e->template.values_path, "spec.values");
	assert_true(e->template.presets && e->template.required);
	assert_string_equal(w->entries[1].api_version, "v1");
	assert_string_equal(w->entries[1].group, "");
}

static void environment(void **state)
{
	(void)state;
	assert_int_equal(setenv("DM_TAG", "v7", 1), 0);
	assert_int_equal(setenv("DM_PORT", "8080", 1), 0);
	AUTO(watches_free) struct watches *w =
		good(ENTRY "  overrideValues:\n    image.tag: $DM_TAG\n"
			   "    image.port: ${DM_PORT}\n    n: 5\n"
			   "    s: '5'\n    list: [$DM_TAG]\n");

	assert_given(w->entries[0].overrides,
		     "{image: {tag: v7, port: 8080}, n: 5, s: '5', "
		     "list: [$DM_TAG]}");
}

static void template_of_little(void **state)
{
	(void)state;
	AUTO(watches_free) struct watches *w = good(
		"- {version: v1, kind: K, chart: CHART, templateRef: "
		"{apiVersion: v1, kind: T, namePath: a, valuesPath: b}}\n");

	assert_non_null(w->entries[0].template.api_version);
	assert_false(w->entries[0].template.presets);
	assert_false(w->entries[0].template.required);
}

/* One kind in two groups is two kinds. */
static void same_kind_elsewhere(void **state)
{
	(void)state;
	AUTO(watches_free) struct watches *w =
		good("- {group: a.io, version: v1, kind: K, chart: CHART}\n"
		     "- {group: b.io, version: v1, kind: K, chart: CHART}\n");

	assert_int_equal(w->count, 2);
}

#define KNOWN                                                      \
	"known are: group, version, kind, chart, "                 \
	"watchDependentResources, overrideValues, selector, "      \
	"reconcilePeriod, maxConcurrentReconciles, dryRunOption, " \
	"templateRef, stoppedPath, onDrift, onChartChange, "       \
	"updateStrategy, serviceAccountName, targetNamespace"
#define TEMPLATE ENTRY "  templateRef:\n    apiVersion: v1\n    kind: T\n"

static const struct row {
	const char *name, *text, *message;
} rows[] = {
	{ "empty", "", "w.yaml:1:1: must be a list of watches" },
	{ "an empty list", "[]", "w.yaml:1:1: must be a list of watches" },
	{ "a map", "a: 1\n", "w.yaml:1:1: must be a list of watches" },
	{ "no YAML", "- a: [\n", NULL },
	{ "an entry that is text", "- x\n",
	  "w.yaml:1:3: must be a map of keys and values" },
	{ "unknown key", ENTRY "  colour: red\n",
	  "w.yaml:4:11: unknown key; " KNOWN },
	{ "misspelt key", "- Version: v1\n",
	  "w.yaml:1:12: unknown key; " KNOWN },
	{ "no version", "- kind: K\n  chart: CHART\n",
	  "w.yaml:1:3: missing key version" },
	{ "no kind", "- version: v1\n  chart: CHART\n",
	  "w.yaml:1:3: missing key kind" },
	{ "no chart", "- version: v1\n  kind: K\n",
	  "w.yaml:1:3: missing key chart" },
	{ "empty kind", "- version: v1\n  kind: ''\n  chart: CHART\n",
	  "w.yaml:2:9: kind must not be empty" },
	{ "version is a number", "- version: 1\n  kind: K\n  chart: CHART\n",
	  "w.yaml:1:12: version must be a string, not integer" },
	{ "version is null", "- version:\n  kind: K\n  chart: CHART\n",
	  "w.yaml:1:11: version must be a string, not null" },
	{ "overrides are a list", ENTRY "  overrideValues: [1]\n",
	  "w.yaml:4:19: overrideValues must be a map, not list" },
	{ "overrides lead through each other",
	  ENTRY "  overrideValues:\n    a: 1\n    a.b: 2\n",
	  "w.yaml:6:10: leads through another value: a.b" },
	{ "a variable that is not set",
	  ENTRY "  overrideValues:\n    a.b: x-$DM_NONE\n",
	  "w.yaml:5:10: the environment variable DM_NONE is not set; set it, "
	  "or write ${DM_NONE:-default}" },
	{ "a selector of the wrong kind", ENTRY "  selector: app=x\n",
	  "w.yaml:4:13: selector must be a map, not string" },
	{ "a selector with a key that is not known",
	  ENTRY "  selector:\n    labels: {a: b}\n",
	  "w.yaml:5:13: unknown key; known are: matchLabels, "
	  "matchExpressions" },
	{ "a selector's operator is none",
	  ENTRY "  selector:\n    matchExpressions:\n"
		"    - {key: a, operator: Is}\n",
	  "w.yaml:6:7: operator must be In, NotIn, Exists or DoesNotExist" },
	{ "a namespace that is none", ENTRY "  targetNamespace: Apps\n",
	  "w.yaml:4:20: targetNamespace must be lower case letters, digits "
	  "and dashes, at most 63" },
	{ "a service account that is empty", ENTRY "  serviceAccountName: ''\n",
	  "w.yaml:4:23: serviceAccountName must be lower case letters, digits "
	  "and dashes, at most 63" },
	{ "no worker at all", ENTRY "  maxConcurrentReconciles: 0\n",
	  "w.yaml:4:28: maxConcurrentReconciles must be a number from 1 on" },
	{ "part of a worker", ENTRY "  maxConcurrentReconciles: 1.5\n",
	  "w.yaml:4:28: maxConcurrentReconciles must be a number from 1 on" },
	{ "a dry-run of another kind", ENTRY "  dryRunOption: client\n",
	  "w.yaml:4:17: dryRunOption must be \"server\" or empty" },
	{ "dependents are watched at times",
	  ENTRY "  watchDependentResources: maybe\n",
	  "w.yaml:4:28: watchDependentResources must be a boolean, not "
	  "string" },
	{ "period is none", ENTRY "  reconcilePeriod: soon\n",
	  "w.yaml:4:20: reconcilePeriod must be a duration such as 90s, 5m or "
	  "1h30m" },
	{ "period is a number", ENTRY "  reconcilePeriod: 60\n",
	  "w.yaml:4:20: reconcilePeriod must be a string, not integer" },
	{ "onDrift is another word", ENTRY "  onDrift: mend\n",
	  "w.yaml:4:12: onDrift must be repair, redeploy, warn or off" },
	{ "onChartChange is another word", ENTRY "  onChartChange: never\n",
	  "w.yaml:4:18: onChartChange must be redeploy or pending" },
	{ "updateStrategy is a number", ENTRY "  updateStrategy: 1\n",
	  "w.yaml:4:19: updateStrategy must be redeploy or changed" },
	{ "onDrift is on", ENTRY "  onDrift: on\n",
	  "w.yaml:4:12: onDrift must be repair, redeploy, warn or off" },
	{ "templateRef is text", ENTRY "  templateRef: x\n",
	  "w.yaml:4:16: templateRef must be a map, not string" },
	{ "templateRef lacks a key", TEMPLATE "    namePath: a\n",
	  "w.yaml:5:5: missing key valuesPath" },
	{ "templateRef has an unknown key", TEMPLATE "    x: a\n",
	  "w.yaml:7:8: unknown key; known are: apiVersion, kind, namePath, "
	  "valuesPath, presets, required" },
	{ "presets elsewhere",
	  TEMPLATE "    namePath: a\n    valuesPath: b\n    presets: x\n",
	  "w.yaml:9:14: must be \"presets\", the directory of the chart that "
	  "holds them" },
	{ "required is text",
	  TEMPLATE "    namePath: a\n    valuesPath: b\n    required: 'yes'\n",
	  "w.yaml:9:15: required must be a boolean, not string" },
	{ "a kind twice", ENTRY ENTRY, "w.yaml:4:3: a second watch of K" },
	{ "a kind twice in two versions",
	  ENTRY "- version: v2\n  kind: K\n  chart: CHART\n",
	  "w.yaml:4:3: a second watch of K" },
	{ "a key twice", "- kind: K\n  kind: L\n", NULL },
	{ "no such chart", "- {version: v1, kind: K, chart: ROOT/none}\n",
	  NULL },
	{ "a chart that does not load",
	  "- {version: v1, kind: K, chart: ROOT/broken}\n", NULL },
	{ "two documents", ENTRY "---\n" ENTRY, NULL },
};

static void refuses(void **state)
{
	const struct row *row = *state;
	AUTO_ERR err = ERR_INIT;
	struct watches *w = NULL;

	assert_false(load(row->text, &w, &err));
	assert_null(w);
	assert_true(err.kind == ERR_INVALID || err.kind == ERR_NOT_FOUND);
	if (row->message)
		assert_string_equal(err.msg, row->message);
	else
		assert_memory_equal(err.msg, "w.yaml:", 7);
}

static void no_file(void **state)
{
	(void)state;
	AUTO_ERR err = ERR_INIT;
	struct watches *w = NULL;

	assert_false(watches_load("/nonexistent/w.yaml", getenv, &w, &err));
	assert_int_equal(err.kind, ERR_NOT_FOUND);
	assert_null(w);
	watches_free(NULL);
}

static void too_many(void **state)
{
	(void)state;
	AUTO_BUF text = BUF_INIT(LIMIT_MIB(1));
	AUTO_ERR err = ERR_INIT;
	struct watches *w = NULL;

	for (int i = 0; i <= LIMIT_WATCHES; i++)
		buf_addf(&text, "- {version: v1, kind: K%d, chart: CHART}\n",
			 i);
	assert_false(load(buf_text(&text), &w, &err));
	assert_int_equal(err.kind, ERR_LIMIT);
}

/* The file of this repository. */
static void ours(void **state)
{
	(void)state;
	AUTO_ERR err = ERR_INIT;
	AUTO(watches_free) struct watches *w = NULL;

	if (!watches_load("watches.yaml", getenv, &w, &err))
		fail_msg("%s", err.msg);
	assert_string_equal(w->entries[0].kind, "DevMachine");
}

int main(void)
{
	const struct CMUnitTest others[] = {
		cmocka_unit_test(least),
		cmocka_unit_test(most),
		cmocka_unit_test(environment),
		cmocka_unit_test(template_of_little),
		cmocka_unit_test(same_kind_elsewhere),
		cmocka_unit_test(no_file),
		cmocka_unit_test(too_many),
		cmocka_unit_test(ours),
	};

	make_root();
	int failed =
		ROWS_RUN("watches", rows, refuses) +
		cmocka_run_group_tests_name("watches more", others, NULL, NULL);
	remove_root();
	return failed;
}
