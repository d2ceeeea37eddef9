/*
 * What the paths of Kubernetes' objects mean when what was rendered is
 * compared with what is live: tables. Pure; only drift.c and live.c use it.
 *
 * Sources: api/openapi-spec of Kubernetes 1.36 (x-kubernetes-list-type and
 * -list-map-keys, Quantity, IntOrString, format byte), and the Go types of
 * k8s.io/api (which fields are no pointers, so that their zero is nothing).
 */
#ifndef RELEASE_DRIFT_RULES_H
#define RELEASE_DRIFT_RULES_H

#include "data/val.h"

/* Where a value stands: a chain of frames, from it up to the object, whose
 * `up` is NULL. A frame is a map's key or, without one, a list's item. */
struct place {
	const struct place *up;
	struct str key; /* .p is NULL: an item of a list */
};

/* The object that is compared. */
struct rules {
	const char *kind;
	bool built_in;         /* a kind of the API server's own */
	bool autoscaled;       /* its replicas are an autoscaler's */
	const char *generated; /* a Secret's key that we made up, or NULL */
};

/** Rules for an object, which they borrow from. */
struct rules rules_for(const struct val *want);

/** What is never compared, wanted or not. */
bool rules_is_never(const struct rules *r, const struct place *at);

/** Annotations that say what happened, and change by themselves. */
bool rules_is_noise(struct str annotation);

/** What the server gives to a field that nobody asked for. */
bool rules_is_assigned(const struct rules *r, const struct place *at,
		       const struct val *live);

/** Whether a wanted value asks for nothing: the server drops it, or puts its
 * default there. */
bool rules_is_unset(const struct rules *r, const struct place *at,
		    const struct val *want);

/** Whether two values, which are not both maps or both lists, mean the same. */
bool rules_is_same(const struct rules *r, const struct place *at,
		   const struct val *want, const struct val *live);

/**
 * What names the items of a list: its keys with their defaults in order, as
 * "containerPort protocol=TCP"; "" for a set, whose items name themselves.
 * NULL when its items have no names.
 */
const char *rules_item_keys(const struct rules *r, const struct place *at);

#endif
