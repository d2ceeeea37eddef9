/*
 * Memory for many small things that end together: a pointer moves on for each,
 * and nothing is given back before the end. Not shared between threads.
 */
#ifndef BASE_ARENA_H
#define BASE_ARENA_H

#include "base/attr.h"

#include <stddef.h>

struct arena_chunk;

struct arena {
	struct arena_chunk *chunks;
	char *at;
	size_t left; /* bytes at `at` */
	size_t next; /* bytes of the next chunk; 0: a small one */
};

/** Nothing yet; bytes is what it will come to, as far as is known. */
static inline struct arena arena_of(size_t bytes)
{
	return (struct arena){ .next = bytes };
}

/** n bytes for anything but long double, not initialised. */
MUST_USE void *arena_take(struct arena *a, size_t n);

/** Everything that was taken ends; *a can be used anew. */
void arena_done(struct arena *a);
#define AUTO_ARENA __attribute__((cleanup(arena_done))) struct arena

#endif
