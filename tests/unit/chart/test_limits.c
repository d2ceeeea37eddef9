/*
 * Hostile templates and values: each render ends in an error with its place,
 * within a second of processor time and 64 MiB, and never in the C stack.
 *
 * Every row is a child process, which builds the chart, renders it, and says
 * what came out; its own use of time and memory is what counts. Sanitizers
 * take several times as much, so under them only the error does.
 */
#include "base/alloc.h"
#include "base/limits.h"
#include "base/vec.h"
#include "chart/render.h"
#include "chart/values.h"
#include "data/json.h"
#include "unit/chart/folder.h"
#include "unit/rows.h"

#include <errno.h>
#include <stdio.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define SANITIZED 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define SANITIZED 1
#endif
#endif
#ifndef SANITIZED
#define SANITIZED 0
#endif

enum { MAX_MS = 1000, MAX_KIB = 64 * 1024, HANGS_S = 60 };

#define IDENTITY "apiVersion: v1\nkind: A\nmetadata: {name: a}\n"

/* A text so many times. */
struct times {
	const char *text;
	size_t n;
};

static const struct row {
	const char *name;
	struct times t[8];   /* templates/t.yaml, identity in front */
	struct times p[8];   /* templates/_p.mustache */
	size_t list;         /* Values.l: a list of so many numbers */
	size_t map;          /* Values.m: so many keys, a0 to z… */
	size_t bytes;        /* Values.x: a text of so many letters */
	size_t deep;         /* Values.d: lists in lists */
	const char *doubles; /* partials a0 to a63: each twice the next, the
			      * last one is this */
	const char *error;   /* how it begins; NULL: it renders */
} rows[] = {
	{ .name = "slots, most", /* two are the name's and the key's */
	  .t = { { "a:\n{{#Values.l}}\n- {{.}}\n{{/Values.l}}\n", 1 } },
	  .list = LIMIT_RENDER_SLOTS },
	{ .name = "slots, one more",
	  .t = { { "a:\n{{#Values.l}}\n- {{.}}\n{{/Values.l}}\n", 1 } },
	  .list = LIMIT_RENDER_SLOTS + 1,
	  .error = "templates/t.yaml:6:3: " },
	{ .name = "loops in loops",
	  .t = { { "{{#Values.l}}", 8 }, { "{{/Values.l}}", 8 } },
	  .list = 1000,
	  .error = "templates/t.yaml:" },
	{ .name = "loops in loops of a question",
	  .t = { { "{{#Values.l}}", 8 },
		 { "{{#-index=0}}{{/-index=0}}", 1 },
		 { "{{/Values.l}}", 8 } },
	  .list = 1000,
	  .error = "templates/t.yaml:" },
	{ .name = "loops in deep contexts",
	  .t = { { "{{#Values}}", 250 },
		 { "{{#l}}", 4 },
		 { "{{#missing}}{{/missing}}", 100 },
		 { "{{/l}}", 4 },
		 { "{{/Values}}", 250 } },
	  .list = 1000,
	  .error = "templates/t.yaml:" },
	{ .name = "loops over long names",
	  .t = { { "{{#Values.l}}", 4 },
		 { "{{^Values.d", 1 },
		 { ".0", 30 },
		 { "}}{{/Values.d", 1 },
		 { ".0", 30 },
		 { "}}", 1 },
		 { "{{/Values.l}}", 4 } },
	  .list = 1000,
	  .deep = 31,
	  .error = "templates/t.yaml:" },
	{ .name = "loops of text",
	  .t = { { "{{#Values.l}}", 3 },
		 { "- 0123456789abcdef\n", 50 },
		 { "{{/Values.l}}", 3 } },
	  .list = 1000,
	  .error = "templates/t.yaml:4:" },
	{ .name = "loops of lines",
	  .t = { { "a:\n{{#Values.l}}{{#Values.l}}\n- b\n"
		   "{{/Values.l}}{{/Values.l}}\n",
		   1 } },
	  .list = 1000,
	  .error = "templates/t.yaml:" },
	{ .name = "loops of empty lines",
	  .t = { { "a: |\n{{#Values.l}}", 1 },
		 { "{{#Values.l}}", 1 },
		 { "\n", 50 },
		 { "{{/Values.l}}{{/Values.l}}", 1 } },
	  .list = 1000,
	  .error = "templates/t.yaml:" },
	{ .name = "a long value, often",
	  .t = { { "a:\n{{#Values.l}}\n- b{{Values.x}}\n"
		   "{{/Values.l}}\n",
		   1 } },
	  .list = 100,
	  .bytes = LIMIT_MIB(1),
	  .error = "templates/t.yaml:6:3: " },
	{ .name = "a long value in blocks, often",
	  .t = { { "a:\n{{#Values.l}}\n- |\n  {{Values.x}}\n"
		   "{{/Values.l}}\n",
		   1 } },
	  .list = 100,
	  .bytes = LIMIT_MIB(1),
	  .error = "templates/t.yaml:" },
	{ .name = "a large map, often",
	  .t = { { "a:\n{{#Values.l}}\n- {{Values.m}}\n"
		   "{{/Values.l}}\n",
		   1 } },
	  .list = 50000,
	  .map = 50000,
	  .error = "templates/t.yaml:" },
	{ .name = "a large list, merged often",
	  .t = { { "a:\n{{#Values.l}}\n- {<<: {{Values.m}}}\n"
		   "{{/Values.l}}\n",
		   1 } },
	  .list = 1000,
	  .map = 50000,
	  .error = "templates/t.yaml:" },
	/* The first text, the last one, and one for each item. */
	{ .name = "pieces, most",
	  .t = { { "a: |\n{{#Values.l}}\n  b\n{{/Values.l}}\nc: d: e\n", 1 } },
	  .list = LIMIT_RENDER_PIECES - 2,
	  .error = "templates/t.yaml:8:5: mapping values are not allowed" },
	{ .name = "pieces, one more",
	  .t = { { "a: |\n{{#Values.l}}\n  b\n{{/Values.l}}\nc: d: e\n", 1 } },
	  .list = LIMIT_RENDER_PIECES - 1,
	  .error = "templates/t.yaml:8:1: more than 300000 pieces" },
	{ .name = "many on one line",
	  .t = { { "a: [", 1 }, { "b{{Values.x}}, ", 50000 }, { "]\n", 1 } },
	  .bytes = 1 },
	{ .name = "many on one line, of a loop",
	  .t = { { "a: [{{#Values.l}}b{{.}}, {{/Values.l}}]\n", 1 } },
	  .list = 60000 },
	{ .name = "sections, open",
	  .t = { { "{{#a}}", LIMIT_TEMPLATE_NESTING + 1 } },
	  .error = "templates/t.yaml:4:1537: more than 256 sections" },
	{ .name = "partial in itself",
	  .t = { { "{{> p}}", 1 } },
	  .p = { { "a: b\n{{> p}}", 1 } },
	  .error = "templates/_p.mustache:2:1 (included from "
		   "templates/_p.mustache:2:1, " },
	{ .name = "partial in itself, indented",
	  .t = { { "{{> p}}", 1 } },
	  .p = { { "a:\n", 1 }, { " ", 100000 }, { "{{> p}}\n", 1 } },
	  .error = "templates/_p.mustache:2:100001 (included from " },
	{ .name = "partial in itself, by its value",
	  .t = { { "{{>*Values.partial}}", 1 } },
	  .p = { { "a: b\n{{>*Values.partial}}", 1 } },
	  .error = "templates/_p.mustache:2:1 (included from " },
	{ .name = "partial in a loop in itself",
	  .t = { { "{{> p}}", 1 } },
	  .p = { { "{{#Values.l}}{{> p}}{{/Values.l}}", 1 } },
	  .list = 1000,
	  .error = "templates/_p.mustache:1:" },
	{ .name = "parent in itself",
	  .t = { { "{{<p}}{{$b}}c{{/b}}{{/p}}", 1 } },
	  .p = { { "{{<p}}{{$b}}{{$b}}d{{/b}}{{/b}}{{/p}}", 1 } },
	  .error = "templates/_p.mustache:1:1 (included from " },
	{ .name = "block in its own argument",
	  .t = { { "{{<p}}{{$b}}{{<p}}{{$b}}{{> p}}{{/b}}{{/p}}{{/b}}"
		   "{{/p}}",
		   1 } },
	  .p = { { "{{$b}}{{> p}}{{/b}}", 1 } },
	  .error = "templates/_p.mustache:1:" },
	{ .name = "many arguments for many blocks",
	  .t = { { "a: 1\n{{<p}}", 1 },
		 { "{{$a}}{{/a}}", 60000 },
		 { "{{/p}}", 1 } },
	  .p = { { "{{$b}}{{/b}}", 60000 } },
	  .error = "templates/_p.mustache:1:" },
	{ .name = "many partials",
	  .t = { { "a: 1\n", 1 }, { "{{>p}}", 99999 } },
	  .p = { { " ", 1 } } },
	{ .name = "partials, doubled",
	  .t = { { "{{> a0}}", 1 } },
	  .doubles = "a",
	  .error = "templates/_a" },
	{ .name = "partials of nothing, doubled",
	  .t = { { "{{> a0}}", 1 } },
	  .doubles = "",
	  .error = "templates/_a" },
	{ .name = "values in partials, doubled",
	  .t = { { "a: {{> a0}}", 1 } },
	  .doubles = "{{Values.x}}",
	  .bytes = 1000,
	  .error = "templates/_a" },
	{ .name = "aliases, a thousand million",
	  .t = { { "a: &a [1,2,3,4,5,6,7,8,9,0]\n"
		   "b: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a,*a]\n"
		   "c: &c [*b,*b,*b,*b,*b,*b,*b,*b,*b,*b]\n"
		   "d: &d [*c,*c,*c,*c,*c,*c,*c,*c,*c,*c]\n"
		   "e: &e [*d,*d,*d,*d,*d,*d,*d,*d,*d,*d]\n"
		   "f: &f [*e,*e,*e,*e,*e,*e,*e,*e,*e,*e]\n"
		   "g: &g [*f,*f,*f,*f,*f,*f,*f,*f,*f,*f]\n"
		   "h: &h [*g,*g,*g,*g,*g,*g,*g,*g,*g,*g]\n",
		   1 } },
	  .error = "templates/t.yaml:" },
	{ .name = "aliases, merged",
	  .t = { { "a: &a {<<: {{Values.m}}}\n"
		   "b: [{{#Values.l}}{<<: *a}, {{/Values.l}}]\n",
		   1 } },
	  .list = 50000,
	  .map = 1000,
	  .error = "templates/t.yaml:" },
	{ .name = "aliases of a long text",
	  .t = { { "a: &a ", 1 },
		 { "a", 500000 },
		 { "\nb:\n", 1 },
		 { "- *a\n", 50000 } },
	  .error = "templates/t.yaml:" },
	{ .name = "aliases of a long text with a value",
	  .t = { { "a: &a {{Values.x}}", 1 },
		 { "a", 500000 },
		 { "\nb:\n", 1 },
		 { "- *a\n", 50000 } },
	  .bytes = 1,
	  .error = "templates/t.yaml:" },
	{ .name = "aliases of a long key",
	  .t = { { "a: &a ", 1 },
		 { "a", 500000 },
		 { "\nb:\n", 1 },
		 { "- {*a : 1}\n", 20000 } },
	  .error = "templates/t.yaml:" },
	{ .name = "nodes of a loop",
	  .t = { { "a:\n{{#Values.l}}{{#Values.l}}\n- [", 1 },
		 { "1,", 100 },
		 { "]\n{{/Values.l}}{{/Values.l}}\n", 1 } },
	  .list = 100,
	  .error = "templates/t.yaml:" },
	{ .name = "brackets",
	  .t = { { "a: ", 1 }, { "[", 100000 } },
	  .error = "templates/t.yaml:4:203: nested deeper than" },
	{ .name = "brackets of a loop",
	  .t = { { "a: {{#Values.l}}[{{/Values.l}}", 1 } },
	  .list = 90000,
	  .error = "templates/t.yaml:4:17: nested deeper than" },
	{ .name = "items in items",
	  .t = { { "a:\n", 1 }, { "- ", 100000 } },
	  .error = "templates/t.yaml:5:" },
	{ .name = "a value at the bottom",
	  .t = { { "a: ", 1 },
		 { "[", 150 },
		 { "{{Values.d}}", 1 },
		 { "]", 150 },
		 { "\n", 1 } },
	  .deep = 150,
	  .error = "templates/t.yaml:" },
	{ .name = "helper of many parts",
	  .t = { { "a: {{#join.,}}{{#Values.l}}{{#Values.l}}{{.}}"
		   "{{/Values.l}}{{/Values.l}}{{/join.,}}\n",
		   1 } },
	  .list = 1000,
	  .error = "templates/t.yaml:4:" },
	{ .name = "helpers of a long value",
	  .t = { { "a:\n{{#Values.l}}\n- {{#upper}}{{Values.x}}{{/upper}}\n"
		   "{{/Values.l}}\n",
		   1 } },
	  .list = 1000,
	  .bytes = LIMIT_MIB(1),
	  .error = "templates/t.yaml:6:3: upper: " },
	{ .name = "helpers in helpers",
	  .t = { { "a: ", 1 },
		 { "{{#toJson}}", 100 },
		 { "{{Values.x}}{{Values.x}}", 1 },
		 { "{{/toJson}}", 100 } },
	  .bytes = LIMIT_MIB(1),
	  .error = "templates/t.yaml:4:" },
	{ .name = "helpers of backslashes",
	  .t = { { "a: ", 1 },
		 { "{{#quote}}x", 40 },
		 { "\"", 1 },
		 { "{{/quote}}", 40 } },
	  .error = "templates/t.yaml:4:" },
	{ .name = "helper that replaces",
	  .t = { { "a: {{#replace.a.bbbbbbbbbbbbbbbbbbbbbbbbbbbbbb}}"
		   "{{Values.x}}{{/replace.a.bbbbbbbbbbbbbbbbbbbbbbbbbbbbbb}}"
		   "\n",
		   1 } },
	  .bytes = LIMIT_MIB(1),
	  .error = "templates/t.yaml:4:4: replace: " },
	{ .name = "helper that indents",
	  .t = { { "a: {{#indent.99999999}}{{Values.x}}"
		   "{{/indent.99999999}}\n",
		   1 } },
	  .bytes = 10,
	  .error = "templates/t.yaml:" },
	{ .name = "helper that merges",
	  .t = { { "a: {{#merge}}{{#Values.l}}{{Values.m}}{{/Values.l}}"
		   "{{/merge}}\n",
		   1 } },
	  .list = 50000,
	  .map = 1000,
	  .error = "templates/t.yaml:4:4: merge: " },
	{ .name = "helper that merges into a large map",
	  .t = { { "a: {{#merge}}{{Values.m}}{{#Values.l}}{{Values.small}}"
		   "{{/Values.l}}{{/merge}}\n",
		   1 } },
	  .list = 50000,
	  .map = 50000,
	  .error = "templates/t.yaml:4:4: merge: copies more than" },
	{ .name = "a long value alone, often",
	  .t = { { "a:\n{{#Values.l}}\n- {{Values.x}}\n"
		   "{{/Values.l}}\n",
		   1 } },
	  .list = 50000,
	  .bytes = LIMIT_MIB(1),
	  .error = "templates/t.yaml:6:3: Values.x makes texts of more" },
	{ .name = "aliases in many documents",
	  .t = { { "{{#Values.l}}\n---\n" IDENTITY
		   "a: &a [1,2,3,4,5,6,7,8,9,0]\n"
		   "b: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a,*a]\n"
		   "c: &c [*b,*b,*b,*b,*b,*b,*b,*b,*b,*b]\n"
		   "d: &d [*c,*c,*c,*c,*c,*c,*c,*c,*c,*c]\n"
		   "e: {{.}}\n{{/Values.l}}\n",
		   1 } },
	  .list = 3000,
	  .error = "templates/t.yaml:" },
	{ .name = "aliases in many maps",
	  .t = { { "a: &a [1,2,3,4,5,6,7,8,9,0]\n"
		   "b: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a,*a]\n"
		   "c: &c [*b,*b,*b,*b,*b,*b,*b,*b,*b,*b]\n"
		   "d: &d [*c,*c,*c,*c,*c,*c,*c,*c,*c,*c]\n"
		   "e:\n{{#Values.l}}\n- { {{.}}: *d }\n"
		   "{{/Values.l}}\n",
		   1 } },
	  .list = 30000,
	  .error = "templates/t.yaml:" },
	{ .name = "helper that reads a bomb",
	  .t = { { "a: {{#fromYaml}}"
		   "a: &a [1,2,3,4,5,6,7,8,9,0]\n"
		   "b: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a,*a]\n"
		   "c: &c [*b,*b,*b,*b,*b,*b,*b,*b,*b,*b]\n"
		   "d: &d [*c,*c,*c,*c,*c,*c,*c,*c,*c,*c]\n"
		   "e: &e [*d,*d,*d,*d,*d,*d,*d,*d,*d,*d]\n"
		   "f: &f [*e,*e,*e,*e,*e,*e,*e,*e,*e,*e]\n"
		   "{{/fromYaml}}\n",
		   1 } },
	  .error = "templates/t.yaml:4:4: fromYaml: " },
	{ .name = "helper of equal items",
	  .t = { { "a: {{#uniq}}{{Values.l}}{{Values.l}}{{/uniq}}\n", 1 } },
	  .list = 90000 },
	{ .name = "keys of a loop, all the same",
	  .t = { { "a:\n{{#Values.l}}\n  b: 1\n{{/Values.l}}\n", 1 } },
	  .list = 50000,
	  .error = "templates/t.yaml:6:3: duplicate key" },
	{ .name = "objects of a loop",
	  .t = { { "{{#Values.l}}\n---\napiVersion: v1\nkind: A\n"
		   "metadata: {name: b{{.}}}\n{{/Values.l}}\n",
		   1 } },
	  .list = LIMIT_RELEASE_OBJECTS,
	  .error = "templates/t.yaml:6:1: more than 2000 objects" },
	{ .name = "empty documents of a loop",
	  .t = { { "{{#Values.l}}\n---\n{{/Values.l}}\n", 1 } },
	  .list = 200000 },
	{ .name = "blanks before tags",
	  .t = { { "a: 1\n", 1 },
		 { " ", 500000 },
		 { "{{! }}", 80000 },
		 { "\n", 1 } } },
	{ .name = "comments",
	  .t = { { "a: 1\n", 1 }, { "{{!\n\n}}\n", 100000 } } },
	{ .name = "delimiters",
	  .t = { { "a: 1\n", 1 }, { "{{=<% %>=}}<%={{ }}=%>", 45000 } } },
	{ .name = "delimiters nearly there",
	  .t = { { "a: 1\n{{=", 1 },
		 { "#", 300000 },
		 { "| |=}}#\n", 1 },
		 { "#", 300000 } } },
	{ .name = "tags never closed",
	  .t = { { "a: 1\n", 1 }, { "{{x ", 200000 } },
	  .error = "templates/t.yaml:" },
	{ .name = "braces",
	  .t = { { "{", LIMIT_TEMPLATE_BYTES - 100 } },
	  .error = "templates/t.yaml:" },
	{ .name = "ampersands",
	  .t = { { "a: ", 1 }, { "&{{Values.x}} ", 50000 } },
	  .bytes = 1,
	  .error = "templates/t.yaml:4:" },
};

