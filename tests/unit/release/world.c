#include "unit/release/world.h"

#include "base/alloc.h"
#include "base/limits.h"
#include "data/json.h"
#include "data/merge.h"
#include "data/quantity.h"
#include "release/digest.h"
#include "release/order.h"
#include "release/owner.h"
#include "release/size.h"

#include "unit/release/given.h"
#include "unit/release/plan_case.h"
#include "unit/release/world_hooks.h"
#include "unit/rows.h"

#include <inttypes.h>

static struct world_record *record(struct world *w, int64_t revision)
{
	for (size_t i = 0; i < w->records.count; i++)
		if (w->records.items[i].revision == revision)
			return &w->records.items[i];
	return NULL;
}

static struct world_object *object(const struct world *w, const char *id)
{
	for (size_t i = 0; i < w->objects.count; i++)
		if (strcmp(w->objects.items[i].id, id) == 0)
			return &w->objects.items[i];
	return NULL;
}

static void mark(struct world *w, int64_t revision, enum record_status status,
		 const struct goal *goal)
{
	struct world_record *r = record(w, revision);

	assert_non_null(r);
	r->status = status;
	r->unknown = false;
	if (goal)
		r->goal = goal;
}

static void create(struct world *w, const struct plan_item *item,
		   int64_t revision)
{
	assert_null(object(w, item->id));
	*VEC_ADD(&w->objects) = (struct world_object){
		.id = alloc_copy(item->id),
		.kind = plan_case_kind(item->id),
		.object = val_ref(item->object),
		.revision = revision,
		.made = ++w->made,
	};
}

/* A merge patch of a live object. */
static void patch(struct world *w, const char *id, const struct val *change)
{
	struct world_object *o = object(w, id);

	assert_true(o && !o->deleting);
	struct val *after = merge_patch(o->object, change);
	val_unref(o->object);
	o->object = after;
}

static void drop(struct world *w, size_t i)
{
	struct world_object *o = &w->objects.items[i];

	free(o->id);
	free(o->kind);
	free(o->run);
	free(o->fate);
	val_unref(o->object);
	w->objects.count--;
	memmove(o, o + 1, (w->objects.count - i) * sizeof(*o));
}

static void forget(struct world *w, int64_t revision)
{
	struct world_record *r = record(w, revision);

	assert_non_null(r);
	val_unref(r->runs);
	w->records.count--;
	memmove(r, r + 1,
		(size_t)(w->records.items + w->records.count - r) * sizeof(*r));
}

static void pending(struct world *w, const struct goal *goal, int64_t revision)
{
	assert_null(record(w, revision));
	*VEC_ADD(&w->records) = (struct world_record){
		.revision = revision,
		.status = RECORD_PENDING_INSTALL,
		.goal = goal,
		.uid = ++w->uids,
		.runs = hook_runs_read(""),
	};
}

static void scale(struct world *w, const struct plan_item *item)
{
	AUTO(val_unref) struct val *size = size_patch(item->object);

	patch(w, item->id, size);
}

static void disclaim(struct world *w)
{
	assert_true(w->claimed && !w->gone);
	assert_int_equal(w->records.count, 0);
	w->gone = true;
}

/* What the API server will not have. */
static bool is_refused(const struct plan_item *item)
{
	return item &&
	       val_is_true(val_get(val_get(item->object, "spec"), "refused"));
}

static void grow(struct world *w, const struct step *s)
{
	AUTO(val_unref) struct val *storage =
		size_storage_patch(s->item->object);

	patch(w, s->live->id, storage);
}

static void begin_delete(struct world_object *o, const struct goal *goal)
{
	assert_false(o->deleting);
	assert_true(goal->deleting || !size_reaps(o->object));
	o->deleting = true;
}

static void patch_to(struct world *w, const struct step *s)
{
	patch(w, s->item->id, s->item->object);
	object(w, s->item->id)->revision = s->revision;
}

static void mend(struct world *w, const struct step *s)
{
	struct world_object *o = object(w, s->live->id);

	assert_true(o->drift == PLAN_DRIFT_PATCH && !o->deleting);
	o->drift = PLAN_DRIFT_NONE;
	val_unref(o->object);
	o->object = val_ref(s->item->object);
}

