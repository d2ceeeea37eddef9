/*
 * The size of a workload: the fields that `stopped` sets to nothing, and that
 * are changed in place instead of by a redeploy. Pure.
 *
 * Deployment, StatefulSet, ReplicaSet, ReplicationController: spec.replicas.
 * Job, CronJob: spec.suspend. DaemonSet: a node selector that no node has.
 *
 * To a StatefulSet's size belongs what becomes of its claims
 * (persistentVolumeClaimRetentionPolicy, KEP-1847): what is stopped keeps
 * them. A claim's size is the storage that it asks for; it only grows.
 */
#ifndef RELEASE_SIZE_H
#define RELEASE_SIZE_H

#include "data/val.h"

struct manifest;

/* The label that a stopped DaemonSet selects and no node carries. */
#define SIZE_NOWHERE "ide.example.com/stopped"

/** Whether objects of this kind have a size that `stopped` sets to nothing. */
bool size_has(const char *kind);

/** obj as it is to be applied when stopped: of size nothing. New reference. */
MUST_USE struct val *size_stop(const struct val *obj);

/** Stops every object of a manifest in place. */
void size_stop_all(struct manifest *m);

/** obj without its size: equal for objects that differ in size only. */
MUST_USE struct val *size_strip(const struct val *obj);

/**
 * The merge patch (RFC 7386) that gives a live object the size of obj. A size
 * that obj does not state is the API's default: one replica, not suspended.
 */
MUST_USE struct val *size_patch(const struct val *obj);

/** The merge patch that has a StatefulSet keep its claims. */
MUST_USE struct val *size_retain_patch(void);

/** Whether a StatefulSet takes claims along when it is deleted or scaled. */
bool size_reaps(const struct val *obj);

/** The storage that a claim asks for; NULL for anything else. Borrowed. */
const struct val *size_storage(const struct val *obj);

/** The merge patch that has a live claim ask for as much. */
MUST_USE struct val *size_storage_patch(const struct val *obj);

#endif
