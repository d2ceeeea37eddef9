/* A thread that takes keys from the queue and makes passes over them. */
#ifndef CONTROLLER_WORKER_H
#define CONTROLLER_WORKER_H

#include "base/thread.h"
#include "controller/pass.h"
#include "kube/config.h"

#include <stdatomic.h>

struct worker {
	struct thread thread;
	const struct pass_env *env;
	const struct kube_config *config;
	struct kube_kinds *kinds;
	const struct kube_fence *fence; /* of all its requests */
	atomic_llong busy_since_ms;     /* clock_now_ms(); 0: waits for a key */
};

/**
 * Starts a worker; its pointers are borrowed until it was joined, which
 * queue_stop() makes possible.
 */
MUST_USE bool worker_start(struct worker *w, struct err *err);
void worker_join(struct worker *w);

#endif
