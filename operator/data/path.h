/*
 * Dotted paths as people write them: "spec.template.containers.0.image". A
 * number is the index of a list's item, or a key of a map; "\." is a dot in a
 * key; "" is the value itself.
 */
#ifndef DATA_PATH_H
#define DATA_PATH_H

#include "base/err.h"
#include "data/val.h"

/** The value at a path, borrowed; NULL when there is none. */
const struct val *path_get(const struct val *v, const char *path);

/** The text at a path, or "" when there is none. */
const char *path_get_text(const struct val *v, const char *path);

/**
 * A new value with item at a path. Maps on the way are created, also in place
 * of nulls; the index behind the last item of a list appends.
 *
 * @param v  NULL: an empty map
 * @return NULL when the path leads through another value than a map, a list
 *         or null, past the end of a list, or over LIMIT_NESTING steps deep
 */
MUST_USE struct val *path_with(const struct val *v, const char *path,
			       const struct val *item);

/** A new value without what is at a path; v itself when that is nothing. */
MUST_USE struct val *path_without(const struct val *v, const char *path);

/** Whether v nests at most so many levels deep; a scalar nests none. */
bool path_nests_within(const struct val *v, size_t levels);

/**
 * Checks what was put together from several values: the writers recurse.
 *
 * Errors: ERR_LIMIT when v nests deeper than LIMIT_NESTING.
 */
MUST_USE bool path_check_nesting(const struct val *v, struct err *err);

#endif
