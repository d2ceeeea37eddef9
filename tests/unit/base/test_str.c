#include "base/str.h"

#include "unit/rows.h"

static const struct utf8_row {
	const char *name, *text;
	size_t valid;
} utf8_rows[] = {
	{ "empty", "", 0 },
	{ "ASCII", "abc", 3 },
	{ "two bytes", "\xc3\xa9", 2 },
	{ "least of two", "\xc2\x80", 2 },
	{ "three bytes", "\xe2\x82\xac", 3 },
	{ "four bytes", "\xf0\x9f\x98\x80", 4 },
	{ "U+10FFFF", "\xf4\x8f\xbf\xbf", 4 },
	{ "above U+10FFFF", "\xf4\x90\x80\x80", 0 },
	{ "overlong two", "\xc0\x80", 0 },
	{ "overlong three", "\xe0\x9f\xbf", 0 },
	{ "overlong four", "\xf0\x8f\xbf\xbf", 0 },
	{ "surrogate", "\xed\xa0\x80", 0 },
	{ "before the surrogates", "\xed\x9f\xbf", 3 },
	{ "lonely continuation", "a\x80", 1 },
	{ "cut short", "ab\xe2\x82", 2 },
	{ "five bytes", "\xf8\x88\x80\x80\x80", 0 },
	{ "0xff", "\xff", 0 },
	{ "second byte wrong", "\xe2\x28\xa1", 0 },
	{ "third byte wrong", "\xe2\x82\x28", 0 },
};

static void utf8(void **state)
{
	const struct utf8_row *row = *state;

	assert_int_equal(str_utf8_len(str_of(row->text)), row->valid);
}

static const struct characters_row {
	const char *name, *text;
	size_t count;
} characters_rows[] = {
	{ "none", "", 0 },
	{ "ASCII", "abc", 3 },
	{ "of one to four bytes", "a\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80", 4 },
	{ "the end of one", "\x82\xac!", 1 },
};

static void counts_characters(void **state)
{
	const struct characters_row *row = *state;

	assert_int_equal(str_characters(str_of(row->text)), row->count);
}

static const struct place_row {
	const char *name, *text;
	size_t at, line, column;
} place_rows[] = {
	{ "empty", "", 0, 1, 1 },
	{ "the first byte", "ab", 0, 1, 1 },
	{ "the second byte", "ab", 1, 1, 2 },
	{ "a line end", "a\nb", 1, 1, 2 },
	{ "behind a line end", "a\n\nb", 3, 3, 1 },
	{ "in the third line", "a\n\nbcd", 5, 3, 3 },
	{ "behind characters", "\xc3\xa9\n\xe2\x82\xac\xc3\xa9!", 8, 2, 3 },
	{ "the end", "a\nbc", 4, 2, 3 },
	{ "behind the end", "a\nbc", 9, 2, 3 },
};

static void finds_place(void **state)
{
	const struct place_row *row = *state;
	struct str_place place = str_place_of(str_of(row->text), row->at);

	assert_int_equal(place.line, row->line);
	assert_int_equal(place.column, row->column);
}

static const struct clip_row {
	const char *name, *text;
	size_t max;
	const char *want;
} clip_rows[] = {
	{ "shorter", "abc", 4, "abc" },
	{ "equal", "abc", 3, "abc" },
	{ "longer", "abc", 2, "ab" },
	{ "to nothing", "abc", 0, "" },
	{ "in a sequence", "a\xe2\x82\xac", 3, "a" },
	{ "behind a sequence", "\xe2\x82\xac!", 3, "\xe2\x82\xac" },
	{ "first sequence too long", "\xe2\x82\xac", 2, "" },
};

static void clips(void **state)
{
	const struct clip_row *row = *state;

	assert_true(str_is(str_clip(str_of(row->text), row->max), row->want));
}

static const struct trim_row {
	const char *name, *text, *want;
} trim_rows[] = {
	{ "nothing to do", "a b", "a b" },
	{ "both ends", " \t\r\na b\n ", "a b" },
	{ "only blanks", " \n ", "" },
	{ "empty", "", "" },
};

static void trims(void **state)
{
	const struct trim_row *row = *state;

	assert_true(str_is(str_trim(str_of(row->text)), row->want));
}

static const struct split_row {
	const char *name, *text, *head, *rest;
	bool found;
} split_rows[] = {
	{ "in the middle", "a=b=c", "a", "b=c", true },
	{ "at the start", "=b", "", "b", true },
	{ "at the end", "a=", "a", "", true },
	{ "absent", "abc", "abc", "", false },
	{ "empty", "", "", "", false },
};

