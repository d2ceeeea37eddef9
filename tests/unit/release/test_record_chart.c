/* The record that Helm itself wrote of a chart, and ours of the same. */
#include "release/record.h"

#include "base/clock.h"
#include "chart/values.h"
#include "data/json.h"
#include "data/path.h"
#include "release/record_chart.h"

#include "unit/release/given.h"
#include "unit/rows.h"

#define DATA "tests/unit/release/data/"

static const struct full_row {
	const char *name, *file;
	bool is_helm4; /* has keys that Helm 3 does not know */
} full_rows[] = {
	{ "Helm 3", DATA "helm3-full.json", false },
	{ "Helm 4", DATA "helm4-full.json", true },
};

/* Without keys that only Helm 4 writes, or only Helm 3. */
static struct val *without(const struct val *v)
{
	static const char *const keys[] = { "modtime",      "schemamodtime",
					    "apply_method", "deleted",
					    "started_at",   "completed_at" };
	struct val_list list = { 0 };
	struct val_map map = { 0 };

	if (!val_is(v, VAL_LIST) && !val_is(v, VAL_MAP))
		return val_ref(v);
	for (size_t i = 0; i < val_count(v); i++) {
		struct val *item = without(val_at(v, i));

		if (val_is(v, VAL_LIST))
			val_list_add_take(&list, item);
		else
			val_map_set_take(&map, val_key(v, i), item);
	}
	if (val_is(v, VAL_LIST))
		return val_list_take(&list);
	struct val *got = val_map_take(&map);
	for (size_t i = 0; i < sizeof(keys) / sizeof(*keys); i++) {
		struct val *less = val_without(got, keys[i]);

		val_unref(got);
		got = less;
	}
	return got;
}

static int64_t time_of(const struct val *v, const char *path)
{
	int64_t ns = 0;
	struct str text = str_of(path_get_text(v, path));

	assert_true(text.n == 0 || clock_parse(text, &ns));
	return ns;
}

enum { MOST_HOOKS = 4 };

static size_t read_hooks(const struct val *body,
			 struct record_hook hooks[MOST_HOOKS])
{
	const struct val *list = val_get(body, "hooks");

	assert_in_range(val_count(list), 1, MOST_HOOKS);
	for (size_t i = 0; i < val_count(list); i++) {
		const struct val *v = val_at(list, i);
		int64_t weight = 0;

		if (!val_int(val_get(v, "weight"), &weight))
			weight = 0;
		hooks[i] = (struct record_hook){
			.name = val_get_text(v, "name"),
			.kind = val_get_text(v, "kind"),
			.path = val_get_text(v, "path"),
			.manifest = val_str(val_get(v, "manifest")),
			.events = val_get(v, "events"),
			.delete_policies = val_get(v, "delete_policies"),
			.log_policies = val_get(v, "output_log_policies"),
			.weight = weight,
			.started_ns = time_of(v, "last_run.started_at"),
			.completed_ns = time_of(v, "last_run.completed_at"),
			.phase = path_get_text(v, "last_run.phase"),
		};
	}
	return val_count(list);
}

/* Everything that is not of the chart comes from Helm's own record. */
static struct val *like(const struct val *theirs)
{
	const struct owner owner = {
		.release = val_get_text(theirs, "name"),
		.release_namespace = val_get_text(theirs, "namespace"),
	};
	AUTO(chart_unref) struct chart *chart = NULL;
	AUTO(chart_values_free) struct chart_values *values = NULL;
	AUTO(chart_values_free) struct chart_values *defaults = NULL;
	struct record_hook hooks[MOST_HOOKS];
	AUTO_ERR err = ERR_INIT;

	if (!chart_load(DATA "chart", &chart, &err) ||
	    !chart_values_new(chart, NULL, val_get(theirs, "config"), NULL,
			      &values, &err) ||
	    !chart_values_new(chart, NULL, NULL, NULL, &defaults, &err))
		fail_msg("%s", err.msg);
	const struct record_spec spec = {
		.owner = &owner,
		.chart = chart,
		.enabled = values->enabled,
		.defaults = defaults->all,
		.revision = 1,
		.status = RECORD_DEPLOYED,
		.first_deployed_ns = time_of(theirs, "info.first_deployed"),
		.last_deployed_ns = time_of(theirs, "info.last_deployed"),
		.description = "Install complete",
		.notes = val_str(path_get(theirs, "info.notes")),
		.manifest = val_str(val_get(theirs, "manifest")),
		.config = val_get(theirs, "config"),
		.hooks = hooks,
		.hook_count = read_hooks(theirs, hooks),
	};
	return record_new(&spec);
}

