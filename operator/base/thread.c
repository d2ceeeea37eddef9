#include "base/thread.h"

#include "base/limits.h"

#include <assert.h>
#include <signal.h>
#include <time.h>

/* The pthread calls below fail only on misuse, which is ours. */
static void must(int rc)
{
	assert(rc == 0);
	(void)rc;
}

void mtx_init(struct mtx *m)
{
	must(pthread_mutex_init(&m->mutex, NULL));
}

void mtx_done(struct mtx *m)
{
	must(pthread_mutex_destroy(&m->mutex));
}

void mtx_lock(struct mtx *m) NO_LOCK_CHECK
{
	must(pthread_mutex_lock(&m->mutex));
}

void mtx_unlock(struct mtx *m) NO_LOCK_CHECK
{
	must(pthread_mutex_unlock(&m->mutex));
}

void cond_init(struct cond *c)
{
	pthread_condattr_t attr;

	must(pthread_condattr_init(&attr));
	must(pthread_condattr_setclock(&attr, CLOCK_MONOTONIC));
	must(pthread_cond_init(&c->cond, &attr));
	must(pthread_condattr_destroy(&attr));
}

void cond_done(struct cond *c)
{
	must(pthread_cond_destroy(&c->cond));
}

void cond_signal(struct cond *c)
{
	must(pthread_cond_signal(&c->cond));
}

void cond_broadcast(struct cond *c)
{
	must(pthread_cond_broadcast(&c->cond));
}

void cond_wait(struct cond *c, struct mtx *m)
{
	must(pthread_cond_wait(&c->cond, &m->mutex));
}

void cond_wait_until(struct cond *c, struct mtx *m, int64_t deadline_ms)
{
	struct timespec at = {
		.tv_sec = deadline_ms / 1000,
		.tv_nsec = deadline_ms % 1000 * 1000000,
	};

	/* ETIMEDOUT is no failure: the caller looks at its clock anyway. */
	(void)pthread_cond_timedwait(&c->cond, &m->mutex, &at);
}

static void *run(void *arg)
{
	struct thread *t = arg;

	t->fn(t->ctx);
	return NULL;
}

bool thread_start(struct thread *t, const char *name, thread_fn *fn, void *ctx,
		  struct err *err)
{
	pthread_attr_t attr;
	sigset_t all, old;

	t->fn = fn;
	t->ctx = ctx;
	must(pthread_attr_init(&attr));
	must(pthread_attr_setstacksize(&attr, LIMIT_STACK_BYTES));
	sigfillset(&all);
	must(pthread_sigmask(SIG_SETMASK, &all, &old));
	int rc = pthread_create(&t->id, &attr, run, t);
	must(pthread_sigmask(SIG_SETMASK, &old, NULL));
	must(pthread_attr_destroy(&attr));
	if (rc != 0)
		return err_sys(err, rc, "start thread %s", name);
	pthread_setname_np(t->id, name);
	return true;
}

void thread_join(struct thread *t)
{
	must(pthread_join(t->id, NULL));
}
