/*
 * Which of the actions it is; the steps of a change are plan_change.c's, those
 * that take something back plan_undo.c's.
 */
#include "release/plan.h"

#include "base/alloc.h"
#include "base/limits.h"
#include "release/order.h"
#include "release/plan_parts.h"
#include "release/size.h"

struct step *plan_add(struct plan *p, enum step_kind kind, int64_t revision)
{
	struct step *s = VEC_ADD(&p->steps);

	s->kind = kind;
	s->revision = revision;
	return s;
}

const struct plan_item *plan_find_item(const struct plan_item *items, size_t n,
				       const char *id)
{
	for (size_t i = 0; i < n; i++)
		if (strcmp(items[i].id, id) == 0)
			return &items[i];
	return NULL;
}

struct plan_id plan_id_of(const char *id)
{
	struct plan_id of;
	struct str name = str_of(id);

	str_split(name, '/', &of.group, &name);
	str_split(name, '/', &of.kind, &name);
	str_split(name, '/', &of.ns, &name);
	of.name = name.p;
	return of;
}

const struct plan_live *plan_find_live(const struct plan_input *in,
				       const char *id)
{
	for (size_t i = 0; i < in->live_count; i++)
		if (strcmp(in->live[i].id, id) == 0)
			return &in->live[i];
	return NULL;
}

const struct plan_record *plan_newest(const struct plan_input *in)
{
	return in->record_count ? &in->records[in->record_count - 1] : NULL;
}

const struct plan_record *plan_deployed(const struct plan_input *in)
{
	for (size_t i = in->record_count; i-- > 0;)
		if (in->records[i].status == RECORD_DEPLOYED)
			return &in->records[i];
	return NULL;
}

char *plan_group(const char *id)
{
	return alloc_text(id, strcspn(id, "/"));
}

bool plan_must_wait(const struct plan *p)
{
	return p->steps.count &&
	       p->steps.items[p->steps.count - 1].kind == STEP_WAIT;
}

void plan_add_prune(const struct plan_input *in, struct plan *p, size_t coming)
{
	const struct plan_record *deployed = plan_deployed(in);
	size_t total = in->record_count + coming;

	for (size_t i = 0; i < in->record_count && total > LIMIT_HISTORY; i++)
		if (in->records[i].revision != p->revision &&
		    &in->records[i] != deployed) {
			plan_add(p, STEP_FORGET, in->records[i].revision);
			total--;
		}
}

static struct plan_goal wanted(const struct plan_input *in)
{
	return (struct plan_goal){ .items = in->want, .count = in->want_count };
}

/* Whether what is deployed is deployed once more, since it has drifted. */
static bool is_deployed_again(const struct plan_input *in, const struct plan *p)
{
	const struct plan_record *deployed = plan_deployed(in);

	return deployed && deployed->revision == p->revision - 1 &&
	       strcmp(deployed->digest, in->digest) == 0;
}

/* The goal of a new revision, and what the plan is called. The old manifest is
 * known unless there is none. */
static struct plan_goal aim(const struct plan_input *in, struct plan *p)
{
	struct plan_goal goal = wanted(in);
	bool is_again = is_deployed_again(in, p);
	bool is_patch = plan_deployed(in) && !is_again && plan_is_patch(in);

	p->action = !plan_deployed(in) ? PLAN_INSTALL
		    : is_patch         ? PLAN_PATCH
				       : PLAN_REDEPLOY;
	goal.only_changed = is_patch || (!is_again &&
					 in->strategy == PLAN_REDEPLOY_CHANGED);
	return goal;
}

static bool needs_old(const struct plan_input *in, struct plan *p)
{
	p->need_old = plan_deployed(in) && !in->old_known;
	if (p->need_old)
		p->action = PLAN_REDEPLOY;
	return p->need_old;
}

void plan_add_hooks(struct plan *p, unsigned hooks, enum hook_event event,
		    int64_t revision)
{
	if (hooks & 1U << event)
		plan_add(p, STEP_HOOKS, revision)->event = event;
}

/* Runs the hooks of a deploy; what is no deploy in Helm runs none. */
static void add_hooks(const struct plan_input *in, struct plan *p,
		      enum hook_event at_install, enum hook_event at_upgrade)
{
	if (p->action == PLAN_INSTALL)
		plan_add_hooks(p, in->hooks, at_install, p->revision);
	else if (p->action == PLAN_REDEPLOY)
		plan_add_hooks(p, in->hooks, at_upgrade, p->revision);
}

