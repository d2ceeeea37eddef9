/*
 * Digests of rendered objects: SHA-256 over JSON with sorted keys, so that
 * neither the order of keys nor blanks in a chart matter. Pure.
 */
#ifndef RELEASE_DIGEST_H
#define RELEASE_DIGEST_H

#include "base/digest.h"
#include "data/val.h"

/** The digest of a value. Returns out. */
const char *digest_value(const struct val *v, char out[DIGEST_TEXT_BYTES]);

#endif
