/* gzip (RFC 1952) in memory, bounded; the only user of zlib. */
#ifndef DATA_GZIP_H
#define DATA_GZIP_H

#include "base/buf.h"

/* The best level, which is the one Helm writes its records with. */
#define GZIP_BEST 9

/**
 * Appends data compressed. The header is the one that Go's compress/gzip
 * writes: no name, no time, system 255.
 *
 * @param level  1 to 9
 * Errors: ERR_LIMIT when out would grow beyond its limit, ERR_INTERNAL when
 *         there is no memory.
 */
MUST_USE bool gzip_write(struct str data, int level, struct buf *out,
			 struct err *err);

/**
 * Appends what data holds, which must be one whole gzip member and nothing
 * else. After an error out holds what came before it.
 *
 * Errors: ERR_INVALID for anything else, ERR_LIMIT as soon as out would grow
 *         beyond its limit.
 */
MUST_USE bool gzip_read(struct str data, struct buf *out, struct err *err);

/**
 * Deflates a text that is to be kept in memory (RFC 1951, no framing): fast,
 * and with little memory of its own. gzip_inflate() is its reverse.
 *
 * Errors: as of gzip_write(), gzip_read().
 */
MUST_USE bool gzip_deflate(struct str text, struct buf *out, struct err *err);
MUST_USE bool gzip_inflate(struct str data, struct buf *out, struct err *err);

/** Whether data begins like gzip: its mark, and the only method there is. */
static inline bool gzip_is(struct str data)
{
	return str_starts(data, "\x1f\x8b\x08");
}

#endif
