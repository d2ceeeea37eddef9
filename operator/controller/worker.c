#include "controller/worker.h"

#include "base/clock.h"
#include "base/log.h"
#include "base/metric.h"
#include "controller/key.h"
#include "controller/reconcile.h"

#include <stdlib.h>

/* Jitter need not be unpredictable, only different from key to key. */
static uint32_t jitter_of(const char *key, int64_t now_ms)
{
	uint64_t x = str_hash(str_of(key)) ^ (uint64_t)now_ms;

	x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9u;
	return (uint32_t)(x >> 32);
}

/* Periods differ by up to a tenth, so that keys do not come in herds. */
static int64_t spread(int64_t period_ms, uint32_t jitter)
{
	return period_ms - period_ms / 10 +
	       period_ms / 5 * (jitter >> 16) / UINT16_MAX;
}

/* An event continues a pass that waits; should it be lost, this does. */
static const int64_t waiting_ms = 10000;

static void after_success(struct queue *q, const char *key,
			  const struct outcome *out, int64_t now_ms)
{
	uint32_t jitter = jitter_of(key, now_ms);

	queue_forgive(q, key);
	if (out->rerun) {
		metric_add(key_entry(key), METRIC_RECONCILE_REQUEUE, 1);
		queue_add(q, key);
		return;
	}
	metric_add(key_entry(key), METRIC_RECONCILE_SUCCESS, 1);
	metric_set(key_entry(key), METRIC_LAST_SUCCESS,
		   clock_wall_ns() / 1000000000);
	if (out->gone)
		return;
	int64_t period_ms = out->waiting ? waiting_ms : out->period_ms;
	if (out->waiting && out->wait_ms && out->wait_ms < waiting_ms)
		queue_add_at(q, key, now_ms + out->wait_ms);
	else if (period_ms > 0)
		queue_add_at(q, key, now_ms + spread(period_ms, jitter));
}

static void after_failure(struct queue *q, const char *key,
			  const struct outcome *out, const struct err *err,
			  int64_t now_ms)
{
	unsigned failures = queue_fail(q, key);
	int64_t wait_ms = queue_backoff_ms(failures, jitter_of(key, now_ms));

	metric_add(key_entry(key), METRIC_RECONCILE_ERROR, 1);
	metric_add(key_entry(key), METRIC_RECONCILE_ERRORS, 1);
	metric_add(key_entry(key), METRIC_WORKQUEUE_RETRIES, 1);
	if (err->retry_after_ms > wait_ms)
		wait_ms = err->retry_after_ms;
	switch (err_kind_retry(err->kind)) {
	case RETRY_NEVER:
		return;
	case RETRY_ON_CHANGE:
		metric_add(key_entry(key), METRIC_RECONCILE_TERMINAL, 1);
		/* What others must mend is not known to have changed. */
		wait_ms = out->period_ms > 0 ? out->period_ms
					     : (int64_t)PASS_RETRY_S * 1000;
		queue_add_at(q, key, now_ms + wait_ms);
		return;
	case RETRY_NOW:
	case RETRY_RELIST:
		queue_add_at(q, key, failures == 1 ? now_ms : now_ms + wait_ms);
		return;
	case RETRY_BACKOFF:
		queue_add_at(q, key, now_ms + wait_ms);
		return;
	}
}

static void tell(const char *key, const struct outcome *out, int64_t took_ms)
{
	/* A pass that did nothing is nothing to read about. */
	if (out->steps == 0) {
		log_debug("nothing to do", S("key", key),
			  N("duration_ms", took_ms));
		return;
	}
	log_info("reconciled", S("key", key_object(key)),
		 S("action", plan_action_text(out->action)),
		 N("revision", out->revision), N("steps", out->steps),
		 S("state", out->waiting ? "waiting" : "done"),
		 N("duration_ms", took_ms));
}

/* A failure is told first, and then each time its count doubles. */
static bool is_told(unsigned failures)
{
	return (failures & (failures - 1)) == 0;
}

static void serve_key(struct worker *w, const struct kube_client *client,
		      const char *key)
{
	struct queue *q = w->env->queue;
	AUTO_ERR err = ERR_INIT;
	struct outcome out;
	int64_t began_ms = clock_now_ms();
	unsigned failures = queue_failures(q, key);

	atomic_store(&w->busy_since_ms, began_ms);
	if (reconcile(w->env, client, key, failures, &out, &err)) {
		tell(key, &out, clock_now_ms() - began_ms);
		after_success(q, key, &out, clock_now_ms());
	} else if (err.kind == ERR_CANCELLED) {
		/* Whoever comes next goes on from what it finds. */
		log_info("pass broken off", S("key", key_object(key)),
			 S("reason", err.msg));
	} else {
		if (is_told(failures + 1))
			log_error("reconcile failed", S("key", key_object(key)),
				  S("error", err.msg),
				  S("kind", err_kind_text(err.kind)),
				  N("failures", failures + 1));
		after_failure(q, key, &out, &err, clock_now_ms());
	}
	atomic_store(&w->busy_since_ms, 0);
}

/* What metrics tell of the time that a worker has a key. */
static void serve_counted(struct worker *w, const struct kube_client *client,
			  const char *key)
{
	size_t entry = key_entry(key);
	int64_t began_ms = clock_now_ms();

	metric_add(entry, METRIC_RECONCILE_WORKERS, 1);
	serve_key(w, client, key);
	int64_t took_us = (clock_now_ms() - began_ms) * 1000;
	metric_observe(entry, METRIC_TIME_RECONCILE, took_us);
	metric_observe(entry, METRIC_TIME_WORK, took_us);
	metric_add(entry, METRIC_RECONCILE_WORKERS, -1);
}

static void run(void *ctx)
{
	struct worker *w = ctx;
	AUTO(kube_conn_free) struct kube_conn *conn = kube_conn_new(w->config);
	struct kube_client client = kube_client_of(conn, w->kinds);

	kube_conn_set_fence(conn, w->fence);
	for (const char *key; (key = queue_get(w->env->queue));) {
		serve_counted(w, &client, key);
		queue_done(w->env->queue, key);
	}
}

bool worker_start(struct worker *w, struct err *err)
{
	return thread_start(&w->thread, "worker", run, w, err);
}

void worker_join(struct worker *w)
{
	thread_join(&w->thread);
}
