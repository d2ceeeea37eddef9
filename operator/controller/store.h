/*
 * What is remembered of the objects of one watched kind: not the object, but
 * a summary of it as compact JSON text (controller/summary.h), with the key
 * of the custom resource it belongs to.
 *
 * The watch thread writes; workers read, and put in the answers to their own
 * writes, so that a store is never behind what this process has done. The
 * newer resourceVersion wins (comparable as numbers within a kind: KEP-5504).
 * Every function may be called from any thread.
 */
#ifndef CONTROLLER_STORE_H
#define CONTROLLER_STORE_H

#include "base/str.h"
#include "data/val.h"

struct store;

/** @param watches  that fill it, each with objects of its own; at least 1 */
MUST_USE struct store *store_new(unsigned watches);
/** NULL is allowed. */
void store_free(struct store *s);
DEFINE_AUTO(struct store *, store_free)

/**
 * Puts an object in, unless a newer version of it is there, or it is known to
 * have been deleted since.
 *
 * @param watch    the one that sees the object, counted from 0
 * @param key      "namespace/name"
 * @param version  resourceVersion as a number
 * @param owner    key of the custom resource, "" when it has none
 * @param text     summary; copied
 * @return whether anything but the version is new: no pass sees a version
 */
bool store_put(struct store *s, unsigned watch, const char *key,
	       uint64_t version, const char *owner, const struct val *text);

/**
 * Whether store_put() would leave out an object for being no newer: then
 * nobody need make its summary. The list of that watch has it.
 */
bool store_knows(struct store *s, unsigned watch, const char *key,
		 uint64_t version);

/**
 * Takes an object out that was deleted at a version; 0: at an unknown one.
 */
bool store_remove(struct store *s, const char *key, uint64_t version);

/**
 * A list starts: what of its watch is not put before store_synced() is gone
 * then. From another store_listing() it starts over.
 */
void store_listing(struct store *s, unsigned watch);

/** Called with the owner of an object, while no lock is held. */
typedef void store_fn(void *ctx, const char *owner);

/** A list is complete. fn is called for each object that it lacked. */
void store_synced(struct store *s, unsigned watch, store_fn *fn, void *ctx);

/** Whether the lists of all watches were ever complete. */
bool store_is_synced(struct store *s);

/** Nothing fills it any more: it is complete when all lists have been again. */
void store_unsync(struct store *s);

bool store_is_empty(struct store *s);

/** The summary of an object, NULL when it is not there. New reference. */
MUST_USE struct val *store_get(struct store *s, const char *key);

/** Whether an object is there, without reading its summary. */
bool store_has(struct store *s, const char *key);

/** The owner of an object, "" for none. The caller frees it. */
MUST_USE char *store_owner(struct store *s, const char *key);

/** The summaries of an owner's objects, as a map by their keys. New reference. */
MUST_USE struct val *store_of_owner(struct store *s, const char *owner);

/** Calls fn for every owner in the store, each at least once. */
void store_each_owner(struct store *s, store_fn *fn, void *ctx);

/** Calls fn with the key of every object in the store. */
void store_each_key(struct store *s, store_fn *fn, void *ctx);

/** The same of an owner's objects. */
void store_each_key_of(struct store *s, const char *owner, store_fn *fn,
		       void *ctx);

#endif
