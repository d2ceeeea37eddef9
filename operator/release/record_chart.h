/*
 * A chart as release records hold it: what Helm's chart.Chart prints as JSON,
 * its keys in the order of Helm's structs, those of maps sorted. Pure.
 *
 * Source: Helm pkg/chart/{chart,metadata,dependency,file}.go and
 * pkg/chart/loader/load.go; what is empty is left out of the metadata.
 */
#ifndef RELEASE_RECORD_CHART_H
#define RELEASE_RECORD_CHART_H

#include "chart/chart.h"

/**
 * {metadata, lock, templates, values, schema, files}. Of the dependencies
 * only those in use are told, by their aliases, as Helm does.
 *
 * @param enabled   of each part of the chart; NULL: all
 * @param defaults  the chart's values, those of its subcharts among them;
 *                  NULL: values.yaml
 */
MUST_USE struct val *record_chart_new(const struct chart *chart,
				      const bool *enabled,
				      const struct val *defaults);

/** The same without templates and files, which no command of helm needs. */
MUST_USE struct val *record_chart_less(const struct val *stored);

#endif
