/*
 * Durations as Go reads them (time.ParseDuration): "90s", "1h30m", "1.5h",
 * "500ms". metav1.Duration and helm-operator's flags are such.
 */
#ifndef CONTROLLER_DURATION_H
#define CONTROLLER_DURATION_H

#include "base/str.h"

#include <stdint.h>

/** Reads a duration of at least 1 ms and at most 10 years. */
bool duration_parse(struct str text, int64_t *out_ms);

/* A period that never comes round: 0 in controller-runtime. */
#define DURATION_NEVER (-1)

/** The same for a period: "0" or "0s" is DURATION_NEVER. */
bool duration_parse_period(struct str text, int64_t *out_ms);

#endif
