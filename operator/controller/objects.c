#include "controller/objects.h"

#include "base/alloc.h"
#include "controller/definitions.h"
#include "controller/summary.h"
#include "release/digest.h"
#include "release/order.h"
#include "release/size.h"

static struct val *with_namespace(const struct val *object, const char *ns)
{
	AUTO(val_unref) struct val *meta =
		val_with_text(val_get(object, "metadata"), "namespace", ns);

	return val_with(object, "metadata", meta);
}

static struct val *without_namespace(const struct val *object)
{
	AUTO(val_unref) struct val *meta =
		val_without(val_get(object, "metadata"), "namespace");

	return val_with(object, "metadata", meta);
}

static struct val *place(const struct manifest_object *m, bool namespaced,
			 const char *ns)
{
	if (namespaced && !*m->namespace)
		return with_namespace(m->object, ns);
	if (!namespaced && *m->namespace)
		return without_namespace(m->object);
	return val_ref(m->object);
}

/* @param kind  NULL: nothing is done with it */
static void add_item(struct pass_objects *out, const struct kube_kind *kind,
		     struct val *take_object)
{
	const struct val *meta = val_get(take_object, "metadata");
	char *id = summary_id(val_get_text(take_object, "apiVersion"),
			      val_get_text(take_object, "kind"),
			      val_get_text(meta, "namespace"),
			      val_get_text(meta, "name"));
	struct plan_item *item = VEC_ADD(out);

	item->id = id;
	item->object = take_object;
	*VEC_ADD(&out->ids) = id;
	*VEC_ADD(&out->objects) = take_object;
	*VEC_ADD(&out->kinds) = kind;
}

/* NULL: the object is left out. */
static bool find_kind(const struct kube_client *client,
		      const struct manifest *manifest,
		      const struct manifest_object *m, bool lenient,
		      const struct kube_kind **out, struct err *err)
{
	if (kube_find_kind(client, m->api_version, m->kind, out, err))
		return true;
	if (err->kind != ERR_NOT_FOUND)
		return false;
	*out = lenient ? NULL
		       : definitions_find(client, manifest, m->api_version,
					  m->kind);
	if (!lenient && !*out)
		return false;
	err_clear(err);
	return true;
}

bool objects_make(const struct kube_client *client,
		  const struct manifest *manifest, const char *ns, bool lenient,
		  struct pass_objects *out, struct err *err)
{
	for (size_t i = 0; i < manifest->count; i++) {
		const struct manifest_object *m = &manifest->items[i];
		const struct kube_kind *kind = NULL;

		if (!find_kind(client, manifest, m, lenient, &kind, err))
			return err_wrap(err, "%s %s", m->kind, m->name);
		/* Without its kind there is no object. */
		if (kind)
			add_item(out, kind, place(m, kind->namespaced, ns));
	}
	return true;
}

bool objects_add(const struct kube_client *client, const struct val *entry,
		 struct pass_objects *out, struct err *err)
{
	const struct kube_kind *kind;
	struct val_map object = { 0 }, meta = { 0 };

	if (!kube_find_kind(client, val_get_text(entry, "apiVersion"),
			    val_get_text(entry, "kind"), &kind, err)) {
		if (err->kind != ERR_NOT_FOUND)
			return false;
		err_clear(err);
		return true;
	}
	val_map_put(&object, "apiVersion", val_get(entry, "apiVersion"));
	val_map_put(&object, "kind", val_get(entry, "kind"));
	val_map_set_text(&meta, "namespace", val_get_text(entry, "namespace"));
	val_map_put(&meta, "name", val_get(entry, "name"));
	val_map_put_take(&object, "metadata", val_map_take(&meta));
	add_item(out, kind, val_map_take(&object));
	return true;
}

static bool is_test(const struct manifest_hook *hook)
{
	return hook->rules.events == 1U << HOOK_TEST;
}

