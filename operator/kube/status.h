/*
 * What the API server refused, as an error. The one place that turns HTTP
 * codes and metav1.Status reasons into kinds; pure.
 */
#ifndef KUBE_STATUS_H
#define KUBE_STATUS_H

#include "base/err.h"
#include "base/str.h"

struct val;

/* Longest message kept of a Status, in bytes. */
#define STATUS_MESSAGE_BYTES 2000

/**
 * Records the failure that an answer means. The message is "<what>: <message
 * of the Status>", the field that of its first cause, and retry_after_ms
 * the larger of the header's and of details.retryAfterSeconds.
 *
 *   400 422 INVALID · 401 403 DENIED, or UNAVAILABLE for a namespace that is
 *   being terminated · 404 NOT_FOUND · 409 CONFLICT, or EXISTS for reason
 *   AlreadyExists · 410 GONE · 408 429 5xx UNAVAILABLE
 *
 * An answer 422 without causes, which a JSON patch whose `test` failed gives,
 * is a CONFLICT.
 *
 * @param what  "Deployment team-a/web": of whom the request was
 * @param body  of the answer; need not be JSON
 * @return false always
 */
bool status_error(int code, struct str body, int64_t retry_after_ms,
		  const char *what, struct err *err);

/**
 * The same for a Status that came as a value, as the object of a watch's
 * ERROR event: its own code counts.
 */
bool status_error_val(const struct val *status, const char *what,
		      struct err *err);

#endif
