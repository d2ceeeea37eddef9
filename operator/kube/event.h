/* Events (core/v1) about an object, for people: `kubectl describe`. */
#ifndef KUBE_EVENT_H
#define KUBE_EVENT_H

#include "kube/client.h"

/* Texts are borrowed. */
struct kube_event {
	const struct val
		*regarding; /* apiVersion, kind, metadata of the object */
	enum { KUBE_EVENT_NORMAL, KUBE_EVENT_WARNING } type;
	const char *reason;   /* "Redeployed": UpperCamelCase, constant */
	const char *action;   /* "Redeploy"; NULL: the reason */
	const char *note;     /* a sentence, cut at LIMIT_MESSAGE_BYTES */
	const char *instance; /* name of this process, or NULL */
	int64_t wall_ns;      /* clock_wall_ns() */
};

/**
 * Creates an Event in the object's namespace, or in "default" for a kind
 * without.
 *
 * Errors: of kube_create(). An event that is lost is no reason to fail.
 */
MUST_USE bool kube_event_create(const struct kube_client *c,
				const struct kube_event *event,
				struct err *err);

#endif
