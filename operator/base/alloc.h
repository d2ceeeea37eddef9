/*
 * Allocate or abort, in one place. For small things of known size; whatever
 * is sized by input goes through a buf (base/buf.h) or another limit first.
 * Everything returned here is released with free().
 */
#ifndef BASE_ALLOC_H
#define BASE_ALLOC_H

#include "base/attr.h"

#include <stddef.h>
#include <stdlib.h>

/** n zeroed bytes; n may be 0. */
MUST_USE void *alloc_zero(size_t n);

/**
 * Grows or shrinks p to count elements of size bytes; p may be NULL. New
 * bytes are not initialised. A product that overflows aborts.
 */
MUST_USE void *alloc_resize(void *p, size_t count, size_t size);

/** A NUL-terminated copy of n bytes; p may be NULL when n is 0. */
MUST_USE char *alloc_text(const void *p, size_t n);

/** A copy of a NUL-terminated text; NULL gives NULL. */
MUST_USE char *alloc_copy(const char *text);

/** A new text made as by printf. */
MUST_USE char *alloc_print(const char *fmt, ...) PRINTF_LIKE(1, 2);

#define NEW(type) ((type *)alloc_zero(sizeof(type)))

static inline void free_auto_(void *slot)
{
	free(*(void **)slot);
}
/* AUTO_FREE char *text = alloc_print(…);  for anything that free() ends. */
#define AUTO_FREE __attribute__((cleanup(free_auto_)))

#endif
