/*
 * A template, NUL, and values; the first byte chooses what it may do. It is
 * rendered as a chart's is, in three ways, and once more with every string
 * among the values replaced by "base0", "base1" and so on.
 *
 *   - without a shape, with a new one and with one that is kept come out the
 *     same documents, as values and as JSON, or the same error; also when the
 *     shapes of other values are kept: those with other strings, and those
 *     where what is no list has become a list of one;
 *   - where the same sections are rendered with the other strings, the same
 *     structure comes out: as many documents, lists as long, the same keys but
 *     for those that are values, the same types and numbers;
 *   - a string of the values that stands alone in its place is there byte by
 *     byte, whatever it holds.
 *
 * Left out of the second are what makes the content of a string matter by
 * right: helpers, raw insertions, tags of YAML, equal keys, merge keys.
 */
#include <stdint.h>
#include <stdio.h>

#include "base/alloc.h"
#include "base/limits.h"
#include "base/vec.h"
#include "chart/marks.h"
#include "chart/renderer.h"
#include "chart/structure.h"
#include "data/json.h"
#include "fuzz/require.h"

#define BASE "base"
enum { OUTPUT_BYTES = 1 << 20 };

struct input {
	struct str text;
	bool helpers, raw;
	const struct mustache_template *t;
	struct shapes *shapes; /* of all renders */
	struct {
		VEC(const struct val *);
	} strings; /* of the values: those that base0, base1, … stand for */
};

/* One render: documents, or an error. */
struct outcome {
	bool ok;
	struct val_list docs;
	struct err err;
};

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void outcome_done(struct outcome *o)
{
	val_list_drop(&o->docs);
	err_clear(&o->err);
}

static void render_slowly(const struct input *in, const struct val *values,
			  struct outcome *out)
{
	AUTO(mustache_run_free) struct mustache_run *run = mustache_run_new();
	struct structure s = { 0 };

	out->ok = structure_init(&s, run, in->t, values, &out->err);
	for (size_t i = 0; out->ok && i < structure_count(&s); i++) {
		struct val *v = NULL;

		out->ok = structure_value(&s, i, &v, &out->err);
		if (v)
			val_list_add_take(&out->docs, v);
	}
	structure_done(&s);
}

static void require_same(const struct outcome *a, const struct outcome *b)
{
	REQUIRE(a->ok == b->ok);
	REQUIRE(a->ok || strcmp(a->err.msg, b->err.msg) == 0);
	if (!a->ok)
		return;
	REQUIRE(a->docs.count == b->docs.count);
	for (size_t i = 0; i < a->docs.count; i++)
		REQUIRE(val_equal(a->docs.items[i], b->docs.items[i]));
}

static void print(const struct outcome *o, struct buf *out)
{
	for (size_t i = 0; i < o->docs.count; i++) {
		json_write(o->docs.items[i], out);
		buf_add_char(out, '\n');
	}
}

/* With shapes, the first time and again. */
static void check_shapes(const struct input *in, const struct val *values,
			 const struct outcome *slow)
{
	AUTO_BUF want = BUF_INIT(OUTPUT_BYTES);
	struct renderer r = { 0 };

	print(slow, &want);
	renderer_init(&r, in->shapes);
	for (int i = 0; i < 2; i++) {
		AUTO_BUF json = BUF_INIT(OUTPUT_BYTES);
		struct outcome o = { .err = ERR_INIT };
		AUTO_ERR err = ERR_INIT;

		o.ok = renderer_values(&r, in->t, values, &o.docs, &o.err);
		require_same(slow, &o);
		outcome_done(&o);
		bool ok = renderer_json(&r, in->t, values, &json, &err);
		if (buf_overflowed(&want) || buf_overflowed(&json))
			continue;
		REQUIRE(ok == slow->ok);
		REQUIRE(!ok || str_equal(buf_str(&json), buf_str(&want)));
	}
	renderer_done(&r);
}

static void check_also(const struct input *in, const struct val *values)
{
	struct outcome slow = { .err = ERR_INIT };

	render_slowly(in, values, &slow);
	check_shapes(in, values, &slow);
	outcome_done(&slow);
}

/* The values of a map, each that is no list as a list of one. */
static struct val *enlist(const struct val *values)
{
	AUTO_VAL_MAP map = { 0 };

	for (size_t i = 0; val_is(values, VAL_MAP) && i < val_count(values);
	     i++) {
		AUTO_VAL_LIST list = { 0 };
		const struct val *v = val_at(values, i);

		val_list_add(&list, v);
		if (val_is(v, VAL_LIST))
			val_map_set(&map, val_key(values, i), v);
		else
			val_map_set_take(&map, val_key(values, i),
					 val_list_take(&list));
	}
	return val_map_take(&map);
}

/* v with other strings. As deep as the value. */
static struct val *rebase(struct input *in, const struct val *v)
{
	AUTO_VAL_LIST list = { 0 };
	AUTO_VAL_MAP map = { 0 };

	if (val_is(v, VAL_TEXT)) {
		AUTO_FREE char *name =
			alloc_print(BASE "%zu", in->strings.count);

		*VEC_ADD(&in->strings) = v;
		return val_new_textz(name);
	}
	for (size_t i = 0; i < val_count(v); i++) {
		struct val *item = rebase(in, val_at(v, i));

		if (val_is(v, VAL_LIST))
			val_list_add_take(&list, item);
		else
			val_map_set_take(&map, val_key(v, i), item);
	}
	return val_is(v, VAL_LIST)  ? val_list_take(&list)
	       : val_is(v, VAL_MAP) ? val_map_take(&map)
				    : val_ref(v);
}

static bool holds(struct str s, const char *what)
{
	return s.n && memmem(s.p, s.n, what, strlen(what));
}

