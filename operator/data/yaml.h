/*
 * YAML text to a tree of nodes with their places; the only user of libyaml.
 *
 * The tree is what stands in the text: scalars have no type yet, an alias is a
 * reference, `<<` is a key like any other. yaml_read.h makes values of it.
 *
 * A stream owns all its nodes and every text in them; they never change and
 * live until yaml_stream_free(). A stream may be read by many threads.
 *
 * Every error about YAML begins with its place, "name:line:column: ".
 */
#ifndef DATA_YAML_H
#define DATA_YAML_H

#include "base/buf.h"

#include <stdint.h>

enum yaml_kind { YAML_SCALAR, YAML_LIST, YAML_MAP, YAML_ALIAS };

enum yaml_style {
	YAML_PLAIN,
	YAML_SINGLE,  /* 'text' */
	YAML_DOUBLE,  /* "text" */
	YAML_LITERAL, /* | */
	YAML_FOLDED   /* > */
};

/* What a block scalar does with the line ends behind its last line. */
enum yaml_chomp {
	YAML_CLIP,  /* |  one is kept */
	YAML_STRIP, /* |- none */
	YAML_KEEP   /* |+ all */
};

struct yaml_node {
	uint8_t kind;   /* enum yaml_kind */
	uint8_t style;  /* of a scalar: enum yaml_style */
	uint8_t chomp;  /* of a literal or folded scalar: enum yaml_chomp */
	bool is_folded; /* a plain scalar of several lines */
	/* Where it begins, tag and anchor included; both count from 1,
	 * columns in characters. */
	unsigned line, column;
	struct str text;    /* of a scalar, NUL-terminated */
	const char *tag;    /* as written but in full, "tag:yaml.org,2002:str"
			     * for !!str; NULL without one */
	const char *anchor; /* or NULL; of an alias, the name it refers to */
	const struct yaml_node *target; /* of an alias; never an alias */
	/* The first item of a list, or the first key of a map, where keys and
	 * values alternate; NULL when empty. */
	const struct yaml_node *first;
	const struct yaml_node *next; /* behind this one in its list or map */
	size_t count;                 /* items of a list, entries of a map */
};

/**
 * Where generated text comes from: replaces "name:line:column" in messages.
 */
struct yaml_places {
	/** Appends the place, without a final colon. */
	void (*print)(const struct yaml_places *self, unsigned line,
		      unsigned column, struct buf *out);
};

struct yaml_stream {
	const struct yaml_node **roots; /* of the documents; none is NULL */
	size_t count;
	const char *name;
	const struct yaml_places *places; /* or NULL */
	struct yaml_block *blocks;        /* the memory of all nodes */
};

/**
 * Reads all documents of a text. A document that holds nothing has a root for
 * which yaml_is_empty() is true; a text with no document at all (empty, or
 * comments only) gives a stream of none.
 *
 * @param name  what messages call the text: a path; copied
 * Errors: ERR_INVALID with the place; ERR_LIMIT for nesting beyond
 *         LIMIT_NESTING and for more than LIMIT_YAML_NODES nodes.
 */
MUST_USE bool yaml_parse(struct str text, const char *name,
			 struct yaml_stream **out, struct err *err);

/** The same with places, which must outlive the stream; may be NULL. */
MUST_USE bool yaml_parse_places(struct str text, const char *name,
				const struct yaml_places *places,
				struct yaml_stream **out, struct err *err);

/** What a stream takes in memory, bytes. */
size_t yaml_stream_bytes(const struct yaml_stream *s);

void yaml_stream_free(struct yaml_stream *s);
DEFINE_AUTO(struct yaml_stream *, yaml_stream_free)

/** Whether a node is nothing at all: a plain scalar without text. */
static inline bool yaml_is_empty(const struct yaml_node *node)
{
	return node->kind == YAML_SCALAR && node->style == YAML_PLAIN &&
	       node->text.n == 0 && !node->tag && !node->anchor;
}

/** The node that is meant: the target of an alias, else the node itself. */
static inline const struct yaml_node *yaml_resolve(const struct yaml_node *node)
{
	return node->kind == YAML_ALIAS ? node->target : node;
}

/** Appends the place of a node, as messages have it. */
void yaml_place(const struct yaml_stream *s, const struct yaml_node *node,
		struct buf *out);

/** Records an error at a node, with its place. Always returns false. */
bool yaml_fail(const struct yaml_stream *s, const struct yaml_node *node,
	       struct err *err, enum err_kind kind, const char *fmt, ...)
	PRINTF_LIKE(5, 6);

/** Prefixes an error with the place of a node. Always returns false. */
bool yaml_wrap(const struct yaml_stream *s, const struct yaml_node *node,
	       struct err *err);

#endif
