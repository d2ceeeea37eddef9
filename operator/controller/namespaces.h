/*
 * The namespaces that an operator looks after, as WATCH_NAMESPACE lists them.
 * Each kind has one watch a namespace, or a single one for all of them.
 */
#ifndef CONTROLLER_NAMESPACES_H
#define CONTROLLER_NAMESPACES_H

#include "base/err.h"
#include "base/str.h"
#include "base/vec.h"

#include <stdbool.h>
#include <stddef.h>

/* Owned texts, each once; none: all namespaces. */
struct namespaces {
	VEC(char *);
};

/**
 * Reads a list with commas; spaces and empty items are passed over. NULL and
 * "" are all namespaces.
 *
 * Errors: ERR_INVALID for what is no name of a namespace, ERR_LIMIT.
 */
MUST_USE bool namespaces_read(const char *text, struct namespaces *out,
			      struct err *err);
void namespaces_done(struct namespaces *n);
#define AUTO_NAMESPACES \
	__attribute__((cleanup(namespaces_done))) struct namespaces

/** Whether a text may be the name of a namespace: a label of RFC 1123. */
bool namespaces_is_name(struct str name);

/** Whether objects of a namespace are seen. */
bool namespaces_has(const struct namespaces *n, const char *namespace);

/** How many watches a kind has: at least 1. */
unsigned namespaces_watches(const struct namespaces *n);

/** The namespace of a watch; NULL: all of them. */
const char *namespaces_at(const struct namespaces *n, unsigned watch);

/** The watch that sees objects of a namespace; 0 when there is none, and for
 * objects of the cluster. */
unsigned namespaces_watch_of(const struct namespaces *n, struct str namespace);

#endif
