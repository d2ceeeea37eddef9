/*
 * Cuts the text of a List into its items, whatever the chunk boundaries are,
 * so that a page is never held in memory: neither its text nor its values.
 */
#ifndef KUBE_ITEMS_H
#define KUBE_ITEMS_H

#include "base/buf.h"

struct val;

struct items {
	struct buf item;       /* text of the item being read */
	struct buf rest;       /* the List without its items */
	int depth;             /* of nesting at the current byte */
	bool in_text, escaped; /* within a JSON string; after a backslash */
	bool in_items;         /* within the array of items */
};

void items_init(struct items *s);
/** On a zeroed struct allowed. */
void items_done(struct items *s);
static inline void items_auto_(struct items *s)
{
	items_done(s);
}
#define AUTO_ITEMS __attribute__((cleanup(items_auto_))) struct items

/** The item is borrowed. Return false, with err set, to stop. */
typedef bool items_fn(void *ctx, const struct val *item, struct err *err);

/**
 * Feeds a chunk.
 *
 * Errors: ERR_INVALID for an item that is no JSON, ERR_LIMIT for one larger
 *         than LIMIT_OBJECT_BYTES; anything fn sets. After an error it must
 *         not be fed again.
 */
MUST_USE bool items_feed(struct items *s, struct str chunk, items_fn *fn,
			 void *ctx, struct err *err);

/**
 * After the last chunk: the List itself, with an empty `items`.
 *
 * Errors: ERR_INVALID when the text is not a whole JSON object.
 */
MUST_USE bool items_end(struct items *s, struct val **out, struct err *err);

#endif
