/* What a release puts on its objects, and how it knows them again. */
#include "release/owner.h"

#include "base/alloc.h"

#include "unit/release/given.h"
#include "unit/rows.h"

static const struct owner bob = {
	.api_version = "ide.example.com/v1alpha1",
	.kind = "DevMachine",
	.namespace = "team",
	.name = "bob",
	.uid = "uid-1",
	.release = "bob",
	.release_namespace = "team",
	.chart = "devmachine",
};

#define REFERENCE                                                     \
	"ownerReferences: [{apiVersion: ide.example.com/v1alpha1, "   \
	"kind: DevMachine, name: bob, uid: uid-1, controller: true, " \
	"blockOwnerDeletion: true}]"
#define LABELS                                 \
	"app.kubernetes.io/managed-by: Helm, " \
	"helm.sdk.operatorframework.io/chart: devmachine"
#define RELEASE                            \
	"meta.helm.sh/release-name: bob, " \
	"meta.helm.sh/release-namespace: team"
#define PRIMARY                                     \
	"operator-sdk/primary-resource: team/bob, " \
	"operator-sdk/primary-resource-type: DevMachine.ide.example.com"

static const struct row {
	const char *name, *object, *want;
} rows[] = {
	{ "object of the same namespace",
	  "{kind: Service, metadata: {name: x, namespace: team}, spec: {a: 1}}",
	  "{kind: Service, metadata: {name: x, namespace: team, "
	  "labels: {" LABELS "}, annotations: {" RELEASE
	  ", ide.example.com/revision: '7'}, " REFERENCE "}, spec: {a: 1}}" },
	{ "its own labels and annotations stay",
	  "{kind: Service, metadata: {name: x, namespace: team, "
	  "labels: {app: x}, annotations: {note: y}}}",
	  "{kind: Service, metadata: {name: x, namespace: team, "
	  "labels: {app: x, " LABELS "}, annotations: {note: y, " RELEASE
	  ", ide.example.com/revision: '7'}, " REFERENCE "}}" },
	{ "ours win",
	  "{kind: Service, metadata: {name: x, namespace: team, labels: "
	  "{app.kubernetes.io/managed-by: me}, annotations: "
	  "{meta.helm.sh/release-name: other}, ownerReferences: [{uid: u}]}}",
	  "{kind: Service, metadata: {name: x, namespace: team, "
	  "labels: {" LABELS "}, annotations: {" RELEASE
	  ", ide.example.com/revision: '7'}, " REFERENCE "}}" },
	{ "kept outlives its owner",
	  "{kind: Secret, metadata: {name: x, namespace: team, "
	  "annotations: {helm.sh/resource-policy: keep}}}",
	  "{kind: Secret, metadata: {name: x, namespace: team, "
	  "labels: {" LABELS
	  "}, annotations: {helm.sh/resource-policy: keep, " RELEASE
	  ", ide.example.com/revision: '7', " PRIMARY "}}}" },
	{ "in another namespace",
	  "{kind: Service, metadata: {name: x, namespace: other}}",
	  "{kind: Service, metadata: {name: x, namespace: other, "
	  "labels: {" LABELS "}, annotations: {" RELEASE
	  ", ide.example.com/revision: '7', " PRIMARY "}}}" },
	{ "in no namespace", "{kind: ClusterRole, metadata: {name: x}}",
	  "{kind: ClusterRole, metadata: {name: x, "
	  "labels: {" LABELS "}, annotations: {" RELEASE
	  ", ide.example.com/revision: '7', " PRIMARY "}}}" },
	{ "pod template",
	  "{kind: Deployment, metadata: {name: x, namespace: team}, spec: "
	  "{replicas: 1, template: {metadata: {labels: {app: x}}, "
	  "spec: {containers: [{name: c}]}}}}",
	  "{kind: Deployment, metadata: {name: x, namespace: team, "
	  "labels: {" LABELS "}, annotations: {" RELEASE
	  ", ide.example.com/revision: '7'}, " REFERENCE "}, spec: "
	  "{replicas: 1, template: {metadata: {labels: {app: x, "
	  "helm.sdk.operatorframework.io/chart: devmachine}, "
	  "annotations: {" PRIMARY "}}, spec: {containers: [{name: c}]}}}}" },
	{ "template without metadata",
	  "{kind: Job, metadata: {name: x, namespace: team}, spec: "
	  "{template: {spec: {containers: [{name: c}]}}}}",
	  "{kind: Job, metadata: {name: x, namespace: team, "
	  "labels: {" LABELS "}, annotations: {" RELEASE
	  ", ide.example.com/revision: '7'}, " REFERENCE "}, spec: "
	  "{template: {metadata: {labels: "
	  "{helm.sdk.operatorframework.io/chart: devmachine}, "
	  "annotations: {" PRIMARY "}}, spec: {containers: [{name: c}]}}}}" },
	{ "null labels and annotations",
	  "{kind: Service, metadata: {name: x, namespace: team, "
	  "labels: null, annotations: null}}",
	  "{kind: Service, metadata: {name: x, namespace: team, "
	  "labels: {" LABELS "}, annotations: {" RELEASE
	  ", ide.example.com/revision: '7'}, " REFERENCE "}}" },
	{ "labels that are none stay, to be refused",
	  "{kind: Service, metadata: {name: x, namespace: team, "
	  "labels: [a]}}",
	  "{kind: Service, metadata: {name: x, namespace: team, "
	  "labels: [a], annotations: {" RELEASE
	  ", ide.example.com/revision: '7'}, " REFERENCE "}}" },
	{ "a template that is not of pods",
	  "{kind: Widget, metadata: {name: x, namespace: team}, "
	  "spec: {template: {spec: {a: 1}}}}",
	  "{kind: Widget, metadata: {name: x, namespace: team, "
	  "labels: {" LABELS "}, annotations: {" RELEASE
	  ", ide.example.com/revision: '7'}, " REFERENCE "}, "
	  "spec: {template: {spec: {a: 1}}}}" },
};