static void add_times(struct buf *out, const struct times *times)
{
	for (; times->text; times++)
		for (size_t i = 0; i < times->n; i++)
			buf_add_text(out, times->text);
}

/* Values for all rows; those that are not asked for are empty. */
static struct val *make_values(const struct row *row)
{
	AUTO_VAL_LIST list = { 0 };
	AUTO_VAL_MAP values = { 0 }, map = { 0 };
	AUTO_BUF text = BUF_INIT(LIMIT_MIB(4));
	struct val *deep = val_new_text(str_of("end"));

	for (size_t i = 0; i < row->list; i++)
		val_list_add_take(&list, val_new_int((int64_t)i));
	for (size_t i = 0; i < row->map; i++) {
		AUTO_FREE char *key = alloc_print("key%zu", i);

		val_map_put(&map, key, val_bool(true));
	}
	for (size_t i = 0; i < row->bytes; i++)
		buf_add_char(&text, 'a');
	for (size_t i = 0; i < row->deep; i++) {
		struct val_list around = { 0 };

		val_list_add_take(&around, deep);
		deep = val_list_take(&around);
	}
	val_map_put_take(&values, "l", val_list_take(&list));
	val_map_put_take(&values, "m", val_map_take(&map));
	val_map_put_take(&values, "x", val_new_text(buf_str(&text)));
	val_map_put_take(&values, "d", deep);
	val_map_set_text(&values, "partial", "p");
	val_map_put_take(&values, "small", val_with_text(NULL, "key0", "a"));
	return val_map_take(&values);
}

