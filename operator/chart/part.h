/* The parts of a chart: itself and its subcharts, as they are used. */
#ifndef CHART_PART_H
#define CHART_PART_H

#include "chart/chart.h"

/**
 * Makes chart->parts of chart->source, without their values.
 *
 * Errors: ERR_INVALID for a dependency that is missing or ambiguous, and for
 *         a name that is used twice; ERR_LIMIT beyond LIMIT_SUBCHARTS.
 */
MUST_USE bool part_build(struct chart *chart, struct err *err);

void part_done(struct chart *chart);

#endif