static void stamps(void **state)
{
	const struct row *row = *state;
	AUTO(val_unref) struct val *object = given(row->object);
	AUTO(val_unref) struct val *got = owner_stamp(&bob, 7, object);

	assert_given(got, row->want);
	assert_given(object, row->object);
	/* What is stamped is known again. */
	assert_true(owner_has(&bob, got));
	assert_int_equal(owner_revision(got), 7);
}

#define JOB_POD(annotations)                                               \
	"spec: {template: {metadata: {labels: "                            \
	"{helm.sdk.operatorframework.io/chart: devmachine}, annotations: " \
	"{" PRIMARY annotations "}}, spec: {containers: [{name: c}]}}}"

/* Objects of hooks. */
static const struct hook_row {
	const char *name;
	enum hook_event event;
	const char *object, *want;
} hook_rows[] = {
	{ "Job of a hook", HOOK_PRE_UPGRADE,
	  "{kind: Job, metadata: {name: x, namespace: team}, spec: "
	  "{template: {spec: {containers: [{name: c}]}}}}",
	  "{kind: Job, metadata: {name: x, namespace: team, "
	  "labels: {" LABELS "}, annotations: {" RELEASE
	  ", ide.example.com/revision: '7', ide.example.com/hook-run: "
	  "pre-upgrade/r1}, " REFERENCE
	  "}, " JOB_POD(", ide.example.com/hook-run: pre-upgrade/r1") "}" },
	{ "what holds data: the same", HOOK_PRE_INSTALL,
	  "{kind: PersistentVolumeClaim, metadata: {name: x, namespace: "
	  "team}}",
	  "{kind: PersistentVolumeClaim, metadata: {name: x, namespace: team, "
	  "labels: {" LABELS "}, annotations: {" RELEASE
	  ", ide.example.com/revision: '7', " PRIMARY
	  ", ide.example.com/hook-run: pre-install/r1}}}" },
	{ "of a deletion: not for the garbage collector", HOOK_POST_DELETE,
	  "{kind: Secret, metadata: {name: x, namespace: team}}",
	  "{kind: Secret, metadata: {name: x, namespace: team, "
	  "labels: {" LABELS "}, annotations: {" RELEASE
	  ", ide.example.com/revision: '7', " PRIMARY
	  ", ide.example.com/hook-run: post-delete/r1}}}" },
};

