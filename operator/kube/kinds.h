/*
 * The kinds an API server knows, as far as they were asked for.
 *
 * A table that remembers discovery; it sends nothing itself (kube_find_kind()
 * of kube/client.h and the watcher do). Any thread. A kind is never changed
 * or freed before the table is, so pointers to kinds may be kept.
 */
#ifndef KUBE_KINDS_H
#define KUBE_KINDS_H

#include "base/attr.h"
#include "base/err.h"

#include <stdbool.h>
#include <stdint.h>

struct val;

struct kube_kind {
	const char *group;       /* "" for the core */
	const char *version;     /* "v1" */
	const char *api_version; /* "v1", "apps/v1" */
	const char *kind;        /* "Deployment" */
	const char *plural;      /* "deployments" */
	bool namespaced;
	bool has_status; /* has a subresource `status` */
	bool watchable;  /* can be listed and watched */
	/* Not served yet, but a definition says that it will be: there is
	 * nothing of that kind, and nothing can be asked about it. */
	bool coming;
};

/* A kind that is missing is looked for at most this often: somebody may be
 * installing its definition. */
#define KUBE_KINDS_ASK_MS 3000

struct kube_kinds;

MUST_USE struct kube_kinds *kube_kinds_new(void);
/** NULL is allowed. */
void kube_kinds_free(struct kube_kinds *kinds);
DEFINE_AUTO(struct kube_kinds *, kube_kinds_free)

/** NULL when it is not known (yet). Borrowed from the table. */
const struct kube_kind *kube_kinds_get(struct kube_kinds *kinds,
				       const char *api_version,
				       const char *kind);

/**
 * Whether the server should be asked about an apiVersion: when it was not
 * within the last KUBE_KINDS_ASK_MS. A caller asks this first, then for the
 * kind, so that what another thread just learned is not missed.
 */
bool kube_kinds_should_ask(struct kube_kinds *kinds, const char *api_version,
			   int64_t now_ms);

/**
 * Remembers the APIResourceList of an apiVersion; what it lacks is forgotten.
 *
 * @param list  NULL: the server does not know the apiVersion
 */
void kube_kinds_learn(struct kube_kinds *kinds, const char *api_version,
		      const struct val *list, int64_t now_ms);

/** Forgets what is known of an apiVersion, so that the server is asked when it
 * is next wanted: a definition may be served by now, or gone. */
void kube_kinds_ask_again(struct kube_kinds *kinds, const char *api_version);

/** A kind that is not served yet, made to last as the others do. `like` says
 * all but `coming`. */
const struct kube_kind *kube_kinds_coming(struct kube_kinds *kinds,
					  const struct kube_kind *like);

/** Sets the error for a kind that discovery did not find. Returns false. */
bool kube_kinds_missing(const char *api_version, const char *kind,
			struct err *err);

#endif
