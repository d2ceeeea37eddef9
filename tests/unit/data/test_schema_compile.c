/*
 * Schemas that refer to their own parts, and schemas that are refused: with
 * the JSON pointer of what is wrong.
 */
#include "base/buf.h"
#include "base/limits.h"
#include "data/json.h"
#include "data/schema.h"
#include "data/yaml_read.h"

#include "unit/rows.h"

#define DRAFT_4 "$schema: 'http://json-schema.org/draft-04/schema#', "
#define DRAFT_6 "$schema: 'http://json-schema.org/draft-06/schema#', "
#define DRAFT_7 "$schema: 'http://json-schema.org/draft-07/schema#', "
#define DRAFT_2019 "$schema: 'https://json-schema.org/draft/2019-09/schema', "

static const struct row {
	const char *name;
	const char *schema;
	const char *fits, *others; /* values, or NULL */
	const char *error;         /* of the schema, or NULL */
} rows[] = {
	{ "$ref to the whole",
	  "{properties: {a: {$ref: '#'}}, additionalProperties: false}",
	  "{a: {a: {}}}", "{a: {b: 1}}", NULL },
	{ "$ref to a definition",
	  "{$defs: {num: {type: integer}}, items: {$ref: '#/$defs/num'}}",
	  "[1]", "[a]", NULL },
	{ "$ref to a definition of draft 7",
	  "{" DRAFT_7 "definitions: {num: {type: integer}}, items: {$ref: "
	  "'#/definitions/num'}}",
	  "[1]", "[a]", NULL },
	{ "$ref through $ref",
	  "{$defs: {a: {$ref: '#/$defs/b'}, b: {$ref: '#/$defs/c'}, c: {type: "
	  "integer}}, $ref: '#/$defs/a'}",
	  "1", "a", NULL },
	{ "$ref to a property",
	  "{properties: {a: {type: integer}, b: {$ref: "
	  "'#/properties/a'}}}",
	  "{b: 1}", "{b: x}", NULL },
	{ "$ref to an item",
	  "{prefixItems: [{type: integer}, {$ref: '#/prefixItems/0'}]}",
	  "[1, 2]", "[1, a]", NULL },
	{ "$ref with escapes",
	  "{$defs: {'a/b~c%d e': {type: integer}}, $ref: "
	  "'#/$defs/a~1b~0c%25d%20e'}",
	  "1", "a", NULL },
	{ "$ref into an unknown keyword",
	  "{parts: {num: {items: {type: integer}}}, $ref: '#/parts/num'}",
	  "[1]", "[a]", NULL },
	{ "$ref to what is below an unknown keyword, twice",
	  "{x: {num: {type: integer}}, prefixItems: [{$ref: '#/x/num'}, {$ref: "
	  "'#/x/num'}]}",
	  "[1, 2]", "[1, a]", NULL },
	{ "$ref to then", "{then: {type: integer}, $ref: '#/then'}", "1", "a",
	  NULL },
	{ "$ref to a boolean", "{$ref: '#/$defs/none', $defs: {none: false}}",
	  NULL, "1", NULL },
	{ "$ref beside others",
	  "{$ref: '#/$defs/num', maximum: 3, $defs: {num: {type: integer}}}",
	  "3", "4", NULL },
	{ "$ref hides others up to draft 7",
	  "{" DRAFT_7 "definitions: {num: {type: integer}}, properties: {a: "
	  "{$ref: '#/definitions/num', maximum: 3}}}",
	  "{a: 4}", "{a: x}", NULL },
	{ "$ref as the whole of draft 7",
	  "{" DRAFT_7 "$ref: '#/definitions/num', definitions: {num: {type: "
	  "integer}}}",
	  "4", "x", NULL },
	{ "$ref in draft 4", "{" DRAFT_4 "items: {$ref: '#'}, maxItems: 1}",
	  "[[[]]]", "[[1, 2]]", NULL },
	{ "a tree",
	  "{type: object, required: [v], properties: {v: {type: integer}, "
	  "next: {type: array, items: {$ref: '#'}}}}",
	  "{v: 1, next: [{v: 2}, {v: 3, next: []}]}", "{v: 1, next: [{v: a}]}",
	  NULL },
	{ "$anchor",
	  "{$defs: {x: {$anchor: num, type: integer}}, $ref: '#num'}", "1", "a",
	  NULL },
	{ "$dynamicAnchor is an anchor",
	  "{$defs: {x: {$dynamicAnchor: num, type: integer}}, $ref: '#num'}",
	  "1", "a", NULL },
	{ "anchor of draft 6",
	  "{" DRAFT_6 "definitions: {x: {$id: '#num', type: integer}}, items: "
	  "{$ref: '#num'}}",
	  "[1]", "[a]", NULL },
	{ "anchor of draft 4",
	  "{" DRAFT_4 "definitions: {x: {id: '#num', type: integer}}, items: "
	  "{$ref: '#num'}}",
	  "[1]", "[a]", NULL },
	{ "own address",
	  "{$id: 'https://example.com/values.json', $defs: {num: {type: "
	  "integer}}, $ref: 'https://example.com/values.json#/$defs/num'}",
	  "1", "a", NULL },
	{ "relative to its own address",
	  "{$id: 'https://example.com/a/values.json', $defs: {num: {$id: "
	  "n.json, type: integer}}, $ref: 'https://example.com/a/n.json'}",
	  "1", "a", NULL },
	{ "relative addresses",
	  "{$id: 'https://example.com/a/b/values.json', $defs: {num: {$id: "
	  "../n.json, type: integer}}, $ref: '/a/n.json'}",
	  "1", "a", NULL },
	{ "address without a host",
	  "{$defs: {num: {$id: n.json, type: integer}}, $ref: n.json}", "1",
	  "a", NULL },
	{ "pointers start at the nearest address",
	  "{$defs: {num: {$id: num, $defs: {i: {type: integer}}, items: {$ref: "
	  "'#/$defs/i'}}}, $ref: num}",
	  "[1]", "[a]", NULL },
	{ "pointers go through addresses",
	  "{$defs: {num: {$id: num, $defs: {i: {$ref: '#/$defs/j'}, j: {type: "
	  "integer}}}}, $ref: '#/$defs/num/$defs/i'}",
	  "1", "a", NULL },
	{ "anchors belong to their address",
	  "{$defs: {a: {$id: a, $defs: {x: {$anchor: num, type: integer}}}, b: "
	  "{$id: b, $defs: {x: {$anchor: num, type: string}}}}, $ref: 'b#num'}",
	  "a", "1", NULL },
	{ "urn",
	  "{$id: 'urn:example:a', $defs: {num: {type: integer}}, $ref: "
	  "'urn:example:a#/$defs/num'}",
	  "1", "a", NULL },
	{ "$id in an enum is a value",
	  "{enum: [{$id: a}], properties: {$id: {type: string}}}", "{$id: a}",
	  "{$id: b}", NULL },

	{ "a list", "[1]", NULL, NULL,
	  "the schema: must be a schema, found list" },
	{ "no schema below", "{items: 1}", NULL, NULL,
	  "/items: must be a schema, found integer" },
	{ "boolean in draft 4", "{" DRAFT_4 "properties: {a: true}}", NULL,
	  NULL, "/properties/a: must be a schema, found boolean" },
	{ "unknown draft",
	  "{$schema: 'http://json-schema.org/draft-03/schema#'}", NULL, NULL,
	  "/$schema: \"http://json-schema.org/draft-03/schema\" is not known: "
	  "drafts 4, 6, 7, 2019-09 and 2020-12 are, such as "
	  "http://json-schema.org/draft-07/schema#" },
	{ "$schema is a number", "{$schema: 7}", NULL, NULL,
	  "/$schema: \"7\" is not known: drafts 4, 6, 7, 2019-09 and 2020-12 "
	  "are, such as http://json-schema.org/draft-07/schema#" },
	{ "parts of another draft", "{items: {" DRAFT_7 "type: string}}", NULL,
	  NULL, "/items/$schema: parts of another draft are not supported" },
	{ "parts of the same draft",
	  "{" DRAFT_7 "items: {" DRAFT_7 "type: string}}", "[a]", "[1]", NULL },
	{ "unknown type", "{properties: {a: {type: text}}}", NULL, NULL,
	  "/properties/a/type: must be one of null, boolean, integer, number, "
	  "string, array, object, or a list of these" },
	{ "no types", "{type: []}", NULL, NULL,
	  "/type: must be one of null, boolean, integer, number, string, "
	  "array, object, or a list of these" },
	{ "enum", "{enum: a}", NULL, NULL, "/enum: must be a list of values" },
	{ "minimum", "{minimum: '1'}", NULL, NULL,
	  "/minimum: must be a number" },
	{ "exclusive of draft 4", "{exclusiveMinimum: true}", NULL, NULL,
	  "/exclusiveMinimum: must be a number; true and false are of draft "
	  "4" },
	{ "exclusive of later drafts", "{" DRAFT_4 "exclusiveMaximum: 1}", NULL,
	  NULL, "/exclusiveMaximum: must be true or false in draft 4" },
	{ "multipleOf zero", "{multipleOf: 0.0}", NULL, NULL,
	  "/multipleOf: must be more than 0" },
	{ "multipleOf below zero", "{multipleOf: -1}", NULL, NULL,
	  "/multipleOf: must be more than 0" },
	{ "multipleOf of 19 digits", "{multipleOf: 1234567890123456789}", NULL,
	  NULL, "/multipleOf: of more than 18 digits is not supported" },
	{ "minLength below zero", "{minLength: -1}", NULL, NULL,
	  "/minLength: must be an integer that is not negative" },
	{ "maxItems in parts", "{maxItems: 1.5}", NULL, NULL,
	  "/maxItems: must be an integer that is not negative" },
	{ "pattern is no text", "{pattern: 1}", NULL, NULL,
	  "/pattern: must be a string" },
	{ "broken pattern", "{properties: {a: {pattern: '(a'}}}", NULL, NULL,
	  "/properties/a/pattern: no regular expression: (a: missing closing "
	  "parenthesis at character 2" },
	{ "broken key pattern", "{patternProperties: {'[': {}}}", NULL, NULL,
	  "/patternProperties: no regular expression: [: missing terminating "
	  "] for character class at character 1" },
	{ "required of draft 3", "{properties: {a: {required: true}}}", NULL,
	  NULL,
	  "/properties/a/required: must be a list of keys; true and false are "
	  "of draft 3" },
	{ "required numbers", "{required: [1]}", NULL, NULL,
	  "/required: must be a list of keys" },
	{ "uniqueItems", "{uniqueItems: 1}", NULL, NULL,
	  "/uniqueItems: must be true or false" },
	{ "items as a list", "{items: [{}]}", NULL, NULL,
	  "/items: must be a schema: from 2020-12 on a list of schemas is "
	  "called prefixItems" },
	{ "allOf of nothing", "{allOf: []}", NULL, NULL,
	  "/allOf: must hold at least one schema" },
	{ "anyOf is a map", "{anyOf: {}}", NULL, NULL,
	  "/anyOf: must be a list of schemas" },
	{ "properties is a list", "{properties: [{}]}", NULL, NULL,
	  "/properties: must be a map of schemas" },
	{ "patternProperties is a list", "{patternProperties: [{}]}", NULL,
	  NULL, "/patternProperties: must be a map of schemas" },
	{ "dependencies is a list", "{dependencies: [{}]}", NULL, NULL,
	  "/dependencies: must be a map" },
	{ "$defs is a list", "{$defs: [{}]}", NULL, NULL,
	  "/$defs: must be a map of schemas" },
	{ "dependentRequired", "{dependentRequired: {a: b}}", NULL, NULL,
	  "/dependentRequired: must hold lists of keys" },
	{ "unused definitions are read", "{$defs: {a: {type: x}}}", NULL, NULL,
	  "/$defs/a/type: must be one of null, boolean, integer, number, "
	  "string, array, object, or a list of these" },
	{ "index in the pointer", "{allOf: [{}, {minimum: a}]}", NULL, NULL,
	  "/allOf/1/minimum: must be a number" },
	{ "escapes in the pointer", "{properties: {a/b: {minimum: a}}}", NULL,
	  NULL, "/properties/a~1b/minimum: must be a number" },

	{ "another document", "{$ref: 'https://example.com/x.json#/a'}", NULL,
	  NULL,
	  "/$ref: \"https://example.com/x.json#/a\" is another document, and "
	  "there is no network here: copy it below $defs, and refer to it by "
	  "its place" },
	{ "another file", "{" DRAFT_7 "items: {$ref: 'defs.json'}}", NULL, NULL,
	  "/items/$ref: \"defs.json\" is another document, and there is no "
	  "network here: copy it below definitions, and refer to it by its "
	  "place" },
	{ "nothing there", "{$ref: '#/$defs/a'}", NULL, NULL,
	  "/$ref: there is nothing at \"#/$defs/a\"" },
	{ "no item there", "{prefixItems: [{}], $ref: '#/prefixItems/1'}", NULL,
	  NULL, "/$ref: there is nothing at \"#/prefixItems/1\"" },
	{ "no schema there", "{title: a, $ref: '#/title'}", NULL, NULL,
	  "$ref #/title: must be a schema, found string" },
	{ "no anchor", "{$ref: '#a'}", NULL, NULL,
	  "/$ref: there is no anchor \"a\"" },
	{ "broken escape", "{$ref: '#/%4'}", NULL, NULL,
	  "/$ref: has a broken % escape" },
	{ "$ref is a map", "{$ref: {}}", NULL, NULL,
	  "/$ref: must be a string" },
	{ "two anchors", "{$defs: {a: {$anchor: x}, b: {$anchor: x}}}", NULL,
	  NULL, "/$defs/b/$anchor: there is another anchor \"x\"" },
	{ "two addresses", "{$defs: {a: {$id: x}, b: {$id: x}}}", NULL, NULL,
	  "/$defs/b/$id: is the address of another schema" },
	{ "$id with a fragment", "{$id: 'a#b'}", NULL, NULL,
	  "/$id: must have no fragment: write an $anchor" },
	{ "$id is a number", "{$id: 1}", NULL, NULL, "/$id: must be a string" },
	{ "$dynamicRef", "{$dynamicRef: '#a'}", NULL, NULL,
	  "/$dynamicRef: is not supported: use $ref" },
	{ "$recursiveRef", "{" DRAFT_2019 "$recursiveRef: '#'}", NULL, NULL,
	  "/$recursiveRef: is not supported: use $ref" },
	{ "$ref to itself", "{$ref: '#'}", NULL, NULL,
	  "the schema: leads back to itself without a step into the value: it "
	  "would never end" },
	{ "$ref in a ring",
	  "{$defs: {a: {anyOf: [{$ref: '#/$defs/b'}]}, b: {not: {$ref: "
	  "'#/$defs/a'}}}}",
	  NULL, NULL,
	  "/$defs/b/not: leads back to itself without a step into the value: "
	  "it would never end" },
	{ "ring through if", "{if: {type: string}, then: {$ref: '#'}}", NULL,
	  NULL,
	  "/then: leads back to itself without a step into the value: it "
	  "would never end" },
	{ "ring through dependencies", "{dependencies: {a: {$ref: '#'}}}", NULL,
	  NULL,
	  "/dependencies/a: leads back to itself without a step into the "
	  "value: it would never end" },
};

