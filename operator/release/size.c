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

struct val *size_stop(const struct val *obj)
{
	AUTO(val_unref) struct val *zero = val_new_int(0);
	AUTO(val_unref) struct val *selector = NULL;

	switch (field_of(val_get_text(obj, "kind"))) {
	case SIZE_REPLICAS:
		return with_spec(obj, "replicas", zero);
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

struct val *size_strip(const struct val *obj)
{
	enum size_field field = field_of(val_get_text(obj, "kind"));

	if (field == SIZE_NONE || !val_is(val_get(obj, "spec"), VAL_MAP))
		return val_ref(obj);
	if (field != SIZE_NODES)
		return with_spec(obj, key_of(field), NULL);
	/* An empty selector is none: size_stop() leaves no trace of it. */
	if (!node_selector(obj))
		return val_ref(obj);
	AUTO(val_unref) struct val *rest =
		val_without(map_of(node_selector(obj)), SIZE_NOWHERE);
	return with_node_selector(obj, rest);
}

/* {"spec": {key: item}}; the item is taken. */
static struct val *spec_patch(const char *key, struct val *take)
{
	struct val_map spec = { 0 }, patch = { 0 };

	val_map_put_take(&spec, key, take);
	val_map_put_take(&patch, "spec", val_map_take(&spec));
	return val_map_take(&patch);
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

struct val *size_patch(const struct val *obj)
{
	enum size_field field = field_of(val_get_text(obj, "kind"));

	if (field == SIZE_NODES)
		return nodes_patch(obj);
	const struct val *size = val_get(val_get(obj, "spec"), key_of(field));
	if (size)
		return spec_patch(key_of(field), val_ref(size));
	return spec_patch(key_of(field), field == SIZE_REPLICAS
						 ? val_new_int(1)
						 : val_ref(val_bool(false)));
}
