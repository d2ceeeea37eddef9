/* Texts that are kept for long: what goes in comes out. */
#include "controller/packed.h"

#include "base/alloc.h"

#include "unit/rows.h"

static void assert_reads(const char *text)
{
	struct packed *p = packed_new(str_of(text));
	AUTO(val_unref) struct val *v = packed_read(p);

	assert_string_equal(val_text(v), text);
	packed_unref(p);
}

/* A text of so many bytes that repeats itself, or does not. */
static char *text_of(size_t n, bool repeats)
{
	char *text = alloc_zero(n + 1);
	unsigned x = 1;

	for (size_t i = 0; i < n; i++) {
		x = x * 1103515245 + 12345;
		text[i] = (char)('!' + (repeats ? i % 10 : x / 65536 % 90));
	}
	return text;
}

static void reads(void **state)
{
	(void)state;
	static const size_t sizes[] = { 0, 1, 511, 512, 513, 5000, 200000 };

	for (size_t i = 0; i < ARRAY_LEN(sizes); i++) {
		AUTO_FREE char *dull = text_of(sizes[i], true);
		AUTO_FREE char *noise = text_of(sizes[i], false);

		assert_reads(dull);
		assert_reads(noise);
	}
}

static void compares(void **state)
{
	(void)state;
	AUTO_FREE char *text = text_of(2000, true);
	AUTO_FREE char *other = text_of(2000, true);

	other[1999] = 'x';
	struct packed *a = packed_new(str_of(text));
	struct packed *b = packed_new(str_of(text));
	struct packed *c = packed_new(str_of(other));

	assert_true(packed_equal(a, b));
	assert_false(packed_equal(a, c));
	packed_unref(a);
	packed_unref(packed_ref(b));
	assert_false(packed_equal(b, c));
	packed_unref(b);
	packed_unref(c);
	packed_unref(NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads),
		cmocka_unit_test(compares),
	};

	return cmocka_run_group_tests_name("packed", tests, NULL, NULL);
}
