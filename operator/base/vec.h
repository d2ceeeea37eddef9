/*
 * Array of T that grows: VEC(struct thing) things = {0};
 * VEC_ADD returns a pointer to the new, zeroed element; it and every pointer
 * into the array die at the next VEC_ADD.
 */
#ifndef BASE_VEC_H
#define BASE_VEC_H

#include "base/alloc.h"

#include <string.h>

#define VEC(type)             \
	struct {              \
		type *items;  \
		size_t count; \
		size_t cap;   \
	}

/* Makes room for one more element; used by VEC_ADD. */
static inline void *vec_grow_(void *items, size_t count, size_t *cap,
			      size_t size)
{
	if (count < *cap)
		return items;
	*cap = *cap ? *cap * 2 : 8;
	return alloc_resize(items, *cap, size);
}

#define VEC_ADD(v)                                                 \
	((v)->items = vec_grow_((v)->items, (v)->count, &(v)->cap, \
				sizeof(*(v)->items)),              \
	 memset(&(v)->items[(v)->count], 0, sizeof(*(v)->items)),  \
	 &(v)->items[(v)->count++])

/* Makes room for n elements of an empty array at once. */
#define VEC_RESERVE(v, n)                                                \
	((v)->items = alloc_resize((v)->items, (v)->cap = (n) ? (n) : 1, \
				   sizeof(*(v)->items)))

#define VEC_DONE(v)                        \
	do {                               \
		free((v)->items);          \
		(v)->items = NULL;         \
		(v)->count = (v)->cap = 0; \
	} while (0)

#endif
