/*
 * Which custom resources are this operator's, where several share them: shard
 * 0/3, 1/3 or 2/3, numbered as the pods of a StatefulSet are. Pure.
 *
 * A custom resource belongs to the shard FNV-1a(uid) modulo n, of 64 bits over
 * the text of its metadata.uid. That never changes, and must not from version
 * to version: two operators would take one resource for theirs, or none would.
 */
#ifndef CONTROLLER_SHARD_H
#define CONTROLLER_SHARD_H

#include "base/attr.h"
#include "base/err.h"
#include "base/str.h"

#define SHARD_MOST 1000

/* Zero: all is ours. */
struct shard {
	unsigned number, count;
};

/**
 * Reads "i/n".
 *
 * Errors: ERR_INVALID
 */
MUST_USE bool shard_parse(struct str text, struct shard *out, struct err *err);

/** Whether a custom resource of that uid is ours. */
bool shard_has(const struct shard *shard, struct str uid);

#endif