static void stamps_hook(void **state)
{
	const struct hook_row *row = *state;
	AUTO(val_unref) struct val *object = given(row->object);
	AUTO(val_unref) struct val *got =
		owner_stamp_hook(&bob, 7, row->event, "r1", object);
	AUTO_FREE char *run = owner_hook_run(row->event, "r1");

	assert_given(got, row->want);
	assert_true(owner_has(&bob, got));
	assert_int_equal(owner_revision(got), 7);
	assert_string_equal(owner_run(got), run);
	assert_string_equal(owner_run(object), "");
}

static const struct has_row {
	const char *name, *live;
	bool has;
	const char *who;
} has_rows[] = {
	{ "by reference",
	  "{metadata: {annotations: {" RELEASE "}, " REFERENCE "}}", true,
	  "DevMachine bob" },
	{ "by annotation",
	  "{metadata: {annotations: {" RELEASE ", " PRIMARY "}}}", true,
	  "DevMachine.ide.example.com team/bob" },
	{ "one reference of several",
	  "{metadata: {annotations: {" RELEASE
	  "}, ownerReferences: [{kind: A, name: a, uid: x}, {uid: uid-1}]}}",
	  true, "A a" },
	{ "another release's name",
	  "{metadata: {annotations: {meta.helm.sh/release-name: eve, "
	  "meta.helm.sh/release-namespace: team}, " REFERENCE "}}",
	  false, "DevMachine bob" },
	{ "a release of another namespace",
	  "{metadata: {annotations: {meta.helm.sh/release-name: bob, "
	  "meta.helm.sh/release-namespace: eve, " PRIMARY "}}}",
	  false, "DevMachine.ide.example.com team/bob" },
	{ "another uid of the same name",
	  "{metadata: {annotations: {" RELEASE "}, ownerReferences: "
	  "[{kind: DevMachine, name: bob, uid: uid-2}]}}",
	  false, "DevMachine bob" },
	{ "another kind of the same name",
	  "{metadata: {annotations: {" RELEASE
	  ", operator-sdk/primary-resource: team/bob, "
	  "operator-sdk/primary-resource-type: Workspace.ide.example.com}}}",
	  false, "Workspace.ide.example.com team/bob" },
	{ "a release that a person made",
	  "{metadata: {annotations: {" RELEASE "}}}", false,
	  "release \"bob\" in namespace \"team\"" },
	{ "reference without release", "{metadata: {" REFERENCE "}}", false,
	  "DevMachine bob" },
	{ "nothing", "{metadata: {name: x}}", false, "nobody that is known" },
	{ "no metadata", "{}", false, "nobody that is known" },
};

static void has(void **state)
{
	const struct has_row *row = *state;
	AUTO(val_unref) struct val *live = given(row->live);
	AUTO_FREE char *who = owner_describe(live);

	assert_int_equal(owner_has(&bob, live), row->has);
	assert_string_equal(who, row->who);
}

#define HELM "{app.kubernetes.io/managed-by: Helm}"

static const struct claim_row {
	const char *name, *metadata;
	bool may;
} claim_rows[] = {
	{ "a person's helm made it",
	  "annotations: {" RELEASE "}, labels: " HELM, true },
	{ "its owner was taken off",
	  "annotations: {" RELEASE "}, labels: " HELM ", ownerReferences: []",
	  true },
	{ "somebody refers to it, who is no controller",
	  "annotations: {" RELEASE "}, labels: " HELM
	  ", ownerReferences: [{kind: A, name: a, uid: x}]",
	  true },
	{ "a controller has it",
	  "annotations: {" RELEASE "}, labels: " HELM
	  ", ownerReferences: [{kind: A, name: a, uid: x, controller: true}]",
	  false },
	{ "another resource has it",
	  "annotations: {" RELEASE
	  ", operator-sdk/primary-resource: team/eve}, labels: " HELM,
	  false },
	{ "not Helm's", "annotations: {" RELEASE "}", false },
	{ "of no release", "labels: " HELM, false },
};

