/* The cases in plan/: what is to be done, given what is wanted, recorded and
 * live. Each is a test. */
#include "unit/release/plan_case.h"

#include "base/alloc.h"
#include "base/buf.h"
#include "base/limits.h"

#include "unit/release/given.h"
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

static void write_plan(const struct plan *p, struct buf *out)
{
	const char *held = p->pending ? " pending" : p->stuck ? " stuck" : "";

	buf_addf(out, "%s %" PRId64 "%s%s%s%s%s%s\n",
		 plan_action_text(p->action), p->revision,
		 p->need_old ? " needs old" : "",
		 p->need_live ? " needs live" : "", held,
		 p->failed ? " failed" : "", p->unbound ? " unbound" : "",
		 p->unsure ? " unsure" : "");
	for (size_t i = 0; i < p->steps.count; i++) {
		AUTO_FREE char *text = plan_case_step(&p->steps.items[i]);

		buf_addf(out, "- %s\n", text);
	}
}

static void write_wanted(const struct val *want, struct buf *out)
{
	const struct val *steps = val_get(want, "steps");

	buf_addf(out, "%s %s%s%s%s%s%s%s\n", val_get_text(want, "action"),
		 val_text(val_get(want, "revision")),
		 val_is_true(val_get(want, "need_old")) ? " needs old" : "",
		 val_is_true(val_get(want, "need_live")) ? " needs live" : "",
		 val_is_true(val_get(want, "pending")) ? " pending"
		 : val_is_true(val_get(want, "stuck")) ? " stuck"
						       : "",
		 val_is_true(val_get(want, "failed")) ? " failed" : "",
		 val_is_true(val_get(want, "unbound")) ? " unbound" : "",
		 val_is_true(val_get(want, "unsure")) ? " unsure" : "");
	for (size_t i = 0; i < val_count(steps); i++)
		buf_addf(out, "- %s\n", val_text(val_at(steps, i)));
}

/* What a step writes belongs to the revision of the plan. */
static void check_revisions(const struct plan *p)
{
	for (size_t i = 0; i < p->steps.count; i++) {
		const struct step *s = &p->steps.items[i];

		if (s->kind == STEP_CREATE || s->kind == STEP_PATCH ||
		    s->kind == STEP_SCALE)
			assert_int_equal(s->revision, p->revision);
		if (s->kind == STEP_PATCH || s->kind == STEP_SCALE)
			assert_string_equal(s->item->id, s->live->id);
	}
}

static void plans(void **state)
{
	const struct test *test = *state;
	AUTO_BUF want = BUF_INIT(LIMIT_MIB(1));
	AUTO_BUF got = BUF_INIT(LIMIT_MIB(1));
	struct plan_case c = { 0 };
	struct plan plan = { 0 };

	plan_case_read(val_get(test->given, "input"), &c);
	plan_make(&c.in, &plan);
	write_wanted(val_get(test->given, "want"), &want);
	write_plan(&plan, &got);
	assert_string_equal(buf_text(&got), buf_text(&want));
	check_revisions(&plan);
	plan_done(&plan);
	plan_case_done(&c);
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

static void group(void **state)
{
	(void)state;
	AUTO_FREE char *custom = plan_group("ide.example.com/DevMachine/a/b");
	AUTO_FREE char *core = plan_group("/Secret/a/b");

	assert_string_equal(custom, "ide.example.com");
	assert_string_equal(core, "");
}

int main(void)
{
	const struct CMUnitTest others[] = { cmocka_unit_test(group) };
	struct tests tests = { 0 };
	glob_t files;

	if (glob("tests/unit/release/plan/*.yaml", 0, NULL, &files) != 0)
		return 1;
	for (size_t i = 0; i < files.gl_pathc; i++)
		read_file(files.gl_pathv[i], &tests);
	globfree(&files);
	int failed = rows_run("plan", tests.items, tests.count,
			      sizeof(*tests.items), plans);
	for (size_t i = 0; i < tests.count; i++)
		free(tests.items[i].name);
	VEC_DONE(&tests);
	val_list_drop(&tests.files);
	return failed +
	       cmocka_run_group_tests_name("plan more", others, NULL, NULL);
}
