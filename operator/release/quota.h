/*
 * Whether what a redeploy creates fits into a ResourceQuota, all of it at
 * once: a dry-run asks for one object at a time. Pure.
 *
 * Counted are objects ("count/deployments.apps", and "services" and the like,
 * as they were called before) and the storage of claims
 * ("requests.storage"); other resources depend on what the server makes of an
 * object. Source: k8s.io/kubernetes pkg/quota/v1/evaluator.
 */
#ifndef RELEASE_QUOTA_H
#define RELEASE_QUOTA_H

#include "base/err.h"
#include "data/quantity.h"
#include "data/val.h"

/* With which the server's own refusal begins as well. */
#define QUOTA_EXCEEDED "exceeded quota: "

/* What comes and goes of one kind in one namespace. */
struct quota_demand {
	const char *plural, *group; /* "deployments", "apps"; borrowed */
	int64_t created, deleted;
	struct quantity storage; /* that new claims ask for */
};

/**
 * Errors: ERR_DENIED naming the quota and what is too much of.
 *
 * @param quota  as the server returned it; one with scopes is not looked at
 */
MUST_USE bool quota_allows(const struct val *quota,
			   const struct quota_demand *demands, size_t count,
			   struct err *err);

#endif
