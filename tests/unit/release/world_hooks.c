#include "unit/release/world_hooks.h"

#include "base/alloc.h"
#include "base/clock.h"
#include "release/owner.h"

#include "unit/rows.h"

#include <stdio.h>

static const char noon[] = "2026-01-01T12:00:00Z";

struct view {
	struct hook_input in;
	VEC(struct hook_live) live;
	char uid[24];
};

static struct world_record *record(struct world *w, int64_t revision)
{
	for (size_t i = 0; i < w->records.count; i++)
		if (w->records.items[i].revision == revision)
			return &w->records.items[i];
	fail_msg("no record");
	return NULL;
}

static struct world_object *find(struct world *w, const char *id)
{
	for (size_t i = 0; i < w->objects.count; i++)
		if (strcmp(w->objects.items[i].id, id) == 0)
			return &w->objects.items[i];
	return NULL;
}

static const char *fate_of(const struct goal *g, const char *id)
{
	for (size_t i = 0; i < val_count(g->list); i++)
		if (strcmp(val_get_text(val_at(g->list, i), "id"), id) == 0)
			return val_get_text(val_at(g->list, i), "fate");
	return "";
}

static void look(const struct world *w, const struct goal *of,
		 const struct world_record *r, enum hook_event event,
		 struct view *v)
{
	int64_t now_ns = 0;

	assert_true(clock_parse(str_of(noon), &now_ns));
	snprintf(v->uid, sizeof(v->uid), "uid%u", r->uid);
	for (size_t i = 0; i < w->objects.count; i++) {
		const struct world_object *o = &w->objects.items[i];

		*VEC_ADD(&v->live) = (struct hook_live){
			.id = o->id,
			.uid = "u",
			.run = o->run ? o->run : "",
			.deleting = o->deleting,
			.state = o->state,
			.message = "",
			.started_at = noon,
			.completed_at = noon,
		};
	}
	v->in = (struct hook_input){
		.event = event,
		.record_uid = v->uid,
		.now_ns = now_ns,
		.hooks = of->hooks.items,
		.hook_count = of->hooks.count,
		.live = v->live.items,
		.live_count = v->live.count,
		.runs = r->runs,
	};
}

static void set_runs(struct world_record *r, struct val *take)
{
	val_unref(r->runs);
	r->runs = take;
}

static void create(struct world *w, const struct goal *of,
		   const struct hook_item *item, const struct view *v)
{
	const char *name = strrchr(item->id, '/') + 1;
	char *log = alloc_print("%s%s%s %s", w->log ? w->log : "",
				w->log ? ", " : "", name,
				hook_event_text(v->in.event));

	assert_null(find(w, item->id));
	free(w->log);
	w->log = log;
	*VEC_ADD(&w->objects) = (struct world_object){
		.id = alloc_copy(item->id),
		.kind = alloc_copy(item->hook->object.kind),
		.object = val_ref(item->object),
		.made = ++w->made,
		.run = owner_hook_run(v->in.event, v->in.record_uid),
		.fate = alloc_copy(fate_of(of, item->id)),
		.state = hook_end_awaited(item->hook->object.api_version,
					  item->hook->object.kind)
				 ? HOOK_STATE_RUNNING
				 : HOOK_STATE_SUCCEEDED,
	};
}

enum taken { TAKEN, ENDS, REFUSED };

static enum taken take_step(struct world *w, const struct goal *of,
			    struct world_record *r, const struct view *v,
			    const struct hook_plan *p,
			    const struct hook_step *s)
{
	switch (s->kind) {
	case HOOK_STEP_CREATE:
		if (strcmp(fate_of(of, s->item->id), "refused") == 0) {
			set_runs(r, hook_plan_refused(&v->in, s->item, "no"));
			return REFUSED;
		}
		create(w, of, s->item, v);
		return TAKEN;
	case HOOK_STEP_DELETE:
		assert_false(find(w, s->live->id)->deleting);
		find(w, s->live->id)->deleting = true;
		return TAKEN;
	case HOOK_STEP_MARK:
		set_runs(r, val_ref(p->runs));
		return TAKEN;
	case HOOK_STEP_WAIT:
		break;
	}
	return ENDS;
}

/* As controller/hooks.c does once an event is over. */
static enum world_hooks conclude(struct world_record *r, enum hook_event event,
				 const struct hook_plan *p, unsigned *left)
{
	int64_t back = event == HOOK_PRE_ROLLBACK ? PLAN_BACK_BEGUN
						  : PLAN_BACK_OVER;

	if (event == HOOK_PRE_ROLLBACK || event == HOOK_POST_ROLLBACK) {
		if (hook_runs_number(r->runs, HOOK_RUNS_BACK) >= back)
			return WORLD_HOOKS_OVER;
		if (!*left)
			return WORLD_HOOKS_STOPPED;
		--*left;
		set_runs(r,
			 hook_runs_with_number(r->runs, HOOK_RUNS_BACK, back));
		return WORLD_HOOKS_OVER;
	}
	if (p->outcome == HOOK_OUTCOME_DONE || event == HOOK_POST_DELETE)
		return WORLD_HOOKS_OVER;
	return event == HOOK_PRE_DELETE ? WORLD_HOOKS_BLOCKED
					: WORLD_HOOKS_FAILED;
}

static enum world_hooks go_on(struct world *w, const struct goal *of,
			      struct world_record *r, const struct view *v,
			      const struct hook_plan *p, unsigned *left)
{
	for (size_t i = 0; i < p->steps.count; i++) {
		const struct hook_step *s = &p->steps.items[i];
		enum taken taken;

		if (!*left)
			return WORLD_HOOKS_STOPPED;
		*left -= s->kind != HOOK_STEP_WAIT;
		taken = take_step(w, of, r, v, p, s);
		if (taken != TAKEN)
			return WORLD_HOOKS_STOPPED;
	}
	return conclude(r, v->in.event, p, left);
}

enum world_hooks world_hooks_run(struct world *w, const struct goal *of,
				 const struct step *s, unsigned *left)
{
	struct world_record *r = record(w, s->revision);
	struct hook_plan plan = { 0 };
	struct view v = { 0 };

	look(w, of, r, s->event, &v);
	hook_plan_make(&v.in, &plan);
	enum world_hooks end = go_on(w, of, r, &v, &plan, left);
	hook_plan_done(&plan);
	VEC_DONE(&v.live);
	return end;
}

void world_hooks_tick(struct world *w)
{
	for (size_t i = 0; i < w->objects.count; i++) {
		struct world_object *o = &w->objects.items[i];

		if (o->run && o->state == HOOK_STATE_RUNNING)
			o->state = hook_case_state(o->fate);
	}
}
