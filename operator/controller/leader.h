/*
 * Leader election by a Lease: a thread with a connection of its own, which
 * does what controller/election.h says, and opens the fence for as long as
 * that allows (kube/fence.h tells why no write comes too late).
 *
 * A lease that is lost is lost for good: the process has to end, and starts
 * anew as a candidate.
 */
#ifndef CONTROLLER_LEADER_H
#define CONTROLLER_LEADER_H

#include "kube/config.h"
#include "kube/fence.h"
#include "kube/kinds.h"

/* All borrowed for the life of the leader. */
struct leader_options {
	const struct kube_config *config;
	struct kube_kinds *kinds;
	struct kube_fence *fence; /* of those who write; closed until we lead */
	const char *ns, *name;    /* of the Lease */
	const char *host;         /* of this process; made unique by more */
	void (*won)(void *ctx);   /* writes may begin */
	void (*lost)(void *ctx);  /* once; the fence is closed */
	void *ctx;
};

struct leader;

/**
 * Starts to ask for the lease. Callbacks come on its thread.
 *
 * Errors: ERR_UNAVAILABLE when the system gives no thread, ERR_INTERNAL
 *         without randomness.
 */
MUST_USE bool leader_start(const struct leader_options *options,
			   struct leader **out, struct err *err);

/** Whether the lease was ours and is no longer. Any thread. */
bool leader_has_lost(const struct leader *l);

/**
 * Ends the thread and gives the lease back: nobody may still write. Takes two
 * seconds at most, then the others have to wait. NULL is allowed.
 */
void leader_stop(struct leader *l);

#endif
