/*
 * The rules of structural rendering, one row each: a template and values to
 * documents as JSON, or to an error.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/alloc.h"
#include "base/limits.h"
#include "chart/renderer.h"
#include "chart/structure.h"
#include "data/json.h"

#define MISPLACED                                                               \
	"a variable cannot be part of an anchor, an alias, a tag, a directive " \
	"or the head of a block"

static const struct row {
	const char *name;
	const char *text;
	const char *values;
	const char *want; /* "[…]": the documents; else the error */
} rows[] = {
	/* A scalar that is one variable takes the value with its type. */
	{ "string", "a: {{x}}", "{'x':'b: c # d'}", "[{'a':'b: c # d'}]" },
	{ "integer", "a: {{x}}", "{'x':8080}", "[{'a':8080}]" },
	{ "number as written", "a: {{x}}", "{'x':1.10}", "[{'a':1.10}]" },
	{ "exponent as written", "a: {{x}}", "{'x':1e3}", "[{'a':1e3}]" },
	{ "large integer", "a: {{x}}", "{'x':9007199254740993}",
	  "[{'a':9007199254740993}]" },
	{ "boolean", "a: {{x}}", "{'x':false}", "[{'a':false}]" },
	{ "null", "a: {{x}}", "{'x':null}", "[{'a':null}]" },
	{ "list", "a: {{x}}", "{'x':[1,'2']}", "[{'a':[1,'2']}]" },
	{ "map", "a: {{x}}", "{'x':{'b':{'c':1}}}", "[{'a':{'b':{'c':1}}}]" },
	{ "whole document", "{{x}}", "{'x':{'b':1}}", "[{'b':1}]" },
	{ "item", "- {{x}}\n- 2", "{'x':{'b':1}}", "[[{'b':1},2]]" },
	{ "loop over maps", "a:\n{{#x}}\n- {{.}}\n{{/x}}\n",
	  "{'x':[{'b':1},{'b':2}]}", "[{'a':[{'b':1},{'b':2}]}]" },

	/* Nothing of YAML is seen in a value. */
	{ "looks like a boolean", "a: {{x}}", "{'x':'yes'}", "[{'a':'yes'}]" },
	{ "looks like null", "a: {{x}}", "{'x':'~'}", "[{'a':'~'}]" },
	{ "looks octal", "a: {{x}}", "{'x':'0755'}", "[{'a':'0755'}]" },
	{ "looks like an exponent", "a: {{x}}", "{'x':'1e3'}",
	  "[{'a':'1e3'}]" },
	{ "alias", "s: &s secret\na: {{x}}", "{'x':'*s'}",
	  "[{'s':'secret','a':'*s'}]" },
	{ "document mark", "a: {{x}}", "{'x':'b\\n---\\nc: d'}",
	  "[{'a':'b\\n---\\nc: d'}]" },
	{ "template", "a: {{x}}", "{'x':'{{y}}','y':1}", "[{'a':'{{y}}'}]" },
	{ "marks", "a: {{x}}\nb: {{y}}", "{'x':'\\udbc0\\udc01','y':'s'}",
	  "[{'a':'\xf4\x80\x80\x81','b':'s'}]" },
	{ "empty string", "a: {{x}}", "{'x':''}", "[{'a':''}]" },
	{ "long", "{{k}}: {{x}}",
	  "{'k':'0123456789012345678901234567890123456789','x':'\\n\\t'}",
	  "[{'0123456789012345678901234567890123456789':'\\n\\t'}]" },

	/* Quoted or with text around it, it is part of a string. */
	{ "double quotes", "a: \"{{x}}\"", "{'x':8080}", "[{'a':'8080'}]" },
	{ "single quotes", "a: '{{x}}'", "{'x':true}", "[{'a':'true'}]" },
	{ "quotes in a value", "a: \"{{x}}\"", "{'x':'\\\"\\\\n'}",
	  "[{'a':'\\\"\\\\n'}]" },
	{ "embedded", "a: {{h}}:{{p}}/{{q}}", "{'h':'e.org','p':80,'q':'x: y'}",
	  "[{'a':'e.org:80/x: y'}]" },
	{ "url", "a: https://{{h}}/", "{'h':'e.org'}",
	  "[{'a':'https://e.org/'}]" },
	{ "digits", "a: 1{{x}}", "{'x':2}", "[{'a':'12'}]" },
	{ "number embedded as written", "a: v{{x}}", "{'x':1.10}",
	  "[{'a':'v1.10'}]" },
	{ "two in a row", "a: {{x}}{{x}}", "{'x':1}", "[{'a':'11'}]" },
	{ "text behind it, not a comment", "a: {{x}}#note", "{'x':1}",
	  "[{'a':'1#note'}]" },
	{ "item", "- {{x}}", "{'x':5}", "[[5]]" },
	{ "no item: the blank is missing", "a: -{{x}}", "{'x':5}",
	  "[{'a':'-5'}]" },
	{ "comment behind it", "a: {{x}} #note", "{'x':1}", "[{'a':1}]" },
	{ "embedded null", "a: v{{x}}", "{'x':null}",
	  "t:1:5: x is null, which is no part of a string" },
	{ "embedded list", "a: v{{x}}", "{'x':[]}",
	  "t:1:5: x is a list, which is no part of a string: insert it alone "
	  "and without quotes" },
	{ "quoted map", "a: '{{x}}'", "{'x':{}}",
	  "t:1:5: x is a map, which is no part of a string: insert it alone "
	  "and without quotes" },

	/* What is missing. */
	{ "missing", "a: {{x.y}}", "{'x':{}}", "t:1:4: x.y is missing" },
	{ "missing, quoted", "a: '{{x}}'", "{}", "t:1:5: x is missing" },
	{ "missing in a comment", "# {{x}}\na: 1 # {{x}}", "{}", "[{'a':1}]" },
	{ "missing may be null", "a: {{x?}}", "{}", "[{'a':null}]" },
	{ "missing may be empty", "a: v{{x?}}", "{}", "[{'a':'v'}]" },
	{ "there is no need of ?", "a: {{x?}}", "{'x':1}", "[{'a':1}]" },
	{ "existence of a list", "{{#x?}}a: {{x}}\n{{/x?}}", "{'x':[]}",
	  "[{'a':[]}]" },
	{ "existence of null", "{{#x?}}a: 1{{/x?}}{{^x?}}a: 2{{/x?}}",
	  "{'x':null}", "[{'a':2}]" },

	/* Helpers give typed values. */
	{ "default, given", "a: {{#default}}{{x}}{{y}}{{/default}}",
	  "{'x':0,'y':1}", "[{'a':0}]" },
	{ "default, false", "a: {{#default}}{{x}}{{y}}{{/default}}",
	  "{'x':false,'y':1}", "[{'a':false}]" },
	{ "default, empty", "a: {{#default}}{{x}}{{y}}{{/default}}",
	  "{'x':'','y':{'b':1}}", "[{'a':{'b':1}}]" },
	{ "default, missing", "a: {{#default}}{{x}}none{{/default}}", "{}",
	  "[{'a':'none'}]" },
	{ "default, nothing", "a: {{#default}}{{x}}{{y}}{{/default}}", "{}",
	  "t:1:4: default is missing" },
	{ "default, embedded", "a: b/{{#default}}{{x}}1{{/default}}", "{'x':2}",
	  "[{'a':'b/2'}]" },

	/* Tags. */
	{ "tag str", "a: !!str {{x}}", "{'x':8080}", "[{'a':'8080'}]" },
	{ "tag int", "a: !!int \"{{x}}\"", "{'x':'8080'}", "[{'a':8080}]" },
	{ "tag that does not fit", "a: !!int {{x}}", "{'x':'b'}",
	  "t:1:4: \"b\" is no !!int" },
	{ "tag on a map", "a: !!str {{x}}", "{'x':{}}",
	  "t:1:10: x is a map, which is no part of a string: insert it "
	  "alone and without quotes" },

	/* Keys. */
	{ "key", "{{k}}: {{x}}", "{'k':8080,'x':1}", "[{'8080':1}]" },
	{ "key in braces", "a: { {{k}}: v }", "{'k':'b: c'}",
	  "[{'a':{'b: c':'v'}}]" },
	{ "key with a question mark", "? {{k}}\n: v", "{'k':true}",
	  "[{'true':'v'}]" },
	{ "key of a list", "{{k}}: v", "{'k':[]}",
	  "t:1:1: a list cannot be a key" },
	{ "key of null", "{{k}}: v", "{'k':null}",
	  "t:1:1: a null cannot be a key" },
	{ "merge key as a value", "{{k}}: {{x}}", "{'k':'<<','x':{'b':1}}",
	  "[{'<<':{'b':1}}]" },
	{ "merge", "a:\n  <<: {{x}}\n  b: 2", "{'x':{'b':1,'c':3}}",
	  "[{'a':{'b':2,'c':3}}]" },
	{ "merge of an empty map", "a:\n  <<: {{x}}\n  b: 2", "{'x':{}}",
	  "[{'a':{'b':2}}]" },
	{ "merge of a string", "a:\n  <<: {{x}}", "{'x':'b'}",
	  "t:2:7: << needs a map or a list of maps" },
	{ "duplicate keys", "a: 1\nb: 2\na: 3", "{}",
	  "t:3:1: duplicate key \"a\", the first is at t:1:1" },
	{ "duplicate keys of values", "{{k}}: 1\n{{l}}: 2", "{'k':'x','l':'x'}",
	  "t:2:1: duplicate key \"x\", the first is at t:1:1" },

	/* Blocks. */
	{ "block", "a: |\n  b {{x}} c\n", "{'x':'1\\n2\\n  3'}",
	  "[{'a':'b 1\\n2\\n  3 c\\n'}]" },
	{ "block, clipped", "a: |\n  {{x}}\n\n\n", "{'x':'1\\n\\n'}",
	  "[{'a':'1\\n'}]" },
	{ "block, clipped at the end", "a: |\n  {{x}}", "{'x':'1\\n\\n'}",
	  "[{'a':'1'}]" },
	{ "block, stripped", "a: |-\n  {{x}}\n", "{'x':'1\\n\\n'}",
	  "[{'a':'1'}]" },
	{ "block, kept", "a: |+\n  {{x}}\n\n", "{'x':'1\\n'}",
	  "[{'a':'1\\n\\n\\n'}]" },
	{ "block, indent given", "a: |2-\n    {{x}}\n", "{'x':'1\\n2'}",
	  "[{'a':'  1\\n2'}]" },
	{ "folded", "a: >\n  {{x}}\n  b\n", "{'x':'1\\n2'}",
	  "[{'a':'1\\n2 b\\n'}]" },
	{ "block with an empty value", "a: |\n  {{x}}\n", "{'x':''}",
	  "[{'a':''}]" },
	{ "block with a number", "a: |\n  {{x}}\n", "{'x':1}",
	  "[{'a':'1\\n'}]" },
	{ "block with a map", "a: |\n  {{x}}\n", "{'x':{}}",
	  "t:2:3: x is a map, which is no part of a string: insert it "
	  "alone and without quotes" },
	{ "block in double quotes", "a: \"b\n  {{x}}\"", "{'x':'1\\n2'}",
	  "[{'a':'b 1\\n2'}]" },

	/* Flow. */
	{ "flow list", "a: [{{x}}, {{y}}]", "{'x':'1, 2]','y':{'b':1}}",
	  "[{'a':['1, 2]',{'b':1}]}]" },
	{ "flow list, no blank", "a: [{{x}},{{y}}]", "{'x':1,'y':2}",
	  "[{'a':[1,2]}]" },
	{ "flow loop", "a: [{{#x}}{{.}}, {{/x}}]", "{'x':[1,2]}",
	  "[{'a':[1,2]}]" },
	{ "flow map", "a: {k: {{x}}}", "{'x':'}, l: 2'}",
	  "[{'a':{'k':'}, l: 2'}}]" },
	{ "flow map, quoted key", "a: {\"k\":{{x}}}", "{'x':1}",
	  "[{'a':{'k':1}}]" },
	{ "flow map, no blank", "a: {k:{{x}}}", "{'x':1}",
	  "t:1:5: no blank between the colon and {{x}}" },

	/* What YAML would misread. */
	{ "several lines", "a:\n  {{x}}\n  - 1", "{'x':1}",
	  "t:2:3: text with a variable goes on over several lines: quote it, "
	  "or use a block (|)" },
	{ "value below its key", "a:\n  {{x}}", "{'x':1}", "[{'a':1}]" },
	{ "second colon", "a: {{x}}: b", "{'x':1}",
	  "t:1:9: mapping values are not allowed in this context" },
	{ "text behind quotes", "a: \"b\"{{x}}", "{'x':1}",
	  "t:1:7: did not find expected key, while parsing a block mapping "
	  "that begins at t:1:1" },
	{ "variable as anchor", "a: &{{x}} 1", "{'x':'b'}",
	  "t:1:5: did not find expected alphabetic or numeric character, "
	  "while scanning an anchor that begins at t:1:4; " MISPLACED },
	{ "variable as alias", "a: *{{x}}", "{'x':'b'}",
	  "t:1:5: did not find expected alphabetic or numeric character, "
	  "while scanning an alias that begins at t:1:4; " MISPLACED },
	{ "variable as tag", "a: !{{x}} b", "{'x':'c'}",
	  "t:1:5: did not find expected whitespace or line break, while "
	  "scanning a tag that begins at t:1:4; " MISPLACED },
	{ "variable as block header", "a: |{{x}}\n  b", "{'x':2}",
	  "t:1:5: did not find expected comment or line break, while "
	  "scanning a block scalar that begins at t:1:4; " MISPLACED },
	{ "variable as directive", "%YAML 1.{{x}}\n---\na: 1", "{'x':1}",
	  "t:1:9: did not find expected version number, while scanning a "
	  "%YAML directive that begins at t:1:1; " MISPLACED },
	{ "escape", "a: \"\\{{x}}\"", "{'x':'n'}",
	  "t:1:5: found unknown escape character, while parsing a quoted "
	  "scalar that begins at t:1:4" },
	{ "indentation", "a: 1\n  b: {{x}}", "{'x':1}",
	  "t:2:4: mapping values are not allowed in this context" },

	/* Documents. */
	{ "two documents", "a: {{x}}\n---\nb: {{x}}", "{'x':1}",
	  "[{'a':1},{'b':1}]" },
	{ "empty documents", "---\n# none\n---\na: 1\n---\n", "{}",
	  "[{'a':1}]" },
	{ "nothing", "{{#x}}a: 1{{/x}}", "{}", "[]" },
	{ "comment only", "# {{x}}", "{}", "[]" },
	{ "null is a document", "~", "{}", "[null]" },
	{ "empty loop", "env:\n{{#x}}\n- {{.}}\n{{/x}}", "{'x':[]}",
	  "[{'env':null}]" },
	{ "empty loop, said so", "env: {{^x}}[]{{/x}}", "{'x':[]}",
	  "[{'env':[]}]" },

	/* Anchors. */
	{ "anchor on a variable", "a: &x {{v}}\nb: *x", "{'v':[1]}",
	  "[{'a':[1],'b':[1]}]" },
	{ "literals as Kubernetes reads them",
	  "a: [yes, 0755, 1_000, ~, 1e3, 0x1f]", "{}",
	  "[{'a':[true,493,1000,null,1e3,31]}]" },

	/* Places, through partials. */
	{ "place in a partial", "a:\n  {{> p}}\n", "{'y':1}",
	  "p:2:4 (included from t:2:3): x is missing" },
	{ "syntax in a partial", "a:\n  {{> bad}}\n", "{'x':1}",
	  "bad:3:1 (included from t:2:3): could not find expected ':', "
	  "while scanning a simple key that begins at bad:2:1 (included "
	  "from t:2:3); a variable alone on a line is no entry of a map: put "
	  "it behind its key" },
	{ "duplicate with a partial", "a:\n  {{> p}}\n  b: 2\n",
	  "{'x':1,'y':2}",
	  "t:3:3: duplicate key \"b\", the first is at p:1:1 (included from "
	  "t:2:3)" },
};

