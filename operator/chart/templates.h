/* The templates of a chart and of its subcharts, compiled together. */
#ifndef CHART_TEMPLATES_H
#define CHART_TEMPLATES_H

#include "chart/chart.h"

/**
 * Compiles what is in the templates/ of every part into chart->set, and fills
 * in chart->templates, notes and status.
 *
 * Errors: ERR_INVALID "file:line:column: …"; ERR_LIMIT.
 */
MUST_USE bool templates_compile(struct chart *chart, struct err *err);

void templates_done(struct chart *chart);

#endif
