/*
 * A text that is kept for long and read now and then: a long one is held
 * deflated (RFC 1951), which makes a third of a custom resource. Counted, never
 * changed: any thread may read it.
 */
#ifndef CONTROLLER_PACKED_H
#define CONTROLLER_PACKED_H

#include "base/str.h"
#include "data/val.h"

struct packed;

/** A copy of a text, at most LIMIT_OBJECT_BYTES. The caller drops it. */
MUST_USE struct packed *packed_new(struct str text);

struct packed *packed_ref(struct packed *p);
/** NULL is allowed. */
void packed_unref(struct packed *p);

/** The text. New reference. */
MUST_USE struct val *packed_read(const struct packed *p);

/** Whether both hold the same text. */
bool packed_equal(const struct packed *a, const struct packed *b);

#endif
