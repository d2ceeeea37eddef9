#include "data/diff.h"

#include "data/json.h"
#include "data/pointer.h"
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

static void print(const struct diff *d, struct buf *out)
{
	for (size_t i = 0; i < d->count; i++) {
		const struct diff_entry *e = &d->items[i];

		buf_addf(out, "%s %s", e->pointer, diff_kind_text(e->kind));
		if (e->from) {
			buf_add_char(out, ' ');
			json_write(e->from, out);
		}
		if (e->to) {
			buf_add_text(out, " to ");
			json_write(e->to, out);
		}
		buf_add_char(out, ';');
	}
	if (d->more)
		buf_add_text(out, "more");
}

static const struct row {
	const char *name, *a, *b;
	const char *values; /* diff_values(a, b) */
	const char *subset; /* diff_subset(b, a): b is wanted, a is there */
} rows[] = {
	{ "equal", "{\"a\":[1]}", "{\"a\":[1]}", "", "" },
	{ "equal numbers", "[1,1000,1.50]", "[1.0,1e3,1.5]", "", "" },
	{ "changed", "{\"a\":1}", "{\"a\":2}", "/a changed 1 to 2;",
	  "/a changed 1 to 2;" },
	{ "another type", "{\"a\":1}", "{\"a\":\"1\"}",
	  "/a changed 1 to \"1\";", "/a changed 1 to \"1\";" },
	{ "list by map", "{\"a\":[1]}", "{\"a\":{\"b\":1}}",
	  "/a changed [1] to {\"b\":1};", "/a changed [1] to {\"b\":1};" },
	{ "added", "{}", "{\"a\":{\"b\":1}}", "/a added to {\"b\":1};",
	  "/a added to {\"b\":1};" },
	{ "the server's own", "{\"a\":1,\"b\":{\"c\":2,\"d\":3}}",
	  "{\"b\":{\"c\":2}}", "/a removed 1;/b/d removed 3;", "" },
	{ "items", "[1,2,3]", "[1,4]", "/1 changed 2 to 4;/2 removed 3;",
	  "/1 changed 2 to 4;/2 removed 3;" },
	{ "more items", "[1]", "[1,2]", "/1 added to 2;", "/1 added to 2;" },
	{ "field of an item", "[{\"a\":1,\"b\":2}]", "[{\"a\":3}]",
	  "/0/b removed 2;/0/a changed 1 to 3;", "/0/a changed 1 to 3;" },
	{ "null is wanted of nobody", "{}", "{\"a\":null}", "/a added to null;",
	  "" },
	{ "empty is wanted of nobody", "{}", "{\"a\":{},\"b\":[]}",
	  "/a added to {};/b added to [];", "" },
	{ "empty, but there is something", "{\"a\":[1]}", "{\"a\":[]}",
	  "/a/0 removed 1;", "/a/0 removed 1;" },
	{ "null, but there is something", "{\"a\":1}", "{\"a\":null}",
	  "/a changed 1 to null;", "/a changed 1 to null;" },
	{ "key with a slash", "{\"a/b\":{\"~\":1}}", "{\"a/b\":{\"~\":2}}",
	  "/a~1b/~0 changed 1 to 2;", "/a~1b/~0 changed 1 to 2;" },
	{ "whole", "1", "2", " changed 1 to 2;", " changed 1 to 2;" },
	{ "of nothing", NULL, "1", " added to 1;", " added to 1;" },
	{ "to nothing", "1", NULL, " removed 1;", " removed 1;" },
	{ "nothing at all", NULL, NULL, "", "" },
	{ "as many as are kept", "{}", "{\"a\":1,\"b\":2,\"c\":3}",
	  "/a added to 1;/b added to 2;/c added to 3;",
	  "/a added to 1;/b added to 2;/c added to 3;" },
	{ "one more", "{}", "{\"a\":1,\"b\":2,\"c\":3,\"d\":4}",
	  "/a added to 1;/b added to 2;/c added to 3;more",
	  "/a added to 1;/b added to 2;/c added to 3;more" },
};

static void compares(void **state)
{
	const struct row *row = *state;
	AUTO(val_unref) struct val *a = read_text(row->a);
	AUTO(val_unref) struct val *b = read_text(row->b);
	AUTO_DIFF values = DIFF_INIT(3), subset = DIFF_INIT(3);
	AUTO_BUF out = BUF_INIT(10000);

	diff_values(a, b, &values);
	print(&values, &out);
	assert_string_equal(buf_text(&out), row->values);
	buf_clear(&out);
	diff_subset(b, a, &subset);
	print(&subset, &out);
	assert_string_equal(buf_text(&out), row->subset);
}

/* Each entry says what stands at its pointer, and there is none only between
 * equal values. */
static void entries_are_true(void **state)
{
	(void)state;
	struct random_val r = { .seed = 99 };

	for (int i = 0; i < 3000; i++) {
		AUTO(val_unref) struct val *a = random_map(&r, 3);
		AUTO(val_unref) struct val *b = random_map(&r, 3);
		AUTO_DIFF d = DIFF_INIT(100000), none = DIFF_INIT(10);

		diff_values(a, b, &d);
		assert_false(d.more);
		for (size_t n = 0; n < d.count; n++) {
			const struct diff_entry *e = &d.items[n];

			assert_ptr_equal(pointer_get(a, e->pointer), e->from);
			assert_ptr_equal(pointer_get(b, e->pointer), e->to);
		}
		diff_values(a, a, &none);
		diff_subset(b, b, &none);
		assert_int_equal(none.count, 0);
	}
}

int main(void)
{
	const struct CMUnitTest others[] = { cmocka_unit_test(
		entries_are_true) };

	return ROWS_RUN("diff", rows, compares) +
	       cmocka_run_group_tests_name("diff more", others, NULL, NULL);
}
