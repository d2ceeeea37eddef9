/*
 * Whether what a release runs is up, and if not, why: in words to act on.
 * Pure. Knows Kubernetes' own kinds, no chart. Logs of pods are never read.
 */
#ifndef CONTROLLER_HEALTH_H
#define CONTROLLER_HEALTH_H

#include "data/val.h"

/* phase, its text in status */
#define HEALTH_PHASES(X)                \
	X(PENDING, "Pending")           \
	X(PROVISIONING, "Provisioning") \
	X(RUNNING, "Running")           \
	X(STOPPING, "Stopping")         \
	X(STOPPED, "Stopped")           \
	X(FAILED, "Failed")             \
	X(TERMINATING, "Terminating")

enum health_phase {
#define X(name, text) HEALTH_##name,
	HEALTH_PHASES(X)
#undef X
};

const char *health_phase_text(enum health_phase phase);

/** What of a live object matters below; NULL for kinds that have no health.
 * The caller drops it. */
MUST_USE struct val *health_of_object(const char *kind,
				      const struct val *object);

struct health {
	enum health_phase phase;
	char *reason;     /* owned, UpperCamelCase */
	char *message;    /* owned, a sentence */
	char *pod;        /* owned, name of the pod to show, "" when none */
	char *started_at; /* owned, when that pod's container started, or "" */
	struct val *live; /* map: kind → list of {name, ready} */
	struct val *pods; /* list of {name, phase, ready} */
};

/**
 * The health of a release from the summaries (summary.h) of its live objects.
 *
 * @param stopped  its workloads are wanted at size zero
 */
void health_of_release(const struct val *summaries, bool stopped,
		       struct health *out);
void health_done(struct health *h);

/** {phase reason message ready podName startedAt pods}: what a chart's
 * status.yaml sees as Health. The caller drops it. */
MUST_USE struct val *health_value(const struct health *h);

#endif
