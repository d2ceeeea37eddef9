#include "controller/report.h"

#include "base/alloc.h"
#include "base/clock.h"
#include "base/log.h"
#include "controller/desire.h"
#include "controller/observe.h"
#include "data/merge.h"
#include "kube/event.h"

#include <inttypes.h>

/* The chart's own part of the status; NULL when it cannot be told now. */
static struct val *extra_of(const struct pass *p, const struct health *health)
{
	struct chart_capabilities capabilities = desire_capabilities(p);
	AUTO_ERR err = ERR_INIT;
	AUTO(val_unref) struct val *seen = health_value(health);
	struct val *extra = NULL;

	if (!p->values || !p->chart_release.name)
		return NULL;
	if (!chart_status(p->entry->chart, p->values, &p->chart_release,
			  &capabilities, health->live, seen, &extra, &err)) {
		log_warn("status.yaml failed", S("key", p->key),
			 S("error", err.msg));
		return NULL;
	}
	return extra;
}

static bool patch_status(struct pass *p, const struct val *status,
			 struct err *err)
{
	const struct val *old = val_get(p->cr, "status");
	struct kube_write opt = { .subresource = "status" };
	struct kube_ref ref = pass_ref(p);
	struct val *after = NULL;

	if (val_equal(old, status))
		return true;
	struct val_map patch = { 0 }, meta = { 0 };
	/* Another object of the same name must not get this one's status. */
	val_map_set_text(&meta, "uid", p->owner.uid);
	val_map_put_take(&patch, "metadata", val_map_take(&meta));
	val_map_put_take(&patch, "status", merge_patch_between(old, status));
	AUTO(val_unref) struct val *body = val_map_take(&patch);
	if (!kube_patch(p->client, &ref, KUBE_PATCH_MERGE, body, &opt, &after,
			err)) {
		if (err->kind != ERR_NOT_FOUND)
			return false;
		/* Deleted meanwhile: there is nobody to tell. */
		err_clear(err);
		return true;
	}
	sources_learn_primary(p->env->sources, p->entry_number, after);
	val_unref(after);
	return true;
}

static void send_event(struct pass *p, bool warning, const char *reason,
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
		[PLAN_INSTALL] = "Installed",
		[PLAN_REDEPLOY] = "Redeployed",
		[PLAN_PATCH] = "Patched",
		[PLAN_ROLLBACK] = "RolledBack",
		[PLAN_SCALE] = "Scaled",
		[PLAN_REPAIR] = "Repaired",
		[PLAN_UNINSTALL] = "Uninstalled",
	};

	return text[action];
}

static void tell_done(struct pass *p)
{
	AUTO_FREE char *note = NULL;

	if (p->steps == 0 || p->waiting || p->rerun)
		return;
	if (p->plan.unbound)
		send_event(p, true, "ResizePending",
			   "a claim grows once it is bound to a volume");
	if (p->plan.action == PLAN_UNINSTALL)
		note = alloc_print("release %s is gone", p->release);
	else if (p->plan.action == PLAN_ROLLBACK)
		note = alloc_print("release %s is back as it was before "
				   "revision %" PRId64,
				   p->release, desire_newest(p)->revision);
	else if (p->plan.action == PLAN_SCALE)
		note = alloc_print("release %s %s", p->release,
				   p->stopped ? "stopped: scaled to zero"
					      : "scaled");
	else
		note = alloc_print("release %s revision %" PRId64
				   " with %zu objects",
				   p->release, p->plan.revision, p->want.count);
	send_event(p, false, done_reason(p->plan.action), note);
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
	const struct record_head *last =
		p->heads.count ? &p->heads.items[p->heads.count - 1] : NULL;

	if (!last || last->status != RECORD_DEPLOYED || *last->shape ||
	    *last->owner_uid || !has_step(&p->plan, STEP_PENDING))
		return;
	AUTO_FREE char *note = alloc_print(
		"revision %" PRId64 " of release %s was made by somebody's "
		"helm: what the %s says is applied again, as revision %" PRId64,
		last->revision, p->release, p->entry->kind, p->plan.revision);
	send_event(p, false, "Reapplied", note);
}

