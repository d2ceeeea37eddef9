/*
 * How the hooks of a revision went. It stands in an annotation of the
 * revision's record (NAME_HOOKS), since their objects need not stay; there it
 * is read without the record's body, and written in one small patch. Pure.
 *
 * It is JSON, here called runs:
 *   {"pre-install": {"batch/Job/ns/a": {"phase": "Failed",
 *       "started_at": "2026-…Z", "completed_at": "2026-…Z",
 *       "message": "…"}}}
 */
#ifndef RELEASE_HOOK_RUNS_H
#define RELEASE_HOOK_RUNS_H

#include "chart/hook.h"
#include "data/val.h"

/* phase, its text (Helm pkg/release/hook.go); empty: it was not started */
#define HOOK_PHASES(X)            \
	X(NONE, "")               \
	X(RUNNING, "Running")     \
	X(SUCCEEDED, "Succeeded") \
	X(FAILED, "Failed")

enum hook_phase {
#define X(name, text) HOOK_PHASE_##name,
	HOOK_PHASES(X)
#undef X
};

/* One run of a hook. The texts are borrowed; "" for what is not known. */
struct hook_run {
	enum hook_phase phase;
	const char *started_at, *completed_at; /* RFC 3339 */
	const char *message; /* why it failed; behind the hook's name */
};

const char *hook_phase_text(enum hook_phase phase);

/** Reads the annotation; what cannot be read did not happen. The caller drops
 * the map that it returns. */
MUST_USE struct val *hook_runs_read(const char *text);

/** The run of a hook at an event, by its id. */
void hook_runs_find(const struct val *runs, enum hook_event event,
		    const char *id, struct hook_run *out);

/** The same runs, but for one. The caller drops it. */
MUST_USE struct val *hook_runs_with(const struct val *runs,
				    enum hook_event event, const char *id,
				    const struct hook_run *run);

/** The merge patch that writes runs to the Secret of a record. The caller
 * drops it. */
MUST_USE struct val *hook_runs_patch(const struct val *runs);

#endif
