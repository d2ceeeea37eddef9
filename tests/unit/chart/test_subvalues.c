/* The values of charts within charts, and which of them take part: what Helm
 * 3.21 answers, but where the row says ours. */
#include "chart/values.h"

#include "base/alloc.h"
#include "base/limits.h"
#include "data/json.h"
#include "data/yaml_read.h"
#include "unit/chart/folder.h"

#include "unit/rows.h"

static struct val *given(const char *text)
{
	AUTO_ERR err = ERR_INIT;
	struct val *v = NULL;

	if (text && !yaml_read(str_of(text), "row", &v, &err))
		fail_msg("%s", err.msg);
	return v;
}

static const struct row {
	const char *name;
	struct folder_file files[8];
	const char *preset, *user;
	const char *want; /* the parts that take part, and all values */
} rows[] = {
	{ "defaults of a subchart",
	  { FOLDER_ROOT(""),
	    FOLDER_SUB("d", ""),
	    { "charts/d/values.yaml", "a: 1" } },
	  NULL,
	  NULL,
	  "d {\"d\":{\"global\":{},\"a\":1}}" },
	{ "the parent's values win",
	  { FOLDER_ROOT(""),
	    FOLDER_SUB("d", ""),
	    { "values.yaml", "d: {a: {b: 2}}" },
	    { "charts/d/values.yaml", "a: {b: 1, c: 1}\ne: 1" } },
	  NULL,
	  NULL,
	  "d {\"d\":{\"a\":{\"b\":2,\"c\":1},\"e\":1,\"global\":{}}}" },
	{ "the user's values win over both",
	  { FOLDER_ROOT(""),
	    FOLDER_SUB("d", ""),
	    { "values.yaml", "d: {a: 2, b: 2}" },
	    { "charts/d/values.yaml", "a: 1\nb: 1\nc: 1" } },
	  NULL,
	  "{d: {a: 3}}",
	  "d {\"d\":{\"a\":3,\"b\":2,\"c\":1,\"global\":{}}}" },
	{ "null of the user deletes a default of the subchart",
	  { FOLDER_ROOT(""),
	    FOLDER_SUB("d", ""),
	    { "charts/d/values.yaml", "a: 1\nb: {c: 1, d: 1}" } },
	  NULL,
	  "{d: {a: null, b: {c: null}}}",
	  "d {\"d\":{\"b\":{\"d\":1},\"global\":{}}}" },
	{ "null of the parent deletes a default of the subchart",
	  { FOLDER_ROOT(""),
	    FOLDER_SUB("d", ""),
	    { "values.yaml", "d: {a: null}" },
	    { "charts/d/values.yaml", "a: 1\nb: 1" } },
	  NULL,
	  "{d: {}}",
	  "d {\"d\":{\"global\":{},\"b\":1}}" },
	{ "null of a preset deletes a default of the subchart",
	  { FOLDER_ROOT(""),
	    FOLDER_SUB("d", ""),
	    { "charts/d/values.yaml", "a: 1\nb: 1" } },
	  "{d: {a: null}}",
	  "{d: {c: 1}}",
	  "d {\"d\":{\"c\":1,\"global\":{},\"b\":1}}" },
	{ "null of a preset is undone by the user",
	  { FOLDER_ROOT(""),
	    FOLDER_SUB("d", ""),
	    { "charts/d/values.yaml", "a: 1" } },
	  "{d: {a: null}}",
	  "{d: {a: 2}}",
	  "d {\"d\":{\"a\":2,\"global\":{}}}" },
	{ "null for a whole subchart leaves its own defaults",
	  { FOLDER_ROOT(""),
	    FOLDER_SUB("d", ""),
	    { "values.yaml", "d: {a: 2}" },
	    { "charts/d/values.yaml", "a: 1" } },
	  NULL,
	  "{d: null}",
	  "d {\"d\":{\"global\":{},\"a\":1}}" },
	{ "null default of a subchart stays (ours, in all cases)",
	  { FOLDER_ROOT("dependencies: [{name: d}]"),
	    FOLDER_SUB("d", ""),
	    { "charts/d/values.yaml", "a: null" } },
	  NULL,
	  NULL,
	  "d {\"d\":{\"global\":{},\"a\":null}}" },
	{ "global goes down",
	  { FOLDER_ROOT(""),
	    FOLDER_SUB("d", ""),
	    FOLDER_SUBSUB("d", "e"),
	    { "values.yaml", "global: {a: 1}" } },
	  NULL,
	  NULL,
	  "d d/e {\"global\":{\"a\":1},\"d\":{\"global\":{\"a\":1},\"e\":{"
	  "\"global\":{\"a\":1}}}}" },
	{ "the parent's global wins, maps are merged",
	  { FOLDER_ROOT(""),
	    FOLDER_SUB("d", ""),
	    { "values.yaml", "global: {a: 1, m: {x: 1}}\n"
			     "d: {global: {a: 2, b: 2, m: {x: 2, w: 2}}}" },
	    { "charts/d/values.yaml", "global: {a: 3, c: 3, m: {z: 3}}" } },
	  NULL,
	  "{global: {u: 0}}",
	  "d {\"global\":{\"a\":1,\"m\":{\"x\":1},\"u\":0},\"d\":{\"global\":{"
	  "\"a\":1,\"c\":3,\"m\":{\"z\":3,\"x\":1,\"w\":2},\"b\":2,\"u\":0}}}" },
	{ "global does not go up",
	  { FOLDER_ROOT(""),
	    FOLDER_SUB("d", ""),
	    { "charts/d/values.yaml", "global: {a: 1}" } },
	  NULL,
	  NULL,
	  "d {\"d\":{\"global\":{\"a\":1}}}" },
	{ "global: a map and no map do not merge, the subchart's stays",
	  { FOLDER_ROOT(""),
	    FOLDER_SUB("d", ""),
	    { "values.yaml", "global: {a: {x: 1}, b: 1}\n"
			     "d: {global: {a: 2, b: {w: 2}}}" } },
	  NULL,
	  NULL,
	  "d {\"global\":{\"a\":{\"x\":1},\"b\":1},\"d\":{\"global\":{\"a\":2,"
	  "\"b\":{\"w\":2}}}}" },
	{ "condition, off",
	  { FOLDER_ROOT("dependencies: [{name: d, condition: d.live}]"),
	    FOLDER_SUB("d", ""),
	    { "values.yaml", "d: {live: false}" },
	    { "charts/d/values.yaml", "a: 1" } },
	  NULL,
	  NULL,
	  "{\"d\":{\"live\":false}}" },
	{ "condition, on by the user",
	  { FOLDER_ROOT("dependencies: [{name: d, condition: d.live}]"),
	    FOLDER_SUB("d", ""),
	    { "values.yaml", "d: {live: false}" },
	    { "charts/d/values.yaml", "a: 1" } },
	  NULL,
	  "{d: {live: true}}",
	  "d {\"d\":{\"live\":true,\"global\":{},\"a\":1}}" },
	{ "condition in the subchart's own values",
	  { FOLDER_ROOT("dependencies: [{name: d, condition: d.live}]"),
	    FOLDER_SUB("d", ""),
	    { "charts/d/values.yaml", "live: false" } },
	  NULL,
	  NULL,
	  "{}" },
	{ "condition that leads nowhere is none",
	  { FOLDER_ROOT("dependencies: [{name: d, condition: d.live.x}]"),
	    FOLDER_SUB("d", ""),
	    { "charts/d/values.yaml", "live: false" } },
	  NULL,
	  NULL,
	  "d {\"d\":{\"global\":{},\"live\":false}}" },
	{ "condition that is no boolean is none",
	  { FOLDER_ROOT("dependencies: [{name: d, condition: d.live}]"),
	    FOLDER_SUB("d", ""),
	    { "charts/d/values.yaml", "live: 'false'" } },
	  NULL,
	  NULL,
	  "d {\"d\":{\"global\":{},\"live\":\"false\"}}" },
	{ "the first path that leads somewhere decides",
	  { FOLDER_ROOT("dependencies: [{name: d, condition: 'x.w,a,b'}]"),
	    FOLDER_SUB("d", ""),
	    { "values.yaml", "a: false\nb: true" } },
	  NULL,
	  NULL,
	  "{\"a\":false,\"b\":true}" },
	{ "a tag, off",
	  { FOLDER_ROOT("dependencies: [{name: d, tags: [t]}]"),
	    FOLDER_SUB("d", ""),
	    { "values.yaml", "tags: {t: false}" } },
	  NULL,
	  NULL,
	  "{\"tags\":{\"t\":false}}" },
	{ "one tag that is on outweighs those that are off",
	  { FOLDER_ROOT("dependencies: [{name: d, tags: [t, u, v]}]"),
	    FOLDER_SUB("d", ""),
	    { "values.yaml", "tags: {t: false, u: true, v: false}" } },
	  NULL,
	  NULL,
	  "d {\"tags\":{\"t\":false,\"u\":true,\"v\":false},\"d\":{\"global\":{"
	  "}}}" },
	{ "tags that nobody sets",
	  { FOLDER_ROOT("dependencies: [{name: d, tags: [t]}]"),
	    FOLDER_SUB("d", "") },
	  NULL,
	  NULL,
	  "d {\"d\":{\"global\":{}}}" },
	{ "tag that is no boolean",
	  { FOLDER_ROOT("dependencies: [{name: d, tags: [t]}]"),
	    FOLDER_SUB("d", "") },
	  NULL,
	  "{tags: {t: 0}}",
	  "d {\"tags\":{\"t\":0},\"d\":{\"global\":{}}}" },
	{ "condition wins over tags, on",
	  { FOLDER_ROOT("dependencies: [{name: d, tags: [t], condition: a}]"),
	    FOLDER_SUB("d", ""),
	    { "values.yaml", "tags: {t: false}\na: true" } },
	  NULL,
	  NULL,
	  "d {\"tags\":{\"t\":false},\"a\":true,\"d\":{\"global\":{}}}" },
	{ "condition wins over tags, off",
	  { FOLDER_ROOT("dependencies: [{name: d, tags: [t], condition: a}]"),
	    FOLDER_SUB("d", ""),
	    { "values.yaml", "tags: {t: true}\na: false" } },
	  NULL,
	  NULL,
	  "{\"tags\":{\"t\":true},\"a\":false}" },
	{ "a subchart's condition is about its own values",
	  { FOLDER_ROOT(""),
	    FOLDER_SUB("d", "dependencies: [{name: e, condition: e.live}]"),
	    FOLDER_SUBSUB("d", "e"),
	    { "values.yaml", "d: {e: {live: false}}" } },
	  NULL,
	  NULL,
	  "d {\"d\":{\"e\":{\"live\":false},\"global\":{}}}" },
	{ "a subchart's tags are the chart's",
	  { FOLDER_ROOT(""),
	    FOLDER_SUB("d", "dependencies: [{name: e, tags: [t]}]"),
	    FOLDER_SUBSUB("d", "e"),
	    { "values.yaml", "tags: {t: false}" } },
	  NULL,
	  NULL,
	  "d {\"tags\":{\"t\":false},\"d\":{\"global\":{}}}" },
	{ "a subchart's own tags are defaults",
	  { FOLDER_ROOT(""),
	    FOLDER_SUB("d", "dependencies: [{name: e, tags: [t]}]"),
	    FOLDER_SUBSUB("d", "e"),
	    { "charts/d/values.yaml", "tags: {t: false}" } },
	  NULL,
	  NULL,
	  "d {\"d\":{\"global\":{},\"tags\":{\"t\":false}}}" },
	{ "what is below a disabled subchart is disabled",
	  { FOLDER_ROOT("dependencies: [{name: d, condition: d.live}]"),
	    FOLDER_SUB("d", ""),
	    FOLDER_SUBSUB("d", "e"),
	    { "values.yaml", "d: {live: false}" } },
	  NULL,
	  NULL,
	  "{\"d\":{\"live\":false}}" },
	{ "one chart under two aliases",
	  { FOLDER_ROOT("dependencies: [{name: d, alias: x, condition: x.live}, "
			"{name: d, alias: w, condition: w.live}, {name: d}]"),
	    FOLDER_SUB("d", ""),
	    { "values.yaml", "x: {live: false}\nw: {a: 2}" },
	    { "charts/d/values.yaml", "a: 1" } },
	  NULL,
	  NULL,
	  "w d {\"x\":{\"live\":false},\"w\":{\"a\":2,\"global\":{}},\"d\":{"
	  "\"global\":{},\"a\":1}}" },
	{ "import by name",
	  { FOLDER_ROOT("dependencies: [{name: d, import-values: [data]}]"),
	    FOLDER_SUB("d", ""),
	    { "values.yaml", "a: 1\nm: {x: 1}" },
	    { "charts/d/values.yaml",
	      "exports: {data: {a: 2, b: 2, m: {x: 2, w: 2}}}" } },
	  NULL,
	  NULL,
	  "d {\"b\":2,\"a\":1,\"m\":{\"x\":1,\"w\":2},\"d\":{\"global\":{},"
	  "\"exports\":{\"data\":{\"a\":2,\"b\":2,\"m\":{\"x\":2,\"w\":2}}}}}" },
	{ "import of child into parent",
	  { FOLDER_ROOT("dependencies: [{name: d, import-values: [{child: a.b, "
			"parent: x.w}]}]"),
	    FOLDER_SUB("d", ""),
	    { "charts/d/values.yaml", "a: {b: {c: 1}}" } },
	  NULL,
	  NULL,
	  "d {\"x\":{\"w\":{\"c\":1}},\"d\":{\"global\":{},\"a\":{\"b\":{\"c\":"
	  "1}}}}" },
	{ "import to the top",
	  { FOLDER_ROOT(
		    "dependencies: [{name: d, alias: z, import-values: [{child: "
		    "a, parent: .}]}]"),
	    FOLDER_SUB("d", ""),
	    { "charts/d/values.yaml", "a: {b: 1}" } },
	  NULL,
	  NULL,
	  "z {\"b\":1,\"z\":{\"global\":{},\"a\":{\"b\":1}}}" },
	{ "what the chart says about the subchart is imported",
	  { FOLDER_ROOT(
		    "dependencies: [{name: d, import-values: [{child: a, parent: "
		    "x}]}]"),
	    FOLDER_SUB("d", ""),
	    { "values.yaml", "d: {a: {b: 2}}" },
	    { "charts/d/values.yaml", "a: {b: 1, c: 1}" } },
	  NULL,
	  NULL,
	  "d {\"x\":{\"b\":2,\"c\":1},\"d\":{\"a\":{\"b\":2,\"c\":1},\"global\":"
	  "{}}}" },
	{ "what the user says about the subchart is not",
	  { FOLDER_ROOT(
		    "dependencies: [{name: d, import-values: [{child: a, parent: "
		    "x}]}]"),
	    FOLDER_SUB("d", ""),
	    { "charts/d/values.yaml", "a: {b: 1}" } },
	  NULL,
	  "{d: {a: {b: 3}}}",
	  "d {\"x\":{\"b\":1},\"d\":{\"a\":{\"b\":3},\"global\":{}}}" },
	{ "the user wins over what is imported",
	  { FOLDER_ROOT(
		    "dependencies: [{name: d, import-values: [{child: a, parent: "
		    "x}]}]"),
	    FOLDER_SUB("d", ""),
	    { "charts/d/values.yaml", "a: {b: 1, c: 1}" } },
	  NULL,
	  "{x: {b: 3, c: null}}",
	  "d {\"x\":{\"b\":3},\"d\":{\"a\":{\"b\":1,\"c\":1},\"global\":{}}}" },
	{ "imports go up through charts",
	  { FOLDER_ROOT("dependencies: [{name: d, import-values: [e]}]"),
	    FOLDER_SUB("d",
		       "dependencies: [{name: e, import-values: [{child: a, "
		       "parent: exports.e}]}]"),
	    FOLDER_SUBSUB("d", "e"),
	    { "charts/d/charts/e/values.yaml", "a: {b: 1}" } },
	  NULL,
	  NULL,
	  "d d/e {\"b\":1,\"d\":{\"exports\":{\"e\":{\"b\":1}},\"e\":{"
	  "\"global\":{},\"a\":{\"b\":1}},\"global\":{}}}" },
	{ "nothing is imported from a disabled subchart",
	  { FOLDER_ROOT(
		    "dependencies: [{name: d, condition: d.live, import-values: "
		    "[{child: a, parent: x}]}]"),
	    FOLDER_SUB("d", ""),
	    { "charts/d/values.yaml", "a: {b: 1}" } },
	  NULL,
	  "{d: {live: false}}",
	  "{\"d\":{\"live\":false}}" },
	{ "conditions are asked before anything is imported",
	  { FOLDER_ROOT(
		    "dependencies: [{name: d, condition: x.live, import-values: "
		    "[{child: a, parent: x}]}]"),
	    FOLDER_SUB("d", ""),
	    { "charts/d/values.yaml", "a: {live: false}" } },
	  NULL,
	  NULL,
	  "d {\"x\":{\"live\":false},\"d\":{\"global\":{},\"a\":{\"live\":false}}}" },
	{ "a schema is for its own chart",
	  { FOLDER_ROOT(""),
	    FOLDER_SUB("d", ""),
	    FOLDER_SUBSUB("d", "e"),
	    { "charts/d/charts/e/values.schema.json",
	      "{\"properties\": {\"a\": {\"type\": \"integer\"}}}" } },
	  NULL,
	  "{a: x, d: {a: x, e: {a: x}}}",
	  "charts/d/charts/e/values.schema.json: a: must be an integer, found a "
	  "string of 1 character" },
	{ "a schema of a subchart that takes no part",
	  { FOLDER_ROOT("dependencies: [{name: d, condition: d.live}]"),
	    FOLDER_SUB("d", ""),
	    { "charts/d/values.schema.json", "{\"required\": [\"a\"]}" } },
	  NULL,
	  "{d: {live: false}}",
	  "{\"d\":{\"live\":false}}" },
	{ "the user's values of a subchart are a list",
	  { FOLDER_ROOT(""), FOLDER_SUB("d", "") },
	  NULL,
	  "{d: []}",
	  "the values of subchart d must be a map, found list" },
};

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

