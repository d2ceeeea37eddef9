#include "controller/reconcile.h"

#include "base/alloc.h"
#include "base/clock.h"
#include "chart/values.h"
#include "controller/act.h"
#include "controller/compare.h"
#include "controller/desire.h"
#include "controller/hooks.h"
#include "controller/objects.h"
#include "controller/observe.h"
#include "controller/preview.h"
#include "controller/report.h"
#include "data/path.h"
#include "release/lock.h"

#include <inttypes.h>

void pass_done(struct pass *p)
{
	plan_done(&p->plan);
	objects_done(&p->want);
	objects_done(&p->old);
	objects_done(&p->noted);
	objects_hooks_done(&p->hooks);
	objects_hooks_done(&p->old_hooks);
	manifest_free(p->manifest);
	manifest_free(p->old_manifest);
	chart_values_free(p->values);
	val_unref(p->old_body);
	val_unref(p->description);
	VEC_DONE(&p->live);
	VEC_DONE(&p->records);
	for (size_t i = 0; i < p->heads.count; i++)
		record_head_done(&p->heads.items[i]);
	VEC_DONE(&p->heads);
	val_unref(p->summaries);
	val_unref(p->inventory);
	compare_done(p);
	val_unref(p->hook_summaries);
	annotations_done(&p->asked);
	free(p->release);
	free(p->writer_name);
	free(p->awaited);
	free(p->hook_failure);
	record_head_done(&p->made);
	val_unref(p->runs);
	err_clear(&p->held);
	val_unref(p->cr);
	*p = (struct pass){ 0 };
}

const struct record_head *pass_newest(const struct pass *p)
{
	return p->heads.count ? &p->heads.items[p->heads.count - 1] : NULL;
}

const struct pass_objects *pass_goal(const struct pass *p)
{
	return p->plan.pending ? &p->old : &p->want;
}

struct kube_ref pass_ref(const struct pass *p)
{
	return (struct kube_ref){ p->cr_kind, p->owner.namespace,
				  p->owner.name };
}

static bool is_retried(const struct pass *p)
{
	const struct record_head *last = pass_newest(p);

	return last && *last->failure &&
	       clock_wall_ns() / 1000000000 - last->written_s > PASS_RETRY_S;
}

/* How far the rollback of the newest revision is. */
static enum plan_back back_of(struct pass *p)
{
	const struct plan_record *last = desire_newest(p);

	if (!last || last->status != RECORD_FAILED)
		return PLAN_BACK_NOT_BEGUN;
	return (enum plan_back)hook_runs_number(hooks_runs(p, last->revision),
						HOOK_RUNS_BACK);
}

/* All that the status remembers is live, as it was, and nothing else is. */
static bool is_intact(const struct pass *p)
{
	size_t known = 0;

	for (size_t i = 0; i < p->live.count; i++) {
		const struct plan_live *live = &p->live.items[i];

		if (live->deleting || live->drift != PLAN_DRIFT_NONE)
			return false;
		known += val_get(p->inventory, live->id) != NULL;
	}
	return known > 0 && known == val_count(p->inventory);
}

static struct plan_input input_of(struct pass *p)
{
	return (struct plan_input){
		.deleting = p->deleting,
		.orphan = p->orphan,
		.claimed = p->deleting ? p->has_finalizer : p->claimed,
		.retry = is_retried(p),
		.strategy = p->entry->strategy,
		.on_drift = p->entry->on_drift,
		.waits_for_user = p->entry->waits_for_user,
		.stopped = p->stopped,
		.intact = p->entry->waits_for_user && is_intact(p),
		.want = p->want.items,
		.want_count = p->want.count,
		.digest = p->digest,
		.shape = p->shape,
		.config = p->config_digest,
		.hooks = objects_hook_events(&p->hooks),
		.hooks_changed = hooks_have_changed(p),
		.last_digest = path_get_text(p->cr, "status.release.digest"),
		.records = p->records.items,
		.record_count = p->records.count,
		.old_known = p->old_known,
		.old = p->old.items,
		.old_count = p->old.count,
		.noted = p->noted.items,
		.noted_count = p->noted.count,
		.old_hooks = objects_hook_events(&p->old_hooks),
		.back = back_of(p),
		.live = p->live.items,
		.live_count = p->live.count,
	};
}

