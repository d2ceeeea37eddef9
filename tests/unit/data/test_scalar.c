#include "data/scalar.h"

#include "base/buf.h"
#include "base/limits.h"
#include "data/json.h"

#include "unit/rows.h"

/* What sigs.k8s.io/yaml 1.6.0 (YAMLToJSON) makes of a plain scalar, but for the
 * spelling of numbers; "": refused. */
static const struct plain_row {
	const char *name, *want;
} plain_rows[] = {
	{ "", "null" },
	{ "~", "null" },
	{ "null", "null" },
	{ "Null", "null" },
	{ "NULL", "null" },
	{ "nULL", "\"nULL\"" },
	{ "nil", "\"nil\"" },
	{ "y", "true" },
	{ "Y", "true" },
	{ "yes", "true" },
	{ "Yes", "true" },
	{ "YES", "true" },
	{ "yEs", "\"yEs\"" },
	{ "on", "true" },
	{ "On", "true" },
	{ "ON", "true" },
	{ "oN", "\"oN\"" },
	{ "true", "true" },
	{ "True", "true" },
	{ "TRUE", "true" },
	{ "tRUE", "\"tRUE\"" },
	{ "n", "false" },
	{ "N", "false" },
	{ "no", "false" },
	{ "No", "false" },
	{ "NO", "false" },
	{ "off", "false" },
	{ "Off", "false" },
	{ "OFF", "false" },
	{ "false", "false" },
	{ "False", "false" },
	{ "FALSE", "false" },
	{ "yesno", "\"yesno\"" },
	{ "0", "0" },
	{ "-0", "-0" },
	{ "+0", "0" },
	{ "00", "0" },
	{ "12", "12" },
	{ "+12", "12" },
	{ "-12", "-12" },
	{ "1_000", "1000" },
	{ "1__0", "10" },
	{ "1_", "1" },
	{ "_1", "\"_1\"" },
	{ "+_1", "1" },
	{ "-_", "\"-_\"" },
	{ "0755", "493" },
	{ "-0755", "-493" },
	{ "0o755", "493" },
	{ "0O17", "15" },
	{ "08", "8" },
	{ "089", "89" },
	{ "-08", "-8" },
	{ "0o8", "\"0o8\"" },
	{ "0x1F", "31" },
	{ "0X1f", "31" },
	{ "-0x1F", "-31" },
	{ "0x_1", "1" },
	{ "0xg", "\"0xg\"" },
	{ "0x", "\"0x\"" },
	{ "0b101", "5" },
	{ "0B11", "3" },
	{ "-0b1", "-1" },
	{ "0b2", "\"0b2\"" },
	{ "0_7", "7" },
	{ "9223372036854775807", "9223372036854775807" },
	{ "18446744073709551616", "18446744073709551616" },
	{ "123456789012345678901234567890", "123456789012345678901234567890" },
	{ "0xffffffffffffffff", "18446744073709551615" },
	{ "0x10000000000000000", "\"0x10000000000000000\"" },
	{ "+0xffffffffffffffff", "\"+0xffffffffffffffff\"" },
	{ "-0x8000000000000000", "-9223372036854775808" },
	{ "-0x8000000000000001", "\"-0x8000000000000001\"" },
	{ "07777777777777777777777777", "7777777777777777777777777" },
	{ "1.5", "1.5" },
	{ ".5", "0.5" },
	{ "-.5", "-0.5" },
	{ "+.5", "0.5" },
	{ "1.", "1.0" },
	{ "1.e5", "1.0e5" },
	{ "1.10", "1.10" },
	{ "007.5", "7.5" },
	{ "1e3", "1e3" },
	{ "1E5", "1E5" },
	{ "1e+5", "1e+5" },
	{ "00e5", "0e5" },
	{ "1_0.5", "10.5" },
	{ "1.5_0", "1.50" },
	{ ".5_0", "0.50" },
	{ "._5", "\"._5\"" },
	{ ".5_", "\".5_\"" },
	{ ".", "\".\"" },
	{ "..", "\"..\"" },
	{ "1e", "\"1e\"" },
	{ "1e+", "\"1e+\"" },
	{ ".e3", "\".e3\"" },
	{ "1.2.3", "\"1.2.3\"" },
	{ "1e400", "\"1e400\"" },
	{ "-1e400", "\"-1e400\"" },
	{ "1e-400", "1e-400" },
	{ ".inf", "" },
	{ ".Inf", "" },
	{ ".INF", "" },
	{ "+.inf", "" },
	{ "-.inf", "" },
	{ ".nan", "" },
	{ ".NaN", "" },
	{ ".NAN", "" },
	{ "+.nan", "\"+.nan\"" },
	{ ".iNF", "\".iNF\"" },
	{ "inf", "\"inf\"" },
	{ "infinity", "\"infinity\"" },
	{ "nan", "\"nan\"" },
	{ "+inf", "\"+inf\"" },
	{ "-", "\"-\"" },
	{ "+", "\"+\"" },
	{ "=", "\"=\"" },
	{ "<<", "\"<<\"" },
	{ "2001-12-14", "\"2001-12-14\"" },
	{ "12:30", "\"12:30\"" },
	{ "190:20:30", "\"190:20:30\"" },
	{ "10.0.0.1", "\"10.0.0.1\"" },
	{ "1,000", "\"1,000\"" },
	{ "100m", "\"100m\"" },
	{ "1Gi", "\"1Gi\"" },
	{ "0x1p4", "\"0x1p4\"" },
	{ "\xee\x80\x80"
	  "1\xee\x80\x81",
	  "\"\xee\x80\x80"
	  "1\xee\x80\x81\"" },
};

