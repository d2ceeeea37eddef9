#include "data/merge.h"

#include "data/json.h"
#include "random_val.h"

#include "unit/rows.h"

static struct val *read_text(const char *text)
{
	struct val *v = NULL;
	AUTO_ERR err = ERR_INIT;

	if (text && !json_read(str_of(text), &v, &err))
		fail_msg("%s", err.msg);
	return v;
}

static void assert_json(const struct val *v, const char *want)
{
	AUTO_BUF out = BUF_INIT(10000);
	AUTO(val_unref) struct val *wanted = read_text(want);

	json_write(v, &out);
	if (!val_equal(v, wanted))
		fail_msg("%s instead of %s", buf_text(&out), want);
}

/* RFC 7386 appendix A, all of it, then our own. */
static const struct over_row {
	const char *name, *base, *over, *want;
} over_rows[] = {
	{ "RFC: replaced", "{\"a\":\"b\"}", "{\"a\":\"c\"}", "{\"a\":\"c\"}" },
	{ "RFC: added", "{\"a\":\"b\"}", "{\"b\":\"c\"}",
	  "{\"a\":\"b\",\"b\":\"c\"}" },
	{ "RFC: removed", "{\"a\":\"b\"}", "{\"a\":null}", "{}" },
	{ "RFC: one of two removed", "{\"a\":\"b\",\"b\":\"c\"}",
	  "{\"a\":null}", "{\"b\":\"c\"}" },
	{ "RFC: list by text", "{\"a\":[\"b\"]}", "{\"a\":\"c\"}",
	  "{\"a\":\"c\"}" },
	{ "RFC: text by list", "{\"a\":\"c\"}", "{\"a\":[\"b\"]}",
	  "{\"a\":[\"b\"]}" },
	{ "RFC: nested", "{\"a\":{\"b\":\"c\"}}",
	  "{\"a\":{\"b\":\"d\",\"c\":null}}", "{\"a\":{\"b\":\"d\"}}" },
	{ "RFC: list of maps", "{\"a\":[{\"b\":\"c\"}]}", "{\"a\":[1]}",
	  "{\"a\":[1]}" },
	{ "RFC: lists", "[\"a\",\"b\"]", "[\"c\",\"d\"]", "[\"c\",\"d\"]" },
	{ "RFC: map by list", "{\"a\":\"b\"}", "[\"c\"]", "[\"c\"]" },
	{ "RFC: map by null", "{\"a\":\"foo\"}", "null", "null" },
	{ "RFC: map by text", "{\"a\":\"foo\"}", "\"bar\"", "\"bar\"" },
	{ "RFC: null that was there", "{\"e\":null}", "{\"a\":1}",
	  "{\"e\":null,\"a\":1}" },
	{ "RFC: list by map", "[1,2]", "{\"a\":\"b\",\"c\":null}",
	  "{\"a\":\"b\"}" },
	{ "RFC: nulls in a new map", "{}", "{\"a\":{\"bb\":{\"ccc\":null}}}",
	  "{\"a\":{\"bb\":{}}}" },
	{ "nothing over", "{\"a\":1}", NULL, "{\"a\":1}" },
	{ "over nothing", NULL, "{\"a\":{\"b\":null,\"c\":1}}",
	  "{\"a\":{\"c\":1}}" },
	{ "nulls in a list stay", "{}", "{\"a\":[null,{\"b\":null}]}",
	  "{\"a\":[null,{\"b\":null}]}" },
	{ "empty", "{}", "{}", "{}" },
};

static void over(void **state)
{
	const struct over_row *row = *state;
	AUTO(val_unref) struct val *base = read_text(row->base);
	AUTO(val_unref) struct val *change = read_text(row->over);
	AUTO(val_unref) struct val *out = merge_over(base, change);
	AUTO(val_unref) struct val *patched = merge_patch(base, change);

	assert_json(out, row->want);
	assert_true(val_equal(out, patched));
}

static const struct between_row {
	const char *name, *from, *to, *want;
} between_rows[] = {
	{ "equal", "{\"a\":[1]}", "{\"a\":[1]}", "{}" },
	{ "added", "{}", "{\"a\":{\"b\":1}}", "{\"a\":{\"b\":1}}" },
	{ "removed", "{\"a\":1,\"b\":2}", "{\"b\":2}", "{\"a\":null}" },
	{ "deep", "{\"a\":{\"b\":1,\"c\":2},\"d\":3}",
	  "{\"a\":{\"b\":1,\"c\":4},\"d\":3}", "{\"a\":{\"c\":4}}" },
	{ "list", "{\"a\":[1,2]}", "{\"a\":[1,3]}", "{\"a\":[1,3]}" },
	{ "scalar by map", "{\"a\":1}", "{\"a\":{\"b\":2}}",
	  "{\"a\":{\"b\":2}}" },
	{ "no maps", "1", "2", "2" },
};

