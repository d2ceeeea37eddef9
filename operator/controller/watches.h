/*
 * watches.yaml: which custom resources become releases of which charts.
 *
 * A list of entries with helm-operator's keys (group version kind chart
 * watchDependentResources overrideValues selector reconcilePeriod
 * maxConcurrentReconciles dryRunOption) and ours (templateRef, stoppedPath,
 * onDrift, onChartChange, updateStrategy, serviceAccountName,
 * targetNamespace). Read and checked whole before any
 * request: an unknown key, a wrong type, a kind given twice or a chart that
 * does not load is an error with file:line:column. Never changed afterwards; any thread may read it.
 */
#ifndef CONTROLLER_WATCHES_H
#define CONTROLLER_WATCHES_H

#include "base/err.h"
#include "chart/chart.h"
#include "controller/override.h"
#include "data/val.h"
#include "release/plan.h"

/* Values from another object that the custom resource names. */
struct watch_template {
	char *api_version; /* NULL: the entry has no templateRef */
	char *kind;        /* a cluster-scoped kind */
	char *name_path;   /* in the custom resource: "spec.template" */
	char *values_path; /* in the template object: "spec.values" */
	bool presets;      /* the chart's presets are templates too */
	bool required;     /* a name that nothing has is an error */
};

struct watch_entry {
	char *api_version;
	char *group; /* "" for the core */
	char *kind;
	struct chart *chart;
	struct val *overrides;  /* map, or NULL */
	struct val *selector;   /* of custom resources; NULL: all */
	char *selector_text;    /* the same for a list, or NULL */
	char *service_account;  /* that writes objects, or NULL: the operator */
	char *target_namespace; /* of releases; NULL: the custom resource's */
	unsigned workers;       /* that it may have at once; 0: all */
	/* helm-operator's watchDependentResources: false. They are watched all
	 * the same: what a pass plans depends on them. */
	bool ignores_dependents;
	struct watch_template template;
	char *stopped_path; /* "spec.stopped" */
	enum plan_on_drift on_drift;
	enum plan_strategy strategy;
	bool waits_for_user;         /* onChartChange: pending */
	int64_t reconcile_period_ms; /* 0: the command line's */
};

struct watches {
	struct watch_entry *entries;
	size_t count;
};

/**
 * Reads a file and loads its charts, whose paths are relative to the current
 * directory, as helm-operator's are. The caller frees *out.
 *
 * @param env  has the variables that stand in overrideValues
 *
 * Errors: ERR_INVALID "watches.yaml:7:3: …", ERR_LIMIT, and those of the
 *         files.
 */
MUST_USE bool watches_load(const char *path, override_env *env,
			   struct watches **out, struct err *err);

/** NULL is allowed. */
void watches_free(struct watches *w);
DEFINE_AUTO(struct watches *, watches_free)

#endif