static void plain(void **state)
{
	const struct plain_row *row = *state;
	AUTO(val_unref) struct val *v = scalar_read(str_of(row->name));
	AUTO_BUF out = BUF_INIT(1000);

	assert_int_equal(v != NULL, *row->want != '\0');
	if (!v)
		return;
	json_write(v, &out);
	assert_string_equal(buf_text(&out), row->want);
	/* Whatever is read as something else is known to be no text. */
	if (!val_is(v, VAL_TEXT))
		assert_false(scalar_is_text(str_of(row->name)));
}

static const struct tag_row {
	const char *name, *tag, *text, *want; /* NULL: refused */
} tag_rows[] = {
	{ "text of a number", "str", "12", "\"12\"" },
	{ "text of nothing", "str", "", "\"\"" },
	{ "text of null", "str", "null", "\"null\"" },
	{ "integer", "int", "12", "12" },
	{ "hexadecimal integer", "int", "0x1F", "31" },
	{ "integer of a word", "int", "abc", NULL },
	{ "integer of nothing", "int", "", NULL },
	{ "integer of a real", "int", "1.5", NULL },
	{ "float", "float", "1.5", "1.5" },
	{ "float of an integer", "float", "3", "3" },
	{ "float beyond float64", "float", "1e400", "1e400" },
	{ "float of infinity", "float", ".inf", NULL },
	{ "bool", "bool", "yes", "true" },
	{ "bool of a number", "bool", "1", NULL },
	{ "null", "null", "", "null" },
	{ "null of a word", "null", "x", NULL },
	{ "binary", "binary", "aGVs\nbG8=", "\"hello\"" },
	{ "binary of nothing", "binary", "", "\"\"" },
	{ "binary that is no base64", "binary", "?", NULL },
	{ "binary that is no text", "binary", "/w==", NULL },
	{ "binary with a NUL", "binary", "AA==", NULL },
	{ "timestamp", "timestamp", "2001-12-14", NULL },
	{ "unknown", "strange", "x", NULL },
	{ "none", "", "x", NULL },
};

