/*
 * Sources: the API reference of Kubernetes 1.34 for the fields, its Deprecated
 * API Migration Guide for what was removed when.
 */
#include "chart/lint_kinds.h"

#include "base/attr.h"

static const struct {
	const char *group, *kind, *fields;
} kinds[] = {
	{ "", "Pod", "spec status" },
	{ "", "Service", "spec status" },
	{ "", "ConfigMap", "data binaryData immutable" },
	{ "", "Secret", "data stringData type immutable" },
	{ "", "PersistentVolumeClaim", "spec status" },
	{ "", "PersistentVolume", "spec status" },
	{ "", "ServiceAccount",
	  "secrets imagePullSecrets automountServiceAccountToken" },
	{ "", "Namespace", "spec status" },
	{ "", "ResourceQuota", "spec status" },
	{ "", "LimitRange", "spec" },
	{ "apps", "Deployment", "spec status" },
	{ "apps", "StatefulSet", "spec status" },
	{ "apps", "DaemonSet", "spec status" },
	{ "apps", "ReplicaSet", "spec status" },
	{ "batch", "Job", "spec status" },
	{ "batch", "CronJob", "spec status" },
	{ "networking.k8s.io", "Ingress", "spec status" },
	{ "networking.k8s.io", "IngressClass", "spec" },
	{ "networking.k8s.io", "NetworkPolicy", "spec" },
	{ "policy", "PodDisruptionBudget", "spec status" },
	{ "autoscaling", "HorizontalPodAutoscaler", "spec status" },
	{ "rbac.authorization.k8s.io", "Role", "rules" },
	{ "rbac.authorization.k8s.io", "ClusterRole", "rules aggregationRule" },
	{ "rbac.authorization.k8s.io", "RoleBinding", "subjects roleRef" },
	{ "rbac.authorization.k8s.io", "ClusterRoleBinding",
	  "subjects roleRef" },
	{ "scheduling.k8s.io", "PriorityClass",
	  "value globalDefault description preemptionPolicy" },
	{ "storage.k8s.io", "StorageClass",
	  "provisioner parameters reclaimPolicy mountOptions "
	  "allowVolumeExpansion volumeBindingMode allowedTopologies" },
};

const char *lint_kind_fields(const char *group, const char *kind)
{
	for (size_t i = 0; i < ARRAY_LEN(kinds); i++)
		if (strcmp(kinds[i].kind, kind) == 0 &&
		    strcmp(kinds[i].group, group) == 0)
			return kinds[i].fields;
	return NULL;
}

bool lint_has_word(const char *words, struct str word)
{
	struct str rest = str_of(words), one;

	while (rest.n) {
		str_split(rest, ' ', &one, &rest);
		if (str_equal(one, word))
			return true;
	}
	return false;
}

bool lint_kind_has_free_name(const char *group, const char *kind)
{
	return strcmp(group, "rbac.authorization.k8s.io") == 0 ||
	       strcmp(kind, "CustomResourceDefinition") == 0 ||
	       strcmp(kind, "APIService") == 0;
}

/* The first row that fits counts. */
static const struct lint_old_api old_apis[] = {
	{ "extensions/v1beta1", "Ingress", 22, "networking.k8s.io/v1" },
	{ "extensions/v1beta1", "NetworkPolicy", 16, "networking.k8s.io/v1" },
	{ "extensions/v1beta1", "PodSecurityPolicy", 16, NULL },
	{ "extensions/v1beta1", "", 16, "apps/v1" },
	{ "apps/v1beta1", "", 16, "apps/v1" },
	{ "apps/v1beta2", "", 16, "apps/v1" },
	{ "networking.k8s.io/v1beta1", "", 22, "networking.k8s.io/v1" },
	{ "policy/v1beta1", "PodSecurityPolicy", 25, NULL },
	{ "policy/v1beta1", "", 25, "policy/v1" },
	{ "batch/v1beta1", "", 25, "batch/v1" },
	{ "batch/v2alpha1", "", 21, "batch/v1" },
	{ "autoscaling/v2beta1", "", 25, "autoscaling/v2" },
	{ "autoscaling/v2beta2", "", 26, "autoscaling/v2" },
	{ "rbac.authorization.k8s.io/v1alpha1", "", 22,
	  "rbac.authorization.k8s.io/v1" },
	{ "rbac.authorization.k8s.io/v1beta1", "", 22,
	  "rbac.authorization.k8s.io/v1" },
	{ "apiextensions.k8s.io/v1beta1", "", 22, "apiextensions.k8s.io/v1" },
	{ "apiregistration.k8s.io/v1beta1", "", 22,
	  "apiregistration.k8s.io/v1" },
	{ "admissionregistration.k8s.io/v1beta1",
	  "MutatingWebhookConfiguration", 22,
	  "admissionregistration.k8s.io/v1" },
	{ "admissionregistration.k8s.io/v1beta1",
	  "ValidatingWebhookConfiguration", 22,
	  "admissionregistration.k8s.io/v1" },
	{ "certificates.k8s.io/v1beta1", "CertificateSigningRequest", 22,
	  "certificates.k8s.io/v1" },
	{ "coordination.k8s.io/v1beta1", "Lease", 22,
	  "coordination.k8s.io/v1" },
	{ "scheduling.k8s.io/v1beta1", "", 22, "scheduling.k8s.io/v1" },
	{ "storage.k8s.io/v1beta1", "CSIStorageCapacity", 27,
	  "storage.k8s.io/v1" },
	{ "storage.k8s.io/v1beta1", "CSIDriver", 22, "storage.k8s.io/v1" },
	{ "storage.k8s.io/v1beta1", "CSINode", 22, "storage.k8s.io/v1" },
	{ "storage.k8s.io/v1beta1", "StorageClass", 22, "storage.k8s.io/v1" },
	{ "storage.k8s.io/v1beta1", "VolumeAttachment", 22,
	  "storage.k8s.io/v1" },
	{ "discovery.k8s.io/v1beta1", "", 25, "discovery.k8s.io/v1" },
	{ "events.k8s.io/v1beta1", "", 25, "events.k8s.io/v1" },
	{ "node.k8s.io/v1beta1", "", 25, "node.k8s.io/v1" },
	{ "flowcontrol.apiserver.k8s.io/v1beta1", "", 26,
	  "flowcontrol.apiserver.k8s.io/v1" },
	{ "flowcontrol.apiserver.k8s.io/v1beta2", "", 29,
	  "flowcontrol.apiserver.k8s.io/v1" },
	{ "flowcontrol.apiserver.k8s.io/v1beta3", "", 32,
	  "flowcontrol.apiserver.k8s.io/v1" },
};

const struct lint_old_api *lint_old_api(const char *api_version,
					const char *kind)
{
	for (size_t i = 0; i < ARRAY_LEN(old_apis); i++) {
		const struct lint_old_api *old = &old_apis[i];

		if (strcmp(old->api_version, api_version) == 0 &&
		    (!*old->kind || strcmp(old->kind, kind) == 0))
			return old;
	}
	return NULL;
}
