/*
 * An item exists for every key that is waiting, in a worker's hands, due
 * later, or has failed. Items due later stand in a binary heap by time; a
 * worker that finds nothing ready sleeps until the first of them.
 */
#include "controller/queue.h"

#include "base/clock.h"
#include "base/map.h"
#include "base/metric.h"
#include "base/thread.h"
#include "base/vec.h"
#include "controller/key.h"
#include "controller/turns.h"

enum item_state { IDLE, READY, RUNNING, RUNNING_DIRTY };

struct item {
	struct turn turn; /* first, so that it leads back to the item */
	int64_t due_ms;   /* when it stands in the heap */
	int64_t ready_ms; /* when it became ready */
	size_t heap_at;   /* 1 + place in the heap; 0: not there */
	unsigned failures;
	enum item_state state;
	char key[];
};

struct queue {
	struct mtx lock; /* guards everything below */
	struct cond ready;
	struct map items;
	struct turns *turns; /* of READY items and those in hands */
	size_t depth;        /* READY ones */
	VEC(struct item *) heap;
	bool held, stopped;
};

struct queue *queue_new(const unsigned *most, size_t entries, unsigned workers)
{
	struct queue *q = NEW(struct queue);

	mtx_init(&q->lock);
	cond_init(&q->ready);
	q->items = MAP_INIT_BORROWING;
	q->turns = turns_new(most, entries, workers);
	return q;
}

void queue_free(struct queue *q)
{
	size_t at = 0;

	if (!q)
		return;
	for (const struct map_slot *s; (s = map_next(&q->items, &at));) {
		struct item *it = s->value;

		/* Whoever comes next counts its own. */
		if (it->state == READY)
			metric_add(key_entry(it->key), METRIC_WORKQUEUE_DEPTH,
				   -1);
		free(it);
	}
	map_done(&q->items);
	turns_free(q->turns);
	VEC_DONE(&q->heap);
	cond_done(&q->ready);
	mtx_done(&q->lock);
	free(q);
}

static void heap_put(struct queue *q, size_t at, struct item *it)
{
	q->heap.items[at] = it;
	it->heap_at = at + 1;
}

static void heap_up(struct queue *q, size_t at)
{
	struct item *it = q->heap.items[at];

	for (size_t up; at > 0; at = up) {
		up = (at - 1) / 2;
		if (q->heap.items[up]->due_ms <= it->due_ms)
			break;
		heap_put(q, at, q->heap.items[up]);
	}
	heap_put(q, at, it);
}

static void heap_down(struct queue *q, size_t at)
{
	struct item *it = q->heap.items[at];

	for (size_t down; (down = 2 * at + 1) < q->heap.count; at = down) {
		struct item *const *h = q->heap.items;

		if (down + 1 < q->heap.count &&
		    h[down + 1]->due_ms < h[down]->due_ms)
			down++;
		if (it->due_ms <= h[down]->due_ms)
			break;
		heap_put(q, at, h[down]);
	}
	heap_put(q, at, it);
}

static void heap_remove(struct queue *q, struct item *it)
{
	if (!it->heap_at)
		return;
	size_t at = it->heap_at - 1;
	struct item *last = q->heap.items[--q->heap.count];
	it->heap_at = 0;
	if (last == it)
		return;
	heap_put(q, at, last);
	heap_up(q, at);
	heap_down(q, last->heap_at - 1);
}

static struct item *item_of(struct queue *q, const char *key)
{
	struct item *it = map_get(&q->items, str_of(key));

	if (!it) {
		size_t n = strlen(key) + 1;

		it = alloc_zero(sizeof(*it) + n);
		memcpy(it->key, key, n);
		it->turn.key = it->key;
		map_set(&q->items, str_of(it->key), it);
	}
	return it;
}

static void push_locked(struct queue *q, struct item *it) NEEDS(q->lock)
{
	heap_remove(q, it);
	it->state = READY;
	it->turn.failed = it->failures > 0;
	turns_add(q->turns, &it->turn);
	q->depth++;
	it->ready_ms = clock_now_ms();
	metric_add(key_entry(it->key), METRIC_WORKQUEUE_ADDS, 1);
	metric_add(key_entry(it->key), METRIC_WORKQUEUE_DEPTH, 1);
	cond_signal(&q->ready);
}

static void add_locked(struct queue *q, const char *key) NEEDS(q->lock)
{
	struct item *it = item_of(q, key);

	if (it->state == IDLE)
		push_locked(q, it);
	else if (it->state == RUNNING)
		it->state = RUNNING_DIRTY;
}

void queue_add(struct queue *q, const char *key)
{
	mtx_lock(&q->lock);
	if (!q->stopped)
		add_locked(q, key);
	mtx_unlock(&q->lock);
}

