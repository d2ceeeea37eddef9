/* Whether the object of a hook has ended, as the API server shows it. */
#include "release/hook_end.h"

#include "base/alloc.h"
#include "base/buf.h"
#include "base/limits.h"

#include "unit/release/given.h"
#include "unit/rows.h"

#define JOB(status)                                                           \
	"{apiVersion: batch/v1, kind: Job, metadata: {creationTimestamp: t0}" \
	", status: {" status "}}"
#define POD(status) "{apiVersion: v1, kind: Pod, status: {" status "}}"
#define ENDED(name, code) \
	"{name: " name ", state: {terminated: {exitCode: " code "}}}"

static const struct row {
	const char *name, *object;
	const char *want; /* state, started, completed: message */
} rows[] = {
	{ "a Job without status", JOB(""), "running t0 : " },
	{ "a Job that runs", JOB("active: 1, startTime: t1"), "running t0 : " },
	{ "a Job that is about to be complete",
	  JOB("conditions: [{type: SuccessCriteriaMet, status: 'True'}]"),
	  "running t0 : " },
	{ "a Job that is not complete",
	  JOB("conditions: [{type: Complete, status: 'False'}]"),
	  "running t0 : " },
	{ "a complete Job",
	  JOB("completionTime: t2, conditions: [{type: SuccessCriteriaMet, "
	      "status: 'True'}, {type: Complete, status: 'True'}]"),
	  "succeeded t0 t2: " },
	{ "a failed Job",
	  JOB("conditions: [{type: FailureTarget, status: 'True'}, {type: "
	      "Failed, status: 'True', reason: BackoffLimitExceeded, message: "
	      "Job has reached the limit, lastTransitionTime: t3}]"),
	  "failed t0 t3: BackoffLimitExceeded: Job has reached the limit" },
	{ "a failed Job that says nothing",
	  JOB("conditions: [{type: Failed, status: 'True'}]"), "failed t0 : " },
	{ "a suspended Job",
	  JOB("conditions: [{type: Suspended, status: 'True'}]"),
	  "running t0 : " },
	{ "conditions that are none", JOB("conditions: {a: 1}"),
	  "running t0 : " },
	{ "somebody's Job", "{apiVersion: x.io/v1, kind: Job}",
	  "succeeded  : " },
	{ "a new Pod", POD(""), "running  : " },
	{ "a Pod that runs", POD("phase: Running"), "running  : " },
	{ "a Pod of which nobody knows", POD("phase: Unknown"), "running  : " },
	{ "a Pod that succeeded", POD("phase: Succeeded"), "succeeded  : " },
	{ "a Pod that failed",
	  POD("phase: Failed, initContainerStatuses: [" ENDED(
		  "i",
		  "0") "], containerStatuses: [" ENDED("a",
						       "0") ", " ENDED("b",
								       "3") "]"),
	  "failed  : container b ended with exit code 3" },
	{ "a Pod that failed at its beginning",
	  POD("phase: Failed, initContainerStatuses: [" ENDED(
		  "i", "1") "], containerStatuses: [" ENDED("a", "2") "]"),
	  "failed  : container i ended with exit code 1" },
	{ "a Pod that was evicted",
	  POD("phase: Failed, reason: Evicted, message: low on memory"),
	  "failed  : Evicted: low on memory" },
	{ "somebody's Pod", "{apiVersion: x.io/v1, kind: Pod}",
	  "succeeded  : " },
	{ "anything else",
	  "{apiVersion: v1, kind: Secret, metadata: {creationTimestamp: t0}}",
	  "succeeded t0 t0: " },
};

static void reads(void **state)
{
	static const char *const states[] = { "running", "succeeded",
					      "failed" };
	const struct row *row = *state;
	AUTO(val_unref) struct val *object = given(row->object);
	AUTO_BUF got = BUF_INIT(1000);
	struct hook_end end;

	hook_end_read(object, &end);
	buf_addf(&got, "%s %s %s: %s", states[end.state], end.started_at,
		 end.completed_at, end.message);
	assert_string_equal(buf_text(&got), row->want);
	hook_end_done(&end);
}

/* A message is somebody's text. */
static void long_message(void **state)
{
	AUTO_FREE char *text = alloc_zero(LIMIT_TERMINATION_BYTES + 2);
	struct hook_end end;

	(void)state;
	memset(text, 'a', LIMIT_TERMINATION_BYTES + 1);
	AUTO_FREE char *yaml =
		alloc_print(JOB("conditions: [{type: Failed, status: 'True', "
				"message: %s}]"),
			    text);
	AUTO(val_unref) struct val *object = given(yaml);
	hook_end_read(object, &end);
	assert_int_equal(strlen(end.message), LIMIT_TERMINATION_BYTES);
	hook_end_done(&end);
}

int main(void)
{
	const struct CMUnitTest others[] = { cmocka_unit_test(long_message) };

	return ROWS_RUN("hook end", rows, reads) +
	       cmocka_run_group_tests_name("hook end more", others, NULL, NULL);
}
