/* Every key is handed out to one worker at a time, and none is lost. */
#include "controller/queue.h"

#include "base/alloc.h"
#include "base/clock.h"
#include "base/metric.h"
#include "base/thread.h"

#include "unit/rows.h"

#include <stdatomic.h>
#include <stdio.h>

static void take(struct queue *q, const char *want)
{
	const char *key = queue_get(q);

	assert_non_null(key);
	assert_string_equal(key, want);
	queue_done(q, key);
}

/* Nothing is ready: a mark that is added now comes first. */
static void assert_idle(struct queue *q)
{
	queue_add(q, "mark");
	take(q, "mark");
}

static void in_order(void **state)
{
	(void)state;
	AUTO(queue_free) struct queue *q = queue_new(NULL, 0, 0);

	queue_add(q, "a");
	queue_add(q, "b");
	queue_add(q, "c");
	take(q, "a");
	take(q, "b");
	take(q, "c");
	assert_idle(q);
}

static void once(void **state)
{
	(void)state;
	AUTO(queue_free) struct queue *q = queue_new(NULL, 0, 0);

	for (int i = 0; i < 5; i++)
		queue_add(q, "a");
	take(q, "a");
	assert_idle(q);
}

static void again_while_running(void **state)
{
	(void)state;
	AUTO(queue_free) struct queue *q = queue_new(NULL, 0, 0);

	queue_add(q, "a");
	const char *key = queue_get(q);
	queue_add(q, "a");
	queue_add(q, "a");
	queue_add(q, "b");
	/* Nobody else gets it meanwhile. */
	take(q, "b");
	assert_idle(q);
	queue_done(q, key);
	take(q, "a");
	assert_idle(q);
}

static void copies_keys(void **state)
{
	(void)state;
	AUTO(queue_free) struct queue *q = queue_new(NULL, 0, 0);
	char key[] = "a";

	queue_add(q, key);
	key[0] = 'x';
	take(q, "a");
}

static void later(void **state)
{
	(void)state;
	AUTO(queue_free) struct queue *q = queue_new(NULL, 0, 0);
	int64_t now_ms = clock_now_ms();

	queue_add_at(q, "late", now_ms + 60);
	queue_add_at(q, "early", now_ms + 20);
	queue_add_at(q, "due", now_ms - 5);
	take(q, "due");
	take(q, "early");
	assert_true(clock_now_ms() >= now_ms + 20);
	take(q, "late");
	assert_true(clock_now_ms() >= now_ms + 60);
}

static void earliest_wins(void **state)
{
	(void)state;
	AUTO(queue_free) struct queue *q = queue_new(NULL, 0, 0);
	int64_t now_ms = clock_now_ms();

	queue_add_at(q, "a", now_ms + 3600000);
	queue_add_at(q, "a", now_ms + 10);
	queue_add_at(q, "a", now_ms + 3600000);
	take(q, "a");
	assert_true(clock_now_ms() < now_ms + 3600000);
	assert_idle(q);
}

static void now_forgets_later(void **state)
{
	(void)state;
	AUTO(queue_free) struct queue *q = queue_new(NULL, 0, 0);
	int64_t now_ms = clock_now_ms();

	queue_add_at(q, "a", now_ms + 20);
	queue_add(q, "a");
	take(q, "a");
	queue_add_at(q, "end", now_ms + 40);
	/* Not handed out a second time. */
	take(q, "end");
}

static void later_while_running(void **state)
{
	(void)state;
	AUTO(queue_free) struct queue *q = queue_new(NULL, 0, 0);

	queue_add(q, "a");
	const char *key = queue_get(q);
	queue_add_at(q, key, clock_now_ms() - 1);
	/* Due, but still in a worker's hands. */
	assert_idle(q);
	queue_done(q, key);
	take(q, "a");
	assert_idle(q);
}

/* Many keys at many times come out in the order of their times. */
static void heap(void **state)
{
	(void)state;
	AUTO(queue_free) struct queue *q = queue_new(NULL, 0, 0);
	enum { KEYS = 200 };
	int64_t past_ms = clock_now_ms() - 10000;
	char text[16];
	unsigned x = 1;

	for (int i = 0; i < 5 * KEYS; i++) {
		x = x * 1103515245 + 12345;
		snprintf(text, sizeof(text), "%u", x / 7 % KEYS);
		queue_add_at(q, text, INT64_MAX - x % 1000);
	}
	for (int i = 0; i < KEYS; i++) {
		int n = i * 77 % KEYS;

		snprintf(text, sizeof(text), "%d", n);
		queue_add_at(q, text, past_ms + n);
	}
	for (int i = 0; i < KEYS; i++) {
		snprintf(text, sizeof(text), "%d", i);
		take(q, text);
	}
	assert_idle(q);
}

