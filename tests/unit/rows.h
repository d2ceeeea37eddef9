/*
 * Tables of tests: each row is a test of its own, named by its first field.
 *
 *   static const struct row { const char *name; … } rows[] = { … };
 *   static void test_row(void **state) { const struct row *row = *state; … }
 *   int main(void) { return ROWS_RUN("buf", rows, test_row); }
 */
#ifndef TESTS_UNIT_ROWS_H
#define TESTS_UNIT_ROWS_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* The number of rows that failed. */
static inline int rows_run(const char *title, const void *rows, size_t count,
			   size_t size, CMUnitTestFunction fn)
{
	struct CMUnitTest *tests = calloc(count, sizeof(*tests));

	for (size_t i = 0; i < count; i++) {
		const char *row = (const char *)rows + i * size;

		memcpy(&tests[i].name, row, sizeof(tests[i].name));
		tests[i].test_func = fn;
		tests[i].initial_state = (void *)(uintptr_t)row;
	}
	int failed = _cmocka_run_group_tests(title, tests, count, NULL, NULL);
	free(tests);
	return failed;
}

#define ROWS_RUN(title, rows, fn)                               \
	rows_run(title, rows, sizeof(rows) / sizeof((rows)[0]), \
		 sizeof((rows)[0]), fn)

#endif
