#include "data/val.h"

#include "base/thread.h"

#include "unit/rows.h"

#include <stdio.h>

static void constants(void **state)
{
	(void)state;
	assert_int_equal(val_type(NULL), VAL_NULL);
	assert_int_equal(val_type(val_null()), VAL_NULL);
	assert_true(val_is_true(val_bool(true)));
	assert_false(val_is_true(val_bool(false)));
	assert_false(val_is_true(NULL));
	assert_false(val_is(NULL, VAL_NULL));
	val_unref(val_null());
	val_unref(NULL);
	assert_null(val_ref(NULL));
	assert_ptr_equal(val_ref(val_null()), val_null());
}

static const struct int_row {
	const char *name, *digits;
	bool fits;
	int64_t want;
} int_rows[] = {
	{ "zero", "0", true, 0 },
	{ "minus zero", "-0", true, 0 },
	{ "negative", "-42", true, -42 },
	{ "beyond 2^53", "9007199254740993", true, 9007199254740993 },
	{ "largest", "9223372036854775807", true, INT64_MAX },
	{ "one more", "9223372036854775808", false, 0 },
	{ "least", "-9223372036854775808", true, INT64_MIN },
	{ "one less", "-9223372036854775809", false, 0 },
	{ "far too large", "100000000000000000000", false, 0 },
	{ "real", "1.0", false, 0 },
	{ "exponent", "1e3", false, 0 },
};

static void integers(void **state)
{
	const struct int_row *row = *state;
	AUTO(val_unref) struct val *v = val_new_number(str_of(row->digits));
	int64_t n = 7;

	assert_string_equal(val_text(v), row->digits);
	assert_int_equal(val_int(v, &n), row->fits);
	assert_int_equal(n, row->fits ? row->want : 7);
}

static void scalars(void **state)
{
	(void)state;
	AUTO(val_unref) struct val *text = val_new_text(str_cut("abcd", 3));
	AUTO(val_unref) struct val *empty = val_new_textz("");
	AUTO(val_unref) struct val *n = val_new_int(INT64_MIN);

	assert_string_equal(val_text(text), "abc");
	assert_string_equal(val_text(empty), "");
	assert_string_equal(val_text(n), "-9223372036854775808");
	assert_int_equal(val_type(n), VAL_INT);
	assert_null(val_text(val_null()));
	assert_int_equal(val_count(text), 0);
	assert_int_equal(val_str(NULL).n, 0);
	assert_string_equal(val_type_text(VAL_LIST), "list");
}

static void lists(void **state)
{
	(void)state;
	AUTO_VAL_LIST l = { 0 };
	AUTO(val_unref) struct val *a = val_new_textz("a");

	for (int i = 0; i < 100; i++)
		val_list_add(&l, a);
	val_list_add_take(&l, val_new_int(1));
	AUTO(val_unref) struct val *list = val_list_take(&l);
	AUTO(val_unref) struct val *none = val_list_take(&l);
	assert_int_equal(val_count(list), 101);
	assert_int_equal(val_count(none), 0);
	assert_ptr_equal(val_at(list, 99), a);
	assert_int_equal(val_type(val_at(list, 100)), VAL_INT);
	assert_null(val_get(list, "0"));
}

static struct val *big_map(size_t n)
{
	struct val_map m = { 0 };
	char key[32];

	for (size_t i = 0; i < n; i++) {
		snprintf(key, sizeof(key), "key-%zu", i);
		val_map_set_int(&m, key, (int64_t)i);
	}
	return val_map_take(&m);
}

static const struct size_row {
	const char *name;
	size_t n;
} size_rows[] = {
	{ "empty", 0 },
	{ "one", 1 },
	{ "last without an index", 8 },
	{ "first with one", 9 },
	{ "index grows", 17 },
	{ "many", 5000 },
};

