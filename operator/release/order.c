#include "release/order.h"

#include "base/attr.h"

#include "base/str.h"

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
