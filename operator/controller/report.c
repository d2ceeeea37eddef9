#include "controller/report.h"

#include "base/alloc.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/limits.h"
#include "controller/compare.h"
#include "controller/desire.h"
#include "controller/inventory.h"
#include "controller/item.h"
#include "controller/observe.h"
#include "data/merge.h"
#include "data/path.h"
#include "kube/event.h"
#include "release/describe.h"
#include "release/names.h"

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
		[PLAN_INSTALL] = "Installed", [PLAN_REDEPLOY] = "Redeployed",
		[PLAN_PATCH] = "Patched",     [PLAN_ROLLBACK] = "RolledBack",
		[PLAN_SCALE] = "Scaled",      [PLAN_REPAIR] = "Repaired",
		[PLAN_RECOVER] = "Recovered", [PLAN_UNINSTALL] = "Uninstalled",
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
		send_event(p, true, "ResizePending",
			   "a claim grows once it is bound to a volume");
	if (p->plan.action == PLAN_UNINSTALL)
		note = alloc_print("release %s is gone", p->release);
	else if (p->plan.action == PLAN_ROLLBACK)
		note = alloc_print("release %s is back as it was before "
				   "revision %" PRId64,
				   p->release, desire_newest(p)->revision);
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

/* A helm that was killed has left its lock behind. */
static void tell_taken_over(struct pass *p)
{
	if (!p->takes_over || p->steps == 0)
		return;
	const struct record_head *last = &p->heads.items[p->heads.count - 1];
	AUTO_FREE char *note = alloc_print(
		"revision %" PRId64 " of release %s was left %s by somebody's "
		"helm: it is given up",
		last->revision, p->release, record_status_text(last->status));
	send_event(p, true, "TakenOver", note);
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
	in->held = p->deleting   ? NULL
		   : p->previews ? NAME_PLAN
		   : p->paused   ? NAME_PAUSED
				 : NULL;
	in->plan = p->description;
	in->waiting = p->waiting || p->rerun;
	in->release = p->release;
	in->now_ns = clock_wall_ns();
	in->digest = p->digest;
	in->pending = p->plan.pending;
	if (p->plan.revision && in->err->kind == ERR_NONE && !p->previews &&
	    !p->plan.pending) {
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

static const struct plan_live *find_live(const struct pass *p, const char *id)
{
	for (size_t i = 0; i < p->live.count; i++)
		if (strcmp(p->live.items[i].id, id) == 0)
			return &p->live.items[i];
	return NULL;
}

static bool warns(const struct pass *p)
{
	return p->entry->on_drift == PLAN_ON_DRIFT_WARN;
}

/* What is missing and stays so is told of. */
static void note_missing(struct pass *p)
{
	const struct pass_objects *items = pass_goal(p);

	for (size_t i = 0; i < items->count; i++) {
		const struct plan_item *item = &items->items[i];
		struct kube_ref ref = item_ref(p, item);

		if (!find_live(p, item->id))
			inventory_note(&p->inventory, ref.kind->api_version,
				       ref.kind->kind, item->object, NULL,
				       "missing");
	}
}

/* Of a kind that nobody watches any more, an object may be there. */
static bool is_there(const struct pass *p, const struct val *entry,
		     const struct plan_live *live)
{
	struct str group = owner_group(val_get_text(entry, "apiVersion"));
	const char *uid = val_get_text(entry, "uid");

	if (live)
		return strcmp(uid, live->uid) == 0;
	/* It was noted as missing. */
	if (!*uid)
		return warns(p);
	return !sources_api_version(p->env->sources, group,
				    val_get_text(entry, "kind"));
}

/* A pass that failed forgets the answers to what it has created. */
static void note_live(struct pass *p)
{
	for (size_t i = 0; i < p->live.count; i++) {
		const struct plan_live *live = &p->live.items[i];
		AUTO_FREE char *group = plan_group(live->id);
		const char *api_version = sources_api_version(
			p->env->sources, str_of(group), live->kind);

		if (api_version)
			inventory_note_live(&p->inventory, api_version, live);
	}
}

/* What is known of the objects that are live or told to be missing. The
 * caller drops it. */
static struct val *known_objects(struct pass *p)
{
	struct val_map now = { 0 };

	note_live(p);
	if (warns(p) && p->plan.action == PLAN_NOTHING && !p->plan.failed)
		note_missing(p);
	for (size_t i = 0; i < val_count(p->inventory); i++) {
		AUTO_FREE char *id = alloc_text(val_key(p->inventory, i).p,
						val_key(p->inventory, i).n);
		const struct val *entry = val_at(p->inventory, i);
		const struct plan_live *live = find_live(p, id);

		if (is_there(p, entry, live))
			val_map_put(&now, id, entry);
	}
	AUTO(val_unref) struct val *map = val_map_take(&now);
	return inventory_list(map);
}

/* NULL when there is none that stays. The caller frees it. */
static char *drift_text(const struct pass *p, const struct val *objects)
{
	AUTO_BUF text = BUF_INIT(LIMIT_RENDER_BYTES);

	if (!warns(p))
		return NULL;
	for (size_t i = 0; i < val_count(objects); i++) {
		const struct val *entry = val_at(objects, i);
		const char *drift = val_get_text(entry, "drift");

		if (*drift)
			buf_addf(&text, "%s%s %s: %s", text.len ? "; " : "",
				 val_get_text(entry, "kind"),
				 val_get_text(entry, "name"), drift);
	}
	return text.len ? alloc_copy(buf_text(&text)) : NULL;
}

static void tell_pending(struct pass *p)
{
	const struct val *status = val_get(p->cr, "status");

	if (p->plan.pending && !val_is_true(val_get(status, "pendingRestart")))
		send_event(p, false, "UpdatePending",
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
	send_event(p, false, "Planned", buf_text(&text));
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
	    !is_known(p, "Stalled", outcome->msg))
		send_event(p, true, status_reason(stage, outcome),
			   outcome->msg);
	if (p->hook_failure)
		send_event(p, true, "HookFailed", p->hook_failure);
	if (outcome->kind == ERR_NONE && !p->previews) {
		tell_taken_over(p);
		tell_reapplied(p);
	}
	tell_plan(p);
	tell_pending(p);
	if (outcome->kind == ERR_NONE || p->plan.failed)
		tell_done(p);
	/* With its finalizer gone there is no object to report on. */
	if (p->deleting && outcome->kind == ERR_NONE && !p->waiting &&
	    !p->rerun)
		return true;
	fill(p, &in);
	in.chart = chart;
	observe_live(p);
	/* Before there is a plan, not all kinds are watched. */
	AUTO(val_unref) struct val *objects = p->planned ? known_objects(p)
							 : NULL;
	AUTO_FREE char *drift = drift_text(p, objects);
	if (drift && !is_known(p, "Drifted", drift))
		send_event(p, true, "Drifted", drift);
	in.objects = objects;
	in.drift = drift;
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
