#include "base/histogram.h"

#include <inttypes.h>
#include <stdatomic.h>

/* Prometheus' own defaults, and a minute: a pass has dozens of requests. */
static const struct {
	int64_t us;
	const char *text;
} bounds[HISTOGRAM_BOUNDS] = {
	{ 5000, "0.005" }, { 10000, "0.01" },  { 25000, "0.025" },
	{ 50000, "0.05" }, { 100000, "0.1" },  { 250000, "0.25" },
	{ 500000, "0.5" }, { 1000000, "1" },   { 2500000, "2.5" },
	{ 5000000, "5" },  { 10000000, "10" }, { 60000000, "60" },
};

void histogram_add(struct histogram *h, int64_t us)
{
	size_t i = 0;

	while (i < HISTOGRAM_BOUNDS && us > bounds[i].us)
		i++;
	atomic_fetch_add_explicit(&h->counts[i], 1, memory_order_relaxed);
	atomic_fetch_add_explicit(&h->sum_us, us, memory_order_relaxed);
}

void histogram_write(const struct histogram *h, const char *name,
		     const char *labels, struct buf *out)
{
	const char *comma = *labels ? "," : "";
	int64_t below = 0;

	for (size_t i = 0; i <= HISTOGRAM_BOUNDS; i++) {
		below += atomic_load_explicit(&h->counts[i],
					      memory_order_relaxed);
		buf_addf(out, "%s_bucket{%s%sle=\"%s\"} %" PRId64 "\n", name,
			 labels, comma,
			 i < HISTOGRAM_BOUNDS ? bounds[i].text : "+Inf", below);
	}
	int64_t us = atomic_load_explicit(&h->sum_us, memory_order_relaxed);
	const char *open = *labels ? "{" : "", *close = *labels ? "}" : "";
	buf_addf(out, "%s_sum%s%s%s %" PRId64 ".%06" PRId64 "\n", name, open,
		 labels, close, us / 1000000, us % 1000000);
	buf_addf(out, "%s_count%s%s%s %" PRId64 "\n", name, open, labels, close,
		 below);
}
