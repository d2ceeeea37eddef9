#include "base/metric.h"

#include "base/alloc.h"
#include "base/attr.h"
#include "base/err.h"
#include "base/file.h"
#include "base/histogram.h"
#include "base/limits.h"
#include "base/metric_parts.h"

#include <inttypes.h>
#include <stdatomic.h>
#include <sys/resource.h>
#include <unistd.h>

/* Requests: every method by every code that the API server is known to give;
 * the last code stands for all others. */
static const char *const methods[] = { "GET",   "POST",   "PUT",
				       "PATCH", "DELETE", "OTHER" };
static const int codes[] = { 0,   200, 201, 202, 400, 401, 403, 404, 409,
			     410, 415, 422, 429, 500, 502, 503, 504, -1 };

static _Atomic int64_t requests[ARRAY_LEN(methods)][ARRAY_LEN(codes)];
static struct histogram durations[ARRAY_LEN(methods)];

/* There is one lease. */
static _Atomic(const char *) lease_name;
static atomic_bool leading;

void metric_set_leader(const char *name, bool leads)
{
	atomic_store(&leading, leads);
	atomic_store(&lease_name, name);
}

static size_t method_of(const char *method)
{
	size_t m = 0;

	while (m < ARRAY_LEN(methods) - 1 && strcmp(methods[m], method) != 0)
		m++;
	return m;
}

static _Atomic int64_t *request_slot(const char *method, int code)
{
	size_t m = method_of(method), c = 0;

	while (c < ARRAY_LEN(codes) - 1 && codes[c] != code)
		c++;
	return &requests[m][c];
}

void metric_request(const char *method, int code, int64_t us)
{
	atomic_fetch_add_explicit(request_slot(method, code), 1,
				  memory_order_relaxed);
	if (us >= 0)
		histogram_add(&durations[method_of(method)], us);
}

int64_t metric_requests(const char *method, int code)
{
	return atomic_load_explicit(request_slot(method, code),
				    memory_order_relaxed);
}

void metric_head(const char *name, const char *type, const char *help,
		 struct buf *out)
{
	buf_addf(out, "# HELP %s %s\n# TYPE %s %s\n", name, help, name, type);
}

static void write_code(int code, struct buf *out)
{
	if (code > 0)
		buf_addf(out, "%d", code);
	else
		buf_add_text(out, code == 0 ? "<error>" : "other");
}

/* A series that never counted is left out: there are a hundred. */
static void write_requests(struct buf *out)
{
	static const char name[] = "rest_client_requests_total";

	metric_head(name, "counter",
		    "Requests to the API server by code and method", out);
	for (size_t m = 0; m < ARRAY_LEN(methods); m++)
		for (size_t c = 0; c < ARRAY_LEN(codes); c++) {
			int64_t n = atomic_load_explicit(&requests[m][c],
							 memory_order_relaxed);

			if (n == 0 && codes[c] != 200)
				continue;
			buf_addf(out, "%s{code=\"", name);
			write_code(codes[c], out);
			buf_addf(out, "\",method=\"%s\"} %" PRId64 "\n",
				 methods[m], n);
		}
}

static void write_durations(struct buf *out)
{
	static const char name[] = "rest_client_request_duration_seconds";

	metric_head(name, "histogram",
		    "How long requests to the API server take", out);
	for (size_t m = 0; m < ARRAY_LEN(methods); m++) {
		AUTO_FREE char *labels = alloc_print("verb=\"%s\"", methods[m]);

		histogram_write(&durations[m], name, labels, out);
	}
}

static void write_leader(struct buf *out)
{
	static const char name[] = "leader_election_master_status";
	const char *lease = atomic_load(&lease_name);

	if (!lease)
		return;
	metric_head(name, "gauge",
		    "Whether this process holds the lease that is named", out);
	buf_addf(out, "%s{name=\"%s\"} %d\n", name, lease,
		 atomic_load(&leading));
}

/* The second number of /proc/self/statm: resident pages. */
static int64_t resident_bytes(void)
{
	AUTO_BUF text = BUF_INIT(LIMIT_KIB(1));
	AUTO_ERR ignored = ERR_INIT;
	struct str head, rest;
	uint64_t pages;

	/* Without /proc the gauge shows zero. */
	if (!file_read("/proc/self/statm", &text, &ignored))
		return 0;
	str_split(buf_str(&text), ' ', &head, &rest);
	str_split(rest, ' ', &head, &rest);
	if (!str_number(head, UINT32_MAX, &pages))
		return 0;
	return (int64_t)pages * sysconf(_SC_PAGESIZE);
}

static void write_process(struct buf *out)
{
	struct rusage use;

	metric_head("process_resident_memory_bytes", "gauge",
		    "Resident memory size in bytes", out);
	buf_addf(out, "process_resident_memory_bytes %" PRId64 "\n",
		 resident_bytes());
	if (getrusage(RUSAGE_SELF, &use) != 0)
		return;
	int64_t us = (use.ru_utime.tv_sec + use.ru_stime.tv_sec) * 1000000 +
		     use.ru_utime.tv_usec + use.ru_stime.tv_usec;
	metric_head("process_cpu_seconds_total", "counter",
		    "User and system CPU time spent in seconds", out);
	buf_addf(out, "process_cpu_seconds_total %" PRId64 ".%06d\n",
		 us / 1000000, (int)(us % 1000000));
}

void metric_write(struct buf *out)
{
	metric_write_controllers(out);
	write_requests(out);
	write_durations(out);
	write_leader(out);
	write_process(out);
}
