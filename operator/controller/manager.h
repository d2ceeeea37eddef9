/*
 * The operator as a whole: starts and stops its parts in order. Connection and
 * kinds first, then the watches, then the workers; stops the workers first,
 * each finishing the pass in hand, then the watches.
 */
#ifndef CONTROLLER_MANAGER_H
#define CONTROLLER_MANAGER_H

#include "controller/pass.h"
#include "kube/config.h"

/* All borrowed for the life of the manager. */
struct manager_options {
	const struct watches *watches;
	const struct kube_config *config;
	const struct namespaces *namespaces; /* to watch */
	const char *identity;                /* name of this process */
	unsigned workers; /* 0: nothing is done but watching */
	int64_t period_ms;
};

struct manager;

/**
 * Starts everything. An API server that does not answer is waited for by the
 * watches; it is no error.
 *
 * Errors: ERR_UNAVAILABLE when threads cannot be started.
 */
MUST_USE bool manager_start(const struct manager_options *options,
			    struct manager **out, struct err *err);

/** Whether every watch has been complete once. Any thread. */
bool manager_is_ready(struct manager *m);

/** Whether no worker is stuck in a pass. Any thread. */
bool manager_is_healthy(struct manager *m);

/** What passes share that are made outside of its workers. */
const struct pass_env *manager_env(const struct manager *m);
struct kube_client manager_client(const struct manager *m,
				  struct kube_conn *conn);

/** Stops everything, waiting for passes in hand, and frees. NULL is allowed. */
void manager_stop(struct manager *m);

#endif