static void retain(struct world *w, const struct step *s)
{
	AUTO(val_unref) struct val *policy = size_retain_patch();

	patch(w, s->live->id, policy);
}

static void abandon(struct world *w, int64_t revision)
{
	mark(w, revision, RECORD_FAILED, NULL);
	record(w, revision)->unknown = true;
}

/* Carries out a step; a wait is none. */
static void take_step(struct world *w, const struct goal *goal,
		      const struct step *s)
{
	switch (s->kind) {
	case STEP_CLAIM:
		w->claimed = true;
		break;
	case STEP_CHECK:
		assert_true(!s->live || object(w, s->live->id));
		break;
	case STEP_PENDING:
		pending(w, goal, s->revision);
		break;
	case STEP_ABANDON:
		abandon(w, s->revision);
		break;
	case STEP_PATCH:
		patch_to(w, s);
		break;
	case STEP_MEND:
		mend(w, s);
		break;
	case STEP_GROW:
		grow(w, s);
		break;
	case STEP_RETAIN:
		retain(w, s);
		break;
	case STEP_RESIZING:
		record(w, s->revision)->unknown = true;
		break;
	case STEP_SCALE:
		scale(w, s->item);
		break;
	case STEP_DELETE:
		begin_delete(object(w, s->live->id), goal);
		break;
	case STEP_CHECK_GONE:
		assert_null(object(w, s->item->id));
		break;
	case STEP_CREATE:
		create(w, s->item, s->revision);
		break;
	case STEP_DEPLOYED:
	case STEP_ADOPT:
	case STEP_RESIZED:
		mark(w, s->revision, RECORD_DEPLOYED, goal);
		break;
	case STEP_SUPERSEDE:
		mark(w, s->revision, RECORD_SUPERSEDED, NULL);
		break;
	case STEP_FORGET:
		forget(w, s->revision);
		break;
	case STEP_DISCLAIM:
		disclaim(w);
		break;
	default: /* changes nothing */
		break;
	}
}

/* The manifest that observe.c would read. */
static const struct goal *old_goal(const struct world *w)
{
	for (size_t i = w->records.count; i-- > 0;)
		if (w->records.items[i].status == RECORD_DEPLOYED)
			return w->records.items[i].goal;
	return w->records.items[w->records.count - 1].goal;
}

/* What a plan is told of the world. */
struct view {
	struct plan_input in;
	VEC(struct plan_record) records;
	VEC(struct plan_live) live;
};

static unsigned events_of(const struct goal *g)
{
	unsigned events = 0;

	for (size_t i = 0; i < g->hooks.count; i++)
		events |= g->hooks.items[i].hook->rules.events;
	return events;
}

static enum plan_back back_of(const struct world *w)
{
	size_t n = w->records.count;

	return n ? (enum plan_back)hook_runs_number(
			   w->records.items[n - 1].runs, HOOK_RUNS_BACK)
		 : PLAN_BACK_NOT_BEGUN;
}

static void look(const struct world *w, const struct goal *goal, struct view *v)
{
	for (size_t i = 0; i < w->records.count; i++) {
		const struct world_record *r = &w->records.items[i];

		*VEC_ADD(&v->records) =
			(struct plan_record){ r->revision, r->status,
					      r->unknown ? "" : r->goal->digest,
					      r->goal->shape, "" };
	}
	for (size_t i = 0; i < w->objects.count; i++) {
		const struct world_object *o = &w->objects.items[i];

		if (o->run)
			continue;
		*VEC_ADD(&v->live) = (struct plan_live){
			.id = o->id,
			.kind = o->kind,
			.uid = "u",
			.revision = o->revision,
			.deleting = o->deleting,
			.storage = val_text(size_storage(o->object)),
			.bound = true,
			.keep = owner_is_kept(o->object),
			.reaps = size_reaps(o->object),
			.drift = o->drift ? PLAN_DRIFT_UNKNOWN
					  : PLAN_DRIFT_NONE,
		};
	}
	v->in = (struct plan_input){
		.deleting = goal->deleting,
		.claimed = w->claimed,
		.want = goal->items.items,
		.want_count = goal->items.count,
		.digest = goal->digest,
		.shape = goal->shape,
		.hooks = events_of(goal),
		.last_digest = "",
		.on_drift = w->on_drift,
		.back = back_of(w),
		.records = v->records.items,
		.record_count = v->records.count,
		.live = v->live.items,
		.live_count = v->live.count,
	};
}

