/*
 * What the specification does not cover: queries, helpers, strictness, limits,
 * and what a sink is told.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/alloc.h"
#include "base/limits.h"
#include "data/json.h"
#include "mustache/expand.h"

#define CHART (MUSTACHE_STRICT | MUSTACHE_QUERIES | MUSTACHE_HELPERS)

static const struct row {
	const char *name;
	const char *text;
	const char *values; /* ' for " */
	const char *want;   /* text, or the error */
} rows[] = {
	{ "existence", "{{#x?}}a{{x}}{{/x?}}{{^x?}}b{{/x?}}", "{'x':0}", "a0" },
	{ "existence of false", "{{#x?}}a{{/x?}}", "{'x':false}", "a" },
	{ "existence of null", "{{#x?}}a{{/x?}}{{^x?}}b{{/x?}}", "{'x':null}",
	  "b" },
	{ "existence of nothing", "{{#x.y?}}a{{/x.y?}}{{^x.y?}}b{{/x.y?}}",
	  "{}", "b" },
	{ "existence of a list, once", "{{#x?}}a{{x.y}}{{/x?}}",
	  "{'x':{'y':[1,2]}}", "a[1,2]" },
	{ "existence pushes no context", "{{#x?}}{{y}}{{/x?}}",
	  "{'x':{'y':1},'y':2}", "2" },
	{ "data named like a query", "{{#x?}}{{.}}{{/x?}}", "{'x?':3,'x':null}",
	  "3" },
	{ "missing or null", "[{{x?}}]", "{}", "[]" },
	{ "there after all", "[{{x?}}]", "{'x':1}", "[1]" },

	{ "equal text", "{{#x=a}}1{{/x=a}}{{^x=a}}2{{/x=a}}", "{'x':'a'}",
	  "1" },
	{ "other text", "{{#x=a}}1{{/x=a}}{{^x=a}}2{{/x=a}}", "{'x':'b'}",
	  "2" },
	{ "equal number", "{{#x=0}}1{{/x=0}}{{^x=0}}2{{/x=0}}", "{'x':0}",
	  "1" },
	{ "number by its digits", "{{#x=1}}1{{/x=1}}{{^x=1}}2{{/x=1}}",
	  "{'x':1.0}", "2" },
	{ "number with a dot", "{{#x.y=1.5}}1{{/x.y=1.5}}", "{'x':{'y':1.5}}",
	  "1" },
	{ "equal boolean", "{{#x=true}}1{{/x=true}}", "{'x':true}", "1" },
	{ "not equal", "{{#x=!a}}1{{/x=!a}}{{^x=!a}}2{{/x=!a}}", "{'x':'b'}",
	  "1" },
	{ "not unequal", "{{#x=!a}}1{{/x=!a}}{{^x=!a}}2{{/x=!a}}", "{'x':'a'}",
	  "2" },
	{ "missing is not equal", "{{#x=a}}1{{/x=a}}{{#x=!a}}2{{/x=!a}}", "{}",
	  "2" },
	{ "map is not equal", "{{#x=a}}1{{/x=a}}{{#x=}}2{{/x=}}", "{'x':{}}",
	  "" },
	{ "empty: text", "{{#x=}}1{{/x=}}", "{'x':''}", "1" },
	{ "empty: null", "{{#x=}}1{{/x=}}", "{'x':null}", "1" },
	{ "empty: missing", "{{#x=}}1{{/x=}}", "{}", "1" },
	{ "empty: not 0", "{{#x=}}1{{/x=}}{{#x=!}}2{{/x=!}}", "{'x':0}", "2" },
	{ "comparison pushes no context", "{{#x=1}}{{x}}{{y}}{{/x=1}}",
	  "{'x':1,'y':2}", "12" },
	{ "operand holds a sign", "{{#x=a=b}}1{{/x=a=b}}", "{'x':'a=b'}", "1" },
	{ "text between equal signs", "{{#x=a}}{{/x=a}}{{y}}", "{'y':1}", "1" },
	{ "data named like a comparison", "{{#x=a}}{{.}}{{/x=a}}",
	  "{'x=a':[1,2]}", "12" },

	{ "default", "{{#default}}{{x}}{{y}}{{/default}}", "{'y':1}", "1" },
	{ "default on lines", "{{#default}}\n  {{x}}\n  {{y}}\n{{/default}}\n",
	  "{'y':1}", "1" },
	{ "default text on a line",
	  "{{#default}}\n  {{x}}\n  none\n"
	  "{{/default}}\n",
	  "{}", "none" },
	{ "default in default",
	  "{{#default}}{{x}}{{#default}}{{y}}{{z}}{{/default}}{{/default}}",
	  "{'z':1}", "1" },
	{ "default with sections",
	  "{{#default}}{{#x}}{{y}}{{/x}}{{z}}{{/default}}",
	  "{'x':{'y':''},'z':1}", "1" },
	{ "default under its own name", "{{#fn.default}}{{x}}1{{/fn.default}}",
	  "{}", "1" },
	{ "data named like a helper", "{{#default}}{{.}}{{/default}}",
	  "{'default':[1,2]}", "12" },
	{ "helper without an argument",
	  "{{#default.x}}1{{/default.x}}{{^default.x}}2{{/default.x}}", "{}",
	  "2" },
	{ "default of nothing", "a{{#default}}{{x}}{{/default}}", "{}",
	  "t:1:2: default is missing" },
	{ "strict behind default", "{{#default}}{{x}}1{{/default}}{{x}}", "{}",
	  "t:1:31: x is missing" },
	{ "default in an indented partial", "  {{> d}}\n", "{}",
	  "  a\n  1  b\n" },

	{ "missing", "a\n {{x.y}}", "{'x':{}}", "t:2:2: x.y is missing" },
	{ "missing in partials", "{{> p}}", "{}",
	  "q:2:1 (included from p:1:2, t:1:1): x is missing" },
	{ "null is there", "[{{x}}]", "{'x':null}", "[]" },
	{ "empty section is no error", "{{#x}}{{y}}{{/x}}", "{}", "" },

	{ "endless partial", "{{> r}}", "{}", NULL },
	{ "endless loop",
	  "{{#l}}{{#l}}{{#l}}{{#l}}{{#l}}{{#l}}{{#l}}{{#l}}"
	  "{{/l}}{{/l}}{{/l}}{{/l}}{{/l}}{{/l}}{{/l}}{{/l}}",
	  "{'l':[1,2,3,4,5,6,7,8,9,0]}", NULL },
	{ "endless output",
	  "{{#l}}{{#l}}{{#l}}{{#l}}{{#l}}0123456789"
	  "0123456789{{/l}}{{/l}}{{/l}}{{/l}}{{/l}}",
	  "{'l':[1,2,3,4,5,6,7,8,9,0]}", NULL },
	{ "endless helper",
	  "{{#default}}{{#l}}{{#l}}{{#l}}{{#l}}{{#l}}{{#l}}0{{/l}}{{/l}}"
	  "{{/l}}{{/l}}{{/l}}{{/l}}{{/default}}",
	  "{'l':[1,2,3,4,5,6,7,8,9,0]}", NULL },
};

