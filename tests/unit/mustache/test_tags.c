/* Templates to lists of their tags: name, place, and what they stand in. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/limits.h"
#include "mustache/tags.h"
#include "unit/rows.h"

static const struct row {
	const char *name, *text;
	const char *want; /* each tag: kind name@line:column, then marks */
} rows[] = {
	{ "none", "text {{! comment }}\n", "" },
	{ "value", "a {{ x.y }}", "v x.y@1:3 =x.y" },
	{ "characters, not bytes", "\xc3\xa9\xc3\xa9{{x}}", "v x@1:3 =x" },
	{ "raw", "a{{{x}}}b{{& y }}", "v x@1:2 raw =x;v y@1:10 raw =y" },
	{ "alone", " {{x}} \n{{y}}.", "v x@1:2 alone =x;v y@2:1 =y" },
	{ "section", "{{#a}}{{b}}{{/a}}{{c}}",
	  "# a@1:1 to 2 =a;v b@1:7 in 0 =b;/ a@1:12 to 0;v c@1:18 =c" },
	{ "sections in one another", "{{^a}}{{#b}}{{c}}{{/b}}{{/a}}",
	  "^ a@1:1 to 4 =a;# b@1:7 to 3 in 0 =b;v c@1:13 in 1 =c;"
	  "/ b@1:18 to 1 in 0;/ a@1:24 to 0" },
	{ "partial", "\n  {{> p }}\n", "> p@2:3 alone known" },
	{ "dynamic partial", "{{>* p.q }}", "> p.q@1:1 alone dynamic =p.q" },
	{ "unknown partial", "{{>z}}", "> z@1:1 alone" },
	{ "parent and block", "{{<p}}{{$b}}x{{/b}}{{/p}}",
	  "< p@1:1 to 3 known;$ b@1:7 to 2 in 0;/ b@1:14 to 1 in 0;"
	  "/ p@1:20 to 0" },
	{ "query", "{{#x.y?}}{{/x.y?}}",
	  "# x.y?@1:1 to 1 =x.y;/ x.y?@1:10 "
	  "to 0" },
	{ "comparison", "{{^x=1}}{{/x=1}}",
	  "^ x=1@1:1 to 1 =x;/ x=1@1:9 to "
	  "0" },
	{ "each", "{{#m.*}}{{/m.*}}", "# m.*@1:1 to 1 =m;/ m.*@1:9 to 0" },
	{ "current context", "{{.}}{{.a}}", "v .@1:1 =;v .a@1:6 =a" },
	{ "helper", "{{#trunc.3}}{{x}}{{/trunc.3}}",
	  "# trunc.3@1:1 to 2 calls trunc =trunc.3;v x@1:13 in 0 =x;"
	  "/ trunc.3@1:18 to 0" },
	{ "other delimiters", "{{=<% %>=}}<%x%><%> p%>",
	  "v x@1:12 =x;> p@1:17 known" },
};

static void print(const struct mustache_template *t, const struct tag *tag,
		  struct buf *out)
{
	const struct path *path = tag_path(tag);

	buf_addf(out, "%s%c " STR_FMT "@%u:%u", out->len ? ";" : "",
		 "v#^><$/"[tag->kind], STR_ARG(tag->name), tag -> line,
		 tag -> column);
	if (tag->other != TAG_NONE)
		buf_addf(out, " to %zu", tag->other);
	if (tag->outer != TAG_NONE)
		buf_addf(out, " in %zu", tag->outer);
	if (tag->alone)
		buf_add_text(out, " alone");
	if (tag->raw)
		buf_add_text(out, " raw");
	if (tag->dynamic)
		buf_add_text(out, " dynamic");
	if (tag->target)
		buf_add_text(out, " known");
	if (tag->means && tag->means->helper)
		buf_addf(out, " calls %s", tag->means->helper->name);
	if (!path)
		return;
	buf_add_text(out, " =");
	for (size_t i = 0; i < path->count; i++) {
		struct str part = tag_part(t, path, i);

		buf_addf(out, "%s" STR_FMT, i ? "." : "", STR_ARG(part));
	}
}

static void test_row(void **state)
{
	const struct row *row = *state;
	const unsigned flags = MUSTACHE_QUERIES | MUSTACHE_PATHS |
			       MUSTACHE_HELPERS;
	const struct mustache_source sources[] = {
		{ .name = "t", .text = str_of(row->text), .flags = flags },
		{ .name = "p", .file = "f", .text = str_of("") },
	};
	AUTO(mustache_free) struct mustache_set *set = NULL;
	AUTO_BUF got = BUF_INIT(LIMIT_KIB(4));
	AUTO_ERR err = ERR_INIT;
	struct tags tags = { 0 };

	if (!mustache_compile(sources, 2, &set, &err))
		fail_msg("%s", err.msg);
	const struct mustache_template *t = tags_template(set, 0);
	assert_ptr_equal(t, mustache_find(set, "t"));
	assert_string_equal(tags_file(tags_template(set, 1)), "f");
	assert_null(tags_template(set, 2));
	assert_true(str_is(tags_source(t), row->text));
	tags_read(t, &tags);
	for (size_t i = 0; i < tags.count; i++)
		print(t, &tags.items[i], &got);
	VEC_DONE(&tags);
	assert_string_equal(buf_text(&got), row->want);
}

int main(void)
{
	return ROWS_RUN("tags", rows, test_row);
}
