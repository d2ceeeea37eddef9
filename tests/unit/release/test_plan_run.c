/*
 * Plans carried out in a world of their own, stopped after each of their
 * steps as a crash would, and planned again: the end is the same as without.
 */
#include "unit/release/world.h"

#include "base/alloc.h"

#include "unit/rows.h"

/* Goals. Kept and not, with an address and without, of every order. */
#define SECRET                                                 \
	"{id: /Secret/ns/x, object: {metadata: {annotations: " \
	"{ide.example.com/generate: password}}}}, "
#define KEPT                                                         \
	"{id: /ConfigMap/ns/kept, object: {metadata: {annotations: " \
	"{helm.sh/resource-policy: keep}}}}, "
#define CLAIM(size) \
	"{id: /PersistentVolumeClaim/ns/x, object: {spec: {size: " size "}}}, "
#define BALANCER(port)                                                          \
	"{id: /Service/ns/out, object: {spec: {type: LoadBalancer, port: " port \
	"}}}, "
#define SERVICE "{id: /Service/ns/in}, "
#define DEPLOYMENT(image)                                                       \
	"{id: apps/Deployment/ns/x, object: {spec: {replicas: 2, image: " image \
	"}}}, "
#define JOB "{id: batch/Job/ns/x, object: {spec: {suspend: false}}}, "
#define INGRESS(host)                                                      \
	"{id: networking.k8s.io/Ingress/ns/x, object: {spec: {host: " host \
	"}}}, "
#define WIDGET(text) \
	"{id: example.com/Widget/ns/x, object: {spec: {text: " text "}}}"
#define WORLDWIDE                                                  \
	"{id: /Namespace//x}, "                                    \
	"{id: apiextensions.k8s.io/CustomResourceDefinition//x}, " \
	"{id: rbac.authorization.k8s.io/ClusterRole//x}, "

#define STATEFUL(image)                                                          \
	"{id: apps/StatefulSet/ns/x, object: {spec: {replicas: 1, image: " image \
	", persistentVolumeClaimRetentionPolicy: {whenDeleted: Delete}}}}, "
#define STORAGE(size)                                                   \
	"{id: /PersistentVolumeClaim/ns/s, object: {spec: {resources: " \
	"{requests: {storage: " size "}}}}}, "
#define REFUSED "{id: /Service/ns/refused, object: {spec: {refused: true}}}, "

#define FIRST                                              \
	"[" SECRET KEPT CLAIM("1") WORLDWIDE BALANCER("1") \
		SERVICE DEPLOYMENT("a") JOB INGRESS("a") WIDGET("a") "]"
#define SECOND                                             \
	"[" SECRET KEPT CLAIM("2") WORLDWIDE BALANCER("1") \
		SERVICE DEPLOYMENT("b") INGRESS("b") WIDGET("b") "]"
#define THIRD                                                    \
	"[" SECRET KEPT CLAIM("1") BALANCER("3") DEPLOYMENT("c") \
		JOB INGRESS("b") WIDGET("a") "]"
#define LITTLE "[" SERVICE DEPLOYMENT("a") "]"
#define NOTHING "[]"
#define BAD \
	"[" KEPT CLAIM("2") SERVICE DEPLOYMENT("b") REFUSED JOB INGRESS("c") "]"
#define STATE "[" STORAGE("1Gi") SERVICE STATEFUL("a") "]"
#define MORE_STATE "[" STORAGE("2Gi") SERVICE STATEFUL("a") "]"
#define OTHER_STATE "[" STORAGE("2Gi") SERVICE STATEFUL("b") "]"

/* Before, then the change that is disturbed. NULL: there is nothing before;
 * deleted after. */
