/* Label selectors: as texts for lists, and what they select. */
#include "controller/selector.h"

#include "base/alloc.h"

#include "unit/release/given.h"
#include "unit/rows.h"

static const struct text_row {
	const char *name, *selector, *text;
} text_rows[] = {
	{ "nothing", "{}", "" },
	{ "one label", "{matchLabels: {app: web}}", "app=web" },
	{ "two", "{matchLabels: {app: web, x.io/tier: a_b}}",
	  "app=web,x.io/tier=a_b" },
	{ "an empty value", "{matchLabels: {app: ''}}", "app=" },
	{ "all operators",
	  "{matchExpressions: [{key: a, operator: In, values: [x, w]}, {key: "
	  "b, operator: NotIn, values: [z]}, {key: c, operator: Exists}, {key: "
	  "d, operator: DoesNotExist}]}",
	  "a in (x,w),b notin (z),c,!d" },
	{ "both",
	  "{matchLabels: {app: web}, matchExpressions: [{key: c, operator: "
	  "Exists, values: []}]}",
	  "app=web,c" },
};

static void writes(void **state)
{
	const struct text_row *row = *state;
	AUTO(val_unref) struct val *selector = given(row->selector);
	AUTO_FREE char *text = NULL, *where = NULL;
	AUTO_ERR err = ERR_INIT;

	if (!selector_text(selector, &text, &where, &err))
		fail_msg("%s: %s", where, err.msg);
	assert_string_equal(text, row->text);
}

#define VALUE \
	"a label's value is a text of at most 63 letters, digits, - _ and ."
#define X63 "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"

static const struct wrong_row {
	const char *name, *selector, *where, *message;
} wrong_rows[] = {
	{ "a text", "app=x", "", "selector must be a map" },
	{ "another key", "{labels: {}}", "/labels",
	  "unknown key; known are: matchLabels, matchExpressions" },
	{ "labels that are a list", "{matchLabels: [a]}", "/matchLabels",
	  "matchLabels must be a map of labels" },
	{ "a label without a name", "{matchLabels: {a: b, '': c}}",
	  "/matchLabels/", "this is no name of a label" },
	{ "a name that begins with a dash", "{matchLabels: {-a: b}}",
	  "/matchLabels/-a", "this is no name of a label" },
	{ "a name with two slashes", "{matchLabels: {a/b/c: d}}",
	  "/matchLabels/a/b/c", "this is no name of a label" },
	{ "a name that is too long", "{matchLabels: {" X63 "x: d}}",
	  "/matchLabels/" X63 "x", "this is no name of a label" },
	{ "a number", "{matchLabels: {a: 1}}", "/matchLabels/a", VALUE },
	{ "a value with a comma", "{matchLabels: {a: 'x,b=y'}}",
	  "/matchLabels/a", VALUE },
	{ "a value that is too long", "{matchLabels: {a: " X63 "x}}",
	  "/matchLabels/a", VALUE },
	{ "rules that are a map", "{matchExpressions: {}}", "/matchExpressions",
	  "matchExpressions must be a list" },
	{ "a rule that is a text", "{matchExpressions: [x]}",
	  "/matchExpressions/0", "key must be the name of a label" },
	{ "a rule of another kind",
	  "{matchExpressions: [{key: a, operator: Exists}, {key: a, operator: "
	  "exists}]}",
	  "/matchExpressions/1",
	  "operator must be In, NotIn, Exists or DoesNotExist" },
	{ "a rule with another key",
	  "{matchExpressions: [{key: a, operator: In, value: b}]}",
	  "/matchExpressions/0",
	  "unknown key; known are: key, operator, values" },
	{ "In nothing", "{matchExpressions: [{key: a, operator: In}]}",
	  "/matchExpressions/0",
	  "In and NotIn need values, Exists and DoesNotExist have none" },
	{ "Exists as something",
	  "{matchExpressions: [{key: a, operator: Exists, values: [x]}]}",
	  "/matchExpressions/0",
	  "In and NotIn need values, Exists and DoesNotExist have none" },
	{ "values that are a text",
	  "{matchExpressions: [{key: a, operator: In, values: x}]}",
	  "/matchExpressions/0", "values must be a list of texts" },
	{ "a value that is a number",
	  "{matchExpressions: [{key: a, operator: In, values: [x, 1]}]}",
	  "/matchExpressions/0", VALUE },
};

static void refuses(void **state)
{
	const struct wrong_row *row = *state;
	AUTO(val_unref) struct val *selector = given(row->selector);
	AUTO_FREE char *text = NULL, *where = NULL;
	AUTO_ERR err = ERR_INIT;

	assert_false(selector_text(selector, &text, &where, &err));
	assert_string_equal(err.msg, row->message);
	assert_string_equal(where, row->where);
}

static const struct match_row {
	const char *name, *selector, *labels;
	bool matches;
} match_rows[] = {
	{ "all", "{}", "{a: b}", true },
	{ "all without labels", "{}", "null", true },
	{ "a label", "{matchLabels: {a: b}}", "{a: b, c: d}", true },
	{ "another value", "{matchLabels: {a: b}}", "{a: c}", false },
	{ "no such label", "{matchLabels: {a: b}}", "{b: a}", false },
	{ "no labels", "{matchLabels: {a: b}}", "null", false },
	{ "one of two", "{matchLabels: {a: b, c: d}}", "{a: b}", false },
	{ "in", "{matchExpressions: [{key: a, operator: In, values: [x, w]}]}",
	  "{a: w}", true },
	{ "not in it",
	  "{matchExpressions: [{key: a, operator: In, values: [x, w]}]}",
	  "{a: z}", false },
	{ "in, but it is not there",
	  "{matchExpressions: [{key: a, operator: In, values: [x]}]}", "{}",
	  false },
	{ "not in",
	  "{matchExpressions: [{key: a, operator: NotIn, values: [x]}]}",
	  "{a: x}", false },
	{ "not in, since it is not there",
	  "{matchExpressions: [{key: a, operator: NotIn, values: [x]}]}", "{}",
	  true },
	{ "exists", "{matchExpressions: [{key: a, operator: Exists}]}",
	  "{a: ''}", true },
	{ "does not exist",
	  "{matchExpressions: [{key: a, operator: DoesNotExist}]}", "{a: x}",
	  false },
	{ "exists not",
	  "{matchExpressions: [{key: a, operator: DoesNotExist}]}", "{b: x}",
	  true },
	{ "labels and rules",
	  "{matchLabels: {a: b}, matchExpressions: [{key: c, operator: "
	  "Exists}]}",
	  "{a: b}", false },
};

static void selects(void **state)
{
	const struct match_row *row = *state;
	AUTO(val_unref) struct val *selector = given(row->selector);
	AUTO(val_unref) struct val *labels = given(row->labels);

	assert_int_equal(selector_matches(selector, labels), row->matches);
}

static void null_selects_all(void **state)
{
	(void)state;
	assert_true(selector_matches(NULL, NULL));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(null_selects_all),
	};

	return ROWS_RUN("selector text", text_rows, writes) +
	       ROWS_RUN("wrong selectors", wrong_rows, refuses) +
	       ROWS_RUN("selected", match_rows, selects) +
	       cmocka_run_group_tests_name("selector", tests, NULL, NULL);
}
