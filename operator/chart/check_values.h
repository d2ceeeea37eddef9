/* Values against the charts' values.schema.json. */
#ifndef CHART_CHECK_VALUES_H
#define CHART_CHECK_VALUES_H

#include "chart/chart.h"

struct chart_values;

/**
 * Compiles values.schema.json.
 *
 * Errors: ERR_INVALID "values.schema.json: /properties/a: …" when it is no
 *         schema that data/schema.h supports; ERR_LIMIT.
 */
MUST_USE bool chart_compile_schema(const struct chart_file *file,
				   struct schema **out, struct err *err);

/**
 * Checks the coalesced values of the chart and of every subchart that takes
 * part, each against its own schema, as Helm does.
 *
 * Errors: ERR_INVALID "values.schema.json: image.tag: …", with the path of a
 *         subchart in front, and without the values themselves; the field is
 *         the path of the first finding. ERR_LIMIT when the check takes too
 *         long.
 */
MUST_USE bool chart_check_values(const struct chart *chart,
				 const struct chart_values *values,
				 struct err *err);

#endif
