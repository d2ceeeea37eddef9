#include "kube/watch_step.h"

#include "unit/rows.h"

/* One row per pair: what matters about each, in words of one letter:
 * F, L, W the next state; r restarts the list, s is synced, w waits. */
static const struct row {
	const char *name;
	enum watch_state now;
	enum watch_event event;
	const char *want;
} rows[] = {
	{ "finding: kind", WATCH_FINDING, GOT_KIND, "Lr" },
	{ "finding: page", WATCH_FINDING, GOT_PAGE, "Fw" },
	{ "finding: last page", WATCH_FINDING, GOT_LAST, "Fw" },
	{ "finding: change", WATCH_FINDING, GOT_CHANGE, "Fw" },
	{ "finding: end", WATCH_FINDING, GOT_EOF, "Fw" },
	{ "finding: gone", WATCH_FINDING, GOT_GONE, "Fw" },
	{ "finding: missing", WATCH_FINDING, GOT_MISSING, "Fw" },
	{ "finding: failure", WATCH_FINDING, GOT_FAILURE, "Fw" },
	{ "listing: kind", WATCH_LISTING, GOT_KIND, "Lrw" },
	{ "listing: page", WATCH_LISTING, GOT_PAGE, "L" },
	{ "listing: last page", WATCH_LISTING, GOT_LAST, "Ws" },
	{ "listing: change", WATCH_LISTING, GOT_CHANGE, "Lrw" },
	{ "listing: end", WATCH_LISTING, GOT_EOF, "Lrw" },
	{ "listing: gone", WATCH_LISTING, GOT_GONE, "Lr" },
	{ "listing: missing", WATCH_LISTING, GOT_MISSING, "Fw" },
	{ "listing: failure", WATCH_LISTING, GOT_FAILURE, "Lrw" },
	{ "watching: kind", WATCH_WATCHING, GOT_KIND, "Lrw" },
	{ "watching: page", WATCH_WATCHING, GOT_PAGE, "Lrw" },
	{ "watching: last page", WATCH_WATCHING, GOT_LAST, "Lrw" },
	{ "watching: change", WATCH_WATCHING, GOT_CHANGE, "W" },
	{ "watching: end", WATCH_WATCHING, GOT_EOF, "W" },
	{ "watching: gone", WATCH_WATCHING, GOT_GONE, "Lr" },
	{ "watching: missing", WATCH_WATCHING, GOT_MISSING, "Fw" },
	{ "watching: failure", WATCH_WATCHING, GOT_FAILURE, "Ww" },
};

static void steps(void **state)
{
	const struct row *row = *state;
	struct watch_step step = watch_step(row->now, row->event);
	char got[5];
	size_t n = 0;

	got[n++] = "FLW"[step.next];
	if (step.restart_list)
		got[n++] = 'r';
	if (step.synced)
		got[n++] = 's';
	if (step.wait)
		got[n++] = 'w';
	got[n] = '\0';
	assert_string_equal(got, row->want);
}

static void all_pairs(void **state)
{
	(void)state;
	assert_int_equal(sizeof(rows) / sizeof(rows[0]),
			 WATCH_STATES * WATCH_EVENTS);
	/* Nothing that failed goes on at once, whatever the state. */
	for (int s = 0; s < WATCH_STATES; s++) {
		assert_true(watch_step(s, GOT_FAILURE).wait);
		assert_true(watch_step(s, GOT_MISSING).wait);
	}
}

static void doubles(void **state)
{
	(void)state;
	static const int64_t want_ms[] = { 800,   1600,  3200,  6400,
					   12800, 25600, 30000, 30000 };
	struct watch_backoff b = { 0 };
	int64_t now_ms = 1000000;

	for (size_t i = 0; i < sizeof(want_ms) / sizeof(want_ms[0]); i++) {
		/* The middle of the jitter. */
		unsigned middle = (unsigned)(want_ms[i] - want_ms[i] / 2);

		assert_int_equal(watch_backoff_next(&b, now_ms, middle),
				 want_ms[i]);
		now_ms += 30000;
	}
}

static void starts_over(void **state)
{
	(void)state;
	struct watch_backoff b = { 0 };

	watch_backoff_next(&b, 0, 0);
	watch_backoff_next(&b, 1, 0);
	/* One millisecond too early; then in time, counted from that. */
	assert_int_equal(watch_backoff_next(&b, 120000, 0), 1600);
	assert_int_equal(watch_backoff_next(&b, 240000, 0), 400);
}

static void varies(void **state)
{
	(void)state;
	int64_t least = INT64_MAX, most = 0;

	for (unsigned i = 0; i < 5000; i++) {
		struct watch_backoff b = { 0 };
		int64_t ms = watch_backoff_next(&b, 5, i);

		least = ms < least ? ms : least;
		most = ms > most ? ms : most;
	}
	assert_int_equal(least, 400);
	assert_int_equal(most, 1200);
}

int main(void)
{
	const struct CMUnitTest others[] = {
		cmocka_unit_test(all_pairs),
		cmocka_unit_test(doubles),
		cmocka_unit_test(starts_over),
		cmocka_unit_test(varies),
	};

	return ROWS_RUN("watch_step", rows, steps) +
	       cmocka_run_group_tests_name("watch_step more", others, NULL,
					   NULL);
}
