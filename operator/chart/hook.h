/*
 * What the annotations of a hook say: an object that is no part of a release,
 * but is run at events of it. Pure.
 *
 *   helm.sh/hook                    events, with commas; "test-success" is
 *                                   "test". An event that there is not makes
 *                                   Helm leave the object out
 *   helm.sh/hook-weight             an integer, lower ones run first; 0 for
 *                                   what is none
 *   helm.sh/hook-delete-policy      when the object is deleted; without it
 *                                   before-hook-creation
 *   helm.sh/hook-output-log-policy  when Helm prints its log
 *
 * Sources: Helm pkg/releaseutil/manifest_sorter.go, pkg/release/hook.go and,
 * for the policy that is meant without one, pkg/action/hooks.go.
 */
#ifndef CHART_HOOK_H
#define CHART_HOOK_H

#include "base/str.h"
#include "data/val.h"

#include <stdint.h>

#define HOOK_ANNOTATION "helm.sh/hook"
#define HOOK_ANNOTATION_WEIGHT "helm.sh/hook-weight"
#define HOOK_ANNOTATION_DELETE "helm.sh/hook-delete-policy"
#define HOOK_ANNOTATION_LOG "helm.sh/hook-output-log-policy"

/* event, its text in annotations and records */
#define HOOK_EVENTS(X)                    \
	X(PRE_INSTALL, "pre-install")     \
	X(POST_INSTALL, "post-install")   \
	X(PRE_UPGRADE, "pre-upgrade")     \
	X(POST_UPGRADE, "post-upgrade")   \
	X(PRE_DELETE, "pre-delete")       \
	X(POST_DELETE, "post-delete")     \
	X(PRE_ROLLBACK, "pre-rollback")   \
	X(POST_ROLLBACK, "post-rollback") \
	X(TEST, "test")

enum hook_event {
#define X(name, text) HOOK_##name,
	HOOK_EVENTS(X)
#undef X
		HOOK_EVENT_COUNT
};

/* policy, its text */
#define HOOK_POLICIES(X)                           \
	X(BEFORE_CREATION, "before-hook-creation") \
	X(SUCCEEDED, "hook-succeeded")             \
	X(FAILED, "hook-failed")

enum hook_policy {
#define X(name, text) HOOK_IF_##name,
	HOOK_POLICIES(X)
#undef X
		HOOK_POLICY_COUNT
};

struct hook_rules {
	unsigned events; /* bits: 1 << enum hook_event; never none */
	int64_t weight;
	unsigned delete_if; /* bits: 1 << enum hook_policy */
	unsigned log_if;    /* the same */
};

enum hook_reading {
	HOOK_NONE,   /* an object like any other */
	HOOK_KNOWN,  /* *out is filled */
	HOOK_UNKNOWN /* it names an event that there is not */
};

/** Reads the annotations of an object. */
enum hook_reading hook_read(const struct val *object, struct hook_rules *out);

const char *hook_event_text(enum hook_event event);
const char *hook_policy_text(enum hook_policy policy);

/** The event of a name as an annotation may have it: in letters of any size,
 * with blanks around it. False when there is none. */
bool hook_event_find(struct str name, enum hook_event *out);

/** The same for a policy. */
bool hook_policy_find(struct str name, enum hook_policy *out);

/** The weight that a text says, as Go's strconv.Atoi reads it. */
bool hook_weight_find(struct str text, int64_t *out);

/* Bits of the events whose hooks a deploy waits for. */
#define HOOKS_OF_DEPLOY                                     \
	(1U << HOOK_PRE_INSTALL | 1U << HOOK_POST_INSTALL | \
	 1U << HOOK_PRE_UPGRADE | 1U << HOOK_POST_UPGRADE)

static inline bool hook_runs_at(const struct hook_rules *rules,
				enum hook_event event)
{
	return rules->events & 1U << event;
}

static inline bool hook_deletes_if(const struct hook_rules *rules,
				   enum hook_policy policy)
{
	return rules->delete_if & 1U << policy;
}

#endif