static const struct row {
	const char *name, *before, *after;
	bool stopped_before, stopped_after;
	/* Taken away between the two; "~id": changed, "!id": so that no patch
	 * changes it back. */
	const char *missing[3];
	bool refused; /* the one after: what was before is back */
	enum plan_on_drift on_drift;
} rows[] = {
	{ "install", NULL, FIRST, false, false, { NULL }, false, 0 },
	{ "install a little", NULL, LITTLE, false, false, { NULL }, false, 0 },
	{ "install nothing", NULL, NOTHING, false, false, { NULL }, false, 0 },
	{ "install stopped", NULL, FIRST, false, true, { NULL }, false, 0 },
	{ "redeploy", FIRST, SECOND, false, false, { NULL }, false, 0 },
	{ "redeploy back", SECOND, FIRST, false, false, { NULL }, false, 0 },
	{ "redeploy with claim and ingress as they were",
	  SECOND,
	  THIRD,
	  false,
	  false,
	  { NULL },
	  false,
	  PLAN_ON_DRIFT_REPAIR },
	{ "redeploy to a little",
	  FIRST,
	  LITTLE,
	  false,
	  false,
	  { NULL },
	  false,
	  0 },
	{ "redeploy to much", LITTLE, FIRST, false, false, { NULL }, false, 0 },
	{ "redeploy to nothing",
	  FIRST,
	  NOTHING,
	  false,
	  false,
	  { NULL },
	  false,
	  0 },
	{ "redeploy and stop", FIRST, SECOND, false, true, { NULL }, false, 0 },
	{ "redeploy with objects missing",
	  FIRST,
	  SECOND,
	  false,
	  false,
	  { "apps/Deployment/ns/x", "networking.k8s.io/Ingress/ns/x", NULL },
	  false,
	  PLAN_ON_DRIFT_REPAIR },
	{ "stop", FIRST, FIRST, false, true, { NULL }, false, 0 },
	{ "start", FIRST, FIRST, true, false, { NULL }, false, 0 },
	{ "stop with objects missing",
	  FIRST,
	  FIRST,
	  false,
	  true,
	  { "/Service/ns/in", "apps/Deployment/ns/x", NULL },
	  false,
	  PLAN_ON_DRIFT_REPAIR },
	{ "start with objects missing",
	  FIRST,
	  FIRST,
	  true,
	  false,
	  { "batch/Job/ns/x", "/Secret/ns/x", NULL },
	  false,
	  PLAN_ON_DRIFT_REPAIR },
	{ "nothing to do", FIRST, FIRST, false, false, { NULL }, false, 0 },
	{ "repair",
	  FIRST,
	  FIRST,
	  false,
	  false,
	  { "/Service/ns/in", "apps/Deployment/ns/x", NULL },
	  false,
	  PLAN_ON_DRIFT_REPAIR },
	{ "mend",
	  FIRST,
	  FIRST,
	  false,
	  false,
	  { "~/Service/ns/in", "~/PersistentVolumeClaim/ns/x", NULL },
	  false,
	  PLAN_ON_DRIFT_REPAIR },
	{ "mend what is stopped",
	  FIRST,
	  FIRST,
	  true,
	  true,
	  { "~/Service/ns/in", "apps/Deployment/ns/x", NULL },
	  false,
	  PLAN_ON_DRIFT_REPAIR },
	{ "mend what no patch mends",
	  FIRST,
	  FIRST,
	  false,
	  false,
	  { "!/Service/ns/out", "!apps/Deployment/ns/x", NULL },
	  false,
	  PLAN_ON_DRIFT_REPAIR },
	{ "mend what takes its claims along",
	  STATE,
	  STATE,
	  false,
	  false,
	  { "!apps/StatefulSet/ns/x", "~/Service/ns/in", NULL },
	  false,
	  PLAN_ON_DRIFT_REPAIR },
	{ "redeploy what has drifted",
	  FIRST,
	  FIRST,
	  false,
	  false,
	  { "~/Service/ns/out", "~apps/Deployment/ns/x", NULL },
	  false,
	  PLAN_ON_DRIFT_REDEPLOY },
	{ "redeploy since one is missing",
	  FIRST,
	  FIRST,
	  false,
	  false,
	  { "batch/Job/ns/x", NULL },
	  false,
	  PLAN_ON_DRIFT_REDEPLOY },
	{ "mend what a redeploy would leave",
	  FIRST,
	  FIRST,
	  false,
	  false,
	  { "~/Service/ns/out", "~/PersistentVolumeClaim/ns/x", NULL },
	  false,
	  PLAN_ON_DRIFT_REDEPLOY },
	{ "grow", STATE, MORE_STATE, false, false, { NULL }, false, 0 },
	{ "grow and stop", STATE, MORE_STATE, false, true, { NULL }, false, 0 },
	{ "grow and redeploy",
	  STATE,
	  OTHER_STATE,
	  false,
	  false,
	  { NULL },
	  false,
	  PLAN_ON_DRIFT_REPAIR },
	{ "stop what takes its claims along",
	  STATE,
	  STATE,
	  false,
	  true,
	  { NULL },
	  false,
	  PLAN_ON_DRIFT_REPAIR },
	{ "start what takes its claims along",
	  STATE,
	  STATE,
	  true,
	  false,
	  { NULL },
	  false,
	  PLAN_ON_DRIFT_REPAIR },
	{ "patch",
	  "[" CLAIM("1") SERVICE "]",
	  "[" CLAIM("2") SERVICE "]",
	  false,
	  false,
	  { NULL },
	  false,
	  PLAN_ON_DRIFT_REPAIR },
	{ "refused install", NULL, BAD, false, false, { NULL }, true, 0 },
	{ "refused redeploy", FIRST, BAD, false, false, { NULL }, true, 0 },
	{ "refused redeploy of what is stopped",
	  FIRST,
	  BAD,
	  true,
	  true,
	  { NULL },
	  true,
	  PLAN_ON_DRIFT_REPAIR },
	{ "refused redeploy with objects missing",
	  FIRST,
	  BAD,
	  false,
	  false,
	  { "/Service/ns/in", "apps/Deployment/ns/x" },
	  true,
	  PLAN_ON_DRIFT_REPAIR },
	{ "uninstall what was refused",
	  BAD,
	  NULL,
	  false,
	  false,
	  { NULL },
	  false,
	  PLAN_ON_DRIFT_REPAIR },
	{ "uninstall", FIRST, NULL, false, false, { NULL }, false, 0 },
	{ "uninstall a little", LITTLE, NULL, false, false, { NULL }, false, 0 },
	{ "uninstall nothing", NOTHING, NULL, false, false, { NULL }, false, 0 },
	{ "uninstall with objects missing",
	  FIRST,
	  NULL,
	  false,
	  false,
	  { "/Service/ns/in", "apps/Deployment/ns/x", NULL },
	  false,
	  PLAN_ON_DRIFT_REPAIR },
	{ "uninstall what was never installed",
	  NULL,
	  NULL,
	  false,
	  false,
	  { NULL },
	  false,
	  PLAN_ON_DRIFT_REPAIR },
};

