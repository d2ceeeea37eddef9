#include "controller/status.h"

#include "base/alloc.h"
#include "base/clock.h"
#include "base/limits.h"
#include "data/path.h"
#include "release/names.h"

#include <string.h>

bool status_is_stalled(const struct err *err)
{
	return err->kind == ERR_INVALID || err->kind == ERR_LIMIT ||
	       err->kind == ERR_EXISTS || err->kind == ERR_NOT_FOUND ||
	       err->kind == ERR_DENIED;
}

const char *status_reason(enum status_stage stage, const struct err *err)
{
	if (stage == STATUS_OBSERVE)
		return err->kind == ERR_EXISTS ? "ReleaseNameTaken"
					       : "ReconcileError";
	if (stage == STATUS_DESIRE) {
		if (err->kind == ERR_NOT_FOUND && err->field)
			return "TemplateNotFound";
		if (err->kind == ERR_NOT_FOUND)
			return "KindNotInstalled";
		if (err->kind == ERR_DENIED)
			return "Forbidden";
		return status_is_stalled(err) ? "RenderFailed"
					      : "ReconcileError";
	}
	if (stage == STATUS_GROW)
		return err->kind == ERR_DENIED ? "ExpansionNotSupported"
					       : "ResizePending";
	if (stage == STATUS_HOOK)
		return "HookFailed";
	switch (err->kind) {
	case ERR_EXISTS:
		return "OwnedByAnother";
	case ERR_INVALID:
		return "InvalidObject";
	case ERR_LIMIT:
		return "TooLarge";
	case ERR_DENIED:
		return "Forbidden";
	default:
		return "ReconcileError";
	}
}

void status_outcome(struct err *failure, struct err *unsaid, struct err *out)
{
	bool is_soon = failure->kind != ERR_NONE &&
		       err_kind_retry(failure->kind) != RETRY_ON_CHANGE;

	if (is_soon || unsaid->kind == ERR_NONE) {
		err_move(out, failure);
		return;
	}
	err_move(out, unsaid);
	if (err_kind_retry(out->kind) == RETRY_ON_CHANGE)
		out->kind = ERR_INTERNAL;
}

/* The time since when a condition has its status. */
static const char *since(const struct status_input *in, const char *type,
			 const char *status, char now[CLOCK_TEXT_BYTES])
{
	const struct val *list =
		val_get(val_get(in->cr, "status"), "conditions");

	for (size_t i = 0; i < val_count(list); i++) {
		const struct val *c = val_at(list, i);

		if (strcmp(val_get_text(c, "type"), type) == 0 &&
		    strcmp(val_get_text(c, "status"), status) == 0)
			return val_get_text(c, "lastTransitionTime");
	}
	return clock_print(in->now_ns, now);
}

static const struct val *generation(const struct status_input *in)
{
	return val_get(val_get(in->cr, "metadata"), "generation");
}

static void add(const struct status_input *in, struct val_list *list,
		const char *type, bool is, const char *reason,
		const char *message)
{
	const char *status = is ? "True" : "False";
	char now[CLOCK_TEXT_BYTES];
	struct val_map c = { 0 };

	val_map_set_text(&c, "type", type);
	val_map_set_text(&c, "status", status);
	val_map_set_text(&c, "reason", reason);
	val_map_put_take(
		&c, "message",
		val_new_text(str_clip(str_of(message), LIMIT_MESSAGE_BYTES)));
	val_map_set_text(&c, "lastTransitionTime",
			 since(in, type, status, now));
	if (generation(in))
		val_map_put(&c, "observedGeneration", generation(in));
	val_list_add_take(list, val_map_take(&c));
}

static const char *held_reason(const struct status_input *in)
{
	return strcmp(in->held, NAME_PLAN) == 0 ? "Planned" : "Paused";
}

/* What the status says in one line: phase, reason, message. */
struct verdict {
	enum health_phase phase;
	const char *reason;
	const char *message;
};

static struct verdict verdict_of(const struct status_input *in)
{
	const struct err *err = in->err;
	bool failed = err->kind != ERR_NONE;

	if (in->deleting)
		return (struct verdict){ HEALTH_TERMINATING, "Terminating",
					 failed ? err->msg
					 : in->awaited
						 ? in->awaited
						 : "deleting its objects" };
	/* What runs goes on running when a change is refused. */
	if (failed && !(in->deployed && in->health))
		return (struct verdict){
			status_is_stalled(err) && err->kind != ERR_NOT_FOUND
				? HEALTH_FAILED
				: HEALTH_PENDING,
			status_reason(in->stage, err), err->msg
		};
	if (in->held && !in->deployed)
		return (struct verdict){ HEALTH_PENDING, held_reason(in),
					 "nothing is installed" };
	if (in->waiting || !in->health || !in->deployed)
		return (struct verdict){ HEALTH_PROVISIONING, "Deploying",
					 in->awaited
						 ? in->awaited
						 : "replacing its objects" };
	return (struct verdict){ in->health->phase, in->health->reason,
				 in->health->message };
}

static void add_standard(const struct status_input *in, const struct verdict *v,
			 struct val_list *list)
{
	bool failed = in->err->kind != ERR_NONE;
	bool stalled = failed && status_is_stalled(in->err);
	AUTO_FREE char *held = alloc_print("the annotation %s is true",
					   in->held ? in->held : "");
	bool moving = v->phase == HEALTH_PROVISIONING ||
		      v->phase == HEALTH_STOPPING ||
		      v->phase == HEALTH_TERMINATING || (failed && !stalled);