static void tagged(void **state)
{
	const struct tag_row *row = *state;
	AUTO(val_unref) struct val *v = NULL;
	AUTO_BUF out = BUF_INIT(1000), tag = BUF_INIT(100);
	AUTO_ERR err = ERR_INIT;

	buf_addf(&tag, "tag:yaml.org,2002:%s", row->tag);
	bool ok =
		scalar_read_tagged(buf_text(&tag), str_of(row->text), &v, &err);
	assert_int_equal(ok, row->want != NULL);
	assert_int_equal(err.kind, ok ? ERR_NONE : ERR_INVALID);
	if (!ok)
		return;
	json_write(v, &out);
	assert_string_equal(buf_text(&out), row->want);
}

static const struct key_row {
	const char *name, *want; /* NULL: refused */
} key_rows[] = {
	{ "a", "a" },      { "8080", "8080" }, { "0x10", "16" },
	{ "-0", "0" },     { "yes", "true" },  { "off", "false" },
	{ "1.10", "1.1" }, { "1e3", "1000" },  { "1e21", "1e+21" },
	{ "null", NULL },  { "", NULL },
};

static void keys(void **state)
{
	const struct key_row *row = *state;
	AUTO(val_unref) struct val *v = scalar_read(str_of(row->name));
	AUTO(val_unref) struct val *key = NULL;
	AUTO_ERR err = ERR_INIT;

	assert_int_equal(scalar_key(v, &key, &err), row->want != NULL);
	if (row->want)
		assert_string_equal(val_text(key), row->want);
	else
		assert_int_equal(err.kind, ERR_INVALID);
}

/* Where readers of YAML 1.1 and 1.2 disagree, or might. */
static const struct text_row {
	const char *name;
	bool text;
} text_rows[] = {
	{ "abc", true },
	{ "10.0.0.1", true },
	{ "v1.25", true },
	{ "100m", true },
	{ "1Gi", true },
	{ "a:b", true },
	{ "yesno", true },
	{ "nginx:1.25", true },
	{ "-x", true },
	{ "--flag=1", true },
	{ "1.25.3", true },
	{ "+a", true },
	{ "", false },
	{ "yes", false },
	{ "y", false },
	{ "=", false },
	{ "<<", false },
	{ "1.25", false },
	{ "1e400", false },
	{ "0o17", false },
	{ "0x1f", false },
	{ "+_0x1f", false },
	{ "1_000", false },
	{ "12:30", false },
	{ "12:30:45.6", false },
	{ "2001-12-14", false },
	{ "2001-12-14T21:59:43Z", false },
	{ "2001-12-14 21:59:43", false },
	{ ".inf", false },
	{ "-.INF", false },
	{ ".nan", false },
	{ "1.", false },
	{ ".5_", false },
	{ "0b+1", false },
	{ "_1", false },
};

static void is_text(void **state)
{
	const struct text_row *row = *state;

	assert_int_equal(scalar_is_text(str_of(row->name)), row->text);
}

static struct val *read_digits(size_t n, const char *behind)
{
	AUTO_BUF text = BUF_INIT(10000);

	for (size_t i = 0; i < n; i++)
		buf_add_char(&text, '1');
	buf_add_text(&text, behind);
	return scalar_read(buf_str(&text));
}

static void long_numbers(void **state)
{
	(void)state;
	AUTO(val_unref) struct val *fits =
		read_digits(LIMIT_NUMBER_DIGITS - 5, "e-300");
	AUTO(val_unref) struct val *too_long =
		read_digits(LIMIT_NUMBER_DIGITS - 4, "e-300");
	AUTO(val_unref) struct val *text =
		read_digits(5 * LIMIT_NUMBER_DIGITS, "x");

	assert_int_equal(val_type(fits), VAL_REAL);
	assert_null(too_long);
	assert_int_equal(val_type(text), VAL_TEXT);
}

int main(void)
{
	const struct CMUnitTest others[] = { cmocka_unit_test(long_numbers) };

	return ROWS_RUN("scalar", plain_rows, plain) +
	       ROWS_RUN("scalar tagged", tag_rows, tagged) +
	       ROWS_RUN("scalar key", key_rows, keys) +
	       ROWS_RUN("scalar is text", text_rows, is_text) +
	       cmocka_run_group_tests_name("scalar more", others, NULL, NULL);
}
