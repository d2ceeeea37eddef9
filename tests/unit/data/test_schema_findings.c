/*
 * What is said about values that do not fit: where, what is wrong and what is
 * wanted, and never the value; and that no check takes long.
 */
#include "base/buf.h"
#include "base/clock.h"
#include "base/limits.h"
#include "data/json.h"
#include "data/schema.h"
#include "data/yaml_read.h"

#include "unit/rows.h"

/* Stands in every value that does not fit. */
#define SECRET "hunter2"

static const struct row {
	const char *name, *schema, *value, *want;
	const char *field;
} rows[] = {
	{ "whole", "{type: object}", "hunter2",
	  "the values: must be a map, found a string of 7 characters", "" },
	{ "key", "{properties: {a: {type: integer}}}", "{a: hunter2}",
	  "a: must be an integer, found a string of 7 characters", "a" },
	{ "keys and indexes",
	  "{properties: {a: {items: {properties: {b-c: {type: 'null'}}}}}}",
	  "{a: [{}, {b-c: hunter2}]}",
	  "a[1].b-c: must be null, found a string of 7 characters",
	  "a[1].b-c" },
	{ "unusual keys", "{additionalProperties: {type: boolean}}",
	  "{'a.b/\"c': hunter2, '': []}",
	  "[\"a.b/\\\"c\"]: must be a boolean, found a string of 7 characters; "
	  "[\"\"]: must be a boolean, found an empty list",
	  "[\"a.b/\\\"c\"]" },
	{ "long key", "{additionalProperties: {type: boolean}}",
	  "{k2345678901234567890123456789012345678901234567890123456789012345: "
	  "null}",
	  "k234567890123456789012345678901234567890123456789012345678901234…: "
	  "must be a boolean, found null",
	  "k234567890123456789012345678901234567890123456789012345678901234…" },
	{ "types", "{type: [string, integer, 'null']}", "[hunter2]",
	  "the values: must be a string, an integer or null, found a list",
	  "" },
	{ "number and integer", "{type: [integer, number]}", "{a: hunter2}",
	  "the values: must be a number, found a map", "" },
	{ "found a number", "{items: {type: string}}", "[1, 1.5, true]",
	  "[0]: must be a string, found an integer; [1]: must be a string, "
	  "found a number; [2]: must be a string, found a boolean",
	  "[0]" },
	{ "enum", "{properties: {p: {enum: [Always, 1, null, {a: b}]}}}",
	  "{p: hunter2}",
	  "p: must be one of \"Always\", 1, null, {\"a\":\"b\"}, found a "
	  "string of 7 characters",
	  "p" },
	{ "enum of one", "{enum: [a]}", "hunter2",
	  "the values: must be \"a\", found a string of 7 characters", "" },
	{ "enum of nothing", "{enum: []}", "''",
	  "the values: must be one of nothing, found an empty string", "" },
	{ "const", "{const: [1]}", "{}",
	  "the values: must be [1], found an empty map", "" },
	{ "bounds",
	  "{items: {minimum: 2, maximum: 1e3, multipleOf: 0.5, "
	  "exclusiveMinimum: 2, exclusiveMaximum: 9}}",
	  "[1, 10000, 2.2]",
	  "[0]: must be at least 2; [0]: must be more than 2; [1]: must be at "
	  "most 1e3; [1]: must be less than 9; [2]: must be a multiple of 0.5",
	  "[0]" },
	{ "sizes",
	  "{properties: {a: {minLength: 1}, b: {maxLength: 2}, c: {minItems: "
	  "2}, d: {maxProperties: 0}}}",
	  "{a: '', b: hunter2, c: [1], d: {x: hunter2}}",
	  "a: must have at least 1 character, has 0; b: must have at most 2 "
	  "characters, has 7; c: must have at least 2 items, has 1; d: must "
	  "have at most 0 keys, has 1",
	  "a" },
	{ "pattern", "{pattern: '^[a-z]+$'}", "hunter2",
	  "the values: must match ^[a-z]+$, found a string of 7 characters",
	  "" },
	{ "format",
	  "{$schema: 'http://json-schema.org/draft-07/schema#', properties: "
	  "{a: {format: date-time}}}",
	  "{a: hunter2}",
	  "a: must be a time such as 2006-01-02T15:04:05Z, found a string of 7 "
	  "characters",
	  "a" },
	{ "required", "{properties: {a: {required: [b, c.d]}}}", "{a: {}}",
	  "a.b: is required, and missing; a[\"c.d\"]: is required, and missing",
	  "a.b" },
	{ "dependentRequired", "{dependentRequired: {a: [b]}}", "{a: hunter2}",
	  "b: is required beside a, and missing", "b" },
	{ "unknown key",
	  "{properties: {ide: {properties: {port: {}, image: {}}, "
	  "additionalProperties: false}}}",
	  "{ide: {prot: hunter2}}",
	  "ide.prot: is not known here; known are port, image", "ide.prot" },
	{ "no key is known", "{additionalProperties: false}", "{a: hunter2}",
	  "a: is not known here", "a" },
	{ "unevaluated", "{unevaluatedProperties: false}", "{a: hunter2}",
	  "a: is not known here", "a" },
	{ "false", "{properties: {a: false}}", "{a: hunter2}",
	  "a: is not allowed here", "a" },
	{ "not", "{properties: {a: {not: {type: string}}}}", "{a: hunter2}",
	  "a: is what the schema excludes with \"not\"", "a" },
	{ "equal items", "{uniqueItems: true}", "[a, hunter2, b, hunter2]",
	  "the values: must not hold equal items, and [1] and [3] are equal",
	  "" },
	{ "contains", "{contains: {type: string}, minContains: 2}",
	  "[1, hunter2]",
	  "the values: must hold at least 2 items of the kind that "
	  "\"contains\" describes, holds 1",
	  "" },
	{ "contains too many", "{contains: {type: string}, maxContains: 1}",
	  "[hunter2, hunter2]",
	  "the values: must hold at most 1 items of the kind that "
	  "\"contains\" describes, holds 2",
	  "" },
	{ "names", "{properties: {labels: {propertyNames: {maxLength: 3}}}}",
	  "{labels: {app.kubernetes: hunter2}}",
	  "labels[\"app.kubernetes\"]: its name must have at most 3 "
	  "characters, has 14",
	  "labels[\"app.kubernetes\"]" },
	{ "all of allOf", "{allOf: [{type: integer}, {maxLength: 3}]}",
	  "hunter2",
	  "the values: must be an integer, found a string of 7 characters; the "
	  "values: must have at most 3 characters, has 7",
	  "" },
	{ "said once", "{allOf: [{type: integer}, {type: integer}]}", "hunter2",
	  "the values: must be an integer, found a string of 7 characters",
	  "" },
	{ "wrong type and nothing more", "{type: integer, maxLength: 3}",
	  "hunter2",
	  "the values: must be an integer, found a string of 7 characters",
	  "" },
	{ "anyOf of types",
	  "{properties: {a: {anyOf: [{type: integer}, {type: 'null'}]}}}",
	  "{a: hunter2}",
	  "a: must be an integer or null, found a string of 7 characters",
	  "a" },
	{ "anyOf, the deepest",
	  "{anyOf: [{type: string}, {properties: {a: {properties: {b: {type: "
	  "integer}}}}}, {required: [c]}]}",
	  "{a: {b: hunter2}}",
	  "a.b: must be an integer, found a string of 7 characters (closest of "
	  "3 alternatives)",
	  "a.b" },
	{ "oneOf, the fewest", "{oneOf: [{required: [b, c]}, {required: [d]}]}",
	  "{a: hunter2}",
	  "d: is required, and missing (closest of 2 alternatives)", "d" },
	{ "oneOf, several",
	  "{oneOf: [{type: string}, {type: integer}, "
	  "{minLength: 1}]}",
	  "hunter2",
	  "the values: fits alternatives 1 and 3 of \"oneOf\", and must fit "
	  "exactly one",
	  "" },
	{ "anyOf of one", "{anyOf: [{minLength: 9}]}", "hunter2",
	  "the values: must have at least 9 characters, has 7", "" },
	{ "then", "{if: {required: [a]}, then: {required: [b]}}",
	  "{a: hunter2}", "b: is required, and missing", "b" },
	{ "through $ref",
	  "{$ref: '#/$defs/a', $defs: {a: {properties: {b: {type: integer}}}}}",
	  "{b: hunter2}",
	  "b: must be an integer, found a string of 7 characters", "b" },
	{ "ten at most", "{items: {type: string}}",
	  "[1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1]",
	  "[0]: must be a string, found an integer; [1]: must be a string, "
	  "found an integer; [2]: must be a string, found an integer; [3]: "
	  "must be a string, found an integer; [4]: must be a string, found an "
	  "integer; [5]: must be a string, found an integer; [6]: must be a "
	  "string, found an integer; [7]: must be a string, found an integer; "
	  "[8]: must be a string, found an integer; [9]: must be a string, "
	  "found an integer; and more",
	  "[0]" },
};