static void splits(void **state)
{
	const struct split_row *row = *state;
	struct str head, rest = str_of(row->text);

	assert_int_equal(str_split(rest, '=', &head, &rest), row->found);
	assert_true(str_is(head, row->head));
	assert_true(str_is(rest, row->rest));
}

static const struct number_row {
	const char *name, *text;
	uint64_t max;
	bool ok;
	uint64_t want;
} number_rows[] = {
	{ "none", "", 9, false, 0 },
	{ "zero", "0", 0, true, 0 },
	{ "zeros in front", "0012", 12, true, 12 },
	{ "the most", "12", 12, true, 12 },
	{ "one more", "13", 12, false, 0 },
	{ "the most of all", "18446744073709551615", UINT64_MAX, true,
	  UINT64_MAX },
	{ "one more than 64 bits", "18446744073709551616", UINT64_MAX, false,
	  0 },
	{ "ten times 64 bits", "184467440737095516150", UINT64_MAX, false, 0 },
	{ "sign", "-1", 12, false, 0 },
	{ "plus", "+1", 12, false, 0 },
	{ "blank in front", " 1", 12, false, 0 },
	{ "text behind", "1a", 12, false, 0 },
	{ "other digits", "\xd9\xa1", 12, false, 0 },
};

static void reads_number(void **state)
{
	const struct number_row *row = *state;
	uint64_t n = 77;

	assert_int_equal(str_number(str_of(row->text), row->max, &n), row->ok);
	assert_true(n == (row->ok ? row->want : 77));
}

static const struct bool_row {
	const char *name;
	int want; /* -1: none */
} bool_rows[] = {
	{ "1", 1 },    { "t", 1 },      { "T", 1 },     { "true", 1 },
	{ "True", 1 }, { "TRUE", 1 },   { "0", 0 },     { "f", 0 },
	{ "F", 0 },    { "false", 0 },  { "False", 0 }, { "FALSE", 0 },
	{ "", -1 },    { "tRUE", -1 },  { "yes", -1 },  { "2", -1 },
	{ " 1", -1 },  { "truer", -1 }, { "tru", -1 },
};

static void reads_bool(void **state)
{
	const struct bool_row *row = *state;
	bool is = row->want != 1;

	assert_int_equal(str_bool(str_of(row->name), &is), row->want >= 0);
	assert_int_equal(is, row->want == 1 || row->want == -1);
}

static void compares(void **state)
{
	(void)state;
	assert_int_equal(str_compare(str_of("a"), str_of("a")), 0);
	assert_true(str_compare(str_of("a"), str_of("b")) < 0);
	assert_true(str_compare(str_of("b"), str_of("a")) > 0);
	assert_true(str_compare(str_of("a"), str_of("aa")) < 0);
	assert_true(str_compare(str_of(""), str_of(NULL)) == 0);
	assert_true(str_compare(str_of("\xff"), str_of("a")) > 0);
	assert_true(str_equal(str_of(NULL), str_of("")));
	assert_false(str_equal(str_cut("ab", 2), str_cut("ac", 2)));
	assert_true(str_starts(str_of("abc"), "ab"));
	assert_false(str_starts(str_of("a"), "ab"));
	assert_true(str_ends(str_of("abc"), "bc"));
	assert_false(str_ends(str_of("c"), "bc"));
}

/* FNV-1a's published values. */
static void hashes(void **state)
{
	(void)state;
	assert_int_equal(str_hash(str_of("")), 0x811c9dc5);
	assert_int_equal(str_hash(str_of("a")), 0xe40c292c);
	assert_int_equal(str_hash(str_of("foobar")), 0xbf9cf968);
}

int main(void)
{
	const struct CMUnitTest others[] = {
		cmocka_unit_test(compares),
		cmocka_unit_test(hashes),
	};

	return ROWS_RUN("str_utf8_len", utf8_rows, utf8) +
	       ROWS_RUN("str_characters", characters_rows, counts_characters) +
	       ROWS_RUN("str_place_of", place_rows, finds_place) +
	       ROWS_RUN("str_clip", clip_rows, clips) +
	       ROWS_RUN("str_trim", trim_rows, trims) +
	       ROWS_RUN("str_split", split_rows, splits) +
	       ROWS_RUN("str_number", number_rows, reads_number) +
	       ROWS_RUN("str_bool", bool_rows, reads_bool) +
	       cmocka_run_group_tests_name("str", others, NULL, NULL);
}