/* The string that "base7" stands for; NULL when it is not that alone. */
static const struct val *original(const struct input *in, struct str base)
{
	size_t n = 0, i = strlen(BASE);

	if (!str_starts(base, BASE) || base.n == i || base.n > i + 6 ||
	    (base.n > i + 1 && base.p[i] == '0'))
		return NULL;
	for (; i < base.n; i++) {
		if (base.p[i] < '0' || base.p[i] > '9')
			return NULL;
		n = n * 10 + (size_t)(base.p[i] - '0');
	}
	return n < in->strings.count ? in->strings.items[n] : NULL;
}

static void check_string(const struct input *in, struct str got,
			 struct str base)
{
	const struct val *v = original(in, base);
	bool blocks = holds(in->text, "|") || holds(in->text, ">");

	if (!holds(base, BASE))
		REQUIRE(str_equal(got, base));
	/* Blocks take line ends off, and text may say "base0" itself. */
	else if (v && !blocks && !holds(in->text, BASE))
		REQUIRE(str_equal(got, val_str(v)));
}

/* As deep as the documents. */
static void check_shape(const struct input *in, const struct val *got,
			const struct val *base)
{
	REQUIRE(val_type(got) == val_type(base));
	REQUIRE(val_count(got) == val_count(base));
	if (val_is(base, VAL_TEXT))
		check_string(in, val_str(got), val_str(base));
	else if (!val_is(base, VAL_LIST) && !val_is(base, VAL_MAP))
		REQUIRE(val_equal(got, base));
	for (size_t i = 0; i < val_count(base); i++) {
		if (val_is(base, VAL_MAP))
			check_string(in, val_key(got, i), val_key(base, i));
		check_shape(in, val_at(got, i), val_at(base, i));
	}
}

/* Whether both render the same sections the same number of times. */
static bool is_same_trace(const struct input *in, const struct val *a,
			  const struct val *b)
{
	AUTO(mustache_run_free) struct mustache_run *run = mustache_run_new();
	struct mustache_trace of_a = { 0 }, of_b = { 0 };
	AUTO_ERR err = ERR_INIT;
	bool same = mustache_trace(run, in->t, a, &of_a, &err) &&
		    mustache_trace(run, in->t, b, &of_b, &err) &&
		    str_equal(buf_str(&of_a.symbols), buf_str(&of_b.symbols));

	mustache_trace_done(&of_a);
	mustache_trace_done(&of_b);
	return same;
}

static bool may_differ(const struct outcome *o)
{
	return !o->ok && (o->err.kind == ERR_LIMIT ||
			  strstr(o->err.msg, "duplicate key"));
}

static void check_base(struct input *in, const struct val *values,
		       const struct outcome *got)
{
	AUTO(val_unref) struct val *other = rebase(in, values);
	struct outcome base = { .err = ERR_INIT };

	check_also(in, other);
	if (in->helpers || in->raw || holds(in->text, "!") ||
	    holds(in->text, "<<") || !is_same_trace(in, values, other))
		return;
	render_slowly(in, other, &base);
	if (!may_differ(got) && !may_differ(&base)) {
		REQUIRE(got->ok == base.ok);
		REQUIRE(got->docs.count == base.docs.count);
		for (size_t i = 0; got->ok && i < base.docs.count; i++)
			check_shape(in, got->docs.items[i], base.docs.items[i]);
	}
	outcome_done(&base);
}

/* What no chart may have in a template: chart/templates.c. */
static bool is_refused(struct str text)
{
	return mark_is_in(text) || holds(text, MARK_ESCAPE) ||
	       holds(text, "\xc2\x85") || holds(text, "\xe2\x80\xa8") ||
	       holds(text, "\xe2\x80\xa9");
}

static void check_input(struct input *in, const struct val *values)
{
	unsigned flags = MUSTACHE_STRICT | MUSTACHE_QUERIES | MUSTACHE_PATHS |
			 (in->helpers ? MUSTACHE_HELPERS : 0) |
			 (in->raw ? 0 : MUSTACHE_NO_RAW);
	const struct mustache_source sources[] = {
		{ .name = "t", .text = in->text, .flags = flags },
		{ .name = "p", .text = in->text, .flags = flags },
		{ .name = "q", .text = str_of("{{#.}}\nk: {{.}}\n{{/.}}\n") },
	};
	AUTO(mustache_free) struct mustache_set *set = NULL;
	AUTO(shapes_free) struct shapes *shapes =
		shapes_new(LIMIT_SHAPES_BYTES);
	AUTO(val_unref) struct val *lists = enlist(values);
	struct outcome slow = { .err = ERR_INIT };
	AUTO_ERR err = ERR_INIT;

	if (!mustache_compile(sources, ARRAY_LEN(sources), &set, &err))
		return;
	in->t = mustache_find(set, "t");
	in->shapes = shapes;
	render_slowly(in, values, &slow);
	check_shapes(in, values, &slow);
	check_base(in, values, &slow);
	check_also(in, lists);
	outcome_done(&slow);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	AUTO_FREE char *copy = alloc_text(data, size);
	AUTO(val_unref) struct val *values = NULL;
	AUTO_ERR err = ERR_INIT;
	struct input in = { 0 };
	struct str rest;

	if (size < 1)
		return 0;
	in.helpers = data[0] & 1;
	in.raw = data[0] & 2;
	str_split(str_cut(copy + 1, size - 1), '\0', &in.text, &rest);
	if (is_refused(in.text) || !json_read(rest, &values, &err) ||
	    holds(rest, BASE))
		return 0;
	check_input(&in, values);
	VEC_DONE(&in.strings);
	return 0;
}
