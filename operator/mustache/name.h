/* What the name in a tag means: where values are looked up, and how. */
#ifndef MUSTACHE_NAME_H
#define MUSTACHE_NAME_H

#include "data/val_layout.h"
#include "mustache/helper.h"

struct mustache_template;

#define PATH_NONE UINT8_MAX /* a path's count: it is no path */

/* One part of a dotted name. */
struct part {
	struct val_lookup key;
	/* The item of a list that it means, from the end when below 0; or
	 * PART_KEY, PART_LENGTH. */
	int32_t item;
};

#define PART_KEY INT32_MAX
#define PART_LENGTH (INT32_MAX - 1)

/* Where a path begins. */
enum path_from {
	PATH_CONTEXT, /* at the innermost context that has its first part */
	PATH_TOP,     /* .name: in the current context only */
	PATH_ROOT,    /* -root.name */
	PATH_LOOP     /* -index and so on, about the innermost loop */
};

enum loop_fact {
	LOOP_FIRST,
	LOOP_LAST,
	LOOP_INDEX,
	LOOP_INDEX0,
	LOOP_KEY,
	LOOP_LENGTH
};

struct path {
	uint32_t first;
	uint8_t count;
	uint8_t from; /* enum path_from */
	uint8_t fact; /* PATH_LOOP: enum loop_fact */
};

enum query {
	QUERY_NONE,
	QUERY_EXISTS,
	QUERY_IS,
	QUERY_IS_NOT,
	QUERY_LESS,
	QUERY_LESS_EQUAL,
	QUERY_GREATER,
	QUERY_GREATER_EQUAL
};

/* What a tag asks for. The literal path goes first; all of this counts only
 * when it finds nothing. */
struct name {
	struct str text;
	struct path literal; /* count is PATH_NONE when it is none */
	bool has_path, each; /* path, and whether over the entries of a map */
	struct path path;
	enum query query;
	struct path subject; /* what the query is about */
	struct str operand;  /* what it is compared with */
	const struct helper *helper;
	struct str argument; /* of the helper: "63" of trunc.63 */
};

/*
 * Adds the name that a tag holds to the template; *out is its index.
 * Errors: ERR_INVALID, without the place.
 */
MUST_USE bool name_add(struct mustache_template *t, struct str text,
		       uint32_t *out, struct err *err);

#endif
