#include "controller/events.h"

#include "base/alloc.h"
#include "base/clock.h"
#include "base/limits.h"
#include "base/log.h"
#include "controller/compare.h"
#include "controller/desire.h"
#include "data/path.h"
#include "kube/event.h"
#include "release/describe.h"

#include <inttypes.h>

static void send(struct pass *p, bool warning, const char *reason,
		 const char *note)
{
	AUTO_ERR err = ERR_INIT;
	AUTO(val_unref) struct val *with_version =
		val_with_text(p->cr, "apiVersion", p->entry->api_version);
	AUTO(val_unref) struct val *regarding =
		val_with_text(with_version, "kind", p->entry->kind);
	struct kube_event event = {
		.regarding = regarding,
		.type = warning ? KUBE_EVENT_WARNING : KUBE_EVENT_NORMAL,
		.reason = reason,
		.note = note,
		.instance = p->env->identity,
		.wall_ns = clock_wall_ns(),
	};

	/* An event that is lost is no reason to fail. */
	if (!kube_event_create(p->client, &event, &err))
		log_debug("event lost", S("key", p->key), S("error", err.msg));
}

static const char *done_reason(enum plan_action action)
{
	static const char *const text[] = {
		[PLAN_INSTALL] = "Installed", [PLAN_REDEPLOY] = "Redeployed",
		[PLAN_PATCH] = "Patched",     [PLAN_ROLLBACK] = "RolledBack",
		[PLAN_SCALE] = "Scaled",      [PLAN_REPAIR] = "Repaired",
		[PLAN_RECOVER] = "Recovered", [PLAN_UNINSTALL] = "Uninstalled",
		[PLAN_ADOPT] = "Adopted",
	};

	return text[action];
}

/* What a repair has put back, and why. */
static char *repaired(const struct pass *p)
{
	AUTO_BUF text = BUF_INIT(LIMIT_RENDER_BYTES);
	const char *before = ": ";

	buf_addf(&text, "release %s is as it was", p->release);
	for (size_t i = 0; i < p->plan.steps.count; i++) {
		const struct step *s = &p->plan.steps.items[i];
		const struct pass_compared *found =
			s->kind == STEP_MEND ? compare_found(p, s->item->id)
					     : NULL;
		AUTO_FREE char *why = found ? compare_text(&found->drift)
					    : NULL;
		const struct val *meta;

		if (!s->item)
			continue;
		meta = val_get(s->item->object, "metadata");
		buf_addf(&text, "%s%s %s (%s)", before,
			 val_get_text(s->item->object, "kind"),
			 val_get_text(meta, "name"),
			 why ? why : step_kind_text(s->kind));
		before = "; ";
	}
	return alloc_copy(buf_text(&text));
}

static void tell_done(struct pass *p)
{
	AUTO_FREE char *note = NULL;

	if (p->steps == 0 || p->waiting || p->rerun)
		return;
	if (p->plan.unbound)
		send(p, true, "ResizePending",
		     "a claim grows once it is bound to a volume");
	if (p->plan.action == PLAN_UNINSTALL)
		note = alloc_print("release %s is gone", p->release);
	else if (p->plan.action == PLAN_ROLLBACK)
		note = alloc_print("release %s is back as it was before "
				   "revision %" PRId64,
				   p->release, desire_newest(p)->revision);
	else if (p->plan.action == PLAN_ADOPT)
		note = alloc_print("release %s revision %" PRId64
				   " was another operator's: it is taken over "
				   "as it is",
				   p->release, p->plan.revision);
	else if (p->plan.action == PLAN_REPAIR)
		note = repaired(p);
	else if (p->plan.action == PLAN_SCALE)
		note = alloc_print("release %s %s", p->release,
				   p->stopped ? "stopped: scaled to zero"
					      : "scaled");
	else
		note = alloc_print("release %s revision %" PRId64
				   " with %zu objects",
				   p->release, p->plan.revision, p->want.count);
	send(p, false, done_reason(p->plan.action), note);
}

static bool has_step(const struct plan *plan, enum step_kind kind)
{
	for (size_t i = 0; i < plan->steps.count; i++)
		if (plan->steps.items[i].kind == kind)
			return true;
	return false;
}

/* A person's rollback or upgrade has become what is deployed: its record has
 * nothing of ours. What the custom resource says goes over it. */
static void tell_reapplied(struct pass *p)
{
	const struct record_head *last = pass_newest(p);

	if (!last || last->status != RECORD_DEPLOYED || *last->shape ||
	    *last->owner_uid || !has_step(&p->plan, STEP_PENDING))
		return;
	AUTO_FREE char *note = alloc_print(
		"revision %" PRId64 " of release %s was made by somebody's "
		"helm: what the %s says is applied again, as revision %" PRId64,
		last->revision, p->release, p->entry->kind, p->plan.revision);
	send(p, false, "Reapplied", note);
}

/* A helm that was killed has left its lock behind. */
static void tell_taken_over(struct pass *p)
{
	const struct record_head *last = pass_newest(p);

	if (!p->takes_over || p->steps == 0)
		return;
	AUTO_FREE char *note = alloc_print(
		"revision %" PRId64 " of release %s was left %s by somebody's "
		"helm: it is given up",
		last->revision, p->release, record_status_text(last->status));
	send(p, true, "TakenOver", note);
}

/* Whether a condition said so before: then an event was sent. */
static bool is_known(const struct pass *p, const char *type,
		     const char *message)
{
	const struct val *list =
		val_get(val_get(p->cr, "status"), "conditions");

	for (size_t i = 0; i < val_count(list); i++) {
		const struct val *c = val_at(list, i);

		if (strcmp(val_get_text(c, "type"), type) == 0)
			return strcmp(val_get_text(c, "message"), message) == 0;
	}
	return false;
}

/* What is passed over of the annotations. */
static void tell_wrong(struct pass *p)
{
	if (p->asked.wrong && !is_known(p, "Warning", p->asked.wrong))
		send(p, true, "InvalidAnnotation", p->asked.wrong);
}

static void tell_pending(struct pass *p)
{
	const struct val *status = val_get(p->cr, "status");

	if (p->plan.pending && !val_is_true(val_get(status, "pendingRestart")))
		send(p, false, "UpdatePending",
		     "the chart or a template has changed: that is "
		     "applied at the next change or start");
}

static void tell_plan(struct pass *p)
{
	AUTO_BUF text = BUF_INIT(LIMIT_RENDER_BYTES);

	if (!p->description ||
	    val_equal(p->description, path_get(p->cr, "status.plan")))
		return;
	describe_text(p->description, &text);
	send(p, false, "Planned", buf_text(&text));
}

void events_of_outcome(struct pass *p, enum status_stage stage,
		       const struct err *outcome)
{
	bool failed = outcome->kind != ERR_NONE;

	if (failed && status_is_stalled(outcome) &&
	    !is_known(p, "Stalled", outcome->msg))
		send(p, true, status_reason(stage, outcome), outcome->msg);
	tell_wrong(p);
	if (p->hook_failure)
		send(p, true, "HookFailed", p->hook_failure);
	if (!failed && !p->previews) {
		tell_taken_over(p);
		tell_reapplied(p);
	}
	tell_plan(p);
	tell_pending(p);
	if (!failed || p->plan.failed)
		tell_done(p);
}

void events_of_drift(struct pass *p, const char *drift)
{
	if (!is_known(p, "Drifted", drift))
		send(p, true, "Drifted", drift);
}
