#include "kube/fence.h"

#include "base/alloc.h"

#include "unit/rows.h"

#define NONE INT64_MAX

/* What becomes of a request at time 1000: its target and timeout, or the
 * error. */
static const struct row {
	const char *name;
	const char *method;
	bool closed;
	int64_t until_ms, cut_ms;
	int64_t timeout_ms; /* asked for */
	const char *target;
	const char *want;
} rows[] = {
	{ "all is open", "POST", false, NONE, NONE, 0, "/a", "/a 30000" },
	{ "all is open: a time of its own", "POST", false, NONE, NONE, 7, "/a",
	  "/a 7" },
	{ "closed", "GET", true, NONE, NONE, 0, "/a", "not sent: stopping" },
	{ "closed: lent all the same", "POST", true, 5000, NONE, 0, "/a",
	  "not sent: stopping" },
	{ "cut later", "GET", false, NONE, 1500, 0, "/a", "/a 500" },
	{ "cut later than its own time", "GET", false, NONE, 1500, 400, "/a",
	  "/a 400" },
	{ "cut in a moment", "GET", false, NONE, 1001, 0, "/a", "/a 1" },
	{ "cut now", "GET", false, NONE, 1000, 0, "/a", "not sent: stopping" },

	{ "a write under a lease", "POST", false, 11000, NONE, 0, "/a",
	  "/a?timeout=13000ms 13000" },
	{ "a query is there", "POST", false, 11000, NONE, 0, "/a?b=c",
	  "/a?b=c&timeout=13000ms 13000" },
	{ "less than the lease allows", "PATCH", false, 11000, NONE, 2000, "/a",
	  "/a?timeout=2000ms 2000" },
	{ "the last moment", "DELETE", false, 1001, NONE, 0, "/a",
	  "/a?timeout=3001ms 3001" },
	{ "too late", "DELETE", false, 1000, NONE, 0, "/a",
	  "not sent: the lease may be somebody else's by now" },
	{ "no lease", "POST", false, INT64_MIN, NONE, 0, "/a",
	  "not sent: the lease may be somebody else's by now" },
	{ "reads need no lease", "GET", false, INT64_MIN, NONE, 0, "/a",
	  "/a 30000" },
	{ "the cut comes first", "POST", false, 11000, 1200, 0, "/a",
	  "/a?timeout=200ms 200" },
	{ "the lease ends first", "POST", false, 2000, 9000, 0, "/a",
	  "/a?timeout=4000ms 4000" },
};

static void admits(void **state)
{
	const struct row *row = *state;
	const struct http_request asked = { .method = row->method,
					    .target = row->target,
					    .timeout_ms = row->timeout_ms };
	struct http_request sent;
	struct kube_fence f;
	AUTO_FREE char *target = NULL;
	AUTO_BUF got = BUF_INIT(200);
	AUTO_ERR err = ERR_INIT, same = ERR_INIT;

	kube_fence_init(&f);
	kube_fence_lend(&f, row->until_ms);
	kube_fence_cut(&f, row->cut_ms);
	if (row->closed)
		kube_fence_close(&f);
	bool ok = kube_fence_admit(&f, &asked, 1000, &sent, &target, &err);
	if (ok)
		buf_addf(&got, "%s %d", sent.target, (int)sent.timeout_ms);
	else
		buf_add_text(&got, err.msg);
	assert_string_equal(buf_text(&got), row->want);
	assert_int_equal(err.kind, ok ? ERR_NONE : ERR_CANCELLED);
	assert_int_equal(kube_fence_check(&f, row->method, 1000, &same), ok);
}

/* 15 s from a renewal to another holder, of which 10 are for beginning. */
static void leaves_time(void **state)
{
	(void)state;
	assert_true(10000 + KUBE_FENCE_GRACE_MS <= 15000 - 2000);
}

static void breaks(void **state)
{
	(void)state;
	struct kube_fence f;
	AUTO_ERR err = ERR_INIT;

	kube_fence_init(&f);
	assert_false(kube_fence_breaks(&f, 1000, &err));
	kube_fence_cut(&f, 1000);
	assert_false(kube_fence_breaks(&f, 999, &err));
	assert_int_equal(err.kind, ERR_NONE);
	/* However often it is asked. */
	assert_true(kube_fence_breaks(&f, 1000, &err));
	assert_true(kube_fence_breaks(&f, 1001, &err));
	assert_int_equal(err.kind, ERR_CANCELLED);
}

int main(void)
{
	const struct CMUnitTest others[] = {
		cmocka_unit_test(leaves_time),
		cmocka_unit_test(breaks),
	};

	return ROWS_RUN("fence", rows, admits) +
	       cmocka_run_group_tests_name("fence more", others, NULL, NULL);
}
