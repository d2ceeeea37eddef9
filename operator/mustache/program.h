/*
 * A compiled template: a flat array of operations that never changes.
 *
 * Literals, names and indentations are slices of the kept source. A section
 * knows where it ends, so that skipping it is one assignment. Indices rather
 * than pointers link the parts of a program.
 */
#ifndef MUSTACHE_PROGRAM_H
#define MUSTACHE_PROGRAM_H

#include "mustache/mustache.h"

#include "base/map.h"
#include "base/vec.h"
#include "mustache/helper.h"

enum op_kind {
	OP_TEXT,     /* literal text */
	OP_VALUE,    /* {{x}} */
	OP_SECTION,  /* {{#x}} */
	OP_INVERTED, /* {{^x}} */
	OP_END,      /* {{/x}} */
	OP_PARTIAL,  /* {{> x}} */
	OP_RETURN    /* the end of the template */
};

enum op_flag {
	/* OP_TEXT: the text starts a line, which a partial's indentation
	 * precedes. An empty text stands for a line that starts with a tag. */
	OP_LINE_START = 1 << 0,
	OP_RAW = 1 << 1,  /* OP_VALUE: {{{x}}} or {{&x}} */
	OP_ALONE = 1 << 2 /* OP_PARTIAL: nothing else is on its line */
};

struct op {
	uint8_t kind;
	uint8_t flags;
	uint32_t line, column;
	/* Sections: index of their OP_END. OP_END: index of its section. */
	uint32_t other;
	uint32_t name; /* OP_VALUE and sections: index into names */
	/* OP_TEXT: the literal. OP_PARTIAL: its indentation. Else the name. */
	struct str text;
	const struct mustache_template *partial; /* NULL: there is none */
};

/* One part of a dotted name. */
struct part {
	struct str text;
	unsigned hash;
};

/* Parts first to first + count - 1; no part at all is the current context. */
struct path {
	uint32_t first, count;
};

enum query { QUERY_NONE, QUERY_EXISTS, QUERY_IS, QUERY_IS_NOT };

/* What a tag asks for. The literal path goes first; query and helper count
 * only when it finds nothing. */
struct name {
	struct str text;
	bool is_path; /* false: only the query counts */
	struct path path;
	enum query query;
	struct path subject; /* what the query is about */
	struct str operand;  /* what it is compared with */
	const struct helper *helper;
	struct str argument; /* of the helper: "63" of trunc.63 */
};

struct mustache_template {
	char *name;
	char *file;
	char *source;
	size_t source_len;
	unsigned flags;
	struct {
		VEC(struct op);
	} ops;
	struct {
		VEC(struct name);
	} names;
	struct {
		VEC(struct part);
	} parts;
};

struct mustache_set {
	struct mustache_template *templates;
	size_t count;
	struct map by_name;
};

/* Prefixes err with file:line:column. Always returns false. */
bool template_err(const struct mustache_template *t, uint32_t line,
		  uint32_t column, struct err *err);

/*
 * Adds the name that a tag holds to the template; *out is its index.
 * Errors: ERR_INVALID, without the place.
 */
MUST_USE bool name_add(struct mustache_template *t, struct str text,
		       uint32_t *out, struct err *err);

#endif
