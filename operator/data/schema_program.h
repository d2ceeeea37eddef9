/*
 * The compiled form of a schema. A node is one schema: a run of operations,
 * all of which must hold. Operations name the nodes below them by number.
 * Texts and values are borrowed from the schema's own value.
 *
 * For the files of the module schema only.
 */
#ifndef DATA_SCHEMA_PROGRAM_H
#define DATA_SCHEMA_PROGRAM_H

#include "base/vec.h"
#include "data/decimal.h"
#include "data/regex.h"
#include "data/schema.h"
#include "data/schema_format.h"

enum schema_draft { DRAFT_4, DRAFT_6, DRAFT_7, DRAFT_2019, DRAFT_2020 };

#define SCHEMA_NO_NODE UINT32_MAX

/* What a value is, as a set. A number that is an integer is both. */
enum schema_type {
	SCHEMA_NULL = 1,
	SCHEMA_BOOLEAN = 2,
	SCHEMA_INTEGER = 4,
	SCHEMA_NUMBER = 8,
	SCHEMA_STRING = 16,
	SCHEMA_ARRAY = 32,
	SCHEMA_OBJECT = 64
};

enum schema_op_kind {
	/* When one of these fails, what else is wrong says nothing. */
	OP_FALSE,
	OP_TYPE,
	OP_CONST,
	OP_ENUM,
	OP_FORMAT,

	OP_REF,
	OP_MULTIPLE_OF,
	OP_MINIMUM,
	OP_MAXIMUM,
	OP_ABOVE,
	OP_BELOW,
	OP_MIN_LENGTH,
	OP_MAX_LENGTH,
	OP_PATTERN,
	OP_MIN_ITEMS,
	OP_MAX_ITEMS,
	OP_UNIQUE,
	OP_ITEMS,
	OP_CONTAINS,
	OP_MIN_PROPERTIES,
	OP_MAX_PROPERTIES,
	OP_REQUIRED,
	OP_DEPENDENT_REQUIRED,
	OP_DEPENDENT_SCHEMA,
	OP_PROPERTIES,
	OP_NAMES,
	OP_NOT,
	OP_ALL_OF,
	OP_ANY_OF,
	OP_ONE_OF,
	OP_IF,

	/* Last, and only when all others hold. */
	OP_UNEVALUATED_ITEMS,
	OP_UNEVALUATED_PROPERTIES,
	OP_COUNT
};

struct val_lookup;

/* properties, patternProperties and additionalProperties. */
struct schema_properties {
	const struct val *names;   /* map; its values are no concern here */
	struct val_lookup *keys;   /* the names, to look up; owned */
	uint32_t first;            /* node of the first name */
	struct regex **patterns;   /* owned */
	const struct val *sources; /* map: pattern to schema */
	uint32_t first_pattern;    /* node of the first pattern */
	size_t pattern_count;
	uint32_t additional; /* or SCHEMA_NO_NODE */
};

struct schema_op {
	enum schema_op_kind kind;
	uint32_t node;  /* the first below this one */
	uint32_t count; /* of those: they are numbered in a row */
	union {
		unsigned types; /* TYPE */
		enum schema_format format;
		size_t size; /* MIN_… and MAX_… */
		struct {     /* MULTIPLE_OF to BELOW */
			struct decimal value;
			struct str source;
		} bound;
		const struct val *v; /* CONST, ENUM, REQUIRED */
		struct {             /* DEPENDENT_… */
			struct str key;
			const struct val *keys;
		} when;
		struct {
			struct regex *regex; /* owned */
			struct str source;
		} pattern;
		uint32_t rest; /* ITEMS behind the first; or SCHEMA_NO_NODE */
		struct {       /* CONTAINS */
			size_t min, max;
		} range;
		struct { /* IF; or SCHEMA_NO_NODE */
			uint32_t yes, no;
		} then;
		struct schema_properties *properties; /* owned */
	};
};

struct schema_node {
	uint32_t first, count; /* its operations */
	bool unevaluated;      /* has an operation of that kind */
};

struct schema {
	enum schema_draft draft;
	struct val *source;
	struct {
		VEC(struct schema_node);
	} nodes; /* 0 is the whole */
	struct {
		VEC(struct schema_op);
	} ops;
	size_t regex_bytes;
};

/* Walks the nodes that look at the same value as a node does. */
struct schema_edges {
	uint32_t op, child;
};
/** The next one; SCHEMA_NO_NODE at the end. Start with zeros. */
uint32_t schema_next_edge(const struct schema *schema, uint32_t node,
			  struct schema_edges *at);

#endif
