/* What a template may not say, and where it says so. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/alloc.h"
#include "base/limits.h"
#include "mustache/mustache.h"

static const struct row {
	const char *name;
	const char *text;
	unsigned flags;
	const char *want; /* the error; NULL: none */
} rows[] = {
	{ "empty", "", 0, NULL },
	{ "text", "a {{ b", 0, "t:1:3: tag is never closed with }}" },
	{ "tag at the end", "a\n{{", 0, "t:2:1: tag is never closed with }}" },
	{ "section at the end", "{{#", 0,
	  "t:1:1: tag is never closed with }}" },
	{ "place in characters", "\xc3\xa4\xc3\xa4{{", 0,
	  "t:1:3: tag is never closed with }}" },
	{ "no name", "{{}}", 0, "t:1:1: tag holds no name" },
	{ "no section name", "{{# }}", 0, "t:1:1: tag holds no name" },
	{ "no partial name", "{{> }}", 0, "t:1:1: tag holds no name" },
	{ "blank in a name", "{{a b}}", 0,
	  "t:1:1: name \"a b\" holds a blank" },
	{ "line end in a name", "{{a\nb}}", 0,
	  "t:1:1: name \"a\" holds a blank" },
	{ "line ends around a name", "{{\n\ta\r\n}}", 0, NULL },
	{ "empty part", "{{a..b}}", 0,
	  "t:1:1: name \"a..b\" has an empty part" },
	{ "leading dot", "{{.a}}", 0, "t:1:1: name \".a\" has an empty part" },
	{ "trailing dot", "{{a.}}", 0, "t:1:1: name \"a.\" has an empty part" },
	{ "never closed", "\n {{#a}}{{#b}}{{/b}}\n", 0,
	  "t:2:2: section \"a\" is never closed" },
	{ "closed wrongly", "{{#a}}\n{{^b}}\n  {{/a}}", 0,
	  "t:3:3: \"/a\" does not close the section \"b\" opened at line 2 "
	  "column 1" },
	{ "never opened", "a{{/b}}", 0,
	  "t:1:2: \"/b\" closes a section, but none is open" },
	{ "triple, one brace missing", "{{{a}}", 0,
	  "t:1:1: {{{ is never closed with }}}; if { is not part of the tag, "
	  "put a blank behind it" },
	{ "triple by mistake", "a: {{{b}}: c }\n{{{d}}}", 0,
	  "t:1:4: {{{ is never closed with }}}; if { is not part of the tag, "
	  "put a blank behind it" },
	{ "triple at the end", "{{{a", 0,
	  "t:1:1: tag is never closed with }}" },
	{ "raw", "{{{a}}}{{&a}}", 0, NULL },
	{ "raw refused", "b{{&a}}", MUSTACHE_NO_RAW,
	  "t:1:2: unescaped insertion of \"a\" is not allowed here: write "
	  "{{a}}" },
	{ "triple refused", "b{{{a}}}", MUSTACHE_NO_RAW,
	  "t:1:2: unescaped insertion of \"a\" is not allowed here: write "
	  "{{a}}" },
	{ "one delimiter", "{{=<%=}}", 0,
	  "t:1:1: bad delimiters: write {{=<% %>=}} with any two texts "
	  "without blanks and =" },
	{ "three delimiters", "{{=a b c=}}", 0,
	  "t:1:1: bad delimiters: write {{=<% %>=}} with any two texts "
	  "without blanks and =" },
	{ "no delimiters", "{{==}}", 0,
	  "t:1:1: bad delimiters: write {{=<% %>=}} with any two texts "
	  "without blanks and =" },
	{ "delimiters not closed", "{{=a b", 0,
	  "t:1:1: tag is never closed with }}" },
	{ "delimiters without a sign", "{{=a b}} =", 0,
	  "t:1:1: bad delimiters: write {{=<% %>=}} with any two texts "
	  "without blanks and =" },
	{ "other delimiters not closed", "{{=<% %>=}}<%a", 0,
	  "t:1:12: tag is never closed with %>" },
	{ "unknown partial", "{{> b}}", 0, NULL },
	{ "unknown partial, strict", "\n  {{> b}}\n", MUSTACHE_STRICT,
	  "t:2:3: there is no partial \"b\"" },
	{ "includes itself", "{{> t}}", MUSTACHE_STRICT, NULL },
	{ "no UTF-8", "a\nb\xff", 0,
	  "t:2:1: byte 0xff: template is no UTF-8 text" },
	{ "comparison with dots", "{{#a=1..2}}{{/a=1..2}}", MUSTACHE_QUERIES,
	  NULL },
	{ "comparison without a subject", "{{#=}}{{/=}}", MUSTACHE_QUERIES,
	  NULL },
	{ "Go template", "{{- if .a }}", 0,
	  "t:1:1: name \"- if .a\" holds a blank" },
};

