/*
 * Everything that is watched: the kinds of watches.yaml, the objects that
 * templateRef names, release records, and every kind that a release renders,
 * each with its store. A change in any of them puts the key of the custom
 * resource it concerns into the queue.
 */
#ifndef CONTROLLER_SOURCES_H
#define CONTROLLER_SOURCES_H

#include "controller/namespaces.h"
#include "controller/queue.h"
#include "controller/shard.h"
#include "controller/store.h"
#include "controller/watches.h"
#include "kube/watch.h"

struct sources;

/**
 * Starts the watches that do not depend on what charts render. All arguments
 * are borrowed for its life.
 *
 * @param shard  custom resources of others are neither kept nor queued
 */
MUST_USE struct sources *sources_new(const struct watches *watches,
				     struct kube_watcher *watcher,
				     struct queue *queue,
				     const struct namespaces *namespaces,
				     const struct shard *shard);
/** The watcher must have been freed before. NULL is allowed. */
void sources_free(struct sources *s);

/** Custom resources of an entry of watches.yaml, whole. */
struct store *sources_primary(struct sources *s, size_t entry);

/** Template objects of an entry, whole; NULL when it has no templateRef. */
struct store *sources_templates(struct sources *s, size_t entry);

/** Release records, metadata only; owner: "namespace/release". */
struct store *sources_records(struct sources *s);

/**
 * Objects of releases of a kind; starts watching it when nobody has yet. Any
 * thread. Complete only when store_is_synced().
 */
struct store *sources_live(struct sources *s, const char *api_version,
			   const char *kind);

/** The summaries of all live objects of a custom resource. New reference. */
MUST_USE struct val *sources_live_of(struct sources *s, const char *key);

/**
 * Puts in the answer to a write of ours to an object of a release, so that
 * the store is not behind it.
 */
void sources_learn(struct sources *s, const char *api_version, const char *kind,
		   const struct val *object);
/** The same for a record's Secret. */
void sources_learn_record(struct sources *s, const struct val *secret);
/** The same for a custom resource. */
void sources_learn_primary(struct sources *s, size_t entry,
			   const struct val *object);
/** An object that is gone: the server has answered so. */
void sources_forget(struct sources *s, const char *api_version,
		    const char *kind, const char *object_key);
void sources_forget_primary(struct sources *s, size_t entry,
			    const char *object_key);
void sources_forget_record(struct sources *s, const char *object_key);

/** The apiVersion that objects of a group and kind are watched as; NULL when
 * they are not. Borrowed. */
const char *sources_api_version(struct sources *s, struct str group,
				const char *kind);

/**
 * Why a kind of objects cannot be watched; NULL when nothing is known to be
 * wrong. The caller frees it.
 */
MUST_USE char *sources_problem(struct sources *s);

/**
 * Whether as much is known of the pods of releases as can be: where the
 * operator may not see them, health is what their workloads say. Starts
 * watching them when nobody has yet.
 */
bool sources_have_pods(struct sources *s);

/** Whether every watch has been complete once. */
bool sources_are_synced(struct sources *s);

/**
 * Whether the templates of an entry can be told: they have been listed, or
 * their kind does not exist.
 */
bool sources_have_templates(struct sources *s, size_t entry);

#endif
