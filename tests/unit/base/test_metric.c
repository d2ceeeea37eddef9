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

	metric_add(0, METRIC_WORKQUEUE_ADDS, 2);
	metric_add(9, METRIC_WORKQUEUE_ADDS, 3);
	metric_set(0, METRIC_WORKQUEUE_DEPTH, 7);
	metric_request("PATCH", 409, 20000);
	metric_request("PATCH", 409, -1);
	metric_request("GET", 0, 0);
	metric_request("TRACE", 299, 0);
	assert_int_equal(metric_get(0, METRIC_WORKQUEUE_ADDS), 5);
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
	assert_non_null(strstr(buf_text(&out),
			       "rest_client_request_duration_seconds_count"
			       "{verb=\"PATCH\"} 1\n"));
}

/* Runs last: what there is from then on has names. */
static void controllers(void **state)
{
	static const struct metric_controller two[] = {
		{ "a-controller", "a", "1.0.0" },
		{ "b-controller", "b", "2.0.0" },
		{ "a-controller", "a", "1.0.0" },
	};
	static const char *const want[] = {
		"\ncontroller_runtime_reconcile_total{controller=\"b-controller\","
		"result=\"success\"} 4\n",
		"\nworkqueue_adds_total{controller=\"a-controller\","
		"name=\"a-controller\"} 0\n",
		"\ncontroller_runtime_reconcile_time_seconds_bucket{"
		"controller=\"b-controller\",le=\"0.1\"} 1\n",
		"\ndevmachine_release_info{controller=\"a-controller\",chart="
		"\"a\",version=\"1.0.0\"} 1\n",
		"\nhelm_operator_build_info{commit=\"abc\",version=\"1-gabc\"} "
		"1\n",
	};

	(void)state;
	metric_setup(two, 3);
	metric_setup_build("1-gabc", "abc");
	metric_add(1, METRIC_RECONCILE_SUCCESS, 4);
	metric_observe(1, METRIC_TIME_RECONCILE, 70000);
	/* What has counted goes on after another setup, in another place. */
	metric_setup(two + 1, 1);
	assert_int_equal(metric_get(0, METRIC_RECONCILE_SUCCESS), 4);
	metric_setup(two, 3);
	AUTO_BUF out = BUF_INIT(100000);
	metric_write(&out);
	for (size_t i = 0; i < ARRAY_LEN(want); i++) {
		const char *at = strstr(buf_text(&out), want[i]);

		if (!at)
			fail_msg("not there: %s", want[i]);
		/* Nor twice. */
		assert_null(strstr(at + 1, want[i]));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(starts_at_zero),
		cmocka_unit_test(every_line),
		cmocka_unit_test(counts),
		cmocka_unit_test(controllers),
	};

	return cmocka_run_group_tests_name("metric", tests, NULL, NULL);
}
