/*
 * Hooks run in a world of their own, stopped after each of their steps as a
 * crash would, and planned again: each hook still runs once, and the end is
 * the same.
 */
#include "release/hook_plan.h"

#include "base/clock.h"
#include "base/limits.h"
#include "data/json.h"

#include "unit/release/given.h"
#include "unit/release/hook_case.h"
#include "unit/rows.h"

#include <inttypes.h>
#include <limits.h>

#define TO_THE_END UINT_MAX
#define MINUTE_NS (60 * INT64_C(1000000000))

/* Hooks: as hook_case.h has them, and `fate`: "succeeded", the default,
 * "failed", "running" for ever, or "vanishes" once it has succeeded. */
static const struct row {
	const char *name, *hooks;
	const char *events;  /* one after the other, with commas */
	const char *there;   /* ids of objects of an earlier revision */
	const char *outcome; /* and what is left, by name */
} rows[] = {
	{ "nothing", "[]", "pre-install", "", "done:" },
	{ "at once", "[{id: /Secret/ns/a}, {id: /Secret/ns/b}]", "pre-install",
	  "", "done: a b" },
	{ "at once, and gone", "[{id: /Secret/ns/a, policy: hook-succeeded}]",
	  "pre-install,post-install", "", "done:" },
	{ "at once, gone, and there again",
	  "[{id: /Secret/ns/a, events: 'pre-install,post-install', policy: "
	  "hook-succeeded}]",
	  "pre-install,post-install", "", "done:" },
	{ "a Job", "[{id: batch/Job/ns/a}]", "pre-install", "", "done: a" },
	{ "a Job for two events",
	  "[{id: batch/Job/ns/a, events: 'pre-install,post-install'}]",
	  "pre-install,post-install", "", "done: a" },
	{ "all policies",
	  "[{id: /Secret/ns/a, policy: hook-succeeded}, {id: /Pod/ns/b, "
	  "policy: 'hook-failed,before-hook-creation'}, {id: batch/Job/ns/c, "
	  "policy: 'hook-succeeded,hook-failed'}]",
	  "pre-upgrade", "", "done: b" },
	{ "what is left of an earlier revision",
	  "[{id: /Secret/ns/a}, {id: batch/Job/ns/b}, {id: batch/Job/ns/c, "
	  "policy: 'before-hook-creation,hook-succeeded'}]",
	  "pre-upgrade", "/Secret/ns/a,batch/Job/ns/b,batch/Job/ns/c",
	  "done: a b" },
	{ "what stays of an earlier revision",
	  "[{id: /PersistentVolumeClaim/ns/a, events: 'pre-upgrade,"
	  "post-upgrade'}, {id: batch/Job/ns/b, events: 'pre-upgrade,"
	  "post-upgrade', policy: 'before-hook-creation,hook-succeeded'}]",
	  "pre-upgrade,post-upgrade",
	  "/PersistentVolumeClaim/ns/a,"
	  "batch/Job/ns/b",
	  "done: a" },
	{ "a failure",
	  "[{id: batch/Job/ns/a}, {id: batch/Job/ns/b, fate: "
	  "failed}, {id: batch/Job/ns/c}]",
	  "pre-install,post-install", "", "failed: a b" },
	{ "a failure, and what goes then",
	  "[{id: /Secret/ns/a, policy: hook-succeeded}, {id: batch/Job/ns/b, "
	  "policy: hook-succeeded}, {id: batch/Job/ns/c, fate: failed, "
	  "policy: hook-failed}, {id: /Secret/ns/d}]",
	  "pre-install", "", "failed:" },
	{ "one that never ends",
	  "[{id: batch/Job/ns/a, fate: running, policy: hook-failed}]",
	  "pre-install", "", "failed:" },
	{ "one that is in the way",
	  "[{id: /Secret/ns/a}, {id: batch/Job/ns/b, policy: "
	  "hook-succeeded}]",
	  "pre-upgrade", "batch/Job/ns/b", "failed: a b" },
};

struct object {
	const char *id; /* borrowed */
	char *run;      /* owned */
	int64_t made_ns;
	enum hook_state state;
	bool deleting;
};

