/*
 * Reads tar archives in memory: ustar, pax and GNU's long names (not its
 * sparse files). Nothing is ever written to disk.
 */
#ifndef DATA_TAR_H
#define DATA_TAR_H

#include "base/err.h"
#include "base/str.h"

enum tar_type {
	TAR_FILE,
	TAR_DIR,
	TAR_LINK, /* hard or symbolic: where to is not told */
	TAR_OTHER /* devices, pipes and what else exists */
};

struct tar_entry {
	struct str name; /* "a/b": relative, without "." and "..", UTF-8 */
	enum tar_type type;
	struct str data; /* of a TAR_FILE: into the archive */
};

/** Called for each entry; name lives for the call, data as the archive. */
typedef bool tar_fn(void *ctx, const struct tar_entry *entry, struct err *err);

struct tar_limits {
	size_t entries;     /* of any type */
	size_t file_bytes;  /* of one file */
	size_t total_bytes; /* of all files */
};

/**
 * Walks an archive, and stops at the first error, fn's or its own.
 *
 * Errors: ERR_INVALID for a damaged archive, an absolute name or one with
 *         "..", a backslash or control characters; ERR_LIMIT.
 */
MUST_USE bool tar_walk(struct str archive, const struct tar_limits *limits,
		       tar_fn *fn, void *ctx, struct err *err);

#endif
