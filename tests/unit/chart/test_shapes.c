/*
 * One cache of shapes for many renders: a row is a template and values that are
 * rendered one after the other, twice, each compared with what comes out
 * without a shape. What decides about the text must be in the trace.
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
#include "unit/rows.h"

enum { MOST_VALUES = 6 };

static const struct row {
	const char *name;
	const char *text;
	const char *values[MOST_VALUES];
} rows[] = {
	{ "a list of one is no section that is followed by another",
	  "x:\n{{#a}}\n- a\n{{/a}}\n{{#b}}\n- b\n{{/b}}\n{{#c}}\n- c\n{{/c}}\n",
	  { "{\"a\":[1],\"b\":true,\"c\":false}",
	    "{\"a\":{},\"b\":false,\"c\":[1]}",
	    "{\"a\":[1,2],\"b\":false,\"c\":false}",
	    "{\"a\":{},\"b\":[1],\"c\":false}",
	    "{\"a\":{},\"b\":true,\"c\":false}" } },
	{ "a list of one within a list",
	  "x:\n{{#l}}\n{{#a}}\n- a\n{{/a}}\n{{^a}}\n- b\n{{/a}}\n{{/l}}\n",
	  { "{\"l\":[{\"a\":[1]},{\"a\":1}]}",
	    "{\"l\":[{\"a\":1},{\"a\":[]},{\"a\":1}]}",
	    "{\"l\":[{\"a\":1},{\"a\":[1]}]}", "{\"l\":[{\"a\":[1,1]}]}" } },
	{ "a helper is no section of data",
	  "x: {{#default}}a{{/default}}\ny:\n{{#b}}\n- b\n{{/b}}\n"
	  "{{#c}}\n- c\n{{/c}}\n",
	  { "{\"b\":true,\"c\":false}",
	    "{\"default\":true,\"b\":false,\"c\":true}",
	    "{\"default\":false,\"b\":true}", "{\"b\":[1],\"c\":true}",
	    "{\"default\":[1],\"b\":true}" } },
	{ "entries of a map, and none",
	  "x:\n{{#m.*}}\n- {{*}}\n{{/m.*}}\n{{#b}}\n- b\n{{/b}}\n",
	  { "{\"m\":{\"k\":1},\"b\":false}", "{\"m\":{},\"b\":true}",
	    "{\"m\":{\"k\":1,\"l\":2}}", "{\"b\":[1]}" } },
	{ "a partial by its name",
	  "{{>*p}}\n{{#b}}\nb: {{b}}\n{{/b}}\n",
	  { "{\"p\":\"one\",\"b\":1}", "{\"p\":\"two\",\"b\":1}",
	    "{\"p\":\"one\"}", "{\"p\":\"two\"}" } },
	{ "keys that are variables",
	  "x:\n  a: 1\n{{#l}}\n  {{k}}: {{v}}\n{{/l}}\n",
	  { "{\"l\":[{\"k\":\"b\",\"v\":1},{\"k\":\"c\",\"v\":\"\\\"\"}]}",
	    "{\"l\":[{\"k\":\"c\",\"v\":1},{\"k\":\"c\",\"v\":2}]}",
	    "{\"l\":[{\"k\":\"a\",\"v\":1},{\"k\":\"c\",\"v\":2}]}",
	    "{\"l\":[{\"k\":\"\",\"v\":1},{\"k\":\"\\n\",\"v\":[2]}]}",
	    "{\"l\":[{\"k\":7,\"v\":1},{\"k\":1.50,\"v\":2}]}",
	    "{\"l\":[{\"k\":true,\"v\":1},{\"k\":-0,\"v\":2}]}" } },
	{ "keys that are no texts",
	  "x:\n  a: 1\n  {{k}}: {{v}}\n  {{l}}: {{v}}\n",
	  { "{\"k\":0,\"l\":-0,\"v\":1}", "{\"k\":\"7\",\"l\":7,\"v\":1}",
	    "{\"k\":\"b\",\"l\":[],\"v\":1}",
	    "{\"k\":\"b\",\"l\":null,\"v\":1}", "{\"k\":\"b\",\"v\":1}",
	    "{\"k\":\"<<\",\"l\":\"\\u2028\",\"v\":{\"a\":1}}" } },
	{ "other types of values",
	  "x: {{x}}\ny: a-{{y}}\n",
	  { "{\"x\":1,\"y\":2}", "{\"x\":{\"a\":[]},\"y\":true}",
	    "{\"x\":null,\"y\":\"\\\"\\n\"}", "{\"x\":1,\"y\":[]}",
	    "{\"y\":1}" } },
};

/* Documents as lines of JSON, or the error. */
static void render_slowly(const struct mustache_template *t,
			  const struct val *values, struct buf *out)
{
	AUTO(mustache_run_free) struct mustache_run *run = mustache_run_new();
	struct structure s = { 0 };
	AUTO_ERR err = ERR_INIT;
	bool ok = structure_init(&s, run, t, values, &err);

	for (size_t i = 0; ok && i < structure_count(&s); i++) {
		AUTO(val_unref) struct val *v = NULL;

		ok = structure_value(&s, i, &v, &err);
		if (!v)
			continue;
		json_write(v, out);
		buf_add_char(out, '\n');
	}
	structure_done(&s);
	if (ok)
		return;
	buf_clear(out);
	buf_add_text(out, err.msg);
}

