/* Each row is a whole release: the objects as the API server has them, and
 * what is said of it. */
#include "controller/health.h"

#include "base/alloc.h"
#include "base/buf.h"
#include "base/limits.h"
#include "controller/summary.h"

#include "unit/release/given.h"
#include "unit/rows.h"

/* A deployment of one replica, with so many ready. */
#define DEPLOYMENT(ready)                                               \
	"{kind: Deployment, metadata: {name: d, generation: 1}, spec: " \
	"{replicas: 1}, status: {observedGeneration: 1, replicas: 1, "  \
	"readyReplicas: " ready ", updatedReplicas: 1}}"
#define POD(status) "{kind: Pod, metadata: {name: p}, status: {" status "}}"
#define READY "conditions: [{type: Ready, status: 'True'}]"
#define WAITING(reason, message)                                    \
	POD("phase: Pending, containerStatuses: [{name: c, state: " \
	    "{waiting: {reason: " reason ", message: " message "}}}]")
#define CLAIM(phase)                                                     \
	"{kind: PersistentVolumeClaim, metadata: {name: home}, status: " \
	"{phase: " phase "}}"

static const struct row {
	const char *name, *objects;
	bool stopped;
	enum health_phase phase;
	const char *reason, *message;
} rows[] = {
	{ "no objects", "[]", false, HEALTH_RUNNING, "Running", "ready" },
	{ "no workloads", "[{kind: Service, metadata: {name: s}}]", false,
	  HEALTH_RUNNING, "Running", "ready" },
	{ "running", "[" DEPLOYMENT("1") ", " POD("phase: Running, " READY) "]",
	  false, HEALTH_RUNNING, "Running", "ready" },
	{ "running, whatever its claim says",
	  "[" DEPLOYMENT("1") ", " CLAIM("Pending") "]", false, HEALTH_RUNNING,
	  "Running", "ready" },
	{ "running, with a crash behind it",
	  "[" DEPLOYMENT("1") ", " WAITING("CrashLoopBackOff", "b") "]", false,
	  HEALTH_RUNNING, "Running", "ready" },
	{ "scaled to zero by its chart",
	  "[{kind: Deployment, metadata: {name: d}, spec: {replicas: 0}}]",
	  false, HEALTH_RUNNING, "Running", "ready" },
	{ "the pod is not there", "[" DEPLOYMENT("0") "]", false,
	  HEALTH_PROVISIONING, "Starting", "waiting for the pod" },
	{ "the pod is not ready",
	  "[" DEPLOYMENT("0") ", " POD("phase: Running") "]", false,
	  HEALTH_PROVISIONING, "Starting", "waiting for the pod to be ready" },
	{ "the controller has not looked yet",
	  "[{kind: Deployment, metadata: {name: d, generation: 2}, spec: "
	  "{replicas: 1}, status: {observedGeneration: 1, readyReplicas: 1, "
	  "updatedReplicas: 1}}]",
	  false, HEALTH_PROVISIONING, "Starting", "waiting for the pod" },
	{ "the ready ones are of an older template",
	  "[{kind: Deployment, metadata: {name: d, generation: 2}, spec: "
	  "{replicas: 1}, status: {observedGeneration: 2, readyReplicas: 1}}]",
	  false, HEALTH_PROVISIONING, "Starting", "waiting for the pod" },
	{ "replicas by default",
	  "[{kind: StatefulSet, metadata: {name: d}, spec: {}, status: {}}]",
	  false, HEALTH_PROVISIONING, "Starting", "waiting for the pod" },
	{ "stateful set",
	  "[{kind: StatefulSet, metadata: {name: d, generation: 1}, spec: "
	  "{replicas: 2}, status: {observedGeneration: 1, readyReplicas: 2, "
	  "updatedReplicas: 2}}]",
	  false, HEALTH_RUNNING, "Running", "ready" },
	/* It has no updatedReplicas. */
	{ "replica set",
	  "[{kind: ReplicaSet, metadata: {name: d, generation: 1}, spec: "
	  "{replicas: 2}, status: {observedGeneration: 1, readyReplicas: 2, "
	  "replicas: 2}}]",
	  false, HEALTH_RUNNING, "Running", "ready" },
	{ "one workload of two",
	  "[" DEPLOYMENT("1") ", {kind: StatefulSet, metadata: {name: d}}]",
	  false, HEALTH_PROVISIONING, "Starting", "waiting for the pod" },

	{ "image does not exist",
	  "[" DEPLOYMENT("0") ", " WAITING("ErrImagePull", "no such image") "]",
	  false, HEALTH_FAILED, "ErrImagePull", "container c: no such image" },
	{ "image back-off",
	  "[" DEPLOYMENT("0") ", " WAITING("ImagePullBackOff", "later") "]",
	  false, HEALTH_FAILED, "ImagePullBackOff", "container c: later" },
	{ "image name",
	  "[" DEPLOYMENT("0") ", " WAITING("InvalidImageName", "bad") "]",
	  false, HEALTH_FAILED, "InvalidImageName", "container c: bad" },
	{ "config error",
	  "[" DEPLOYMENT("0") ", " WAITING("CreateContainerConfigError",
					   "secret s not found") "]",
	  false, HEALTH_FAILED, "CreateContainerConfigError",
	  "container c: secret s not found" },
	{ "creating is no problem",
	  "[" DEPLOYMENT("0") ", " WAITING("ContainerCreating", "''") "]",
	  false, HEALTH_PROVISIONING, "Starting",
	  "waiting for the pod to be ready" },
	{ "crash, with how the last run ended",
	  "[" DEPLOYMENT("0") ", " POD(
		  "phase: Running, containerStatuses: [{name: c, state: {waiting: "
		  "{reason: CrashLoopBackOff, message: back-off 10s}}, lastState: "
		  "{terminated: {exitCode: 137, reason: OOMKilled, message: "
		  "out of memory}}}]") "]",
	  false, HEALTH_FAILED, "CrashLoopBackOff",
	  "container c: back-off 10s; last run ended with exit code 137 "
	  "(OOMKilled): out of memory" },
	{ "crash without a word",
	  "[" DEPLOYMENT("0") ", " POD(
		  "phase: Running, containerStatuses: [{name: c, state: {waiting: "
		  "{reason: CrashLoopBackOff, message: back-off 10s}}, lastState: "
		  "{terminated: {exitCode: 1, reason: Error}}}]") "]",
	  false, HEALTH_FAILED, "CrashLoopBackOff",
	  "container c: back-off 10s; last run ended with exit code 1 "
	  "(Error)" },
	{ "an init container fails",
	  "[" DEPLOYMENT("0") ", " POD(
		  "phase: Pending, initContainerStatuses: [{name: i, state: "
		  "{terminated: {exitCode: 2, reason: Error}}}]") "]",
	  false, HEALTH_FAILED, "ContainerTerminated",
	  "container i ended with exit code 2 (Error)" },
	{ "an init container is done",
	  "[" DEPLOYMENT("0") ", " POD(
		  "phase: Pending, initContainerStatuses: [{name: i, state: "
		  "{terminated: {exitCode: 0, reason: Completed}}}]") "]",
	  false, HEALTH_PROVISIONING, "Starting",
	  "waiting for the pod to be ready" },
	{ "evicted",
	  "[" DEPLOYMENT("0") ", " POD(
		  "phase: Failed, reason: Evicted, message: disk is full") "]",
	  false, HEALTH_FAILED, "Evicted", "disk is full" },
	{ "failed without a reason",
	  "[" DEPLOYMENT("0") ", " POD("phase: Failed") "]", false,
	  HEALTH_FAILED, "PodFailed", "" },
	{ "unschedulable",
	  "[" DEPLOYMENT("0") ", " POD(
		  "phase: Pending, conditions: [{type: PodScheduled, status: "
		  "'False', reason: Unschedulable, message: 0/3 nodes}]") "]",
	  false, HEALTH_PROVISIONING, "Unschedulable", "0/3 nodes" },
	{ "unschedulable before an unbound claim",
	  "[" DEPLOYMENT("0") ", " CLAIM("Pending") ", " POD(
		  "phase: Pending, conditions: [{type: PodScheduled, status: "
		  "'False', reason: Unschedulable, message: 0/3 nodes}]") "]",
	  false, HEALTH_PROVISIONING, "Unschedulable", "0/3 nodes" },
	{ "claim not bound",
	  "[" DEPLOYMENT("0") ", " CLAIM("Pending") ", " POD(
		  "phase: Pending") "]",
	  false, HEALTH_PROVISIONING, "ClaimNotBound",
	  "waiting for the volume of claim home" },
	{ "claim without status",
	  "[" DEPLOYMENT("0") ", {kind: PersistentVolumeClaim, metadata: "
			      "{name: home}}]",
	  false, HEALTH_PROVISIONING, "ClaimNotBound",
	  "waiting for the volume of claim home" },
	{ "claim bound", "[" DEPLOYMENT("0") ", " CLAIM("Bound") "]", false,
	  HEALTH_PROVISIONING, "Starting", "waiting for the pod" },
	{ "a problem before what is on its way",
	  "[" CLAIM("Pending") ", " DEPLOYMENT("0") ", " POD(
		  "phase: Pending, conditions: [{type: PodScheduled, status: "
		  "'False', reason: Unschedulable}]") ", " WAITING("ErrImagePull",
								   "gone") "]",
	  false, HEALTH_FAILED, "ErrImagePull", "container c: gone" },
	{ "pods may not be made",
	  "[{kind: Deployment, metadata: {name: d}, status: {conditions: "
	  "[{type: ReplicaFailure, status: 'True', message: over quota}]}}]",
	  false, HEALTH_FAILED, "ReplicaFailure", "over quota" },
	{ "pods may be made again",
	  "[{kind: Deployment, metadata: {name: d}, status: {conditions: "
	  "[{type: ReplicaFailure, status: 'False', message: over quota}]}}]",
	  false, HEALTH_PROVISIONING, "Starting", "waiting for the pod" },
	{ "deadline exceeded",
	  "[{kind: Deployment, metadata: {name: d}, status: {conditions: "
	  "[{type: Progressing, status: 'False', reason: "
	  "ProgressDeadlineExceeded, message: too slow}]}}]",
	  false, HEALTH_FAILED, "ProgressDeadlineExceeded", "too slow" },
	{ "a pod on its way out is no problem",
	  "[" DEPLOYMENT(
		  "0") ", {kind: Pod, metadata: {name: p, "
		       "deletionTimestamp: t}, status: {phase: Failed, reason: Evicted}}]",
	  false, HEALTH_PROVISIONING, "Starting", "waiting for the pod" },

	{ "stopped",
	  "[{kind: Deployment, metadata: {name: d}, spec: {replicas: 0}}, " CLAIM(
		  "Bound") "]",
	  true, HEALTH_STOPPED, "Stopped", "stopped: scaled to zero" },
	{ "stopping", "[" POD("phase: Running, " READY) "]", true,
	  HEALTH_STOPPING, "Stopping", "waiting for 1 pod to end" },
	{ "stopping, pods on their way out",
	  "[{kind: Pod, metadata: {name: p, deletionTimestamp: t}}, " POD(
		  "phase: Running") "]",
	  true, HEALTH_STOPPING, "Stopping", "waiting for 2 pods to end" },
	{ "stopped, with a claim that never bound", "[" CLAIM("Pending") "]",
	  true, HEALTH_STOPPED, "Stopped", "stopped: scaled to zero" },
};

