/*
 * Helpers, called as a render calls them: every type that they may meet, and
 * every limit. How they look in templates is in tests/conformance.
 */
#include "mustache/helper.h"

#include "unit/rows.h"

#include "base/alloc.h"
#include "base/buf.h"
#include "base/limits.h"
#include "data/json.h"
#include "mustache/helper_case.h"

/*
 * A body is a list in JSON with ' for ": a string is literal text, {'v': x} the
 * value of a tag called x, {} one that is missing. What is wanted is the result
 * as JSON, "missing", or the error.
 */
static const struct row {
	const char *name, *helper, *body, *want;
} rows[] = {
	{ "default: nothing", "default", "[]", "missing" },
	{ "default: missing", "default", "[{},' ',{}]", "missing" },
	{ "default: null is better than nothing", "default", "[{'v':null},{}]",
	  "null" },
	{ "default: empty list counts", "default", "[{'v':[]},{'v':1}]", "[]" },
	{ "required: map", "required", "[{'v':{'a':1}}]", "{'a':1}" },
	{ "required: false", "required", "[' ',{'v':false}]", "false" },
	{ "required: text", "required", "['a',{'v':1}]", "'a1'" },
	{ "required: missing", "required", "['a',{}]", "value x is missing" },
	{ "required: null", "required", "[{'v':null}]", "value x is null" },
	{ "required: empty", "required", "[{'v':''}]", "value x is empty" },
	{ "required: nothing", "required", "[' ']",
	  "there is no value at all" },
	{ "fail: a value", "fail", "['a ',{'v':[1]},' ']", "a [1]" },

	{ "string: integer", "string", "[{'v':10}]", "'10'" },
	{ "string: real", "string", "[{'v':1.50}]", "'1.50'" },
	{ "string: boolean", "string", "[{'v':false}]", "'false'" },
	{ "string: null", "string", "[{'v':null}]", "''" },
	{ "string: missing", "string", "[{}]", "''" },
	{ "string: nothing", "string", "[]", "''" },
	{ "string: list", "string", "[{'v':[1]}]",
	  "x has type list, not string: put toJson around it" },
	{ "string: list in a text", "string", "['a',{'v':[1,'b']}]",
	  "'a[1,\\'b\\']'" },
	{ "string: blank text stays", "string", "[' ']", "' '" },
	{ "string: blanks around one value", "string", "[' ',{'v':1},'\\n']",
	  "'1'" },
	{ "string: blanks between two", "string", "[{'v':1},' ',{'v':2}]",
	  "'1 2'" },
	{ "quote: a value", "quote", "[{'v':'a'}]", "'a'" },
	{ "quote: a number", "quote", "[{'v':1}]", "'1'" },
	{ "quote: map", "quote", "[{'v':{}}]",
	  "x has type map, not string: put toJson around it" },

	{ "int: integer", "int", "[{'v':-3}]", "-3" },
	{ "int: text", "int", "[{'v':'-0'}]", "-0" },
	{ "int: more than a number", "int", "[{'v':'1 2'}]",
	  "value is a string that holds no integer" },
	{ "int: exponent", "int", "[{'v':'1e3'}]",
	  "value is a string that holds no integer" },
	{ "int: sign", "int", "[{'v':'+1'}]",
	  "value is a string that holds no integer" },
	{ "int: hexadecimal", "int", "[{'v':'0x1'}]",
	  "value is a string that holds no integer" },
	{ "int: real", "int", "[{'v':1.0}]",
	  "value is a number with a fraction or an exponent, not an integer" },
	{ "int: null", "int", "[{'v':null}]",
	  "value has type null, not integer" },
	{ "int: missing", "int", "[{}]", "value has type null, not integer" },
	{ "int: list", "int", "[{'v':[1]}]",
	  "value has type list, not integer" },
	{ "bool: boolean", "bool", "[{'v':false}]", "false" },
	{ "bool: text", "bool", "['true']", "true" },
	{ "bool: capital", "bool", "['True']",
	  "value is a string other than true and false" },
	{ "bool: empty", "bool", "[]",
	  "value is a string other than true and false" },
	{ "bool: null", "bool", "[{'v':null}]",
	  "value has type null, not boolean" },

	{ "toJson: text", "toJson", "['a\\n']", "'\\'a\\\\n\\''" },
	{ "toJson: null", "toJson", "[{}]", "'null'" },
	{ "toJson: order", "toJson", "[{'v':{'b':1,'a':2}}]",
	  "'{\\'b\\':1,\\'a\\':2}'" },
	{ "toJson: sorted", "toJson.sorted", "[{'v':{'b':1,'a':2}}]",
	  "'{\\'a\\':2,\\'b\\':1}'" },
	{ "toJson: unknown", "toJson.x", "[]",
	  "'x' is unknown: there are toJson and toJson.sorted" },
	{ "toYaml: list", "toYaml", "[{'v':[1,'2']}]", "'- 1\\n- \\'2\\''" },
	{ "toYaml: nothing", "toYaml", "[]", "'\\'\\''" },
	{ "toYaml: line end of a value", "toYaml", "[{'v':['a\\n']}]",
	  "'- |\\n  a\\n'" },
	{ "fromJson: list", "fromJson", "['[1.0]']", "[1.0]" },
	{ "fromJson: a number", "fromJson", "[{'v':5}]", "5" },
	{ "fromJson: place", "fromJson", "['[secret]']",
	  "no JSON: line 1 column 2" },
	{ "fromJson: rest", "fromJson", "['1 secret']",
	  "no JSON: line 1 column 2" },
	{ "fromJson: twice", "fromJson", "[{'v':'{\\'b\\':1,\\'b\\':2}'}]",
	  "no JSON, or a key stands twice in it" },
	{ "fromJson: nothing", "fromJson", "[]",
	  "no JSON, or a key stands twice in it" },
	{ "fromJson: map", "fromJson", "[{'v':{}}]",
	  "x has type map, not string: put toJson around it" },
	{ "fromYaml: map", "fromYaml", "['a: yes']", "{'a':true}" },
	{ "fromYaml: nothing", "fromYaml", "[]", "null" },
	{ "fromYaml: twice", "fromYaml", "['secret: 1\\nsecret: 2']",
	  "no YAML: line 2 column 1" },
	{ "fromYaml: tag", "fromYaml", "['a: !secret 1']",
	  "no YAML: line 1 column 4" },
	{ "fromYaml: alias", "fromYaml", "['*secret']",
	  "no YAML: line 1 column 1" },
	{ "fromYaml: list", "fromYaml", "[{'v':[]}]",
	  "x has type list, not string: put toJson around it" },

	{ "b64enc: nothing", "b64enc", "[]", "''" },
	{ "b64enc: padding", "b64enc", "['é']", "'w6k='" },
	{ "b64dec: nothing", "b64dec", "[{}]", "''" },
	{ "b64dec: blanks around", "b64dec", "['\\n w6k=\\n']", "'é'" },
	{ "b64dec: other alphabet", "b64dec", "['_-8=']",
	  "no base64 at byte 0" },
	{ "b64dec: half a character", "b64dec", "['ww==']",
	  "value holds bytes that are no UTF-8 text: leave it encoded, as in a "
	  "Secret's data" },
	{ "sha256: text", "sha256", "['abc']",
	  "'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad'" },
	{ "sha256: nothing", "sha256", "[{}]",
	  "'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855'" },

	{ "lower: characters of all lengths", "lower", "['AÉẠ𝔸']", "'aéạ𝔸'" },
	{ "lower: nothing", "lower", "[{}]", "''" },
	{ "upper: not twice as long", "upper", "['ßŉ']", "'ßŉ'" },
	{ "upper: map", "upper", "[{'v':{}}]",
	  "x has type map, not string: put toJson around it" },
	{ "trim: all", "trim", "[' \\t\\n']", "''" },
	{ "trim: other blanks stay", "trim", "[' a\\u00a0 ']", "'a\xc2\xa0'" },
	{ "trunc: nothing", "trunc.3", "[]", "''" },
	{ "trunc: number", "trunc.2", "[{'v':1234}]", "'12'" },
	{ "trunc: characters", "trunc.2", "['𝔸é!']", "'𝔸é'" },
	{ "trunc: largest number", "trunc.999999999", "['a']", "'a'" },
	{ "trunc: too large", "trunc.1000000000", "['a']",
	  "'1000000000' is too large a number" },
	{ "trunc: no number", "trunc", "['a']",
	  "a number must follow the name, as in .8" },
	{ "trunc: two numbers", "trunc.1.2", "['a']",
	  "'1.2' is no number: write digits only" },
	{ "dns1123: nothing", "dns1123", "[]",
	  "there is no name: it is empty" },
	{ "dns1123: number", "dns1123", "[{'v':1}]", "'1'" },
	{ "dns1123: only dashes", "dns1123", "['-']", "'3973e022'" },
	{ "indent: nothing", "indent.2", "[]", "'  '" },
	{ "indent: lines", "indent.1", "['a\\r\\nb']", "' a\\r\\n b'" },
	{ "nindent: lines", "nindent.1", "['a\\nb']", "'\\n a\\n b'" },
	{ "replace: longer", "replace.a.bb", "['aca']", "'bbcbb'" },
	{ "replace: none", "replace.x.y", "['aca']", "'aca'" },
	{ "replace: nothing", "replace.x.y", "[]", "''" },
	{ "replace: line ends", "replace.newline.comma-space", "['a\\nb']",
	  "'a, b'" },
	{ "replace: parts of characters", "replace.é.e", "['éè']", "'eè'" },
	{ "replace: itself", "replace.a.a", "['aa']", "'aa'" },
	{ "replace: by name only", "replace.dots.x", "['a.dots']", "'a.x'" },
	{ "replace: bare", "replace", "['a']",
	  "two texts must follow the name, as in replace.dot.dash" },

	{ "join: one", "join.,", "[{'v':['a']}]", "'a'" },
	{ "join: no list", "join.,", "[{'v':'a'}]", "'a'" },
	{ "join: missing", "join.,", "[{},{'v':null}]", "''" },
	{ "join: list in a list", "join.,", "[{'v':[[1]]}]",
	  "item 1 has type list, not string" },
	{ "join: digits stay", "join.,", "[{'v':[1.50,1e3]}]", "'1.50,1e3'" },
	{ "sort: one", "sort", "[{'v':[3]}]", "[3]" },
	{ "sort: equal numbers as they stood", "sort",
	  "[{'v':[2,1.0,1,1e0,0]}]", "[0,1.0,1,1e0,2]" },
	{ "sort: beyond float64", "sort",
	  "[{'v':[18446744073709551617,18446744073709551616,-1e400]}]",
	  "[-1e400,18446744073709551616,18446744073709551617]" },
	{ "sort: null", "sort", "[{'v':[null]}]",
	  "item 1 has type null: only strings and numbers can be sorted" },
	{ "sort: boolean", "sort", "[{'v':['a',true]}]",
	  "item 2 has type boolean: only strings and numbers can be sorted" },
	{ "sort: mixed", "sort", "[{'v':[1,2.5,'a']}]",
	  "item 3 has type string, but others have type integer" },
	{ "sort: map", "sort", "[{'v':{}}]", "x has type map, not list" },
	{ "uniq: digits", "uniq", "[{'v':[1,1.0,1,'1']}]", "[1,1.0,'1']" },
	{ "uniq: nothing", "uniq", "[]", "[]" },
	{ "keys: nothing", "keys", "[{}]", "[]" },
	{ "keys: text", "keys", "[{'v':'a'}]", "x has type string, not map" },
	{ "values: two maps", "values", "[{'v':{'a':1}},{'v':{'a':[2]}}]",
	  "[1,[2]]" },
	{ "merge: type changes", "merge",
	  "[{'v':{'a':{'b':1},'c':1}},{'v':{'a':2,'c':{'d':3}}}]",
	  "{'a':2,'c':{'d':3}}" },
	{ "merge: empty map keeps", "merge",
	  "[{'v':{'a':{'b':1}}},{'v':{'a':{}}}]", "{'a':{'b':1}}" },
	{ "merge: null inside", "merge",
	  "[{'v':{'a':{'b':1,'c':2}}},{'v':{'a':{'b':null}}}]",
	  "{'a':{'c':2}}" },
	{ "merge: missing", "merge", "[{},{'v':{'a':1}},{}]", "{'a':1}" },
};

