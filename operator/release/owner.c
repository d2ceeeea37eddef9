#include "release/owner.h"

#include "base/alloc.h"
#include "release/names.h"
#include "release/order.h"

#include <inttypes.h>
#include <strings.h>

static const struct val *meta(const struct val *obj, const char *key)
{
	return val_get(val_get(obj, "metadata"), key);
}

static const char *annotation(const struct val *obj, const char *key)
{
	return val_get_text(meta(obj, "annotations"), key);
}

struct str owner_group(const char *api_version)
{
	struct str group, version;

	if (!str_split(str_of(api_version), '/', &group, &version))
		return str_of("");
	return group;
}

/* "Kind.group", as operator-sdk writes it. */
static char *primary_type(const struct owner *owner)
{
	struct str group = owner_group(owner->api_version);

	return alloc_print("%s." STR_FMT, owner->kind, STR_ARG(group));
}

static char *primary(const struct owner *owner)
{
	return alloc_print("%s/%s", owner->namespace, owner->name);
}

struct val *owner_references(const struct owner *owner)
{
	struct val_map ref = { 0 };
	struct val_list list = { 0 };

	val_map_set_text(&ref, "apiVersion", owner->api_version);
	val_map_set_text(&ref, "kind", owner->kind);
	val_map_set_text(&ref, "name", owner->name);
	val_map_set_text(&ref, "uid", owner->uid);
	val_map_put(&ref, "controller", val_bool(true));
	val_map_put(&ref, "blockOwnerDeletion", val_bool(true));
	val_list_add_take(&list, val_map_take(&ref));
	return val_list_take(&list);
}

/* Copies a map into a builder; anything else gives an empty one. */
static struct val_map copy(const struct val *map)
{
	struct val_map m = { 0 };

	if (!val_is(map, VAL_MAP))
		return m;
	for (size_t i = 0; i < val_count(map); i++)
		val_map_set(&m, val_key(map, i), val_at(map, i));
	return m;
}

/* Puts a map in, but what a chart gives that is no map stays, for the API
 * server to refuse. */
static void put_map(struct val_map *metadata, const char *key,
		    struct val_map *map)
{
	const struct val *old = val_map_find(metadata, str_of(key));

	if (!old || val_is(old, VAL_NULL) || val_is(old, VAL_MAP))
		val_map_put_take(metadata, key, val_map_take(map));
	else
		val_map_drop(map);
}

void owner_set_primary(const struct owner *owner, struct val_map *annotations)
{
	AUTO_FREE char *who = primary(owner);
	AUTO_FREE char *type = primary_type(owner);

	val_map_set_text(annotations, NAME_PRIMARY, who);
	val_map_set_text(annotations, NAME_PRIMARY_TYPE, type);
}

static const struct val *pod_template(const struct val *obj)
{
	const struct val *template = val_get(val_get(obj, "spec"), "template");

	return val_get(val_get(template, "spec"), "containers") ? template
								: NULL;
}

static struct val *stamp_pods(const struct owner *owner, const char *run,
			      const struct val *obj)
{
	const struct val *template = pod_template(obj);
	struct val_map labels = copy(meta(template, "labels"));
	struct val_map annotations = copy(meta(template, "annotations"));
	struct val_map metadata = copy(val_get(template, "metadata"));

	val_map_set_text(&labels, NAME_CHART_LABEL, owner->chart);
	owner_set_primary(owner, &annotations);
	if (run)
		val_map_set_text(&annotations, NAME_HOOK_RUN, run);
	put_map(&metadata, "labels", &labels);
	put_map(&metadata, "annotations", &annotations);
	AUTO(val_unref) struct val *m = val_map_take(&metadata);
	AUTO(val_unref) struct val *t = val_with(template, "metadata", m);
	AUTO(val_unref) struct val *s =
		val_with(val_get(obj, "spec"), "template", t);
	return val_with(obj, "spec", s);
}

/* @param run  NULL for what is no hook */
static struct val *stamp(const struct owner *owner, int64_t revision,
			 const char *run, bool outlives, const struct val *obj)
{
	struct val_map metadata = copy(val_get(obj, "metadata"));
	struct val_map labels = copy(meta(obj, "labels"));
	struct val_map annotations = copy(meta(obj, "annotations"));
	struct str namespace = val_str(meta(obj, "namespace"));
	AUTO_FREE char *number = alloc_print("%" PRId64, revision);

	val_map_set_text(&labels, NAME_MANAGED_BY, NAME_MANAGER);
	val_map_set_text(&labels, NAME_CHART_LABEL, owner->chart);
	val_map_set_text(&annotations, NAME_RELEASE_NAME, owner->release);
	val_map_set_text(&annotations, NAME_RELEASE_NAMESPACE,
			 owner->release_namespace);
	val_map_set_text(&annotations, NAME_REVISION, number);
	if (run)
		val_map_set_text(&annotations, NAME_HOOK_RUN, run);
	if (outlives || owner_is_kept(obj) ||
	    !str_is(namespace, owner->namespace))
		owner_set_primary(owner, &annotations);
	else
		val_map_put_take(&metadata, "ownerReferences",
				 owner_references(owner));
	put_map(&metadata, "labels", &labels);
	put_map(&metadata, "annotations", &annotations);
	AUTO(val_unref) struct val *m = val_map_take(&metadata);
	AUTO(val_unref) struct val *stamped = val_with(obj, "metadata", m);
	if (revision && pod_template(stamped))
		return stamp_pods(owner, run, stamped);
	return TAKE(stamped);
}