static void add_at_locked(struct queue *q, const char *key, int64_t at_ms)
	NEEDS(q->lock)
{
	struct item *it = item_of(q, key);

	if (it->state == READY || (it->heap_at && it->due_ms <= at_ms))
		return;
	heap_remove(q, it);
	it->due_ms = at_ms;
	*VEC_ADD(&q->heap) = it;
	heap_up(q, q->heap.count - 1);
	/* A sleeper may have to wake earlier than it thought. */
	cond_signal(&q->ready);
}

void queue_add_at(struct queue *q, const char *key, int64_t at_ms)
{
	mtx_lock(&q->lock);
	if (!q->stopped)
		add_at_locked(q, key, at_ms);
	mtx_unlock(&q->lock);
}

/* Moves what is due to the ready ones. */
static void ripen_locked(struct queue *q, int64_t now_ms) NEEDS(q->lock)
{
	while (q->heap.count && q->heap.items[0]->due_ms <= now_ms) {
		struct item *it = q->heap.items[0];

		heap_remove(q, it);
		if (it->state == IDLE)
			push_locked(q, it);
		else if (it->state == RUNNING)
			it->state = RUNNING_DIRTY;
	}
}

/* Waits until somebody may go; NULL once stopped. */
static struct item *next_locked(struct queue *q) NEEDS(q->lock)
{
	for (;;) {
		ripen_locked(q, clock_now_ms());
		if (q->stopped)
			return NULL;
		struct turn *turn = q->held ? NULL : turns_take(q->turns);
		if (turn)
			return (struct item *)turn;
		if (q->heap.count)
			cond_wait_until(&q->ready, &q->lock,
					q->heap.items[0]->due_ms);
		else
			cond_wait(&q->ready, &q->lock);
	}
}

const char *queue_get(struct queue *q)
{
	mtx_lock(&q->lock);
	struct item *it = next_locked(q);
	if (it) {
		q->depth--;
		metric_add(key_entry(it->key), METRIC_WORKQUEUE_DEPTH, -1);
		metric_observe(key_entry(it->key), METRIC_TIME_WAIT,
			       (clock_now_ms() - it->ready_ms) * 1000);
		it->state = RUNNING;
		/* Another sleeper looks after what is due later. */
		if (q->depth || q->heap.count)
			cond_signal(&q->ready);
	}
	mtx_unlock(&q->lock);
	return it ? it->key : NULL;
}

void queue_done(struct queue *q, const char *key)
{
	mtx_lock(&q->lock);
	struct item *it = map_get(&q->items, str_of(key));
	turns_done(q->turns, &it->turn);
	/* Whoever waits may have waited for this to end. */
	if (q->depth)
		cond_signal(&q->ready);
	if (it->state == RUNNING_DIRTY && !q->stopped) {
		push_locked(q, it);
	} else {
		it->state = IDLE;
		if (!it->heap_at && !it->failures) {
			map_remove(&q->items, str_of(key));
			free(it);
		}
	}
	mtx_unlock(&q->lock);
}

unsigned queue_fail(struct queue *q, const char *key)
{
	mtx_lock(&q->lock);
	struct item *it = map_get(&q->items, str_of(key));
	unsigned n = ++it->failures;
	mtx_unlock(&q->lock);
	return n;
}

unsigned queue_failures(struct queue *q, const char *key)
{
	mtx_lock(&q->lock);
	const struct item *it = map_get(&q->items, str_of(key));
	unsigned n = it->failures;
	mtx_unlock(&q->lock);
	return n;
}

void queue_forgive(struct queue *q, const char *key)
{
	mtx_lock(&q->lock);
	struct item *it = map_get(&q->items, str_of(key));
	it->failures = 0;
	mtx_unlock(&q->lock);
}

void queue_hold(struct queue *q)
{
	mtx_lock(&q->lock);
	q->held = true;
	mtx_unlock(&q->lock);
}

void queue_let_go(struct queue *q)
{
	mtx_lock(&q->lock);
	q->held = false;
	cond_broadcast(&q->ready);
	mtx_unlock(&q->lock);
}

void queue_stop(struct queue *q)
{
	mtx_lock(&q->lock);
	q->stopped = true;
	cond_broadcast(&q->ready);
	mtx_unlock(&q->lock);
}

int64_t queue_backoff_ms(unsigned failures, uint32_t jitter)
{
	const int64_t first_ms = 5, longest_ms = 300000;
	int64_t ms = first_ms;

	for (unsigned i = 1; i < failures && ms < longest_ms; i++)
		ms *= 2;
	if (ms > longest_ms)
		ms = longest_ms;
	return ms - (int64_t)((uint64_t)(ms / 5) * jitter / UINT32_MAX);
}
