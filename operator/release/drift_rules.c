#include "release/drift_rules.h"

#include "base/buf.h"
#include "base/base64.h"
#include "base/limits.h"
#include "data/num.h"
#include "data/quantity.h"
#include "release/generate.h"
#include "release/names.h"
#include "release/owner.h"

/*
 * One row. A path is the end of a place's keys, items of lists left out; ":"
 * is the object itself, "*" any key.
 */
struct rule {
	const char *kind; /* NULL: any */
	const char *path;
	const char *is; /* what else the table says */
};

static const struct rule never[] = {
	{ NULL, ": apiVersion", NULL },
	{ NULL, ": kind", NULL },
	{ NULL, ": status", NULL },
	{ NULL, "clientConfig caBundle", NULL },
	{ "APIService", ": spec caBundle", NULL },
	{ "PersistentVolumeClaim", ": spec volumeName", NULL },
	/* The plan has it: others may make a claim larger, and the API never
	 * makes it smaller. */
	{ "PersistentVolumeClaim", ": spec resources requests storage", NULL },
	/* What kubectl debug adds cannot be taken away. */
	{ "Pod", ": spec ephemeralContainers", NULL },
};

/* Of all metadata, the server and its controllers have the rest. */
static const struct rule metadata[] = {
	{ NULL, ": metadata labels", NULL },
	{ NULL, ": metadata annotations", NULL },
	{ NULL, ": metadata ownerReferences", NULL },
};

static const char *const noise[] = {
	"autoscaling.alpha.kubernetes.io/conditions",
	"autoscaling.alpha.kubernetes.io/current-metrics",
	"deployment.kubernetes.io/revision",
	"kubectl.kubernetes.io/last-applied-configuration",
	"kubectl.kubernetes.io/restartedAt",
	"pv.kubernetes.io/bind-completed",
	"pv.kubernetes.io/bound-by-controller",
	"pv.kubernetes.io/provisioned-by",
	"volume.beta.kubernetes.io/storage-provisioner",
	"volume.kubernetes.io/selected-node",
	"volume.kubernetes.io/storage-provisioner",
};

/* `is`: with this value; NULL: with any. */
static const struct rule assigned[] = {
	{ "Service", ": spec clusterIP", NULL },
	{ "Service", ": spec clusterIPs", NULL },
	{ "Service", ": spec ipFamilies", NULL },
	{ "Service", ": spec ipFamilyPolicy", NULL },
	{ "Service", ": spec healthCheckNodePort", NULL },
	{ "Service", ": spec ports nodePort", NULL },
	{ "Service", ": spec externalTrafficPolicy", "Cluster" },
	{ "Service", ": spec internalTrafficPolicy", "Cluster" },
	/* Defaults within what is written as a whole: there nobody can tell
	 * who they are of. */
	{ "NetworkPolicy", "ports protocol", "TCP" },
	{ "EndpointSlice", ": ports protocol", "TCP" },
	{ "EndpointSlice", ": ports name", "" },
	{ "Endpoints", "ports protocol", "TCP" },
	{ "LimitRange", "limits default", NULL },
	{ "LimitRange", "limits defaultRequest", NULL },
	{ "RoleBinding", ": subjects apiGroup", NULL },
	{ "ClusterRoleBinding", ": subjects apiGroup", NULL },
	{ NULL, "webhooks rules scope", "*" },
	{ NULL, "resourceRules scope", "*" },
	{ NULL, "fieldRef apiVersion", "v1" },
	{ NULL, "resourceFieldRef divisor", "0" },
	{ NULL, "serviceAccountToken expirationSeconds", "3600" },
};

