/*
 * Whose turn it is among keys that are ready. Takes no lock: its owner does.
 *
 * Entries of watches.yaml take turns, and so do the namespaces of each:
 * whoever has a thousand keys ready delays nobody else's by more than one.
 * Within a namespace the order is that of arrival. Keys that have failed come
 * after all others, and never have all workers at once, since a pass that
 * fails may take long to do so. An entry has at most as many workers as its
 * maxConcurrentReconciles says.
 */
#ifndef CONTROLLER_TURNS_H
#define CONTROLLER_TURNS_H

#include "base/attr.h"

#include <stdbool.h>
#include <stddef.h>

struct turns;

/* A key that waits or is being worked on. Its owner keeps both alive. */
struct turn {
	struct turn *next; /* of turns.c */
	const char *key;   /* as key_print() makes it; any text will do */
	bool failed;       /* set by the owner before turns_add() */
	bool taken_failed; /* of turns.c */
};

/**
 * @param most     workers an entry may have at once, 0 for all; copied
 * @param entries  how many there are
 * @param workers  that call turns_take(); 0: nobody knows
 */
MUST_USE struct turns *turns_new(const unsigned *most, size_t entries,
				 unsigned workers);
/** NULL is allowed. */
void turns_free(struct turns *t);
DEFINE_AUTO(struct turns *, turns_free)

/** Lets a key wait for its turn. It must not be waiting already. */
void turns_add(struct turns *t, struct turn *turn);

/** The next one, which a worker has until turns_done(); NULL: none may go. */
struct turn *turns_take(struct turns *t);
void turns_done(struct turns *t, const struct turn *turn);

#endif
