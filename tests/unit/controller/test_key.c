/* Keys of custom resources, there and back. */
#include "controller/key.h"

#include "base/alloc.h"

#include "unit/rows.h"

static const struct row {
	const char *name; /* the key */
	bool ok;
	size_t entry;
	const char *ns, *object, *both;
} rows[] = {
	{ "0/ns/x", true, 0, "ns", "x", "ns/x" },
	{ "12/team-a/web", true, 12, "team-a", "web", "team-a/web" },
	{ "3//x", true, 3, "", "x", "/x" },
	{ "999999/a/b", true, 999999, "a", "b", "a/b" },
	{ "1000000/a/b", false, 0, "", "", "a/b" },
	{ "/a/b", false, 0, "", "", "a/b" },
	{ "x/a/b", false, 0, "", "", "a/b" },
	{ "-1/a/b", false, 0, "", "", "a/b" },
	{ "1/a", false, 0, "", "", "a" },
	{ "1", false, 0, "", "", "1" },
	{ "", false, 0, "", "", "" },
};

static void parses(void **state)
{
	const struct row *row = *state;
	struct str ns = { 0 }, object = { 0 };
	size_t entry = 0;

	assert_int_equal(key_parse(row->name, &entry, &ns, &object), row->ok);
	assert_string_equal(key_object(row->name), row->both);
	assert_int_equal(key_entry(row->name), row->entry);
	if (!row->ok)
		return;
	assert_int_equal(entry, row->entry);
	assert_true(str_is(ns, row->ns) && str_is(object, row->object));
	AUTO_FREE char *again = key_print(entry, row->ns, row->object);
	assert_string_equal(again, row->name);
}

int main(void)
{
	return ROWS_RUN("key", rows, parses);
}
