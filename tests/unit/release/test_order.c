/* Helm's InstallOrder, and what else kinds mean. */
#include "release/order.h"

#include "base/alloc.h"
#include "chart/manifest.h"

#include "unit/release/given.h"
#include "unit/rows.h"

#include <stdbool.h>

/* The first is made before the second, and deleted after it. */
static const struct row {
	const char *name, *first, *second;
} rows[] = {
	{ "priority class, namespace", "PriorityClass", "Namespace" },
	{ "namespace, service account", "Namespace", "ServiceAccount" },
	{ "network policy, service account", "NetworkPolicy",
	  "ServiceAccount" },
	{ "service account, secret", "ServiceAccount", "Secret" },
	{ "secret, config map", "Secret", "ConfigMap" },
	{ "volume, claim", "PersistentVolume", "PersistentVolumeClaim" },
	{ "claim, definition", "PersistentVolumeClaim",
	  "CustomResourceDefinition" },
	{ "definition, cluster role", "CustomResourceDefinition",
	  "ClusterRole" },
	{ "role, role binding", "Role", "RoleBinding" },
	{ "role binding, service", "RoleBindingList", "Service" },
	{ "service, deployment", "Service", "Deployment" },
	{ "deployment, autoscaler", "Deployment", "HorizontalPodAutoscaler" },
	{ "autoscaler, stateful set", "HorizontalPodAutoscaler",
	  "StatefulSet" },
	{ "job, ingress", "Job", "Ingress" },
	{ "ingress, API service", "Ingress", "APIService" },
	{ "API service, webhooks", "APIService",
	  "MutatingWebhookConfiguration" },
	{ "webhooks", "MutatingWebhookConfiguration",
	  "ValidatingWebhookConfiguration" },
	/* A custom resource needs its definition to the end. */
	{ "unknown kinds last", "ValidatingWebhookConfiguration", "Widget" },
	{ "definition, unknown kind", "CustomResourceDefinition", "Widget" },
	{ "names are case-sensitive", "Service", "service" },
};

static void orders(void **state)
{
	const struct row *row = *state;

	assert_true(order_install(row->first) < order_install(row->second));
	assert_true(order_uninstall(row->second) < order_uninstall(row->first));
}

static void unknown_alike(void **state)
{
	(void)state;
	assert_int_equal(order_install("Widget"), order_install("Gadget"));
	assert_int_equal(order_uninstall("Widget"), order_uninstall("Gadget"));
	assert_int_equal(order_install(""), order_install("Widget"));
}

static const struct kept_row {
	const char *name, *kind, *group;
	bool kept;
} kept_rows[] = {
	{ "claim", "PersistentVolumeClaim", "", true },
	{ "volume", "PersistentVolume", "", true },
	{ "storage class", "StorageClass", "storage.k8s.io", true },
	{ "namespace", "Namespace", "", true },
	{ "definition", "CustomResourceDefinition", "apiextensions.k8s.io",
	  true },
	{ "custom resource", "Widget", "example.com", true },
	{ "custom resource named as a workload", "Deployment", "example.com",
	  true },
	{ "deployment", "Deployment", "apps", false },
	{ "secret", "Secret", "", false },
	{ "ingress", "Ingress", "networking.k8s.io", false },
	{ "role", "Role", "rbac.authorization.k8s.io", false },
	{ "Kubernetes' own new kind", "Widget", "gateway.networking.k8s.io",
	  false },
	{ "a group that only ends alike", "Widget", "evilk8s.io", true },
};

static void is_kept(void **state)
{
	const struct kept_row *row = *state;

	assert_int_equal(order_is_kept(row->kind, row->group), row->kept);
}

static const struct address_row {
	const char *name, *kind, *type;
	bool has;
} address_rows[] = {
	{ "load balancer", "Service", "LoadBalancer", true },
	{ "node port", "Service", "NodePort", true },
	{ "cluster IP", "Service", "ClusterIP", false },
	{ "service of no type", "Service", "", false },
	{ "ingress of any type", "Ingress", "", true },
	{ "deployment", "Deployment", "LoadBalancer", false },
};