enum { PARTS = 8 };

/* A text with " where it has '. The caller frees it. */
static char *quoted(const char *text)
{
	char *copy = alloc_copy(text);

	for (char *p = copy; *p; p++)
		if (*p == '\'')
			*p = '"';
	return copy;
}

static struct val *read(const char *text)
{
	AUTO_FREE char *json = quoted(text);
	AUTO_ERR err = ERR_INIT;
	struct val *v = NULL;

	if (!json_read(str_of(json), &v, &err))
		fail_msg("%s in %s", err.msg, json);
	return v;
}

static bool call(const char *name, const struct helper_part *parts,
		 size_t count, size_t *bytes, struct val **out, struct err *err)
{
	struct helper_body body = { .parts = parts, .count = count };
	const struct helper *helper = helper_find(str_of(name), &body.argument);

	assert_non_null(helper);
	return helper_call(helper, &body, bytes, out, err);
}

static size_t parts_of(const struct val *body, struct helper_part *parts)
{
	size_t n = val_count(body);

	assert_true(n <= PARTS);
	for (size_t i = 0; i < n; i++) {
		const struct val *v = val_at(body, i);
		bool is_text = val_is(v, VAL_TEXT);

		parts[i] = (struct helper_part){
			.kind = is_text ? HELPER_TEXT : HELPER_VALUE,
			.text = is_text ? val_str(v) : str_of(NULL),
			.value = is_text ? NULL : val_get(v, "v"),
			.name = str_of("x"),
		};
	}
	return n;
}

