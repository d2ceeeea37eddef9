/* What a plan comes to, for people. Whole plans: tests/e2e/test_plan.py. */
#include "release/describe.h"

#include "base/alloc.h"
#include "base/limits.h"

#include "unit/release/given.h"
#include "unit/release/plan_case.h"
#include "unit/rows.h"

#define RUNNING                                                       \
	"digest: d2, shape: s2, old: [{id: /ConfigMap/ns/x, object: " \
	"{data: {a: '1', b: '2'}}}, {id: /Service/ns/x}], "           \
	"records: [{status: deployed, digest: d1, shape: s1}]"

/* An input as in plan/, live objects by id, and what is said. */
static const struct row {
	const char *name, *input, *live, *text;
} rows[] = {
	{ "install",
	  "{digest: d1, want: [{id: /ConfigMap/ns/x}, {id: "
	  "rbac.authorization.k8s.io/ClusterRole//y}]}",
	  "{}",
	  "install, revision 1\n"
	  "+ ConfigMap ns/x: create\n"
	  "+ ClusterRole y: create\n" },
	{ "redeploy",
	  "{" RUNNING ", want: [{id: /ConfigMap/ns/x, object: {data: "
	  "{a: '9', c: '3'}}}], live: [{id: /ConfigMap/ns/x}, "
	  "{id: /Service/ns/x}]}",
	  "{/ConfigMap/ns/x: {kind: ConfigMap, metadata: {name: x, namespace: "
	  "ns}, data: {a: '1', b: '2'}}}",
	  "redeploy, revision 2\n"
	  "- Service ns/x: delete\n"
	  "~ ConfigMap ns/x: recreate\n"
	  "    ~ data.a: \"1\" -> \"9\"\n"
	  "    + data.c: \"3\"\n"
	  "    - data.b: \"2\"\n" },
	{ "what is gone is only made",
	  "{" RUNNING ", want: [{id: /ConfigMap/ns/x}]}", "{}",
	  "redeploy, revision 2\n"
	  "+ ConfigMap ns/x: create\n" },
	{ "a secret",
	  "{digest: d2, shape: s2, records: [{status: deployed, digest: d1, "
	  "shape: s1}], old: [{id: /Secret/ns/x, object: {stringData: "
	  "{a: open, b: x}}}], want: [{id: /Secret/ns/x, object: {stringData: "
	  "{a: sesame}, type: T}}], live: [{id: /Secret/ns/x}]}",
	  "{/Secret/ns/x: {kind: Secret, metadata: {name: x, namespace: ns}, "
	  "data: {a: b3Blbg==, b: eA==}, type: U}}",
	  "redeploy, revision 2\n"
	  "~ Secret ns/x: recreate\n"
	  "    ~ data.a: *** -> ***\n"
	  "    ~ type: \"U\" -> \"T\"\n"
	  "    - data.b: ***\n" },
	{ "sizes, but those that are so already",
	  "{digest: d2, shape: s1, records: [{status: deployed, digest: d1, "
	  "shape: s1}], want: [{id: apps/Deployment/ns/x, object: {spec: "
	  "{replicas: 0}}}, {id: apps/Deployment/ns/y, object: {spec: "
	  "{replicas: 1}}}], live: [{id: apps/Deployment/ns/x}, "
	  "{id: apps/Deployment/ns/y}]}",
	  "{apps/Deployment/ns/x: {kind: Deployment, metadata: {name: x, "
	  "namespace: ns}, spec: {replicas: 1}}, apps/Deployment/ns/y: {kind: "
	  "Deployment, metadata: {name: y, namespace: ns}, spec: "
	  "{replicas: 1}}}",
	  "scale, revision 1\n"
	  "~ Deployment ns/x: scale\n"
	  "    ~ spec.replicas: 1 -> 0\n" },
	{ "a claim that waits",
	  "{digest: d2, shape: s1, records: [{status: deployed, digest: d1, "
	  "shape: s1}], want: [{id: /PersistentVolumeClaim/ns/x, object: {spec: "
	  "{resources: {requests: {storage: 2Gi}}}}}], live: [{id: "
	  "/PersistentVolumeClaim/ns/x, storage: 1Gi}]}",
	  "{}",
	  "scale, revision 1\n"
	  "/PersistentVolumeClaim/ns/x: grows once it is bound\n" },
	{ "uninstall", "{deleting: true, live: [{id: /Service/ns/x}]}", "{}",
	  "uninstall, revision 0\n"
	  "- Service ns/x: delete\n" },
	{ "what waits",
	  "{waits_for_user: true, intact: true, config: c, digest: d2, want: "
	  "[{id: /Service/ns/new}], records: [{status: deployed, digest: d1, "
	  "shape: s1, config: c}], live: [{id: /Service/ns/x}]}",
	  "{}",
	  "nothing, revision 1\n"
	  "the chart or a template has changed: that is applied at the next "
	  "change or start\n" },
	{ "nothing",
	  "{digest: d1, shape: s1, records: [{status: deployed, digest: d1, "
	  "shape: s1}]}",
	  "{}", "nothing, revision 1\n" },
};

