/*
 * The order of decision: a problem that only a person can mend comes first,
 * then what is still on its way. A pod that cannot be scheduled is on its way,
 * since an autoscaler may be adding its node.
 */
#include "controller/health.h"

#include "base/alloc.h"
#include "base/limits.h"
#include "release/order.h"

#include <inttypes.h>

static const char *const phase_text[] = {
#define X(name, text) [HEALTH_##name] = text,
	HEALTH_PHASES(X)
#undef X
};

const char *health_phase_text(enum health_phase phase)
{
	return phase_text[phase];
}

static int64_t get_int(const struct val *v, const char *key, int64_t fallback)
{
	int64_t n;

	return val_int(val_get(v, key), &n) ? n : fallback;
}

static const struct val *condition(const struct val *status, const char *type)
{
	const struct val *list = val_get(status, "conditions");

	for (size_t i = 0; i < val_count(list); i++)
		if (strcmp(val_get_text(val_at(list, i), "type"), type) == 0)
			return val_at(list, i);
	return NULL;
}

static bool condition_is(const struct val *status, const char *type,
			 const char *value)
{
	return strcmp(val_get_text(condition(status, type), "status"), value) ==
	       0;
}

/* Sets a problem: fatal is what only a person can mend. */
static void set_problem(struct val_map *map, bool fatal, const char *reason,
			const char *message)
{
	struct str cut = str_clip(str_of(message), LIMIT_MESSAGE_BYTES / 2);

	if (val_map_find(map, str_of("reason")))
		return;
	val_map_set_text(map, "reason", reason);
	val_map_put_take(map, "message", val_new_text(cut));
	if (fatal)
		val_map_put(map, "fatal", val_bool(true));
}

static void workload(const char *kind, const struct val *object,
		     struct val_map *map)
{
	const struct val *status = val_get(object, "status");
	int64_t generation =
		get_int(val_get(object, "metadata"), "generation", 0);

	val_map_set_int(map, "want",
			get_int(val_get(object, "spec"), "replicas", 1));
	val_map_set_int(map, "have", get_int(status, "replicas", 0));
	val_map_set_int(map, "ready", get_int(status, "readyReplicas", 0));
	/* A ReplicaSet's pods are all of one template. */
	if (strcmp(kind, "ReplicaSet") != 0)
		val_map_set_int(map, "updated",
				get_int(status, "updatedReplicas", 0));
	if (get_int(status, "observedGeneration", 0) < generation)
		val_map_put(map, "stale", val_bool(true));
	if (condition_is(status, "ReplicaFailure", "True"))
		set_problem(map, true, "ReplicaFailure",
			    val_get_text(condition(status, "ReplicaFailure"),
					 "message"));
	if (strcmp(val_get_text(condition(status, "Progressing"), "reason"),
		   "ProgressDeadlineExceeded") == 0)
		set_problem(map, true, "ProgressDeadlineExceeded",
			    val_get_text(condition(status, "Progressing"),
					 "message"));
}

static bool is_fatal_waiting(const char *reason)
{
	static const char *const set[] = {
		"ErrImagePull",         "ImagePullBackOff",
		"InvalidImageName",     "ErrImageNeverPull",
		"CrashLoopBackOff",     "CreateContainerConfigError",
		"CreateContainerError", "RunContainerError",
	};

	for (size_t i = 0; i < ARRAY_LEN(set); i++)
		if (strcmp(reason, set[i]) == 0)
			return true;
	return false;
}

/* How the last run of a container ended: `exit code 137 (OOMKilled): text`. */
static char *ending(const struct val *state)
{
	const struct val *end = val_get(state, "terminated");
	struct str said = str_clip(val_str(val_get(end, "message")),
				   LIMIT_TERMINATION_BYTES);

	if (!end)
		return alloc_copy("");
	return alloc_print("exit code %" PRId64 " (%s)%s" STR_FMT,
			   get_int(end, "exitCode", 0),
			   val_get_text(end, "reason"), said.n ? ": " : "",
			   STR_ARG(said));
}

