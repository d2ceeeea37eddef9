/*
 * One watch: a call of the pool with at most one request under way. All on
 * the watcher's thread (kube/watch.h); only watch_one_new() is for any.
 */
#ifndef KUBE_WATCH_ONE_H
#define KUBE_WATCH_ONE_H

#include "base/vec.h"
#include "kube/http.h"
#include "kube/kinds.h"
#include "kube/watch.h"

struct watch_one;

/* The watches of a thread, and what they share. */
struct watch_set {
	struct http_pool *pool;
	struct kube_kinds *kinds; /* borrowed */
	int lists;                /* under way */
	uint64_t random;          /* state of the generator, never 0 */
	VEC(struct watch_one *);
};

MUST_USE struct watch_one *watch_one_new(const struct kube_watch_spec *spec,
					 uint64_t id);
/** Ends it, with removed() as its last call. */
void watch_one_free(struct watch_one *watch);

uint64_t watch_one_id(const struct watch_one *watch);

/** Puts a watch into a set, which must outlive it. */
void watch_one_join(struct watch_one *watch, struct watch_set *set);

/**
 * Goes on with a watch: sends the next request when it is due, gives up one
 * that is not answered.
 *
 * @return when it has to be asked again, at the latest, by clock_now_ms()
 */
int64_t watch_one_go(struct watch_one *watch, int64_t now_ms);

#endif
