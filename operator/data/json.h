/*
 * JSON text to value and back (RFC 8259, stricter where the API server is).
 *
 * The reader refuses what would lose or change data later: duplicate keys,
 * text after the value, numbers no JSON knows (01), NUL inside a string,
 * invalid UTF-8, nesting beyond LIMIT_NESTING. Numbers keep their digits.
 */
#ifndef DATA_JSON_H
#define DATA_JSON_H

#include "base/buf.h"
#include "data/val.h"

/**
 * Reads one value.
 *
 * Errors: ERR_INVALID "line 3 column 7: …", columns counted in characters;
 *         ERR_LIMIT for the nesting.
 */
MUST_USE bool json_read(struct str text, struct val **out, struct err *err);

/** Appends v without blanks; NULL is written as null. */
void json_write(const struct val *v, struct buf *out);

/** Appends v indented by two blanks, for people. */
void json_write_pretty(const struct val *v, struct buf *out);

/** Appends text as a JSON string with its quotes. */
void json_write_text(struct str text, struct buf *out);

/** The same without the quotes: part of a string. */
void json_write_inside(struct str text, struct buf *out);

/** Appends v without blanks, the keys of every map in the order of bytes:
 * equal values give equal texts. */
void json_write_sorted(const struct val *v, struct buf *out);

/**
 * Appends v as Go's encoding/json would: '<', '>', '&', U+2028 and U+2029
 * escaped. Release records are written so.
 */
void json_write_go(const struct val *v, struct buf *out);

#endif
