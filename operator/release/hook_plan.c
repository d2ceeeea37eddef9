#include "release/hook_plan.h"

#include "base/alloc.h"
#include "base/clock.h"
#include "base/limits.h"
#include "release/generate.h"
#include "release/order.h"
#include "release/owner.h"

#define TIMEOUT_NS (LIMIT_HOOK_S * INT64_C(1000000000))

/* A plan in the making. */
struct making {
	const struct hook_input *in;
	struct hook_plan *out;
	struct {
		VEC(const struct hook_item *);
	} items;      /* of the event, as they run */
	char *run;    /* owner_hook_run() of this one */
	bool changed; /* the runs differ from the recorded ones */
};

/* What became of one hook. */
enum progress { NEXT, WAITS, FAILED };

static struct hook_step *add(struct making *m, enum hook_step_kind kind)
{
	struct hook_step *s = VEC_ADD(&m->out->steps);

	s->kind = kind;
	return s;
}

static int by_helms_order(const void *a, const void *b)
{
	const struct hook_item *const *x = a, *const *y = b;
	const struct manifest_hook *h = (*x)->hook, *k = (*y)->hook;
	int order = (h->rules.weight > k->rules.weight) -
		    (h->rules.weight < k->rules.weight);

	if (!order)
		order = strcmp(h->object.name, k->object.name);
	if (!order)
		order = order_compare(h->object.kind, k->object.kind);
	return order ? order : (*x > *y) - (*x < *y);
}

static void choose(struct making *m)
{
	for (size_t i = 0; i < m->in->hook_count; i++)
		if (hook_runs_at(&m->in->hooks[i].hook->rules, m->in->event))
			*VEC_ADD(&m->items) = &m->in->hooks[i];
	if (m->items.count)
		qsort(m->items.items, m->items.count, sizeof(*m->items.items),
		      by_helms_order);
}

static const struct hook_live *find_live(const struct making *m,
					 const struct hook_item *item)
{
	for (size_t i = 0; i < m->in->live_count; i++)
		if (strcmp(m->in->live[i].id, item->id) == 0)
			return &m->in->live[i];
	return NULL;
}

static bool is_current(const struct making *m, const struct hook_live *live)
{
	return strcmp(live->run, m->run) == 0;
}

static struct hook_run run_of(const struct making *m,
			      const struct hook_item *item)
{
	struct hook_run run;

	hook_runs_find(m->out->runs, m->in->event, item->id, &run);
	return run;
}

/* @param live  NULL: it says nothing of the times */
static void set_run(struct making *m, const struct hook_item *item,
		    const struct hook_live *live, enum hook_phase phase,
		    const char *message)
{
	struct hook_run old = run_of(m, item);
	char now[CLOCK_TEXT_BYTES];

	clock_print(m->in->now_ns, now);
	struct hook_run run = {
		.phase = phase,
		.started_at = live && *live->started_at ? live->started_at
			      : *old.started_at         ? old.started_at
							: now,
		.completed_at = phase == HOOK_PHASE_RUNNING ? ""
				: live && *live->completed_at
					? live->completed_at
					: now,
		.message = message,
	};
	struct val *with =
		hook_runs_with(m->out->runs, m->in->event, item->id, &run);
	val_unref(m->out->runs);
	m->out->runs = with;
	m->changed = true;
}

static enum progress succeed(struct making *m, const struct hook_item *item,
			     const struct hook_live *live)
{
	set_run(m, item, live, HOOK_PHASE_SUCCEEDED, "");
	return NEXT;
}

static enum progress fail(struct making *m, const struct hook_item *item,
			  const struct hook_live *live, const char *message)
{
	set_run(m, item, live, HOOK_PHASE_FAILED, message);
	return FAILED;
}

static void tell(struct making *m, const struct hook_item *item,
		 const char *what)
{
	free(m->out->message);
	m->out->message = alloc_print("%s hook %s %s %s",
				      hook_event_text(m->in->event),
				      item->hook->object.kind,
				      item->hook->object.name, what);
}

