/* .helmignore: what Helm 3.21's pkg/ignore says of each row. */
#include "chart/ignore.h"

#include "base/buf.h"
#include "base/limits.h"

#include "unit/rows.h"

static const struct row {
	const char *name;
	const char *rules, *path; /* a path with a slash at its end: a folder */
	bool want;
} rows[] = {
	{ "no rules", "", "a", false },
	{ "comment", "# a\n#*\n", "a", false },
	{ "blank lines", "\n  \n\t\n", "a", false },
	{ "name", "a", "a", true },
	{ "name below", "a", "x/y/a", true },
	{ "name is not a part", "a", "ab", false },
	{ "name of a folder above is not the file's", "x", "x/a", false },
	{ "blanks around", "  a\t\r\n", "a", true },
	{ "star", "*.md", "x/README.md", true },
	{ "star, nothing", "a*", "a", true },
	{ "star does not pass a slash", "x/*", "x/y/a", false },
	{ "star, path", "x/*", "x/a", true },
	{ "stars", "a*b*c", "aXbXbXc", true },
	{ "stars, no", "a*b*c", "aXbXbX", false },
	{ "question mark", "a?", "ab", true },
	{ "question mark, a character", "a?", "a\xc3\xa9", true },
	{ "question mark, too many", "a?", "abc", false },
	{ "question mark, no slash", "a?b", "a/b", false },
	{ "class", "[ab]c", "bc", true },
	{ "class, no", "[ab]c", "cc", false },
	{ "range", "[a-c]", "b", true },
	{ "range of characters", "[\xc3\xa0-\xc3\xbc]", "\xc3\xa9", true },
	{ "not in class", "[^a]", "b", true },
	{ "not in class, no", "[^a]", "a", false },
	{ "escape", "\\*", "*", true },
	{ "escape, no", "\\*", "a", false },
	{ "escape in a class", "[\\]]", "]", true },
	{ "rooted", "/a", "a", true },
	{ "rooted, below", "/a", "x/a", false },
	{ "path", "x/a", "x/a", true },
	{ "path, below", "x/a", "y/x/a", false },
	{ "folder", "a/", "a/", true },
	{ "folder, but a file", "a/", "a", false },
	{ "folder by its path", "x/a/", "x/a/", true },
	{ "first that ignores counts", "b\na\n", "a", true },
	{ "negation ignores all else", "!a", "b", true },
	{ "negation", "!a", "a", false },
	{ "negation goes on", "!a*\nab\n", "ab", true },
	{ "negated folder ignores files", "!a/", "a", true },
	{ "hidden in templates", "", "templates/.x.yaml", true },
	{ "hidden folder in templates", "", "templates/.x/", true },
	{ "hidden below templates", "", "templates/x/.y", false },
	{ "hidden elsewhere", "", ".x", false },
	{ "dot alone", "", "templates/.", false },
	{ "slash alone", "/", "a/", false },
};

static void test_row(void **state)
{
	const struct row *row = *state;
	AUTO(ignore_free) struct ignore *rules = NULL;
	struct str path = str_of(row->path);
	bool dir = str_ends(path, "/");
	AUTO_ERR err = ERR_INIT;

	if (dir)
		path.n--;
	if (!ignore_read(str_of(row->rules), ".helmignore", &rules, &err))
		fail_msg("%s", err.msg);
	assert_int_equal(ignore_matches(rules, path,
					dir ? IGNORE_DIR : IGNORE_FILE),
			 row->want);
}

static const struct bad_row {
	const char *name, *rules, *want;
} bad_rows[] = {
	{ "double star", "a\nb/**\n",
	  ".helmignore:2: ** is not supported: name each folder" },
	{ "class not closed", "[a",
	  ".helmignore:1: \"[a\" is no pattern: a [ is not closed, or nothing "
	  "follows a \\" },
	{ "empty class", "[]",
	  ".helmignore:1: \"[]\" is no pattern: a [ is not closed, or nothing "
	  "follows a \\" },
	{ "range without an end", "[a-]",
	  ".helmignore:1: \"[a-]\" is no pattern: a [ is not closed, or "
	  "nothing follows a \\" },
	{ "backslash at the end", "a\\",
	  ".helmignore:1: \"a\\\" is no pattern: a [ is not closed, or nothing "
	  "follows a \\" },
};

static void test_bad_row(void **state)
{
	const struct bad_row *row = *state;
	AUTO(ignore_free) struct ignore *rules = NULL;
	AUTO_ERR err = ERR_INIT;

	assert_false(
		ignore_read(str_of(row->rules), ".helmignore", &rules, &err));
	assert_string_equal(err.msg, row->want);
	assert_int_equal(err.kind, ERR_INVALID);
}

static void test_many(void **state)
{
	AUTO(ignore_free) struct ignore *rules = NULL;
	AUTO_BUF text = BUF_INIT(LIMIT_MIB(1));
	AUTO_ERR err = ERR_INIT;

	(void)state;
	/* One place is taken by the default rule. */
	for (size_t i = 1; i < LIMIT_IGNORE_RULES; i++)
		buf_add_text(&text, "a\n");
	assert_true(ignore_read(buf_str(&text), "x", &rules, &err));
	ignore_free(TAKE(rules));
	buf_add_text(&text, "a\n");
	assert_false(ignore_read(buf_str(&text), "x", &rules, &err));
	assert_int_equal(err.kind, ERR_LIMIT);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_many) };

	return ROWS_RUN("ignore", rows, test_row) +
	       ROWS_RUN("ignore: bad", bad_rows, test_bad_row) +
	       cmocka_run_group_tests(tests, NULL, NULL);
}
