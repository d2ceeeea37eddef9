/*
 * Threads, locks and conditions. A thread holds at most one lock at any time;
 * nothing is called, logged or waited for under a lock but its condition.
 */
#ifndef BASE_THREAD_H
#define BASE_THREAD_H

#include "base/attr.h"
#include "base/err.h"

#include <pthread.h>

struct LOCK_TYPE mtx {
	pthread_mutex_t mutex;
};

void mtx_init(struct mtx *m);
void mtx_done(struct mtx *m);
void mtx_lock(struct mtx *m) ACQUIRES(*m);
void mtx_unlock(struct mtx *m) RELEASES(*m);

/** A condition of one lock, timed by the monotonic clock. */
struct cond {
	pthread_cond_t cond;
};

void cond_init(struct cond *c);
void cond_done(struct cond *c);
void cond_signal(struct cond *c);
void cond_broadcast(struct cond *c);
void cond_wait(struct cond *c, struct mtx *m) NEEDS(*m);

/** Waits until signalled or until clock_now_ms() reaches deadline_ms. */
void cond_wait_until(struct cond *c, struct mtx *m, int64_t deadline_ms)
	NEEDS(*m);

typedef void thread_fn(void *ctx);

struct thread {
	pthread_t id;
	thread_fn *fn;
	void *ctx;
};

/**
 * Runs fn(ctx) on a new thread with a stack of LIMIT_STACK_BYTES and all
 * signals blocked (main waits for them). Its creator joins it; t must stay
 * where it is until then.
 *
 * @param name  at most 15 characters, for ps and gdb
 * Errors: ERR_UNAVAILABLE when the system gives no thread.
 */
MUST_USE bool thread_start(struct thread *t, const char *name, thread_fn *fn,
			   void *ctx, struct err *err);
void thread_join(struct thread *t);

#endif
