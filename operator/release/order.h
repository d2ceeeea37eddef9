/*
 * What the kinds of objects mean for installing and deleting them. Pure.
 */
#ifndef RELEASE_ORDER_H
#define RELEASE_ORDER_H

#include <stdbool.h>

struct manifest;

/**
 * Rank of a kind in Helm's InstallOrder (pkg/releaseutil/kind_sorter.go, with
 * Helm 4's webhook configurations); kinds it does not name come last.
 */
int order_install(const char *kind);

/** Orders two kinds: by rank, then by name. As strcmp. */
int order_compare(const char *kind, const char *other);

/**
 * Puts a manifest into install order: by kind, else as it was. Its hooks too,
 * which is the order that Helm keeps them in, not that in which they run.
 */
void order_sort(struct manifest *m);

/**
 * Rank when deleting: the reverse, but kinds that the table does not name,
 * which are custom resources, come first: their definition must still be
 * there. Helm itself deletes them last.
 */
int order_uninstall(const char *kind);

/** Definitions and namespaces: deleted only when all else is gone. */
bool order_is_last(const char *kind);

/** Kinds whose deletion must take their pods along before it is done. */
bool order_owns_pods(const char *kind);

/**
 * Kinds that no update deletes, since what they hold cannot be made again:
 * claims, volumes, namespaces, definitions, and custom resources (any group
 * with a dot that is not Kubernetes' own *.k8s.io).
 */
bool order_is_kept(const char *kind, const char *group);

/** Objects whose address is somebody's bookmark: kept while unchanged. */
bool order_has_address(const char *kind, const char *service_type);

#endif
