/*
 * Whose a pending record is: records are locks, and this is how one is known
 * to be dead. Pure. Only a record's head is looked at, never its body.
 *
 * Ours carries a mark, in an annotation and in its description:
 *
 *   by IDENTITY lease UID/TRANSITIONS
 *
 * which names the Lease under which it was written; without leader election
 * "by IDENTITY". A person's helm writes none, and takes off what it finds:
 * its Update makes the Secret's metadata anew (Helm pkg/storage/driver).
 */
#ifndef RELEASE_LOCK_H
#define RELEASE_LOCK_H

#include "release/record.h"

/* The Lease of leader election as it stands. All borrowed. */
struct lock_lease {
	const char *holder;  /* spec.holderIdentity */
	const char *uid;     /* metadata.uid */
	int64_t transitions; /* spec.leaseTransitions */
};

/**
 * The mark of what is written by its holder under this lease. The caller
 * frees it.
 */
MUST_USE char *lock_mark(const struct lock_lease *lease);

/** The same without leader election. */
MUST_USE char *lock_mark_alone(const char *identity);

enum lock_state {
	LOCK_NONE,     /* the record is not pending */
	LOCK_ALIVE,    /* of the lease's holder: it goes on with its own next
			* pass, and nobody else may touch the release */
	LOCK_DEAD,     /* of an operator that has lost its lease: go on */
	LOCK_PERSON,   /* a person's helm is at work: leave it alone */
	LOCK_ABANDONED /* a person's helm was at work too long ago */
};

/**
 * Whose the newest record of a release is.
 *
 * @param lease   NULL without leader election: one writer is assumed, so any
 *                mark of ours is dead
 * @param now_ns  wall clock
 * @param out_wait_ms  for LOCK_PERSON: when to look again; else 0
 */
enum lock_state lock_state(const struct record_head *head,
			   const struct lock_lease *lease, int64_t now_ns,
			   int64_t *out_wait_ms);

#endif