/* The summaries of a list of objects, as stores have them. */
static struct val *summaries(const char *yaml)
{
	AUTO(val_unref) struct val *objects = given(yaml);
	struct val_list list = { 0 };

	for (size_t i = 0; i < val_count(objects); i++) {
		const struct val *o = val_at(objects, i);
		AUTO(val_unref) struct val *text =
			summary_live("v1", val_get_text(o, "kind"), o);

		AUTO_FREE char *key = summary_key(o);

		val_list_add_take(
			&list, summary_read_live("v1", val_get_text(o, "kind"),
						 str_of(key), text));
	}
	return val_list_take(&list);
}

static void decides(void **state)
{
	const struct row *row = *state;
	AUTO(val_unref) struct val *list = summaries(row->objects);
	struct health h = { 0 };

	health_of_release(list, row->stopped, &h);
	assert_string_equal(health_phase_text(h.phase),
			    health_phase_text(row->phase));
	assert_string_equal(h.reason, row->reason);
	assert_string_equal(h.message, row->message);
	health_done(&h);
}

static void tells_details(void **state)
{
	(void)state;
	AUTO(val_unref) struct val *list = summaries("[" DEPLOYMENT("1") ", " CLAIM(
		"Pending") ", "
			   "{kind: Service, metadata: {name: s}}, "
			   "{kind: Service, metadata: {name: t, deletionTimestamp: t}}, "
			   "{kind: Pod, metadata: {name: old}, status: {phase: Running}}, "
			   "{kind: Pod, metadata: {name: new}, status: {phase: Running, "
			   "containerStatuses: [{state: {running: "
			   "{startedAt: '2026-01-01T00:00:00Z'}}}], " READY
			   "}}]");
	struct health h = { 0 };

	health_of_release(list, false, &h);
	assert_string_equal(h.pod, "new");
	assert_string_equal(h.started_at, "2026-01-01T00:00:00Z");
	assert_given(h.live,
		     "{Deployment: [{name: d, ready: true}], "
		     "PersistentVolumeClaim: [{name: home, ready: false}], "
		     "Service: [{name: s, ready: true}, "
		     "{name: t, ready: false}]}");
	assert_given(h.pods, "[{name: old, phase: Running, ready: false}, "
			     "{name: new, phase: Running, ready: true}]");
	AUTO(val_unref) struct val *v = health_value(&h);
	assert_given(v, "{phase: Running, reason: Running, message: ready, "
			"ready: true, podName: new, "
			"startedAt: '2026-01-01T00:00:00Z', "
			"pods: [{name: old, phase: Running, ready: false}, "
			"{name: new, phase: Running, ready: true}]}");
	health_done(&h);
}

