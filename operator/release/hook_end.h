/*
 * Whether the object of a hook has ended, read from the object itself. Pure.
 *
 * Jobs and Pods run to an end; any other kind has ended when it is there. As
 * Helm has it: pkg/kube/client.go, watchUntilReady.
 */
#ifndef RELEASE_HOOK_END_H
#define RELEASE_HOOK_END_H

#include "data/val.h"

enum hook_state { HOOK_STATE_RUNNING, HOOK_STATE_SUCCEEDED, HOOK_STATE_FAILED };

struct hook_end {
	enum hook_state state;
	char *message; /* owned; why it failed: "BackoffLimitExceeded: …"; "" */
	/* RFC 3339, borrowed from the object; "" when it does not say. */
	const char *started_at, *completed_at;
};

/** Whether an object of that apiVersion and kind runs to an end. */
bool hook_end_awaited(const char *api_version, const char *kind);

/** What a live object says. */
void hook_end_read(const struct val *live, struct hook_end *out);
void hook_end_done(struct hook_end *end);

#endif
