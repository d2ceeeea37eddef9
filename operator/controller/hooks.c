#include "controller/hooks.h"

#include "base/alloc.h"
#include "base/clock.h"
#include "controller/check.h"
#include "controller/desire.h"
#include "controller/hook_item.h"
#include "controller/item.h"
#include "controller/records.h"
#include "data/path.h"
#include "release/names.h"

static const struct record_head *head_of(const struct pass *p, int64_t revision)
{
	if (p->made.release && p->made.revision == revision)
		return &p->made;
	for (size_t i = 0; i < p->heads.count; i++)
		if (p->heads.items[i].revision == revision)
			return &p->heads.items[i];
	return NULL;
}

const struct val *hooks_runs(struct pass *p, int64_t revision)
{
	const struct record_head *head = head_of(p, revision);

	if (!p->runs || p->runs_of != revision) {
		val_unref(p->runs);
		p->runs = hook_runs_read(head ? head->hooks : "");
		p->runs_of = revision;
	}
	return p->runs;
}

bool hooks_have_changed(struct pass *p)
{
	const struct plan_record *last = desire_newest(p);
	const char *ran;

	if (!last || last->status == RECORD_DEPLOYED || p->deleting)
		return false;
	ran = val_get_text(hooks_runs(p, last->revision), HOOK_RUNS_DIGEST);
	return *ran && strcmp(ran, p->hooks_digest) != 0;
}

static bool is_of_rollback(enum hook_event event)
{
	return event == HOOK_PRE_ROLLBACK || event == HOOK_POST_ROLLBACK;
}

static int64_t generation(const struct pass *p)
{
	int64_t n;

	return val_int(path_get(p->cr, "metadata.generation"), &n) ? n : 0;
}

/* Writes the runs to the record. */
static bool write_runs(struct hook_course *c, struct val *take_runs,
		       struct err *err)
{
	struct pass *p = c->p;
	AUTO(val_unref) struct val *runs = take_runs;

	struct val *with =
		c->event == HOOK_PRE_DELETE
			? hook_runs_with_number(runs, HOOK_RUNS_GENERATION,
						generation(p))
		: c->hooks == &p->hooks
			? val_with_text(runs, HOOK_RUNS_DIGEST, p->hooks_digest)
			: val_ref(runs);

	val_unref(runs);
	runs = with;
	if (!records_runs(p, c->revision, runs, err))
		return false;
	p->steps++;
	val_unref(p->runs);
	p->runs = val_ref(runs);
	p->runs_of = c->revision;
	return true;
}

static const struct hook_item *find_item(const struct hook_course *c,
					 const char *id)
{
	for (size_t i = 0; i < c->hooks->count; i++)
		if (strcmp(c->hooks->items[i].id, id) == 0)
			return &c->hooks->items[i];
	return NULL;
}

static void add_live(struct hook_course *c, const struct val *s)
{
	int64_t state = HOOK_STATE_SUCCEEDED;

	if (!val_int(val_get(s, "state"), &state))
		state = HOOK_STATE_SUCCEEDED;
	*VEC_ADD(&c->live) = (struct hook_live){
		.id = val_get_text(s, "id"),
		.uid = val_get_text(s, "uid"),
		.run = val_get_text(s, "run"),
		.deleting = val_is_true(val_get(s, "del")),
		.keep = val_is_true(val_get(s, "keep")),
		.state = (enum hook_state)state,
		.message = val_get_text(s, "message"),
		.started_at = val_get_text(s, "started"),
		.completed_at = val_get_text(s, "completed"),
	};
}

static void look(struct hook_course *c)
{
	const struct val *hooks = c->p->hook_summaries;
	const struct val *others = c->p->summaries;

	for (size_t i = 0; i < val_count(hooks); i++)
		add_live(c, val_at(hooks, i));
	for (size_t i = 0; i < val_count(others); i++)
		if (find_item(c, val_get_text(val_at(others, i), "id")))
			add_live(c, val_at(others, i));
}

/* What is refused once is refused for good, at least where it must not hold
 * up what follows. */