static void failures(void **state)
{
	(void)state;
	AUTO(queue_free) struct queue *q = queue_new(NULL, 0, 0);

	queue_add(q, "a");
	const char *key = queue_get(q);
	assert_int_equal(queue_failures(q, key), 0);
	assert_int_equal(queue_fail(q, key), 1);
	queue_add(q, key);
	queue_done(q, key);
	key = queue_get(q);
	assert_int_equal(queue_failures(q, key), 1);
	assert_int_equal(queue_fail(q, key), 2);
	queue_done(q, key);
	/* Remembered without being queued. */
	queue_add(q, "a");
	key = queue_get(q);
	assert_int_equal(queue_failures(q, key), 2);
	queue_forgive(q, key);
	assert_int_equal(queue_failures(q, key), 0);
	queue_done(q, key);
	queue_add(q, "a");
	key = queue_get(q);
	assert_int_equal(queue_failures(q, key), 0);
	queue_done(q, key);
}

static void stops(void **state)
{
	(void)state;
	AUTO(queue_free) struct queue *q = queue_new(NULL, 0, 0);

	queue_add(q, "a");
	queue_add(q, "b");
	const char *key = queue_get(q);
	queue_add(q, key);
	queue_stop(q);
	assert_null(queue_get(q));
	queue_add(q, "c");
	queue_add_at(q, "d", 0);
	assert_null(queue_get(q));
	queue_done(q, key);
	assert_null(queue_get(q));
}

static void add_late(void *ctx)
{
	queue_add_at(ctx, "late", 0);
	queue_let_go(ctx);
}

static void holds(void **state)
{
	(void)state;
	AUTO(queue_free) struct queue *q = queue_new(NULL, 0, 0);
	AUTO_ERR err = ERR_INIT;
	struct thread thread;

	queue_hold(q);
	queue_add_at(q, "a", 0);
	assert_true(thread_start(&thread, "late", add_late, q, &err));
	/* Waits for the other thread, however long that takes. */
	take(q, "a");
	take(q, "late");
	thread_join(&thread);
	assert_idle(q);
	queue_hold(q);
	queue_add(q, "b");
	queue_stop(q);
	assert_null(queue_get(q));
}

static void null_is_free(void **state)
{
	(void)state;
	queue_free(NULL);
}

static void wait_for_end(void *ctx)
{
	while (queue_get(ctx))
		abort();
}

static void stop_wakes_all(void **state)
{
	(void)state;
	AUTO(queue_free) struct queue *q = queue_new(NULL, 0, 0);
	AUTO_ERR err = ERR_INIT;
	struct thread threads[3];

	queue_add_at(q, "far", INT64_MAX);
	for (int i = 0; i < 3; i++)
		assert_true(thread_start(&threads[i], "waiter", wait_for_end, q,
					 &err));
	queue_stop(q);
	for (int i = 0; i < 3; i++)
		thread_join(&threads[i]);
}

static void counts(void **state)
{
	(void)state;
	AUTO(queue_free) struct queue *q = queue_new(NULL, 0, 0);
	int64_t adds = metric_get(0, METRIC_WORKQUEUE_ADDS);

	queue_add(q, "a");
	queue_add(q, "a");
	queue_add(q, "b");
	assert_int_equal(metric_get(0, METRIC_WORKQUEUE_DEPTH), 2);
	assert_int_equal(metric_get(0, METRIC_WORKQUEUE_ADDS), adds + 2);
	take(q, "a");
	assert_int_equal(metric_get(0, METRIC_WORKQUEUE_DEPTH), 1);
	take(q, "b");
	assert_int_equal(metric_get(0, METRIC_WORKQUEUE_DEPTH), 0);
}

/* Adders announce work by counting, workers do all that was announced. */
enum { STRESS_KEYS = 7, ADDERS = 3, WORKERS = 4, ADDS = 5000 };

struct stress {
	struct queue *q;
	atomic_int announced[STRESS_KEYS], done[STRESS_KEYS];
	atomic_int in_hands[STRESS_KEYS];
	atomic_int runs, doubles;
};