struct world {
	const struct val *list; /* the hooks, as given */
	struct hook_case hooks;
	VEC(struct object);
	struct val *runs;
	int64_t now_ns;
	char *texts; /* "id at event\n" of every creation */
};

static const struct val *given_of(const struct world *w, const char *id)
{
	for (size_t i = 0; i < val_count(w->list); i++)
		if (strcmp(val_get_text(val_at(w->list, i), "id"), id) == 0)
			return val_at(w->list, i);
	fail_msg("no hook %s", id);
	return NULL;
}

static struct object *find(struct world *w, const char *id)
{
	for (size_t i = 0; i < w->count; i++)
		if (strcmp(w->items[i].id, id) == 0)
			return &w->items[i];
	return NULL;
}

static bool is_awaited(const char *id)
{
	return str_starts(str_of(id), "batch/Job/") ||
	       str_starts(str_of(id), "/Pod/");
}

static void begin(const struct row *row, const struct val *list,
		  struct world *w)
{
	struct str id, rest = str_of(row->there);

	*w = (struct world){ .list = list, .texts = alloc_copy("") };
	w->runs = hook_runs_read("");
	assert_true(clock_parse(str_of("2026-01-01T12:00:00Z"), &w->now_ns));
	AUTO_FREE char *first =
		alloc_text(row->events, strcspn(row->events, ","));
	hook_case_make(&w->hooks, list, first);
	while (rest.n) {
		str_split(rest, ',', &id, &rest);
		for (size_t i = 0; i < w->hooks.count; i++)
			if (str_is(id, w->hooks.items[i].id))
				*VEC_ADD(w) = (struct object){
					.id = w->hooks.items[i].id,
					.run = alloc_copy("pre-install/old"),
					.made_ns = w->now_ns,
					.state = HOOK_STATE_SUCCEEDED,
				};
	}
}

static void drop(struct world *w, size_t i)
{
	free(w->items[i].run);
	w->count--;
	memmove(&w->items[i], &w->items[i + 1],
		(w->count - i) * sizeof(*w->items));
}

static void world_done(struct world *w)
{
	while (w->count)
		drop(w, w->count - 1);
	hook_case_done(&w->hooks);
	VEC_DONE(w);
	val_unref(w->runs);
	free(w->texts);
}

/* A minute goes by. What was seen to have ended may vanish. */
static void tick(struct world *w)
{
	w->now_ns += MINUTE_NS;
	for (size_t i = w->count; i-- > 0;) {
		struct object *o = &w->items[i];
		const char *fate = val_get_text(given_of(w, o->id), "fate");

		if (o->deleting || (strcmp(fate, "vanishes") == 0 &&
				    o->state == HOOK_STATE_SUCCEEDED))
			drop(w, i);
		else if (o->state == HOOK_STATE_RUNNING)
			o->state = strcmp(fate, "vanishes") == 0
					   ? HOOK_STATE_SUCCEEDED
					   : hook_case_state(fate);
	}
}

static void create(struct world *w, const struct hook_item *item,
		   enum hook_event event)
{
	char *texts = alloc_print("%s%s at %s\n", w->texts, item->id,
				  hook_event_text(event));

	assert_null(find(w, item->id));
	free(w->texts);
	w->texts = texts;
	*VEC_ADD(w) = (struct object){
		.id = item->id,
		.run = alloc_print("%s/new", hook_event_text(event)),
		.made_ns = w->now_ns,
		.state = is_awaited(item->id) ? HOOK_STATE_RUNNING
					      : HOOK_STATE_SUCCEEDED,
	};
}

static void take_step(struct world *w, const struct hook_step *s,
		      const struct hook_plan *p, enum hook_event event)
{
	switch (s->kind) {
	case HOOK_STEP_CREATE:
		create(w, s->item, event);
		break;
	case HOOK_STEP_DELETE:
		assert_false(find(w, s->live->id)->deleting);
		find(w, s->live->id)->deleting = true;
		break;
	case HOOK_STEP_MARK:
		val_unref(w->runs);
		w->runs = val_ref(p->runs);
		break;
	case HOOK_STEP_WAIT:
		break;
	}
}