/* `is`: as rules_item_keys() says. Each list's keys are in order. */
static const struct rule lists[] = {
	{ NULL, "containers", "name" },
	{ NULL, "initContainers", "name" },
	{ NULL, "ephemeralContainers", "name" },
	{ NULL, "containers env", "name" },
	{ NULL, "initContainers env", "name" },
	{ NULL, "ephemeralContainers env", "name" },
	{ NULL, "containers ports", "containerPort protocol=TCP" },
	{ NULL, "initContainers ports", "containerPort protocol=TCP" },
	{ NULL, "volumeMounts", "mountPath" },
	{ NULL, "volumeDevices", "devicePath" },
	{ NULL, "volumes", "name" },
	{ NULL, "spec imagePullSecrets", "name" },
	{ NULL, "spec hostAliases", "ip" },
	{ NULL, "spec resourceClaims", "name" },
	{ NULL, "spec schedulingGates", "name" },
	{ NULL, "resources claims", "name" },
	{ NULL, "topologySpreadConstraints", "topologyKey whenUnsatisfiable" },
	{ NULL, "onExitCodes values", "" },
	{ NULL, "metadata ownerReferences", "uid" },
	{ NULL, "metadata finalizers", "" },
	{ NULL, "matchConditions", "name" },
	{ NULL, "x-kubernetes-validations", "rule" },
	{ "Service", ": spec ports", "port protocol=TCP" },
	{ "ServiceAccount", ": secrets", "name" },
	{ "EndpointSlice", ": endpoints addresses", "" },
	{ "CSIDriver", ": spec volumeLifecycleModes", "" },
	{ "ValidatingWebhookConfiguration", ": webhooks", "name" },
	{ "MutatingWebhookConfiguration", ": webhooks", "name" },
	{ "ValidatingAdmissionPolicy", ": spec variables", "name" },
	{ "ValidatingAdmissionPolicyBinding", ": spec validationActions", "" },
};

/* Custom resources have them too, mostly in parts of pods. */
static const struct rule quantities[] = {
	{ NULL, "resources limits *", NULL },
	{ NULL, "resources requests *", NULL },
	{ NULL, "spec overhead *", NULL },
	{ NULL, "emptyDir sizeLimit", NULL },
	{ NULL, "resourceFieldRef divisor", NULL },
	{ "RuntimeClass", "overhead podFixed *", NULL },
	{ "PersistentVolume", ": spec capacity *", NULL },
	{ "ResourceQuota", ": spec hard *", NULL },
	{ "LimitRange", "limits max *", NULL },
	{ "LimitRange", "limits min *", NULL },
	{ "LimitRange", "limits default *", NULL },
	{ "LimitRange", "limits defaultRequest *", NULL },
	{ "LimitRange", "limits maxLimitRequestRatio *", NULL },
	{ "HorizontalPodAutoscaler", "target value", NULL },
	{ "HorizontalPodAutoscaler", "target averageValue", NULL },
	{ "HorizontalPodAutoscaler", "behavior * tolerance", NULL },
	{ "CSIStorageCapacity", ": capacity", NULL },
	{ "CSIStorageCapacity", ": maximumVolumeSize", NULL },
};

static const struct rule ints_or_texts[] = {
	{ NULL, "httpGet port", NULL },
	{ NULL, "tcpSocket port", NULL },
	{ NULL, "rollingUpdate maxSurge", NULL },
	{ NULL, "rollingUpdate maxUnavailable", NULL },
	{ "Service", ": spec ports targetPort", NULL },
	{ "NetworkPolicy", "ports port", NULL },
	{ "PodDisruptionBudget", ": spec minAvailable", NULL },
	{ "PodDisruptionBudget", ": spec maxUnavailable", NULL },
};

static const struct rule bytes[] = {
	{ "Secret", ": data *", NULL },
	{ "ConfigMap", ": binaryData *", NULL },
};

/* Fields of numbers and booleans whose zero is nothing. */
static const struct rule zeros[] = {
	{ NULL, "containers stdin", NULL },
	{ NULL, "containers stdinOnce", NULL },
	{ NULL, "containers tty", NULL },
	{ NULL, "initContainers stdin", NULL },
	{ NULL, "initContainers stdinOnce", NULL },
	{ NULL, "initContainers tty", NULL },
	{ NULL, "ports hostPort", NULL },
	{ NULL, "spec hostIPC", NULL },
	{ NULL, "spec hostNetwork", NULL },
	{ NULL, "spec hostPID", NULL },
	{ NULL, "spec minReadySeconds", NULL },
	{ NULL, "readOnly", NULL },
	{ NULL, "initialDelaySeconds", NULL },
	{ NULL, "failureThreshold", NULL },
	{ NULL, "periodSeconds", NULL },
	{ NULL, "successThreshold", NULL },
	{ NULL, "livenessProbe timeoutSeconds", NULL },
	{ NULL, "readinessProbe timeoutSeconds", NULL },
	{ NULL, "startupProbe timeoutSeconds", NULL },
	{ "Deployment", ": spec paused", NULL },
	{ "Service", ": spec healthCheckNodePort", NULL },
	{ "Service", ": spec ports nodePort", NULL },
	{ "Service", ": spec publishNotReadyAddresses", NULL },
	{ "Ingress", "port number", NULL },
	{ "PriorityClass", ": globalDefault", NULL },
	{ "APIService", ": spec insecureSkipTLSVerify", NULL },
	{ "CustomResourceDefinition", ": spec preserveUnknownFields", NULL },
	{ "CustomResourceDefinition", "versions deprecated", NULL },
	{ "CustomResourceDefinition", "additionalPrinterColumns priority",
	  NULL },
	{ "CustomResourceDefinition", "exclusiveMaximum", NULL },
	{ "CustomResourceDefinition", "exclusiveMinimum", NULL },
	{ "CustomResourceDefinition", "nullable", NULL },
	{ "CustomResourceDefinition", "uniqueItems", NULL },
	{ "CustomResourceDefinition", "x-kubernetes-embedded-resource", NULL },
	{ "CustomResourceDefinition", "x-kubernetes-int-or-string", NULL },
};

