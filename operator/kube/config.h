/*
 * Where the API server is and how we prove who we are.
 *
 * Read once, never changed: any number of threads may use one. What does
 * change over time, a token that is rotated or bought from a plug-in, lives
 * behind kube/token.h. TLS is always verified: a configuration that asks for
 * anything else is refused, with the file and the field that asks.
 */
#ifndef KUBE_CONFIG_H
#define KUBE_CONFIG_H

#include "base/attr.h"
#include "base/err.h"

#include <stdbool.h>

struct kube_token;

/* PEM text held here, or the path of a file that may be replaced at any time;
 * at most one of them is set. */
struct kube_pem {
	char *text; /* may be NULL */
	char *path; /* absolute, or as given on the command line; may be NULL */
};

struct kube_config {
	char *server;  /* "https://host:6443", without a '/' at the end */
	char *source;  /* the file it was read from, or "in-cluster" */
	char *context; /* name of the context; NULL in a cluster */
	char *ns;      /* default namespace, never NULL */
	char *tls_server_name; /* name in the server's certificate, or NULL */
	char *proxy_url;       /* NULL: what the environment says */
	struct kube_pem ca;    /* nothing set: the system's authorities */
	struct kube_pem cert;  /* of the client; both or neither are set */
	struct kube_pem key;
	struct kube_token *token; /* NULL: no token; see kube/token.h */
};

/**
 * Finds and reads the configuration, in this order: the file path, the first
 * existing file of $KUBECONFIG's list, the service account of the pod we run
 * in, ~/.kube/config. Files of the list are not merged, unlike kubectl's.
 *
 * @param path     NULL or "": not given
 * @param context  NULL or "": the file's current-context; not allowed in a
 *                 cluster
 * Errors: ERR_INVALID    what is wrong, by file and field
 *         ERR_NOT_FOUND  no such file, or no configuration anywhere
 *         ERR_DENIED, ERR_LIMIT  of a file
 */
MUST_USE bool kube_config_load(const char *path, const char *context,
			       struct kube_config **out, struct err *err);

/** The same for one kubeconfig file. */
MUST_USE bool kube_config_read(const char *path, const char *context,
			       struct kube_config **out, struct err *err);

/**
 * The configuration of a pod.
 *
 * @param dir   of the service account's files: token, ca.crt, namespace
 * @param host  name or address (IPv4 or IPv6) of the API server
 * @param port  its port, as a text
 */
MUST_USE bool kube_config_in_cluster(const char *dir, const char *host,
				     const char *port, struct kube_config **out,
				     struct err *err);

/** Frees and wipes. Nobody may still use it. NULL is allowed. */
void kube_config_free(struct kube_config *config);
DEFINE_AUTO(struct kube_config *, kube_config_free)

#endif