static bool compile(struct str text, unsigned flags, struct err *err)
{
	const struct mustache_source source = {
		.name = "t",
		.text = text,
		.flags = flags,
	};
	AUTO(mustache_free) struct mustache_set *set = NULL;

	return mustache_compile(&source, 1, &set, err);
}

static void test_row(void **state)
{
	const struct row *row = *state;
	AUTO_ERR err = ERR_INIT;

	if (compile(str_of(row->text), row->flags, &err)) {
		assert_null(row->want);
		return;
	}
	assert_int_equal(err.kind, ERR_INVALID);
	assert_string_equal(err.msg, row->want ? row->want : "no error");
}

static void test_nul(void **state)
{
	AUTO_ERR err = ERR_INIT;

	(void)state;
	assert_false(compile(str_cut("a\0b", 3), 0, &err));
	assert_string_equal(err.msg,
			    "t:1:1: byte 0x00: template is no UTF-8 text");
}

static void test_names(void **state)
{
	const struct mustache_source sources[] = {
		{ .name = "a", .file = "x" },
		{ .name = "a", .file = "y" },
	};
	AUTO(mustache_free) struct mustache_set *set = NULL;
	AUTO_ERR err = ERR_INIT;

	(void)state;
	assert_false(mustache_compile(sources, 2, &set, &err));
	assert_string_equal(err.msg, "y: there is another template named a");
	err_clear(&err);
	assert_true(mustache_compile(sources, 1, &set, &err));
	assert_non_null(mustache_find(set, "a"));
	assert_null(mustache_find(set, "x"));
}

/* n times the first text, then n times the second: compiles? */
static bool repeat(const char *first, const char *second, size_t n,
		   struct err *err)
{
	AUTO_BUF text = BUF_INIT(LIMIT_MIB(8));

	for (size_t i = 0; i < n; i++)
		buf_add_text(&text, first);
	for (size_t i = 0; i < n; i++)
		buf_add_text(&text, second);
	return compile(buf_str(&text), 0, err);
}

static const struct limit {
	const char *name;
	const char *first, *second;
	size_t most;
} limits[] = {
	{ "limit of bytes", "a", "", LIMIT_TEMPLATE_BYTES },
	{ "limit of nesting", "{{#a}}", "{{/a}}", LIMIT_TEMPLATE_NESTING },
	/* The end of the template is an operation, too. */
	{ "limit of operations", "{{a}}", "", LIMIT_TEMPLATE_OPS - 1 },
};

static void test_limit(void **state)
{
	const struct limit *limit = *state;
	AUTO_ERR err = ERR_INIT;

	if (!repeat(limit->first, limit->second, limit->most, &err))
		fail_msg("%s", err.msg);
	assert_false(
		repeat(limit->first, limit->second, limit->most + 1, &err));
	assert_int_equal(err.kind, ERR_LIMIT);
}

int main(void)
{
	enum { ROWS = ARRAY_LEN(rows), LIMITS = ARRAY_LEN(limits) };
	struct CMUnitTest tests[ROWS + LIMITS + 2] = {
		[ROWS + LIMITS] = cmocka_unit_test(test_nul),
		[ROWS + LIMITS + 1] = cmocka_unit_test(test_names),
	};

	for (size_t i = 0; i < ROWS; i++)
		tests[i] = (struct CMUnitTest){
			.name = rows[i].name,
			.test_func = test_row,
			.initial_state = (void *)(uintptr_t)&rows[i],
		};
	for (size_t i = 0; i < LIMITS; i++)
		tests[ROWS + i] = (struct CMUnitTest){
			.name = limits[i].name,
			.test_func = test_limit,
			.initial_state = (void *)(uintptr_t)&limits[i],
		};
	return cmocka_run_group_tests_name("compile", tests, NULL, NULL);
}
