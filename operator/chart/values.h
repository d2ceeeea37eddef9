/*
 * The values of one release: Helm's rules for laying values over values.
 *
 * Maps merge key by key, anything else replaces, and null removes the key.
 * Later layers win: the chart's values.yaml, a preset, the user's values, the
 * platform's overrides.
 */
#ifndef CHART_VALUES_H
#define CHART_VALUES_H

#include "chart/chart.h"

/**
 * A preset of the chart; NULL when it has none of that name. Its values are
 * one layer; so may be those of an object in the cluster.
 */
const struct val *chart_preset(const struct chart *chart, const char *name);

/**
 * Lays the layers over the chart's values; each layer is a map, or NULL for
 * none. The caller drops *out.
 *
 * Errors: ERR_INVALID when a layer is no map, or global is none, or the result
 *         is not what the chart's values.schema.json wants.
 */
MUST_USE bool chart_values(const struct chart *chart, const struct val *preset,
			   const struct val *user, const struct val *overrides,
			   struct val **out, struct err *err);

#endif
