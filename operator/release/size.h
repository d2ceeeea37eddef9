/*
 * The size of a workload: the fields that `stopped` sets to nothing, and that
 * are changed in place instead of by a redeploy. Pure.
 *
 * Deployment, StatefulSet, ReplicaSet, ReplicationController: spec.replicas.
 * Job, CronJob: spec.suspend. DaemonSet: a node selector that no node has.
 */
#ifndef RELEASE_SIZE_H
#define RELEASE_SIZE_H

#include "data/val.h"

struct manifest;

/* The label that a stopped DaemonSet selects and no node carries. */
#define SIZE_NOWHERE "ide.example.com/stopped"

/** Whether objects of this kind have a size. */
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

#endif