static bool is_refused(const struct hook_course *c, const struct err *err)
{
	bool in_the_way = err->kind == ERR_DENIED || err->kind == ERR_EXISTS;

	return err->kind == ERR_INVALID || err->kind == ERR_LIMIT ||
	       (in_the_way && c->event != HOOK_PRE_INSTALL &&
		c->event != HOOK_POST_INSTALL && c->event != HOOK_PRE_DELETE);
}

static enum hook_progress create_or_tell(struct hook_course *c,
					 const struct hook_input *in,
					 const struct hook_item *item,
					 struct err *err)
{
	AUTO_ERR why = ERR_INIT;
	enum hook_progress made = hook_create(c, item, &why);

	if (made != HOOK_BROKEN)
		return made;
	if (!is_refused(c, &why)) {
		err_move(err, &why);
		return HOOK_BROKEN;
	}
	return write_runs(c, hook_plan_refused(in, item, why.msg), err)
		       ? HOOK_AGAIN
		       : HOOK_BROKEN;
}

static enum hook_progress take_step(struct hook_course *c,
				    const struct hook_input *in,
				    const struct hook_plan *plan,
				    const struct hook_step *s, struct err *err)
{
	struct pass *p = c->p;
	struct kube_ref ref;

	switch (s->kind) {
	case HOOK_STEP_CREATE:
		return create_or_tell(c, in, s->item, err);
	case HOOK_STEP_DELETE:
		p->steps++;
		ref = hook_ref(c, s->item);
		if (!item_delete(p, &ref, s->live->uid, err))
			return HOOK_BROKEN;
		return p->rerun ? HOOK_STOPPED : HOOK_OVER;
	case HOOK_STEP_MARK:
		return write_runs(c, val_ref(plan->runs), err) ? HOOK_OVER
							       : HOOK_BROKEN;
	case HOOK_STEP_WAIT:
		p->waiting = true;
		p->wait_ms = plan->wait_ms;
		free(p->awaited);
		p->awaited = alloc_copy(plan->message);
		return HOOK_STOPPED;
	}
	return HOOK_OVER;
}

static enum hook_progress take_steps(struct hook_course *c,
				     const struct hook_input *in,
				     const struct hook_plan *plan,
				     struct err *err)
{
	enum hook_progress made = HOOK_OVER;

	for (size_t i = 0; i < plan->steps.count && made == HOOK_OVER; i++)
		made = take_step(c, in, plan, &plan->steps.items[i], err);
	return made;
}

static bool fail(struct hook_course *c, const struct hook_plan *plan,
		 struct err *err)
{
	struct pass *p = c->p;

	if (c->event != HOOK_PRE_DELETE) {
		p->hook_failed = true;
		return err_set(err, ERR_INVALID, "%s", plan->message);
	}
	if (hook_is_ending(c))
		return true;
	p->hook_failed = true;
	if (!p->again_ms)
		p->again_ms = PASS_RETRY_S * INT64_C(1000);
	return err_set(
		err, ERR_INVALID,
		"%s; nothing was deleted. It runs again in ten minutes, "
		"or is left out with the annotation " NAME_NO_DELETE_HOOKS
		": \"true\"",
		plan->message);
}

/* How far a rollback is stands in the record, too. */
static bool mark_back(struct hook_course *c, const struct hook_plan *plan,
		      struct err *err)
{
	enum plan_back now = c->event == HOOK_PRE_ROLLBACK ? PLAN_BACK_BEGUN
							   : PLAN_BACK_OVER;
	const struct val *runs = hooks_runs(c->p, c->revision);

	if (hook_runs_number(runs, HOOK_RUNS_BACK) >= (int64_t)now)
		return true;
	if (plan->outcome == HOOK_OUTCOME_FAILED) {
		free(c->p->hook_failure);
		c->p->hook_failure = alloc_copy(plan->message);
	}
	return write_runs(
		c, hook_runs_with_number(runs, HOOK_RUNS_BACK, (int64_t)now),
		err);
}

