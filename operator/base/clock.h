/*
 * Monotonic time for waiting, wall time for what people read. Pure code takes
 * the time as a parameter; only shells call these.
 */
#ifndef BASE_CLOCK_H
#define BASE_CLOCK_H

#include "base/str.h"

#include <stdint.h>

/** Milliseconds since an arbitrary start; never goes back. */
int64_t clock_now_ms(void);

/**
 * The same, but it also counts while the machine sleeps: how long something
 * took for others. Only differences mean something, and only of the same clock.
 */
int64_t clock_elapsed_ms(void);

/** Nanoseconds since 1970-01-01T00:00:00Z. */
int64_t clock_wall_ns(void);

/* Room for any of the forms below and a NUL. */
#define CLOCK_TEXT_BYTES 40

/** RFC 3339 with seconds, in UTC: metav1.Time. Returns out. */
const char *clock_print(int64_t wall_ns, char out[CLOCK_TEXT_BYTES]);

/** RFC 3339 with nanoseconds, in UTC: what Helm writes. Returns out. */
const char *clock_print_ns(int64_t wall_ns, char out[CLOCK_TEXT_BYTES]);

/** RFC 3339 with microseconds, in UTC: metav1.MicroTime. Returns out. */
const char *clock_print_us(int64_t wall_ns, char out[CLOCK_TEXT_BYTES]);

/** Reads RFC 3339 in any offset, with or without a fraction; years 1678 to
 * 2261. */
bool clock_parse(struct str text, int64_t *out_wall_ns);

#endif
