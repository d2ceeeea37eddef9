/*
 * Whether a connection may send, and how long that may take: what makes sure
 * that nobody writes who may have lost a lease, or who is being stopped. One
 * thread decides, any number of connections ask. Pure but for its atomics.
 *
 * Why no write arrives too late. A lease of 15 s that was renewed by a request
 * begun at time T, by our clock, is taken over by nobody before T + 15 s: the
 * others begin to count when they see the renewal, hence later than T. So
 *
 *   T + 10 s  writes begin before this (whoever leads gives up then, too)
 *   T + 13 s  writes have ended by this
 *   T + 15 s  somebody else may write
 *
 * "Begin" is asked twice: before a request is prepared, and again when its
 * connection stands, just before its first byte. "Ended" is made sure of by
 * both sides: our deadline ends the request and resets its connection, so that
 * the kernel goes on sending nothing of it, and the server is told the same
 * deadline (`timeout` of its API), so that it does not go on either when that
 * reset never arrives. The clock is one that counts while the machine sleeps. Two
 * seconds are left for what neither side sees: the way to the server, and
 * clocks that run at different speeds. Between our last look at the clock and
 * the system call that follows are microseconds; a process that is halted
 * there and nowhere else for five seconds is beyond any client, and finds
 * the preconditions that writes carry (uid, resourceVersion, a name that is
 * taken).
 */
#ifndef KUBE_FENCE_H
#define KUBE_FENCE_H

#include "kube/http.h"

#include <stdatomic.h>

/* From when writes may no longer begin to when they have ended. */
#define KUBE_FENCE_GRACE_MS 3000

struct kube_fence {
	atomic_bool closed;
	_Atomic int64_t writes_until_ms, cut_ms;
};

/** All may be sent, without an end. */
void kube_fence_init(struct kube_fence *f);

/* Times are those of clock_elapsed_ms(). */

/** Writes may begin before a time; INT64_MIN: they may not. */
void kube_fence_lend(struct kube_fence *f, int64_t until_ms);

/** Requests of every kind end at a time, also those under way. */
void kube_fence_cut(struct kube_fence *f, int64_t at_ms);

/** Requests of every kind do not begin any more, for good. Those under way
 * go on until they are cut. */
void kube_fence_close(struct kube_fence *f);

/** Whether requests under way have to end now: then err says so with
 * ERR_CANCELLED, unless it says something already. */
bool kube_fence_breaks(const struct kube_fence *f, int64_t now_ms,
		       struct err *err);

/**
 * Whether a request of a method may begin now.
 *
 * Errors: ERR_CANCELLED
 */
MUST_USE bool kube_fence_check(const struct kube_fence *f, const char *method,
			       int64_t now_ms, struct err *err);

/**
 * The same, and when the request has to end.
 *
 * @param out     receives the request as it is to be sent: with a shorter
 *                timeout_ms, and that of a write for the server, too
 * @param target  receives what out borrows; the caller frees it
 * Errors: ERR_CANCELLED
 */
MUST_USE bool kube_fence_admit(const struct kube_fence *f,
			       const struct http_request *req, int64_t now_ms,
			       struct http_request *out, char **target,
			       struct err *err);

#endif
