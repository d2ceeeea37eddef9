/* What is remembered of objects, and whose they are. */
#include "controller/summary.h"

#include "base/alloc.h"
#include "release/record.h"
#include "release/live.h"

#include "unit/release/given.h"
#include "unit/rows.h"

static char group_ide[] = "ide.example.com", machine[] = "DevMachine",
	    space[] = "Workspace", core[] = "", map_kind[] = "ConfigMap";
static struct watch_entry entries[] = {
	{ .group = group_ide, .kind = machine },
	{ .group = group_ide, .kind = space },
	{ .group = core, .kind = map_kind },
};
static const struct watches watches = { entries, ARRAY_LEN(entries) };

static const struct row {
	const char *name, *version, *kind, *object, *want;
} rows[] = {
	{ "service", "v1", "Service",
	  "{metadata: {name: x, namespace: ns, uid: u, "
	  "annotations: {ide.example.com/revision: '3'}}}",
	  "{id: /Service/ns/x, kind: Service, name: x, uid: u, rev: 3}" },
	{ "being deleted", "v1", "Service",
	  "{metadata: {name: x, namespace: ns, uid: u, "
	  "deletionTimestamp: '2026-01-01T00:00:00Z'}}",
	  "{id: /Service/ns/x, kind: Service, name: x, uid: u, rev: 0, "
	  "del: true}" },
	{ "kept", "v1", "Secret",
	  "{metadata: {name: x, namespace: ns, uid: u, "
	  "annotations: {helm.sh/resource-policy: keep}}}",
	  "{id: /Secret/ns/x, kind: Secret, name: x, uid: u, rev: 0, "
	  "keep: true}" },
	{ "cluster-scoped", "rbac.authorization.k8s.io/v1", "ClusterRole",
	  "{metadata: {name: x, uid: u}}",
	  "{id: rbac.authorization.k8s.io/ClusterRole//x, kind: ClusterRole, "
	  "name: x, uid: u, rev: 0}" },
	{ "nothing of a secret's data", "v1", "Secret",
	  "{metadata: {name: x, namespace: ns, uid: u}, data: {a: QQ==}}",
	  "{id: /Secret/ns/x, kind: Secret, name: x, uid: u, rev: 0}" },
	{ "deployment", "apps/v1", "Deployment",
	  "{metadata: {name: x, namespace: ns, uid: u, generation: 2}, "
	  "spec: {replicas: 2}, status: {observedGeneration: 2, replicas: 2, "
	  "readyReplicas: 1, updatedReplicas: 2}}",
	  "{id: apps/Deployment/ns/x, kind: Deployment, name: x, uid: u, "
	  "rev: 0, health: {want: 2, have: 2, ready: 1, updated: 2}}" },
	{ "claim", "v1", "PersistentVolumeClaim",
	  "{metadata: {name: x, namespace: ns, uid: u}, "
	  "status: {phase: Bound}}",
	  "{id: /PersistentVolumeClaim/ns/x, kind: PersistentVolumeClaim, "
	  "name: x, uid: u, rev: 0, health: {phase: Bound}}" },
	{ "pod", "v1", "Pod",
	  "{metadata: {name: x, namespace: ns, uid: u}, status: {phase: "
	  "Pending}}",
	  "{id: /Pod/ns/x, kind: Pod, name: x, uid: u, rev: 0, "
	  "health: {phase: Pending}}" },
	{ "claim of a list", "v1", "PersistentVolumeClaim",
	  "{metadata: {name: x, namespace: ns, uid: u}, spec: {resources: "
	  "{requests: {storage: 1Gi}}}, status: {phase: Bound}}",
	  "{id: /PersistentVolumeClaim/ns/x, kind: PersistentVolumeClaim, "
	  "name: x, uid: u, rev: 0, storage: 1Gi, health: {phase: Bound}}" },
	{ "StatefulSet of a list", "apps/v1", "StatefulSet",
	  "{metadata: {name: x, namespace: ns, uid: u}, spec: "
	  "{persistentVolumeClaimRetentionPolicy: {whenDeleted: Delete}}}",
	  "{id: apps/StatefulSet/ns/x, kind: StatefulSet, name: x, uid: u, "
	  "rev: 0, reaps: true, health: {have: 0, ready: 0, updated: 0, want: 1}}" },
	{ "a hook's, of a list that leaves its kind out", "batch/v1", "Job",
	  "{metadata: {name: x, namespace: ns, uid: u, creationTimestamp: "
	  "'2026-01-01T00:00:00Z', annotations: {ide.example.com/hook-run: "
	  "pre-install/r}}, status: {conditions: [{type: Failed, status: "
	  "'True', reason: BackoffLimitExceeded, lastTransitionTime: "
	  "'2026-01-01T00:00:09Z'}]}}",
	  "{id: batch/Job/ns/x, kind: Job, name: x, uid: u, rev: 0, run: "
	  "pre-install/r, state: 2, started: '2026-01-01T00:00:00Z', "
	  "completed: '2026-01-01T00:00:09Z', message: BackoffLimitExceeded}" },
	{ "nothing at all", "v1", "Service", "{}",
	  "{id: /Service//, kind: Service, name: '', uid: '', rev: 0}" },
};

