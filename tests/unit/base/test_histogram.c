/* What is added is counted by its own bound and all above. */
#include "base/histogram.h"

#include "unit/rows.h"

static const struct row {
	const char *name; /* the lowest bound that counts it */
	int64_t us;
} rows[] = {
	{ "0.005", 0 },       { "0.005", 5000 },     { "0.01", 5001 },
	{ "0.25", 200000 },   { "1", 1000000 },      { "60", 60000000 },
	{ "+Inf", 60000001 }, { "+Inf", 1LL << 40 },
};

static void bounds(void **state)
{
	const struct row *row = *state;
	struct histogram h = { 0 };
	AUTO_BUF text = BUF_INIT(10000);
	AUTO_BUF first = BUF_INIT(1000);

	histogram_add(&h, row->us);
	histogram_write(&h, "t", "a=\"b\"", &text);
	buf_addf(&first, "t_bucket{a=\"b\",le=\"%s\"} 1\n", row->name);
	const char *at = strstr(buf_text(&text), buf_text(&first));
	assert_non_null(at);
	/* All above count it, none below does. */
	assert_null(strstr(at, "} 0\n"));
	assert_ptr_equal(strstr(buf_text(&text), "} 1\n"),
			 at + first.len - strlen("} 1\n"));
}

static void sums(void **state)
{
	struct histogram h = { 0 };
	AUTO_BUF text = BUF_INIT(10000);

	(void)state;
	histogram_add(&h, 1500000);
	histogram_add(&h, 1);
	histogram_write(&h, "t", "", &text);
	assert_non_null(strstr(buf_text(&text), "t_bucket{le=\"+Inf\"} 2\n"));
	assert_non_null(strstr(buf_text(&text), "t_sum 1.500001\n"));
	assert_non_null(strstr(buf_text(&text), "t_count 2\n"));
}

int main(void)
{
	const struct CMUnitTest others[] = { cmocka_unit_test(sums) };

	return ROWS_RUN("histogram", rows, bounds) +
	       cmocka_run_group_tests_name("histogram more", others, NULL,
					   NULL);
}
