#include "release/size.h"

#include "chart/manifest.h"

#include <string.h>

enum size_field { SIZE_NONE, SIZE_REPLICAS, SIZE_SUSPEND, SIZE_NODES };

static enum size_field field_of(const char *kind)
{
	static const struct {
		const char *kind;
		enum size_field field;
	} table[] = {
		{ "Deployment", SIZE_REPLICAS },
		{ "StatefulSet", SIZE_REPLICAS },
		{ "ReplicaSet", SIZE_REPLICAS },
		{ "ReplicationController", SIZE_REPLICAS },
		{ "Job", SIZE_SUSPEND },
		{ "CronJob", SIZE_SUSPEND },
		{ "DaemonSet", SIZE_NODES },
	};

	for (size_t i = 0; i < ARRAY_LEN(table); i++)
		if (strcmp(kind, table[i].kind) == 0)
			return table[i].field;
	return SIZE_NONE;
}

bool size_has(const char *kind)
{
	return field_of(kind) != SIZE_NONE;
}

/* What becomes of a StatefulSet's claims. */
#define CLAIMS_POLICY "persistentVolumeClaimRetentionPolicy"

static const char *key_of(enum size_field field)
{
	return field == SIZE_REPLICAS ? "replicas" : "suspend";
}

/* A chart may render anything: what is no map is taken for none. */
static const struct val *map_of(const struct val *v)
{
	return val_is(v, VAL_MAP) ? v : NULL;
}

/* obj with one field of its spec set, or removed when item is NULL. */
static struct val *with_spec(const struct val *obj, const char *key,
			     const struct val *item)
{
	const struct val *spec = map_of(val_get(obj, "spec"));
	AUTO(val_unref) struct val *changed = item ? val_with(spec, key, item)
						   : val_without(spec, key);

	return val_with(obj, "spec", changed);
}

/* obj with its pod template's nodeSelector replaced; empty: removed. */
static struct val *with_node_selector(const struct val *obj,
				      const struct val *selector)
{
	const struct val *template =
		map_of(val_get(val_get(obj, "spec"), "template"));
	const struct val *pod = map_of(val_get(template, "spec"));
	AUTO(val_unref) struct val *new_pod =
		val_count(selector) ? val_with(pod, "nodeSelector", selector)
				    : val_without(pod, "nodeSelector");
	AUTO(val_unref) struct val *new_template =
		val_with(template, "spec", new_pod);

	return with_spec(obj, "template", new_template);
}

static const struct val *node_selector(const struct val *obj)
{
	const struct val *template = val_get(val_get(obj, "spec"), "template");

	return val_get(val_get(template, "spec"), "nodeSelector");
}

/* {"spec": {key: item}}; the item is taken. */
static struct val *spec_patch(const char *key, struct val *take)
{
	struct val_map spec = { 0 }, patch = { 0 };

	val_map_put_take(&spec, key, take);
	val_map_put_take(&patch, "spec", val_map_take(&spec));
	return val_map_take(&patch);
}

static struct val *retain(void)
{
	struct val_map policy = { 0 };

	val_map_set_text(&policy, "whenDeleted", "Retain");
	val_map_set_text(&policy, "whenScaled", "Retain");
	return val_map_take(&policy);
}

struct val *size_retain_patch(void)
{
	return spec_patch(CLAIMS_POLICY, retain());
}

/* Of no replicas; claims stay whatever the policy is for fewer of them. That
 * for the end of the set stands: an uninstall may come while it is stopped. */
static struct val *at_zero(const struct val *obj)
{
	const struct val *policy = val_get(val_get(obj, "spec"), CLAIMS_POLICY);
	AUTO(val_unref) struct val *zero = val_new_int(0);
	AUTO(val_unref) struct val *stopped = with_spec(obj, "replicas", zero);

	if (!policy)
		return TAKE(stopped);
	AUTO(val_unref) struct val *kept =
		val_with_text(map_of(policy), "whenScaled", "Retain");
	return with_spec(stopped, CLAIMS_POLICY, kept);
}

struct val *size_stop(const struct val *obj)
{
	AUTO(val_unref) struct val *selector = NULL;

	switch (field_of(val_get_text(obj, "kind"))) {
	case SIZE_REPLICAS:
		return at_zero(obj);
	case SIZE_SUSPEND:
		return with_spec(obj, "suspend", val_bool(true));
	case SIZE_NODES:
		selector = val_with_text(map_of(node_selector(obj)),
					 SIZE_NOWHERE, "true");
		return with_node_selector(obj, selector);
	case SIZE_NONE:
		break;
	}
	return val_ref(obj);
}