static void may_be_claimed(void **state)
{
	const struct claim_row *row = *state;
	AUTO_FREE char *text = alloc_print("{metadata: {%s}}", row->metadata);
	AUTO(val_unref) struct val *live = given(text);

	assert_int_equal(owner_may_claim(&bob, live), row->may);
}

static const struct revision_row {
	const char *name, *text;
	int64_t want;
} revision_rows[] = {
	{ "one digit", "'1'", 1 },
	{ "several", "'1205'", 1205 },
	{ "none", "''", 0 },
	{ "no text", "5", 0 },
	{ "negative", "'-1'", 0 },
	{ "blank", "' 1'", 0 },
	{ "text", "one", 0 },
	{ "behind the digits", "'1x'", 0 },
	{ "the most", "'2147483647'", INT32_MAX },
	{ "one more", "'2147483648'", 0 },
	{ "far too many digits", "'99999999999999999999999999'", 0 },
};

static void revisions(void **state)
{
	const struct revision_row *row = *state;
	AUTO_FREE char *text = alloc_print("{metadata: {annotations: "
					   "{ide.example.com/revision: %s}}}",
					   row->text);
	AUTO(val_unref) struct val *live = given(text);

	assert_int_equal(owner_revision(live), row->want);
}

static const struct keep_row {
	const char *name, *text;
	bool kept;
} keep_rows[] = {
	{ "keep", "keep", true },      { "Keep", "Keep", true },
	{ "delete", "delete", false }, { "keep it", "keep it", false },
	{ "no text", "true", false },
};

static void keeps(void **state)
{
	const struct keep_row *row = *state;
	AUTO_FREE char *text = alloc_print(
		"{metadata: {annotations: {helm.sh/resource-policy: %s}}}",
		row->text);
	AUTO(val_unref) struct val *object = given(text);

	assert_int_equal(owner_is_kept(object), row->kept);
}

static const struct group_row {
	const char *name, *group;
} group_rows[] = {
	{ "v1", "" },
	{ "apps/v1", "apps" },
	{ "ide.example.com/v1alpha1", "ide.example.com" },
	{ "", "" },
};

static void groups(void **state)
{
	const struct group_row *row = *state;

	assert_true(str_is(owner_group(row->name), row->group));
}

static void core_owner(void **state)
{
	(void)state;
	struct owner core = bob;
	AUTO(val_unref) struct val *object =
		given("{metadata: {name: x, namespace: other}}");

	core.api_version = "v1";
	core.kind = "ConfigMap";
	AUTO(val_unref) struct val *got = owner_stamp(&core, 1, object);
	assert_string_equal(
		val_get_text(val_get(val_get(got, "metadata"), "annotations"),
			     "operator-sdk/primary-resource-type"),
		"ConfigMap.");
	assert_true(owner_has(&core, got));
	assert_false(owner_has(&bob, got));
}

int main(void)
{
	const struct CMUnitTest others[] = { cmocka_unit_test(core_owner) };

	return ROWS_RUN("owner: hooks", hook_rows, stamps_hook) +
	       ROWS_RUN("owner stamp", rows, stamps) +
	       ROWS_RUN("owner has", has_rows, has) +
	       ROWS_RUN("owner may claim", claim_rows, may_be_claimed) +
	       ROWS_RUN("owner revision", revision_rows, revisions) +
	       ROWS_RUN("owner keeps", keep_rows, keeps) +
	       ROWS_RUN("owner group", group_rows, groups) +
	       cmocka_run_group_tests_name("owner more", others, NULL, NULL);
}