static void between(void **state)
{
	const struct between_row *row = *state;
	AUTO(val_unref) struct val *from = read_text(row->from);
	AUTO(val_unref) struct val *to = read_text(row->to);
	AUTO(val_unref) struct val *patch = merge_patch_between(from, to);
	AUTO(val_unref) struct val *out = merge_patch(from, patch);

	assert_json(patch, row->want);
	assert_true(val_equal(out, to));
}

/* It leads there also from something else, but for what neither knows. */
static void full_patch(void **state)
{
	AUTO(val_unref) struct val *from = read_text("{\"a\":1,\"b\":2}");
	AUTO(val_unref) struct val *to = read_text("{\"b\":2,\"c\":{}}");
	AUTO(val_unref) struct val *patch = merge_patch_full(from, to);

	(void)state;
	assert_json(patch, "{\"a\":null,\"b\":2,\"c\":{}}");
}

static void patches_lead_there(void **state)
{
	(void)state;
	struct random_val r = { .seed = 7386, .no_nulls = true };

	for (int i = 0; i < 5000; i++) {
		AUTO(val_unref) struct val *from = random_map(&r, 3);
		AUTO(val_unref) struct val *to = random_map(&r, 3);
		AUTO(val_unref) struct val *patch =
			merge_patch_between(from, to);
		AUTO(val_unref) struct val *out = merge_patch(from, patch);
		AUTO(val_unref) struct val *full = merge_patch_full(from, to);
		AUTO(val_unref) struct val *same = merge_patch(from, full);

		assert_true(val_equal(out, to));
		assert_true(val_equal(same, to));
	}
}

static const struct name_row {
	const char *name, *base, *over, *path, *want;
} name_rows[] = {
	{ "merged, kept and appended",
	  "{\"a\":{\"l\":[{\"name\":\"x\",\"v\":1},{\"name\":\"y\"}],\"k\":1}}",
	  "{\"a\":{\"l\":[{\"name\":\"x\",\"w\":2},{\"name\":\"z\"}]}}", "a.l",
	  "{\"a\":{\"l\":[{\"name\":\"x\",\"v\":1,\"w\":2},{\"name\":\"y\"},"
	  "{\"name\":\"z\"}],\"k\":1}}" },
	{ "null removes a field", "{\"l\":[{\"name\":\"x\",\"v\":1}]}",
	  "{\"l\":[{\"name\":\"x\",\"v\":null}]}", "l",
	  "{\"l\":[{\"name\":\"x\"}]}" },
	{ "no name", "{\"l\":[1,{\"v\":1}]}", "{\"l\":[{\"v\":2},3]}", "l",
	  "{\"l\":[1,{\"v\":1},{\"v\":2},3]}" },
	{ "at the root", "[{\"name\":\"x\"}]", "[{\"name\":\"x\",\"a\":1}]", "",
	  "[{\"name\":\"x\",\"a\":1}]" },
	{ "other lists are replaced", "{\"l\":[1],\"m\":[1]}",
	  "{\"l\":[2],\"m\":[2]}", "l", "{\"l\":[1,2],\"m\":[2]}" },
	{ "only in base", "{\"l\":[{\"name\":\"x\"}]}", "{\"a\":1}", "l",
	  "{\"l\":[{\"name\":\"x\"}],\"a\":1}" },
	{ "only in over", "{\"a\":1}", "{\"l\":[{\"name\":\"x\"}]}", "l",
	  "{\"a\":1,\"l\":[{\"name\":\"x\"}]}" },
	{ "removed", "{\"l\":[{\"name\":\"x\"}]}", "{\"l\":null}", "l", "{}" },
};

static void by_name(void **state)
{
	const struct name_row *row = *state;
	AUTO(val_unref) struct val *base = read_text(row->base);
	AUTO(val_unref) struct val *change = read_text(row->over);
	AUTO(val_unref) struct val *out =
		merge_by_name(base, change, row->path);

	assert_json(out, row->want);
}