static enum progress wait_for(struct making *m, const struct hook_item *item,
			      const char *what)
{
	tell(m, item, what);
	return WAITS;
}

/* Nanoseconds until it takes too long. */
static int64_t time_left(const struct making *m, const struct hook_live *live)
{
	int64_t since;

	if (!clock_parse(str_of(live->started_at), &since))
		since = m->in->now_ns;
	return since + TIMEOUT_NS - m->in->now_ns;
}

/* The object of this run is there. */
static enum progress watch(struct making *m, const struct hook_item *item,
			   const struct hook_live *live,
			   const struct hook_run *run)
{
	int64_t left = time_left(m, live);

	if (live->state == HOOK_STATE_SUCCEEDED)
		return succeed(m, item, live);
	if (live->state == HOOK_STATE_FAILED) {
		AUTO_FREE char *why = alloc_print("failed%s%s",
						  *live->message ? ": " : "",
						  live->message);

		return fail(m, item, live, why);
	}
	if (!live->deleting && left <= 0) {
		AUTO_FREE char *why =
			alloc_print("did not end within %d s", LIMIT_HOOK_S);

		return fail(m, item, live, why);
	}
	if (run->phase == HOOK_PHASE_NONE)
		set_run(m, item, live, HOOK_PHASE_RUNNING, "");
	if (!live->deleting)
		m->out->wait_ms = left / 1000000 + 1;
	return wait_for(m, item, "is running");
}

static bool is_awaited(const struct hook_item *item)
{
	return hook_end_awaited(item->hook->object.api_version,
				item->hook->object.kind);
}

/* The policy to stay is about what an object holds: a Job holds nothing. */
static bool must_stay(const struct hook_item *item,
		      const struct hook_live *live)
{
	return live->keep && !is_awaited(item);
}

/* What a new run must not destroy: it stays in place of being made anew. */
static bool is_kept(const struct hook_item *item, const struct hook_live *live)
{
	return must_stay(item, live) || generate_key(item->object) ||
	       order_is_kept(item->hook->object.kind, "");
}

/* An object of that id is there, but not of this run. */
static enum progress replace(struct making *m, const struct hook_item *item,
			     const struct hook_live *live)
{
	static const char before[] = "waits for what is left of an earlier run "
				     "to be deleted";

	if (live->deleting)
		return wait_for(m, item, before);
	if (is_kept(item, live))
		return succeed(m, item, live);
	if (!hook_deletes_if(&item->hook->rules, HOOK_IF_BEFORE_CREATION))
		return fail(m, item, NULL,
			    "is there already: delete it, or add before-hook-"
			    "creation to its delete policy");
	struct hook_step *s = add(m, HOOK_STEP_DELETE);
	s->item = item;
	s->live = live;
	return wait_for(m, item, before);
}

static enum progress create(struct making *m, const struct hook_item *item)
{
	add(m, HOOK_STEP_CREATE)->item = item;
	if (!is_awaited(item))
		return succeed(m, item, NULL);
	set_run(m, item, NULL, HOOK_PHASE_RUNNING, "");
	m->out->wait_ms = LIMIT_HOOK_S * INT64_C(1000);
	return wait_for(m, item, "is running");
}

static enum progress go_on(struct making *m, const struct hook_item *item)
{
	const struct hook_live *live = find_live(m, item);
	struct hook_run run = run_of(m, item);

	if (run.phase == HOOK_PHASE_SUCCEEDED)
		return NEXT;
	if (run.phase == HOOK_PHASE_FAILED)
		return FAILED;
	if (live && is_current(m, live))
		return watch(m, item, live, &run);
	if (run.phase == HOOK_PHASE_RUNNING)
		return fail(m, item, NULL,
			    "is gone, and how it ended was not seen");
	return live ? replace(m, item, live) : create(m, item);
}

/* An object that these steps create, and that is not to stay: the next plan
 * knows it, and deletes it. */
