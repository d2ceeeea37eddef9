/*
 * The values of a chart and its subcharts: Helm 3.21's rules
 * (pkg/chartutil/coalesce.go) over data/merge.h. A subchart sees what its
 * parent holds under its name, over its own defaults, and the parent's
 * `global`.
 */
#ifndef CHART_COALESCE_H
#define CHART_COALESCE_H

#include "chart/chart.h"
#include "data/merge.h"

enum coalesce_from {
	COALESCE_WRITTEN, /* values.yaml as it is */
	COALESCE_IMPORTED /* with what all imports bring when all take part */
};

/* Which parts take part, and what their defaults are. */
struct coalesce {
	const struct chart *chart;
	const bool *enabled; /* of each part; NULL: all */
	enum coalesce_from from;
	struct val *const *bases; /* of each part, instead of from; or NULL */
};

/** The defaults of a part. */
const struct val *coalesce_base(const struct coalesce *c, size_t part);

bool coalesce_is_enabled(const struct coalesce *c, size_t part);

/**
 * Lays values over the base of one part, not yet of its subcharts. Their nulls
 * stay, for they may remove defaults of the subchart.
 *
 * @param values  a map, or NULL
 */
MUST_USE struct val *coalesce_own(const struct coalesce *c, size_t part,
				  const struct val *values,
				  const struct val *base,
				  enum merge_nulls nulls);

/**
 * Lays what coalesce_own() gave for one part over the defaults of all its
 * subcharts.
 *
 * @param out   a map; the caller drops it
 * Errors: ERR_INVALID when the values of a subchart, or global, are no map.
 */
MUST_USE bool coalesce_parts(const struct coalesce *c, size_t part,
			     const struct val *own, enum merge_nulls nulls,
			     struct val **out, struct err *err);

#endif
