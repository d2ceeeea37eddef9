/*
 * A certificate of our own, for HTTPS where nobody has given us one: made at
 * start, kept in memory only, and signed by itself, as controller-runtime
 * does for metrics. Who asks can encrypt, and does not know whom it talks to.
 */
#ifndef SERVE_CERTIFICATE_H
#define SERVE_CERTIFICATE_H

#include "base/attr.h"
#include "base/err.h"

/* PEM texts, NUL-terminated and owned. */
struct certificate {
	char *cert;
	char *key;
};

/**
 * Makes one for this host and localhost. The caller frees it with
 * certificate_done().
 *
 * Errors: ERR_INTERNAL what the library says.
 */
MUST_USE bool certificate_make(struct certificate *out, struct err *err);

/** Wipes the key. */
void certificate_done(struct certificate *c);

#endif
