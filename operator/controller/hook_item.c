#include "controller/hook_item.h"

#include "controller/definitions.h"
#include "controller/item.h"
#include "data/path.h"
#include "release/generate.h"
#include "release/names.h"
#include "release/order.h"
#include "release/preflight.h"

static const struct kube_write strict = { .validation =
						  KUBE_VALIDATION_STRICT };

bool hook_is_of_deletion(enum hook_event event)
{
	return event == HOOK_PRE_DELETE || event == HOOK_POST_DELETE;
}

struct kube_ref hook_ref(const struct hook_course *c,
			 const struct hook_item *item)
{
	const struct val *meta = val_get(item->object, "metadata");

	return (struct kube_ref){
		.kind = c->hooks->objects.kinds.items[item - c->hooks->items],
		.ns = val_get_text(meta, "namespace"),
		.name = val_get_text(meta, "name"),
	};
}

struct val *hook_stamped(const struct hook_course *c, const struct val *object)
{
	return owner_stamp_hook(&c->p->owner, c->revision, c->event, c->uid,
				object);
}

bool hook_is_recorded(const struct pass *p, const char *id)
{
	for (size_t i = 0; i < p->old_hooks.count; i++)
		if (strcmp(p->old_hooks.items[i].id, id) == 0)
			return true;
	return false;
}

/* Whether Helm or a helm-operator has left it: they mark objects of hooks in
 * no way, but the record lists it. */
static bool is_left_by_helm(const struct pass *p, const struct hook_item *item,
			    const struct val *live)
{
	const struct val *meta = val_get(live, "metadata");
	const struct val *annotations = val_get(meta, "annotations");
	struct hook_rules rules;

	return hook_is_recorded(p, item->id) &&
	       hook_read(live, &rules) == HOOK_KNOWN &&
	       !val_count(val_get(meta, "ownerReferences")) &&
	       !val_get(annotations, NAME_RELEASE_NAME) &&
	       !owner_is_kept(live) &&
	       !order_is_kept(item->hook->object.kind, "") &&
	       hook_deletes_if(&item->hook->rules, HOOK_IF_BEFORE_CREATION);
}

/* An object of that name is there, and no store has told of it. */
static enum hook_progress meet(struct hook_course *c,
			       const struct hook_item *item, struct err *err)
{
	struct pass *p = c->p;
	struct kube_ref ref = hook_ref(c, item);
	AUTO(val_unref) struct val *live = NULL;

	if (!kube_get(p->client, &ref, &live, err))
		return HOOK_BROKEN;
	if (owner_has(&p->owner, live)) {
		item_learn(p, &ref, live);
		p->rerun = true;
		return HOOK_STOPPED;
	}
	if (!is_left_by_helm(p, item, live)) {
		item_foreign(&ref, live, err);
		return HOOK_BROKEN;
	}
	/* No watch tells when it is gone. */
	p->wait_ms = 1000;
	return item_delete(p, &ref, path_get_text(live, "metadata.uid"), err)
		       ? HOOK_STOPPED
		       : HOOK_BROKEN;
}

/* A kind that the release defines is there only once it is deployed. */
static enum hook_progress await_kind(struct hook_course *c,
				     const struct kube_kind *kind,
				     struct err *err)
{
	if (c->event == HOOK_PRE_INSTALL || c->event == HOOK_PRE_UPGRADE) {
		err_set(err, ERR_INVALID,
			"%s is defined by the release itself, which comes "
			"after this hook",
			kind->kind);
		return HOOK_BROKEN;
	}
	definitions_await(c->p, kind->api_version, kind->kind);
	return HOOK_STOPPED;
}

enum hook_progress hook_create(struct hook_course *c,
			       const struct hook_item *item, struct err *err)
{
	struct pass *p = c->p;
	struct kube_ref ref = hook_ref(c, item);
	AUTO(val_unref) struct val *filled = NULL;
	AUTO(val_unref) struct val *after = NULL;

	if (ref.kind->coming)
		return await_kind(c, ref.kind, err);
	if (!generate_key(item->object))
		filled = val_ref(item->object);
	else if (!generate_fill(item->object, &filled, err))
		return HOOK_BROKEN;
	AUTO(val_unref) struct val *object = hook_stamped(c, filled);
	if (kube_create(&p->writer, &ref, object, &strict, &after, err)) {
		p->steps++;
		item_learn(p, &ref, after);
		return HOOK_OVER;
	}
	if (err->kind == ERR_EXISTS) {
		err_clear(err);
		return meet(c, item, err);
	}
	if (!hook_is_of_deletion(c->event) || !preflight_is_ending(err))
		return HOOK_BROKEN;
	err_clear(err);
	return HOOK_SKIPPED;
}

bool hook_is_ending(const struct hook_course *c)
{
	const struct kube_write opt = { .dry_run = true };
	AUTO_ERR err = ERR_INIT;

	for (size_t i = 0; i < c->hooks->count; i++) {
		const struct hook_item *item = &c->hooks->items[i];

		if (!hook_runs_at(&item->hook->rules, c->event))
			continue;
		struct kube_ref ref = hook_ref(c, item);
		AUTO(val_unref) struct val *object =
			hook_stamped(c, item->object);
		return !kube_create(&c->p->writer, &ref, object, &opt, NULL,
				    &err) &&
		       preflight_is_ending(&err);
	}
	return false;
}
