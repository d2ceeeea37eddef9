/* The newer version wins, lists sweep, owners have families. */
#include "controller/store.h"

#include "base/alloc.h"
#include "base/thread.h"
#include "base/vec.h"

#include "unit/rows.h"

#include <stdio.h>

static bool put(struct store *s, const char *key, uint64_t version,
		const char *owner, const char *text)
{
	AUTO(val_unref) struct val *v = val_new_textz(text);

	return store_put(s, 0, key, version, owner, v);
}

static void assert_has(struct store *s, const char *key, const char *text)
{
	AUTO(val_unref) struct val *v = store_get(s, key);

	assert_int_equal(store_has(s, key), text != NULL);
	if (!text)
		assert_null(v);
	else
		assert_string_equal(val_text(v), text);
}

static int by_text(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

/* Texts in order, each followed by a blank. */
struct words {
	VEC(char *);
};

static void add_word(void *ctx, const char *word)
{
	*VEC_ADD((struct words *)ctx) = alloc_copy(word);
}

static void assert_words(struct words *w, const char *want)
{
	AUTO_FREE char *got = alloc_copy("");

	if (w->count)
		qsort(w->items, w->count, sizeof(*w->items), by_text);
	for (size_t i = 0; i < w->count; i++) {
		char *more = alloc_print("%s%s ", got, w->items[i]);

		free(got);
		free(w->items[i]);
		got = more;
	}
	VEC_DONE(w);
	assert_string_equal(got, want);
}

static void assert_family(struct store *s, const char *owner, const char *want)
{
	AUTO(val_unref) struct val *map = store_of_owner(s, owner);
	struct words words = { 0 };

	assert_true(val_is(map, VAL_MAP));
	for (size_t i = 0; i < val_count(map); i++) {
		AUTO_FREE char *key =
			alloc_text(val_key(map, i).p, val_key(map, i).n);

		assert_has(s, key, val_text(val_at(map, i)));
		add_word(&words, val_text(val_at(map, i)));
	}
	assert_words(&words, want);
	store_each_key_of(s, owner, add_word, &words);
	assert_int_equal(words.count, val_count(map));
	for (size_t i = 0; i < words.count; i++) {
		assert_non_null(val_get(map, words.items[i]));
		free(words.items[i]);
	}
	VEC_DONE(&words);
}

static void assert_keys(struct store *s, const char *want)
{
	struct words words = { 0 };

	store_each_key(s, add_word, &words);
	assert_words(&words, want);
}

static void assert_owners(struct store *s, const char *want)
{
	struct words words = { 0 };

	store_each_owner(s, add_word, &words);
	assert_words(&words, want);
}

static void sync(struct store *s, const char *want)
{
	struct words words = { 0 };

	store_synced(s, 0, add_word, &words);
	assert_words(&words, want);
}

static void newer_wins(void **state)
{
	(void)state;
	AUTO(store_free) struct store *s = store_new(1);

	assert_true(put(s, "ns/a", 5, "", "five"));
	assert_false(put(s, "ns/a", 4, "", "four"));
	assert_has(s, "ns/a", "five");
	assert_false(put(s, "ns/a", 5, "", "five again"));
	assert_has(s, "ns/a", "five");
	assert_true(put(s, "ns/a", 6, "", "six"));
	assert_has(s, "ns/a", "six");
	assert_has(s, "ns/b", NULL);
	assert_keys(s, "ns/a ");
}

/* Nobody need look again when only the version is new. */
static void only_version_is_new(void **state)
{
	(void)state;
	AUTO(store_free) struct store *s = store_new(1);

	assert_true(put(s, "ns/a", 5, "owner", "text"));
	assert_false(put(s, "ns/a", 6, "owner", "text"));
	assert_false(put(s, "ns/a", 5, "owner", "an older text"));
	assert_has(s, "ns/a", "text");
	assert_true(put(s, "ns/a", 7, "other", "text"));
	assert_family(s, "other", "text ");
	assert_true(put(s, "ns/a", 8, "", "text"));
	assert_false(put(s, "ns/a", 9, "", "text"));
	assert_true(put(s, "ns/a", 10, "", "another text"));
}

static void knows_versions(void **state)
{
	(void)state;
	AUTO(store_free) struct store *s = store_new(1);

	assert_false(store_knows(s, 0, "ns/a", 5));
	assert_true(put(s, "ns/a", 5, "owner", "text"));
	assert_true(store_knows(s, 0, "ns/a", 4));
	assert_true(store_knows(s, 0, "ns/a", 5));
	assert_false(store_knows(s, 0, "ns/a", 6));
	/* What is known has been listed, too. */
	store_listing(s, 0);
	assert_true(store_knows(s, 0, "ns/a", 5));
	sync(s, "");
	assert_has(s, "ns/a", "text");
}

/* As numbers, not as text. */
static void version_numbers(void **state)
{
	(void)state;
	AUTO(store_free) struct store *s = store_new(1);

	assert_true(put(s, "ns/a", 9, "", "nine"));
	assert_true(put(s, "ns/a", 10, "", "ten"));
	assert_true(put(s, "ns/a", UINT64_MAX, "", "most"));
	assert_has(s, "ns/a", "most");
}

static void removes(void **state)
{
	(void)state;
	AUTO(store_free) struct store *s = store_new(1);

	put(s, "ns/a", 5, "o", "a");
	/* The deletion of an object that had its name before. */
	assert_false(store_remove(s, "ns/a", 4));
	assert_has(s, "ns/a", "a");
	assert_true(store_remove(s, "ns/a", 6));
	assert_has(s, "ns/a", NULL);
	assert_family(s, "o", "");
	assert_owners(s, "");
	assert_false(store_remove(s, "ns/a", 7));
	put(s, "ns/b", 8, "", "b");
	assert_true(store_remove(s, "ns/b", 0));
	assert_has(s, "ns/b", NULL);
}

/* The answer to a write that comes after the object's deletion was seen. */
static void unknown_but_older(void **state)
{
	(void)state;
	AUTO(store_free) struct store *s = store_new(1);

	store_listing(s, 0);
	put(s, "ns/a", 5, "", "a");
	sync(s, "");
	assert_true(store_remove(s, "ns/a", 9));
	assert_false(put(s, "ns/a", 7, "", "late"));
	assert_has(s, "ns/a", NULL);
	assert_true(put(s, "ns/a", 10, "", "anew"));
	assert_has(s, "ns/a", "anew");
}

/* Lists come in the order of names: older ones follow newer ones. */
static void lists_in_any_order(void **state)
{
	(void)state;
	AUTO(store_free) struct store *s = store_new(1);

	store_listing(s, 0);
	assert_false(store_is_synced(s));
	assert_true(put(s, "ns/a", 50, "", "a"));
	assert_true(put(s, "ns/b", 3, "", "b"));
	sync(s, "");
	assert_true(store_is_synced(s));
	assert_keys(s, "ns/a ns/b ");
}

static void relists(void **state)
{
	(void)state;
	AUTO(store_free) struct store *s = store_new(1);

	store_listing(s, 0);
	put(s, "ns/a", 1, "o1", "a");
	put(s, "ns/b", 2, "o2", "b");
	put(s, "ns/c", 3, "", "c");
	sync(s, "");
	store_listing(s, 0);
	/* Unchanged, but listed: it stays. */
	assert_false(put(s, "ns/a", 1, "o1", "a"));
	assert_keys(s, "ns/a ns/b ns/c ");
	assert_true(store_is_synced(s));
	/* The owners of what is gone, "" for none. */
	sync(s, " o2 ");
	assert_keys(s, "ns/a ");
	assert_owners(s, "o1 ");
}

static void relist_starts_over(void **state)
{
	(void)state;
	AUTO(store_free) struct store *s = store_new(1);

	store_listing(s, 0);
	put(s, "ns/a", 1, "o1", "a");
	/* It broke off; the next one no longer has it. */
	store_listing(s, 0);
	put(s, "ns/b", 2, "o2", "b");
	sync(s, "o1 ");
	assert_keys(s, "ns/b ");
}

static bool put_from(struct store *s, unsigned watch, const char *key,
		     uint64_t version)
{
	return store_put(s, watch, key, version, "o", val_null());
}

/* Each watch knows of its own objects only. */
static void several_watches(void **state)
{
	(void)state;
	AUTO(store_free) struct store *s = store_new(2);
	struct words gone = { 0 };

	store_listing(s, 0);
	store_listing(s, 1);
	assert_true(put_from(s, 0, "a/x", 1));
	assert_true(put_from(s, 1, "b/x", 2));
	store_synced(s, 1, add_word, &gone);
	assert_false(store_is_synced(s));
	store_synced(s, 0, add_word, &gone);
	assert_true(store_is_synced(s));
	assert_keys(s, "a/x b/x ");
	store_listing(s, 0);
	store_synced(s, 0, add_word, &gone);
	assert_words(&gone, "o ");
	assert_keys(s, "b/x ");
}

static void forgets_that_it_was_complete(void **state)
{
	(void)state;
	AUTO(store_free) struct store *s = store_new(1);

	assert_true(store_is_empty(s));
	store_listing(s, 0);
	put(s, "ns/a", 1, "", "a");
	sync(s, "");
	assert_false(store_is_empty(s));
	store_unsync(s);
	assert_false(store_is_synced(s));
	store_listing(s, 0);
	sync(s, " ");
	assert_true(store_is_synced(s));
	assert_true(store_is_empty(s));
}

static void families(void **state)
{
	(void)state;
	AUTO(store_free) struct store *s = store_new(1);

	put(s, "ns/a", 1, "o1", "a");
	put(s, "ns/b", 2, "o1", "b");
	put(s, "ns/c", 3, "o2", "c");
	put(s, "ns/d", 4, "", "d");
	assert_family(s, "o1", "a b ");
	assert_family(s, "o2", "c ");
	assert_family(s, "", "");
	assert_family(s, "o3", "");
	assert_owners(s, "o1 o2 ");
	put(s, "ns/a", 5, "o1", "A");
	assert_family(s, "o1", "A b ");
	store_remove(s, "ns/b", 6);
	assert_family(s, "o1", "A ");
}

static void changes_owner(void **state)
{
	(void)state;
	AUTO(store_free) struct store *s = store_new(1);

	put(s, "ns/a", 1, "o1", "a");
	put(s, "ns/b", 2, "o1", "b");
	put(s, "ns/c", 3, "o1", "c");
	put(s, "ns/b", 4, "o2", "b");
	assert_family(s, "o1", "a c ");
	assert_family(s, "o2", "b ");
	put(s, "ns/b", 5, "", "b");
	assert_family(s, "o2", "");
	assert_owners(s, "o1 ");
	put(s, "ns/b", 6, "o1", "b");
	assert_family(s, "o1", "a b c ");
}

static void lends_beyond_its_life(void **state)
{
	(void)state;
	struct store *s = store_new(1);

	put(s, "ns/a", 1, "o", "a");
	AUTO(val_unref) struct val *text = store_get(s, "ns/a");
	AUTO(val_unref) struct val *family = store_of_owner(s, "o");
	put(s, "ns/a", 2, "o", "b");
	store_free(s);
	store_free(NULL);
	assert_string_equal(val_text(text), "a");
	assert_string_equal(val_text(val_at(family, 0)), "a");
}

static void ignore(void *ctx, const char *owner)
{
	(void)ctx;
	if (!owner)
		abort();
}

static void use(void *ctx)
{
	struct store *s = ctx;

	for (uint64_t i = 1; i < 1500; i++) {
		char key[16], owner[16];

		snprintf(key, sizeof(key), "ns/%d", (int)(i * 7 % 20));
		snprintf(owner, sizeof(owner), "%d", (int)(i % 3));
		put(s, key, i, i % 4 ? owner : "", "x");
		val_unref(store_get(s, key));
		val_unref(store_of_owner(s, owner));
		if (i % 11 == 0)
			store_remove(s, key, i);
		if (i % 400 == 0) {
			store_listing(s, 0);
			store_synced(s, 0, ignore, NULL);
		}
		store_each_owner(s, ignore, NULL);
	}
}

static void from_threads(void **state)
{
	(void)state;
	AUTO(store_free) struct store *s = store_new(1);
	AUTO_ERR err = ERR_INIT;
	struct thread threads[3];

	for (int i = 0; i < 3; i++)
		assert_true(thread_start(&threads[i], "store", use, s, &err));
	for (int i = 0; i < 3; i++)
		thread_join(&threads[i]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(newer_wins),
		cmocka_unit_test(only_version_is_new),
		cmocka_unit_test(knows_versions),
		cmocka_unit_test(version_numbers),
		cmocka_unit_test(removes),
		cmocka_unit_test(unknown_but_older),
		cmocka_unit_test(lists_in_any_order),
		cmocka_unit_test(relists),
		cmocka_unit_test(relist_starts_over),
		cmocka_unit_test(several_watches),
		cmocka_unit_test(forgets_that_it_was_complete),
		cmocka_unit_test(families),
		cmocka_unit_test(changes_owner),
		cmocka_unit_test(lends_beyond_its_life),
		cmocka_unit_test(from_threads),
	};

	return cmocka_run_group_tests_name("store", tests, NULL, NULL);
}