/* From here on the record of p->revision is pending. */
static void finish_deploy(const struct plan_input *in,
			  const struct plan_goal *goal, struct plan *p,
			  size_t coming)
{
	add_hooks(in, p, HOOK_PRE_INSTALL, HOOK_PRE_UPGRADE);
	if (!plan_add_change(in, goal, p)) {
		p->need_old = true;
		return;
	}
	if (plan_must_wait(p))
		return;
	add_hooks(in, p, HOOK_POST_INSTALL, HOOK_POST_UPGRADE);
	plan_add(p, STEP_DEPLOYED, p->revision);
	for (size_t i = 0; i < in->record_count; i++)
		if (in->records[i].status == RECORD_DEPLOYED &&
		    in->records[i].revision != p->revision)
			plan_add(p, STEP_SUPERSEDE, in->records[i].revision);
	plan_add_prune(in, p, coming);
}

/* The newest revision that any record tells of, or any object that does not
 * outlive its release. */
static int64_t latest(const struct plan_input *in)
{
	int64_t max = plan_newest(in) ? plan_newest(in)->revision : 0;

	for (size_t i = 0; i < in->live_count; i++)
		if (in->live[i].revision > max && !plan_is_kept(&in->live[i]))
			max = in->live[i].revision;
	return max;
}

/* Whether the record of what is live was lost, and it is what is wanted. */
static bool is_lost(const struct plan_input *in)
{
	int64_t recorded = plan_newest(in) ? plan_newest(in)->revision : 0;

	return latest(in) > recorded && *in->last_digest &&
	       strcmp(in->last_digest, in->digest) == 0;
}

static void plan_recover(const struct plan_input *in, struct plan *p)
{
	struct plan_goal goal = wanted(in);

	p->action = PLAN_RECOVER;
	p->revision = latest(in);
	plan_add(p, STEP_PENDING, p->revision);
	finish_deploy(in, &goal, p, 1);
}

/* Whether all of the old manifest stands as it was deployed, and nothing else
 * does. */
static bool is_whole(const struct plan_input *in)
{
	int64_t deployed = plan_deployed(in)->revision;

	for (size_t i = 0; i < in->old_count; i++)
		if (!plan_find_live(in, in->old[i].id))
			return false;
	for (size_t i = 0; i < in->live_count; i++)
		if (in->live[i].deleting || in->live[i].revision > deployed)
			return false;
	return true;
}

/*
 * Of a redeploy half way, some objects are gone already: then there is nothing
 * left to spare, and what the server refuses is rolled back. One that is still
 * at its first hooks has everything to spare.
 */
static void plan_new_revision(const struct plan_input *in, struct plan *p)
{
	const struct plan_record *last = plan_newest(in);
	bool is_pending = last && record_is_pending(last->status);
	bool is_given_up = last && last->status == RECORD_FAILED &&
			   !*last->digest;
	struct plan_goal goal;

	p->revision = latest(in) + 1;
	if (needs_old(in, p))
		return;
	goal = aim(in, p);
	if (is_pending)
		plan_add(p, STEP_ABANDON, last->revision);
	if (plan_deployed(in) &&
	    ((!is_pending && !is_given_up) || is_whole(in))) {
		plan_add_checks(in, &goal, p);
		if (p->action == PLAN_REDEPLOY &&
		    in->hooks &
			    (1U << HOOK_PRE_UPGRADE | 1U << HOOK_POST_UPGRADE))
			plan_add(p, STEP_CHECK_HOOKS, p->revision);
	}
	plan_add(p, STEP_PENDING, p->revision);
	finish_deploy(in, &goal, p, 1);
}

static void plan_resume(const struct plan_input *in, struct plan *p)
{
	struct plan_goal goal;

	p->revision = plan_newest(in)->revision;
	if (needs_old(in, p))
		return;
	goal = aim(in, p);
	finish_deploy(in, &goal, p, 0);
}

void plan_add_tidying(const struct plan_input *in, struct plan *p)
{
	for (size_t i = 0; i < in->record_count; i++)
		if (in->records[i].status == RECORD_DEPLOYED &&
		    in->records[i].revision != p->revision)
			plan_add(p, STEP_SUPERSEDE, in->records[i].revision);
	plan_add_prune(in, p, 0);
}

/* A redeploy that was given up half way has told a StatefulSet to keep its
 * claims. */
static void add_policies(const struct plan_input *in, struct plan *p)
{
	for (size_t i = 0; i < in->want_count; i++) {
		const struct plan_item *item = &in->want[i];
		const struct plan_live *live = plan_find_live(in, item->id);

		/* What is about to be deleted keeps its claims. */
		if (!live || live->reaps || !size_reaps(item->object) ||
		    live->drift == PLAN_DRIFT_REPLACE)
			continue;
		struct step *s = plan_add(p, STEP_SCALE, p->revision);
		s->item = item;
		s->live = live;
	}
}

