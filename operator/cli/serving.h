/*
 * What the operator serves, by its options: probes on one address, metrics on
 * another, with HTTPS and for whom the API server lets see them, if asked for.
 */
#ifndef CLI_SERVING_H
#define CLI_SERVING_H

#include "cli/guard.h"
#include "cli/options.h"

struct serving_options {
	const char *metrics_address, *probe_address;
	bool secure, guarded; /* metrics */
	bool http2;           /* accepted, of no effect */
};

#define SERVING_DEFAULTS                                             \
	{                                                            \
		.metrics_address = ":8080", .probe_address = ":8081" \
	}

/* The rows of a table of options that fill the struct. */
#define SERVING_OPTIONS(o)                                                    \
	{ "--metrics-bind-address", OPTION_TEXT, &(o)->metrics_address,       \
	  "ADDRESS", "where /metrics is served (default :8080; 0: not)" },    \
		{ "--metrics-addr", OPTION_TEXT, &(o)->metrics_address,       \
		  "ADDRESS", "the same under its old name" },                 \
		{ "--metrics-secure", OPTION_FLAG, &(o)->secure, NULL,        \
		  "serve /metrics with HTTPS, by a certificate that is made " \
		  "at start" },                                               \
		{ "--metrics-require-rbac", OPTION_FLAG, &(o)->guarded, NULL, \
		  "only to those whom the API server lets get /metrics, by "  \
		  "their\n        token; needs --metrics-secure" },           \
		{ "--health-probe-bind-address", OPTION_TEXT,                 \
		  &(o)->probe_address, "ADDRESS",                             \
		  "where /healthz and /readyz are served (default :8081; 0: " \
		  "not)" },                                                   \
	{                                                                     \
		"--enable-http2", OPTION_FLAG, &(o)->http2, NULL,             \
			"accepted; what is served is always HTTP/1.1"         \
	}

/** Why the options contradict one another; NULL when they do not. */
const char *serving_misuse(const struct serving_options *o);

struct serving;

/**
 * Starts to serve. All arguments are borrowed for its life.
 *
 * Errors: those of server_start().
 */
MUST_USE bool serving_start(const struct serving_options *o,
			    const struct serve_probes *probes,
			    const struct kube_config *config,
			    struct serving **out, struct err *err);

/** NULL is allowed. */
void serving_stop(struct serving *s);
DEFINE_AUTO(struct serving *, serving_stop)

#endif
