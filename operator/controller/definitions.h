/*
 * Kinds that a release brings itself: by definitions in its chart's crds/,
 * which are created before everything else, and by those among its objects.
 */
#ifndef CONTROLLER_DEFINITIONS_H
#define CONTROLLER_DEFINITIONS_H

#include "controller/pass.h"

/**
 * Creates what is missing of the definitions in crds/, as long as nothing was
 * deployed; what is there stays as it is, as in Helm. Sets p->waiting while
 * one of them is not served.
 *
 * Errors: ERR_NOT_FOUND when the names of one are taken by another; those of
 *         the API.
 */
MUST_USE bool definitions_install(struct pass *p, struct err *err);

/** The kind as a definition among the objects of a manifest has it; NULL when
 * none does. */
const struct kube_kind *definitions_find(const struct kube_client *client,
					 const struct manifest *manifest,
					 const char *api_version,
					 const char *kind);

/** Ends the pass until a kind that is coming may be served. */
void definitions_await(struct pass *p, const char *api_version,
		       const char *kind);

#endif
