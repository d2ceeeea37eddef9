/*
 * What went wrong, and what to do about it.
 *
 * One caller-owned error travels as the last parameter, never NULL. A
 * function that fails returns false, has set the error exactly once and has
 * left its outputs untouched; on success the error is untouched. The kind
 * decides what a reconcile worker does next.
 */
#ifndef BASE_ERR_H
#define BASE_ERR_H

#include "base/attr.h"

#include <stdbool.h>
#include <stdint.h>

/* kind, text for logs and metrics, what a reconcile worker does next */
#define ERR_KINDS(X)                                 \
	X(NONE, "none", RETRY_NEVER)                 \
	X(INVALID, "invalid", RETRY_ON_CHANGE)       \
	X(LIMIT, "limit", RETRY_ON_CHANGE)           \
	X(NOT_FOUND, "not_found", RETRY_BACKOFF)     \
	X(EXISTS, "exists", RETRY_BACKOFF)           \
	X(CONFLICT, "conflict", RETRY_NOW)           \
	X(GONE, "gone", RETRY_RELIST)                \
	X(DENIED, "denied", RETRY_BACKOFF)           \
	X(UNAVAILABLE, "unavailable", RETRY_BACKOFF) \
	X(CANCELLED, "cancelled", RETRY_NEVER)       \
	X(INTERNAL, "internal", RETRY_BACKOFF)

enum err_retry {
	RETRY_NEVER,
	RETRY_ON_CHANGE, /* only other input can help */
	RETRY_NOW,       /* once at once, then as RETRY_BACKOFF */
	RETRY_RELIST,    /* what was read is too old: read again */
	RETRY_BACKOFF
};

enum err_kind {
#define X(name, text, retry) ERR_##name,
	ERR_KINDS(X)
#undef X
		ERR_KIND_COUNT
};

struct err {
	enum err_kind kind;
	char *msg;              /* owned, NULL when kind is ERR_NONE */
	char *field;            /* owned, path of the field at fault, or NULL */
	int64_t retry_after_ms; /* what the server asked for; 0: nothing */
};

#define ERR_INIT ((struct err){ .kind = ERR_NONE })

/**
 * Records a failure in an error that holds none. Always returns false, so a
 * caller can return it.
 */
bool err_set(struct err *err, enum err_kind kind, const char *fmt, ...)
	PRINTF_LIKE(3, 4);

/** Prefixes the message with what was being done. Always returns false. */
bool err_wrap(struct err *err, const char *fmt, ...) PRINTF_LIKE(2, 3);

/** Names the field at fault (a copy is kept). Always returns false. */
bool err_at_field(struct err *err, const char *field);

/** Records the failure of a system call: errno value, its text appended. */
bool err_sys(struct err *err, int errnum, const char *fmt, ...)
	PRINTF_LIKE(3, 4);

/** Moves the error in from over the one in to. */
void err_move(struct err *to, struct err *from);

/** Back to ERR_INIT. Allowed on an error that holds nothing. */
void err_clear(struct err *err);

const char *err_kind_text(enum err_kind kind);
enum err_retry err_kind_retry(enum err_kind kind);

static inline void err_auto_(struct err *err)
{
	err_clear(err);
}
#define AUTO_ERR __attribute__((cleanup(err_auto_))) struct err

#endif