static const struct mustache_source partials[] = {
	{ .name = "p",
	  .file = "p",
	  .text = { "b: {{y}}\nc: {{x}}\n", 18 },
	  .flags = MUSTACHE_STRICT },
	{ .name = "bad",
	  .file = "bad",
	  .text = { "b: 1\n{{x}}\n", 11 },
	  .flags = MUSTACHE_STRICT },
};

/* The rows write ' for ". */
static char *unquote(const char *text)
{
	char *copy = alloc_copy(text);

	for (char *p = copy; *p; p++)
		if (*p == '\'')
			*p = '"';
	return copy;
}

static bool compile(const struct row *row, struct mustache_set **out,
		    struct err *err)
{
	struct mustache_source sources[ARRAY_LEN(partials) + 1] = {
		{ .name = "t",
		  .file = "t",
		  .text = str_of(row->text),
		  .flags = MUSTACHE_STRICT | MUSTACHE_QUERIES |
			   MUSTACHE_HELPERS },
	};

	memcpy(&sources[1], partials, sizeof(partials));
	return mustache_compile(sources, ARRAY_LEN(sources), out, err);
}

static bool render(const struct mustache_set *set, const struct val *values,
		   struct val_list *docs, struct err *err)
{
	AUTO(mustache_run_free) struct mustache_run *run = mustache_run_new();
	struct structure s = { 0 };
	bool ok = structure_init(&s, run, mustache_find(set, "t"), values, err);

