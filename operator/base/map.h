/*
 * Map from text to pointer, for tables that change (stores, queue, kinds).
 * Keys are copied, unless the map borrows them; what the pointers point to
 * belongs to the caller. Order of iteration is unspecified. Not safe for use by
 * two threads at once.
 */
#ifndef BASE_MAP_H
#define BASE_MAP_H

#include "base/str.h"

struct map_slot {
	union {
		const char *key; /* NULL: empty */
		char *owned;     /* the same, of a map that does not borrow */
	};
	uint32_t len, hash;
	void *value;
};

struct map {
	struct map_slot *slots;
	size_t cap;   /* a power of two, or 0 */
	size_t count; /* keys held */
	bool borrows; /* keys: NUL-terminated, they live as long as they are in */
};

#define MAP_INIT ((struct map){ 0 })
/* For values that hold their keys. */
#define MAP_INIT_BORROWING ((struct map){ .borrows = true })

/** The value of key, NULL when absent. */
void *map_get(const struct map *m, struct str key);

/** Sets key; returns the value it had, NULL when it had none. value must not
 * be NULL. */
void *map_set(struct map *m, struct str key, void *value);

/** Removes key; returns the value it had, NULL when absent. */
void *map_remove(struct map *m, struct str key);

/**
 * Walks all keys: start with *at = 0; returns NULL at the end. The map must
 * not change during the walk.
 */
const struct map_slot *map_next(const struct map *m, size_t *at);

/** Frees keys and table, not the values. */
void map_done(struct map *m);

#endif
