/*
 * What charts may ask about the cluster: its version, asked for once, by the
 * first pass that needs it. Nothing is rendered before it is known, since a
 * chart might print something else afterwards.
 */
#ifndef CONTROLLER_CLUSTER_H
#define CONTROLLER_CLUSTER_H

#include "base/thread.h"
#include "kube/client.h"

struct cluster {
	struct mtx lock;    /* guards the following */
	char *kube_version; /* NULL until it is known; then never changed */
};

void cluster_init(struct cluster *c);
void cluster_done(struct cluster *c);

/**
 * The server's version ("v1.36.1"), borrowed from c. Any thread; at most one
 * request a caller until it is known.
 *
 * Errors: those of a GET; ERR_INVALID when the answer is none.
 */
MUST_USE bool cluster_version(struct cluster *c,
			      const struct kube_client *client,
			      const char **out, struct err *err);

#endif