static void look_up(const struct world *w, struct view *v,
		    const struct plan *plan)
{
	size_t k = 0;

	assert_int_equal(plan->steps.count, 0);
	for (size_t i = 0; i < w->objects.count && plan->need_live; i++)
		if (!w->objects.items[i].run)
			v->live.items[k++].drift = w->objects.items[i].drift;
	if (plan->need_old) {
		const struct goal *old = old_goal(w);

		v->in.old_known = true;
		v->in.old = old->items.items;
		v->in.old_count = old->items.count;
		v->in.old_hooks = events_of(old);
	}
}

static void make_plan(const struct world *w, struct view *v, struct plan *out)
{
	plan_make(&v->in, out);
	for (int i = 0; i < 2 && (out->need_old || out->need_live); i++) {
		look_up(w, v, out);
		plan_done(out);
		*out = (struct plan){ 0 };
		plan_make(&v->in, out);
	}
	assert_false(out->need_old || out->need_live);
}

/* Runs hooks; false when the pass ends there. */
static bool run_hooks(struct world *w, const struct goal *goal,
		      const struct step *s, unsigned *left)
{
	bool of_old = s->event >= HOOK_PRE_DELETE;

	switch (world_hooks_run(w, of_old ? old_goal(w) : goal, s, left)) {
	case WORLD_HOOKS_OVER:
		return true;
	case WORLD_HOOKS_STOPPED:
		break;
	case WORLD_HOOKS_FAILED:
		if (!*left)
			break;
		--*left;
		mark(w, s->revision, RECORD_FAILED, NULL);
		break;
	case WORLD_HOOKS_BLOCKED:
		w->blocked = true;
		break;
	}
	return false;
}

/* One pass. Returns its steps; *done when there was nothing to do. */
static unsigned pass(struct world *w, const struct goal *goal, unsigned most,
		     bool *done)
{
	struct view v = { 0 };
	struct plan plan = { 0 };
	unsigned left = most;

	look(w, goal, &v);
	make_plan(w, &v, &plan);
	*done = plan.steps.count == 0;
	for (size_t i = 0; i < plan.steps.count && left; i++) {
		const struct step *s = &plan.steps.items[i];

		if (s->kind == STEP_HOOKS && !run_hooks(w, goal, s, &left))
			break;
		left -= !step_is_look(s->kind);
		if (s->kind == STEP_CREATE && is_refused(s->item)) {
			mark(w, s->revision, RECORD_FAILED, NULL);
			break;
		}
		take_step(w, goal, s);
	}
	plan_done(&plan);
	VEC_DONE(&v.records);
	VEC_DONE(&v.live);
	return most - left;
}

unsigned world_run(struct world *w, const struct goal *goal, unsigned steps)
{
	unsigned n = 0, passes = 0;
	bool done = false;

	while (!w->gone && n < steps) {
		n += pass(w, goal, steps - n, &done);
		if (done || w->blocked)
			break;
		if (n < steps)
			world_tick(w);
		assert_true(++passes < 50);
	}
	return n;
}

void world_tick(struct world *w)
{
	for (size_t i = w->objects.count; i-- > 0;)
		if (w->objects.items[i].deleting)
			drop(w, i);
	world_hooks_tick(w);
}

void world_take_away(struct world *w, const char *id)
{
	struct world_object *o = object(w, id);

	assert_non_null(o);
	drop(w, (size_t)(o - w->objects.items));
}

void world_spoil(struct world *w, const char *id, enum plan_drift drift)
{
	AUTO(val_unref)
	struct val *change = given("{spec: {spoiled: true}}");

	patch(w, id, change);
	object(w, id)->drift = drift;
}

static int by_id(const void *a, const void *b)
{
	const struct world_object *x = a, *y = b;

	return strcmp(x->id, y->id);
}

