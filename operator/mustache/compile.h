/* The compiler's state, and where text and blocks go in the lines. */
#ifndef MUSTACHE_COMPILE_H
#define MUSTACHE_COMPILE_H

#include "base/limits.h"
#include "mustache/program.h"
#include "mustache/scan.h"

struct open {
	uint32_t op;
	struct str dedent; /* outside */
	struct token tag;
};

struct compile {
	struct mustache_template *t;
	struct scan scan;
	struct token text; /* goes in front of the next operation */
	struct open open[LIMIT_TEMPLATE_NESTING];
	size_t depth;
	uint32_t seen[64]; /* by their hash: 1 + the name seen last */
	struct str dedent; /* blanks that the lines here lose at their start */
};

/** Whether what comes next stands directly within a parent tag. */
static inline bool compile_in_parent(const struct compile *c)
{
	return c->depth > 0 &&
	       c->t->ops.items[c->open[c->depth - 1].op].kind == OP_PARENT;
}

/** Holds text back for the next operation. Errors: ERR_LIMIT. */
MUST_USE bool compile_text(struct compile *c, const struct token *token,
			   struct err *err);

/* layout.c */

/** Text, without what the lines of a block's content lose. */
MUST_USE bool layout_text(struct compile *c, const struct token *token,
			  struct err *err);

/** Keeps the indentation of what takes the place of op. */
void layout_indent(struct compile *c, const struct op *op, struct str indent);

void layout_open_parent(struct compile *c, struct op *op,
			const struct token *token);
void layout_close_parent(struct compile *c, const struct open *open,
			 struct op *parent, const struct token *token);
void layout_open_argument(struct compile *c, struct op *op,
			  const struct token *token);
void layout_open_block(struct compile *c, struct op *op,
		       const struct token *token);
void layout_close_block(struct compile *c, const struct open *open,
			struct op *block, struct op *end,
			const struct token *token);

#endif
