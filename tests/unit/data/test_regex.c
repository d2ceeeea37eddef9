/* What patterns match, what is refused, and how a match is bounded. */
#include "data/regex.h"

#include "base/alloc.h"
#include "base/buf.h"
#include "base/limits.h"

#include "unit/rows.h"

enum { STEPS = 1000000 };

static const struct row {
	const char *name, *pattern, *text;
	bool matches;
	const char *error;
} rows[] = {
	{ "empty", "", "", true, NULL },
	{ "empty finds all", "", "a", true, NULL },
	{ "searches", "b", "abc", true, NULL },
	{ "from start to end", "^a*$", "aaa", true, NULL },
	{ "not before a newline", "^a$", "a\n", false, NULL },
	{ "no lines", "^b$", "a\nb", false, NULL },
	{ "dot is no newline", "^.$", "\n", false, NULL },
	{ "dot is a character", "^.$", "\xf0\x9f\x90\x89", true, NULL },
	{ "class of characters", "^[ä-ü]$", "ö", true, NULL },
	{ "digits are ASCII", "^\\d$", "٣", false, NULL },
	{ "words are ASCII", "^\\w$", "é", false, NULL },
	{ "spaces are ASCII", "^\\s$", "\xc2\xa0", false, NULL },
	{ "property", "^\\p{L}$", "é", true, NULL },
	{ "\\u", "^\\u00e9$", "é", true, NULL },
	{ "\\u{}", "^\\u{1f409}$", "\xf0\x9f\x90\x89", true, NULL },
	{ "\\x", "^\\x41$", "A", true, NULL },
	{ "\\x{} of Go", "^\\x{41}$", "A", true, NULL },
	{ "backslash before x", "^\\\\x{2}$", "\\xx", true, NULL },
	{ "ends of Go", "\\Aa\\z", "a", true, NULL },
	{ "flags of Go", "(?i)abc", "ABC", true, NULL },
	{ "name of Go", "(?P<x>a)", "a", true, NULL },
	{ "looking ahead", "^(?!a)", "b", true, NULL },
	{ "looking behind", "(?<=a)b", "ab", true, NULL },
	{ "back reference", "^(a|b)\\1$", "aa", true, NULL },
	{ "back reference, not", "^(a|b)\\1$", "ab", false, NULL },
	{ "group that was not reached", "^(?:(a)|b)\\1$", "b", true, NULL },
	{ "class of nothing", "[]", "a", false, NULL },
	{ "class of everything", "^[^]$", "\n", true, NULL },
	{ "slash", "^a\\/b$", "a/b", true, NULL },
	{ "open group", "a(b", NULL, false,
	  "missing closing parenthesis at character 3" },
	{ "open class", "[a", NULL, false,
	  "missing terminating ] for character class at character 2" },
	{ "nothing to repeat", "*a", NULL, false,
	  "quantifier does not follow a repeatable item at character 0" },
	{ "range backwards", "[b-a]", NULL, false,
	  "range out of order in character class at character 3" },
	{ "one byte", "\\C", NULL, false,
	  "using \\C is disabled by the application at character 2" },
	{ "unknown property", "\\p{Letter}", NULL, false,
	  "unknown property after \\P or \\p at character 10" },
	{ "\\u beside \\x{}", "\\x{41}\\u0041", NULL, false,
	  "PCRE2 does not support \\F, \\L, \\l, \\N{name}, \\U, or \\u at "
	  "character 8" },
};

static enum regex_result search(const struct regex *regex, const char *text,
				size_t *steps)
{
	struct regex_space *space = regex_space_new();
	enum regex_result result =
		regex_match(regex, str_of(text), space, steps);

	regex_space_free(space);
	return result;
}

static void test_row(void **state)
{
	const struct row *row = *state;
	AUTO(regex_free) struct regex *regex = NULL;
	AUTO_ERR err = ERR_INIT;
	size_t steps = STEPS;

	bool ok = regex_compile(str_of(row->pattern), &regex, &err);
	assert_string_equal(ok ? "" : err.msg, row->error ? row->error : "");
	if (!ok)
		return;
	assert_true(regex_size(regex) > 0);
	assert_int_equal(search(regex, row->text, &steps),
			 row->matches ? REGEX_YES : REGEX_NO);
	assert_true(steps < STEPS && steps > STEPS / 2);
}

static void test_too_hard(void **state)
{
	static const char text[] = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaab";
	AUTO(regex_free) struct regex *regex = NULL;
	AUTO_ERR err = ERR_INIT;
	size_t steps = STEPS;

	(void)state;
	assert_true(regex_compile(str_of("^(a+)+$"), &regex, &err));
	assert_int_equal(search(regex, text, &steps), REGEX_TOO_HARD);
	steps = 10;
	assert_int_equal(search(regex, "a", &steps), REGEX_TOO_HARD);
	assert_int_equal(steps, 10);
}

/* A step may run along the text: a long one costs more. */
static void test_long(void **state)
{
	AUTO(regex_free) struct regex *regex = NULL;
	AUTO_FREE char *text = alloc_zero(100001);
	AUTO_ERR err = ERR_INIT;
	size_t short_steps = STEPS, long_steps = STEPS;

	(void)state;
	memset(text, 'a', 100000);
	assert_true(regex_compile(str_of("^a+$"), &regex, &err));
	assert_int_equal(search(regex, "a", &short_steps), REGEX_YES);
	assert_int_equal(search(regex, text, &long_steps), REGEX_YES);
	assert_true(STEPS - long_steps > 1000 * (STEPS - short_steps));
}

static bool compile_nested(size_t depth, struct err *err)
{
	AUTO(regex_free) struct regex *regex = NULL;
	AUTO_BUF text = BUF_INIT(LIMIT_MIB(1));

	for (size_t i = 0; i < depth; i++)
		buf_add_char(&text, '(');
	for (size_t i = 0; i < depth; i++)
		buf_add_char(&text, ')');
	return regex_compile(buf_str(&text), &regex, err);
}

static bool compile_long(size_t n, struct err *err)
{
	AUTO(regex_free) struct regex *regex = NULL;
	AUTO_FREE char *text = alloc_zero(n + 1);

	memset(text, 'a', n);
	return regex_compile(str_cut(text, n), &regex, err);
}

static void test_limits(void **state)
{
	AUTO_ERR nested = ERR_INIT, size = ERR_INIT, large = ERR_INIT;
	AUTO(regex_free) struct regex *regex = NULL;

	(void)state;
	assert_true(compile_nested(LIMIT_REGEX_NESTING, &nested));
	assert_false(compile_nested(LIMIT_REGEX_NESTING + 1, &nested));
	assert_int_equal(nested.kind, ERR_LIMIT);
	assert_true(compile_long(LIMIT_REGEX_BYTES, &size));
	assert_false(compile_long(LIMIT_REGEX_BYTES + 1, &size));
	assert_int_equal(size.kind, ERR_LIMIT);
	assert_false(regex_compile(str_of("((([ab]c){100}){100}){100}"), &regex,
				   &large));
	assert_int_equal(large.kind, ERR_LIMIT);
}

int main(void)
{
	static const struct CMUnitTest bounds[] = {
		cmocka_unit_test(test_too_hard),
		cmocka_unit_test(test_long),
		cmocka_unit_test(test_limits),
	};

	return ROWS_RUN("regex", rows, test_row) +
	       cmocka_run_group_tests_name("regex bounds", bounds, NULL, NULL);
}