static void maps(void **state)
{
	const struct size_row *row = *state;
	AUTO(val_unref) struct val *m = big_map(row->n);
	AUTO(val_unref) struct val *more = val_with(m, "new", val_null());
	AUTO(val_unref) struct val *same = val_without(more, "new");

	assert_int_equal(val_count(m), row->n);
	for (size_t i = 0; i < row->n; i++) {
		int64_t n;

		assert_ptr_equal(val_get_str(m, val_key(m, i)), val_at(m, i));
		assert_true(val_int(val_at(m, i), &n));
		assert_int_equal(n, i);
	}
	assert_null(val_get(m, "new"));
	assert_non_null(val_get(more, "new"));
	assert_int_equal(val_count(more), row->n + 1);
	assert_true(val_equal(same, m));
	assert_false(val_equal(more, m));
}

static void map_keys(void **state)
{
	(void)state;
	AUTO_VAL_MAP m = { 0 };

	val_map_set_text(&m, "a", "1");
	val_map_set_text(&m, "b", "2");
	val_map_set_text(&m, "a", "3");
	val_map_set_text(&m, "", "empty");
	assert_string_equal(val_text(val_map_find(&m, str_of("a"))), "3");
	AUTO(val_unref) struct val *map = val_map_take(&m);
	assert_int_equal(val_count(map), 3);
	assert_true(str_is(val_key(map, 0), "a"));
	assert_string_equal(val_get_text(map, ""), "empty");
	assert_ptr_equal(val_get_str(map, str_of(NULL)), val_get(map, ""));
	assert_string_equal(val_get_text(map, "none"), "");
	AUTO(val_unref) struct val *text = val_with_text(NULL, "k", "v");
	assert_string_equal(val_get_text(text, "k"), "v");
	AUTO(val_unref) struct val *none = val_without(text, "k");
	assert_int_equal(val_count(none), 0);
	AUTO(val_unref) struct val *no_empty = val_without(map, "");
	assert_int_equal(val_count(no_empty), 2);
}

static void equality(void **state)
{
	(void)state;
	AUTO(val_unref) struct val *a = val_with_text(NULL, "a", "1");
	AUTO(val_unref) struct val *ab = val_with_text(a, "b", "2");
	AUTO(val_unref) struct val *b = val_with_text(NULL, "b", "2");
	AUTO(val_unref) struct val *ba = val_with_text(b, "a", "1");
	AUTO(val_unref) struct val *one = val_new_int(1);
	AUTO(val_unref) struct val *real = val_new_number(str_of("1.0"));
	AUTO(val_unref) struct val *text = val_new_textz("1");

	assert_true(val_equal(ab, ba));
	assert_false(val_equal(a, b));
	assert_false(val_equal(a, ab));
	assert_false(val_equal(one, text));
	assert_false(val_equal(one, real));
	assert_true(val_equal(NULL, val_null()));
	assert_false(val_equal(val_bool(true), val_bool(false)));
}

static void count_many(void *ctx)
{
	for (int i = 0; i < 50000; i++) {
		AUTO(val_unref) struct val *v = val_ref(ctx);
		AUTO(val_unref) struct val *w = val_with(v, "x", val_null());

		val_unref(val_ref(w));
	}
}

static void shared_by_threads(void **state)
{
	(void)state;
	AUTO(val_unref) struct val *v = big_map(3);
	struct thread threads[3];
	AUTO_ERR err = ERR_INIT;

	for (size_t i = 0; i < ARRAY_LEN(threads); i++)
		assert_true(thread_start(&threads[i], "count", count_many, v,
					 &err));
	for (size_t i = 0; i < ARRAY_LEN(threads); i++)
		thread_join(&threads[i]);
	assert_int_equal(val_count(v), 3);
}

int main(void)
{
	const struct CMUnitTest others[] = {
		cmocka_unit_test(constants),
		cmocka_unit_test(scalars),
		cmocka_unit_test(lists),
		cmocka_unit_test(map_keys),
		cmocka_unit_test(equality),
		cmocka_unit_test(shared_by_threads),
	};

	return ROWS_RUN("val_int", int_rows, integers) +
	       ROWS_RUN("val map", size_rows, maps) +
	       cmocka_run_group_tests_name("val", others, NULL, NULL);
}