	add(in, list, "Ready", v->phase == HEALTH_RUNNING, v->reason,
	    v->message);
	if (in->held)
		add(in, list, "Reconciling", false, held_reason(in), held);
	else
		add(in, list, "Reconciling", moving && !stalled,
		    moving && !stalled ? v->reason : "Settled",
		    moving && !stalled ? v->message : "");
	add(in, list, "Stalled", stalled,
	    stalled ? status_reason(in->stage, in->err) : "Progressing",
	    stalled ? in->err->msg : "");
	if (in->drift)
		add(in, list, "Drifted", true, "Drifted", in->drift);
	if (in->warning)
		add(in, list, "Warning", true, "InvalidAnnotation",
		    in->warning);
}

/* What a condition of the custom resource says until now; "" for none. */
static const char *message_before(const struct status_input *in,
				  const char *type)
{
	const struct val *list =
		val_get(val_get(in->cr, "status"), "conditions");

	for (size_t i = 0; i < val_count(list); i++)
		if (strcmp(val_get_text(val_at(list, i), "type"), type) == 0)
			return val_get_text(val_at(list, i), "message");
	return "";
}

static const char *notes_of(const struct status_input *in)
{
	if (!in->plain)
		return "";
	return in->notes ? in->notes : message_before(in, "Deployed");
}

static const char *failure_reason(const struct status_input *in)
{
	if (in->deleting)
		return "UninstallError";
	return in->revision > 1 ? "UpgradeError" : "InstallError";
}

/* helm-operator removes its failure conditions once they are over. */
static void add_compatible(const struct status_input *in, struct val_list *list)
{
	add(in, list, "Initialized", true, "Initialized", "");
	if (in->deployed)
		add(in, list, "Deployed", true,
		    in->revision > 1 ? "UpgradeSuccessful"
				     : "InstallSuccessful",
		    notes_of(in));
	if (in->err->kind == ERR_NONE)
		return;
	if (in->stage >= STATUS_ACT)
		add(in, list, "ReleaseFailed", true, failure_reason(in),
		    in->err->msg);
	else
		add(in, list, "Irreconcilable", true, "ReconcileError",
		    in->err->msg);
}

static struct val *release_of(const struct status_input *in)
{
	const struct val *objects =
		in->objects ? in->objects
			    : path_get(in->cr, "status.release.objects");
	struct val_map map = { 0 };

	val_map_set_text(&map, "name", in->release);
	val_map_set_int(&map, "revision", in->revision);
	val_map_set_text(&map, "chart", in->chart);
	if (*in->digest)
		val_map_set_text(&map, "digest", in->digest);
	if (objects)
		val_map_put(&map, "objects", objects);
	return val_map_take(&map);
}

static struct val *deployed_of(const struct status_input *in)
{
	struct val_map map = { 0 };

	val_map_set_text(&map, "name", in->release);
	return val_map_take(&map);
}

/* Fields that the pass could not look at stay as they are. */
static void keep_unseen(const struct status_input *in, struct val_map *map)
{
	const struct val *old = val_get(in->cr, "status");

	for (size_t i = 0; i < val_count(old); i++)
		if (!str_is(val_key(old, i), "plan") &&
		    !str_is(val_key(old, i), "pendingRestart") &&
		    !str_is(val_key(old, i), "deployedRelease"))
			val_map_set(map, val_key(old, i), val_at(old, i));
}

/* What the chart says, but for what is not the chart's to say. */
static void add_extra(const struct val *extra, struct val_map *map)
{
	static const char *const ours[] = { "phase",     "message",
					    "startedAt", "observedGeneration",
					    "release",   "conditions",
					    "plan",      "pendingRestart" };

	for (size_t i = 0; i < val_count(extra); i++) {
		size_t k = 0;

		while (k < ARRAY_LEN(ours) &&
		       !str_is(val_key(extra, i), ours[k]))
			k++;
		if (k == ARRAY_LEN(ours))
			val_map_set(map, val_key(extra, i), val_at(extra, i));
	}
}

struct val *status_make(const struct status_input *in)
{
	struct val_map map = { 0 };
	struct val_list conditions = { 0 };
	struct verdict v = verdict_of(in);

	if (!in->extra)
		keep_unseen(in, &map);
	add_extra(in->extra, &map);
	val_map_set_text(&map, "phase", health_phase_text(v.phase));
	val_map_put_take(
		&map, "message",
		val_new_text(str_clip(str_of(v.message), LIMIT_MESSAGE_BYTES)));
	if (in->extra && v.phase == HEALTH_RUNNING && *in->health->started_at)
		val_map_set_text(&map, "startedAt", in->health->started_at);
	if (generation(in))
		val_map_put(&map, "observedGeneration", generation(in));
	if (in->revision)
		val_map_put_take(&map, "release", release_of(in));
	if (in->plain && in->revision)
		val_map_put_take(&map, "deployedRelease", deployed_of(in));
	if (in->plan)
		val_map_put(&map, "plan", in->plan);
	if (in->pending)
		val_map_put(&map, "pendingRestart", val_bool(true));
	add_standard(in, &v, &conditions);
	add_compatible(in, &conditions);
	val_map_put_take(&map, "conditions", val_list_take(&conditions));
	return val_map_take(&map);
}