struct goals {
	struct goal before, after;
};

static void make(struct goal *g, const char *yaml, bool stopped)
{
	if (stopped)
		goal_make_stopped(g, yaml);
	else
		goal_make(g, yaml);
}

static void make_goals(const struct row *row, struct goals *g)
{
	make(&g->before, row->before, row->stopped_before);
	make(&g->after, row->after, row->stopped_after);
}

static void goals_done(struct goals *g)
{
	goal_done(&g->before);
	goal_done(&g->after);
}

/* Whether the world is as a row leaves it. */
static void check(const struct row *row, const struct goals *g,
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

/* The world before the change. */
static void begin(const struct row *row, const struct goals *g, struct world *w)
{
	*w = (struct world){ .claimed = !row->after };
	if (row->before) {
		world_run(w, &g->before, WORLD_TO_THE_END);
		if (!strstr(row->before, "refused"))
			world_check(w, &g->before);
	}
	w->age = w->made;
	w->on_drift = row->on_drift;
	for (const char *const *id = row->missing; *id; id++)
		disturb(w, *id);
}

/* Crashes after n steps; the next process finds what was being deleted still
 * there, or gone already. */
static char *disturbed(const struct row *row, const struct goals *g, unsigned n,
		       bool slow)
{
	struct world w;

	begin(row, g, &w);
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
static char *clean(const struct row *row, const struct goals *g,
		   unsigned *out_steps)
{
	struct world w;

	begin(row, g, &w);
	*out_steps = world_run(&w, &g->after, WORLD_TO_THE_END);
	check(row, g, &w);
	/* It has come to rest. */
	if (!w.gone)
		assert_int_equal(world_run(&w, &g->after, WORLD_TO_THE_END), 0);
	char *text = world_text(&w);
	world_done(&w);
	return text;
}

static void crashes(void **state)
{
	const struct row *row = *state;
	struct goals g = { 0 };
	unsigned steps;

	make_goals(row, &g);
	AUTO_FREE char *want = clean(row, &g, &steps);
	for (unsigned n = 0; n < steps; n++)
		for (int slow = 0; slow < 2; slow++) {
			AUTO_FREE char *got = disturbed(row, &g, n, slow);

			if (strcmp(got, want) != 0)
				print_error("stopped after %u steps:\n", n);
			assert_string_equal(got, want);
		}
	goals_done(&g);
}

/* Crashes after a step, then after two, and so on until the end. */
static void crashes_always(void **state)
{
	const struct row *row = *state;
	struct goals g = { 0 };
	struct world w;
	unsigned steps, n = 0;

	make_goals(row, &g);
	AUTO_FREE char *want = clean(row, &g, &steps);
	begin(row, &g, &w);
	do {
		assert_true(++n < 100);
		if (n % 3 == 0)
			world_tick(&w);
	} while (!w.gone && world_run(&w, &g.after, n) > 0);
	AUTO_FREE char *got = world_text(&w);
	assert_string_equal(got, want);
	world_done(&w);
	goals_done(&g);
}

/* Wants something else after n steps. */
static void changes_mind(const struct row *row, const struct goals *g,
			 unsigned n, const char *yaml, bool stopped, bool slow)
{
	struct goal other = { 0 };
	struct world w;

	make(&other, yaml, stopped);
	begin(row, g, &w);
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

static void changes(void **state)
{
	static const char *const others[] = { FIRST,   SECOND, THIRD, LITTLE,
					      NOTHING, STATE,  NULL };
	const struct row *row = *state;
	struct goals g = { 0 };
	unsigned steps;

	if (!row->after)
		return;
	make_goals(row, &g);
	free(clean(row, &g, &steps));
	for (unsigned n = 0; n <= steps; n++)
		for (size_t i = 0; i < ARRAY_LEN(others); i++)
			for (int k = 0; k < 4; k++)
				if (others[i] || k < 2)
					changes_mind(row, &g, n, others[i],
						     k & 2, k & 1);
	goals_done(&g);
}

/* Thirty revisions, some of them given up half way. */
static void history(void **state)
{
	(void)state;
	struct goal goals[3] = { 0 };
	struct world w = { 0 };

	goal_make(&goals[0], FIRST);
	goal_make(&goals[1], SECOND);
	goal_make(&goals[2], THIRD);
	for (int i = 0; i < 30; i++) {
		/* Every fifth is given up half way. */
		if (i % 5 == 4)
			world_run(&w, &goals[i % 3], 4);
		else
			world_run(&w, &goals[i % 3], WORLD_TO_THE_END);
		if (i % 5 != 4)
			world_check(&w, &goals[i % 3]);
	}
	assert_int_equal(w.records.items[w.records.count - 1].revision, 30);
	world_done(&w);
	for (size_t i = 0; i < ARRAY_LEN(goals); i++)
		goal_done(&goals[i]);
}

int main(void)
{
	const struct CMUnitTest others[] = { cmocka_unit_test(history) };

	return ROWS_RUN("plan run: one crash", rows, crashes) +
	       ROWS_RUN("plan run: many crashes", rows, crashes_always) +
	       ROWS_RUN("plan run: another goal", rows, changes) +
	       cmocka_run_group_tests_name("plan run more", others, NULL, NULL);
}
