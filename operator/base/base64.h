/* Base64 with padding, standard alphabet (RFC 4648 section 4). */
#ifndef BASE_BASE64_H
#define BASE_BASE64_H

#include "base/buf.h"

/** Bytes of the base64 of n bytes. */
static inline size_t base64_size(size_t n)
{
	return (n + 2) / 3 * 4;
}

/** Appends the base64 of data. */
void base64_write(struct str data, struct buf *out);

/**
 * Appends what text encodes. Line breaks are skipped, as Go's decoder does;
 * anything else outside the alphabet, a wrong padding or a wrong length is
 * refused, and out then holds what came before.
 *
 * Errors: ERR_INVALID with the offset of the first bad byte.
 */
MUST_USE bool base64_read(struct str text, struct buf *out, struct err *err);

#endif