struct val *owner_stamp(const struct owner *owner, int64_t revision,
			const struct val *obj)
{
	return stamp(owner, revision, NULL, false, obj);
}

char *owner_hook_run(enum hook_event event, const char *record_uid)
{
	return alloc_print("%s/%s", hook_event_text(event), record_uid);
}

struct val *owner_stamp_hook(const struct owner *owner, int64_t revision,
			     enum hook_event event, const char *record_uid,
			     const struct val *obj)
{
	AUTO_FREE char *run = owner_hook_run(event, record_uid);
	struct str group = owner_group(val_get_text(obj, "apiVersion"));
	AUTO_FREE char *group_text = alloc_text(group.p, group.n);
	bool outlives = event == HOOK_PRE_DELETE || event == HOOK_POST_DELETE ||
			order_is_kept(val_get_text(obj, "kind"), group_text);

	return stamp(owner, revision, run, outlives, obj);
}

static bool has_reference(const struct owner *owner, const struct val *live)
{
	const struct val *refs = meta(live, "ownerReferences");

	for (size_t i = 0; i < val_count(refs); i++)
		if (str_is(val_str(val_get(val_at(refs, i), "uid")),
			   owner->uid))
			return true;
	return false;
}

static bool has_primary(const struct owner *owner, const struct val *live)
{
	AUTO_FREE char *who = primary(owner);
	AUTO_FREE char *type = primary_type(owner);

	return strcmp(annotation(live, NAME_PRIMARY), who) == 0 &&
	       strcmp(annotation(live, NAME_PRIMARY_TYPE), type) == 0;
}

static bool is_of_release(const struct owner *owner, const struct val *live)
{
	const char *release = annotation(live, NAME_RELEASE_NAME);
	const char *namespace = annotation(live, NAME_RELEASE_NAMESPACE);

	return strcmp(release, owner->release) == 0 &&
	       strcmp(namespace, owner->release_namespace) == 0;
}

bool owner_has(const struct owner *owner, const struct val *live)
{
	return is_of_release(owner, live) &&
	       (has_reference(owner, live) || has_primary(owner, live));
}

static bool has_controller(const struct val *live)
{
	const struct val *refs = meta(live, "ownerReferences");

	for (size_t i = 0; i < val_count(refs); i++)
		if (val_is_true(val_get(val_at(refs, i), "controller")))
			return true;
	return false;
}

bool owner_may_claim(const struct owner *owner, const struct val *live)
{
	const char *manager =
		val_get_text(meta(live, "labels"), NAME_MANAGED_BY);

	return is_of_release(owner, live) && strcmp(manager, "Helm") == 0 &&
	       !has_controller(live) && !*annotation(live, NAME_PRIMARY);
}

char *owner_describe(const struct val *live)
{
	const char *release = annotation(live, NAME_RELEASE_NAME);
	const struct val *refs = meta(live, "ownerReferences");
	const struct val *ref = val_count(refs) ? val_at(refs, 0) : NULL;

	if (ref)
		return alloc_print("%s %s", val_get_text(ref, "kind"),
				   val_get_text(ref, "name"));
	if (*annotation(live, NAME_PRIMARY))
		return alloc_print("%s %s", annotation(live, NAME_PRIMARY_TYPE),
				   annotation(live, NAME_PRIMARY));
	if (*release)
		return alloc_print("release \"%s\" in namespace \"%s\"",
				   release,
				   annotation(live, NAME_RELEASE_NAMESPACE));
	return alloc_copy("nobody that is known");
}

int64_t owner_revision(const struct val *live)
{
	struct str text = str_of(annotation(live, NAME_REVISION));
	uint64_t n;

	return str_number(text, INT32_MAX, &n) ? (int64_t)n : 0;
}

const char *owner_run(const struct val *live)
{
	return annotation(live, NAME_HOOK_RUN);
}

bool owner_is_kept(const struct val *obj)
{
	return strcasecmp(annotation(obj, NAME_RESOURCE_POLICY), "keep") == 0;
}