static void nothing(void **state)
{
	(void)state;
	struct health h = { 0 };

	health_of_release(NULL, true, &h);
	assert_string_equal(h.pod, "");
	assert_string_equal(h.started_at, "");
	assert_given(h.live, "{}");
	assert_given(h.pods, "[]");
	health_done(&h);
}

/* What a container says as it ends is cut, never inside a character. */
static void cuts(void **state)
{
	(void)state;
	AUTO_BUF word = BUF_INIT(10000);

	for (int i = 0; i < 500; i++)
		buf_add_text(&word, "é");
	AUTO_FREE char *text = alloc_print(
		"[" DEPLOYMENT("0") ", " POD(
			"phase: Running, containerStatuses: [{name: c, state: "
			"{terminated: {exitCode: 1, reason: Error, message: "
			"%s}}}]") "]",
		buf_text(&word));
	AUTO(val_unref) struct val *list = summaries(text);
	struct health h = { 0 };

	health_of_release(list, false, &h);
	assert_int_equal(
		strlen(h.message),
		strlen("container c ended with exit code 1 (Error): ") +
			LIMIT_TERMINATION_BYTES);
	assert_int_equal(str_utf8_len(str_of(h.message)), strlen(h.message));
	health_done(&h);
}

static const struct kind_row {
	const char *name;
	bool has;
} kind_rows[] = {
	{ "Pod", true },        { "PersistentVolumeClaim", true },
	{ "Deployment", true }, { "StatefulSet", true },
	{ "ReplicaSet", true }, { "Service", false },
	{ "Widget", false },    { "", false },
};

static void kinds(void **state)
{
	const struct kind_row *row = *state;
	AUTO(val_unref) struct val *object = given("{}");
	AUTO(val_unref) struct val *v = health_of_object(row->name, object);

	assert_int_equal(v != NULL, row->has);
}

int main(void)
{
	const struct CMUnitTest others[] = {
		cmocka_unit_test(tells_details),
		cmocka_unit_test(nothing),
		cmocka_unit_test(cuts),
	};

	return ROWS_RUN("health", rows, decides) +
	       ROWS_RUN("health of kinds", kind_rows, kinds) +
	       cmocka_run_group_tests_name("health more", others, NULL, NULL);
}
