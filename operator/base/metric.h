/*
 * Counters, gauges and histograms: atomics declared in tables, at zero from
 * the start, so that a rate is defined before the first event. Names are those
 * of controller-runtime where it has one, and of helm-operator. Any thread.
 *
 * There is a series for each controller, which is an entry of watches.yaml,
 * and none for a resource: so memory does not grow with those.
 */
#ifndef BASE_METRIC_H
#define BASE_METRIC_H

#include "base/buf.h"

#include <stdint.h>

/* Of each controller: constant, name, more labels, type, help; rows of one
 * name stand together. */
#define METRICS(X)                                                             \
	X(RECONCILE_SUCCESS, "controller_runtime_reconcile_total",             \
	  "result=\"success\"", "counter", "Reconciliations by result")        \
	X(RECONCILE_ERROR, "controller_runtime_reconcile_total",               \
	  "result=\"error\"", "counter", "")                                   \
	X(RECONCILE_REQUEUE, "controller_runtime_reconcile_total",             \
	  "result=\"requeue\"", "counter", "")                                 \
	X(RECONCILE_REQUEUE_AFTER, "controller_runtime_reconcile_total",       \
	  "result=\"requeue_after\"", "counter", "")                           \
	X(RECONCILE_ERRORS, "controller_runtime_reconcile_errors_total", "",   \
	  "counter", "Reconciliations that failed")                            \
	X(RECONCILE_TERMINAL,                                                  \
	  "controller_runtime_terminal_reconcile_errors_total", "", "counter", \
	  "Reconciliations that failed and that only a change "                \
	  "can mend")                                                          \
	X(RECONCILE_WORKERS, "controller_runtime_active_workers", "", "gauge", \
	  "Workers that have a key")                                           \
	X(RECONCILE_MOST, "controller_runtime_max_concurrent_reconciles", "",  \
	  "gauge", "Workers that may have a key")                              \
	X(WORKQUEUE_DEPTH, "workqueue_depth", "", "gauge",                     \
	  "Keys waiting for a worker")                                         \
	X(WORKQUEUE_ADDS, "workqueue_adds_total", "", "counter",               \
	  "Keys handed to the queue")                                          \
	X(WORKQUEUE_RETRIES, "workqueue_retries_total", "", "counter",         \
	  "Keys that came back after a failure")                               \
	X(DRIFT, "devmachine_release_drift_total", "", "counter",              \
	  "Objects that were found to have drifted")                           \
	X(LAST_SUCCESS, "devmachine_release_last_success_timestamp_seconds",   \
	  "", "gauge", "When a reconciliation last went well, 0: never")

enum metric {
#define X(constant, name, labels, type, help) METRIC_##constant,
	METRICS(X)
#undef X
		METRIC_COUNT
};

/* Durations of each controller: constant, name, help. */
#define METRIC_TIMES(X)                                           \
	X(RECONCILE, "controller_runtime_reconcile_time_seconds", \
	  "How long a reconciliation takes")                      \
	X(WAIT, "workqueue_queue_duration_seconds",               \
	  "How long a key waits for a worker")                    \
	X(WORK, "workqueue_work_duration_seconds",                \
	  "How long a worker has a key")

enum metric_time {
#define X(constant, name, help) METRIC_TIME_##constant,
	METRIC_TIMES(X)
#undef X
		METRIC_TIME_COUNT
};

struct metric_controller {
	const char *name; /* "devmachine-controller", as helm-operator has it */
	const char *chart; /* its name and version */
	const char *version;
};

/**
 * Says which controllers there are, by their numbers; before, there is one
 * without a name. What one of the same name has counted stays. Only while
 * nothing is counted of any. Copies all.
 */
void metric_setup(const struct metric_controller *controllers, size_t count);

/** Both are borrowed for good; before the first metric_write(). */
void metric_setup_build(const char *version, const char *commit);

/* A controller that there is not counts as the first. */
void metric_add(size_t controller, enum metric m, int64_t n);
void metric_set(size_t controller, enum metric m, int64_t n);
int64_t metric_get(size_t controller, enum metric m);
void metric_observe(size_t controller, enum metric_time t, int64_t us);

/**
 * Counts a request to the API server:
 * rest_client_requests_total{code="200",method="GET"}.
 *
 * @param method  any but the usual five counts as "OTHER"
 * @param code    0: no answer, printed as "<error>"
 * @param us      how long it took; -1: a watch, whose time says nothing
 */
void metric_request(const char *method, int code, int64_t us);
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
