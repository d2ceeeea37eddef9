/* Values against the chart's values.schema.json. */
#ifndef CHART_CHECK_VALUES_H
#define CHART_CHECK_VALUES_H

#include "chart/chart.h"

/**
 * Compiles values.schema.json.
 *
 * Errors: ERR_INVALID "values.schema.json: /properties/a: …" when it is no
 *         schema that data/schema.h supports; ERR_LIMIT.
 */
MUST_USE bool chart_compile_schema(const struct chart_file *file,
				   struct schema **out, struct err *err);

/**
 * Checks the coalesced values of one chart, as Helm does. A chart within
 * another has a schema and values of its own.
 *
 * @param schema  NULL takes any values
 *
 * Errors: ERR_INVALID "values.schema.json: image.tag: …", without the values
 *         themselves; the field is the path of the first finding. ERR_LIMIT
 *         when the check takes too long.
 */
MUST_USE bool chart_check_values(const struct schema *schema,
				 const struct val *values, struct err *err);

#endif
