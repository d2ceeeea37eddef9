/*
 * Template text to tokens: literal text and tags, each with its place.
 *
 * Delimiters and comments are dealt with here, and so are standalone tags: of
 * the line on which a section, closing, partial, block, comment or delimiter
 * tag stands alone, nothing but the tag is in any token. A parent tag stands
 * alone together with all up to its end, which the caller sees to. Time is
 * linear in the length of the text.
 */
#ifndef MUSTACHE_SCAN_H
#define MUSTACHE_SCAN_H

#include "base/err.h"
#include "base/str.h"

#include <stdint.h>

enum token_kind {
	TOKEN_END,
	TOKEN_TEXT,
	TOKEN_VALUE,
	TOKEN_RAW,
	TOKEN_SECTION,
	TOKEN_INVERTED,
	TOKEN_CLOSE,
	TOKEN_PARTIAL,
	TOKEN_PARENT,
	TOKEN_BLOCK,
	/* The scanner keeps these for itself. */
	TOKEN_COMMENT,
	TOKEN_DELIMITERS
};

struct token {
	enum token_kind kind;
	struct str text;   /* literal text, or what the tag holds, trimmed */
	struct str indent; /* of a tag that is first: the blanks before it */
	uint32_t line, column; /* of the first byte; from 1, in characters */
	uint32_t begin, end;   /* of a tag: offsets in the source */
	bool first;            /* only blanks stand before it on its line */
	bool alone;            /* nor does anything else behind it */
	bool line_start;       /* starts a line of which something remains */
};

struct scan {
	struct str source;
	struct str open, close; /* delimiters; slices of the source or fixed */
	size_t at;              /* where the next token begins, an offset */
	uint32_t line, column;  /* of at */
	bool fresh;      /* nothing but blanks so far on the line of at */
	bool indent_due; /* no token has started this line yet */
	bool has_tag;
	struct token tag; /* found behind the text that was returned last */
};

void scan_init(struct scan *scan, struct str source);

/**
 * Reads the next token; TOKEN_END at the end and ever after.
 *
 * Errors: ERR_INVALID without its place, which is out->line and column.
 */
bool scan_next(struct scan *scan, struct token *out, struct err *err);

/* Behind a tag that scan_next() gave: */

/** Whether only blanks are left on its line. */
bool scan_is_line_over(const struct scan *scan);
/** Goes on with the next line. */
void scan_skip_line(struct scan *scan);
/** The blanks that the next line that has more than blanks begins with. */
struct str scan_next_indent(const struct scan *scan);

#endif