static void compare(struct renderer *r, const struct mustache_template *t,
		    const struct val *values)
{
	AUTO_BUF want = BUF_INIT(LIMIT_MIB(1)), got = BUF_INIT(LIMIT_MIB(1));
	AUTO_ERR err = ERR_INIT;

	render_slowly(t, values, &want);
	if (!renderer_json(r, t, values, &got, &err))
		buf_add_text(&got, err.msg);
	assert_string_equal(buf_text(&got), buf_text(&want));
}

static void check(struct renderer *r, const struct mustache_template *t,
		  const char *json)
{
	AUTO(val_unref) struct val *values = NULL;
	AUTO_ERR err = ERR_INIT;

	assert_true(json_read(str_of(json), &values, &err));
	compare(r, t, values);
}

static void test_row(void **state)
{
	const struct row *row = *state;
	const unsigned flags = MUSTACHE_QUERIES | MUSTACHE_PATHS |
			       MUSTACHE_HELPERS | MUSTACHE_NO_RAW;
	const struct mustache_source sources[] = {
		{ .name = "t", .text = str_of(row->text), .flags = flags },
		{ .name = "one", .text = str_of("a: 1\n"), .flags = flags },
		{ .name = "two", .text = str_of("a: 2\n"), .flags = flags },
	};
	AUTO(mustache_free) struct mustache_set *set = NULL;
	AUTO(shapes_free) struct shapes *shapes =
		shapes_new(LIMIT_SHAPES_BYTES);
	struct renderer r = { 0 };
	AUTO_ERR err = ERR_INIT;

	assert_true(mustache_compile(sources, ARRAY_LEN(sources), &set, &err));
	renderer_init(&r, shapes);
	for (int again = 0; again < 2; again++)
		for (size_t i = 0; i < MOST_VALUES && row->values[i]; i++)
			check(&r, mustache_find(set, "t"), row->values[i]);
	renderer_done(&r);
}

static struct val *entries(size_t count)
{
	AUTO_BUF json = BUF_INIT(LIMIT_KIB(4));
	struct val *v = NULL;
	AUTO_ERR err = ERR_INIT;

	buf_add_text(&json, "{\"m\":{\"0\":1");
	for (size_t i = 1; i < count; i++)
		buf_addf(&json, ",\"%zu\":1", i);
	buf_add_text(&json, "}}");
	assert_true(json_read(buf_str(&json), &v, &err));
	return v;
}

/* As many keys as are compared, and more. */
static void test_many_keys(void **state)
{
	const struct mustache_source source = {
		.name = "t",
		.text = str_of("x:\n  x: 0\n{{#m.*}}\n  {{*}}: {{.}}\n"
			       "{{/m.*}}\n"),
		.flags = MUSTACHE_QUERIES,
	};
	AUTO(mustache_free) struct mustache_set *set = NULL;
	AUTO(shapes_free) struct shapes *shapes =
		shapes_new(LIMIT_SHAPES_BYTES);
	struct renderer r = { 0 };
	AUTO_ERR err = ERR_INIT;

	(void)state;
	assert_true(mustache_compile(&source, 1, &set, &err));
	renderer_init(&r, shapes);
	for (size_t n = 60; n < 70; n++) {
		AUTO(val_unref) struct val *values = entries(n);

		compare(&r, mustache_find(set, "t"), values);
		compare(&r, mustache_find(set, "t"), values);
	}
	renderer_done(&r);
}

/* What has no room is not kept, and what is kept goes again. */
static void test_room(void **state)
{
	const struct mustache_source source = {
		.name = "t", .text = str_of("x:\n{{#l}}\n- {{.}}\n{{/l}}\n")
	};
	AUTO(mustache_free) struct mustache_set *set = NULL;
	AUTO_ERR err = ERR_INIT;

	(void)state;
	assert_true(mustache_compile(&source, 1, &set, &err));
	const struct mustache_template *t = mustache_find(set, "t");
	for (size_t max = 1; max < LIMIT_MIB(1); max *= 64) {
		AUTO(shapes_free) struct shapes *shapes = shapes_new(max);
		struct renderer r = { 0 };

		renderer_init(&r, shapes);
		for (size_t n = 0; n < 100; n++) {
			AUTO_BUF json = BUF_INIT(LIMIT_KIB(4));

			buf_add_text(&json, "{\"l\":[0");
			for (size_t i = 0; i < n % 40; i++)
				buf_addf(&json, ",%zu", i);
			buf_add_text(&json, "]}");
			check(&r, t, buf_text(&json));
		}
		assert_int_equal(shapes_may_have(shapes, t), max > 4096);
		renderer_done(&r);
	}
}

int main(void)
{
	const struct CMUnitTest others[] = { cmocka_unit_test(test_room),
					     cmocka_unit_test(test_many_keys) };

	return ROWS_RUN("shapes", rows, test_row) +
	       cmocka_run_group_tests_name("sizes", others, NULL, NULL);
}