static void live(void **state)
{
	const struct row *row = *state;
	AUTO(val_unref) struct val *object = given(row->object);
	AUTO(val_unref) struct val *text =
		summary_live(row->version, row->kind, object);
	AUTO_FREE char *key = summary_key(object);
	AUTO(val_unref) struct val *all =
		summary_read_live(row->version, row->kind, str_of(key), text);
	AUTO(val_unref) struct val *got = val_without(all, "live");
	char digest[LIVE_DIGEST_BYTES];

	assert_true(val_is(text, VAL_TEXT));
	assert_given(got, row->want);
	assert_string_equal(val_get_text(all, "live"),
			    live_digest(row->kind, object, digest));
}

static const struct owner_row {
	const char *name, *metadata, *want;
} owner_rows[] = {
	{ "by reference",
	  "{namespace: ns, ownerReferences: [{apiVersion: "
	  "ide.example.com/v1, kind: DevMachine, name: bob}]}",
	  "0/ns/bob" },
	{ "of any version",
	  "{namespace: ns, ownerReferences: [{apiVersion: "
	  "ide.example.com/v9beta1, kind: Workspace, name: bob}]}",
	  "1/ns/bob" },
	{ "of the core",
	  "{namespace: ns, ownerReferences: [{apiVersion: v1, kind: "
	  "ConfigMap, name: bob}]}",
	  "2/ns/bob" },
	{ "the second reference",
	  "{namespace: ns, ownerReferences: [{apiVersion: apps/v1, kind: "
	  "ReplicaSet, name: r}, {apiVersion: ide.example.com/v1, kind: "
	  "DevMachine, name: bob}]}",
	  "0/ns/bob" },
	{ "another group's kind",
	  "{namespace: ns, ownerReferences: [{apiVersion: "
	  "example.com/v1, kind: DevMachine, name: bob}]}",
	  "" },
	{ "by annotation",
	  "{namespace: other, annotations: "
	  "{operator-sdk/primary-resource: ns/bob, "
	  "operator-sdk/primary-resource-type: DevMachine.ide.example.com}}",
	  "0/ns/bob" },
	{ "by annotation, of the core",
	  "{annotations: {operator-sdk/primary-resource: ns/bob, "
	  "operator-sdk/primary-resource-type: ConfigMap.}}",
	  "2/ns/bob" },
	{ "by annotation, cluster-scoped",
	  "{annotations: {operator-sdk/primary-resource: /bob, "
	  "operator-sdk/primary-resource-type: DevMachine.ide.example.com}}",
	  "0//bob" },
	{ "annotation of another kind",
	  "{annotations: {operator-sdk/primary-resource: ns/bob, "
	  "operator-sdk/primary-resource-type: Foo.ide.example.com}}",
	  "" },
	{ "annotation without a type",
	  "{annotations: {operator-sdk/primary-resource: ns/bob}}", "" },
	{ "annotation of a type only",
	  "{annotations: {operator-sdk/primary-resource-type: "
	  "DevMachine.ide.example.com}}",
	  "" },
	{ "reference before annotation",
	  "{namespace: ns, ownerReferences: [{apiVersion: "
	  "ide.example.com/v1, kind: DevMachine, name: eve}], annotations: "
	  "{operator-sdk/primary-resource: ns/bob, "
	  "operator-sdk/primary-resource-type: Workspace.ide.example.com}}",
	  "0/ns/eve" },
	{ "a pod of a ReplicaSet, by its annotation",
	  "{namespace: ns, ownerReferences: [{apiVersion: apps/v1, kind: "
	  "ReplicaSet, name: r}], annotations: "
	  "{operator-sdk/primary-resource: ns/bob, "
	  "operator-sdk/primary-resource-type: DevMachine.ide.example.com}}",
	  "0/ns/bob" },
	{ "nobody", "{name: x}", "" },
};

static void owners(void **state)
{
	const struct owner_row *row = *state;
	AUTO_FREE char *text = alloc_print("{metadata: %s}", row->metadata);
	AUTO(val_unref) struct val *object = given(text);
	AUTO_FREE char *owner = summary_owner(&watches, object);

	assert_string_equal(owner, row->want);
}

