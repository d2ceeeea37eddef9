/*
 * Secrets that are made up when they are created: a Secret annotated
 * ide.example.com/generate: KEY gets data.KEY filled with random characters.
 * It is never patched, compared, recorded or logged with that value.
 */
#ifndef RELEASE_GENERATE_H
#define RELEASE_GENERATE_H

#include "base/err.h"
#include "data/val.h"

/* Characters of a generated value, six random bits each: 144 bits. */
#define GENERATE_CHARS ((size_t)24)

/** The key that obj wants generated, NULL for anything else. Borrowed. */
const char *generate_key(const struct val *obj);

/**
 * obj as it is to be created. The caller drops *out, which holds a secret.
 *
 * Errors: ERR_INVALID when its data is no map, ERR_INTERNAL without
 *         randomness.
 */
MUST_USE bool generate_fill(const struct val *obj, struct val **out,
			    struct err *err);

#endif
