/* What Chart.yaml must say, by Helm's rules and by ours. */
#ifndef CHART_META_H
#define CHART_META_H

#include "chart/chart.h"

/**
 * Checks chart->meta, and that the chart's templates are mustache.
 *
 * Errors: ERR_INVALID "Chart.yaml: …", or, for a chart of Go templates,
 *         "templates/x.yaml:line:column: …" with its first action.
 */
MUST_USE bool chart_check_meta(const struct chart *chart, struct err *err);

#endif