/* Whether the status said so before: then an event was sent. */
static bool is_known(const struct pass *p, const char *message)
{
	const struct val *list =
		val_get(val_get(p->cr, "status"), "conditions");

	for (size_t i = 0; i < val_count(list); i++) {
		const struct val *c = val_at(list, i);

		if (strcmp(val_get_text(c, "type"), "Stalled") == 0)
			return strcmp(val_get_text(c, "message"), message) == 0;
	}
	return false;
}

/* What runs: the newest deployed record, else the newest one. */
static const struct plan_record *running(const struct pass *p)
{
	for (size_t i = p->records.count; i-- > 0;)
		if (p->records.items[i].status == RECORD_DEPLOYED)
			return &p->records.items[i];
	return desire_newest(p);
}

static void fill(const struct pass *p, struct status_input *in)
{
	const struct plan_record *last = running(p);

	in->cr = p->cr;
	in->deleting = p->deleting;
	in->paused = p->paused && !p->deleting;
	in->waiting = p->waiting || p->rerun;
	in->release = p->release;
	in->now_ns = clock_wall_ns();
	in->digest = p->digest;
	if (p->plan.revision && in->err->kind == ERR_NONE) {
		in->revision = p->plan.revision;
		in->deployed = !in->waiting;
	} else if (last) {
		in->revision = last->revision;
		/* Of a redeploy half way some of it may be gone. */
		in->deployed = last->status == RECORD_DEPLOYED &&
			       !record_is_pending(desire_newest(p)->status);
		in->digest = last->digest;
	}
}

/* The first object that is on its way out; NULL when there is none. The
 * caller frees it. */
static char *awaited(const struct pass *p)
{
	for (size_t i = 0; i < val_count(p->summaries); i++) {
		const struct val *s = val_at(p->summaries, i);
		const char *finalizer = val_get_text(s, "finalizer");

		/* Pods go with what made them. */
		if (!val_is_true(val_get(s, "del")) ||
		    strcmp(val_get_text(s, "kind"), "Pod") == 0)
			continue;
		return alloc_print("waiting until %s %s is gone%s%s%s",
				   val_get_text(s, "kind"),
				   val_get_text(s, "name"),
				   *finalizer ? " (its finalizer " : "",
				   finalizer, *finalizer ? ")" : "");
	}
	return NULL;
}

bool report(struct pass *p, enum status_stage stage, const struct err *outcome,
	    struct err *err)
{
	struct status_input in = { .err = outcome, .stage = stage };
	struct health health = { 0 };
	AUTO(val_unref) struct val *extra = NULL;
	AUTO_FREE char *chart = alloc_print("%s-%s", p->entry->chart->name,
					    p->entry->chart->version);

	if (outcome->kind != ERR_NONE && status_is_stalled(outcome) &&
	    !is_known(p, outcome->msg))
		send_event(p, true, status_reason(stage, outcome),
			   outcome->msg);
	if (outcome->kind == ERR_NONE)
		tell_reapplied(p);
	if (outcome->kind == ERR_NONE || p->plan.failed)
		tell_done(p);
	/* With its finalizer gone there is no object to report on. */
	if (p->deleting && outcome->kind == ERR_NONE && !p->waiting &&
	    !p->rerun)
		return true;
	fill(p, &in);
	in.chart = chart;
	observe_live(p);
	AUTO_FREE char *going = awaited(p);
	in.awaited = p->awaited ? p->awaited : going;
	health_of_release(p->summaries, p->stopped, &health);
	in.health = &health;
	/* While objects are replaced, what is said of them stays as it is. */
	if (!in.waiting)
		extra = extra_of(p, &health);
	in.extra = extra;
	AUTO(val_unref) struct val *status = status_make(&in);
	health_done(&health);
	return patch_status(p, status, err);
}
