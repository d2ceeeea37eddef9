/*
 * A schema while it is compiled. Schemas wait in the array of nodes for their
 * turn, so that nothing recurses; references are resolved when all nodes,
 * addresses and anchors are known, which may add more of them.
 *
 * For the files of the module schema only.
 */
#ifndef DATA_SCHEMA_COMPILE_H
#define DATA_SCHEMA_COMPILE_H

#include "base/buf.h"
#include "base/map.h"
#include "data/schema_program.h"

/* Where a node comes from. */
struct schema_origin {
	const struct val *v; /* a map or a boolean */
	size_t resource;     /* whose address its references start from */
	uint32_t parent;     /* SCHEMA_NO_NODE: the whole, or found by a $ref */
	const char *keyword; /* of the parent; "" for the whole */
	struct str key;      /* in the keyword's map; or the $ref */
	size_t index;        /* in the keyword's list; SIZE_MAX: no list */
};

/* A schema with an address of its own. */
struct schema_resource {
	char *uri; /* owned, absolute as far as that is known */
	const struct val *root;
};

/* A key of by_place, byte by byte. */
struct schema_place {
	const struct val *v;
	size_t resource;
};

struct schema_compile {
	struct schema *schema;
	struct {
		VEC(struct schema_origin);
	} origins; /* of the nodes, by the same numbers */
	struct {
		VEC(struct schema_resource);
	} resources;
	struct {
		VEC(size_t);
	} refs; /* operations with a $ref to resolve */
	struct {
		VEC(uint32_t);
	} ref_nodes;         /* the nodes of these */
	struct map by_place; /* struct schema_place → number of the node + 1 */
	struct map by_root;  /* value → number of the resource + 1 */
	struct map by_uri;   /* → number of the resource + 1 */
	struct map anchors;  /* address#anchor → number of the node + 1 */
	uint32_t node;       /* the one being compiled */
};

static inline struct str schema_place_key(const struct schema_place *place)
{
	return str_cut((const char *)place, sizeof(*place));
}

static inline void *schema_number(size_t i)
{
	return (void *)(uintptr_t)(i + 1);
}

/**
 * Adds a node; *origin says where from. Errors: ERR_INVALID when the value is
 * no schema, ERR_LIMIT for too many of them.
 */
MUST_USE bool schema_add_node(struct schema_compile *c,
			      const struct schema_origin *origin, uint32_t *out,
			      struct err *err);

/** Adds an operation to the node being compiled. Lives until the next one. */
struct schema_op *schema_add_op(struct schema_compile *c,
				enum schema_op_kind kind);

/** Sets an error at a keyword of a node; keyword NULL: at the node. Returns
 * false. */
bool schema_fail(const struct schema_compile *c, uint32_t node,
		 const char *keyword, struct err *err, const char *fmt, ...)
	PRINTF_LIKE(5, 6);

/** Reads all keywords of a map (schema_keywords.c). */
MUST_USE bool schema_read_keywords(struct schema_compile *c,
				   const struct val *map, struct err *err);

/** Whether its $ref hides all else in a schema: up to draft 7. */
bool schema_is_hidden(const struct schema_compile *c, const struct val *map);

/** Begins with the whole, which has no address yet. */
void schema_start_ids(struct schema_compile *c, const struct val *root);

/** Reads $id and anchors of the node being compiled (schema_refs.c). */
MUST_USE bool schema_read_ids(struct schema_compile *c, const struct val *map,
			      struct err *err);

/** Finds what a $ref of the node `from` means; adds a node when it is none
 * yet. */
MUST_USE bool schema_resolve(struct schema_compile *c, uint32_t from,
			     struct str ref, uint32_t *out, struct err *err);

#endif
