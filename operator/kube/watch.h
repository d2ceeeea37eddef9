/*
 * All watches of the program on one thread.
 *
 * A watch lists a kind page by page, then follows its changes for good: it
 * comes back after a lost connection, lists again when the server has
 * forgotten its version (410), and waits for a kind that does not exist yet.
 *
 * kube_watcher_run() is that thread. add(), remove(), stop() may be called
 * from any thread, also from within callbacks. Callbacks run on the watcher's
 * thread, one at a time, with no lock held, and must not block: what they do
 * delays every other watch.
 */
#ifndef KUBE_WATCH_H
#define KUBE_WATCH_H

#include "base/attr.h"
#include "base/err.h"

#include <stdint.h>

struct val;
struct kube_config;
struct kube_kinds;

enum kube_change { KUBE_ADDED, KUBE_MODIFIED, KUBE_DELETED };

/*
 * Objects are borrowed: val_ref() what is to be kept. Items of a list lack
 * apiVersion and kind. The order is
 *
 *   (listing item* synced change*)*   with waiting anywhere between
 *
 * but a list that fails half-way starts over with another listing(), and
 * until synced() the set of before stays the truth. Each may be NULL.
 */
struct kube_watch_fns {
	/* A list starts: collect items into a new, empty set. */
	void (*listing)(void *ctx);
	void (*item)(void *ctx, const struct val *object);
	/* The list is complete: the collected set replaces the old one; what is
	 * in the old one only has been deleted meanwhile. */
	void (*synced)(void *ctx);
	/* KUBE_DELETED also when the object left the selector. */
	void (*change)(void *ctx, enum kube_change change,
		       const struct val *object);
	/* Something failed; tried again after delay_ms. A kind that is not
	 * there (yet) is ERR_NOT_FOUND. */
	void (*waiting)(void *ctx, const struct err *err, int64_t delay_ms);
	/* The server, the network or time has ended a watch, as happens every
	 * few minutes; it is asked for again unless it is removed now. */
	void (*ended)(void *ctx);
	/* Removed, or the watcher is freed: the last call; ctx may go now. */
	void (*removed)(void *ctx);
};

/* Texts are copied. */
struct kube_watch_spec {
	const char *api_version; /* "apps/v1" */
	const char *kind;        /* "Deployment" */
	const char *ns;          /* NULL or "": all namespaces */
	const char *labels;      /* selector, or NULL */
	const char *fields;      /* selector, or NULL */
	bool metadata_only;      /* objects are PartialObjectMetadata */
	const struct kube_watch_fns *fns; /* borrowed until removed() */
	void *ctx;                        /* borrowed until removed() */
};

struct kube_watcher;

/** @param config, kinds  borrowed for the life of the watcher */
MUST_USE struct kube_watcher *kube_watcher_new(const struct kube_config *config,
					       struct kube_kinds *kinds);

/** kube_watcher_run() must have returned. Calls removed() of every watch that
 * is left. NULL is allowed. */
void kube_watcher_free(struct kube_watcher *w);
DEFINE_AUTO(struct kube_watcher *, kube_watcher_free)

/** Adds a watch and returns its number, never 0. */
uint64_t kube_watcher_add(struct kube_watcher *w,
			  const struct kube_watch_spec *spec);

/** Removes a watch; removed() follows soon, on the watcher's thread. Unknown
 * numbers are ignored. */
void kube_watcher_remove(struct kube_watcher *w, uint64_t id);

/** Watches until kube_watcher_stop(). */
void kube_watcher_run(struct kube_watcher *w);
void kube_watcher_stop(struct kube_watcher *w);

#endif