char *world_text(const struct world *w)
{
	AUTO_BUF text = BUF_INIT(LIMIT_MIB(1));
	AUTO_ERR err = ERR_INIT;
	char *out = NULL;

	buf_addf(&text, "%s %s\n", w->claimed ? "claimed" : "-",
		 w->gone ? "gone" : "there");
	for (size_t i = 0; i < w->records.count; i++) {
		const struct world_record *r = &w->records.items[i];

		buf_addf(&text, "record %" PRId64 " %s %.8s%s ", r->revision,
			 record_status_text(r->status), r->goal->digest,
			 r->unknown ? " unknown" : "");
		json_write_sorted(r->runs, &text);
		buf_add_char(&text, '\n');
	}
	if (w->objects.count)
		qsort(w->objects.items, w->objects.count,
		      sizeof(*w->objects.items), by_id);
	for (size_t i = 0; i < w->objects.count; i++) {
		const struct world_object *o = &w->objects.items[i];

		buf_addf(&text, "%s %" PRId64 " %s%s ", o->id, o->revision,
			 o->made <= w->age ? "old" : "new",
			 o->deleting ? " deleting" : "");
		json_write_sorted(o->object, &text);
		if (o->run)
			buf_addf(&text, " %s %d", o->run, (int)o->state);
		buf_add_char(&text, '\n');
	}
	buf_addf(&text, "hooks: %s\n", w->log ? w->log : "");
	assert_true(buf_take(&text, &out, NULL, &err));
	return out;
}

static bool is_wanted(const struct goal *goal, const char *id)
{
	for (size_t i = 0; i < goal->items.count; i++)
		if (strcmp(goal->items.items[i].id, id) == 0)
			return true;
	return false;
}

/* A claim that has grown does not get smaller. */
static bool is_as(const struct val *live, const struct val *want)
{
	const struct val *storage = size_storage(want);

	if (!storage ||
	    !quantity_is_less(val_str(storage), val_str(size_storage(live))))
		return val_equal(live, want);
	AUTO(val_unref) struct val *a = size_strip(live);
	AUTO(val_unref) struct val *b = size_strip(want);
	return val_equal(a, b);
}

static void check_objects(const struct world *w, const struct goal *goal)
{
	for (size_t i = 0; i < goal->items.count; i++) {
		const struct plan_item *item = &goal->items.items[i];
		const struct world_object *o = object(w, item->id);

		if (!o || o->deleting || !is_as(o->object, item->object))
			fail_msg("%s is not as it is wanted", item->id);
	}
	for (size_t i = 0; i < w->objects.count; i++) {
		const struct world_object *o = &w->objects.items[i];
		AUTO_FREE char *group = plan_group(o->id);
		bool kept = goal->deleting
				    ? owner_is_kept(o->object)
				    : owner_is_kept(o->object) ||
					      order_is_kept(o->kind, group);

		if (!kept && !o->run && !is_wanted(goal, o->id))
			fail_msg("%s is left over", o->id);
	}
}

void world_check_back(const struct world *w, const struct goal *goal)
{
	size_t count = w->records.count;
	const struct world_record *deployed = NULL;

	for (size_t i = 0; i < count; i++)
		if (w->records.items[i].status == RECORD_DEPLOYED)
			deployed = &w->records.items[i];
	assert_int_equal(w->records.items[count - 1].status, RECORD_FAILED);
	assert_int_equal(deployed != NULL, goal->list != NULL);
	check_objects(w, goal);
}

void world_check(const struct world *w, const struct goal *goal)
{
	check_objects(w, goal);
	assert_int_equal(w->gone, goal->deleting);
	for (size_t i = 0; i < w->records.count; i++) {
		const struct world_record *r = &w->records.items[i];
		bool last = i + 1 == w->records.count;

		assert_int_equal(r->status == RECORD_DEPLOYED, last);
		assert_false(record_is_pending(r->status));
		assert_false(last && r->unknown);
		assert_true(!last ||
			    strcmp(r->goal->digest, goal->digest) == 0);
	}
	assert_true(w->records.count <= LIMIT_HISTORY);
}

void world_done(struct world *w)
{
	while (w->objects.count)
		drop(w, w->objects.count - 1);
	while (w->records.count)
		forget(w, w->records.items[0].revision);
	VEC_DONE(&w->objects);
	VEC_DONE(&w->records);
	free(w->log);
}