static const struct version_row {
	const char *name;
	uint64_t want;
} version_rows[] = {
	{ "1", 1 },   { "9007199254740993", 9007199254740993 },
	{ "", 0 },    { "abc", 0 },
	{ "12a", 0 }, { "-1", 0 },
};

static void versions(void **state)
{
	const struct version_row *row = *state;
	AUTO_FREE char *text =
		alloc_print("{metadata: {resourceVersion: '%s'}}", row->name);
	AUTO(val_unref) struct val *object = given(text);

	assert_true(summary_version(object) == row->want);
}

static void whole(void **state)
{
	(void)state;
	AUTO(val_unref) struct val *object =
		given("{metadata: {name: x, managedFields: [{a: 1}], uid: u}, "
		      "spec: {a: 1.10, b: [1]}, status: {c: é}}");
	AUTO(val_unref) struct val *text = summary_whole(object);
	AUTO(val_unref) struct val *got = summary_read(text);

	assert_given(got, "{metadata: {name: x, uid: u}, "
			  "spec: {a: 1.10, b: [1]}, status: {c: é}}");
	assert_null(strchr(val_text(text), ' '));
}

static void record(void **state)
{
	(void)state;
	AUTO(val_unref) struct val *secret = given(
		"{metadata: {uid: u, labels: {owner: helm, name: bob, "
		"version: '4', status: deployed}, annotations: "
		"{ide.example.com/digest: d, ide.example.com/shape-digest: s}, "
		"ownerReferences: [{uid: o}]}}");
	AUTO(val_unref) struct val *text = summary_record(secret);
	AUTO(val_unref) struct val *got = summary_read(text);
	int64_t status = -1;

	assert_true(val_int(val_get(got, "status"), &status));
	assert_int_equal(status, RECORD_DEPLOYED);
	AUTO(val_unref) struct val *less = val_without(got, "status");
	assert_given(less, "{revision: 4, digest: d, shape: s, "
			   "owner: o, uid: u, written: 0}");
}

/* Of one that is at work it is kept who is, and since when. */
static void pending_record(void **state)
{
	(void)state;
	AUTO(val_unref) struct val *secret = given(
		"{metadata: {creationTimestamp: '2026-11-21T03:06:17Z', labels: "
		"{owner: helm, version: '1', status: pending-install, "
		"createdAt: '1795230378'}, annotations: "
		"{ide.example.com/lock: by pod}}}");
	AUTO(val_unref) struct val *text = summary_record(secret);
	AUTO(val_unref) struct val *got = summary_read(text);

	assert_string_equal(val_get_text(got, "lock"), "by pod");
	assert_given(val_get(got, "created"), "1795230377");
	assert_given(val_get(got, "written"), "1795230378");
}

static void no_record(void **state)
{
	(void)state;
	AUTO(val_unref) struct val *secret = given("{metadata: {name: x}}");

	assert_null(summary_record(secret));
}

/* An operator that has just started sees objects in another order. */
static void sorted(void **state)
{
	AUTO_VAL_LIST none = { 0 };
	struct val_list list = { 0 };

	(void)state;
	summary_sort(&none);
	val_list_add_take(&list, given("{id: /Pod/ns/x-0}"));
	val_list_add_take(&list, given("{id: apps/StatefulSet/ns/x}"));
	val_list_add_take(&list, given("{id: /Pod/ns/x-1}"));
	val_list_add_take(&list, given("{id: /Pod/ns/a}"));
	summary_sort(&list);
	AUTO(val_unref) struct val *got = val_list_take(&list);
	assert_given(got, "[{id: /Pod/ns/a}, {id: /Pod/ns/x-0}, "
			  "{id: /Pod/ns/x-1}, {id: apps/StatefulSet/ns/x}]");
}

static void keys(void **state)
{
	(void)state;
	AUTO(val_unref) struct val *a =
		given("{metadata: {name: x, namespace: ns}}");
	AUTO(val_unref) struct val *b = given("{metadata: {name: x}}");
	AUTO_FREE char *in_ns = summary_key(a);
	AUTO_FREE char *global = summary_key(b);

	assert_string_equal(in_ns, "ns/x");
	assert_string_equal(global, "/x");
}

int main(void)
{
	const struct CMUnitTest others[] = {
		cmocka_unit_test(whole),          cmocka_unit_test(record),
		cmocka_unit_test(pending_record), cmocka_unit_test(no_record),
		cmocka_unit_test(sorted),         cmocka_unit_test(keys),
	};

	return ROWS_RUN("summary live", rows, live) +
	       ROWS_RUN("summary owner", owner_rows, owners) +
	       ROWS_RUN("summary version", version_rows, versions) +
	       cmocka_run_group_tests_name("summary more", others, NULL, NULL);
}
