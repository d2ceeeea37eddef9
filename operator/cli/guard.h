/*
 * Who may see the metrics, decided by the API server: a TokenReview says who
 * a token belongs to, and a SubjectAccessReview whether they may get
 * /metrics. That is --metrics-require-rbac of helm-operator
 * (controller-runtime's pkg/metrics/filters).
 */
#ifndef CLI_GUARD_H
#define CLI_GUARD_H

#include "kube/config.h"
#include "serve/server.h"

struct guard;

/** The configuration is borrowed. */
MUST_USE struct guard *guard_new(const struct kube_config *config);
/** NULL is allowed. The server must have been stopped before. */
void guard_free(struct guard *g);
DEFINE_AUTO(struct guard *, guard_free)

/** As a server is given it. */
struct serve_guard guard_for_server(struct guard *g);

#endif