static void test_row(void **state)
{
	const struct row *row = *state;
	AUTO(val_unref) struct val *body = read(row->body), *made = NULL;
	struct helper_part parts[PARTS];
	size_t n = parts_of(body, parts), bytes = 0;
	AUTO_BUF got = BUF_INIT(LIMIT_KIB(4));
	AUTO_ERR err = ERR_INIT;
	AUTO_FREE char *want = quoted(row->want);
	AUTO_FREE char *text = NULL;

	if (!call(row->helper, parts, n, &bytes, &made, &err))
		buf_add_text(&got, err.msg);
	else if (made)
		json_write(made, &got);
	else
		buf_add_text(&got, "missing");
	/* Secret's has an apostrophe of its own. */
	text = quoted(buf_text(&got));
	assert_string_equal(text, want);
}

static enum err_kind call_text(const char *name, struct str text)
{
	const struct helper_part part = { .kind = HELPER_TEXT, .text = text };
	AUTO(val_unref) struct val *made = NULL;
	AUTO_ERR err = ERR_INIT;
	size_t bytes = 0;

	call(name, &part, 1, &bytes, &made, &err);
	return err.kind;
}

/* n bytes of one character; the caller frees them. */
static char *many(char c, size_t n)
{
	char *text = alloc_text(NULL, 0);

	text = alloc_resize(text, n + 1, 1);
	memset(text, c, n);
	text[n] = '\0';
	return text;
}