static bool is_new(struct making *m, const struct hook_item *item)
{
	for (size_t i = 0; i < m->out->steps.count; i++) {
		const struct hook_step *s = &m->out->steps.items[i];

		if (s->kind != HOOK_STEP_CREATE || s->item != item ||
		    owner_is_kept(item->object))
			continue;
		m->out->wait_ms = 1;
		return true;
	}
	return false;
}

/* Deletes the object of a hook that has ended, if its policy says so. Returns
 * whether it is still there. */
static bool clean(struct making *m, const struct hook_item *item,
		  enum hook_policy policy)
{
	const struct hook_live *live = find_live(m, item);

	if (!hook_deletes_if(&item->hook->rules, policy) ||
	    strcmp(item->hook->object.kind, "CustomResourceDefinition") == 0)
		return false;
	if (!live)
		return is_new(m, item);
	if (!is_current(m, live) || must_stay(item, live))
		return false;
	if (!live->deleting) {
		struct hook_step *s = add(m, HOOK_STEP_DELETE);

		s->item = item;
		s->live = live;
	}
	return true;
}

/* What the failed hook i and those before it leave behind. */
static bool clean_failed(struct making *m, size_t i)
{
	bool left = clean(m, m->items.items[i], HOOK_IF_FAILED);

	for (size_t k = 0; k < i; k++)
		left = clean(m, m->items.items[k], HOOK_IF_SUCCEEDED) || left;
	tell(m, m->items.items[i], run_of(m, m->items.items[i]).message);
	return left;
}

static bool clean_all(struct making *m)
{
	bool left = false;

	for (size_t i = m->items.count; i-- > 0;)
		if (clean(m, m->items.items[i], HOOK_IF_SUCCEEDED)) {
			tell(m, m->items.items[i],
			     "has succeeded and is being deleted");
			left = true;
		}
	return left;
}

/* @param i  the hook that failed; how many there are when none did */
static void finish(struct making *m, size_t i)
{
	bool failed = i < m->items.count;

	if (m->changed)
		add(m, HOOK_STEP_MARK);
	if (failed ? clean_failed(m, i) : clean_all(m))
		add(m, HOOK_STEP_WAIT);
	else
		m->out->outcome = failed ? HOOK_OUTCOME_FAILED
					 : HOOK_OUTCOME_DONE;
}

void hook_plan_make(const struct hook_input *in, struct hook_plan *out)
{
	struct making m = { .in = in, .out = out };
	enum progress progress = NEXT;
	size_t i = 0;

	out->runs = val_ref(in->runs);
	out->message = alloc_copy("");
	m.run = owner_hook_run(in->event, in->record_uid);
	choose(&m);
	while (i < m.items.count && progress == NEXT) {
		progress = go_on(&m, m.items.items[i]);
		i += progress == NEXT;
	}
	if (progress == WAITS) {
		if (m.changed)
			add(&m, HOOK_STEP_MARK);
		add(&m, HOOK_STEP_WAIT);
	} else {
		finish(&m, i);
	}
	VEC_DONE(&m.items);
	free(m.run);
}

void hook_plan_done(struct hook_plan *plan)
{
	VEC_DONE(&plan->steps);
	val_unref(plan->runs);
	free(plan->message);
	*plan = (struct hook_plan){ 0 };
}

struct val *hook_plan_refused(const struct hook_input *in,
			      const struct hook_item *item, const char *why)
{
	char now[CLOCK_TEXT_BYTES];
	struct str clipped = str_clip(str_of(why), LIMIT_TERMINATION_BYTES);
	AUTO_FREE char *message =
		alloc_print("was refused: " STR_FMT, STR_ARG(clipped));

	clock_print(in->now_ns, now);
	const struct hook_run run = { HOOK_PHASE_FAILED, now, now, message };
	return hook_runs_with(in->runs, in->event, item->id, &run);
}

const char *hook_step_text(enum hook_step_kind kind)
{
	static const char *const text[] = {
		[HOOK_STEP_DELETE] = "delete hook",
		[HOOK_STEP_CREATE] = "create hook",
		[HOOK_STEP_MARK] = "record hooks",
		[HOOK_STEP_WAIT] = "wait for hooks",
	};

	return text[kind];
}
