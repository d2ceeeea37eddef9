/* Options of every type, in both forms, and every way to get them wrong. */
#include "cli/options.h"

#include "base/buf.h"

#include "unit/rows.h"

#include <inttypes.h>

/* What was read, in words: flag text number ms [list] (operands). */
static const struct row {
	const char *name;
	const char *argv[8];
	const char *want; /* or the error */
} rows[] = {
	{ "none", { NULL }, "- - 7 7 [] ()" },
	{ "flag", { "--flag" }, "flag - 7 7 [] ()" },
	{ "flag twice", { "--flag", "--flag" }, "flag - 7 7 [] ()" },
	{ "flag is true", { "--flag=true" }, "flag - 7 7 [] ()" },
	{ "flag is 1", { "--flag=1" }, "flag - 7 7 [] ()" },
	{ "flag is T", { "--flag=T" }, "flag - 7 7 [] ()" },
	{ "flag is false", { "--flag", "--flag=false" }, "- - 7 7 [] ()" },
	{ "flag is False", { "--flag", "--flag=False" }, "- - 7 7 [] ()" },
	{ "flag is 0", { "--flag", "--flag=0" }, "- - 7 7 [] ()" },
	{ "a flag's value is no argument of its own",
	  { "--flag", "false" },
	  "flag - 7 7 [] (false )" },
	{ "text", { "--text", "a" }, "- a 7 7 [] ()" },
	{ "text with =", { "--text=a" }, "- a 7 7 [] ()" },
	{ "text with = in it", { "--text=a=b" }, "- a=b 7 7 [] ()" },
	{ "text that is empty", { "--text=" }, "-  7 7 [] ()" },
	{ "text that is an empty argument", { "--text", "" }, "-  7 7 [] ()" },
	{ "text twice: the last",
	  { "--text", "a", "--text=b" },
	  "- b 7 7 [] ()" },
	{ "text that looks like an option",
	  { "--text", "--flag" },
	  "- --flag 7 7 [] ()" },
	{ "number", { "--number", "12" }, "- - 12 7 [] ()" },
	{ "number with =", { "--number=1" }, "- - 1 7 [] ()" },
	{ "duration", { "--period", "1m30s" }, "- - 7 90000 [] ()" },
	{ "period of zero", { "--period=0" }, "- - 7 -1 [] ()" },
	{ "list", { "-l", "a", "-l=b", "-l", "c" }, "- - 7 7 [a b c ] ()" },
	{ "operands", { "a", "--flag", "b" }, "flag - 7 7 [] (a b )" },
	{ "a lone dash", { "-" }, "- - 7 7 [] (- )" },
	{ "an empty operand", { "" }, "- - 7 7 [] ( )" },
	{ "end of options",
	  { "--flag", "--", "--text", "-l" },
	  "flag - 7 7 [] (--text -l )" },
	{ "end of options twice", { "--", "--" }, "- - 7 7 [] (-- )" },
	{ "everything",
	  { "x", "--text=t", "--number", "3", "--period=2ms", "--flag", "-l",
	    NULL },
	  "-l needs a value: ITEM" },

	{ "unknown", { "--what" }, "unknown option --what" },
	{ "unknown with =", { "--what=x" }, "unknown option --what" },
	{ "unknown letter", { "-x" }, "unknown option -x" },
	{ "letters are not joined", { "-la" }, "unknown option -la" },
	{ "beginning of a name", { "--tex", "a" }, "unknown option --tex" },
	{ "longer than a name", { "--texts", "a" }, "unknown option --texts" },
	{ "three dashes", { "---text" }, "unknown option ---text" },
	{ "no value", { "--text" }, "--text needs a value: TEXT" },
	{ "no value behind operands",
	  { "a", "--number" },
	  "--number needs a value: N" },
	{ "flag with a word",
	  { "--flag=yes" },
	  "--flag is true or false, not \"yes\"" },
	{ "flag with an empty value",
	  { "--flag=" },
	  "--flag is true or false, not \"\"" },
	{ "number is text",
	  { "--number", "many" },
	  "--number wants a number above 0, not \"many\"" },
	{ "number is zero",
	  { "--number=0" },
	  "--number wants a number above 0, not \"0\"" },
	{ "number is empty",
	  { "--number=" },
	  "--number wants a number above 0, not \"\"" },
	{ "number is negative",
	  { "--number", "-1" },
	  "--number wants a number above 0, not \"-1\"" },
	{ "number is huge",
	  { "--number", "99999999999999" },
	  "--number wants a number above 0, not \"99999999999999\"" },
	{ "duration is none",
	  { "--period=5" },
	  "--period wants a duration such as 90s, 5m or 1h30m, or 0 for never, "
	  "not \"5\"" },
};

struct targets {
	bool flag;
	const char *text;
	unsigned number;
	int64_t period_ms;
	struct option_list list, operands;
};

static void write_list(const struct option_list *list, struct buf *out)
{
	for (size_t i = 0; i < list->count; i++)
		buf_addf(out, "%s ", list->items[i]);
}

static void reads(void **state)
{
	const struct row *row = *state;
	struct targets t = { .text = "-", .number = 7, .period_ms = 7 };
	const struct option table[] = {
		{ "--flag", OPTION_FLAG, &t.flag, NULL, "a flag" },
		{ "--text", OPTION_TEXT, &t.text, "TEXT", "a text" },
		{ "--number", OPTION_NUMBER, &t.number, "N", "a number" },
		{ "--period", OPTION_PERIOD, &t.period_ms, "D", "a time" },
		{ "-l", OPTION_LIST, &t.list, "ITEM", "items" },
	};
	char *argv[9] = { NULL };
	AUTO_BUF got = BUF_INIT(1000);
	AUTO_ERR err = ERR_INIT;

	for (size_t i = 0; row->argv[i]; i++)
		argv[i] = alloc_copy(row->argv[i]);
	if (options_read(table, ARRAY_LEN(table), argv, &t.operands, &err)) {
		buf_addf(&got, "%s %s %u %" PRId64 " [", t.flag ? "flag" : "-",
			 t.text, t.number, t.period_ms);
		write_list(&t.list, &got);
		buf_add_text(&got, "] (");
		write_list(&t.operands, &got);
		buf_add_char(&got, ')');
		assert_int_equal(err.kind, ERR_NONE);
	} else {
		assert_int_equal(err.kind, ERR_INVALID);
		buf_add_text(&got, err.msg);
	}
	assert_string_equal(buf_text(&got), row->want);
	VEC_DONE(&t.list);
	VEC_DONE(&t.operands);
	for (size_t i = 0; argv[i]; i++)
		free(argv[i]);
}

int main(void)
{
	return ROWS_RUN("options", rows, reads);
}
