/*
 * A short digest of a live object, by which a restart and every watch event
 * tell that nothing happened, without a request. Pure, and cheap: it runs for
 * every event.
 *
 * It covers all but status and what the server and its controllers write by
 * themselves: of metadata only owners and those labels and annotations that we
 * wrote last, without the annotations that are noise (drift_rules.h), and no
 * volumeName of a claim or nodeName of a pod. Of a Secret it covers the version in place of the data:
 * whoever reads a digest must not be able to try passwords on it.
 *
 * Equal digests: nothing that matters differs. Different ones: drift_find()
 * tells whether it does, for defaults of a newer API server differ too.
 */
#ifndef RELEASE_LIVE_H
#define RELEASE_LIVE_H

#include "data/val.h"

/* 16 hexadecimal digits and a NUL. */
#define LIVE_DIGEST_BYTES 17

/**
 * The digest of an object as the API server returned it. Returns out.
 *
 * @param kind  the object's: what comes in a list does not tell its own
 */
const char *live_digest(const char *kind, const struct val *object,
			char out[LIVE_DIGEST_BYTES]);

#endif
