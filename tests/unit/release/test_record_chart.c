/* Charts as records tell of them. */
#include "release/record_chart.h"

#include "unit/release/given.h"
#include "unit/rows.h"

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
	AUTO(val_unref) struct val *v = record_chart_new(&chart, NULL);

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
	AUTO(val_unref) struct val *v = record_chart_new(&chart, NULL);

	assert_given(val_get(v, "lock"), row->want);
	assert_given(val_get(v, "files"), "null");
}

int main(void)
{
	return ROWS_RUN("record metadata", meta_rows, metadata) +
	       ROWS_RUN("record lock", lock_rows, lock);
}