static bool load(const struct row *row, struct chart **out, struct err *err)
{
	enum { DOUBLES = 64 };
	AUTO_BUF t = BUF_INIT(LIMIT_MIB(4)), p = BUF_INIT(LIMIT_MIB(4));
	struct folder_file files[3 + DOUBLES + 1] = { FOLDER_ROOT("") };
	size_t n = 1;

	buf_add_text(&t, IDENTITY);
	add_times(&t, row->t);
	add_times(&p, row->p);
	files[n++] = (struct folder_file){ "templates/t.yaml", buf_text(&t) };
	files[n++] =
		(struct folder_file){ "templates/_p.mustache", buf_text(&p) };
	for (int i = 0; row->doubles && i < DOUBLES; i++)
		files[n++] = (struct folder_file){
			alloc_print("templates/_a%d.mustache", i),
			i == DOUBLES / 2 - 1
				? row->doubles
				: alloc_print("{{> a%d}}{{> a%d}}",
					      (i + 1) % 64, (i + 1) % 64),
		};
	AUTO_FREE char *path = folder_make(files);
	bool ok = chart_load(path, out, err);
	if (!ok && str_starts(str_of(err->msg), "chart ")) {
		enum err_kind kind = err->kind;
		AUTO_FREE char *msg =
			alloc_copy(strstr(err->msg, path) + strlen(path) + 2);

		err_clear(err);
		err_set(err, kind, "%s", msg);
	}
	folder_remove(path);
	return ok;
}

