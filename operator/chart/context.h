/* What templates see, as a value. The caller drops what these return. */
#ifndef CHART_CONTEXT_H
#define CHART_CONTEXT_H

#include "chart/render.h"

/** What every template of the chart itself sees. */
MUST_USE struct val *context_new(const struct chart *chart,
				 const struct chart_values *values,
				 const struct chart_release *release,
				 const struct chart_capabilities *capabilities);

/**
 * What every template of each part sees: an array of as many contexts as the
 * chart has parts, NULL for those that are not enabled.
 */
MUST_USE struct val **context_new_all(
	const struct chart *chart, const struct chart_values *values,
	const struct chart_release *release,
	const struct chart_capabilities *capabilities);
void context_free_all(struct val **contexts, const struct chart *chart);

/**
 * The context with what one template sees of itself.
 *
 * @param source  "devmachine/templates/x.yaml"
 */
MUST_USE struct val *context_of_template(const struct val *context,
					 const struct chart *chart, size_t part,
					 const char *source);

#endif
