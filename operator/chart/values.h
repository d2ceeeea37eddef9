/*
 * The values of one release: Helm's rules for laying values over values.
 *
 * Maps merge key by key, anything else replaces, and null removes the key.
 * Later layers win: the chart's values.yaml, a preset, the user's values, the
 * platform's overrides. What they hold under the name of a subchart goes over
 * its defaults, and `global` goes to all of them.
 *
 * Which subcharts take part is decided by the same values, before anything is
 * imported (chart/depend.h).
 */
#ifndef CHART_VALUES_H
#define CHART_VALUES_H

#include "chart/chart.h"

struct chart_values {
	struct val *all; /* what the chart itself sees: a map */
	bool *enabled;   /* of each part of the chart */
};

/**
 * A preset of the chart; NULL when it has none of that name. Its values are
 * one layer; so may be those of an object in the cluster.
 */
const struct val *chart_preset(const struct chart *chart, const char *name);

/**
 * Lays the layers over the chart's values; each layer is a map, or NULL for
 * none. The caller frees *out.
 *
 * Errors: ERR_INVALID when a layer is no map, or global or the values of a
 *         subchart are none, or the result is not what a values.schema.json
 *         wants; ERR_LIMIT for what nests too deep.
 */
MUST_USE bool chart_values_new(const struct chart *chart,
			       const struct val *preset, const struct val *user,
			       const struct val *overrides,
			       struct chart_values **out, struct err *err);

/** NULL is allowed. */
void chart_values_free(struct chart_values *values);
DEFINE_AUTO(struct chart_values *, chart_values_free)

/**
 * Gives every part its default values, all subcharts enabled, and lays them
 * over each other once. For chart_load() alone.
 *
 * Errors: as above; ERR_INVALID for an import of what is not there; ERR_LIMIT
 *         for more than LIMIT_YAML_NODES values.
 */
MUST_USE bool chart_values_prepare(struct chart *chart, struct err *err);

#endif
