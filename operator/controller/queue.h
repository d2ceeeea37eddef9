/*
 * Work queue of keys.
 *
 * A key is in at most one worker's hands at a time, and a key added while a
 * worker has it is handed out once more afterwards, however many times it was
 * added. A key may also be added for later: the earliest time wins. Keys that
 * are ready take turns by entry and namespace (controller/turns.h). Every
 * function may be called from any thread.
 */
#ifndef CONTROLLER_QUEUE_H
#define CONTROLLER_QUEUE_H

#include "base/attr.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct queue;

/**
 * What it is told decides whose turn it is, see controller/turns.h.
 *
 * @param most     workers an entry of watches.yaml may have, 0 for all; copied
 * @param entries  how many there are; 0: keys are any texts
 * @param workers  that will call queue_get(); 0: nobody knows
 */
MUST_USE struct queue *queue_new(const unsigned *most, size_t entries,
				 unsigned workers);
/** Frees the queue. No other thread may still be using it. NULL is allowed. */
void queue_free(struct queue *q);
DEFINE_AUTO(struct queue *, queue_free)

/** Marks a key as needing work now. Copies it. Ignored once stopped. */
void queue_add(struct queue *q, const char *key);

/** The same at a time of clock_now_ms(), unless it is due earlier. */
void queue_add_at(struct queue *q, const char *key, int64_t at_ms);

/**
 * Waits for a key. It stays owned by the queue and valid until queue_done().
 * Returns NULL once the queue has been stopped.
 */
const char *queue_get(struct queue *q);

/** Gives back a key that queue_get() returned. The pointer is then dead. */
void queue_done(struct queue *q, const char *key);

/**
 * Counts one more failure of a key that a worker has, and returns how many
 * there were in a row.
 */
unsigned queue_fail(struct queue *q, const char *key);

/** Failures in a row of a key that a worker has. */
unsigned queue_failures(struct queue *q, const char *key);

/** Forgets the failures of a key that a worker has. */
void queue_forgive(struct queue *q, const char *key);

/** Keeps keys back: queue_get() waits until queue_let_go() or queue_stop(). */
void queue_hold(struct queue *q);
void queue_let_go(struct queue *q);

/** Makes every present and future queue_get() return NULL. */
void queue_stop(struct queue *q);

/**
 * How long to wait after so many failures in a row: 5 ms doubling to 5 min,
 * less up to a fifth of it by jitter (0 … UINT32_MAX). Pure.
 */
int64_t queue_backoff_ms(unsigned failures, uint32_t jitter);

#endif