static bool conclude(struct hook_course *c, const struct hook_plan *plan,
		     struct err *err)
{
	if (is_of_rollback(c->event))
		return mark_back(c, plan, err);
	if (plan->outcome != HOOK_OUTCOME_FAILED)
		return true;
	if (c->event != HOOK_POST_DELETE)
		return fail(c, plan, err);
	free(c->p->hook_failure);
	c->p->hook_failure = alloc_copy(plan->message);
	return true;
}

static bool go_on(struct hook_course *c, struct err *err)
{
	enum hook_progress made;
	bool ok = true;

	do {
		AUTO(val_unref) struct val *runs =
			val_ref(hooks_runs(c->p, c->revision));
		const struct hook_input in = {
			.event = c->event,
			.record_uid = c->uid,
			.now_ns = clock_wall_ns(),
			.hooks = c->hooks->items,
			.hook_count = c->hooks->count,
			.live = c->live.items,
			.live_count = c->live.count,
			.runs = runs,
		};
		struct hook_plan plan = { 0 };

		hook_plan_make(&in, &plan);
		made = take_steps(c, &in, &plan, err);
		if (made == HOOK_OVER)
			ok = conclude(c, &plan, err);
		hook_plan_done(&plan);
	} while (made == HOOK_AGAIN);
	return made != HOOK_BROKEN && ok;
}

/* A hook of pre-delete that has failed runs again after a while, and when the
 * custom resource has changed. */
static bool try_again(struct hook_course *c, struct err *err)
{
	struct pass *p = c->p;
	const struct val *runs = hooks_runs(p, c->revision);
	struct hook_run failed;
	int64_t since_ns = 0;

	if (c->event != HOOK_PRE_DELETE ||
	    !hook_runs_failed(runs, 1U << HOOK_PRE_DELETE, &failed))
		return true;
	if (!clock_parse(str_of(failed.completed_at), &since_ns))
		since_ns = 0;
	p->again_ms = since_ns / 1000000 + PASS_RETRY_S * INT64_C(1000) -
		      clock_wall_ns() / 1000000;
	if (p->again_ms > 0 &&
	    hook_runs_number(runs, HOOK_RUNS_GENERATION) == generation(p))
		return true;
	p->again_ms = 0;
	return write_runs(c, hook_runs_again(runs, c->event), err);
}

static bool is_left_out(const struct pass *p, enum hook_event event)
{
	return p->asked.no_hooks & 1U << event;
}

static struct hook_course course_of(struct pass *p, const struct step *s)
{
	return (struct hook_course){
		.p = p,
		.event = s->event,
		.revision = s->revision,
		.hooks = hook_is_of_deletion(s->event) ||
					 is_of_rollback(s->event)
				 ? &p->old_hooks
				 : &p->hooks,
	};
}

bool hooks_run(struct pass *p, const struct step *s, struct err *err)
{
	const struct record_head *head = head_of(p, s->revision);
	struct hook_course c = course_of(p, s);
	bool ok;

	if (!head || is_left_out(p, s->event))
		return true;
	if (!try_again(&c, err))
		return false;
	c.uid = hook_runs_uid(hooks_runs(p, s->revision), head->uid);
	look(&c);
	ok = go_on(&c, err);
	VEC_DONE(&c.live);
	free(c.uid);
	return ok;
}

bool hooks_check(struct pass *p, const struct step *s, struct err *err)
{
	const unsigned events = 1U << HOOK_PRE_UPGRADE |
				1U << HOOK_POST_UPGRADE;
	struct hook_course c = course_of(p, s);
	char none[] = "";

	if (is_left_out(p, HOOK_PRE_UPGRADE))
		return true;
	c.uid = none;
	c.event = HOOK_PRE_UPGRADE;
	for (size_t i = 0; i < p->hooks.count; i++) {
		const struct hook_item *item = &p->hooks.items[i];

		if (!(item->hook->rules.events & events))
			continue;
		struct kube_ref ref = hook_ref(&c, item);
		AUTO(val_unref) struct val *object =
			hook_stamped(&c, item->object);
		if (!check_object(p, &ref, object,
				  hook_is_recorded(p, item->id), err))
			return false;
	}
	return true;
}