static void make_plan(struct pass *p)
{
	const struct plan_input in = input_of(p);

	plan_done(&p->plan);
	p->plan = (struct plan){ 0 };
	plan_make(&in, &p->plan);
}

/* Reads what the plan asks for. */
static bool look_up(struct pass *p, struct err *err)
{
	bool watched = true;

	if (p->plan.need_live)
		return compare(p, err);
	if (!observe_old(p, &watched, err))
		return false;
	/* A store that has just been started: the pass waits for it. */
	p->early = !watched;
	return true;
}

static bool plan_all(struct pass *p, struct err *err)
{
	/* One for each thing to ask for, and one should objects change
	 * meanwhile. */
	int tries = 3;

	make_plan(p);
	while ((p->plan.need_old || p->plan.need_live) && !p->early) {
		if (tries-- == 0)
			return err_set(err, ERR_CONFLICT,
				       "objects change while they are "
				       "compared");
		if (!look_up(p, err))
			return false;
		if (!p->early)
			make_plan(p);
	}
	return true;
}

/* A store is not complete: normally that takes a moment, and its end brings
 * the key back; a watch that cannot be had is an error to be told. */
static bool come_back(const struct pass *p, struct err *err)
{
	AUTO_FREE char *problem = sources_problem(p->env->sources);

	return !problem || err_set(err, ERR_UNAVAILABLE, "%s", problem);
}

/* All is done that could be done. What could not is the outcome. */
static bool settle(struct pass *p, enum status_stage *stage, struct err *err)
{
	const struct record_head *last = pass_newest(p);
	struct hook_run failed;

	if (p->held.kind != ERR_NONE) {
		*stage = STATUS_GROW;
		err_move(err, &p->held);
		return false;
	}
	if (p->plan.stuck) {
		const struct pass_compared *c =
			compare_found(p, p->plan.stuck->id);
		return err_set(err, ERR_INVALID,
			       "%s has drifted and cannot be put back: %s",
			       c->id, c->why.msg);
	}
	if (!p->plan.failed || !last)
		return true;
	if (hook_runs_failed(hooks_runs(p, last->revision), HOOKS_OF_DEPLOY,
			     &failed))
		*stage = STATUS_HOOK;
	return err_set(err, ERR_INVALID, "revision %" PRId64 " failed: %s%s",
		       last->revision, last->failure,
		       p->plan.revision == last->revision
			       ? ""
			       : "; the revision before runs");
}

static enum lock_state lock_of(const struct pass *p)
{
	const struct record_head *last = pass_newest(p);
	int64_t wait_ms;

	return last ? lock_state(last, NULL, clock_wall_ns(), &wait_ms)
		    : LOCK_NONE;
}

/* A person's helm is at work: it is left alone, and what it does with it. */
static bool is_left_alone(struct pass *p)
{
	const struct record_head *last = pass_newest(p);

	if (lock_of(p) != LOCK_PERSON)
		return false;
	p->waiting = true;
	free(p->awaited);
	p->awaited = alloc_print(
		"waiting for somebody's helm: revision %" PRId64
		" of release %s is %s",
		last->revision, p->release, record_status_text(last->status));
	return true;
}

/* What is wanted or, in the end, was; watched are its kinds then. */
static bool aim(struct pass *p, enum status_stage *stage, struct err *err)
{
	bool watched = true;

	if (p->deleting) {
		if (!observe_noted(p, &watched, err))
			return false;
	} else {
		*stage = STATUS_DESIRE;
		if (!desire(p, err))
			return false;
		if (!p->waiting)
			watched = objects_all_watched(&p->want, &p->hooks,
						      p->env->sources);
	}
	p->early = !watched;
	return true;
}