static struct val *description(const char *input, const char *live_text,
			       size_t most)
{
	AUTO(val_unref) struct val *given_input = given(input);
	AUTO(val_unref) struct val *live = given(live_text);
	struct plan_case c = { 0 };
	struct plan plan = { 0 };

	plan_case_read(given_input, &c);
	plan_make(&c.in, &plan);
	struct val *v = describe_plan(&c.in, &plan, live, most);
	plan_done(&plan);
	plan_case_done(&c);
	return v;
}

static void is_described(void **state)
{
	const struct row *row = *state;
	AUTO(val_unref) struct val *v =
		description(row->input, row->live, SIZE_MAX);
	AUTO_BUF text = BUF_INIT(LIMIT_MIB(1));

	describe_text(v, &text);
	assert_string_equal(buf_text(&text), row->text);
	assert_int_equal(describe_is_change(v), !strstr(row->text, "nothing"));
}

static void objects_are_limited(void **state)
{
	(void)state;
	AUTO(val_unref) struct val *v =
		description("{digest: d1, want: [{id: /ConfigMap/ns/a}, {id: "
			    "/ConfigMap/ns/b}, {id: /ConfigMap/ns/c}]}",
			    "{}", 1);
	AUTO_BUF text = BUF_INIT(LIMIT_MIB(1));

	describe_text(v, &text);
	assert_string_equal(buf_text(&text), "install, revision 1\n"
					     "+ ConfigMap ns/a: create\n"
					     "and 2 more objects\n");
}

/* LIMIT_DESCRIBED_FIELDS and LIMIT_DESCRIBED_VALUE. */
static void fields_are_limited(void **state)
{
	(void)state;
	AUTO_BUF old = BUF_INIT(LIMIT_MIB(1)), input = BUF_INIT(LIMIT_MIB(1));

	for (int i = 0; i < LIMIT_DESCRIBED_FIELDS + 5; i++)
		buf_addf(&old, "k%02d: '%0200d', ", i, 0);
	buf_addf(&input,
		 "{digest: d2, shape: s2, records: [{status: deployed, digest: "
		 "d1, shape: s1}], old: [{id: /ConfigMap/ns/x, object: {data: "
		 "{%s}}}], want: [{id: /ConfigMap/ns/x}], live: "
		 "[{id: /ConfigMap/ns/x}]}",
		 buf_text(&old));
	AUTO(val_unref) struct val *v =
		description(buf_text(&input), "{}", SIZE_MAX);
	const struct val *object = val_at(val_get(v, "objects"), 0);
	const struct val *fields = val_get(object, "fields");

	assert_true(val_count(fields) >= 1 &&
		    val_count(fields) <= LIMIT_DESCRIBED_FIELDS);
	for (size_t i = 0; i < val_count(fields); i++)
		assert_true(strlen(val_get_text(val_at(fields, i), "from")) <=
			    LIMIT_DESCRIBED_VALUE + strlen("…"));
}

int main(void)
{
	const struct CMUnitTest others[] = {
		cmocka_unit_test(objects_are_limited),
		cmocka_unit_test(fields_are_limited),
	};

	return ROWS_RUN("describe", rows, is_described) +
	       cmocka_run_group_tests_name("describe more", others, NULL, NULL);
}