static void add_hook(struct pass_hooks *out, const struct manifest_hook *hook,
		     const struct kube_kind *kind, struct val *take_object)
{
	add_item(&out->objects, kind, take_object);
	*VEC_ADD(out) = (struct hook_item){
		.id = out->objects.ids.items[out->objects.ids.count - 1],
		.hook = hook,
		.object = take_object,
	};
}

bool objects_make_hooks(const struct kube_client *client,
			const struct manifest *manifest, const char *ns,
			bool lenient, struct pass_hooks *out, struct err *err)
{
	for (size_t i = 0; i < manifest->hooks.count; i++) {
		const struct manifest_hook *hook = &manifest->hooks.items[i];
		const struct manifest_object *m = &hook->object;
		const struct kube_kind *kind = NULL;

		if (is_test(hook)) {
			add_hook(out, hook, NULL, val_ref(m->object));
			continue;
		}
		if (!find_kind(client, manifest, m, lenient, &kind, err))
			return err_wrap(err, "hook %s %s", m->kind, m->name);
		if (kind)
			add_hook(out, hook, kind,
				 place(m, kind->namespaced, ns));
	}
	return true;
}

unsigned objects_hook_events(const struct pass_hooks *hooks)
{
	unsigned events = 0;

	for (size_t i = 0; i < hooks->count; i++)
		events |= hooks->items[i].hook->rules.events;
	return events;
}

void objects_digest(const struct pass_objects *items,
		    char digest[DIGEST_TEXT_BYTES],
		    char shape[DIGEST_TEXT_BYTES])
{
	struct val_list full = { 0 }, bare = { 0 };

	for (size_t i = 0; i < items->count; i++) {
		const struct val *object = items->items[i].object;

		val_list_add(&full, object);
		val_list_add_take(&bare, size_strip(object));
	}
	AUTO(val_unref) struct val *all = val_list_take(&full);
	AUTO(val_unref) struct val *stripped = val_list_take(&bare);
	digest_value(all, digest);
	digest_value(stripped, shape);
}

void objects_hooks_digest(const struct pass_hooks *hooks,
			  char digest[DIGEST_TEXT_BYTES])
{
	struct val_list list = { 0 };

	for (size_t i = 0; i < hooks->count; i++)
		val_list_add(&list, hooks->items[i].object);
	AUTO(val_unref) struct val *all = val_list_take(&list);
	digest_value(all, digest);
}

const struct plan_item *objects_find(const struct pass_objects *items,
				     const char *id)
{
	return plan_find_item(items->items, items->count, id);
}

const struct kube_kind *objects_kind(const struct pass_objects *items,
				     const struct plan_item *item)
{
	return items->kinds.items[item - items->items];
}

bool objects_are_watched(const struct pass_objects *items, struct sources *s)
{
	bool synced = true, pods = false;

	for (size_t i = 0; i < items->count; i++) {
		const struct kube_kind *kind = items->kinds.items[i];

		if (!kind || kind->coming)
			continue;
		struct store *store =
			sources_live(s, kind->api_version, kind->kind);

		pods |= order_owns_pods(kind->kind) ||
			strcmp(kind->kind, "CronJob") == 0;
		synced &= store_is_synced(store);
	}
	if (pods)
		synced &= sources_have_pods(s);
	return synced;
}

bool objects_all_watched(const struct pass_objects *items,
			 const struct pass_hooks *hooks, struct sources *s)
{
	bool watched = objects_are_watched(items, s);

	return objects_are_watched(&hooks->objects, s) && watched;
}

void objects_done(struct pass_objects *items)
{
	for (size_t i = 0; i < items->ids.count; i++) {
		free(items->ids.items[i]);
		val_unref(items->objects.items[i]);
	}
	VEC_DONE(&items->ids);
	VEC_DONE(&items->objects);
	VEC_DONE(&items->kinds);
	VEC_DONE(items);
}

void objects_hooks_done(struct pass_hooks *hooks)
{
	objects_done(&hooks->objects);
	VEC_DONE(hooks);
}
