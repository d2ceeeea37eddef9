#include "unit/release/hook_case.h"

#include "unit/release/given.h"
#include "unit/rows.h"

static void annotate(struct val_map *annotations, const char *key,
		     const struct val *v)
{
	if (v)
		val_map_set_text(annotations, key, val_text(v));
}

/* The object that an id and what is said of the hook make. */
static struct val *object_of(const struct val *v, const char *events)
{
	struct str group, kind, ns, name = str_of(val_get_text(v, "id"));
	struct val_map object = { 0 }, meta = { 0 }, annotations = { 0 };

	str_split(name, '/', &group, &name);
	str_split(name, '/', &kind, &name);
	str_split(name, '/', &ns, &name);
	AUTO_FREE char *api =
		alloc_print(STR_FMT "%sv1", STR_ARG(group), group.n ? "/" : "");
	val_map_set_text(&annotations, HOOK_ANNOTATION,
			 val_get(v, "events") ? val_get_text(v, "events")
					      : events);
	annotate(&annotations, HOOK_ANNOTATION_WEIGHT, val_get(v, "weight"));
	annotate(&annotations, HOOK_ANNOTATION_DELETE, val_get(v, "policy"));
	annotate(&annotations, HOOK_ANNOTATION_LOG, val_get(v, "log"));
	annotate(&annotations, "ide.example.com/generate",
		 val_get(v, "generate"));
	val_map_put_take(&meta, "name", val_new_text(name));
	if (ns.n)
		val_map_put_take(&meta, "namespace", val_new_text(ns));
	val_map_put_take(&meta, "annotations", val_map_take(&annotations));
	val_map_set_text(&object, "apiVersion", api);
	val_map_put_take(&object, "kind", val_new_text(kind));
	val_map_put_take(&object, "metadata", val_map_take(&meta));
	return val_map_take(&object);
}

void hook_case_make(struct hook_case *c, const struct val *list,
		    const char *events)
{
	AUTO_ERR err = ERR_INIT;

	c->manifest = NEW(struct manifest);
	for (size_t i = 0; i < val_count(list); i++) {
		AUTO(val_unref) struct val *object =
			object_of(val_at(list, i), events);

		if (!manifest_add_rendered(c->manifest, object, "c/t.yaml", "",
					   &err))
			fail_msg("%s", err.msg);
		assert_int_equal(c->manifest->hooks.count, i + 1);
	}
	for (size_t i = 0; i < val_count(list); i++) {
		const struct manifest_hook *h = &c->manifest->hooks.items[i];

		*VEC_ADD(c) = (struct hook_item){
			val_get_text(val_at(list, i), "id"),
			h,
			h->object.object,
		};
	}
}

void hook_case_done(struct hook_case *c)
{
	manifest_free(c->manifest);
	VEC_DONE(c);
}

enum hook_event hook_case_event(const char *text)
{
	enum hook_event event;

	if (!hook_event_find(str_of(text), &event))
		fail_msg("no event: %s", text);
	return event;
}

enum hook_state hook_case_state(const char *text)
{
	if (strcmp(text, "failed") == 0)
		return HOOK_STATE_FAILED;
	if (strcmp(text, "running") == 0)
		return HOOK_STATE_RUNNING;
	if (*text && strcmp(text, "succeeded") != 0)
		fail_msg("no state: %s", text);
	return HOOK_STATE_SUCCEEDED;
}
