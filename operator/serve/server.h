/*
 * The operator's HTTP endpoints, for probes and Prometheus: /healthz and
 * /readyz on one address, /metrics on another, as helm-operator has them.
 * GET only; of what a client sends, method, path and token are read. The only
 * user of libmicrohttpd.
 */
#ifndef SERVE_SERVER_H
#define SERVE_SERVER_H

#include "base/attr.h"
#include "base/err.h"

#include <stdbool.h>

/* Asked from the server's threads; must not block. */
struct serve_probes {
	bool (*is_healthy)(void *ctx);
	bool (*is_ready)(void *ctx);
	void *ctx;
};

/* Who may see a page. Asked from the server's one thread, and may block. */
struct serve_guard {
	/* Returns 200 to let the bearer of a token in, else what to answer:
	 * 401, 403, 500. Without a token it is "". */
	int (*ask)(void *ctx, const char *token);
	void *ctx;
};

/* All borrowed for the life of the server. */
struct serve_options {
	/* "host:port" or ":port" for all addresses; "0" or "": nothing is
	 * served, and there is no server */
	const char *address;
	const struct serve_probes *probes; /* NULL: /metrics in their place */
	const struct serve_guard *guard;   /* NULL: everybody may */
	bool secure; /* HTTPS, with a certificate of our own */
};

struct server;

/**
 * Starts serving.
 *
 * Errors: ERR_INVALID for an address that is none, ERR_UNAVAILABLE when the
 *         port cannot be had.
 */
MUST_USE bool server_start(const struct serve_options *o, struct server **out,
			   struct err *err);

/** Stops serving; requests in hand are answered. NULL is allowed. */
void server_stop(struct server *s);
DEFINE_AUTO(struct server *, server_stop)

#endif
