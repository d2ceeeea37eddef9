/*
 * Reading the answers of a server-side dry-run that asks whether a redeploy
 * would go through, while what it replaces still stands. Pure.
 *
 * Answers: kube-apiserver's registry (ClusterIP and NodePort allocation),
 * quota admission (plugin/pkg/admission/resourcequota), webhooks without
 * dry-run (apiserver pkg/admission/plugin/webhook/errors).
 */
#ifndef RELEASE_PREFLIGHT_H
#define RELEASE_PREFLIGHT_H

#include "base/err.h"
#include "data/val.h"

#include <stddef.h>

/* How many objects of one kind a redeploy deletes and creates. */
struct preflight_kind {
	size_t deleted, created;
};

/**
 * An object as it is asked about: without the addresses of a Service that the
 * live one holds already (clusterIP, clusterIPs, nodePort and
 * healthCheckNodePort, as far as `old` has the same), since they are free only
 * once it is gone. The caller drops it.
 *
 * @param old  the object as it is deployed; NULL: unknown
 */
MUST_USE struct val *preflight_object(const struct val *obj,
				      const struct val *old);

/**
 * Whether a refusal stands in the way no longer once the redeploy has come so
 * far: a quota that its deletes make room in, its own namespace, a webhook that
 * takes no dry-run.
 */
bool preflight_passes(const struct err *err, const struct preflight_kind *kind,
		      bool brings_namespace);

/** Whether a namespace refuses all that is new, since it is being terminated. */
bool preflight_is_ending(const struct err *err);

/** Whether a claim cannot grow now, or not with its class: no mistake in what
 * was asked for. */
bool preflight_is_held(const struct err *err);

#endif