	for (size_t i = 0; ok && i < structure_count(&s); i++) {
		struct val *doc = NULL;

		ok = structure_value(&s, i, &doc, err);
		if (ok && doc)
			val_list_add_take(docs, doc);
	}
	structure_done(&s);
	return ok;
}

static void add_lines(const struct val_list *docs, struct buf *out)
{
	for (size_t i = 0; i < docs->count; i++) {
		json_write(docs->items[i], out);
		buf_add_char(out, '\n');
	}
}

/* Without a shape, with a new one and with one that is kept, as values and as
 * JSON: what results is the same, or the error is. */
static void check_shapes(const struct mustache_set *set,
			 const struct val *values, const char *want)
{
	AUTO(shapes_free) struct shapes *shapes =
		shapes_new(LIMIT_SHAPES_BYTES);
	const struct mustache_template *t = mustache_find(set, "t");
	struct renderer r = { 0 };

	renderer_init(&r, shapes);
	for (int i = 0; i < 4; i++) {
		AUTO_BUF got = BUF_INIT(LIMIT_MIB(1));
		AUTO_VAL_LIST docs = { 0 };
		AUTO_ERR err = ERR_INIT;
		bool as_json = i % 2;
		bool ok = as_json ? renderer_json(&r, t, values, &got, &err)
				  : renderer_values(&r, t, values, &docs, &err);

		if (!ok)
			buf_add_text(&got, err.msg);
		else if (!as_json)
			add_lines(&docs, &got);
		assert_string_equal(buf_text(&got), want);
	}
	renderer_done(&r);
}

