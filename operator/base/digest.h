/* SHA-256 (FIPS 180-4) and randomness, both libcrypto's. */
#ifndef BASE_DIGEST_H
#define BASE_DIGEST_H

#include "base/err.h"
#include "base/str.h"

/* 64 hexadecimal digits and a NUL. */
#define DIGEST_TEXT_BYTES 65

/** Writes the SHA-256 of data as lower-case hexadecimal. Returns out. */
const char *digest_sha256(struct str data, char out[DIGEST_TEXT_BYTES]);

/**
 * n characters of the URL-safe alphabet (RFC 4648 section 5), each worth six
 * bits, from the system's random generator. The caller frees the text, and
 * wipes it first when it is a secret.
 *
 * Errors: ERR_INTERNAL when the system gives no randomness.
 */
MUST_USE bool digest_random_text(size_t n, char **out, struct err *err);

#endif