/* In the child: "" when it renders, else the error. */
static void say_outcome(const struct row *row, int fd)
{
	static const struct chart_release release = { .name = "r",
						      .namespace = "n",
						      .revision = 1 };
	const struct chart_capabilities caps = { "v1.36.1", NULL };
	AUTO(val_unref) struct val *user = make_values(row);
	AUTO(chart_unref) struct chart *chart = NULL;
	AUTO(chart_values_free) struct chart_values *values = NULL;
	AUTO(manifest_free) struct manifest *m = NULL;
	AUTO_ERR err = ERR_INIT;
	bool ok = load(row, &chart, &err) &&
		  chart_values_new(chart, NULL, user, NULL, &values, &err) &&
		  chart_render(chart, values, &release, &caps, &m, &err);
	const char *text = ok ? "" : err.msg;

	if (write(fd, text, strlen(text)) < 0)
		abort();
}

static size_t read_all(int fd, char *to, size_t size)
{
	size_t n = 0;
	ssize_t more = 1;

	while (more > 0 && n < size - 1) {
		more = read(fd, to + n, size - 1 - n);
		n += more > 0 ? (size_t)more : 0;
	}
	to[n] = '\0';
	return n;
}

static void test_row(void **state)
{
	const struct row *row = *state;
	char got[4096];
	int fds[2], status;
	struct rusage used;

	assert_int_equal(pipe(fds), 0);
	pid_t pid = fork();
	assert_true(pid >= 0);
	if (pid == 0) {
		alarm(HANGS_S);
		say_outcome(row, fds[1]);
		_exit(0);
	}
	close(fds[1]);
	read_all(fds[0], got, sizeof(got));
	close(fds[0]);
	assert_int_equal(wait4(pid, &status, 0, &used), pid);
	long ms = (used.ru_utime.tv_sec + used.ru_stime.tv_sec) * 1000 +
		  (used.ru_utime.tv_usec + used.ru_stime.tv_usec) / 1000;
	print_message("# %s: %ld ms, %ld MiB: %.120s\n", row->name, ms,
		      used.ru_maxrss / 1024, got);
	if (status)
		fail_msg("ended with status %#x after %ld ms", status, ms);
	if (row->error && strncmp(got, row->error, strlen(row->error)) != 0)
		fail_msg("should say \"%s\", but: \"%s\"", row->error, got);
	if (!row->error)
		assert_string_equal(got, "");
	if (SANITIZED)
		return;
	if (ms > MAX_MS)
		fail_msg("took %ld ms, more than %d", ms, MAX_MS);
	if (used.ru_maxrss > MAX_KIB)
		fail_msg("took %ld KiB, more than %d", used.ru_maxrss, MAX_KIB);
}

int main(void)
{
	return ROWS_RUN("limits", rows, test_row);
}
