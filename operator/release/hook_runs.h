/*
 * How the hooks of a revision went. It stands in an annotation of the
 * revision's record (NAME_HOOKS), since their objects need not stay; there it
 * is read without the record's body, and written in one small patch. Pure.
 *
 * It is JSON, here called runs:
 *   {"pre-install": {"batch/Job/ns/a": {"phase": "Failed",
 *       "started_at": "2026-…Z", "completed_at": "2026-…Z",
 *       "message": "…"}}}
 * Besides events it holds what is named below.
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

/** Whether a hook has failed at one of these events, 1 << enum hook_event; the
 * first of them. */
bool hook_runs_failed(const struct val *runs, unsigned events,
		      struct hook_run *out);

/* How often the hooks of the event were run before, and given up. */
#define HOOK_RUNS_TRIES "tries"
/* metadata.generation of the custom resource when they ran. */
#define HOOK_RUNS_GENERATION "generation"
/* enum plan_back of release/plan.h. */
#define HOOK_RUNS_BACK "back"

/* Text: the digest of the hooks as they were rendered. */
#define HOOK_RUNS_DIGEST "digest"

/** One of these numbers; 0 when it is not there. */
int64_t hook_runs_number(const struct val *runs, const char *key);

/** The same runs with another number. The caller drops it. */
MUST_USE struct val *hook_runs_with_number(const struct val *runs,
					   const char *key, int64_t n);

/** The runs with which the hooks of an event begin once more. The caller
 * drops it. */
MUST_USE struct val *hook_runs_again(const struct val *runs,
				     enum hook_event event);

/** What stands for the uid of the record in struct hook_input: another one for
 * each try. The caller frees it. */
MUST_USE char *hook_runs_uid(const struct val *runs, const char *record_uid);

/** The merge patch that writes runs to the Secret of a record. The caller
 * drops it. */
MUST_USE struct val *hook_runs_patch(const struct val *runs);

#endif
