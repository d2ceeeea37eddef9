/*
 * Requests to the API server: the only user of libcurl.
 *
 * A kube_conn sends one request at a time and belongs to one thread; a
 * http_pool carries any number at once on one thread (the watches). Both keep
 * connections alive, verify TLS, follow no redirect and speak only https.
 * A 401 makes the next request ask for the credential anew; a kube_conn does
 * so at once, one time.
 */
#ifndef KUBE_HTTP_H
#define KUBE_HTTP_H

#include "base/attr.h"
#include "base/buf.h"
#include "base/err.h"

#include <stdint.h>

struct kube_config;
struct kube_fence;

/** Before any thread is started, and after the last has ended. */
void http_start(void);
void http_stop(void);

/* Zero means: the default. */
struct http_request {
	const char *method;       /* "GET", "POST", "PATCH" or "DELETE" */
	const char *target;       /* made by kube/url.h */
	const char *accept;       /* NULL: "application/json" */
	const char *content_type; /* of the body; NULL: "application/json" */
	const char *as;           /* user to impersonate, or NULL */
	struct str body;          /* empty: none */
	size_t max_bytes;         /* of the answer; 0: LIMIT_BODY_BYTES */
	int64_t timeout_ms;       /* of it all; 0: LIMIT_REQUEST_MS */
};

struct http_response {
	int code;
	int64_t retry_after_ms; /* 0: the server did not say */
	struct buf body;        /* freed with http_response_done() */
};

void http_response_done(struct http_response *r);
static inline void http_response_auto_(struct http_response *r)
{
	http_response_done(r);
}
#define AUTO_RESPONSE \
	__attribute__((cleanup(http_response_auto_))) struct http_response

struct kube_conn;

/**
 * A connection for one thread; nothing is sent yet.
 *
 * @param config  borrowed for the life of the connection
 */
MUST_USE struct kube_conn *kube_conn_new(const struct kube_config *config);
/** NULL is allowed. */
void kube_conn_free(struct kube_conn *conn);
DEFINE_AUTO(struct kube_conn *, kube_conn_free)

/**
 * Has a connection that has sent nothing yet ask a fence about each request.
 *
 * @param fence  borrowed for the life of the connection
 */
void kube_conn_set_fence(struct kube_conn *conn,
			 const struct kube_fence *fence);

/**
 * Sends a request and waits for the whole answer. Any HTTP code is an answer,
 * hence a success here; kube/status.h makes errors of codes.
 *
 * @param out  a zeroed response; freed by the caller also after a failure
 * Errors: ERR_UNAVAILABLE  no connection, no trust, no answer in time
 *         ERR_LIMIT        the answer is larger than max_bytes
 *         ERR_CANCELLED    its fence says no (kube/fence.h)
 *         those of the credential (kube/token.h)
 */
MUST_USE bool kube_conn_send(struct kube_conn *conn,
			     const struct http_request *req,
			     struct http_response *out, struct err *err);

/*
 * Many requests on one thread. Every function but http_pool_wake() is for
 * that thread only.
 */
struct http_pool;
struct http_call;

struct http_call_fns {
	/* Bytes of an answer, borrowed, in order; false, with err set, ends
	 * the call with this error. */
	bool (*data)(void *ctx, int code, const char *p, size_t n,
		     struct err *err);
	/* The call has ended, and may be started again. err holds nothing when
	 * the answer was read to its end, whatever its code. */
	void (*done)(void *ctx, int code, int64_t retry_after_ms,
		     const struct err *err);
};

/** @param config  borrowed for the life of the pool */
MUST_USE struct http_pool *http_pool_new(const struct kube_config *config);
/** Every call must have been freed. NULL is allowed. */
void http_pool_free(struct http_pool *pool);

/** @param fns, ctx  borrowed for the life of the call */
MUST_USE struct http_call *http_call_new(struct http_pool *pool,
					 const struct http_call_fns *fns,
					 void *ctx);
/** Ends it without a word to done(). Not from within data(). NULL is allowed. */
void http_call_free(struct http_call *call);

/**
 * Starts a request on a call that is not under way. req and what it points to
 * are copied but for the body, which must be empty. done() is called later,
 * from http_pool_wait(), and never when this returns false.
 */
MUST_USE bool http_call_start(struct http_call *call,
			      const struct http_request *req, struct err *err);
/** The HTTP code of the answer that is coming in; 0: none has begun. */
int http_call_code(struct http_call *call);

/** Ends a request that is under way without a word to done(). Not from within
 * data(). */
void http_call_cancel(struct http_call *call);

/**
 * Moves all calls on, calling back, and waits until something happened, the
 * time is over or http_pool_wake() was called.
 */
void http_pool_wait(struct http_pool *pool, int64_t timeout_ms);

/** Ends the current or the next wait. Any thread. */
void http_pool_wake(struct http_pool *pool);

#endif
