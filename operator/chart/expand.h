/*
 * A template's text with a mark in place of every value.
 *
 * Sections and partials are resolved, values are not: each is kept in a slot,
 * and its number stands in the text between U+E000 and U+E001, which YAML
 * takes for ordinary letters. So a value cannot be read as YAML, whatever it
 * holds. Templates may not contain the two characters themselves.
 *
 * Which text results depends only on which sections were rendered how often,
 * not on the values.
 */
#ifndef CHART_EXPAND_H
#define CHART_EXPAND_H

#include "base/vec.h"
#include "mustache/expand.h"

#define EXPAND_OPEN "\xee\x80\x80"  /* U+E000 */
#define EXPAND_CLOSE "\xee\x80\x81" /* U+E001 */

struct expand_slot {
	const struct val *value; /* NULL: missing */
	struct str name;
	struct mustache_place place;
	bool strict; /* missing and null are errors */
};

/* What stands in the text from a line and column on, until the next. */
struct expand_piece {
	uint32_t line, column; /* in the text, from 1 */
	size_t at;             /* its offset in the text */
	bool is_slot;
	struct mustache_place place; /* in the template */
};

struct expand {
	const struct mustache_run *run;
	struct buf text;
	struct {
		VEC(struct expand_slot);
	} slots;
	struct {
		VEC(struct expand_piece);
	} pieces;
	struct {
		VEC(size_t);
	} lines;         /* offset of each line of the text */
	uint32_t column; /* where the text ends */
};

/**
 * Expands a template into e, which is all zeros. It refers to run and root
 * until expand_done().
 *
 * Errors: those of mustache_expand(); ERR_LIMIT beyond LIMIT_RENDER_BYTES.
 */
MUST_USE bool expand_init(struct expand *e, struct mustache_run *run,
			  const struct mustache_template *t,
			  const struct val *root, struct err *err);
void expand_done(struct expand *e);

enum expand_kind { EXPAND_END, EXPAND_TEXT, EXPAND_SLOT };

/**
 * Cuts the next piece off a scalar of the text: what stands before the next
 * mark (*out_text), or the slot of a mark (*out_slot).
 */
enum expand_kind expand_cut(const struct expand *e, struct str *rest,
			    struct str *out_text,
			    const struct expand_slot **out_slot);

/** Whether a scalar of the text holds a mark. */
bool expand_has_slot(const struct expand *e, struct str s);

/** The piece at a line and column of the text; NULL when there is none. */
const struct expand_piece *expand_find(const struct expand *e, uint32_t line,
				       uint32_t column);

/** Appends where in the template a line and column of the text come from. */
void expand_place(const struct expand *e, uint32_t line, uint32_t column,
		  struct buf *out);

/** The rest of a line of the text from a column on, without its line end. */
struct str expand_line(const struct expand *e, uint32_t line, uint32_t column);

#endif
