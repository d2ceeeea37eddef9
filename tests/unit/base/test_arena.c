#include "base/arena.h"

#include "unit/rows.h"

#include <stdint.h>
#include <string.h>

/* Takes texts of all lengths up to most, and looks at them at the end. */
static void fill(struct arena *a, size_t most)
{
	char *taken[500];

	for (size_t i = 0; i < ARRAY_LEN(taken); i++) {
		size_t n = i * most / ARRAY_LEN(taken) + 1;

		taken[i] = arena_take(a, n);
		assert_int_equal((uintptr_t)taken[i] % sizeof(double), 0);
		memset(taken[i], (int)(i % 251), n);
	}
	for (size_t i = 0; i < ARRAY_LEN(taken); i++) {
		size_t n = i * most / ARRAY_LEN(taken) + 1;

		assert_int_equal(taken[i][0], (char)(i % 251));
		assert_int_equal(taken[i][n - 1], (char)(i % 251));
	}
}

static void keeps_what_was_taken(void **state)
{
	(void)state;
	const size_t sizes[] = { 0, 1, 3000, 1 << 20 };

	for (size_t i = 0; i < ARRAY_LEN(sizes); i++) {
		AUTO_ARENA a = arena_of(sizes[i]);

		fill(&a, 100);
	}
}

static void larger_than_a_chunk(void **state)
{
	(void)state;
	AUTO_ARENA a = arena_of(0);

	fill(&a, (size_t)200 * 1024);
}

static void takes_nothing(void **state)
{
	(void)state;
	AUTO_ARENA a = arena_of(0);

	assert_non_null(arena_take(&a, 0));
}

static void is_used_anew(void **state)
{
	(void)state;
	AUTO_ARENA a = arena_of(100);

	fill(&a, 10);
	arena_done(&a);
	fill(&a, 10);
	arena_done(&a);
	arena_done(&a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(keeps_what_was_taken),
		cmocka_unit_test(larger_than_a_chunk),
		cmocka_unit_test(takes_nothing),
		cmocka_unit_test(is_used_anew),
	};

	return cmocka_run_group_tests_name("arena", tests, NULL, NULL);
}
