/*
 * Targets of requests: what follows the server's address. Every part is
 * encoded here and nowhere else, so no name can become a path or a query.
 */
#ifndef KUBE_URL_H
#define KUBE_URL_H

#include "base/buf.h"

struct kube_kind;

/* Longest target: a label selector over many values is the largest part. */
#define URL_BYTES ((size_t)64 * 1024)

/* The parts of "https://host:port/prefix", borrowed from it. */
struct url_server {
	struct str authority;  /* "host:port", as it is written */
	struct str host, port; /* "[::1]" with its brackets; "443" */
	struct str prefix;     /* "/prefix", or empty */
};

/** @param server  as in a kube_config */
struct url_server url_server(const char *server);

/** Whether a server is on this machine, as far as its address tells. */
bool url_is_local(const char *server);

/**
 * Appends text with everything but unreserved characters (RFC 3986 section
 * 2.3) as %XX.
 */
void url_encode(struct str text, struct buf *out);

/** Appends '/' and one encoded segment. */
void url_segment(struct buf *out, const char *text);

/**
 * Appends "?key=value", or "&key=value" when out holds a '?' already; nothing
 * when value is NULL or "".
 */
void url_query(struct buf *out, const char *key, const char *value);
void url_query_int(struct buf *out, const char *key, int64_t value);

/** Appends "/api/v1" or "/apis/apps/v1": where a group is discovered. */
void url_group(struct buf *out, const char *api_version);

/**
 * Appends the target of a kind: "/apis/apps/v1/namespaces/a/deployments/web".
 *
 * @param ns           NULL or "": all namespaces; ignored when the kind has none
 * @param name         NULL or "": the collection
 * @param subresource  NULL or "": the object itself
 */
void url_object(struct buf *out, const struct kube_kind *kind, const char *ns,
		const char *name, const char *subresource);

/**
 * Whether a finished target may be sent. A segment "." or ".." is refused: no
 * object is called so, encoding it does not help (RFC 3986 section 6.2.2.2),
 * and it would make the request one for something else.
 *
 * Errors: ERR_INVALID, ERR_LIMIT when it is longer than the buffer may grow.
 */
MUST_USE bool url_check(const struct buf *target, struct err *err);

#endif
