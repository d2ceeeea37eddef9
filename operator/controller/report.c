#include "controller/report.h"

#include "base/alloc.h"
#include "base/clock.h"
#include "base/limits.h"
#include "base/log.h"
#include "controller/desire.h"
#include "controller/events.h"
#include "controller/observe.h"
#include "controller/remember.h"
#include "data/merge.h"
#include "release/names.h"

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

/* What helm-operator shows of a release; NULL when it cannot be told now, which
 * is when something else is deployed than what was rendered. */
static char *notes_of(const struct pass *p, const struct status_input *in)
{
	struct chart_capabilities capabilities = desire_capabilities(p);
	AUTO_BUF notes = BUF_INIT(LIMIT_RENDER_BYTES);
	AUTO_ERR err = ERR_INIT;

	if (!in->plain || !in->deployed || in->err->kind != ERR_NONE ||
	    !p->values || !p->chart_release.name || p->plan.pending ||
	    p->previews ||
	    !chart_notes(p->entry->chart, p->values, &p->chart_release,
			 &capabilities, &notes, &err))
		return NULL;
	struct str text = str_clip(buf_str(&notes), LIMIT_MESSAGE_BYTES);
	return alloc_text(text.p, text.n);
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

static void fill(const struct pass *p, struct status_input *in)
{
	const struct plan_record *last = observe_running(p);

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
	in->warning = p->asked.wrong;
	in->plain = !p->entry->chart->status;
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

bool report(struct pass *p, enum status_stage stage, const struct err *outcome,
	    struct err *err)
{
	struct status_input in = { .err = outcome, .stage = stage };
	struct health health = { 0 };
	AUTO(val_unref) struct val *extra = NULL;
	AUTO_FREE char *chart = alloc_print("%s-%s", p->entry->chart->name,
					    p->entry->chart->version);

	events_of_outcome(p, stage, outcome);
	/* With its finalizer gone there is no object to report on. */
	if (p->deleting && outcome->kind == ERR_NONE && !p->waiting &&
	    !p->rerun)
		return true;
	fill(p, &in);
	in.chart = chart;
	observe_live(p);
	/* Before there is a plan, not all kinds are watched. */
	AUTO(val_unref) struct val *objects = p->planned ? remember_objects(p)
							 : NULL;
	AUTO_FREE char *drift = remember_drift(p, objects);
	if (drift)
		events_of_drift(p, drift);
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
	AUTO_FREE char *notes = notes_of(p, &in);
	in.notes = notes;
	AUTO(val_unref) struct val *status = status_make(&in);
	health_done(&health);
	return patch_status(p, status, err);
}