static void test_result_limit(void **state)
{
	const size_t max = LIMIT_RENDER_BYTES;
	AUTO_FREE char *a = many('a', max + 1);
	AUTO_FREE char *lines = many('\n', max);

	(void)state;
	assert_int_equal(call_text("string", str_cut(a, max)), ERR_NONE);
	assert_int_equal(call_text("string", str_cut(a, max + 1)), ERR_LIMIT);
	assert_int_equal(call_text("b64enc", str_cut(a, max / 4 * 3)),
			 ERR_NONE);
	assert_int_equal(call_text("b64enc", str_cut(a, max / 4 * 3 + 1)),
			 ERR_LIMIT);
	assert_int_equal(call_text("toJson", str_cut(a, max - 2)), ERR_NONE);
	assert_int_equal(call_text("toJson", str_cut(a, max - 1)), ERR_LIMIT);
	assert_int_equal(call_text("indent.8388608", str_of("")), ERR_NONE);
	assert_int_equal(call_text("indent.8388608", str_of("a")), ERR_LIMIT);
	assert_int_equal(call_text("indent.999999999", str_cut(lines, max)),
			 ERR_LIMIT);
	assert_int_equal(call_text("nindent.8388608", str_of("")), ERR_LIMIT);
	assert_int_equal(call_text("replace.a.bb", str_cut(a, max / 2)),
			 ERR_NONE);
	assert_int_equal(call_text("replace.a.bb", str_cut(a, max / 2 + 1)),
			 ERR_LIMIT);
	assert_int_equal(call_text("toYaml", str_cut(lines, max)), ERR_LIMIT);
	assert_int_equal(call_text("dns1123", str_cut(a, max)), ERR_NONE);
}

