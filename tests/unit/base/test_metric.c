#include "base/metric.h"

#include "unit/rows.h"

static void starts_at_zero(void **state)
{
	(void)state;
	AUTO_BUF out = BUF_INIT(100000);

	metric_write(&out);
	assert_non_null(strstr(
		buf_text(&out),
		"# HELP controller_runtime_reconcile_total Reconciliations by "
		"result\n# TYPE controller_runtime_reconcile_total counter\n"
		"controller_runtime_reconcile_total{result=\"success\"} 0\n"
		"controller_runtime_reconcile_total{result=\"error\"} 0\n"));
	assert_non_null(strstr(buf_text(&out), "\nworkqueue_depth 0\n"));
	assert_non_null(strstr(buf_text(&out),
			       "rest_client_requests_total{code=\"200\","
			       "method=\"GET\"} 0\n"));
	assert_non_null(strstr(buf_text(&out), "\nprocess_cpu_seconds_total "));
	assert_null(
		strstr(buf_text(&out), "process_resident_memory_bytes 0\n"));
}

/* Every sample line is "name[{labels}] number". */
static void every_line(void **state)
{
	(void)state;
	AUTO_BUF out = BUF_INIT(100000);
	struct str rest, line, head, value;

	metric_write(&out);
	rest = buf_str(&out);
	assert_true(str_ends(rest, "\n"));
	while (str_split(rest, '\n', &line, &rest)) {
		if (str_starts(line, "# HELP ") || str_starts(line, "# TYPE "))
			continue;
		assert_true(str_split(line, ' ', &head, &value));
		assert_true(head.n > 0 && value.n > 0);
		assert_true(strspn(value.p, "0123456789.") >= value.n);
	}
}

static void counts(void **state)
{
	(void)state;
	AUTO_BUF out = BUF_INIT(100000);

	metric_add(METRIC_WORKQUEUE_ADDS, 2);
	metric_add(METRIC_WORKQUEUE_ADDS, 3);
	metric_set(METRIC_WORKQUEUE_DEPTH, 7);
	metric_request("PATCH", 409);
	metric_request("PATCH", 409);
	metric_request("GET", 0);
	metric_request("TRACE", 299);
	assert_int_equal(metric_get(METRIC_WORKQUEUE_ADDS), 5);
	assert_int_equal(metric_requests("PATCH", 409), 2);
	assert_int_equal(metric_requests("DELETE", 409), 0);
	metric_write(&out);
	assert_non_null(strstr(buf_text(&out), "\nworkqueue_adds_total 5\n"));
	assert_non_null(strstr(buf_text(&out), "\nworkqueue_depth 7\n"));
	assert_non_null(
		strstr(buf_text(&out), "{code=\"409\",method=\"PATCH\"} 2\n"));
	assert_non_null(strstr(buf_text(&out),
			       "{code=\"<error>\",method=\"GET\"} 1\n"));
	assert_non_null(strstr(buf_text(&out),
			       "{code=\"other\",method=\"OTHER\"} 1\n"));
}

static void leads(void **state)
{
	(void)state;
	static const char name[] = "leader_election_master_status";
	AUTO_BUF out = BUF_INIT(100000);

	metric_write(&out);
	assert_null(strstr(buf_text(&out), name));
	metric_set_leader("a.b", true);
	buf_clear(&out);
	metric_write(&out);
	assert_non_null(strstr(buf_text(&out),
			       "\nleader_election_master_status{name=\"a.b\"} "
			       "1\n"));
	metric_set_leader("a.b", false);
	buf_clear(&out);
	metric_write(&out);
	assert_non_null(strstr(buf_text(&out), "{name=\"a.b\"} 0\n"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(starts_at_zero),
		cmocka_unit_test(every_line),
		cmocka_unit_test(counts),
		cmocka_unit_test(leads),
	};

	return cmocka_run_group_tests_name("metric", tests, NULL, NULL);
}
