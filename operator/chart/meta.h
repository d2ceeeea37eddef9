/* What Chart.yaml must say, by Helm's rules and by ours. */
#ifndef CHART_META_H
#define CHART_META_H

#include "chart/chart.h"

/**
 * Checks source->meta, and that the chart's templates are mustache.
 *
 * Errors: ERR_INVALID "Chart.yaml: …", or, for a chart of Go templates,
 *         "templates/x.yaml:line:column: …" with its first action.
 */
MUST_USE bool meta_check(const struct chart_source *source, struct err *err);

/** Whether {{{x}}} is allowed in a file of the source, by its path. */
bool meta_allows_raw(const struct chart_source *source, struct str path);

/**
 * Checks what Chart.yaml's kubeVersion asks of the cluster.
 *
 * @param kube_version  "v1.36.1"; a pre-release such as v1.30.2-gke.1 is only
 *                      in a range that names one: ">=1.25-0"
 * Errors: ERR_INVALID, which names both.
 */
MUST_USE bool meta_check_kube(const struct chart *chart,
			      const char *kube_version, struct err *err);

#endif