/* What a plan is told of the objects; times as texts stand in `times`. */
struct view {
	struct hook_input in;
	VEC(struct hook_live) live;
	char (*times)[CLOCK_TEXT_BYTES];
};

static void look(const struct world *w, enum hook_event event, struct view *v)
{
	v->times = alloc_zero((w->count + 1) * sizeof(*v->times));
	for (size_t i = 0; i < w->count; i++) {
		const struct object *o = &w->items[i];

		*VEC_ADD(&v->live) = (struct hook_live){
			.id = o->id,
			.uid = "u",
			.run = o->run,
			.deleting = o->deleting,
			.state = o->state,
			.message = "",
			.started_at = clock_print(o->made_ns, v->times[i]),
			.completed_at = "",
		};
	}
	v->in = (struct hook_input){
		.event = event,
		.record_uid = "new",
		.now_ns = w->now_ns,
		.hooks = w->hooks.items,
		.hook_count = w->hooks.count,
		.live = v->live.items,
		.live_count = v->live.count,
		.runs = w->runs,
	};
}

/* One pass for one event, of at most so many steps. */
static enum hook_outcome pass(struct world *w, enum hook_event event,
			      unsigned *steps)
{
	struct view v = { 0 };
	struct hook_plan plan = { 0 };
	enum hook_outcome outcome;
	size_t i;

	look(w, event, &v);
	hook_plan_make(&v.in, &plan);
	for (i = 0; i < plan.steps.count && *steps; i++) {
		take_step(w, &plan.steps.items[i], &plan, event);
		*steps -= plan.steps.items[i].kind != HOOK_STEP_WAIT;
	}
	outcome = i < plan.steps.count ? HOOK_OUTCOME_BUSY : plan.outcome;
	hook_plan_done(&plan);
	VEC_DONE(&v.live);
	free(v.times);
	return outcome;
}

/* Event after event, pass by pass, for so many steps. */
static enum hook_outcome run(struct world *w, const char *events,
			     unsigned *steps)
{
	struct str name, rest = str_of(events);
	enum hook_outcome outcome = HOOK_OUTCOME_DONE;
	unsigned passes = 0;

	while (rest.n && outcome == HOOK_OUTCOME_DONE) {
		enum hook_event event;

		str_split(rest, ',', &name, &rest);
		assert_true(hook_event_find(name, &event));
		while ((outcome = pass(w, event, steps)) == HOOK_OUTCOME_BUSY &&
		       *steps) {
			tick(w);
			assert_true(++passes < 50);
		}
	}
	return outcome;
}

static int by_id(const void *a, const void *b)
{
	const struct object *x = a, *y = b;

	return strcmp(x->id, y->id);
}

/* How it ended, and the names of what is left. */
static void write_end(struct world *w, enum hook_outcome outcome,
		      struct buf *out)
{
	buf_add_text(out, outcome == HOOK_OUTCOME_DONE ? "done:" : "failed:");
	if (w->count)
		qsort(w->items, w->count, sizeof(*w->items), by_id);
	for (size_t i = 0; i < w->count; i++)
		buf_addf(out, " %s", strrchr(w->items[i].id, '/') + 1);
}

/* What is recorded, without times. */
static void write_runs(const struct world *w, struct buf *out)
{
	for (size_t i = 0; i < val_count(w->runs); i++)
		for (size_t k = 0; k < val_count(val_at(w->runs, i)); k++) {
			const struct val *of = val_at(w->runs, i);

			buf_addf(out, STR_FMT " " STR_FMT " %s\n",
				 STR_ARG(val_key(w->runs, i)),
				 STR_ARG(val_key(of, k)),
				 val_get_text(val_at(of, k), "phase"));
		}
}

/* The whole end: outcome, objects, what was created, what is recorded. */
static char *finish(struct world *w, const struct row *row)
{
	AUTO_BUF text = BUF_INIT(LIMIT_MIB(1));
	AUTO_ERR err = ERR_INIT;
	unsigned steps = TO_THE_END;
	char *out = NULL;

	write_end(w, run(w, row->events, &steps), &text);
	assert_string_equal(buf_text(&text), row->outcome);
	/* It has come to rest. */
	steps = TO_THE_END;
	run(w, row->events, &steps);
	assert_int_equal(steps, TO_THE_END);
	buf_addf(&text, "\n%s", w->texts);
	write_runs(w, &text);
	assert_true(buf_take(&text, &out, NULL, &err));
	return out;
}

