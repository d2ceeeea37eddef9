/*
 * Counters and gauges: atomics declared in one table, at zero from the start,
 * so that a rate is defined before the first event. Names are those of
 * controller-runtime where it has one. Any thread.
 */
#ifndef BASE_METRIC_H
#define BASE_METRIC_H

#include "base/buf.h"

#include <stdint.h>

/* constant, name, labels, type, help; rows of one name stand together */
#define METRICS(X)                                                           \
	X(RECONCILE_SUCCESS, "controller_runtime_reconcile_total",           \
	  "result=\"success\"", "counter", "Reconciliations by result")      \
	X(RECONCILE_ERROR, "controller_runtime_reconcile_total",             \
	  "result=\"error\"", "counter", "")                                 \
	X(RECONCILE_REQUEUE, "controller_runtime_reconcile_total",           \
	  "result=\"requeue\"", "counter", "")                               \
	X(RECONCILE_REQUEUE_AFTER, "controller_runtime_reconcile_total",     \
	  "result=\"requeue_after\"", "counter", "")                         \
	X(RECONCILE_ERRORS, "controller_runtime_reconcile_errors_total", "", \
	  "counter", "Reconciliations that failed")                          \
	X(WORKQUEUE_DEPTH, "workqueue_depth", "", "gauge",                   \
	  "Keys waiting for a worker")                                       \
	X(WORKQUEUE_ADDS, "workqueue_adds_total", "", "counter",             \
	  "Keys handed to the queue")                                        \
	X(WORKQUEUE_RETRIES, "workqueue_retries_total", "", "counter",       \
	  "Keys that came back after a failure")

enum metric {
#define X(constant, name, labels, type, help) METRIC_##constant,
	METRICS(X)
#undef X
		METRIC_COUNT
};

void metric_add(enum metric m, int64_t n);
void metric_set(enum metric m, int64_t n);
int64_t metric_get(enum metric m);

/**
 * Counts a request to the API server:
 * rest_client_requests_total{code="200",method="GET"}.
 *
 * @param method  any but the usual five counts as "OTHER"
 * @param code    0: no answer, printed as "<error>"
 */
void metric_request(const char *method, int code);
int64_t metric_requests(const char *method, int code);

/**
 * leader_election_master_status{name="…"}: 1 for who leads, 0 for who waits;
 * not shown before the first call.
 *
 * @param name  borrowed for good: of the Lease
 */
void metric_set_leader(const char *name, bool leads);

/** Appends everything in the Prometheus text format, and what the system
 * says now about memory and CPU time of the process. */
void metric_write(struct buf *out);

#endif