/* What a redeploy would put back. */
static bool has_drift(const struct plan_input *in)
{
	for (size_t i = 0; i < in->want_count; i++) {
		const struct plan_live *live =
			plan_find_live(in, in->want[i].id);

		if ((!live || live->drift >= PLAN_DRIFT_PATCH) &&
		    plan_is_replaced(&in->want[i]))
			return true;
	}
	return false;
}

/* Whether nobody knows if what is live is what is wanted. */
static bool is_unknown(const struct plan_input *in)
{
	for (size_t i = 0; i < in->live_count; i++)
		if (in->live[i].drift == PLAN_DRIFT_UNKNOWN &&
		    !in->live[i].deleting &&
		    plan_find_item(in->want, in->want_count, in->live[i].id))
			return true;
	return false;
}

/* The same, and somebody cares. */
static bool is_unsure(const struct plan_input *in)
{
	return in->on_drift != PLAN_ON_DRIFT_OFF && is_unknown(in);
}

static void add_repairs(const struct plan_input *in, struct plan *p)
{
	struct plan_goal goal = wanted(in);

	plan_add_grows(in, &goal, p);
	add_policies(in, p);
	if (in->on_drift > PLAN_ON_DRIFT_REDEPLOY)
		return;
	plan_add_mends(in, &goal, p);
	if (!plan_must_wait(p))
		plan_add_creates(in, &goal, p);
}

static void plan_repair(const struct plan_input *in, struct plan *p)
{
	struct plan_live_set going = { 0 };

	for (size_t i = 0; i < in->live_count; i++)
		if (in->live[i].deleting)
			*VEC_ADD(&going) = &in->live[i];
	plan_add_deletes(p, &going, true);
	if (!plan_must_wait(p)) {
		p->need_live = is_unsure(in);
		if (p->need_live)
			return;
		if (in->on_drift == PLAN_ON_DRIFT_REDEPLOY && has_drift(in)) {
			plan_new_revision(in, p);
			return;
		}
		add_repairs(in, p);
		if (!plan_must_wait(p))
			plan_add_tidying(in, p);
	}
	p->action = p->steps.count ? PLAN_REPAIR : PLAN_NOTHING;
}

static void plan_scale(const struct plan_input *in, struct plan *p)
{
	struct plan_goal goal = wanted(in);

	p->action = PLAN_SCALE;
	p->need_old = plan_has_larger(in) && !in->old_known;
	if (p->need_old)
		return;
	/* Without this, sizes that were changed half way and are not wanted
	 * any more would look like what was deployed. */
	if (*plan_newest(in)->digest)
		plan_add(p, STEP_RESIZING, p->revision);
	plan_add_grows(in, &goal, p);
	for (size_t i = 0; i < in->want_count; i++) {
		const struct plan_item *item = &in->want[i];
		const struct plan_live *live = plan_find_live(in, item->id);

		if (!size_has(val_get_text(item->object, "kind")))
			continue;
		if (live && live->deleting) {
			plan_add(p, STEP_WAIT, 0);
			return;
		}
		if (live) {
			struct step *s = plan_add(p, STEP_SCALE, p->revision);

			s->item = item;
			s->live = live;
		}
	}
	plan_add_creates(in, &goal, p);
	plan_add(p, STEP_RESIZED, p->revision);
}

/*
 * Whether helm-operator has deployed it: nothing of it is of a revision of
 * ours. What a person's helm makes of a release of ours has records or objects
 * of ours beside it.
 */
static bool is_found(const struct plan_input *in)
{
	for (size_t i = 0; i < in->record_count; i++)
		if (*in->records[i].digest || *in->records[i].shape)
			return false;
	for (size_t i = 0; i < in->live_count; i++)
		if (in->live[i].revision)
			return false;
	return in->live_count && plan_newest(in)->status == RECORD_DEPLOYED;
}

/* Whether what is live is what is wanted, and nothing else is but what hooks
 * have left behind. */
static bool is_as_wanted(const struct plan_input *in)
{
	size_t same = 0, hooks = 0;

	for (size_t i = 0; i < in->live_count; i++) {
		const struct plan_live *live = &in->live[i];

		if (!plan_find_item(in->want, in->want_count, live->id))
			hooks += live->hook;
		else
			same += live->drift == PLAN_DRIFT_NONE &&
				!live->deleting;
	}
	return same + hooks == in->live_count && same == in->want_count;
}

/* Nothing is written to objects that are as they should be. What differs is
 * deployed as any change is. */
static void plan_adopt(const struct plan_input *in, struct plan *p)
{
	p->need_live = is_unknown(in);
	if (p->need_live)
		return;
	if (!is_as_wanted(in)) {
		plan_new_revision(in, p);
		return;
	}
	p->action = PLAN_ADOPT;
	plan_add(p, STEP_ADOPT, p->revision);
}

