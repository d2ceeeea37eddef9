/*
 * What takes something back: a revision that has failed, a release that goes.
 */
#include "release/order.h"
#include "release/plan_parts.h"

/* Puts the deployed manifest back. Its hooks, if any, run only when there is
 * something to put back. */
static void plan_restore(const struct plan_input *in, struct plan *p)
{
	struct plan_goal old = {
		.items = in->old,
		.count = in->old_count,
		.back = true,
	};
	unsigned hooks = in->old_hooks &
			 (1U << HOOK_PRE_ROLLBACK | 1U << HOOK_POST_ROLLBACK);
	int64_t failed = plan_newest(in)->revision;
	size_t before = p->steps.count;

	p->revision = plan_deployed(in)->revision;
	if (!in->old_known) {
		p->need_old = true;
		return;
	}
	if (in->back == PLAN_BACK_OVER)
		hooks = 0;
	if (hooks)
		plan_add(p, STEP_HOOKS, failed)->event = HOOK_PRE_ROLLBACK;
	/* Its deployed record is the old manifest, which is known. */
	if (!plan_add_change(in, &old, p))
		p->need_old = true;
	if (hooks && p->steps.count == before + 1 &&
	    in->back == PLAN_BACK_NOT_BEGUN) {
		p->steps.count = before;
		hooks = 0;
	}
	if (plan_must_wait(p))
		return;
	if (hooks)
		plan_add(p, STEP_HOOKS, failed)->event = HOOK_POST_ROLLBACK;
	plan_add_tidying(in, p);
}

/* The same where nothing was deployed: only what is never deleted stays. */
static void plan_clean_up(const struct plan_input *in, struct plan *p)
{
	struct plan_live_set made = { 0 };

	p->revision = plan_newest(in)->revision;
	for (size_t i = 0; i < in->live_count; i++) {
		const struct plan_live *live = &in->live[i];

		if (!plan_is_kept(live))
			*VEC_ADD(&made) = live;
	}
	plan_add_deletes(p, &made, true);
	if (!plan_must_wait(p))
		plan_add_prune(in, p, 0);
}

void plan_rollback(const struct plan_input *in, struct plan *p)
{
	if (plan_deployed(in))
		plan_restore(in, p);
	else
		plan_clean_up(in, p);
	p->failed = true;
	p->action = p->steps.count || p->need_old ? PLAN_ROLLBACK
						  : PLAN_NOTHING;
}

/* All objects that go, in two turns. False while one is awaited. */
static bool add_all_deletes(const struct plan_input *in, struct plan *p)
{
	struct plan_live_set first = { 0 }, last = { 0 };

	for (size_t i = 0; i < in->live_count; i++) {
		const struct plan_live *live = &in->live[i];

		if (live->keep)
			continue;
		if (order_is_last(live->kind))
			*VEC_ADD(&last) = live;
		else
			*VEC_ADD(&first) = live;
	}
	plan_add_deletes(p, &first, false);
	if (!plan_must_wait(p))
		plan_add_deletes(p, &last, false);
	VEC_DONE(&last);
	return !plan_must_wait(p);
}

/* @param last  goes last: it tells which hooks have run; 0: none */
static void add_end(const struct plan_input *in, struct plan *p, int64_t last)
{
	for (size_t i = in->record_count; i-- > 0;)
		if (in->records[i].revision != last)
			plan_add(p, STEP_FORGET, in->records[i].revision);
	if (last)
		plan_add(p, STEP_FORGET, last);
	plan_add(p, STEP_DISCLAIM, 0);
}

static void add_check_gone(const struct plan_input *in,
			   const struct plan_item *item, struct plan *p)
{
	if (!plan_find_live(in, item->id))
		plan_add(p, STEP_CHECK_GONE, 0)->item = item;
}

void plan_uninstall(const struct plan_input *in, struct plan *p)
{
	/* The record that tells of the hooks is the one they are read from. */
	const struct plan_record *old = plan_deployed(in) ? plan_deployed(in)
							  : plan_newest(in);
	int64_t revision = old ? old->revision : 0;

	p->action = PLAN_UNINSTALL;
	if (in->orphan) {
		add_end(in, p, revision);
		return;
	}
	if (old && !in->old_known) {
		p->need_old = true;
		return;
	}
	plan_add_hooks(p, in->old_hooks, HOOK_PRE_DELETE, revision);
	if (!add_all_deletes(in, p))
		return;
	for (size_t i = 0; i < in->old_count; i++)
		add_check_gone(in, &in->old[i], p);
	for (size_t i = 0; i < in->noted_count; i++)
		if (!plan_find_item(in->old, in->old_count, in->noted[i].id))
			add_check_gone(in, &in->noted[i], p);
	plan_add_hooks(p, in->old_hooks, HOOK_POST_DELETE, revision);
	add_end(in, p, revision);
}
