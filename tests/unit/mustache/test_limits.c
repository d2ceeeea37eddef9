/*
 * The limits of one render, at the limit and one beyond. tests/unit/chart has
 * what hostile charts make of them.
 */
#include "base/alloc.h"
#include "base/limits.h"
#include "data/json.h"
#include "mustache/mustache.h"
#include "unit/rows.h"

#include <stdio.h>

#define ALL \
	(MUSTACHE_STRICT | MUSTACHE_QUERIES | MUSTACHE_PATHS | MUSTACHE_HELPERS)

static const struct row {
	const char *name;
	const char *first, *again, *last; /* `again` as often as it says */
	size_t times;                     /* most that is allowed */
	bool is_list;                     /* it is the items of l instead */
	const char *error;
} rows[] = {
	{ "parts of a name", "{{#x", ".x", "}}{{/x", LIMIT_NAME_PARTS - 1,
	  false, "has more than 32 parts" },
	/* Three operations, and one for each further turn. */
	{ "steps", "{{#l}}{{/l}}", "", "", LIMIT_RENDER_STEPS - 2, true,
	  "t:1:7: render takes more than 2000000 steps" },
	/* They are counted as a loop goes back. */
	{ "values made", "{{#l}}{{#-index=0}}{{/-index=0}}{{/l}}", "", "",
	  LIMIT_RENDER_MADE + 1, true,
	  "t:1:33: render makes more than 100000 values" },
	{ "values made by helpers", "{{#l}}{{#lower}}a{{/lower}}{{/l}}", "", "",
	  LIMIT_RENDER_MADE + 1, true,
	  "t:1:28: render makes more than 100000 values" },
	/* One is the template itself. */
	{ "ways into partials", "", "{{>p}}", "", LIMIT_RENDER_CALLS - 1, false,
	  "t:1:599995: partials are included in more than 100000 ways" },
	{ "parts of a helper", "{{#string}}{{#l}}{{x}}{{/l}}{{/string}}", "",
	  "", LIMIT_TEMPLATE_OPS, true,
	  "t:1:18: helper has more than 200000 parts" },
};

static struct val *list_of(size_t n)
{
	AUTO_VAL_LIST list = { 0 };

	for (size_t i = 0; i < n; i++)
		val_list_add(&list, val_bool(true));
	return val_list_take(&list);
}

static bool render(const struct row *row, size_t n, struct err *err)
{
	AUTO(mustache_free) struct mustache_set *set = NULL;
	AUTO(mustache_run_free) struct mustache_run *run = mustache_run_new();
	AUTO_BUF text = BUF_INIT(LIMIT_MIB(4)), out = BUF_INIT(LIMIT_MIB(1));
	AUTO_VAL_MAP values = { 0 };
	size_t times = row->is_list ? 1 : n;

	buf_add_text(&text, row->first);
	for (size_t i = 0; i < times; i++)
		buf_add_text(&text, row->again);
	buf_add_text(&text, row->last);
	if (str_ends(str_of(row->last), "/x")) {
		for (size_t i = 0; i < times; i++)
			buf_add_text(&text, row->again);
		buf_add_text(&text, "}}");
	}
	val_map_put_take(&values, "l", list_of(row->is_list ? n : 0));
	val_map_set_text(&values, "x", "");
	AUTO(val_unref) struct val *root = val_map_take(&values);
	const struct mustache_source sources[] = {
		{ .name = "t", .text = buf_str(&text), .flags = ALL },
		{ .name = "p", .text = str_of(""), .flags = ALL },
	};
	return mustache_compile(sources, 2, &set, err) &&
	       mustache_render(run, mustache_find(set, "t"), root,
			       MUSTACHE_PLAIN, &out, err);
}

static void test_row(void **state)
{
	const struct row *row = *state;
	AUTO_ERR err = ERR_INIT;

	if (!render(row, row->times, &err))
		fail_msg("%.300s", err.msg);
	assert_false(render(row, row->times + 1, &err));
	assert_int_equal(err.kind, ERR_LIMIT);
	if (!strstr(err.msg, row->error))
		fail_msg("should say \"%s\", but: %.300s", row->error, err.msg);
}

/* Partials that include one another, so deep. */
static bool render_chain(size_t depth, struct err *err)
{
	enum { MOST = LIMIT_PARTIAL_DEPTH + 2 };
	struct mustache_source sources[MOST];
	char names[MOST][8], texts[MOST][16];
	AUTO(mustache_free) struct mustache_set *set = NULL;
	AUTO(mustache_run_free) struct mustache_run *run = mustache_run_new();
	AUTO_BUF out = BUF_INIT(LIMIT_MIB(1));

	for (size_t i = 0; i <= depth; i++) {
		snprintf(names[i], sizeof(names[i]), "p%zu", i);
		snprintf(texts[i], sizeof(texts[i]), "{{> p%zu}}", i + 1);
		sources[i] = (struct mustache_source){
			.name = names[i],
			.text = str_of(i < depth ? texts[i] : "end"),
			.flags = ALL,
		};
	}
	if (!mustache_compile(sources, depth + 1, &set, err) ||
	    !mustache_render(run, mustache_find(set, "p0"), NULL,
			     MUSTACHE_PLAIN, &out, err))
		return false;
	assert_string_equal(buf_text(&out), "end");
	return true;
}

static void test_depth(void **state)
{
	AUTO_ERR err = ERR_INIT;

	(void)state;
	assert_true(render_chain(LIMIT_PARTIAL_DEPTH, &err));
	assert_false(render_chain(LIMIT_PARTIAL_DEPTH + 1, &err));
	assert_int_equal(err.kind, ERR_LIMIT);
	assert_true(str_starts(str_of(err.msg), "p64:1:1 (included from "));
	assert_non_null(strstr(err.msg, "p0:1:1): partials include each other "
					"more than 64 deep"));
}

/* Tags that a loop comes back to are found again, when they are not too many
 * in one template. */
static void test_siblings(void **state)
{
	struct row row = { .first = "{{#l}}", .last = "{{/l}}" };
	AUTO_BUF tags = BUF_INIT(LIMIT_MIB(1));
	AUTO_ERR err = ERR_INIT;
	size_t turns = LIMIT_RENDER_CALLS / LIMIT_RENDER_SIBLINGS + 1;

	(void)state;
	row.is_list = true;
	for (int i = 0; i < LIMIT_RENDER_SIBLINGS; i++)
		buf_add_text(&tags, "{{>p}}");
	row.again = buf_text(&tags);
	assert_true(render(&row, turns, &err));
	buf_add_text(&tags, "{{>p}}");
	row.again = buf_text(&tags);
	assert_false(render(&row, turns, &err));
	assert_int_equal(err.kind, ERR_LIMIT);
}

int main(void)
{
	static const struct CMUnitTest more[] = {
		cmocka_unit_test(test_depth),
		cmocka_unit_test(test_siblings),
	};

	return ROWS_RUN("limits", rows, test_row) +
	       cmocka_run_group_tests_name("partials", more, NULL, NULL);
}
