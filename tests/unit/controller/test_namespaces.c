/* Which namespaces are watched, and by which watch. */
#include "controller/namespaces.h"

#include "base/buf.h"
#include "base/limits.h"

#include "unit/rows.h"

static const struct row {
	const char *name, *text, *want; /* NULL: an error */
} rows[] = {
	{ "nothing", NULL, "" },
	{ "empty", "", "" },
	{ "one", "team-a", "team-a" },
	{ "several", "b,a,c-1", "b a c-1" },
	{ "spaces and empty items", " a ,, b,", "a b" },
	{ "twice", "a,b,a", "a b" },
	{ "only commas", ",,", "" },
	{ "capitals", "Team", NULL },
	{ "a dot", "a.b", NULL },
	{ "a space within", "a b", NULL },
	{ "a dash at the end", "a-", NULL },
	{ "a dash at the beginning", "a,-b", NULL },
	{ "63 characters",
	  "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
	  "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa" },
	{ "64 characters",
	  "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
	  NULL },
};

static void reads(void **state)
{
	const struct row *row = *state;
	AUTO_NAMESPACES n = { 0 };
	AUTO_ERR err = ERR_INIT;
	AUTO_BUF got = BUF_INIT(LIMIT_KIB(4));

	if (!namespaces_read(row->text, &n, &err)) {
		assert_null(row->want);
		assert_int_equal(err.kind, ERR_INVALID);
		assert_non_null(strstr(err.msg, "is no name of a namespace"));
		return;
	}
	assert_non_null(row->want);
	for (size_t i = 0; i < n.count; i++)
		buf_addf(&got, "%s%s", i ? " " : "", n.items[i]);
	assert_string_equal(buf_text(&got), row->want);
}

static void watches(void **state)
{
	(void)state;
	AUTO_NAMESPACES all = { 0 };
	AUTO_NAMESPACES two = { 0 };
	AUTO_ERR err = ERR_INIT;

	assert_true(namespaces_read("a,b", &two, &err));
	assert_int_equal(namespaces_watches(&all), 1);
	assert_null(namespaces_at(&all, 0));
	assert_int_equal(namespaces_watch_of(&all, str_of("b")), 0);
	assert_int_equal(namespaces_watches(&two), 2);
	assert_string_equal(namespaces_at(&two, 1), "b");
	assert_int_equal(namespaces_watch_of(&two, str_of("a")), 0);
	assert_int_equal(namespaces_watch_of(&two, str_of("b")), 1);
	assert_int_equal(namespaces_watch_of(&two, str_of("")), 0);
}

static void too_many(void **state)
{
	(void)state;
	AUTO_BUF text = BUF_INIT(LIMIT_KIB(64));
	AUTO_NAMESPACES n = { 0 };
	AUTO_ERR err = ERR_INIT;

	for (int i = 0; i <= LIMIT_NAMESPACES; i++)
		buf_addf(&text, "n%d,", i);
	assert_false(namespaces_read(buf_text(&text), &n, &err));
	assert_int_equal(err.kind, ERR_LIMIT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(watches),
		cmocka_unit_test(too_many),
	};

	return ROWS_RUN("namespaces", rows, reads) +
	       cmocka_run_group_tests_name("watches", tests, NULL, NULL);
}
