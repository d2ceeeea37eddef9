/*
 * How often something took how long: counts by upper bounds, which are the
 * same for all. Any thread.
 */
#ifndef BASE_HISTOGRAM_H
#define BASE_HISTOGRAM_H

#include "base/buf.h"

#include <stdint.h>

enum { HISTOGRAM_BOUNDS = 12 };

/* Zero is empty. */
struct histogram {
	_Atomic int64_t counts[HISTOGRAM_BOUNDS + 1]; /* each by itself */
	_Atomic int64_t sum_us;
};

void histogram_add(struct histogram *h, int64_t us);

/**
 * Appends its samples as Prometheus has them: those of a bound count all that
 * is below it.
 *
 * @param labels  a="b",c="d", or ""
 */
void histogram_write(const struct histogram *h, const char *name,
		     const char *labels, struct buf *out);

#endif