/* Byte for byte. */
static void same_as_helm(void **state)
{
	const struct full_row *row = *state;
	AUTO(val_unref) struct val *secret = given_file(row->file);
	AUTO(val_unref) struct val *theirs = NULL;
	AUTO_ERR err = ERR_INIT;
	AUTO_BUF want = BUF_INIT(1 << 20);
	AUTO_BUF got = BUF_INIT(1 << 20);

	assert_true(record_read(secret, &theirs, &err));
	AUTO(val_unref) struct val *ours = like(theirs);
	AUTO(val_unref)
	struct val *their_part = row->is_helm4 ? without(theirs)
					       : val_ref(theirs);
	AUTO(val_unref)
	struct val *our_part = row->is_helm4 ? without(ours) : val_ref(ours);
	json_write_go(their_part, &want);
	json_write_go(our_part, &got);
	assert_string_equal(buf_text(&got), buf_text(&want));
}

/* Without values that say which are in use, all dependencies are told. */
static void all_parts(void **state)
{
	(void)state;
	AUTO(chart_unref) struct chart *chart = NULL;
	AUTO_ERR err = ERR_INIT;

	assert_true(chart_load(DATA "chart", &chart, &err));
	AUTO(val_unref) struct val *v = record_chart_new(chart, NULL, NULL);
	assert_given(path_get(v, "metadata.dependencies.1"),
		     "{name: unused, version: 1.0.0, repository: '', "
		     "condition: unused.enabled, enabled: true}");
	AUTO(val_unref) struct val *less = record_chart_less(v);
	assert_given(val_get(less, "templates"), "null");
	assert_given(val_get(less, "files"), "null");
	assert_true(val_equal(val_get(less, "values"), val_get(v, "values")));
}

/* Chart.yaml says anything, as far as it can be loaded at all. */
static const struct meta_row {
	const char *name, *meta, *want;
} meta_rows[] = {
	{ "nothing", "{}", "{}" },
	{ "numbers for texts", "{appVersion: 4.10, version: 7, home: true}",
	  "{version: '7', home: 'true', appVersion: '4.1'}" },
	{ "empty is left out",
	  "{home: '', keywords: [], annotations: {}, deprecated: false}",
	  "{}" },
	{ "wrong types are left out",
	  "{home: [x], keywords: x, maintainers: x, annotations: [x], "
	  "deprecated: x, type: {a: 1}, sources: {a: b}, "
	  "dependencies: {a: {name: b}}}",
	  "{}" },
	{ "annotations are texts", "{annotations: {a: 1, b: true, c: [x]}}",
	  "{annotations: {a: '1', b: 'true'}}" },
	{ "unknown is left out", "{name: x, wrong: y}", "{name: x}" },
};

static void metadata(void **state)
{
	const struct meta_row *row = *state;
	AUTO(val_unref) struct val *meta = given(row->meta);
	AUTO(val_unref) struct val *values = given("{}");
	const struct chart chart = { .meta = meta, .values = values };
	AUTO(val_unref) struct val *v = record_chart_new(&chart, NULL, NULL);

	assert_given(val_get(v, "metadata"), row->want);
}

static const struct lock_row {
	const char *name, *text, *want;
} lock_rows[] = {
	{ "empty", "",
	  "{generated: '0001-01-01T00:00:00Z', digest: '', "
	  "dependencies: null}" },
	{ "no YAML", "{", "null" },
	{ "a list", "[1]", "null" },
	{ "no dependencies", "digest: x\ngenerated: \"2026-01-01T00:00:00Z\"",
	  "{generated: '2026-01-01T00:00:00Z', digest: x, "
	  "dependencies: null}" },
	{ "one", "dependencies: [{name: a, version: 1.0.0, wrong: 1}]",
	  "{generated: '0001-01-01T00:00:00Z', digest: '', dependencies: "
	  "[{name: a, version: 1.0.0, repository: ''}]}" },
};

static void lock(void **state)
{
	const struct lock_row *row = *state;
	AUTO(val_unref) struct val *none = given("{}");
	static char full[] = "Chart.lock";
	const struct chart_file file = { .full = full,
					 .path = full,
					 .data = str_of(row->text) };
	const struct chart chart = {
		.meta = none, .values = none, .files = &file, .file_count = 1
	};
	AUTO(val_unref) struct val *v = record_chart_new(&chart, NULL, NULL);

	assert_given(val_get(v, "lock"), row->want);
	assert_given(val_get(v, "files"), "null");
}

int main(void)
{
	const struct CMUnitTest others[] = { cmocka_unit_test(all_parts) };

	return ROWS_RUN("record byte for byte", full_rows, same_as_helm) +
	       ROWS_RUN("record metadata", meta_rows, metadata) +
	       ROWS_RUN("record lock", lock_rows, lock) +
	       cmocka_run_group_tests_name("record chart", others, NULL, NULL);
}
