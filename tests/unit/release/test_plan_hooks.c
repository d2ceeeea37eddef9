/*
 * Plans with hooks carried out in a world of their own, and stopped anywhere.
 */
#include "unit/release/plan_run.h"

#include "base/alloc.h"

#include "unit/rows.h"

/* Hooks that do not run to an end at once, and some that do. */
#define AT_ALL(name)                                                     \
	"{id: batch/Job/ns/" name ", events: 'pre-install,post-install," \
	"pre-upgrade,post-upgrade,pre-delete,post-delete,pre-rollback,"  \
	"post-rollback'}, "
#define AT(event, name, more) \
	"{id: batch/Job/ns/" name ", events: " event more "}, "
#define FIRST_HOOKS                                                                       \
	"[" AT_ALL("a") AT(                                                               \
		"pre-install", "b",                                                       \
		", weight: '-1', policy: "                                                \
		"hook-succeeded") "{id: /ConfigMap/ns/c, events: post-install}, " SERVICE \
		DEPLOYMENT("a") "]"
#define SECOND_HOOKS                                                                                             \
	"[" AT_ALL("a") AT(                                                                                      \
		"pre-upgrade", "b",                                                                              \
		", weight: '-1', policy: "                                                                       \
		"'before-hook-creation,hook-succeeded'") "{id: /ConfigMap/ns/c, events: post-upgrade}, " SERVICE \
		DEPLOYMENT("b") "]"
#define BAD_HOOKS(event, fate)                            \
	"[" AT(event, "bad", ", fate: " fate) AT_ALL("a") \
		SERVICE DEPLOYMENT("b") "]"
#define REFUSED_HOOKS "[" AT_ALL("a") SERVICE DEPLOYMENT("b") REFUSED "]"

/* Changes with hooks, and which of them are run when nothing disturbs. */
static const struct hook_row {
	struct plan_run row;
	const char *ran;
} hook_rows[] = {
	{ { .name = "install", .after = FIRST_HOOKS },
	  "b pre-install, a pre-install, a post-install, c post-install" },
	{ { .name = "redeploy", .before = FIRST_HOOKS, .after = SECOND_HOOKS },
	  "b pre-upgrade, a pre-upgrade, a post-upgrade, c post-upgrade" },
	{ { .name = "redeploy to none",
	    .before = FIRST_HOOKS,
	    .after = LITTLE,
	    .missing = { "/Service/ns/in" } },
	  "" },
	{ { .name = "redeploy from none",
	    .before = THIRD,
	    .after = SECOND_HOOKS },
	  "b pre-upgrade, a pre-upgrade, a post-upgrade, c post-upgrade" },
	{ { .name = "stop",
	    .before = FIRST_HOOKS,
	    .after = FIRST_HOOKS,
	    .stopped_after = true },
	  "" },
	{ { .name = "repair",
	    .before = FIRST_HOOKS,
	    .after = FIRST_HOOKS,
	    .missing = { "/Service/ns/in" } },
	  "" },
	{ { .name = "pre-install fails",
	    .after = BAD_HOOKS("pre-install", "failed"),
	    .refused = true },
	  "a pre-install, bad pre-install" },
	{ { .name = "post-install fails",
	    .after = BAD_HOOKS("post-install", "failed"),
	    .refused = true },
	  "a pre-install, a post-install, bad post-install" },
	{ { .name = "post-install is refused",
	    .after = BAD_HOOKS("post-install", "refused"),
	    .refused = true },
	  "a pre-install, a post-install" },
	{ { .name = "pre-upgrade fails: there is nothing to put back",
	    .before = FIRST_HOOKS,
	    .after = BAD_HOOKS("pre-upgrade", "failed"),
	    .refused = true },
	  "a pre-upgrade, bad pre-upgrade" },
	{ { .name = "pre-upgrade is refused",
	    .before = FIRST_HOOKS,
	    .after = BAD_HOOKS("pre-upgrade", "refused"),
	    .refused = true },
	  "a pre-upgrade" },
	{ { .name = "post-upgrade fails",
	    .before = FIRST_HOOKS,
	    .after = BAD_HOOKS("post-upgrade", "failed"),
	    .refused = true },
	  "a pre-upgrade, a post-upgrade, bad post-upgrade, a pre-rollback, "
	  "a post-rollback" },
	{ { .name = "a create is refused",
	    .before = FIRST_HOOKS,
	    .after = REFUSED_HOOKS,
	    .refused = true },
	  "a pre-upgrade, a pre-rollback, a post-rollback" },
	{ { .name = "hooks of a rollback that fail",
	    .before = BAD_HOOKS("pre-rollback", "failed"),
	    .after = REFUSED_HOOKS,
	    .refused = true },
	  "a pre-upgrade, a pre-rollback, bad pre-rollback, a post-rollback" },
	{ { .name = "uninstall", .before = FIRST_HOOKS },
	  "a pre-delete, a post-delete" },
	{ { .name = "uninstall, and post-delete fails",
	    .before = BAD_HOOKS("post-delete", "failed") },
	  "a pre-delete, a post-delete, bad post-delete" },
};

static void runs(void **state)
{
	const struct hook_row *row = *state;
	struct plan_run_goals g = { 0 };
	struct world w;

	plan_run_goals(&row->row, &g);
	plan_run_begin(&row->row, &g, &w);
	world_run(&w, &g.after, WORLD_TO_THE_END);
	assert_string_equal(w.log ? w.log : "", row->ran);
	world_done(&w);
	plan_run_goals_done(&g);
}

/* Of several records one tells which hooks have run, to the end. */
static void uninstalls(void **state)
{
	(void)state;
	struct goal first = { 0 }, second = { 0 }, gone = { 0 };

	goal_make(&first, FIRST_HOOKS);
	goal_make(&second, SECOND_HOOKS);
	goal_make(&gone, NULL);
	for (unsigned n = 0, steps = 1; n < steps; n++) {
		struct world w = { 0 };

		world_run(&w, &first, WORLD_TO_THE_END);
		world_run(&w, &second, WORLD_TO_THE_END);
		free(TAKE(w.log));
		steps = world_run(&w, &gone, n) + 1;
		steps += world_run(&w, &gone, WORLD_TO_THE_END);
		assert_true(w.gone);
		assert_string_equal(w.log, "a pre-delete, a post-delete");
		world_done(&w);
	}
	goal_done(&first);
	goal_done(&second);
	goal_done(&gone);
}

/* Nothing is deleted before what must come first has succeeded. */
static void pre_delete(void **state)
{
	(void)state;
	struct goal goal = { 0 }, gone = { 0 };
	struct world w = { 0 };

	goal_make(&goal, BAD_HOOKS("pre-delete", "failed"));
	goal_make(&gone, NULL);
	world_run(&w, &goal, WORLD_TO_THE_END);
	world_run(&w, &gone, WORLD_TO_THE_END);
	assert_true(w.blocked && w.claimed && !w.gone);
	world_check(&w, &goal);
	world_done(&w);
	goal_done(&goal);
	goal_done(&gone);
}

int main(void)
{
	const struct CMUnitTest others[] = { cmocka_unit_test(pre_delete),
					     cmocka_unit_test(uninstalls) };

	return ROWS_RUN("plan hooks", hook_rows, runs) +
	       ROWS_RUN("plan hooks: one crash", hook_rows, plan_run_crashes) +
	       ROWS_RUN("plan hooks: many crashes", hook_rows,
			plan_run_crashes_always) +
	       ROWS_RUN("plan hooks: another goal", hook_rows,
			plan_run_changes) +
	       cmocka_run_group_tests_name("plan hooks more", others, NULL,
					   NULL);
}
