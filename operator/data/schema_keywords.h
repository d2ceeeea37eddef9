/*
 * Readers of keywords, between their table and the keywords that hold schemas.
 *
 * For the files of the module schema only.
 */
#ifndef DATA_SCHEMA_KEYWORDS_H
#define DATA_SCHEMA_KEYWORDS_H

#include "data/schema_compile.h"

struct schema_keyword;
/* Reads the value v of a keyword of the node being compiled. */
typedef bool schema_read_fn(struct schema_compile *c,
			    const struct schema_keyword *k, const struct val *v,
			    struct err *err);

struct schema_keyword {
	const char *name;
	enum schema_draft since, until;
	schema_read_fn *read;
	enum schema_op_kind op; /* for readers of several keywords */
};

/** Sets an error at a keyword. Returns false. */
bool schema_fail_keyword(const struct schema_compile *c,
			 const struct schema_keyword *k, struct err *err,
			 const char *what);

/** The node being compiled. */
static inline const struct val *schema_map_of(const struct schema_compile *c)
{
	return c->origins.items[c->node].v;
}

/** Reads a count that is not negative; 2.0 is one. */
MUST_USE bool schema_read_size_of(const struct schema_compile *c,
				  const char *keyword, const struct val *v,
				  size_t *out, struct err *err);

/** Compiles a pattern, within what those of one schema may take together. */
MUST_USE bool schema_compile_pattern(struct schema_compile *c,
				     const char *keyword, struct str source,
				     struct regex **out, struct err *err);

/** Whether v is a list of strings. */
bool schema_are_texts(const struct val *v);

/* Keywords that hold schemas (schema_below.c). */
schema_read_fn schema_read_items, schema_read_items_2020,
	schema_read_prefix_items, schema_read_contains,
	schema_read_dependencies, schema_read_properties, schema_read_if,
	schema_read_branch, schema_read_definitions;
/* A schema, or a list of schemas, which is all that the operation needs. */
schema_read_fn schema_read_below, schema_read_list;

#endif