static struct val *read(const char *text)
{
	AUTO_ERR err = ERR_INIT;
	struct val *v = NULL;

	if (!yaml_read(str_of(text), "row", &v, &err))
		fail_msg("%s", err.msg);
	return v;
}

static struct schema *compile(const char *text)
{
	AUTO(val_unref) struct val *v = read(text);
	struct schema *schema = NULL;
	AUTO_ERR err = ERR_INIT;

	if (!schema_compile(v, &schema, &err))
		fail_msg("%s", err.msg);
	return schema;
}

static void test_row(void **state)
{
	const struct row *row = *state;
	AUTO(schema_free) struct schema *schema = compile(row->schema);
	AUTO(val_unref) struct val *v = read(row->value);
	AUTO_ERR err = ERR_INIT;

	assert_false(schema_check(schema, v, &err));
	assert_string_equal(err.msg, row->want);
	assert_string_equal(err.field, row->field);
	assert_int_equal(err.kind, ERR_INVALID);
	assert_null(strstr(err.msg, SECRET));
}

/* However long what a schema says, the message is not. */
static void test_length(void **state)
{
	AUTO_BUF text = BUF_INIT(LIMIT_MIB(1));
	AUTO(val_unref) struct val *v = read("{a: 1, b: 1, c: 1, d: 1}");
	AUTO_ERR err = ERR_INIT;

	(void)state;
	buf_add_text(&text, "{additionalProperties: {enum: [");
	for (int i = 0; i < 500; i++)
		buf_addf(&text, "a long text for number %d ääääääääää, ", i);
	buf_add_text(&text, "]}}");
	AUTO(schema_free) struct schema *schema = compile(buf_text(&text));
	assert_false(schema_check(schema, v, &err));
	assert_true(strlen(err.msg) <= LIMIT_MESSAGE_BYTES - 100);
	assert_true(strlen(err.msg) > 300);
	assert_true(str_ends(str_of(err.msg), "; and more"));
}

