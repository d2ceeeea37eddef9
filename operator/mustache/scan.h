/*
 * Template text to tokens: literal text and tags, each with its place.
 *
 * Delimiters and comments are dealt with here, and so are standalone tags: of
 * the line on which a section, closing, partial, comment or delimiter tag
 * stands alone, nothing but the tag is in any token. Time is linear in the
 * length of the text.
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
	/* The scanner keeps these for itself. */
	TOKEN_COMMENT,
	TOKEN_DELIMITERS
};

struct token {
	enum token_kind kind;
	struct str text;   /* literal text, or what the tag holds, trimmed */
	struct str indent; /* of a partial that stands alone */
	uint32_t line, column; /* of the first byte; from 1, in characters */
	bool alone;            /* nothing else is on its line */
	bool line_start;       /* starts a line of which something remains */
};

struct scan {
	struct str source;
	struct str open, close; /* delimiters */
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

#endif
