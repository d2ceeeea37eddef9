#include "base/vec.h"

#include "unit/rows.h"

struct thing {
	int n;
	char *text;
};

static void grows_and_zeroes(void **state)
{
	(void)state;
	struct {
		VEC(struct thing);
	} v = { 0 };

	for (int i = 0; i < 1000; i++) {
		struct thing *t = VEC_ADD(&v);

		assert_int_equal(t->n, 0);
		assert_null(t->text);
		t->n = i;
	}
	assert_int_equal(v.count, 1000);
	for (int i = 0; i < 1000; i++)
		assert_int_equal(v.items[i].n, i);
	VEC_DONE(&v);
	assert_int_equal(v.count, 0);
	assert_null(v.items);
	VEC_DONE(&v);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(
		grows_and_zeroes) };

	return cmocka_run_group_tests_name("vec", tests, NULL, NULL);
}
