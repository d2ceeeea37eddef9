/* What the subcommands have in common: reading their options, help, errors. */
#ifndef CLI_USAGE_H
#define CLI_USAGE_H

#include "base/buf.h"
#include "cli/commands.h"
#include "cli/options.h"

/* The API server's version where there is no API server. */
#define USAGE_KUBE_VERSION "v1.30.0"

#define USAGE_ANY_OPERANDS SIZE_MAX

/* What a command that works on a cluster is told of it. */
struct usage_cluster {
	const char *watches_file, *kubeconfig, *context;
};

#define USAGE_CLUSTER                            \
	{                                        \
		.watches_file = "./watches.yaml" \
	}

/* The rows of its table of options that fill the struct. */
#define USAGE_CLUSTER_OPTIONS(c)                                            \
	{ "--watches-file", OPTION_TEXT, &(c)->watches_file, "FILE",        \
	  "which kinds become releases of which charts (default "           \
	  "./watches.yaml)" },                                              \
		{ "--kubeconfig", OPTION_TEXT, &(c)->kubeconfig, "FILE",    \
		  "how to reach the API server (default: $KUBECONFIG, the " \
		  "pod's service account, ~/.kube/config)" },               \
	{                                                                   \
		"--context", OPTION_TEXT, &(c)->context, "NAME",            \
			"context of that file (default: its current one)"   \
	}

struct usage {
	const char *command;  /* "run" */
	const char *synopsis; /* "CHART [OPTIONS]" */
	const char *help;     /* sentences */
	const struct option *options;
	size_t count;
	size_t operands; /* how many there must be, or USAGE_ANY_OPERANDS */
};

/**
 * Reads the options of a command. Returns true to go on; else *code is the
 * exit code: help was printed, or a usage error.
 */
bool usage_read(const struct usage *u, char **argv,
		struct option_list *operands, int *code);

/** Prints a whole result on stdout; false when it could not be written. */
bool usage_print(const struct buf *text);

/** Says how a command was misused. Returns EXIT_USAGE. */
int usage_misuse(const char *command, const char *what);

/** Prints an error of a command to stderr. Returns EXIT_FAILED. */
int usage_fail(const char *command, const struct err *err);

#endif