#define PARTIAL(n, t)                                                       \
	{                                                                   \
		.name = (n), .text = { (t), sizeof(t) - 1 }, .flags = CHART \
	}
static const struct mustache_source partials[] = {
	PARTIAL("p", " {{> q}}\n"),
	PARTIAL("q", "a\n{{x}}\n"),
	PARTIAL("r", "{{> r}}"),
	PARTIAL("d", "a\n{{#default}}{{x}}\n 1\n{{/default}}\nb\n"),
};

static struct val *read(const char *text)
{
	AUTO_FREE char *json = alloc_copy(text);
	AUTO_ERR err = ERR_INIT;
	struct val *v = NULL;

	for (char *p = json; *p; p++)
		if (*p == '\'')
			*p = '"';
	if (!json_read(str_of(json), &v, &err))
		fail_msg("%s", err.msg);
	return v;
}

static struct mustache_set *compile(const char *text)
{
	struct mustache_source sources[ARRAY_LEN(partials) + 1] = {
		{ .name = "t", .text = str_of(text), .flags = CHART },
	};
	struct mustache_set *set = NULL;
	AUTO_ERR err = ERR_INIT;

	memcpy(&sources[1], partials, sizeof(partials));
	if (!mustache_compile(sources, ARRAY_LEN(sources), &set, &err))
		fail_msg("%s", err.msg);
	return set;
}

static void test_row(void **state)
{
	const struct row *row = *state;
	AUTO(val_unref) struct val *values = read(row->values);
	AUTO(mustache_free) struct mustache_set *set = compile(row->text);
	AUTO(mustache_run_free) struct mustache_run *run = mustache_run_new();
	AUTO_BUF got = BUF_INIT(LIMIT_MIB(1));
	AUTO_ERR err = ERR_INIT;
	bool ok = mustache_render(run, mustache_find(set, "t"), values,
				  MUSTACHE_PLAIN, &got, &err);

	if (!row->want) {
		assert_false(ok);
		assert_int_equal(err.kind, ERR_LIMIT);
		return;
	}
	assert_string_equal(ok ? buf_text(&got) : err.msg, row->want);
}

static bool log_text(void *ctx, struct str text,
		     const struct mustache_place *place, struct err *err)
{
	(void)err;
	buf_addf(ctx, "%s:%u:%u \"", place->file, place->line, place->column);
	for (size_t i = 0; i < text.n; i++)
		buf_add_char(ctx, text.p[i] == '\n' ? '$' : text.p[i]);
	buf_add_text(ctx, "\"\n");
	return true;
}

