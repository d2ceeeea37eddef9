/* The cases in hook/: what is to be done for the hooks of one event, given
 * what is live and recorded. Each is a test. */
#include "release/hook_plan.h"

#include "base/clock.h"
#include "base/limits.h"
#include "data/json.h"

#include "unit/release/given.h"
#include "unit/release/hook_case.h"
#include "unit/rows.h"

#include <glob.h>
#include <inttypes.h>

struct test {
	char *name;
	const struct val *given; /* one case; borrowed */
};

struct tests {
	VEC(struct test);
	struct val_list files;
};

struct input {
	struct hook_input in;
	struct hook_case hooks;
	VEC(struct hook_live) live;
	struct val *runs;
};

static int64_t time_of(const char *text)
{
	int64_t ns;

	if (!clock_parse(str_of(text), &ns))
		fail_msg("no time: %s", text);
	return ns;
}

static const char *either(const struct val *v, const char *key,
			  const char *otherwise)
{
	return val_get(v, key) ? val_text(val_get(v, key)) : otherwise;
}

static void check_keys(const struct val *map, const char *known)
{
	for (size_t i = 0; i < val_count(map); i++) {
		AUTO_FREE char *word =
			alloc_print(" " STR_FMT " ", STR_ARG(val_key(map, i)));

		if (!strstr(known, word))
			fail_msg("unknown key%s", word);
	}
}

static void read_live(struct input *input, const struct val *list,
		      const char *event)
{
	for (size_t i = 0; i < val_count(list); i++) {
		const struct val *v = val_at(list, i);
		char *run = alloc_print("%s/%s", either(v, "event", event),
					either(v, "record", "now"));

		check_keys(v, " id record event deleting keep state message "
			      "started completed ");
		*VEC_ADD(&input->live) = (struct hook_live){
			.id = val_get_text(v, "id"),
			.uid = "u",
			.run = run,
			.deleting = val_is_true(val_get(v, "deleting")),
			.keep = val_is_true(val_get(v, "keep")),
			.state = hook_case_state(val_get_text(v, "state")),
			.message = val_get_text(v, "message"),
			.started_at =
				either(v, "started", "2026-01-01T12:00:00Z"),
			.completed_at = val_get_text(v, "completed"),
		};
	}
}

/* {id: phase}, of one event. */
static struct val *read_runs(const struct val *map, enum hook_event event)
{
	struct val *runs = hook_runs_read("");

	for (size_t i = 0; i < val_count(map); i++) {
		AUTO_FREE char *id =
			alloc_text(val_key(map, i).p, val_key(map, i).n);
		const char *text = val_text(val_at(map, i));
		struct hook_run run = { HOOK_PHASE_RUNNING,
					"2026-01-01T11:59:00Z", "", "" };

		if (strcmp(text, "Succeeded") == 0)
			run.phase = HOOK_PHASE_SUCCEEDED;
		else if (strcmp(text, "Running") != 0)
			run.phase = HOOK_PHASE_FAILED, run.message = text;
		struct val *with = hook_runs_with(runs, event, id, &run);
		val_unref(runs);
		runs = with;
	}
	return runs;
}

static void read_input(const struct val *v, struct input *input)
{
	const char *event = either(v, "event", "pre-install");

	check_keys(v, " event now hooks live runs other ");
	input->in = (struct hook_input){
		.event = hook_case_event(event),
		.record_uid = "now",
		.now_ns = time_of(either(v, "now", "2026-01-01T12:01:00Z")),
	};
	hook_case_make(&input->hooks, val_get(v, "hooks"), event);
	read_live(input, val_get(v, "live"), event);
	input->runs = read_runs(val_get(v, "runs"), input->in.event);
	if (val_get(v, "other")) {
		struct val *with = val_with(input->runs, "post-install",
					    val_get(v, "other"));

		val_unref(input->runs);
		input->runs = with;
	}
	input->in.runs = input->runs;
	input->in.hooks = input->hooks.items;
	input->in.hook_count = input->hooks.count;
	input->in.live = input->live.items;
	input->in.live_count = input->live.count;
}

static void input_done(struct input *input)
{
	for (size_t i = 0; i < input->live.count; i++)
		free((char *)(uintptr_t)input->live.items[i].run);
	hook_case_done(&input->hooks);
	VEC_DONE(&input->live);
	val_unref(input->runs);
}

static void write_plan(const struct hook_input *in, const struct hook_plan *p,
		       struct buf *out)
{
	static const char *const outcomes[] = { "busy", "done", "failed" };
	const struct val *runs = val_get(p->runs, hook_event_text(in->event));

	buf_addf(out, "%s %s %" PRId64 "\n", outcomes[p->outcome], p->message,
		 p->wait_ms);
	for (size_t i = 0; i < p->steps.count; i++) {
		const struct hook_step *s = &p->steps.items[i];

		buf_addf(out, "- %s%s%s\n", hook_step_text(s->kind),
			 s->item ? " " : "", s->item ? s->item->id : "");
	}
	for (size_t i = 0; i < val_count(runs); i++) {
		const struct val *run = val_at(runs, i);

		buf_addf(out, "* " STR_FMT ": %s\n", STR_ARG(val_key(runs, i)),
			 *val_get_text(run, "message")
				 ? val_get_text(run, "message")
				 : val_get_text(run, "phase"));
	}
}