static void container(const struct val *status, struct val_map *map)
{
	const struct val *waiting =
		val_get(val_get(status, "state"), "waiting");
	const char *name = val_get_text(status, "name");
	const char *reason = val_get_text(waiting, "reason");
	AUTO_FREE char *last = ending(val_get(status, "lastState"));

	if (is_fatal_waiting(reason)) {
		AUTO_FREE char *text = alloc_print(
			"container %s: %s%s%s", name,
			val_get_text(waiting, "message"),
			*last ? "; last run ended with " : "", last);
		set_problem(map, true, reason, text);
	}
	AUTO_FREE char *now = ending(val_get(status, "state"));
	int64_t code = get_int(val_get(val_get(status, "state"), "terminated"),
			       "exitCode", 0);
	if (*now && code != 0) {
		AUTO_FREE char *text =
			alloc_print("container %s ended with %s", name, now);
		set_problem(map, true, "ContainerTerminated", text);
	}
}

static void pod(const struct val *object, struct val_map *map)
{
	const struct val *status = val_get(object, "status");
	static const char *const lists[] = { "initContainerStatuses",
					     "containerStatuses" };
	const struct val *main_status = val_get(status, "containerStatuses");
	const struct val *scheduled = condition(status, "PodScheduled");

	val_map_set_text(map, "phase", val_get_text(status, "phase"));
	if (condition_is(status, "Ready", "True"))
		val_map_put(map, "ready", val_bool(true));
	for (size_t l = 0; l < ARRAY_LEN(lists); l++) {
		const struct val *list = val_get(status, lists[l]);

		for (size_t i = 0; i < val_count(list); i++)
			container(val_at(list, i), map);
	}
	if (val_count(main_status)) {
		const struct val *state =
			val_get(val_at(main_status, 0), "state");
		const char *started =
			val_get_text(val_get(state, "running"), "startedAt");

		if (*started)
			val_map_set_text(map, "started", started);
	}
	if (strcmp(val_get_text(status, "phase"), "Failed") == 0)
		set_problem(map, true,
			    *val_get_text(status, "reason")
				    ? val_get_text(status, "reason")
				    : "PodFailed",
			    val_get_text(status, "message"));
	if (strcmp(val_get_text(scheduled, "status"), "False") == 0)
		set_problem(map, false, val_get_text(scheduled, "reason"),
			    val_get_text(scheduled, "message"));
}

struct val *health_of_object(const char *kind, const struct val *object)
{
	struct val_map map = { 0 };

	if (strcmp(kind, "Pod") == 0)
		pod(object, &map);
	else if (strcmp(kind, "PersistentVolumeClaim") == 0)
		val_map_set_text(&map, "phase",
				 val_get_text(val_get(object, "status"),
					      "phase"));
	else if (strcmp(kind, "Deployment") == 0 ||
		 strcmp(kind, "StatefulSet") == 0 ||
		 strcmp(kind, "ReplicaSet") == 0)
		workload(kind, object, &map);
	else
		return NULL;
	return val_map_take(&map);
}

/* What was seen while walking over the objects of a release. */
struct tally {
	const struct val *fatal;   /* health with a problem of that sort */
	const struct val *problem; /* any other problem */
	const struct val *claim;   /* summary of a claim that is not bound */
	const struct val *pod;     /* summary of the pod to show */
	size_t pods;
	size_t workloads, ready_workloads;
};

static bool is_workload_ready(const struct val *health)
{
	int64_t want = get_int(health, "want", 0);

	return !val_get(health, "stale") &&
	       get_int(health, "ready", 0) >= want &&
	       get_int(health, "updated", want) >= want;
}

static void tally_problem(struct tally *t, const struct val *health)
{
	if (!val_get(health, "reason"))
		return;
	if (val_get(health, "fatal") && !t->fatal)
		t->fatal = health;
	else if (!t->problem)
		t->problem = health;
}

static void tally_object(struct tally *t, const struct val *summary)
{
	const char *kind = val_get_text(summary, "kind");
	const struct val *health = val_get(summary, "health");

	if (strcmp(kind, "Pod") == 0) {
		t->pods++;
		if (val_get(summary, "del"))
			return;
		if (!t->pod || val_get(health, "ready"))
			t->pod = summary;
	} else if (strcmp(kind, "PersistentVolumeClaim") == 0) {
		if (strcmp(val_get_text(health, "phase"), "Bound") != 0)
			t->claim = summary;
	} else if (health) {
		t->workloads++;
		t->ready_workloads += is_workload_ready(health);
	}
	tally_problem(t, health);
}

static void say(struct health *out, enum health_phase phase, const char *reason,
		char *take_message)
{
	out->phase = phase;
	out->reason = alloc_copy(reason);
	out->message = take_message;
}