static void test_row(void **state)
{
	const struct row *row = *state;
	AUTO(chart_unref) struct chart *chart = load(row->files);
	AUTO(val_unref) struct val *preset = given(row->preset);
	AUTO(val_unref) struct val *user = given(row->user);
	AUTO(chart_values_free) struct chart_values *values = NULL;
	AUTO_BUF got = BUF_INIT(LIMIT_MIB(1));
	AUTO_ERR err = ERR_INIT;

	if (!chart_values_new(chart, preset, user, NULL, &values, &err)) {
		assert_string_equal(err.msg, row->want);
		if (err.field)
			assert_string_equal(err.field, "d.e.a");
		return;
	}
	assert_true(values->enabled[0]);
	for (size_t i = 1; i < chart->part_count; i++)
		if (values->enabled[i])
			buf_addf(&got, "%.*s ",
				 (int)strlen(chart->parts[i].scope) - 1,
				 chart->parts[i].scope);
	struct str want = str_of(row->want), parts;
	parts = str_cut(want.p, (size_t)(strchr(want.p, '{') - want.p));
	AUTO(val_unref) struct val *all = given(want.p + parts.n);
	if (!str_equal(buf_str(&got), parts) || !val_equal(values->all, all)) {
		json_write(values->all, &got);
		assert_string_equal(buf_text(&got), row->want);
	}
}

int main(void)
{
	return ROWS_RUN("subvalues", rows, test_row);
}