static void add_many(void *ctx)
{
	struct stress *s = ctx;

	for (unsigned i = 0; i < ADDS; i++) {
		unsigned k = i * 2654435761u / 8 % STRESS_KEYS;
		char key[] = { (char)('0' + k), '\0' };

		atomic_fetch_add(&s->announced[k], 1);
		if (i % 3)
			queue_add(s->q, key);
		else
			queue_add_at(s->q, key, clock_now_ms() + i % 2);
	}
}

static void work(void *ctx)
{
	struct stress *s = ctx;

	for (const char *key; (key = queue_get(s->q));) {
		int k = key[0] - '0';

		if (atomic_fetch_add(&s->in_hands[k], 1) != 0)
			atomic_fetch_add(&s->doubles, 1);
		atomic_fetch_add(&s->runs, 1);
		atomic_store(&s->done[k], atomic_load(&s->announced[k]));
		if (atomic_load(&s->runs) % 5 == 0)
			queue_fail(s->q, key);
		else
			queue_forgive(s->q, key);
		atomic_fetch_sub(&s->in_hands[k], 1);
		queue_done(s->q, key);
	}
}

static bool all_done(struct stress *s)
{
	for (int k = 0; k < STRESS_KEYS; k++)
		if (atomic_load(&s->done[k]) != atomic_load(&s->announced[k]))
			return false;
	return true;
}

static void stress(void **state)
{
	(void)state;
	AUTO(queue_free) struct queue *q = queue_new(NULL, 0, 0);
	struct stress s = { .q = q };
	struct thread adders[ADDERS], workers[WORKERS];
	AUTO_ERR err = ERR_INIT;
	struct mtx lock;
	struct cond never;

	for (int i = 0; i < WORKERS; i++)
		assert_true(
			thread_start(&workers[i], "worker", work, &s, &err));
	for (int i = 0; i < ADDERS; i++)
		assert_true(
			thread_start(&adders[i], "adder", add_many, &s, &err));
	for (int i = 0; i < ADDERS; i++)
		thread_join(&adders[i]);
	mtx_init(&lock);
	cond_init(&never);
	mtx_lock(&lock);
	int64_t deadline_ms = clock_now_ms() + 30000;
	while (!all_done(&s) && clock_now_ms() < deadline_ms)
		cond_wait_until(&never, &lock, clock_now_ms() + 2);
	mtx_unlock(&lock);
	cond_done(&never);
	mtx_done(&lock);
	queue_stop(q);
	for (int i = 0; i < WORKERS; i++)
		thread_join(&workers[i]);
	assert_true(all_done(&s));
	assert_int_equal(s.doubles, 0);
	assert_true(s.runs <= ADDERS * ADDS);
}

static const struct backoff_row {
	const char *name;
	unsigned failures;
	uint32_t jitter;
	int64_t want_ms;
} backoff_rows[] = {
	{ "none", 0, 0, 5 },
	{ "first", 1, 0, 5 },
	{ "second", 2, 0, 10 },
	{ "tenth", 10, 0, 2560 },
	{ "sixteenth", 16, 0, 163840 },
	{ "longest", 17, 0, 300000 },
	{ "far beyond", 4000000000u, 0, 300000 },
	{ "most jitter", 17, UINT32_MAX, 240000 },
	{ "half the jitter", 17, UINT32_MAX / 2, 270001 },
	{ "most jitter of little", 1, UINT32_MAX, 4 },
};

static void backs_off(void **state)
{
	const struct backoff_row *row = *state;

	assert_int_equal(queue_backoff_ms(row->failures, row->jitter),
			 row->want_ms);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(in_order),
		cmocka_unit_test(once),
		cmocka_unit_test(again_while_running),
		cmocka_unit_test(copies_keys),
		cmocka_unit_test(later),
		cmocka_unit_test(earliest_wins),
		cmocka_unit_test(now_forgets_later),
		cmocka_unit_test(later_while_running),
		cmocka_unit_test(heap),
		cmocka_unit_test(failures),
		cmocka_unit_test(stops),
		cmocka_unit_test(holds),
		cmocka_unit_test(null_is_free),
		cmocka_unit_test(stop_wakes_all),
		cmocka_unit_test(counts),
		cmocka_unit_test(stress),
	};

	return ROWS_RUN("queue back-off", backoff_rows, backs_off) +
	       cmocka_run_group_tests_name("queue", tests, NULL, NULL);
}
