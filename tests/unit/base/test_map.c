#include "base/map.h"

#include "unit/rows.h"

#include <stdio.h>

static void empty_map(void **state)
{
	(void)state;
	struct map m = MAP_INIT;
	size_t at = 0;

	assert_null(map_get(&m, str_of("a")));
	assert_null(map_remove(&m, str_of("a")));
	assert_null(map_next(&m, &at));
	map_done(&m);
}

static void sets_and_replaces(void **state)
{
	(void)state;
	struct map m = MAP_INIT;
	int a, b;
	char key[] = "key";

	assert_null(map_set(&m, str_of(key), &a));
	key[0] = 'x';
	assert_ptr_equal(map_get(&m, str_of("key")), &a);
	assert_ptr_equal(map_set(&m, str_of("key"), &b), &a);
	assert_int_equal(m.count, 1);
	assert_null(map_set(&m, str_of(""), &a));
	assert_ptr_equal(map_get(&m, str_of("")), &a);
	assert_null(map_set(&m, str_cut("a\0b", 3), &a));
	assert_null(map_get(&m, str_of("a")));
	map_done(&m);
	assert_int_equal(m.count, 0);
}

static void borrows_keys(void **state)
{
	(void)state;
	struct map m = MAP_INIT_BORROWING;
	char a[] = "a", b[] = "b";
	size_t at = 0;

	map_set(&m, str_of(a), a);
	assert_ptr_equal(map_next(&m, &at)->key, a);
	map_set(&m, str_of(b), b);
	assert_ptr_equal(map_remove(&m, str_of("a")), a);
	assert_null(map_get(&m, str_of("a")));
	assert_ptr_equal(map_get(&m, str_of("b")), b);
	map_done(&m);
	assert_true(m.borrows);
}

enum { MANY = 500, STEPS = 50000 };

/* Against an array that does the same: removal must not break a run. */
static void agrees_with_an_array(void **state)
{
	(void)state;
	static int things[MANY];
	void *model[MANY] = { NULL };
	struct map m = MAP_INIT;
	uint32_t seed = 1;
	size_t held = 0;

	for (size_t i = 0; i < STEPS; i++) {
		char key[16];

		seed = seed * 1664525 + 1013904223;
		size_t k = (seed >> 8) % MANY;
		struct str s = str_cut(key, (size_t)snprintf(key, sizeof(key),
							     "%zu", k));
		if ((seed >> 28) % 2) {
			void *value = &things[seed % MANY];

			held += !model[k];
			assert_ptr_equal(map_set(&m, s, value), model[k]);
			model[k] = value;
		} else {
			held -= model[k] != NULL;
			assert_ptr_equal(map_remove(&m, s), model[k]);
			model[k] = NULL;
		}
		assert_ptr_equal(map_get(&m, s), model[k]);
		assert_int_equal(m.count, held);
	}
	size_t at = 0, seen = 0;
	for (const struct map_slot *slot; (slot = map_next(&m, &at)); seen++)
		assert_ptr_equal(slot->value, model[atoi(slot->key)]);
	assert_int_equal(seen, held);
	map_done(&m);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(empty_map),
		cmocka_unit_test(sets_and_replaces),
		cmocka_unit_test(borrows_keys),
		cmocka_unit_test(agrees_with_an_array),
	};

	return cmocka_run_group_tests_name("map", tests, NULL, NULL);
}