/* What Helm 3.21.4 gives: CoalesceValues, MergeValues, CoalesceTables. */
static const struct helm_row {
	const char *name, *user, *defaults, *values, *merged, *tables;
} helm_rows[] = {
	{ "both empty", "{}", "{}", "{}", "{}", "{}" },
	{ "only default", "{}", "{\"a\":1}", "{\"a\":1}", "{\"a\":1}",
	  "{\"a\":1}" },
	{ "only user", "{\"a\":1}", "{}", "{\"a\":1}", "{\"a\":1}",
	  "{\"a\":1}" },
	{ "user wins", "{\"a\":2}", "{\"a\":1}", "{\"a\":2}", "{\"a\":2}",
	  "{\"a\":2}" },
	{ "lists are replaced", "{\"a\":[2]}", "{\"a\":[1,3]}", "{\"a\":[2]}",
	  "{\"a\":[2]}", "{\"a\":[2]}" },
	{ "maps are merged", "{\"a\":{\"b\":1}}", "{\"a\":{\"b\":2,\"c\":3}}",
	  "{\"a\":{\"b\":1,\"c\":3}}", "{\"a\":{\"b\":1,\"c\":3}}",
	  "{\"a\":{\"b\":1,\"c\":3}}" },
	{ "null deletes a default", "{\"a\":null}", "{\"a\":1}", "{}",
	  "{\"a\":null}", "{}" },
	{ "null deletes below", "{\"a\":{\"b\":null}}",
	  "{\"a\":{\"b\":1,\"c\":2}}", "{\"a\":{\"c\":2}}",
	  "{\"a\":{\"b\":null,\"c\":2}}", "{\"a\":{\"c\":2}}" },
	{ "null without a default", "{\"a\":null,\"b\":{\"c\":null}}",
	  "{\"b\":{}}", "{\"a\":null,\"b\":{\"c\":null}}",
	  "{\"a\":null,\"b\":{\"c\":null}}",
	  "{\"a\":null,\"b\":{\"c\":null}}" },
	{ "null for a null", "{\"a\":null,\"b\":{\"c\":null}}",
	  "{\"a\":null,\"b\":{\"c\":null}}", "{\"b\":{\"c\":null}}",
	  "{\"a\":null,\"b\":{\"c\":null}}",
	  "{\"a\":null,\"b\":{\"c\":null}}" },
	{ "null of the defaults", "{}", "{\"a\":null,\"b\":{\"c\":null}}",
	  "{\"a\":null,\"b\":{\"c\":null}}", "{\"a\":null,\"b\":{\"c\":null}}",
	  "{\"a\":null,\"b\":{\"c\":null}}" },
	{ "map for a scalar", "{\"a\":{\"b\":1}}", "{\"a\":2}",
	  "{\"a\":{\"b\":1}}", "{\"a\":{\"b\":1}}", "{\"a\":{\"b\":1}}" },
	{ "scalar for a map", "{\"a\":2}", "{\"a\":{\"b\":1}}", "{\"a\":2}",
	  "{\"a\":2}", "{\"a\":2}" },
};

static void as_helm(void **state)
{
	const struct helm_row *row = *state;
	AUTO(val_unref) struct val *user = read_text(row->user);
	AUTO(val_unref) struct val *defaults = read_text(row->defaults);
	AUTO(val_unref) struct val *values = merge_coalesce(user, defaults);
	AUTO(val_unref) struct val *merged =
		merge_coalesce_chart(user, defaults, MERGE_KEEP_NULLS, NULL);
	AUTO(val_unref) struct val *tables =
		merge_tables(user, defaults, MERGE_DROP_NULLS);

	assert_json(values, row->values);
	assert_json(merged, row->merged);
	assert_json(tables, row->tables);
}

static void subcharts_keep_their_nulls(void **state)
{
	(void)state;
	AUTO(val_unref) struct val *user =
		read_text("{\"a\":{\"b\":null},\"sub\":{\"b\":null}}");
	AUTO(val_unref) struct val *defaults =
		read_text("{\"a\":{\"b\":1},\"sub\":{\"b\":1}}");
	AUTO(val_unref) struct val *subcharts = read_text("{\"sub\":true}");
	AUTO(val_unref) struct val *out = merge_coalesce_chart(
		user, defaults, MERGE_DROP_NULLS, subcharts);
	AUTO(val_unref) struct val *none = merge_coalesce(NULL, defaults);
	AUTO(val_unref) struct val *same = merge_coalesce(user, NULL);

	assert_json(out, "{\"a\":{},\"sub\":{\"b\":null}}");
	assert_true(val_equal(none, defaults));
	assert_true(val_equal(same, user));
}

int main(void)
{
	const struct CMUnitTest others[] = {
		cmocka_unit_test(full_patch),
		cmocka_unit_test(patches_lead_there),
		cmocka_unit_test(subcharts_keep_their_nulls),
	};

	return ROWS_RUN("merge_over", over_rows, over) +
	       ROWS_RUN("merge_patch_between", between_rows, between) +
	       ROWS_RUN("merge_by_name", name_rows, by_name) +
	       ROWS_RUN("merge_coalesce", helm_rows, as_helm) +
	       cmocka_run_group_tests_name("merge more", others, NULL, NULL);
}
