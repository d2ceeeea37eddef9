/*
 * Each keyword, in each draft where it differs: values that fit and values
 * that do not. Schemas and values are written as YAML.
 */
#include "data/schema.h"

#include "data/yaml_read.h"

#include "unit/rows.h"

enum { D4 = 4, D6 = 6, D7 = 7, D19 = 2019, D20 = 2020 };

static const struct row {
	const char *name;
	int draft;
	const char *schema;
	const char *fits;   /* a list */
	const char *others; /* a list */
} rows[] = {
	{ "everything", D20, "{}", "[1, null, a, {}, []]", "[]" },
	{ "unknown keywords", D20, "{a: 1, $comment: 2}", "[1, null]", "[]" },
	{ "true", D20, "{properties: {a: true}}", "[{a: 1}, {}]", "[]" },
	{ "false", D7, "{properties: {a: false}}", "[1, {}]", "[{a: 1}]" },

	{ "type string", D20, "{type: string}", "[a, '']",
	  "[1, null, true, [], {}]" },
	{ "type integer", D20, "{type: integer}",
	  "[1, 0, -7, 1.0, 1e3, 1.50e1, 123456789012345678901234567890]",
	  "[1.5, 1e-1, '1', null]" },
	{ "type integer in draft 4", D4, "{type: integer}", "[1, 1.0]",
	  "[1.5]" },
	{ "type number", D20, "{type: number}", "[1, 1.5]", "['1', null]" },
	{ "type boolean", D20, "{type: boolean}", "[true, false]", "[1, 'y']" },
	{ "type null", D20, "{type: 'null'}", "[null]", "[0, '', false]" },
	{ "type array", D20, "{type: array}", "[[], [1]]", "[{}, '[]']" },
	{ "type object", D20, "{type: object}", "[{}, {a: 1}]", "[[], '{}']" },
	{ "types", D20, "{type: [string, 'null', integer]}", "[a, null, 1]",
	  "[1.5, [], {}, true]" },

	{ "const", D6, "{const: {a: [1, b]}}", "[{a: [1.0, b]}]",
	  "[{a: [1]}, {a: [1, b], c: 1}, [1, b], null]" },
	{ "const null", D7, "{const: null}", "[null]", "[0, false, '']" },
	{ "const is unknown to draft 4", D4, "{const: 1}", "[1, 2]", "[]" },
	{ "const is typed", D20, "{const: '1'}", "['1']", "[1]" },
	{ "const map in any order", D20, "{const: {a: 1, b: 2}}",
	  "[{b: 2, a: 1}]", "[{a: 2, b: 1}]" },
	{ "enum", D4, "{enum: [1, a, null, [2]]}",
	  "[1, 1.0, 1e0, a, null, [2]]", "[2, b, false, [], [2, 2]]" },
	{ "enum of nothing", D20, "{enum: []}", "[]", "[1, null]" },
	{ "enum false is not 0", D20, "{enum: [false]}", "[false]", "[0, '']" },
	{ "enum in lists", D20, "{enum: [[false]]}", "[[false]]", "[[0]]" },

	{ "multipleOf", D20, "{multipleOf: 3}", "[0, 3, -9, 3e5, 6.0, a]",
	  "[1, 4.5, 3.1, 1e5]" },
	{ "multipleOf decimals", D20, "{multipleOf: 0.01}",
	  "[4.02, 0.07, 19.99, 1e3]", "[0.075, 1e-3]" },
	{ "multipleOf small", D20, "{multipleOf: 0.0001}", "[0.0075]",
	  "[0.00751]" },
	{ "multipleOf of a large number", D20, "{multipleOf: 7}",
	  "[7000000000000000000000000000000, 7e300]",
	  "[7000000000000000000000000000001]" },
	{ "multipleOf of 18 digits", D20, "{multipleOf: 123456789012345678}",
	  "[246913578024691356, 1234567890123456780000]",
	  "[246913578024691357]" },
	{ "minimum", D20, "{minimum: 1.1}", "[1.1, 1.10, 2, a]",
	  "[1.0999999999999999999999, 1, -2]" },
	{ "minimum below zero", D20, "{minimum: -2}", "[-2, -2.0, -1, 0]",
	  "[-2.0000000000000000001, -3]" },
	{ "minimum of large integers", D20, "{minimum: 9007199254740993}",
	  "[9007199254740993]", "[9007199254740992]" },
	{ "maximum", D20, "{maximum: 3.0}", "[3, 2.6, -1e9, null]",
	  "[3.0000000000000000001, 4]" },
	{ "maximum zero", D20, "{maximum: 0}", "[0, -0, 0.0, -1]", "[1e-300]" },
	{ "maximum with an exponent", D20, "{maximum: 1e3}", "[1000, 999.9]",
	  "[1000.1, 1.1e3]" },
	{ "exclusiveMinimum", D6, "{exclusiveMinimum: 1}", "[1.0001, 2]",
	  "[1, 1.0, 0]" },
	{ "exclusiveMaximum", D20, "{exclusiveMaximum: 1}", "[0, 0.99999]",
	  "[1, 1e0, 2]" },
	{ "exclusiveMinimum of draft 4", D4,
	  "{minimum: 1, exclusiveMinimum: true}", "[1.1]", "[1, 0]" },
	{ "exclusiveMaximum of draft 4", D4,
	  "{maximum: 1, exclusiveMaximum: true}", "[0]", "[1, 2]" },
	{ "exclusiveMinimum false", D4, "{minimum: 1, exclusiveMinimum: false}",
	  "[1]", "[0]" },
	{ "exclusive without a bound", D4, "{exclusiveMaximum: true}",
	  "[1, 1e9]", "[]" },

	{ "minLength", D20, "{minLength: 2}", "[ab, äö, 1, []]", "['', a, ä]" },
	{ "minLength 2.0", D6, "{minLength: 2.0}", "[ab]", "[a]" },
	{ "maxLength", D20, "{maxLength: 2}", "['', ab, äö, 🐉🐉, 123]",
	  "[abc, äöü]" },
	{ "maxLength of many digits", D20,
	  "{maxLength: 99999999999999999999999999}", "[abc]", "[]" },
	{ "pattern", D20, "{pattern: '^a*$'}", "['', aaa, 1, null]",
	  "[b, aab]" },
	{ "pattern is searched", D20, "{pattern: b+}", "[b, abbc]", "[a]" },
	{ "pattern and the end", D20, "{pattern: '^a$'}", "[a]", "[\"a\\n\"]" },
	{ "pattern counts characters", D20, "{pattern: '^.$'}", "[ä, 🐉]",
	  "[ab]" },

	{ "minItems", D20, "{minItems: 1}", "[[1], [1, 2], a]", "[[]]" },
	{ "maxItems", D20, "{maxItems: 1}", "[[], [1], {a: 1, b: 2}]",
	  "[[1, 2]]" },
	{ "uniqueItems", D20, "{uniqueItems: true}",
	  "[[], [1], [1, 2], [1, true], [0, false], ['1', 1], aa]",
	  "[[1, 1], [1, 1.0], [a, b, a], [null, null]]" },
	{ "uniqueItems of values", D20, "{uniqueItems: true}",
	  "[[{a: 1}, {a: 2}], [[1], [2]], [{a: false}, {a: 0}]]",
	  "[[{a: 1, b: 2}, {b: 2, a: 1}], [[1], [1]]]" },
	{ "uniqueItems false", D20, "{uniqueItems: false}", "[[1, 1]]", "[]" },
	{ "items", D20, "{items: {type: integer}}", "[[], [1, 2], {a: b}]",
	  "[[a], [1, b]]" },
	{ "items false", D7, "{items: false}", "[[]]", "[[1]]" },
	{ "items as a list", D7, "{items: [{type: integer}, {type: string}]}",
	  "[[], [1], [1, a], [1, a, null]]", "[[a], [1, 2]]" },
	{ "additionalItems", D7,
	  "{items: [{type: integer}], additionalItems: {type: string}}",
	  "[[1], [1, a, b]]", "[[1, 2], [a]]" },
	{ "additionalItems false", D4,
	  "{items: [{}, {}], additionalItems: false}", "[[], [1, 2]]",
	  "[[1, 2, 3]]" },
	{ "additionalItems alone", D7, "{additionalItems: false}", "[[1]]",
	  "[]" },
	{ "additionalItems beside one schema", D19,
	  "{items: {}, additionalItems: false}", "[[1]]", "[]" },
	{ "prefixItems", D20, "{prefixItems: [{type: integer}]}",
	  "[[], [1], [1, a]]", "[[a]]" },
	{ "prefixItems and items", D20,
	  "{prefixItems: [{type: integer}], items: false}", "[[], [1]]",
	  "[[1, 2], [a]]" },
	{ "prefixItems is unknown to 2019-09", D19, "{prefixItems: [false]}",
	  "[[1]]", "[]" },
	{ "contains", D6, "{contains: {const: 1}}", "[[1], [2, 1], a]",
	  "[[], [2]]" },
	{ "contains is unknown to draft 4", D4, "{contains: {enum: [1]}}",
	  "[[]]", "[]" },
	{ "minContains", D19, "{contains: {const: 1}, minContains: 2}",
	  "[[1, 1], [1, 2, 1.0]]", "[[1], []]" },
	{ "minContains 0", D20, "{contains: false, minContains: 0}",
	  "[[], [1]]", "[]" },
	{ "maxContains", D20, "{contains: {const: 1}, maxContains: 1}",
	  "[[1, 2]]", "[[1, 1], []]" },
	{ "maxContains 0", D20,
	  "{contains: {const: 1}, minContains: 0, maxContains: 0}", "[[], [2]]",
	  "[[1]]" },
	{ "minContains alone", D20, "{minContains: 2}", "[[]]", "[]" },
	{ "minContains is unknown to draft 7", D7,
	  "{contains: {const: 1}, minContains: 2}", "[[1]]", "[[]]" },

	{ "minProperties", D20, "{minProperties: 1}", "[{a: 1}, []]", "[{}]" },
	{ "maxProperties", D20, "{maxProperties: 1}", "[{}, {a: 1}]",
	  "[{a: 1, b: 2}]" },
	{ "required", D4, "{required: [a, b]}", "[{a: 1, b: null}, [], a]",
	  "[{}, {a: 1}]" },
	{ "required of nothing", D20, "{required: []}", "[{}]", "[]" },
	{ "properties", D4,
	  "{properties: {a: {type: string}, b: {type: integer}}}",
	  "[{}, {a: x, b: 1}, {c: 1}, [1]]", "[{a: 1}, {a: x, b: y}]" },
	{ "properties of other names", D20,
	  "{properties: {$ref: {type: string}, 'a b': {const: 1}}}",
	  "[{$ref: x, a b: 1}]", "[{$ref: 1}, {a b: 2}]" },
	{ "patternProperties", D20,
	  "{patternProperties: {'^x-': {type: string}, f: {minLength: 2}}}",
	  "[{x-a: b}, {a: 1}, {x-f: ab}]", "[{x-a: 1}, {x-f: a}]" },
	{ "additionalProperties false", D20,
	  "{properties: {a: {}}, additionalProperties: false}",
	  "[{}, {a: 1}, [1]]", "[{b: 1}, {a: 1, b: 2}]" },
	{ "additionalProperties", D4,
	  "{properties: {a: {}}, additionalProperties: {type: integer}}",
	  "[{a: x, b: 1}]", "[{b: x}]" },
	{ "additionalProperties alone", D20,
	  "{additionalProperties: {type: integer}}", "[{a: 1}, {}]",
	  "[{a: x}]" },
	{ "additionalProperties and patterns", D20,
	  "{properties: {a: {}}, patternProperties: {'^b': {}}, "
	  "additionalProperties: false}",
	  "[{a: 1, b1: 2}]", "[{c: 1}, {ab: 1}]" },
	{ "additionalProperties does not see allOf", D20,
	  "{allOf: [{properties: {a: {}}}], additionalProperties: false}",
	  "[{}]", "[{a: 1}]" },
	{ "propertyNames", D6, "{propertyNames: {maxLength: 2}}",
	  "[{}, {ab: 1}, [abc]]", "[{abc: 1}]" },
	{ "propertyNames false", D20, "{propertyNames: false}", "[{}]",
	  "[{a: 1}]" },
	{ "more than eight keys", D20,
	  "{properties: {a: {const: 1}, b: {const: 1}, c: {const: 1}, d: "
	  "{const: 1}, e: {const: 1}, f: {const: 1}, g: {const: 1}, h: "
	  "{const: 1}, i: {const: 1}, j: {const: 1}}, "
	  "additionalProperties: false}",
	  "[{a: 1, b: 1, c: 1, d: 1, e: 1, f: 1, g: 1, h: 1, i: 1, j: 1}]",
	  "[{a: 1, b: 1, c: 1, d: 1, e: 1, f: 1, g: 1, h: 1, i: 1, k: 1}, "
	  "{j: 2}]" },

	{ "dependencies", D7,
	  "{dependencies: {a: [b], c: {required: [d]}, e: false}}",
	  "[{}, {a: 1, b: 1}, {c: 1, d: 1}, {b: 1}, [a]]",
	  "[{a: 1}, {c: 1}, {e: 1}]" },
	{ "dependencies of later drafts", D20, "{dependencies: {a: [b]}}",
	  "[{a: 1, b: 1}]", "[{a: 1}]" },
	{ "dependentRequired", D19, "{dependentRequired: {a: [b, c]}}",
	  "[{}, {b: 1}, {a: 1, b: 1, c: 1}]", "[{a: 1}, {a: 1, b: 1}]" },
	{ "dependentRequired is unknown to draft 7", D7,
	  "{dependentRequired: {a: [b]}}", "[{a: 1}]", "[]" },
	{ "dependentSchemas", D20,
	  "{dependentSchemas: {a: {properties: {b: {type: integer}}}}}",
	  "[{b: x}, {a: 1, b: 1}, {a: 1}]", "[{a: 1, b: x}]" },

	{ "allOf", D4, "{allOf: [{minimum: 1}, {maximum: 3}]}", "[1, 3, a]",
	  "[0, 4]" },
	{ "anyOf", D4, "{anyOf: [{type: string}, {minimum: 3}]}",
	  "[a, 3, null]", "[1]" },
	{ "oneOf", D4, "{oneOf: [{multipleOf: 2}, {multipleOf: 3}]}", "[2, 3]",
	  "[1, 6]" },
	{ "not", D4, "{not: {type: string}}", "[1]", "[a]" },
	{ "not true", D6, "{not: true}", "[]", "[1, null]" },
	{ "not not", D20, "{not: {not: {type: string}}}", "[a]", "[1]" },
	{ "if then else", D7,
	  "{if: {type: string}, then: {minLength: 2}, else: {minimum: 5}}",
	  "[ab, 5, null]", "[a, 4]" },
	{ "if then", D7, "{if: {type: string}, then: {minLength: 2}}",
	  "[ab, 1]", "[a]" },
	{ "if else", D20, "{if: {type: string}, else: false}", "[a]", "[1]" },
	{ "if alone", D20, "{if: false}", "[1]", "[]" },
	{ "then without if", D20, "{then: false, else: false}", "[1]", "[]" },
	{ "if is unknown to draft 6", D6, "{if: true, then: false}", "[1]",
	  "[]" },

	{ "unevaluatedProperties", D19,
	  "{allOf: [{properties: {a: {}}}], properties: {b: {}}, "
	  "unevaluatedProperties: false}",
	  "[{}, {a: 1, b: 2}]", "[{c: 1}, {a: 1, c: 1}]" },
	{ "unevaluatedProperties with a schema", D20,
	  "{properties: {a: {}}, unevaluatedProperties: {type: integer}}",
	  "[{a: x, b: 1}]", "[{b: x}]" },
	{ "unevaluatedProperties and anyOf", D20,
	  "{anyOf: [{properties: {a: {const: 1}}, required: [a]}, "
	  "{properties: {b: {const: 1}}, required: [b]}], "
	  "unevaluatedProperties: false}",
	  "[{a: 1}, {b: 1}, {a: 1, b: 1}]", "[{a: 1, b: 2}, {a: 1, c: 1}]" },
	{ "unevaluatedProperties and oneOf", D20,
	  "{oneOf: [{properties: {a: {const: 1}}, required: [a]}, "
	  "{properties: {b: {const: 1}}, required: [b]}], "
	  "unevaluatedProperties: false}",
	  "[{a: 1}, {b: 1}]", "[{a: 1, b: 2}]" },
	{ "unevaluatedProperties and if", D20,
	  "{if: {properties: {k: {const: x}}, required: [k]}, then: "
	  "{properties: {a: {}}}, else: {properties: {b: {}}}, "
	  "unevaluatedProperties: false}",
	  "[{k: x, a: 1}, {b: 1}]", "[{k: x, b: 1}, {a: 1}, {k: y}]" },
	{ "unevaluatedProperties and $ref", D20,
	  "{$ref: '#/$defs/a', unevaluatedProperties: false, $defs: {a: "
	  "{properties: {a: {}}}}}",
	  "[{a: 1}]", "[{b: 1}]" },
	{ "unevaluatedProperties and not", D20,
	  "{not: {not: {properties: {a: {}}}}, unevaluatedProperties: false}",
	  "[{}]", "[{a: 1}]" },
	{ "unevaluatedProperties and dependentSchemas", D20,
	  "{properties: {a: {}}, dependentSchemas: {a: {properties: {b: "
	  "{}}}}, unevaluatedProperties: false}",
	  "[{a: 1, b: 1}]", "[{b: 1}]" },
	{ "unevaluatedProperties looks down only", D20,
	  "{properties: {a: {}}, allOf: [{unevaluatedProperties: false}]}",
	  "[{}]", "[{a: 1}]" },
	{ "unevaluatedProperties within one another", D20,
	  "{allOf: [{properties: {a: {}}, unevaluatedProperties: true}], "
	  "unevaluatedProperties: false}",
	  "[{a: 1, b: 1}]", "[]" },
	{ "unevaluatedProperties and patterns", D20,
	  "{allOf: [{patternProperties: {'^x': {}}}], "
	  "unevaluatedProperties: false}",
	  "[{x1: 1}]", "[{y: 1}]" },
	{ "unevaluatedProperties is unknown to draft 7", D7,
	  "{unevaluatedProperties: false}", "[{a: 1}]", "[]" },
	{ "unevaluatedItems", D20,
	  "{allOf: [{prefixItems: [{}]}], unevaluatedItems: false}",
	  "[[], [1]]", "[[1, 2]]" },
	{ "unevaluatedItems and items", D20,
	  "{items: {}, unevaluatedItems: false}", "[[1, 2]]", "[]" },
	{ "unevaluatedItems and contains", D20,
	  "{contains: {type: string}, unevaluatedItems: {type: integer}}",
	  "[[a, 1]]", "[[a, null], [1]]" },
	{ "unevaluatedItems and contains in 2019-09", D19,
	  "{contains: {type: string}, unevaluatedItems: {type: integer}}", "[]",
	  "[[a, 1]]" },
	{ "unevaluatedItems in 2019-09", D19,
	  "{anyOf: [{items: [{const: 1}]}, {items: [{}, {const: 2}]}], "
	  "unevaluatedItems: false}",
	  "[[1], [3, 2], [1, 2]]", "[[1, 3], [1, 2, 3]]" },

	{ "format is asserted in draft 7", D7, "{format: ipv4}", "[1.2.3.4, 1]",
	  "[1.2.3]" },
	{ "format is asserted in draft 4", D4, "{format: date}",
	  "['2024-02-29']", "['2023-02-29']" },
	{ "format means nothing in 2019-09", D19, "{format: ipv4}", "[x]",
	  "[]" },
	{ "format means nothing in 2020-12", D20, "{format: ipv4}", "[x]",
	  "[]" },
	{ "unknown formats", D7, "{format: idn-email}", "[x]", "[]" },
	{ "content is an annotation", D7, "{contentEncoding: base64}", "['%']",
	  "[]" },
};

