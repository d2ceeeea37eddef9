/* What the status tells of a release's objects. */
#include "controller/inventory.h"

#include "release/plan.h"

#include "unit/release/given.h"
#include "unit/rows.h"

#define CLAIM                                                           \
	"{apiVersion: v1, kind: PersistentVolumeClaim, namespace: ns, " \
	"name: b, uid: u1, digest: d1}"
#define ROLE                                                             \
	"{apiVersion: rbac.authorization.k8s.io/v1, kind: ClusterRole, " \
	"name: a, uid: u2, digest: d2}"

static struct val *read_text(const char *yaml)
{
	AUTO(val_unref) struct val *list = given(yaml);

	return inventory_read(list);
}

static void there_and_back(void **state)
{
	(void)state;
	AUTO(val_unref) struct val *inventory =
		read_text("[" ROLE ", " CLAIM "]");
	AUTO(val_unref) struct val *list = inventory_list(inventory);

	assert_given(list, "[" CLAIM ", " ROLE "]");
}

static void nothing(void **state)
{
	(void)state;
	AUTO(val_unref) struct val *none = inventory_read(NULL);
	AUTO(val_unref) struct val *odd =
		read_text("[1, {}, {kind: Pod}, {name: x}, null]");
	AUTO(val_unref) struct val *list = inventory_list(none);

	assert_int_equal(val_count(none), 0);
	assert_int_equal(val_count(odd), 0);
	assert_given(list, "[]");
}

static void known(void **state)
{
	(void)state;
	const char *id = "/PersistentVolumeClaim/ns/b";
	AUTO(val_unref) struct val *inventory = read_text("[" CLAIM "]");
	AUTO(val_unref) struct val *bare =
		read_text("[{apiVersion: v1, kind: PersistentVolumeClaim, "
			  "namespace: ns, name: b, uid: u1}]");

	assert_true(inventory_knows(inventory, id, "u1", "d1"));
	assert_false(inventory_knows(inventory, id, "u1", "d2"));
	assert_false(inventory_knows(inventory, id, "u2", "d1"));
	assert_false(inventory_knows(inventory, "/Pod/ns/b", "u1", "d1"));
	assert_false(inventory_knows(bare, id, "u1", ""));
}

static void noted(void **state)
{
	(void)state;
	AUTO(val_unref) struct val *inventory = read_text("[" CLAIM "]");
	AUTO(val_unref) struct val *claim =
		given("{metadata: {namespace: ns, name: b, uid: u9}}");
	AUTO(val_unref) struct val *role = given("{metadata: {name: a}}");

	inventory_note(&inventory, "v1", "PersistentVolumeClaim", claim, "d9",
		       NULL);
	inventory_note(&inventory, "rbac.authorization.k8s.io/v1",
		       "ClusterRole", role, NULL, "missing");
	AUTO(val_unref) struct val *list = inventory_list(inventory);
	assert_given(list, "[{apiVersion: v1, kind: PersistentVolumeClaim, "
			   "namespace: ns, name: b, uid: u9, digest: d9}, "
			   "{apiVersion: rbac.authorization.k8s.io/v1, "
			   "kind: ClusterRole, name: a, drift: missing}]");
	assert_string_equal(
		inventory_drift(inventory,
				"rbac.authorization.k8s.io/ClusterRole//a"),
		"missing");
	assert_string_equal(
		inventory_drift(inventory, "/PersistentVolumeClaim/ns/b"), "");
}

/* What is known stays; another object of the same name takes its place. */
static void live(void **state)
{
	(void)state;
	static const struct plan_live claim = {
		.id = "/PersistentVolumeClaim/ns/b",
		.kind = "PersistentVolumeClaim",
		.uid = "u1",
	};
	static const struct plan_live anew = {
		.id = "rbac.authorization.k8s.io/ClusterRole//a",
		.kind = "ClusterRole",
		.uid = "u3",
	};
	AUTO(val_unref) struct val *inventory =
		read_text("[" CLAIM ", " ROLE "]");

	inventory_note_live(&inventory, "v1", &claim);
	inventory_note_live(&inventory, "rbac.authorization.k8s.io/v1", &anew);
	AUTO(val_unref) struct val *list = inventory_list(inventory);
	assert_given(list,
		     "[" CLAIM ", {apiVersion: rbac.authorization.k8s.io/v1, "
		     "kind: ClusterRole, name: a, uid: u3}]");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(there_and_back), cmocka_unit_test(nothing),
		cmocka_unit_test(known),          cmocka_unit_test(noted),
		cmocka_unit_test(live),
	};

	return cmocka_run_group_tests_name("inventory", tests, NULL, NULL);
}