static void write_wanted(const struct val *want, struct buf *out)
{
	const struct val *steps = val_get(want, "steps");
	const struct val *runs = val_get(want, "runs");

	check_keys(want, " outcome message wait steps runs ");
	buf_addf(out, "%s %s %s\n", val_get_text(want, "outcome"),
		 val_get_text(want, "message"), either(want, "wait", "0"));
	for (size_t i = 0; i < val_count(steps); i++)
		buf_addf(out, "- %s\n", val_text(val_at(steps, i)));
	for (size_t i = 0; i < val_count(runs); i++)
		buf_addf(out, "* " STR_FMT ": %s\n", STR_ARG(val_key(runs, i)),
			 val_text(val_at(runs, i)));
}

/* What holds for every plan. */
static void check_plan(const struct hook_input *in, const struct hook_plan *p)
{
	bool marks = false, waits = false;

	for (size_t i = 0; i < p->steps.count; i++) {
		const struct hook_step *s = &p->steps.items[i];

		assert_false(waits);
		marks = marks || s->kind == HOOK_STEP_MARK;
		waits = s->kind == HOOK_STEP_WAIT;
		assert_true(!s->live || strcmp(s->live->id, s->item->id) == 0);
	}
	assert_int_equal(waits, p->outcome == HOOK_OUTCOME_BUSY);
	assert_int_equal(marks, !val_equal(p->runs, in->runs));
}

static void plans(void **state)
{
	const struct test *test = *state;
	AUTO_BUF want = BUF_INIT(LIMIT_MIB(1)), got = BUF_INIT(LIMIT_MIB(1));
	struct input input = { 0 };
	struct hook_plan plan = { 0 };

	read_input(val_get(test->given, "input"), &input);
	hook_plan_make(&input.in, &plan);
	write_wanted(val_get(test->given, "want"), &want);
	write_plan(&input.in, &plan, &got);
	assert_string_equal(buf_text(&got), buf_text(&want));
	check_plan(&input.in, &plan);
	hook_plan_done(&plan);
	input_done(&input);
}

/* Times are those of the object, where it has them. */
static void times(void **state)
{
	static const char yaml[] =
		"{now: 2026-01-01T12:03:00.5Z, hooks: ["
		"{id: batch/Job/ns/a}, {id: /ConfigMap/ns/b}, "
		"{id: batch/Job/ns/c}], live: ["
		"{id: batch/Job/ns/a, completed: 2026-01-01T12:02:00Z}]}";
	AUTO(val_unref) struct val *v = given(yaml);
	struct input input = { 0 };
	struct hook_plan plan = { 0 };

	(void)state;
	read_input(v, &input);
	hook_plan_make(&input.in, &plan);
	assert_given(plan.runs,
		     "{pre-install: {batch/Job/ns/a: {phase: Succeeded, "
		     "started_at: '2026-01-01T12:00:00Z', "
		     "completed_at: '2026-01-01T12:02:00Z'}, "
		     "/ConfigMap/ns/b: {phase: Succeeded, "
		     "started_at: '2026-01-01T12:03:00Z', "
		     "completed_at: '2026-01-01T12:03:00Z'}, "
		     "batch/Job/ns/c: {phase: Running, "
		     "started_at: '2026-01-01T12:03:00Z'}}}");
	assert_true(plan.wait_ms == LIMIT_HOOK_S * INT64_C(1000));
	hook_plan_done(&plan);
	input_done(&input);
}

/* An object that cannot be created fails its hook, and what follows. */
static void refused(void **state)
{
	AUTO(val_unref) struct val *v =
		given("{hooks: [{id: /ConfigMap/ns/a, policy: hook-succeeded}, "
		      "{id: batch/Job/ns/b}], live: [{id: /ConfigMap/ns/a}]}");
	struct input input = { 0 };
	struct hook_plan plan = { 0 };

	(void)state;
	read_input(v, &input);
	AUTO(val_unref) struct val *runs = hook_plan_refused(
		&input.in, &input.in.hooks[1], "unknown field sepc");
	input.in.runs = runs;
	hook_plan_make(&input.in, &plan);
	assert_int_equal(plan.outcome, HOOK_OUTCOME_BUSY);
	assert_string_equal(plan.message, "pre-install hook Job b was refused: "
					  "unknown field sepc");
	assert_string_equal(plan.steps.items[1].live->id, "/ConfigMap/ns/a");
	hook_plan_done(&plan);
	input_done(&input);
}

static void read_file(const char *path, struct tests *out)
{
	const char *slash = strrchr(path, '/') + 1;
	struct val *list = given_file(path);

	val_list_add_take(&out->files, list);
	for (size_t i = 0; i < val_count(list); i++) {
		const struct val *v = val_at(list, i);

		*VEC_ADD(out) = (struct test){
			alloc_print("%.*s: %s", (int)strcspn(slash, "."), slash,
				    val_get_text(v, "name")),
			v,
		};
	}
}

int main(void)
{
	const struct CMUnitTest others[] = { cmocka_unit_test(times),
					     cmocka_unit_test(refused) };
	struct tests tests = { 0 };
	glob_t files;

	if (glob("tests/unit/release/hook/*.yaml", 0, NULL, &files) != 0)
		return 1;
	for (size_t i = 0; i < files.gl_pathc; i++)
		read_file(files.gl_pathv[i], &tests);
	globfree(&files);
	int failed = rows_run("hook plan", tests.items, tests.count,
			      sizeof(*tests.items), plans);
	for (size_t i = 0; i < tests.count; i++)
		free(tests.items[i].name);
	VEC_DONE(&tests);
	val_list_drop(&tests.files);
	return failed + cmocka_run_group_tests_name("hook plan more", others,
						    NULL, NULL);
}