static struct val *read(const char *text)
{
	AUTO_ERR err = ERR_INIT;
	struct val *v = NULL;

	if (!yaml_read(str_of(text), "row", &v, &err))
		fail_msg("%s", err.msg);
	return v;
}

static const char *draft_name(int draft)
{
	switch (draft) {
	case D4:
		return "http://json-schema.org/draft-04/schema#";
	case D6:
		return "http://json-schema.org/draft-06/schema#";
	case D7:
		return "http://json-schema.org/draft-07/schema";
	case D19:
		return "https://json-schema.org/draft/2019-09/schema";
	}
	return "https://json-schema.org/draft/2020-12/schema";
}

static void test_row(void **state)
{
	const struct row *row = *state;
	AUTO(val_unref) struct val *plain = read(row->schema);
	AUTO(val_unref) struct val *text =
		val_with_text(plain, "$schema", draft_name(row->draft));
	AUTO(val_unref) struct val *fits = read(row->fits);
	AUTO(val_unref) struct val *others = read(row->others);
	AUTO(schema_free) struct schema *schema = NULL;
	AUTO_ERR err = ERR_INIT;

	if (!schema_compile(text, &schema, &err))
		fail_msg("%s", err.msg);
	for (size_t i = 0; i < val_count(fits); i++)
		if (!schema_check(schema, val_at(fits, i), &err))
			fail_msg("%zu of fits: %s", i, err.msg);
	for (size_t i = 0; i < val_count(others); i++) {
		AUTO_ERR why = ERR_INIT;

		if (schema_check(schema, val_at(others, i), &why))
			fail_msg("%zu of others fits", i);
		assert_int_equal(why.kind, ERR_INVALID);
		assert_non_null(why.field);
		assert_true(strlen(why.msg) > 10);
	}
}

int main(void)
{
	return ROWS_RUN("schema", rows, test_row);
}