static bool run(struct pass *p, enum status_stage *stage, struct err *err)
{
	if (is_left_alone(p))
		return true;
	p->takes_over = lock_of(p) == LOCK_ABANDONED;
	/* Only its end is not put off. */
	if (p->paused && !p->deleting && !p->previews)
		return true;
	if (!aim(p, stage, err))
		return false;
	if (p->waiting)
		return true;
	if (p->early)
		return come_back(p, err);
	observe_live(p);
	if (!observe_ownership(p, err)) {
		*stage = STATUS_OBSERVE;
		return false;
	}
	if (p->early)
		return come_back(p, err);
	*stage = STATUS_ACT;
	if (!plan_all(p, err))
		return false;
	if (p->early)
		return come_back(p, err);
	p->planned = true;
	if (p->previews) {
		const struct plan_input in = input_of(p);

		return preview(p, &in, err);
	}
	if (act(p, err))
		return p->waiting || p->rerun || settle(p, stage, err);
	if (p->hook_failed)
		*stage = STATUS_HOOK;
	return false;
}

static int64_t period_of(const struct pass *p)
{
	if (p->asked.period_ms)
		return p->asked.period_ms;
	return p->entry->reconcile_period_ms ? p->entry->reconcile_period_ms
					     : p->env->default_period_ms;
}

/* What may mend itself is told once it has failed a few times. */
static bool is_told(const struct pass *p, const struct err *failure,
		    unsigned failures)
{
	const unsigned few = 3;

	if (!p->cr_kind || failure->kind == ERR_CANCELLED)
		return false;
	if (failure->kind == ERR_NONE)
		return !p->early;
	return status_is_stalled(failure) || failures >= few;
}

static bool pass(struct pass *p, unsigned failures, struct outcome *out,
		 struct err *err)
{
	AUTO_ERR failure = ERR_INIT;
	AUTO_ERR unsaid = ERR_INIT;
	enum status_stage stage = STATUS_OBSERVE;

	switch (observe(p, &failure)) {
	case OBSERVED_GONE:
		out->gone = true;
		return true;
	case OBSERVED_EARLY:
		out->waiting = true;
		return true;
	case OBSERVED:
		if (!p->deleting || p->has_finalizer)
			break;
		out->gone = true;
		return true;
	case OBSERVED_ERROR:
		break;
	}
	bool ok = failure.kind == ERR_NONE && run(p, &stage, &failure);
	out->action = p->plan.action;
	out->revision = p->plan.revision;
	out->period_ms = p->again_ms ? p->again_ms : period_of(p);
	out->waiting = p->waiting || p->early;
	out->wait_ms = p->wait_ms;
	out->rerun = p->rerun ||
		     (p->plan.unsure && !p->waiting && !p->previews);
	out->steps = p->steps;
	bool told = !is_told(p, &failure, failures) ||
		    report(p, stage, &failure, &unsaid);
	if (!ok || !told)
		status_outcome(&failure, &unsaid, err);
	return ok && told;
}

bool reconcile(const struct pass_env *env, const struct kube_client *client,
	       const char *key, unsigned failures, struct outcome *out,
	       struct err *err)
{
	struct pass p = { .env = env, .client = client, .key = key };

	*out = (struct outcome){ 0 };
	bool ok = pass(&p, failures, out, err);
	pass_done(&p);
	return ok;
}

bool reconcile_preview(const struct pass_env *env,
		       const struct kube_client *client, const char *key,
		       const struct val *cr, struct val **out, struct err *err)
{
	struct pass p = {
		.env = env, .client = client, .key = key, .given = cr
	};
	enum status_stage stage;
	enum observed seen = observe(&p, err);
	bool ok = seen == OBSERVED_EARLY ||
		  (seen == OBSERVED && run(&p, &stage, err));

	*out = TAKE(p.description);
	pass_done(&p);
	return ok;
}
