/*
 * JSON pointers (RFC 6901): "/spec/ports/0", "" for the whole value; "~1" is a
 * slash in a key, "~0" a tilde.
 */
#ifndef DATA_POINTER_H
#define DATA_POINTER_H

#include "base/buf.h"
#include "data/val.h"

/** Appends one more key to a pointer. */
void pointer_add(struct buf *pointer, struct str key);

/** Appends the index of a list's item. */
void pointer_add_index(struct buf *pointer, size_t i);

/**
 * Cuts the first key off a pointer: *key is emptied, then receives it without
 * escapes. Returns false at the end, and for what does not begin with "/".
 */
bool pointer_next(struct str *pointer, struct buf *key);

/** Reads an index: digits without leading zeros. False when it is none. */
bool pointer_index(struct str key, size_t *out);

/** The value at a pointer, borrowed; NULL when there is none. */
const struct val *pointer_get(const struct val *v, const char *pointer);

#endif