/* a0: [a1, a1], a1: [a2, a2], … */
static struct schema *doubling(const char *keyword)
{
	AUTO_BUF text = BUF_INIT(LIMIT_MIB(1));

	buf_add_text(&text, "{$ref: '#/$defs/a0', $defs: {");
	for (int i = 0; i < 60; i++)
		buf_addf(&text,
			 "a%d: {%s: [{$ref: '#/$defs/a%d'}, {$ref: "
			 "'#/$defs/a%d'}]}, ",
			 i, keyword, i + 1, i + 1);
	buf_add_text(&text, "a60: {type: string}}}");
	return compile(buf_text(&text));
}

static void must_stop(const struct schema *schema, const struct val *v,
		      const char *why)
{
	int64_t start = clock_now_ms();
	AUTO_ERR err = ERR_INIT;

	assert_false(schema_check(schema, v, &err));
	assert_string_equal(err.msg, why);
	assert_int_equal(err.kind, ERR_LIMIT);
	/* Far more than it takes, for sanitizers and busy machines. */
	assert_true(clock_now_ms() - start < 30000);
}

static void test_steps(void **state)
{
	static const char why[] =
		"the check against the schema takes too many steps";
	AUTO(schema_free) struct schema *any = doubling("anyOf");
	AUTO(schema_free) struct schema *one = doubling("oneOf");
	AUTO(schema_free) struct schema *all = doubling("allOf");
	AUTO(val_unref) struct val *text = read("a");

	(void)state;
	must_stop(any, val_null(), why);
	must_stop(one, val_null(), why);
	must_stop(all, text, why);
}

static void test_pattern_steps(void **state)
{
	AUTO(schema_free) struct schema *schema =
		compile("{pattern: '^(a+)+$'}");
	AUTO(val_unref) struct val *text =
		read("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaab");

	(void)state;
	must_stop(schema, text,
		  "the check against the schema takes too many steps in a "
		  "pattern");
}

static void test_depth(void **state)
{
	AUTO_BUF text = BUF_INIT(LIMIT_MIB(1));

	(void)state;
	buf_add_text(&text, "{$ref: '#/$defs/a0', $defs: {");
	for (int i = 0; i < LIMIT_SCHEMA_DEPTH; i++)
		buf_addf(&text, "a%d: {$ref: '#/$defs/a%d'}, ", i, i + 1);
	buf_addf(&text, "a%d: {}}}", LIMIT_SCHEMA_DEPTH);
	AUTO(schema_free) struct schema *schema = compile(buf_text(&text));
	must_stop(schema, val_null(),
		  "the check against the schema nests too deep");
}

/* As deep as values get, with two schemas a level. */
static void test_deep_value(void **state)
{
	AUTO(schema_free) struct schema *schema =
		compile("{type: object, properties: {a: {allOf: [{$ref: "
			"'#'}]}}, additionalProperties: false}");
	AUTO(val_unref) struct val *v = read("{}");
	AUTO(val_unref) struct val *bad = read("{b: 1}");
	AUTO_ERR err = ERR_INIT;

	(void)state;
	for (int i = 1; i < LIMIT_NESTING; i++) {
		struct val *next = val_with(NULL, "a", v);

		val_unref(v);
		v = next;
		next = val_with(NULL, "a", bad);
		val_unref(bad);
		bad = next;
	}
	assert_true(schema_check(schema, v, &err));
	assert_false(schema_check(schema, bad, &err));
	assert_int_equal(err.kind, ERR_INVALID);
}

int main(void)
{
	static const struct CMUnitTest bounds[] = {
		cmocka_unit_test(test_length),
		cmocka_unit_test(test_steps),
		cmocka_unit_test(test_pattern_steps),
		cmocka_unit_test(test_depth),
		cmocka_unit_test(test_deep_value),
	};

	return ROWS_RUN("schema_findings", rows, test_row) +
	       cmocka_run_group_tests_name("schema bounds", bounds, NULL, NULL);
}