/* A new chart or template under a custom resource that nobody has changed. */
static bool is_for_later(const struct plan_input *in,
			 const struct plan_record *last)
{
	return in->waits_for_user && !in->stopped &&
	       last->status == RECORD_DEPLOYED && *last->digest &&
	       strcmp(last->digest, in->digest) != 0 && *last->config &&
	       strcmp(last->config, in->config) == 0;
}

/* Until then what is recorded is wanted. */
static void plan_recorded(const struct plan_input *in, struct plan *p)
{
	struct plan_input recorded = *in;

	p->pending = true;
	if (in->intact)
		return;
	p->need_old = !in->old_known;
	if (p->need_old)
		return;
	recorded.want = in->old;
	recorded.want_count = in->old_count;
	recorded.digest = plan_newest(in)->digest;
	recorded.shape = plan_newest(in)->shape;
	plan_repair(&recorded, p);
}

static void plan_present(const struct plan_input *in, struct plan *p)
{
	const struct plan_record *last = plan_newest(in);

	if (!in->claimed)
		plan_add(p, STEP_CLAIM, 0);
	if (is_lost(in)) {
		plan_recover(in, p);
		return;
	}
	if (!last) {
		plan_new_revision(in, p);
		return;
	}
	bool same = strcmp(last->digest, in->digest) == 0 &&
		    (last->status == RECORD_DEPLOYED || !in->hooks_changed);
	p->revision = last->revision;
	if (is_found(in))
		plan_adopt(in, p);
	else if (is_for_later(in, last))
		plan_recorded(in, p);
	else if (record_is_pending(last->status) && same)
		plan_resume(in, p);
	else if (last->status == RECORD_FAILED && same && !in->retry)
		plan_rollback(in, p);
	else if (last->status == RECORD_DEPLOYED && same)
		plan_repair(in, p);
	else if (last->status == RECORD_DEPLOYED &&
		 strcmp(last->shape, in->shape) == 0)
		plan_scale(in, p);
	else
		plan_new_revision(in, p);
}

void plan_make(const struct plan_input *in, struct plan *out)
{
	if (!in->deleting)
		plan_present(in, out);
	else if (in->claimed)
		plan_uninstall(in, out);
	if (out->need_old || out->need_live)
		out->steps.count = 0;
	out->unsure = out->steps.count && !plan_must_wait(out) &&
		      out->action != PLAN_ROLLBACK && is_unsure(in);
}

void plan_done(struct plan *plan)
{
	VEC_DONE(&plan->steps);
}

const char *plan_action_text(enum plan_action action)
{
	static const char *const text[] = {
		[PLAN_NOTHING] = "nothing",     [PLAN_INSTALL] = "install",
		[PLAN_REDEPLOY] = "redeploy",   [PLAN_PATCH] = "patch",
		[PLAN_SCALE] = "scale",         [PLAN_REPAIR] = "repair",
		[PLAN_RECOVER] = "recover",     [PLAN_ROLLBACK] = "rollback",
		[PLAN_UNINSTALL] = "uninstall", [PLAN_ADOPT] = "adopt",
	};

	return text[action];
}

bool step_is_look(enum step_kind kind)
{
	return kind == STEP_WAIT || kind == STEP_CHECK ||
	       kind == STEP_CHECK_ALL || kind == STEP_CHECK_HOOKS ||
	       kind == STEP_HOOKS;
}

const char *step_kind_text(enum step_kind kind)
{
	static const char *const text[] = {
		[STEP_CLAIM] = "claim",
		[STEP_CHECK] = "check",
		[STEP_CHECK_ALL] = "check all",
		[STEP_CHECK_HOOKS] = "check hooks",
		[STEP_PENDING] = "record pending",
		[STEP_ABANDON] = "record abandoned",
		[STEP_PATCH] = "patch",
		[STEP_MEND] = "mend",
		[STEP_RESIZING] = "record resizing",
		[STEP_SCALE] = "scale",
		[STEP_GROW] = "grow",
		[STEP_RETAIN] = "retain claims of",
		[STEP_DELETE] = "delete",
		[STEP_CHECK_GONE] = "check gone",
		[STEP_WAIT] = "wait",
		[STEP_CREATE] = "create",
		[STEP_HOOKS] = "run hooks",
		[STEP_DEPLOYED] = "record deployed",
		[STEP_ADOPT] = "record adopted",
		[STEP_RESIZED] = "record resized",
		[STEP_SUPERSEDE] = "record superseded",
		[STEP_FORGET] = "forget record",
		[STEP_DISCLAIM] = "release the finalizer",
	};

	return text[kind];
}
