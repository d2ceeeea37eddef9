/*
 * Template and values, separated by a NUL; the first byte chooses the flags.
 *
 * Whatever the input, compiling ends in an error or a program, and rendering
 * in an error or a text within its limit. Beyond that:
 *   - the same render gives the same text, also in a run used before;
 *   - a template without "{{" is its own text;
 *   - the sink gets the text that a render prints, in the same order;
 *   - every place lies in the template.
 */
#include <stdint.h>
#include <stdio.h>

#include "base/alloc.h"
#include "base/limits.h"
#include "data/json.h"
#include "fuzz/require.h"
#include "mustache/expand.h"

enum { OUTPUT_BYTES = 1 << 16 };

struct input {
	struct str text;
	struct val *values;
	unsigned flags;
	struct mustache_set *set;
	size_t lines;
};

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_place(const struct input *in,
			const struct mustache_place *place)
{
	REQUIRE(place->line >= 1 && place->line <= in->lines);
	REQUIRE(place->column >= 1 && place->column <= in->text.n + 1);
}

struct seen {
	const struct input *in;
	struct buf text;
};

static bool on_text(void *ctx, struct str text,
		    const struct mustache_place *place, struct err *err)
{
	struct seen *seen = ctx;

	check_place(seen->in, place);
	buf_add_str(&seen->text, text);
	return buf_check(&seen->text, err);
}

static bool on_insert(void *ctx, const struct mustache_insert *insert,
		      struct err *err)
{
	struct seen *seen = ctx;
	const struct val *v = insert->value;

	check_place(seen->in, &insert->place);
	if (!v && insert->strict)
		return err_set(err, ERR_INVALID, "missing");
	if (val_is(v, VAL_BOOL))
		buf_add_text(&seen->text, val_is_true(v) ? "true" : "false");
	else if (val_is(v, VAL_LIST) || val_is(v, VAL_MAP))
		json_write(v, &seen->text);
	else
		buf_add_str(&seen->text, val_str(v));
	return buf_check(&seen->text, err);
}

static void check_render(const struct input *in)
{
	const struct mustache_template *t = mustache_find(in->set, "t");
	AUTO(mustache_run_free) struct mustache_run *run = mustache_run_new();
	AUTO_BUF once = BUF_INIT(OUTPUT_BYTES), again = BUF_INIT(OUTPUT_BYTES);
	AUTO_ERR err = ERR_INIT, err2 = ERR_INIT, err3 = ERR_INIT;
	struct seen seen = { in, BUF_INIT(OUTPUT_BYTES) };
	const struct mustache_sink sink = { &seen, on_text, on_insert };
	bool ok = mustache_render(run, t, in->values, MUSTACHE_PLAIN, &once,
				  &err);

	REQUIRE(ok == !err.kind && (!err.kind || err.msg));
	REQUIRE(ok == mustache_render(run, t, in->values, MUSTACHE_PLAIN,
				      &again, &err2));
	REQUIRE(ok ? str_equal(buf_str(&once), buf_str(&again))
		   : strcmp(err.msg, err2.msg) == 0);
	/* Of which quote makes a string, and no quoted text. */
	bool same = !memmem(in->text.p, in->text.n, "quote", 5);
	bool expanded = mustache_expand(run, t, in->values, &sink, &err3);
	REQUIRE(!same || ok == expanded);
	if (ok && same)
		REQUIRE(str_equal(buf_str(&once), buf_str(&seen.text)));
	if (ok && !memmem(in->text.p, in->text.n, "{{", 2))
		REQUIRE(str_equal(buf_str(&once), in->text));
	buf_free(&seen.text);
}

static void check_input(struct input *in)
{
	const struct mustache_source sources[] = {
		{ .name = "t", .text = in->text, .flags = in->flags },
		/* Itself again, as another partial. */
		{ .name = "p", .text = in->text, .flags = in->flags },
	};
	AUTO_ERR err = ERR_INIT;

	in->lines = 1;
	for (size_t i = 0; i < in->text.n; i++)
		in->lines += in->text.p[i] == '\n';
	if (mustache_compile(sources, 2, &in->set, &err))
		check_render(in);
	else
		REQUIRE(err.kind && err.msg);
	mustache_free(in->set);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	AUTO_FREE char *copy = alloc_text(data, size);
	AUTO_ERR err = ERR_INIT;
	struct input in = { 0 };
	struct str rest;

	if (size < 1)
		return 0;
	in.flags = data[0] &
		   (MUSTACHE_STRICT | MUSTACHE_QUERIES | MUSTACHE_HELPERS |
		    MUSTACHE_NO_RAW | MUSTACHE_PATHS);
	str_split(str_cut(copy + 1, size - 1), '\0', &in.text, &rest);
	if (rest.n && !json_read(rest, &in.values, &err))
		err_clear(&err); /* then without values */
	check_input(&in);
	val_unref(in.values);
	return 0;
}