static void has_address(void **state)
{
	const struct address_row *row = *state;

	assert_int_equal(order_has_address(row->kind, row->type), row->has);
}

static const struct pods_row {
	const char *name;
	bool owns, last;
} pods_rows[] = {
	{ "Deployment", true, false },
	{ "ReplicaSet", true, false },
	{ "StatefulSet", true, false },
	{ "DaemonSet", true, false },
	{ "Job", true, false },
	{ "ReplicationController", true, false },
	{ "CronJob", false, false },
	{ "Service", false, false },
	{ "Pod", false, false },
	{ "Namespace", false, true },
	{ "Widget", false, false },
	{ "CustomResourceDefinition", false, true },
};

static void sets(void **state)
{
	const struct pods_row *row = *state;

	assert_int_equal(order_owns_pods(row->name), row->owns);
	assert_int_equal(order_is_last(row->name), row->last);
}

static void add(struct manifest *m, const char *yaml)
{
	AUTO(val_unref) struct val *object = given(yaml);
	AUTO_ERR err = ERR_INIT;

	if (!manifest_add_rendered(m, object, "", "ns", &err))
		fail_msg("%s", err.msg);
}

static void sorts(void **state)
{
	(void)state;
	static const char *const given_in[] = {
		"{apiVersion: a/v1, kind: Widget, metadata: {name: w}}",
		"{apiVersion: apps/v1, kind: Deployment, metadata: {name: d}}",
		"{apiVersion: v1, kind: Service, metadata: {name: z}}",
		"{apiVersion: a/v1, kind: Gadget, metadata: {name: g}}",
		"{apiVersion: v1, kind: Service, metadata: {name: a}}",
		"{apiVersion: v1, kind: Secret, metadata: {name: s}}",
	};
	/* Unknown kinds by their kind, the rest as the templates have it. */
	static const char *const want[] = { "s", "z", "a", "d", "g", "w" };
	AUTO(manifest_free) struct manifest *m = NEW(struct manifest);

	order_sort(m);
	for (size_t i = 0; i < ARRAY_LEN(given_in); i++)
		add(m, given_in[i]);
	order_sort(m);
	assert_int_equal(m->count, ARRAY_LEN(want));
	for (size_t i = 0; i < ARRAY_LEN(want); i++)
		assert_string_equal(m->items[i].name, want[i]);
}

/* Hooks as objects, each for itself. */
static void sorts_hooks(void **state)
{
	(void)state;
#define HOOK(kind, name)                                            \
	"{apiVersion: v1, kind: " kind ", metadata: {name: " name   \
	", annotations: {helm.sh/hook: test, helm.sh/hook-weight: " \
	"'9'}}}"
	static const char *const given_in[] = {
		HOOK("Job", "j"),
		HOOK("Pod", "z"),
		HOOK("Pod", "a"),
		"{apiVersion: v1, kind: Pod, metadata: {name: o}}",
		HOOK("Secret", "s"),
	};
	static const char *const want[] = { "s", "z", "a", "j" };
	AUTO(manifest_free) struct manifest *m = NEW(struct manifest);

	for (size_t i = 0; i < ARRAY_LEN(given_in); i++)
		add(m, given_in[i]);
	order_sort(m);
	assert_int_equal(m->count, 1);
	assert_int_equal(m->hooks.count, ARRAY_LEN(want));
	for (size_t i = 0; i < ARRAY_LEN(want); i++) {
		assert_string_equal(m->hooks.items[i].object.name, want[i]);
		assert_int_equal(m->hooks.items[i].rules.weight, 9);
	}
}

int main(void)
{
	const struct CMUnitTest others[] = { cmocka_unit_test(unknown_alike),
					     cmocka_unit_test(sorts),
					     cmocka_unit_test(sorts_hooks) };

	return ROWS_RUN("order", rows, orders) +
	       ROWS_RUN("order kept", kept_rows, is_kept) +
	       ROWS_RUN("order address", address_rows, has_address) +
	       ROWS_RUN("order sets", pods_rows, sets) +
	       cmocka_run_group_tests_name("order more", others, NULL, NULL);
}