/* The end without a crash, and how many steps it takes. */
static char *clean(const struct row *row, const struct val *list,
		   unsigned *out_steps)
{
	struct world w;
	unsigned left = TO_THE_END;

	begin(row, list, &w);
	run(&w, row->events, &left);
	*out_steps = TO_THE_END - left;
	char *text = finish(&w, row);
	world_done(&w);
	return text;
}

static void crashes(void **state)
{
	const struct row *row = *state;
	AUTO(val_unref) struct val *list = given(row->hooks);
	unsigned steps;
	AUTO_FREE char *want = clean(row, list, &steps);

	for (unsigned n = 0; n < steps; n++)
		for (int slow = 0; slow < 2; slow++) {
			struct world w;
			unsigned left = n;

			begin(row, list, &w);
			run(&w, row->events, &left);
			if (slow)
				tick(&w);
			AUTO_FREE char *got = finish(&w, row);
			if (strcmp(got, want) != 0)
				print_error("stopped after %u steps:\n", n);
			assert_string_equal(got, want);
			world_done(&w);
		}
}

/* Crashes after a step, then after two, and so on. */
static void crashes_always(void **state)
{
	const struct row *row = *state;
	AUTO(val_unref) struct val *list = given(row->hooks);
	unsigned steps;
	AUTO_FREE char *want = clean(row, list, &steps);
	struct world w;

	begin(row, list, &w);
	for (unsigned n = 1; n <= steps; n++) {
		unsigned left = n;

		run(&w, row->events, &left);
		tick(&w);
	}
	AUTO_FREE char *got = finish(&w, row);
	assert_string_equal(got, want);
	world_done(&w);
}

/* A Job of its own time to live is gone two minutes after it was created. So
 * after n steps and some minutes without anybody who looks: */
static const struct vanish_row {
	const char *name;
	unsigned steps, minutes;
	const char *end; /* creations of a and b, and how it ended */
} vanish_rows[] = {
	{ "all is seen", 0, 0, "ab done" },
	{ "only started", 2, 0, "ab done" },
	{ "ended and seen", 2, 1, "ab done" },
	{ "ended, gone and not seen", 2, 2, "a failed" },
	{ "the second one started", 4, 0, "ab done" },
	{ "the second one gone and not seen", 4, 3, "ab failed" },
	{ "all recorded and gone", 5, 3, "ab done" },
	/* Nothing tells of it: killed between two requests, and away for as
	 * long as the Job lived. */
	{ "gone before its start was recorded", 1, 1, "ab done" },
	{ "gone, and its start was not recorded", 1, 2, "aab done" },
};

static void vanishes(void **state)
{
	const struct vanish_row *row = *state;
	const struct row hooks = { .events = "pre-install", .there = "" };
	AUTO(val_unref) struct val *list =
		given("[{id: batch/Job/ns/a, fate: vanishes}, "
		      "{id: batch/Job/ns/b, fate: vanishes}]");
	AUTO_BUF got = BUF_INIT(1000);
	struct world w;
	unsigned first = row->steps, rest = TO_THE_END;

	begin(&hooks, list, &w);
	run(&w, hooks.events, &first);
	for (unsigned i = 0; i < row->minutes; i++)
		tick(&w);
	enum hook_outcome end = run(&w, hooks.events, &rest);
	for (const char *p = w.texts; (p = strstr(p, "/ns/")) != NULL; p++)
		buf_add_char(&got, p[4]);
	buf_add_text(&got, end == HOOK_OUTCOME_DONE ? " done" : " failed");
	assert_string_equal(buf_text(&got), row->end);
	world_done(&w);
}

int main(void)
{
	return ROWS_RUN("hook run: one crash", rows, crashes) +
	       ROWS_RUN("hook run: many crashes", rows, crashes_always) +
	       ROWS_RUN("hook run: own time to live", vanish_rows, vanishes);
}