static void decide_stopped(const struct tally *t, struct health *out)
{
	if (t->pods)
		say(out, HEALTH_STOPPING, "Stopping",
		    alloc_print("waiting for %zu pod%s to end", t->pods,
				t->pods == 1 ? "" : "s"));
	else
		say(out, HEALTH_STOPPED, "Stopped",
		    alloc_copy("stopped: scaled to zero"));
}

static void decide(const struct tally *t, bool stopped, struct health *out)
{
	if (stopped)
		decide_stopped(t, out);
	else if (t->ready_workloads == t->workloads)
		say(out, HEALTH_RUNNING, "Running", alloc_copy("ready"));
	else if (t->fatal)
		say(out, HEALTH_FAILED, val_get_text(t->fatal, "reason"),
		    alloc_copy(val_get_text(t->fatal, "message")));
	else if (t->problem)
		say(out, HEALTH_PROVISIONING,
		    val_get_text(t->problem, "reason"),
		    alloc_copy(val_get_text(t->problem, "message")));
	else if (t->claim)
		say(out, HEALTH_PROVISIONING, "ClaimNotBound",
		    alloc_print("waiting for the volume of claim %s",
				val_get_text(t->claim, "name")));
	else
		say(out, HEALTH_PROVISIONING, "Starting",
		    alloc_copy(t->pod ? "waiting for the pod to be ready"
				      : "waiting for the pod"));
}

static bool is_ready(const struct val *summary)
{
	const struct val *health = val_get(summary, "health");

	if (!health)
		return !val_get(summary, "del");
	if (val_get(health, "want"))
		return is_workload_ready(health);
	if (strcmp(val_get_text(summary, "kind"), "Pod") == 0)
		return val_is_true(val_get(health, "ready"));
	return strcmp(val_get_text(health, "phase"), "Bound") == 0;
}

static void add_live(struct val_map *kinds, const struct val *summary)
{
	struct str kind = val_str(val_get(summary, "kind"));
	const struct val *before = val_map_find(kinds, kind);
	struct val_list list = { 0 };
	struct val_map item = { 0 };

	for (size_t i = 0; i < val_count(before); i++)
		val_list_add(&list, val_at(before, i));
	val_map_put(&item, "name", val_get(summary, "name"));
	val_map_put(&item, "ready", val_bool(is_ready(summary)));
	val_list_add_take(&list, val_map_take(&item));
	val_map_set_take(kinds, kind, val_list_take(&list));
}

static void add_pod(struct val_list *pods, const struct val *summary)
{
	const struct val *health = val_get(summary, "health");
	const struct val *phase = val_get(health, "phase");
	struct val_map item = { 0 };

	val_map_put(&item, "name", val_get(summary, "name"));
	val_map_put(&item, "phase", phase ? phase : val_null());
	val_map_put(&item, "ready", val_bool(is_ready(summary)));
	val_list_add_take(pods, val_map_take(&item));
}

void health_of_release(const struct val *summaries, bool stopped,
		       struct health *out)
{
	struct tally t = { 0 };
	struct val_map live = { 0 };
	struct val_list pods = { 0 };

	for (size_t i = 0; i < val_count(summaries); i++) {
		const struct val *s = val_at(summaries, i);

		tally_object(&t, s);
		if (strcmp(val_get_text(s, "kind"), "Pod") == 0)
			add_pod(&pods, s);
		else
			add_live(&live, s);
	}
	decide(&t, stopped, out);
	const struct val *shown = val_get(t.pod, "health");
	out->pod = alloc_copy(val_get_text(t.pod, "name"));
	out->started_at = alloc_copy(val_get_text(shown, "started"));
	out->live = val_map_take(&live);
	out->pods = val_list_take(&pods);
}

void health_done(struct health *h)
{
	free(h->reason);
	free(h->message);
	free(h->pod);
	free(h->started_at);
	val_unref(h->live);
	val_unref(h->pods);
	*h = (struct health){ 0 };
}

struct val *health_value(const struct health *h)
{
	struct val_map map = { 0 };

	val_map_set_text(&map, "phase", health_phase_text(h->phase));
	val_map_set_text(&map, "reason", h->reason);
	val_map_set_text(&map, "message", h->message);
	val_map_put(&map, "ready", val_bool(h->phase == HEALTH_RUNNING));
	val_map_set_text(&map, "podName", h->pod);
	val_map_set_text(&map, "startedAt", h->started_at);
	val_map_put(&map, "pods", h->pods);
	return val_map_take(&map);
}
