/*
 * The operator as a whole: starts and stops its parts in order. Connection and
 * kinds first, then the watches, the workers, and the lease that lets them work;
 * stops the workers first, each finishing the request in hand, then gives the
 * lease back, then stops the watches.
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
	struct shard shard; /* zero: all */
	/* Of the Lease of leader election; NULL: there is none. */
	const char *lease_ns, *lease_name;
	void (*lost)(void); /* the lease: it has to be stopped. Any thread */
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

/** Whether every watch has been complete once; false again once the lease is
 * lost. A candidate that waits for the lease is ready: a rollout goes on when it
 * is, and it is the old leader's end that makes it lead. Any thread. */
bool manager_is_ready(struct manager *m);

/** Whether no worker is stuck in a pass. Any thread. */
bool manager_is_healthy(struct manager *m);

/** What passes share that are made outside of its workers. */
const struct pass_env *manager_env(const struct manager *m);
struct kube_client manager_client(const struct manager *m,
				  struct kube_conn *conn);

/** Whether the lease of leader election was lost. */
bool manager_has_lost(const struct manager *m);

/**
 * Stops everything and frees: no key is taken any more and no request begins.
 * One that is under way ends within LIMIT_STOP_MS; then the lease is given
 * back. NULL is allowed.
 */
void manager_stop(struct manager *m);

#endif
