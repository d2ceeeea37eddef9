#include "unit/release/plan_run.h"

#include "base/alloc.h"

#include "unit/rows.h"

static void make(struct goal *g, const char *yaml, bool stopped)
{
	if (stopped)
		goal_make_stopped(g, yaml);
	else
		goal_make(g, yaml);
}

void plan_run_goals(const struct plan_run *row, struct plan_run_goals *g)
{
	make(&g->before, row->before, row->stopped_before);
	make(&g->after, row->after, row->stopped_after);
}

void plan_run_goals_done(struct plan_run_goals *g)
{
	goal_done(&g->before);
	goal_done(&g->after);
}

/* Whether the world is as a row leaves it. */
static void check(const struct plan_run *row, const struct plan_run_goals *g,
		  const struct world *w)
{
	const struct goal none = { 0 };

	if (!row->refused)
		world_check(w, &g->after);
	else
		world_check_back(w, row->before ? &g->before : &none);
}

static void disturb(struct world *w, const char *id)
{
	if (*id == '~')
		world_spoil(w, id + 1, PLAN_DRIFT_PATCH);
	else if (*id == '!')
		world_spoil(w, id + 1, PLAN_DRIFT_REPLACE);
	else
		world_take_away(w, id);
}

void plan_run_begin(const struct plan_run *row, const struct plan_run_goals *g,
		    struct world *w)
{
	*w = (struct world){ .claimed = !row->after };
	if (row->before) {
		world_run(w, &g->before, WORLD_TO_THE_END);
		if (!strstr(row->before, "refused"))
			world_check(w, &g->before);
	}
	w->age = w->made;
	w->on_drift = row->on_drift;
	free(w->log);
	w->log = NULL;
	for (const char *const *id = row->missing; *id; id++)
		disturb(w, *id);
}

/* Crashes after n steps; the next process finds what was being deleted still
 * there, or gone already. */
static char *disturbed(const struct plan_run *row,
		       const struct plan_run_goals *g, unsigned n, bool slow)
{
	struct world w;

	plan_run_begin(row, g, &w);
	world_run(&w, &g->after, n);
	if (!slow)
		world_tick(&w);
	world_run(&w, &g->after, WORLD_TO_THE_END);
	check(row, g, &w);
	char *text = world_text(&w);
	world_done(&w);
	return text;
}

/* The text of an undisturbed world, and how many steps it took. */
static char *clean(const struct plan_run *row, const struct plan_run_goals *g,
		   unsigned *out_steps)
{
	struct world w;

	plan_run_begin(row, g, &w);
	*out_steps = world_run(&w, &g->after, WORLD_TO_THE_END);
	check(row, g, &w);
	/* It has come to rest. */
	if (!w.gone)
		assert_int_equal(world_run(&w, &g->after, WORLD_TO_THE_END), 0);
	char *text = world_text(&w);
	world_done(&w);
	return text;
}

void plan_run_crashes(void **state)
{
	const struct plan_run *row = *state;
	struct plan_run_goals g = { 0 };
	unsigned steps;

	plan_run_goals(row, &g);
	AUTO_FREE char *want = clean(row, &g, &steps);
	for (unsigned n = 0; n < steps; n++)
		for (int slow = 0; slow < 2; slow++) {
			AUTO_FREE char *got = disturbed(row, &g, n, slow);

			if (strcmp(got, want) != 0)
				print_error("stopped after %u steps:\n", n);
			assert_string_equal(got, want);
		}
	plan_run_goals_done(&g);
}

void plan_run_crashes_always(void **state)
{
	const struct plan_run *row = *state;
	struct plan_run_goals g = { 0 };
	struct world w;
	unsigned steps, n = 0;

	plan_run_goals(row, &g);
	AUTO_FREE char *want = clean(row, &g, &steps);
	plan_run_begin(row, &g, &w);
	do {
		assert_true(++n < 100);
		if (n % 3 == 0)
			world_tick(&w);
	} while (!w.gone && world_run(&w, &g.after, n) > 0);
	AUTO_FREE char *got = world_text(&w);
	assert_string_equal(got, want);
	world_done(&w);
	plan_run_goals_done(&g);
}

/* Wants something else after n steps. */
static void changes_mind(const struct plan_run *row,
			 const struct plan_run_goals *g, unsigned n,
			 const char *yaml, bool stopped, bool slow)
{
	struct goal other = { 0 };
	struct world w;

	make(&other, yaml, stopped);
	plan_run_begin(row, g, &w);
	world_run(&w, &g->after, n);
	if (!slow)
		world_tick(&w);
	if (!w.gone && (yaml || w.claimed)) {
		world_run(&w, &other, WORLD_TO_THE_END);
		world_check(&w, &other);
	}
	world_done(&w);
	goal_done(&other);
}

void plan_run_changes(void **state)
{
	static const char *const others[] = { FIRST,   SECOND, THIRD, LITTLE,
					      NOTHING, STATE,  NULL };
	const struct plan_run *row = *state;
	struct plan_run_goals g = { 0 };
	unsigned steps;

	if (!row->after)
		return;
	plan_run_goals(row, &g);
	free(clean(row, &g, &steps));
	for (unsigned n = 0; n <= steps; n++)
		for (size_t i = 0; i < ARRAY_LEN(others); i++)
			for (int k = 0; k < 4; k++)
				if (others[i] || k < 2)
					changes_mind(row, &g, n, others[i],
						     k & 2, k & 1);
	plan_run_goals_done(&g);
}