/* Maps whose keys people choose: an empty text in them is a value. */
static const struct rule free_maps[] = {
	{ NULL, "labels *", NULL },
	{ NULL, "annotations *", NULL },
	{ NULL, "matchLabels *", NULL },
	{ NULL, "nodeSelector *", NULL },
	{ NULL, "volumeAttributes *", NULL },
	{ "ConfigMap", ": data *", NULL },
	{ "ConfigMap", ": binaryData *", NULL },
	{ "Secret", ": data *", NULL },
	{ "Service", ": spec selector *", NULL },
	{ "ReplicationController", ": spec selector *", NULL },
	{ "StorageClass", ": parameters *", NULL },
	{ "CustomResourceDefinition", "default", NULL },
};

/* Maps that say something by being there, even empty. */
static const struct rule meant[] = {
	{ NULL, "volumes emptyDir", NULL },
	{ NULL, "podSelector", NULL },
	{ NULL, "namespaceSelector", NULL },
	{ NULL, "labelSelector", NULL },
	{ "CustomResourceDefinition", "subresources status", NULL },
	{ "CustomResourceDefinition", "properties *", NULL },
	{ "CustomResourceDefinition", "additionalProperties", NULL },
	{ "CustomResourceDefinition", "items", NULL },
	{ "CustomResourceDefinition", "default", NULL },
};

/* Takes the last word off a path; false when there is none. */
static bool last_word(struct str *path, struct str *word)
{
	size_t at = path->n;

	if (!path->n)
		return false;
	while (at && path->p[at - 1] != ' ')
		at--;
	*word = str_cut(path->p + at, path->n - at);
	*path = str_cut(path->p, at ? at - 1 : 0);
	return true;
}

static bool is_at(const struct place *at, const char *path)
{
	struct str rest = str_of(path), word;

	while (last_word(&rest, &word)) {
		while (at->up && !at->key.p)
			at = at->up;
		if (!at->up)
			return str_is(word, ":");
		if (!str_is(word, "*") && !str_equal(word, at->key))
			return false;
		at = at->up;
	}
	return true;
}

static const struct rule *find(const struct rule *table, size_t count,
			       const struct rules *r, const struct place *at)
{
	for (size_t i = 0; i < count; i++)
		if ((!table[i].kind || strcmp(table[i].kind, r->kind) == 0) &&
		    is_at(at, table[i].path))
			return &table[i];
	return NULL;
}

#define FIND(table, r, at) find(table, ARRAY_LEN(table), r, at)

static bool is_built_in(struct str group)
{
	static const char *const own[] = {
		"",
		"apps",
		"batch",
		"autoscaling",
		"policy",
		"admissionregistration.k8s.io",
		"apiextensions.k8s.io",
		"apiregistration.k8s.io",
		"certificates.k8s.io",
		"coordination.k8s.io",
		"discovery.k8s.io",
		"events.k8s.io",
		"flowcontrol.apiserver.k8s.io",
		"networking.k8s.io",
		"node.k8s.io",
		"rbac.authorization.k8s.io",
		"resource.k8s.io",
		"scheduling.k8s.io",
		"storage.k8s.io",
	};

	for (size_t i = 0; i < ARRAY_LEN(own); i++)
		if (str_is(group, own[i]))
			return true;
	return false;
}

