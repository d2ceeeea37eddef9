/* Whose turn it is: entries, namespaces, and keys that have failed. */
#include "controller/turns.h"

#include "base/alloc.h"
#include "base/buf.h"
#include "base/str.h"

#include "unit/rows.h"

#include <stdio.h>

/*
 * A script is words: "+KEY" waits, "!KEY" waits and has failed, "-KEY" is
 * done, "?" takes a turn. What was taken is told, "." for nobody.
 */
static const struct turns_row {
	const char *name;
	unsigned most[3], workers;
	const char *script, *want;
} turns_rows[] = {
	{ "nobody", { 0 }, 4, "?", "." },
	{ "in order within a namespace",
	  { 0 },
	  4,
	  "+0/a/1 +0/a/2 +0/a/3 ? ? ? ?",
	  "0/a/1 0/a/2 0/a/3 ." },
	{ "namespaces take turns",
	  { 0 },
	  4,
	  "+0/a/1 +0/a/2 +0/a/3 +0/b/1 +0/c/1 ? ? ? ? ?",
	  "0/a/1 0/b/1 0/c/1 0/a/2 0/a/3" },
	{ "who comes late is not behind all others",
	  { 0 },
	  4,
	  "+0/a/1 +0/a/2 +0/a/3 ? +0/b/1 ? ? ?",
	  "0/a/1 0/a/2 0/b/1 0/a/3" },
	{ "cluster-scoped keys are a namespace of their own",
	  { 0 },
	  4,
	  "+0//1 +0//2 +0/a/1 ? ? ?",
	  "0//1 0/a/1 0//2" },
	{ "entries take turns",
	  { 0 },
	  4,
	  "+1/a/1 +1/b/1 +1/c/1 +0/a/1 +2/a/1 ? ? ? ? ?",
	  "1/a/1 2/a/1 0/a/1 1/b/1 1/c/1" },
	{ "an entry has no more workers than it may",
	  { 0, 2, 0 },
	  8,
	  "+1/a/1 +1/a/2 +1/a/3 +0/a/1 ? ? ? ? -1/a/1 ? ?",
	  "1/a/1 0/a/1 1/a/2 . 1/a/3 ." },
	{ "what has failed comes last",
	  { 0 },
	  4,
	  "!0/a/1 !0/a/2 +0/a/3 +1/b/1 ? ? ? ?",
	  "1/b/1 0/a/3 0/a/1 0/a/2" },
	{ "what has failed never has all workers",
	  { 0 },
	  3,
	  "!0/a/1 !0/b/1 !1/a/1 ? ? ? +0/c/1 ? ? -0/a/1 ?",
	  "1/a/1 0/a/1 . 0/c/1 . 0/b/1" },
	{ "but a worker that is alone does it all",
	  { 0 },
	  1,
	  "!0/a/1 ? -0/a/1 !0/a/1 ?",
	  "0/a/1 0/a/1" },
	{ "who has failed and does so no more counts no longer",
	  { 0 },
	  2,
	  "!0/a/1 ? -0/a/1 +0/a/1 ? !0/b/1 ? ?",
	  "0/a/1 0/a/1 0/b/1 ." },
	{ "an entry that nobody knows counts as the first",
	  { 1, 0, 0 },
	  4,
	  "+7/a/1 +0/a/1 ? ? -7/a/1 ?",
	  "7/a/1 . 0/a/1" },
	{ "any text will do", { 0 }, 4, "+a +b ? ? ?", "a b ." },
	{ "names may hold anything but a slash",
	  { 0 },
	  4,
	  "+0/a/x.y +0/a.x/y ? ?",
	  "0/a/x.y 0/a.x/y" },
};

enum { KEYS = 16 };

static struct turn *turn_of(struct turn *turns, char **keys, const char *key)
{
	size_t i = 0;

	while (keys[i] && strcmp(keys[i], key) != 0)
		i++;
	assert_true(i < KEYS);
	if (!keys[i])
		turns[i].key = keys[i] = alloc_copy(key);
	return &turns[i];
}

static void takes_turns(void **state)
{
	const struct turns_row *row = *state;
	AUTO(turns_free) struct turns *t =
		turns_new(row->most, 3, row->workers);
	AUTO_FREE char *script = alloc_copy(row->script);
	AUTO_BUF got = BUF_INIT(4096);
	struct turn turns[KEYS] = { 0 };
	char *keys[KEYS + 1] = { 0 }, *rest = NULL;

	for (char *w = strtok_r(script, " ", &rest); w;
	     w = strtok_r(NULL, " ", &rest)) {
		if (*w == '?') {
			const struct turn *next = turns_take(t);

			buf_addf(&got, "%s%s", got.len ? " " : "",
				 next ? next->key : ".");
			continue;
		}
		struct turn *turn = turn_of(turns, keys, w + 1);
		if (*w == '-') {
			turns_done(t, turn);
			continue;
		}
		turn->failed = *w == '!';
		turns_add(t, turn);
	}
	assert_string_equal(buf_text(&got), row->want);
	for (size_t i = 0; i < KEYS; i++)
		free(keys[i]);
}

/* A thousand keys of one namespace, then one of another. */
static void nobody_waits_for_a_crowd(void **state)
{
	enum { CROWD = 1000 };
	AUTO(turns_free) struct turns *t = turns_new(NULL, 0, 4);
	static char names[CROWD][16];
	static struct turn turns[CROWD];
	struct turn good = { .key = "0/good/1" };

	(void)state;
	for (int i = 0; i < CROWD; i++) {
		snprintf(names[i], sizeof(names[i]), "0/bad/%d", i);
		turns[i] = (struct turn){ .key = names[i] };
		turns_add(t, &turns[i]);
	}
	assert_string_equal(turns_take(t)->key, "0/bad/0");
	turns_add(t, &good);
	assert_string_equal(turns_take(t)->key, "0/bad/1");
	assert_ptr_equal(turns_take(t), &good);
	for (int i = 2; i < CROWD; i++)
		assert_ptr_equal(turns_take(t), &turns[i]);
	assert_null(turns_take(t));
}

static void null_is_free(void **state)
{
	(void)state;
	turns_free(NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nobody_waits_for_a_crowd),
		cmocka_unit_test(null_is_free),
	};

	return ROWS_RUN("turns", turns_rows, takes_turns) +
	       cmocka_run_group_tests_name("turns by hand", tests, NULL, NULL);
}