static void test_nesting(void **state)
{
	AUTO_FREE char *open = many('[', LIMIT_NESTING + 1);
	AUTO_FREE char *close = many(']', LIMIT_NESTING + 1);

	(void)state;
	for (int more = 0; more < 2; more++) {
		AUTO_FREE char *text =
			alloc_print("%s%s", open + 1 - more, close + 1 - more);
		enum err_kind want = more ? ERR_LIMIT : ERR_NONE;

		assert_int_equal(call_text("fromJson", str_of(text)), want);
		assert_int_equal(call_text("fromYaml", str_of(text)), want);
	}
}

/* What all helpers of a render do is counted, in and out. */
static void test_work(void **state)
{
	AUTO_FREE char *a = many('a', LIMIT_MIB(1));
	const struct helper_part part = { .kind = HELPER_TEXT,
					  .text = str_cut(a, LIMIT_MIB(1)) };
	AUTO_ERR err = ERR_INIT;
	size_t bytes = 0, calls = 0;
	bool ok = true;

	(void)state;
	while (ok && calls++ < 1000) {
		AUTO(val_unref) struct val *made = NULL;

		ok = call("string", &part, 1, &bytes, &made, &err);
		if (!ok)
			assert_null(made);
	}
	assert_int_equal(err.kind, ERR_LIMIT);
	assert_int_equal(calls, LIMIT_HELPER_BYTES / LIMIT_MIB(2));
	err_clear(&err);
	/* A call that only reads counts as well. */
	bytes = LIMIT_HELPER_BYTES - LIMIT_MIB(1);
	AUTO(val_unref) struct val *digest = NULL;
	assert_false(call("sha256", &part, 1, &bytes, &digest, &err));
	assert_int_equal(err.kind, ERR_LIMIT);
}

/* A quadratic comparison would not end. */
static void test_long_lists(void **state)
{
	struct val_list list = { 0 };
	AUTO_ERR err = ERR_INIT;

	(void)state;
	for (int64_t i = 0; i < 200000; i++)
		val_list_add_take(&list, val_new_int(i * 7919 % 100000));
	AUTO(val_unref) struct val *v = val_list_take(&list);
	AUTO(val_unref) struct val *sorted = NULL, *once = NULL;
	struct helper_part part = { .kind = HELPER_VALUE, .value = v };
	size_t bytes = 0;
	assert_true(call("sort", &part, 1, &bytes, &sorted, &err));
	for (size_t i = 0; i < val_count(sorted); i++) {
		int64_t n = -1;

		assert_true(val_int(val_at(sorted, i), &n));
		assert_int_equal(n, i / 2);
	}
	bytes = 0;
	assert_true(call("uniq", &part, 1, &bytes, &once, &err));
	assert_int_equal(val_count(once), 100000);
}

