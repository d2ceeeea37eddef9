/*
 * Marks: what stands in a template's text in place of its values.
 *
 * One character for each slot, U+100000 and up: a plane for private use that
 * no font of icons has taken. YAML takes them for ordinary letters. Templates
 * and what is inserted raw may not contain them.
 */
#ifndef CHART_MARKS_H
#define CHART_MARKS_H

#include "base/buf.h"

#include <stdint.h>

#define MARK_BYTES 4
/* The first byte of a mark: of no other character, since UTF-8 ends there. */
#define MARK_LEAD '\xf4'
/* How a mark begins as an escape in quotes. */
#define MARK_ESCAPE "\\U0010"

/** Appends the mark of a slot below LIMIT_RENDER_SLOTS. */
void mark_add(struct buf *out, size_t slot);

enum mark_piece { MARK_END, MARK_TEXT, MARK_SLOT };

/**
 * Cuts the next piece off a scalar: what stands before the next mark
 * (*out_text), or the slot of a mark (*out_slot). A mark of no slot below
 * `slots` is text.
 */
enum mark_piece mark_cut(struct str *rest, size_t slots, struct str *out_text,
			 size_t *out_slot);

/** Whether valid UTF-8 holds a mark. */
static inline bool mark_is_in(struct str s)
{
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] == MARK_LEAD)
			return true;
	return false;
}

#endif