void size_stop_all(struct manifest *m)
{
	for (size_t i = 0; i < m->count; i++) {
		struct val *stopped = size_stop(m->items[i].object);

		/* The texts borrowed from the object are shared by both. */
		val_unref(m->items[i].object);
		m->items[i].object = stopped;
	}
}

bool size_reaps(const struct val *obj)
{
	const struct val *policy = val_get(val_get(obj, "spec"), CLAIMS_POLICY);

	return strcmp(val_get_text(policy, "whenDeleted"), "Delete") == 0 ||
	       strcmp(val_get_text(policy, "whenScaled"), "Delete") == 0;
}

static const struct val *requests_of(const struct val *obj)
{
	return val_get(val_get(val_get(obj, "spec"), "resources"), "requests");
}

const struct val *size_storage(const struct val *obj)
{
	if (strcmp(val_get_text(obj, "kind"), "PersistentVolumeClaim") != 0)
		return NULL;
	return val_get(requests_of(obj), "storage");
}

static struct val *without_storage(const struct val *obj)
{
	const struct val *resources =
		val_get(val_get(obj, "spec"), "resources");
	AUTO(val_unref) struct val *requests =
		val_without(requests_of(obj), "storage");
	AUTO(val_unref) struct val *less =
		val_with(resources, "requests", requests);

	return with_spec(obj, "resources", less);
}

struct val *size_storage_patch(const struct val *obj)
{
	struct val_map requests = { 0 }, resources = { 0 };

	val_map_put(&requests, "storage", size_storage(obj));
	val_map_put_take(&resources, "requests", val_map_take(&requests));
	return spec_patch("resources", val_map_take(&resources));
}

struct val *size_strip(const struct val *obj)
{
	enum size_field field = field_of(val_get_text(obj, "kind"));

	if (!val_is(val_get(obj, "spec"), VAL_MAP))
		return val_ref(obj);
	if (size_storage(obj))
		return without_storage(obj);
	if (field == SIZE_NONE)
		return val_ref(obj);
	if (field != SIZE_NODES) {
		AUTO(val_unref) struct val *less =
			with_spec(obj, CLAIMS_POLICY, NULL);

		return with_spec(less, key_of(field), NULL);
	}
	/* An empty selector is none: size_stop() leaves no trace of it. */
	if (!node_selector(obj))
		return val_ref(obj);
	AUTO(val_unref) struct val *rest =
		val_without(map_of(node_selector(obj)), SIZE_NOWHERE);
	return with_node_selector(obj, rest);
}

static struct val *nodes_patch(const struct val *obj)
{
	const struct val *label = val_get(node_selector(obj), SIZE_NOWHERE);
	struct val_map labels = { 0 }, pod = { 0 }, outer = { 0 };

	val_map_put(&labels, SIZE_NOWHERE, label ? label : val_null());
	val_map_put_take(&pod, "nodeSelector", val_map_take(&labels));
	val_map_put_take(&outer, "spec", val_map_take(&pod));
	return spec_patch("template", val_map_take(&outer));
}

/* A policy with all its keys, so that none stays as it was. */
static struct val *whole_policy(const struct val *policy)
{
	static const char *const keys[] = { "whenDeleted", "whenScaled" };
	struct val_map map = { 0 };

	for (size_t i = 0; i < ARRAY_LEN(keys); i++) {
		const struct val *v = val_get(policy, keys[i]);

		val_map_put(&map, keys[i], v ? v : val_null());
	}
	return val_map_take(&map);
}

static struct val *claims_policy_patch(const struct val *obj)
{
	const struct val *spec = val_get(obj, "spec");
	const struct val *policy = val_get(spec, CLAIMS_POLICY);
	const struct val *replicas = val_get(spec, "replicas");
	struct val_map changed = { 0 }, patch = { 0 };

	val_map_put_take(&changed, CLAIMS_POLICY,
			 policy ? whole_policy(policy) : val_ref(val_null()));
	val_map_put_take(&changed, "replicas",
			 replicas ? val_ref(replicas) : val_new_int(1));
	val_map_put_take(&patch, "spec", val_map_take(&changed));
	return val_map_take(&patch);
}

struct val *size_patch(const struct val *obj)
{
	const char *kind = val_get_text(obj, "kind");
	enum size_field field = field_of(kind);

	if (field == SIZE_NODES)
		return nodes_patch(obj);
	if (strcmp(kind, "StatefulSet") == 0)
		return claims_policy_patch(obj);
	const struct val *size = val_get(val_get(obj, "spec"), key_of(field));
	if (size)
		return spec_patch(key_of(field), val_ref(size));
	return spec_patch(key_of(field), field == SIZE_REPLICAS
						 ? val_new_int(1)
						 : val_ref(val_bool(false)));
}
