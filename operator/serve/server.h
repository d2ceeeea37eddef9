/*
 * The operator's HTTP endpoints, for probes and Prometheus: /healthz and
 * /readyz on one address, /metrics on another, as helm-operator has them.
 * Plain HTTP, GET only, no input is read. The only user of libmicrohttpd.
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

struct server;

/**
 * Starts serving.
 *
 * @param address  "host:port" or ":port" for all addresses; "0" or "" serves
 *                 nothing, and *out is NULL
 * @param probes   borrowed; NULL: serve /metrics instead of the probes
 * Errors: ERR_INVALID for an address that is none, ERR_UNAVAILABLE when the
 *         port cannot be had.
 */
MUST_USE bool server_start(const char *address,
			   const struct serve_probes *probes,
			   struct server **out, struct err *err);

/** Stops serving; requests in hand are answered. NULL is allowed. */
void server_stop(struct server *s);
DEFINE_AUTO(struct server *, server_stop)

#endif