struct rules rules_for(const struct val *want)
{
	return (struct rules){
		.kind = val_get_text(want, "kind"),
		.built_in = is_built_in(
			owner_group(val_get_text(want, "apiVersion"))),
		.generated = generate_key(want),
	};
}

bool rules_is_noise(struct str annotation)
{
	for (size_t i = 0; i < ARRAY_LEN(noise); i++)
		if (str_is(annotation, noise[i]))
			return true;
	return false;
}

/* The first key of a place. */
static struct str top(const struct place *at)
{
	while (at->up && at->up->up)
		at = at->up;
	return at->key;
}

bool rules_is_never(const struct rules *r, const struct place *at)
{
	if (FIND(never, r, at))
		return true;
	if (is_at(at, ": metadata *"))
		return !FIND(metadata, r, at);
	/* The plan has the revision: it says who wrote an object last. */
	if (is_at(at, ": metadata annotations *") &&
	    str_is(at->key, NAME_REVISION))
		return true;
	if (is_at(at, "annotations *"))
		return rules_is_noise(at->key);
	if (r->autoscaled && is_at(at, ": spec replicas"))
		return true;
	return r->generated && is_at(at, ": data *") &&
	       str_is(at->key, r->generated);
}

bool rules_is_assigned(const struct rules *r, const struct place *at,
		       const struct val *live)
{
	const struct rule *rule = FIND(assigned, r, at);

	return rule && (!rule->is || str_is(val_str(live), rule->is));
}

/* Metadata is the server's own type in custom resources, too. */
static bool is_typed(const struct rules *r, const struct place *at)
{
	return r->built_in || str_is(top(at), "metadata");
}

static bool is_unset_map(const struct rules *r, const struct place *at,
			 const struct val *want)
{
	for (size_t i = 0; i < val_count(want); i++) {
		struct place below = { at, val_key(want, i) };

		if (!rules_is_unset(r, &below, val_at(want, i)))
			return false;
	}
	return true;
}

bool rules_is_unset(const struct rules *r, const struct place *at,
		    const struct val *want)
{
	enum val_type type = val_type(want);

	if (type == VAL_NULL || !is_typed(r, at))
		return type == VAL_NULL;
	if ((type == VAL_MAP || type == VAL_LIST) && FIND(meant, r, at))
		return false;
	if (type == VAL_MAP)
		return is_unset_map(r, at, want);
	if (type == VAL_LIST)
		return val_count(want) == 0;
	if (!at->key.p || FIND(free_maps, r, at))
		return false;
	if (type == VAL_TEXT)
		return val_str(want).n == 0;
	if (type == VAL_BOOL && val_is_true(want))
		return false;
	if (type != VAL_BOOL && !num_is_equal(val_str(want), str_of("0")))
		return false;
	return FIND(zeros, r, at);
}

static bool is_number(const struct val *v)
{
	return val_is(v, VAL_INT) || val_is(v, VAL_REAL);
}

/* Base64 of the same bytes: lines may be broken anywhere. */
static bool same_bytes(const struct val *a, const struct val *b)
{
	AUTO_BUF x = BUF_INIT(LIMIT_BODY_BYTES), y = BUF_INIT(LIMIT_BODY_BYTES);
	AUTO_ERR err = ERR_INIT;
	bool same = base64_read(val_str(a), &x, &err) &&
		    base64_read(val_str(b), &y, &err) &&
		    str_equal(buf_str(&x), buf_str(&y));

	buf_wipe(&x);
	buf_wipe(&y);
	return same;
}

bool rules_is_same(const struct rules *r, const struct place *at,
		   const struct val *want, const struct val *live)
{
	bool texts = val_is(want, VAL_TEXT) && val_is(live, VAL_TEXT);

	if (val_equal(want, live))
		return true;
	if (is_number(want) && is_number(live))
		return num_is_equal(val_str(want), val_str(live));
	if ((!texts && !is_number(want) && !is_number(live)) ||
	    !val_text(want) || !val_text(live))
		return false;
	if (FIND(quantities, r, at))
		return quantity_is_equal(val_str(want), val_str(live));
	if (FIND(ints_or_texts, r, at))
		return str_equal(val_str(want), val_str(live));
	return texts && FIND(bytes, r, at) && same_bytes(want, live);
}

const char *rules_item_keys(const struct rules *r, const struct place *at)
{
	const struct rule *rule = is_typed(r, at) ? FIND(lists, r, at) : NULL;

	return rule ? rule->is : NULL;
}
