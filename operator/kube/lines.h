/*
 * Cuts a byte stream into lines, whatever the chunk boundaries are. Used for
 * watch responses, where each line is one JSON event.
 */
#ifndef KUBE_LINES_H
#define KUBE_LINES_H

#include "base/buf.h"

struct lines {
	struct buf tail; /* bytes after the last newline seen */
};

/** @param max_line  longest line accepted, in bytes without its newline */
void lines_init(struct lines *l, size_t max_line);
/** On a zeroed struct allowed. */
void lines_done(struct lines *l);

/**
 * Called once per non-empty line, on the thread that called lines_feed().
 * The line is borrowed: it dies when the callback returns. Return false,
 * with err set, to stop.
 */
typedef bool lines_fn(void *ctx, struct str line, struct err *err);

/**
 * Feeds a chunk. Bytes after the last newline wait for the next chunk; a
 * stream that ends without a newline was cut, so they are never a line.
 *
 * Errors: ERR_LIMIT when a line is longer than max_line; anything fn sets.
 *         After an error the splitter must not be fed again.
 */
MUST_USE bool lines_feed(struct lines *l, struct str chunk, lines_fn *fn,
			 void *ctx, struct err *err);

#endif
