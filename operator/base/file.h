/* Whole files, bounded. */
#ifndef BASE_FILE_H
#define BASE_FILE_H

#include "base/buf.h"

/**
 * Appends the contents of a regular file (or a pipe) to out.
 *
 * Errors: ERR_NOT_FOUND, ERR_DENIED, ERR_UNAVAILABLE from the system,
 *         ERR_LIMIT when the file is larger than out may grow; each message
 *         names the path.
 */
MUST_USE bool file_read(const char *path, struct buf *out, struct err *err);

/** Appends what can be read from a descriptor until its end. */
MUST_USE bool file_read_fd(int fd, const char *name, struct buf *out,
			   struct err *err);

#endif
