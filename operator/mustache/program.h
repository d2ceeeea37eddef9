/*
 * A compiled template: a flat array of operations that never changes.
 *
 * An operation is a tag with the literal text in front of it. Literals, names
 * and indentations are slices of the kept source. A section knows where it
 * ends, so that skipping it is one assignment. Indices rather than pointers
 * link the parts of a program.
 *
 * What the renderer needs at every step is in struct op, what only errors and
 * rare tags need is in struct op_detail of the same index.
 */
#ifndef MUSTACHE_PROGRAM_H
#define MUSTACHE_PROGRAM_H

#include "mustache/mustache.h"

#include "base/map.h"
#include "base/vec.h"
#include "mustache/name.h"

enum op_kind {
	OP_TEXT,     /* nothing but the literal text */
	OP_VALUE,    /* {{x}} */
	OP_SECTION,  /* {{#x}} */
	OP_INVERTED, /* {{^x}} */
	OP_PARTIAL,  /* {{> x}} */
	OP_PARENT,   /* {{< x}}; what its blocks hold is only for the parent */
	OP_BLOCK,    /* {{$ x}} */
	OP_END,      /* {{/x}} */
	OP_RETURN    /* the end of the template */
};

enum op_flag {
	/* The text starts a line, which the indentation of a partial or of a
	 * block precedes; so does the tag. */
	OP_TEXT_STARTS = 1 << 0,
	OP_TAG_STARTS = 1 << 1,
	OP_RAW = 1 << 2, /* OP_VALUE: {{{x}}} or {{&x}} */
	/* OP_PARTIAL, OP_PARENT, OP_BLOCK: nothing else is on its line, whose
	 * blanks are the indentation of all that takes its place. */
	OP_ALONE = 1 << 3,
	/* OP_BLOCK: its end is on the same line, and nothing else. */
	OP_PAIR = 1 << 4,
	OP_DYNAMIC = 1 << 5,  /* OP_PARTIAL, OP_PARENT: {{>*x}}, {{<*x}} */
	OP_EXTENDED = 1 << 6, /* the name means more than its literal path */
	/* OP_BLOCK within a parent: its content starts on a line of its own */
	OP_OPENS_LINE = 1 << 7,
	/* A line begins in the text, with it, or with the tag. */
	OP_LINES = 1 << 8
};

struct op {
	const char *text;
	uint32_t text_len;
	uint8_t kind;
	uint8_t path_count;
	uint16_t flags;
	/* The literal path of the name: parts path_first and so on; none at
	 * all is the current context. PATH_NONE: it has no such path. */
	union {
		uint32_t path_first;
		/* OP_PARTIAL, OP_PARENT without OP_DYNAMIC: 1 + number of the
		 * template in the set; 0 when there is none. */
		uint32_t target;
	};
	uint32_t name;
	/* What opens: index of its OP_END. OP_END: index of what it ends. */
	uint32_t other;
	/* Lines that begin within the text, or LINES_MANY; and the bytes in
	 * front of the first of them. */
	uint16_t lines, first_line;
};

#define LINES_MANY 2

struct op_detail {
	uint32_t line, column;
	uint32_t text_line, text_column;
	uint32_t begin, end; /* offsets of the tag in the source */
	uint32_t delimiters; /* in force behind the tag: index */
	struct str indent;   /* with OP_ALONE and OP_PAIR */
};

struct delimiters {
	struct str open, close;
};

struct mustache_template {
	struct mustache_set *set;
	char *name;
	char *file;
	char *scope;
	char *source;
	size_t source_len; /* BUF_PAD zeros follow */
	unsigned flags;
	struct {
		VEC(struct op);
	} ops;
	struct {
		VEC(struct op_detail);
	} details;
	struct {
		VEC(struct name);
	} names;
	struct {
		VEC(struct part);
	} parts;
	struct {
		VEC(struct delimiters);
	} delimiters;
};

struct mustache_set {
	struct mustache_template *templates;
	size_t count;
	struct map by_name;
};

/*
 * Compiles text that a lambda returned, as part of t: the same set, flags and
 * scope, and the delimiters given. The caller ends it with template_free().
 */
MUST_USE bool template_of_text(const struct mustache_template *t,
			       struct str text,
			       const struct delimiters *delimiters,
			       struct mustache_template **out, struct err *err);
void template_free(struct mustache_template *t);
DEFINE_AUTO(struct mustache_template *, template_free)

/** The template that a tag of t means by name; NULL when there is none. */
const struct mustache_template *template_find(const struct mustache_template *t,
					      struct str name);

#endif