static bool log_insert(void *ctx, const struct mustache_insert *insert,
		       struct err *err)
{
	if (str_is(insert->name, "stop"))
		return err_set(err, ERR_CANCELLED, "stopped");
	buf_addf(ctx, "%s:%u:%u " STR_FMT "%s%s ", insert->place.file,
		 insert->place.line, insert->place.column,
		 STR_ARG(insert->name), insert->raw ? " raw" : "",
		 insert->strict ? "" : " lenient");
	if (insert->value)
		json_write(insert->value, ctx);
	buf_add_char(ctx, '\n');
	return true;
}

static const struct event_row {
	const char *name;
	const char *text;
	const char *want;
} event_rows[] = {
	{ "text and value", "a\n b{{l}}\n",
	  "t:1:1 \"a$ b\"\nt:2:3 l [1,2]\nt:2:8 \"$\"\n" },
	{ "missing", "{{x}}{{&x}}{{x?}}",
	  "t:1:1 x \nt:1:6 x raw \nt:1:12 x? lenient null\n" },
	{ "helper", "{{#default}}{{x}}{{l}}{{/default}}",
	  "t:1:1 default [1,2]\n" },
	{ "helper of nothing", "{{#default}}{{x}}{{/default}}",
	  "t:1:1 default \n" },
	{ "indented lines", "  {{> i}}\n",
	  "i:1:1 \"  \"\ni:1:1 \"a$\"\ni:2:1 \"  \"\ni:2:1 \" b\"\n"
	  "i:2:3 l [1,2]\ni:2:8 \"$\"\ni:3:1 \"$\"\ni:4:1 \"  \"\n"
	  "i:4:1 \"c$\"\n" },
	{ "error of the sink", "a{{stop}}b", "t:1:1 \"a\"\nstopped" },
};

static void test_events(void **state)
{
	const struct event_row *row = *state;
	const struct mustache_source sources[] = {
		{ .name = "t", .text = str_of(row->text), .flags = CHART },
		PARTIAL("i", "a\n b{{l}}\n\nc\n"),
	};
	AUTO(val_unref) struct val *values = read("{'l':[1,2]}");
	AUTO(mustache_free) struct mustache_set *set = NULL;
	AUTO(mustache_run_free) struct mustache_run *run = mustache_run_new();
	AUTO_BUF got = BUF_INIT(LIMIT_MIB(1));
	const struct mustache_sink sink = { &got, log_text, log_insert };
	AUTO_ERR err = ERR_INIT;

	assert_true(mustache_compile(sources, 2, &set, &err));
	if (!mustache_expand(run, mustache_find(set, "t"), values, &sink, &err))
		buf_add_text(&got, err.msg);
	assert_string_equal(buf_text(&got), row->want);
}

/* Contexts may be nested as deep as sections, and no deeper. */
static void test_depth(void **state)
{
	AUTO(mustache_run_free) struct mustache_run *run = mustache_run_new();
	AUTO(val_unref) struct val *values = read("{'x':{}}");
	AUTO_BUF text = BUF_INIT(LIMIT_MIB(1)), got = BUF_INIT(LIMIT_MIB(1));
	AUTO_ERR err = ERR_INIT;

	(void)state;
	for (int i = 0; i < LIMIT_TEMPLATE_NESTING; i++)
		buf_add_text(&text, "{{#x}}");
	buf_add_text(&text, "a");
	for (int i = 0; i < LIMIT_TEMPLATE_NESTING; i++)
		buf_add_text(&text, "{{/x}}");
	const struct mustache_source sources[] = {
		{ .name = "t", .text = buf_str(&text) },
		PARTIAL("deeper", "{{#x}}{{> t}}{{/x}}"),
	};
	AUTO(mustache_free) struct mustache_set *set = NULL;
	assert_true(mustache_compile(sources, 2, &set, &err));
	assert_true(mustache_render(run, mustache_find(set, "t"), values,
				    MUSTACHE_PLAIN, &got, &err));
	assert_string_equal(buf_text(&got), "a");
	assert_false(mustache_render(run, mustache_find(set, "deeper"), values,
				     MUSTACHE_PLAIN, &got, &err));
	assert_int_equal(err.kind, ERR_LIMIT);
}

int main(void)
{
	enum { ROWS = ARRAY_LEN(rows), EVENTS = ARRAY_LEN(event_rows) };
	struct CMUnitTest tests[ROWS + EVENTS + 1] = {
		[ROWS + EVENTS] = cmocka_unit_test(test_depth),
	};

	for (size_t i = 0; i < ROWS; i++)
		tests[i] = (struct CMUnitTest){
			.name = rows[i].name,
			.test_func = test_row,
			.initial_state = (void *)(uintptr_t)&rows[i],
		};
	for (size_t i = 0; i < EVENTS; i++)
		tests[ROWS + i] = (struct CMUnitTest){
			.name = event_rows[i].name,
			.test_func = test_events,
			.initial_state = (void *)(uintptr_t)&event_rows[i],
		};
	return cmocka_run_group_tests_name("run", tests, NULL, NULL);
}