static struct val *read(const char *text)
{
	AUTO_ERR err = ERR_INIT;
	struct val *v = NULL;

	if (!yaml_read(str_of(text), "row", &v, &err))
		fail_msg("%s", err.msg);
	return v;
}

static bool check(const struct schema *schema, const char *value)
{
	AUTO(val_unref) struct val *v = read(value);
	AUTO_ERR err = ERR_INIT;

	return schema_check(schema, v, &err);
}

static void test_row(void **state)
{
	const struct row *row = *state;
	AUTO(val_unref) struct val *text = read(row->schema);
	AUTO(schema_free) struct schema *schema = NULL;
	AUTO_ERR err = ERR_INIT;

	bool ok = schema_compile(text, &schema, &err);
	assert_string_equal(ok ? "" : err.msg, row->error ? row->error : "");
	if (!ok) {
		assert_int_equal(err.kind, ERR_INVALID);
		assert_null(schema);
	}
	assert_true(!row->fits || check(schema, row->fits));
	assert_true(!row->others || !check(schema, row->others));
}

/* {"allOf": [{}, …]} with this many schemas in all */
static bool compile_many(size_t count, struct err *err)
{
	AUTO_BUF text = BUF_INIT(LIMIT_MIB(2));
	AUTO(schema_free) struct schema *schema = NULL;
	AUTO(val_unref) struct val *v = NULL;

	buf_add_text(&text, "{\"allOf\":[{}");
	for (size_t i = 2; i < count; i++)
		buf_add_text(&text, ",{}");
	buf_add_text(&text, "]}");
	assert_true(json_read(buf_str(&text), &v, err));
	return schema_compile(v, &schema, err);
}

