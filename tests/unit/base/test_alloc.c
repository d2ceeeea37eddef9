#include "base/alloc.h"

#include "unit/rows.h"

static void zero_bytes(void **state)
{
	(void)state;
	AUTO_FREE char *none = alloc_zero(0);
	AUTO_FREE char *some = alloc_zero(100);

	assert_non_null(none);
	for (size_t i = 0; i < 100; i++)
		assert_int_equal(some[i], 0);
}

static void resize_keeps_contents(void **state)
{
	(void)state;
	AUTO_FREE int *p = alloc_resize(NULL, 2, sizeof(*p));

	p[0] = 1;
	p[1] = 2;
	p = alloc_resize(p, 1000, sizeof(*p));
	assert_int_equal(p[0] + p[1], 3);
}

static void texts(void **state)
{
	(void)state;
	AUTO_FREE char *empty = alloc_text(NULL, 0);
	AUTO_FREE char *cut = alloc_text("abcdef", 3);
	AUTO_FREE char *copy = alloc_copy("abc");
	AUTO_FREE char *printed = alloc_print("%s-%d", "a", 7);

	assert_string_equal(empty, "");
	assert_string_equal(cut, "abc");
	assert_string_equal(copy, "abc");
	assert_string_equal(printed, "a-7");
	assert_null(alloc_copy(NULL));
}

static void take_leaves_null(void **state)
{
	(void)state;
	char *p = alloc_copy("abc");
	AUTO_FREE char *q = TAKE(p);

	assert_null(p);
	assert_string_equal(q, "abc");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(zero_bytes),
		cmocka_unit_test(resize_keeps_contents),
		cmocka_unit_test(texts),
		cmocka_unit_test(take_leaves_null),
	};

	return cmocka_run_group_tests_name("alloc", tests, NULL, NULL);
}
