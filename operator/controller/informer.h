/*
 * One kind that is watched, in all namespaces or one watch in each of several,
 * with the store of what is there. Custom resources, templates and records are
 * watched for good; objects of releases as long as somebody uses the store or
 * it holds anything.
 */
#ifndef CONTROLLER_INFORMER_H
#define CONTROLLER_INFORMER_H

#include "controller/namespaces.h"
#include "controller/shard.h"
#include "controller/store.h"
#include "controller/watches.h"
#include "kube/watch.h"

enum informer_type {
	INFORMER_PRIMARY,
	INFORMER_TEMPLATES,
	INFORMER_RECORDS,
	INFORMER_LIVE
};

struct informer;

/* Who is told. All are called on the watch thread, with no lock held. */
struct informer_fns {
	/* An object is there, is another version, or is gone. lost: key of the
	 * custom resource that it belonged to before, "" for none. */
	void (*changed)(void *ctx, struct informer *inf,
			const struct val *object, const char *lost);
	/* A list lacks an object that belonged to that custom resource. */
	void (*lacked)(void *ctx, const char *owner);
	/* A list is complete; first: so is the store, as it was not before. */
	void (*synced)(void *ctx, struct informer *inf, bool first);
	/* The kind does not exist, or may not be seen, as far as is known for
	 * the first time. */
	void (*absent)(void *ctx, struct informer *inf);
};

/* What all informers share; borrowed for their lives. */
struct informer_env {
	const struct watches *watches;
	const struct namespaces *namespaces;
	const struct shard *shard; /* custom resources of others are ignored */
	struct kube_watcher *watcher;
	const struct informer_fns *fns;
	void *ctx;
};

/** @param entry  of watches.yaml, for INFORMER_PRIMARY */
MUST_USE struct informer *informer_new(const struct informer_env *env,
				       enum informer_type type, size_t entry,
				       const char *api_version,
				       const char *kind);
/** The watcher must have been freed before. NULL is allowed. */
void informer_free(struct informer *inf);

/**
 * Says that the store is needed from now on, and starts watching when nobody
 * does. Any thread.
 */
struct store *informer_use(struct informer *inf);

/** The store, without needing it. Any thread. */
struct store *informer_store(struct informer *inf);

enum informer_type informer_type(const struct informer *inf);
size_t informer_entry(const struct informer *inf);
/** Borrowed for the life of the informer. */
const char *informer_api_version(const struct informer *inf);
const char *informer_kind(const struct informer *inf);

/** Puts an object into the store: whether that changed it. Any thread. */
bool informer_put(struct informer *inf, const struct val *object);

/** "namespace/release" of a record. The caller frees it. */
MUST_USE char *informer_release_of(const struct val *secret);

/** Whether it is complete, or not watched. Any thread. */
bool informer_is_settled(struct informer *inf);

/** Whether the kind does not exist, as far as is known. Any thread. */
bool informer_is_absent(const struct informer *inf);

/** Whether the operator lacks the right to see it, as far as is known. Any
 * thread. */
bool informer_is_forbidden(const struct informer *inf);

/**
 * Why it was never complete: NULL when it was, and when nothing is wrong. The
 * caller frees it. Any thread.
 */
MUST_USE char *informer_problem(struct informer *inf);

#endif