static void test_quotes(void **state)
{
	AUTO(val_unref) struct val *v = val_new_textz("a\"b");
	const struct helper_part part = { .kind = HELPER_VALUE, .value = v };
	struct helper_body body = { .parts = &part, .count = 1 };
	const struct helper *quote =
		helper_find(str_of("quote"), &body.argument);

	(void)state;
	for (int as_text = 0; as_text < 2; as_text++) {
		AUTO(val_unref) struct val *made = NULL;
		AUTO_ERR err = ERR_INIT;
		size_t bytes = 0;

		body.as_text = as_text;
		assert_true(helper_call(quote, &body, &bytes, &made, &err));
		assert_string_equal(val_text(made),
				    as_text ? "\"a\\\"b\"" : "a\"b");
	}
}

static void test_find(void **state)
{
	/* Every one: a table out of order would lose some. */
	static const char *const names[] = {
		"default", "required", "quote",   "string",   "int",
		"bool",    "toJson",   "toYaml",  "fromJson", "fromYaml",
		"b64enc",  "b64dec",   "sha256",  "lower",    "upper",
		"trim",    "trunc",    "dns1123", "indent",   "nindent",
		"replace", "join",     "sort",    "keys",     "values",
		"uniq",    "merge",    "fail",
	};
	static const char *const others[] = {
		"",        "fn",          "fn.",      "defaults", "Default",
		"upper.x", "fn.fn.lower", "toYaml.x", "zzz",      "a",
	};
	struct str argument;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		AUTO_FREE char *under = alloc_print("fn.%s", names[i]);
		const struct helper *h =
			helper_find(str_of(names[i]), &argument);

		assert_non_null(h);
		assert_string_equal(h->name, names[i]);
		assert_ptr_equal(helper_find(str_of(under), &argument), h);
		assert_int_equal(argument.n, 0);
	}
	for (size_t i = 0; i < ARRAY_LEN(others); i++)
		assert_null(helper_find(str_of(others[i]), &argument));
	assert_non_null(helper_find(str_of("fn.replace.a.b"), &argument));
	assert_true(str_is(argument, "a.b"));
}

static size_t encode(uint32_t c, char out[4])
{
	size_t n = c < 0x80 ? 1 : c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;
	static const unsigned char heads[] = { 0, 0, 0xc0, 0xe0, 0xf0 };

	for (size_t i = n; i-- > 1; c >>= 6)
		out[i] = (char)(0x80 | (c & 0x3f));
	out[0] = (char)(heads[n] | c);
	return n;
}

/* One letter stays one letter, and comes back from its other case. */
static void test_case(void **state)
{
	size_t capitals = 0;

	(void)state;
	for (uint32_t c = 1; c < 0x20000; c++) {
		AUTO_BUF lower = BUF_INIT(16), upper = BUF_INIT(16);
		AUTO_BUF again = BUF_INIT(16);
		char text[4];
		struct str s = { text, encode(c, text) };

		if (c >= 0xd800 && c < 0xe000)
			continue;
		case_write(s, CASE_LOWER, &lower);
		case_write(s, CASE_UPPER, &upper);
		assert_int_equal(str_utf8_len(buf_str(&lower)), lower.len);
		assert_int_equal(str_utf8_len(buf_str(&upper)), upper.len);
		if (str_equal(buf_str(&lower), s))
			continue;
		capitals++;
		assert_true(str_equal(buf_str(&upper), s));
		case_write(buf_str(&lower), CASE_UPPER, &again);
		assert_true(str_equal(buf_str(&again), s));
	}
	/* Python 3.11 (Unicode 14) knows as many in the table's ranges, and the
	 * same small letter to each. */
	assert_int_equal(capitals, 510);
}

int main(void)
{
	const struct CMUnitTest others[] = {
		cmocka_unit_test(test_result_limit),
		cmocka_unit_test(test_nesting),
		cmocka_unit_test(test_work),
		cmocka_unit_test(test_long_lists),
		cmocka_unit_test(test_quotes),
		cmocka_unit_test(test_find),
		cmocka_unit_test(test_case),
	};

	return ROWS_RUN("helper", rows, test_row) +
	       cmocka_run_group_tests_name("helpers", others, NULL, NULL);
}
