/* What templates see, as a value. The caller drops what these return. */
#ifndef CHART_CONTEXT_H
#define CHART_CONTEXT_H

#include "chart/render.h"

/** What every template of the chart sees. */
MUST_USE struct val *context_new(const struct chart *chart,
				 const struct val *values,
				 const struct chart_release *release,
				 const struct chart_capabilities *capabilities);

/**
 * The context with what one template sees of itself.
 *
 * @param source  "devmachine/templates/x.yaml"
 */
MUST_USE struct val *context_of_template(const struct val *context,
					 const struct chart *chart,
					 const char *source);

#endif
