/*
 * What helpers share: the value or the text that a body stands for, and what
 * an argument says.
 *
 * A body of one value is that value, with its type; blank text around it only
 * lays it out. Any other body is a text, kept to the blank: its values are
 * printed as by a render of text, so that null is nothing, and lists and maps
 * are JSON.
 *
 * Messages never show a value, which may be a secret: only its type, and the
 * name in the tag.
 */
#ifndef MUSTACHE_HELPER_BODY_H
#define MUSTACHE_HELPER_BODY_H

#include "base/buf.h"
#include "mustache/helper.h"

/** Whether a part is nothing but blanks between tags. */
bool part_is_layout(const struct helper_part *part);

/** The part of a body of one value; NULL for any other body. */
const struct helper_part *body_single(const struct helper_body *body);

/**
 * The value that a body stands for, null for one that is missing. The caller
 * drops it.
 *
 * Errors: ERR_LIMIT for a text beyond LIMIT_RENDER_BYTES.
 */
MUST_USE bool body_value(const struct helper_body *body, struct val **out,
			 struct err *err);

enum body_trees {
	BODY_TREE_REFUSED, /* a body of one list or map is an error */
	BODY_TREE_SORTED   /* lists and maps are JSON, keys by bytes */
};

/**
 * Appends the text that a body stands for.
 *
 * Errors: ERR_INVALID for BODY_TREE_REFUSED; ERR_LIMIT beyond out's limit.
 */
MUST_USE bool body_text(const struct helper_body *body, enum body_trees trees,
			struct buf *out, struct err *err);

/**
 * Appends the items of the lists in a body, and its other values. What is
 * missing or null adds nothing.
 *
 * Errors: ERR_INVALID for a map, or for text between the values.
 */
MUST_USE bool body_items(const struct helper_body *body, struct val_list *out,
			 struct err *err);

/** The same with the maps in a body. Errors: ERR_INVALID for all else. */
MUST_USE bool body_maps(const struct helper_body *body, struct val_list *out,
			struct err *err);

/** A text from what out holds. Errors: ERR_LIMIT when it overflowed. */
MUST_USE bool body_result(const struct buf *text, struct val **out,
			  struct err *err);

/** Appends a value that is no list and no map as a render of text does. */
void body_print(const struct val *v, struct buf *out);

/** Reads a number of at most nine digits. Errors: ERR_INVALID. */
MUST_USE bool argument_number(struct str argument, size_t *out,
			      struct err *err);

/**
 * What a word in an argument means: itself, or what it is the name of, for
 * what the name of a tag cannot hold.
 */
struct str argument_text(struct str word);

#endif
