#include "release/hook_end.h"

#include "base/alloc.h"
#include "base/limits.h"
#include "data/path.h"

static bool is_job(const char *api_version, const char *kind)
{
	return strcmp(kind, "Job") == 0 &&
	       str_starts(str_of(api_version), "batch/");
}

static bool is_pod(const char *api_version, const char *kind)
{
	return strcmp(kind, "Pod") == 0 && strcmp(api_version, "v1") == 0;
}

bool hook_end_awaited(const char *api_version, const char *kind)
{
	return is_job(api_version, kind) || is_pod(api_version, kind);
}

/* "reason: message", whatever there is of them. */
static char *reason_of(const struct val *v)
{
	const char *reason = val_get_text(v, "reason");
	struct str message = str_clip(str_of(val_get_text(v, "message")),
				      LIMIT_TERMINATION_BYTES);

	return alloc_print("%s%s" STR_FMT, reason,
			   *reason && message.n ? ": " : "", STR_ARG(message));
}

static const struct val *condition(const struct val *live, const char *type)
{
	const struct val *list = path_get(live, "status.conditions");

	for (size_t i = 0; i < val_count(list); i++) {
		const struct val *c = val_at(list, i);

		if (strcmp(val_get_text(c, "type"), type) == 0 &&
		    strcmp(val_get_text(c, "status"), "True") == 0)
			return c;
	}
	return NULL;
}

static void read_job(const struct val *live, struct hook_end *out)
{
	const struct val *complete = condition(live, "Complete");
	const struct val *failed = condition(live, "Failed");

	if (complete) {
		out->state = HOOK_STATE_SUCCEEDED;
		out->completed_at =
			path_get_text(live, "status.completionTime");
	} else if (failed) {
		out->state = HOOK_STATE_FAILED;
		out->completed_at = val_get_text(failed, "lastTransitionTime");
		free(out->message);
		out->message = reason_of(failed);
	}
}

/* The first container that did not end well. */
static char *why_pod_failed(const struct val *live)
{
	static const char *const lists[] = { "status.initContainerStatuses",
					     "status.containerStatuses" };

	for (size_t k = 0; k < ARRAY_LEN(lists); k++) {
		const struct val *list = path_get(live, lists[k]);

		for (size_t i = 0; i < val_count(list); i++) {
			const struct val *end =
				path_get(val_at(list, i), "state.terminated");
			int64_t code = 0;

			if (val_int(val_get(end, "exitCode"), &code) && code)
				return alloc_print(
					"container %s ended with exit code %d",
					val_get_text(val_at(list, i), "name"),
					(int)code);
		}
	}
	return reason_of(val_get(live, "status"));
}

static void read_pod(const struct val *live, struct hook_end *out)
{
	const char *phase = path_get_text(live, "status.phase");

	if (strcmp(phase, "Succeeded") == 0) {
		out->state = HOOK_STATE_SUCCEEDED;
	} else if (strcmp(phase, "Failed") == 0) {
		out->state = HOOK_STATE_FAILED;
		free(out->message);
		out->message = why_pod_failed(live);
	}
}

void hook_end_read(const struct val *live, struct hook_end *out)
{
	const char *api_version = val_get_text(live, "apiVersion");
	const char *kind = val_get_text(live, "kind");
	const char *made = path_get_text(live, "metadata.creationTimestamp");

	*out = (struct hook_end){
		.state = HOOK_STATE_RUNNING,
		.message = alloc_copy(""),
		.started_at = made,
		.completed_at = "",
	};
	if (is_job(api_version, kind)) {
		read_job(live, out);
	} else if (is_pod(api_version, kind)) {
		read_pod(live, out);
	} else {
		out->state = HOOK_STATE_SUCCEEDED;
		out->completed_at = made;
	}
}

void hook_end_done(struct hook_end *end)
{
	free(end->message);
	*end = (struct hook_end){ 0 };
}
