/* Durations as Go prints them: "90s", "1h30m", "500ms" (metav1.Duration). */
#ifndef CONTROLLER_DURATION_H
#define CONTROLLER_DURATION_H

#include "base/str.h"

#include <stdint.h>

/** Reads a duration of at least 1 ms and at most 10 years. */
bool duration_parse(struct str text, int64_t *out_ms);

#endif
