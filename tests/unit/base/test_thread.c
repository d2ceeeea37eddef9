#include "base/thread.h"

#include "base/clock.h"

#include "unit/rows.h"

enum { THREADS = 4, ITEMS = 20000, CAPACITY = 16 };

/* A bounded queue: what the condition is for. */
struct queue {
	struct mtx lock;
	struct cond changed;
	int items[CAPACITY];
	size_t count;
	bool closed;
	long sum;
};

static void put(struct queue *q, int item)
{
	mtx_lock(&q->lock);
	while (q->count == CAPACITY)
		cond_wait(&q->changed, &q->lock);
	q->items[q->count++] = item;
	cond_broadcast(&q->changed);
	mtx_unlock(&q->lock);
}

static bool take(struct queue *q, int *out)
{
	mtx_lock(&q->lock);
	while (q->count == 0 && !q->closed)
		cond_wait_until(&q->changed, &q->lock, clock_now_ms() + 50);
	bool any = q->count > 0;
	if (any)
		*out = q->items[--q->count];
	cond_broadcast(&q->changed);
	mtx_unlock(&q->lock);
	return any;
}

static void consume(void *ctx)
{
	struct queue *q = ctx;
	long sum = 0;
	int item;

	while (take(q, &item))
		sum += item;
	mtx_lock(&q->lock);
	q->sum += sum;
	mtx_unlock(&q->lock);
}

static void nothing_is_lost(void **state)
{
	(void)state;
	struct queue q = { 0 };
	struct thread threads[THREADS];
	AUTO_ERR err = ERR_INIT;

	mtx_init(&q.lock);
	cond_init(&q.changed);
	for (size_t i = 0; i < THREADS; i++)
		assert_true(thread_start(&threads[i], "consumer", consume, &q,
					 &err));
	for (int i = 1; i <= ITEMS; i++)
		put(&q, i);
	mtx_lock(&q.lock);
	q.closed = true;
	cond_broadcast(&q.changed);
	mtx_unlock(&q.lock);
	for (size_t i = 0; i < THREADS; i++)
		thread_join(&threads[i]);
	assert_int_equal(q.sum, (long)ITEMS * (ITEMS + 1) / 2);
	cond_done(&q.changed);
	mtx_done(&q.lock);
}

static void waiting_ends_at_its_deadline(void **state)
{
	(void)state;
	struct mtx lock;
	struct cond never;
	int64_t start = clock_now_ms();

	mtx_init(&lock);
	cond_init(&never);
	mtx_lock(&lock);
	while (clock_now_ms() < start + 20)
		cond_wait_until(&never, &lock, start + 20);
	/* A deadline that has passed does not wait. */
	cond_wait_until(&never, &lock, 0);
	mtx_unlock(&lock);
	assert_true(clock_now_ms() >= start + 20);
	cond_done(&never);
	mtx_done(&lock);
}

static void deep(void *ctx)
{
	/* Half of the stack that is promised. */
	volatile char space[256 * 1024];

	for (size_t i = 0; i < sizeof(space); i += 4096)
		space[i] = 1;
	*(int *)ctx = space[4096];
}

static void stack_is_large_enough(void **state)
{
	(void)state;
	struct thread t;
	AUTO_ERR err = ERR_INIT;
	int done = 0;

	assert_true(thread_start(&t, "deep", deep, &done, &err));
	thread_join(&t);
	assert_int_equal(done, 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nothing_is_lost),
		cmocka_unit_test(waiting_ends_at_its_deadline),
		cmocka_unit_test(stack_is_large_enough),
	};

	return cmocka_run_group_tests_name("thread", tests, NULL, NULL);
}
