/*
 * A template's text with a mark (chart/marks.h) in place of every value.
 *
 * Sections and partials are resolved, values are not: each is kept in a slot,
 * whose mark stands in the text. So a value cannot be read as YAML, whatever
 * it holds. Raw insertions are text, where a template may have them.
 *
 * Which text results depends only on which sections were rendered how often
 * and on what was inserted raw, not on the values.
 */
#ifndef CHART_EXPAND_H
#define CHART_EXPAND_H

#include "base/vec.h"
#include "chart/marks.h"
#include "mustache/expand.h"

/* What stands in the text from a line and column on, until the next. */
struct expand_piece {
	uint32_t line, column; /* in the text, from 1 */
	uint32_t at;           /* its offset in the text */
	bool is_slot;
	struct mustache_place place; /* in the template */
};

struct expand_slot {
	struct str name;
	struct mustache_place place;
};

struct expand {
	const struct mustache_run *run;
	struct buf text;
	struct {
		VEC(struct expand_slot);
	} slots;
	struct {
		VEC(const struct val *);
	} values; /* of the slots; as in struct mustache_trace */
	struct {
		VEC(struct expand_piece);
	} pieces;
	uint32_t line, column; /* where the text ends */
};

/**
 * Expands a template into e, which is all zeros. It refers to run and root
 * until expand_done().
 *
 * Errors: those of mustache_expand(); ERR_LIMIT beyond LIMIT_RENDER_BYTES;
 *         ERR_INVALID for a raw insertion that is missing, a list, a map, or
 *         holds a mark.
 */
MUST_USE bool expand_init(struct expand *e, struct mustache_run *run,
			  const struct mustache_template *t,
			  const struct val *root, struct err *err);
void expand_done(struct expand *e);

/** The piece at a line and column of the text; NULL when there is none. */
const struct expand_piece *expand_find(const struct expand *e, uint32_t line,
				       uint32_t column);

/** Appends where in the template a line and column of the text come from. */
void expand_place(const struct expand *e, uint32_t line, uint32_t column,
		  struct buf *out);

#endif