static void test_many(void **state)
{
	AUTO_ERR err = ERR_INIT;

	(void)state;
	assert_true(compile_many(LIMIT_SCHEMA_NODES, &err));
	assert_false(compile_many(LIMIT_SCHEMA_NODES + 1, &err));
	assert_int_equal(err.kind, ERR_LIMIT);
	assert_string_equal(err.msg, "holds more than 100000 schemas");
}

static void test_patterns(void **state)
{
	AUTO_BUF text = BUF_INIT(LIMIT_MIB(2));
	AUTO(schema_free) struct schema *schema = NULL;
	AUTO(val_unref) struct val *v = NULL;
	AUTO_ERR err = ERR_INIT;

	(void)state;
	buf_add_text(&text, "{\"allOf\":[{}");
	for (size_t i = 0; i < 2000; i++)
		buf_add_text(&text, ",{\"pattern\":\"(([ab]c){30}){30}\"}");
	buf_add_text(&text, "]}");
	assert_true(json_read(buf_str(&text), &v, &err));
	assert_false(schema_compile(v, &schema, &err));
	assert_int_equal(err.kind, ERR_LIMIT);
	assert_string_equal(err.msg, "the patterns take more than 16777216 "
				     "bytes together");
}

int main(void)
{
	static const struct CMUnitTest limits[] = {
		cmocka_unit_test(test_many),
		cmocka_unit_test(test_patterns),
	};

	return ROWS_RUN("schema_compile", rows, test_row) +
	       cmocka_run_group_tests_name("schema limits", limits, NULL, NULL);
}
