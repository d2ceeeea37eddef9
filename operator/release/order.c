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

int order_compare(const char *kind, const char *other)
{
	int rank = order_install(kind) - order_install(other);

	return rank ? rank : strcmp(kind, other);
}

struct position {
	const char *kind;
	size_t at;
};

static int by_install_order(const void *a, const void *b)
{
	const struct position *x = a, *y = b;
	int order = order_compare(x->kind, y->kind);

	return order ? order : (x->at > y->at) - (x->at < y->at);
}

static void sort_items(struct manifest *m)
{
	AUTO_FREE struct position *places =
		alloc_resize(NULL, m->count, sizeof(*places));
	AUTO_FREE struct manifest_object *old =
		alloc_resize(NULL, m->count, sizeof(*old));

	for (size_t i = 0; i < m->count; i++) {
		places[i] = (struct position){ m->items[i].kind, i };
		old[i] = m->items[i];
	}
	qsort(places, m->count, sizeof(*places), by_install_order);
	for (size_t i = 0; i < m->count; i++)
		m->items[i] = old[places[i].at];
}

static void sort_hooks(struct manifest *m)
{
	size_t count = m->hooks.count;
	AUTO_FREE struct position *places =
		alloc_resize(NULL, count, sizeof(*places));
	AUTO_FREE struct manifest_hook *old =
		alloc_resize(NULL, count, sizeof(*old));

	for (size_t i = 0; i < count; i++) {
		old[i] = m->hooks.items[i];
		places[i] = (struct position){ old[i].object.kind, i };
	}
	qsort(places, count, sizeof(*places), by_install_order);
	for (size_t i = 0; i < count; i++)
		m->hooks.items[i] = old[places[i].at];
}

void order_sort(struct manifest *m)
{
	sort_items(m);
	sort_hooks(m);
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