static void test_row(void **state)
{
	const struct row *row = *state;
	AUTO_VAL_LIST list = { 0 };
	AUTO(val_unref) struct val *values = NULL;
	AUTO(mustache_free) struct mustache_set *set = NULL;
	AUTO_BUF got = BUF_INIT(LIMIT_MIB(1)), lines = BUF_INIT(LIMIT_MIB(1));
	AUTO_ERR err = ERR_INIT;
	AUTO_FREE char *json = unquote(row->values);
	AUTO_FREE char *want = alloc_copy(row->want);

	assert_true(json_read(str_of(json), &values, &err));
	if (!compile(row, &set, &err)) {
		assert_string_equal(err.msg, want);
		return;
	}
	if (render(set, values, &list, &err)) {
		add_lines(&list, &lines);
		AUTO(val_unref) struct val *docs = val_list_take(&list);

		json_write(docs, &got);
		free(want);
		want = unquote(row->want);
	} else {
		assert_int_equal(err.kind, ERR_INVALID);
		buf_add_text(&got, err.msg);
		buf_add_text(&lines, err.msg);
	}
	assert_string_equal(buf_text(&got), want);
	check_shapes(set, values, buf_text(&lines));
}

/* A loop repeats a long value until the limit, and no further. */
static void test_limit(void **state)
{
	const struct row row = { .text = "{{#l}}\n- \"{{x}}\"\n{{/l}}" };
	const size_t most = LIMIT_RENDER_BYTES / LIMIT_MIB(1);
	AUTO_BUF mib = BUF_INIT(LIMIT_MIB(1));
	AUTO(mustache_free) struct mustache_set *set = NULL;
	AUTO_ERR bad = ERR_INIT;

	(void)state;
	assert_true(compile(&row, &set, &bad));
	while (mib.len < LIMIT_MIB(1))
		buf_add_text(&mib, "0123456789abcdef");
	for (size_t n = most; n <= most + 1; n++) {
		AUTO_VAL_MAP map = { 0 };
		AUTO_VAL_LIST list = { 0 }, docs = { 0 };
		AUTO_ERR err = ERR_INIT;

		for (size_t i = 0; i < n; i++)
			val_list_add(&list, val_bool(true));
		val_map_put_take(&map, "l", val_list_take(&list));
		val_map_put_take(&map, "x", val_new_text(buf_str(&mib)));
		AUTO(val_unref) struct val *values = val_map_take(&map);
		assert_int_equal(render(set, values, &docs, &err), n == most);
		assert_int_equal(err.kind, n == most ? ERR_NONE : ERR_LIMIT);
	}
}

int main(void)
{
	struct CMUnitTest tests[ARRAY_LEN(rows) + 1] = {
		[ARRAY_LEN(rows)] = cmocka_unit_test(test_limit),
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		tests[i] = (struct CMUnitTest){
			.name = rows[i].name,
			.test_func = test_row,
			.initial_state = (void *)(uintptr_t)&rows[i],
		};
	return cmocka_run_group_tests_name("structure", tests, NULL, NULL);
}
