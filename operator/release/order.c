#include "release/order.h"

#include "base/attr.h"

#include "base/alloc.h"
#include "base/str.h"
#include "chart/manifest.h"

static const char *const install_order[] = {
	"PriorityClass",
	"Namespace",
	"NetworkPolicy",
	"ResourceQuota",
	"LimitRange",
	"PodSecurityPolicy",
	"PodDisruptionBudget",
	"ServiceAccount",
	"Secret",
	"SecretList",
	"ConfigMap",
	"StorageClass",
	"PersistentVolume",
	"PersistentVolumeClaim",
	"CustomResourceDefinition",
	"ClusterRole",
	"ClusterRoleList",
	"ClusterRoleBinding",
	"ClusterRoleBindingList",
	"Role",
	"RoleList",
	"RoleBinding",
	"RoleBindingList",
	"Service",
	"DaemonSet",
	"Pod",
	"ReplicationController",
	"ReplicaSet",
	"Deployment",
	"HorizontalPodAutoscaler",
	"StatefulSet",
	"Job",
	"CronJob",
	"IngressClass",
	"Ingress",
	"APIService",
	"MutatingWebhookConfiguration",
	"ValidatingWebhookConfiguration",
};

static bool is_one_of(const char *kind, const char *const *set, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (strcmp(kind, set[i]) == 0)
			return true;
	return false;
}

int order_install(const char *kind)
{
	for (size_t i = 0; i < ARRAY_LEN(install_order); i++)
		if (strcmp(kind, install_order[i]) == 0)
			return (int)i;
	return (int)ARRAY_LEN(install_order);
}

struct position {
	struct manifest_object object;
	size_t at;
};

static int by_install_order(const void *a, const void *b)
{
	const struct position *x = a, *y = b;
	int rank =
		order_install(x->object.kind) - order_install(y->object.kind);
	int name = strcmp(x->object.kind, y->object.kind);

	if (rank)
		return rank;
	if (name)
		return name;
	return x->at < y->at ? -1 : x->at > y->at;
}

void order_sort(struct manifest *m)
{
	AUTO_FREE struct position *places =
		alloc_resize(NULL, m->count, sizeof(*places));

	for (size_t i = 0; i < m->count; i++)
		places[i] = (struct position){ m->items[i], i };
	qsort(places, m->count, sizeof(*places), by_install_order);
	for (size_t i = 0; i < m->count; i++)
		m->items[i] = places[i].object;
}

int order_uninstall(const char *kind)
{
	return (int)ARRAY_LEN(install_order) - order_install(kind);
}

bool order_is_last(const char *kind)
{
	static const char *const set[] = { "CustomResourceDefinition",
					   "Namespace" };

	return is_one_of(kind, set, ARRAY_LEN(set));
}

bool order_owns_pods(const char *kind)
{
	static const char *const set[] = {
		"Deployment", "ReplicaSet", "StatefulSet",
		"DaemonSet",  "Job",        "ReplicationController",
	};

	return is_one_of(kind, set, ARRAY_LEN(set));
}

static bool is_custom(const char *group)
{
	return strchr(group, '.') && !str_ends(str_of(group), ".k8s.io");
}

bool order_is_kept(const char *kind, const char *group)
{
	static const char *const set[] = {
		"PersistentVolumeClaim",
		"PersistentVolume",
		"StorageClass",
		"Namespace",
		"CustomResourceDefinition",
	};

	return is_custom(group) || is_one_of(kind, set, ARRAY_LEN(set));
}

bool order_has_address(const char *kind, const char *service_type)
{
	if (strcmp(kind, "Service") == 0)
		return strcmp(service_type, "LoadBalancer") == 0 ||
		       strcmp(service_type, "NodePort") == 0;
	return strcmp(kind, "Ingress") == 0;
}
