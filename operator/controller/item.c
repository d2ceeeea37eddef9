#include "controller/item.h"

#include "base/alloc.h"
#include "controller/objects.h"
#include "data/merge.h"
#include "release/order.h"
#include "release/size.h"

static bool is_of(const struct pass_objects *items,
		  const struct plan_item *item)
{
	return item >= items->items && item < items->items + items->count;
}

struct kube_ref item_ref(const struct pass *p, const struct plan_item *item)
{
	const struct pass_objects *items = is_of(&p->want, item)    ? &p->want
					   : is_of(&p->noted, item) ? &p->noted
								    : &p->old;
	const struct val *meta = val_get(item->object, "metadata");

	return (struct kube_ref){
		.kind = objects_kind(items, item),
		.ns = val_get_text(meta, "namespace"),
		.name = val_get_text(meta, "name"),
	};
}

struct val *item_patch(const struct pass *p, const struct plan_item *item,
		       int64_t revision)
{
	const struct plan_item *old = objects_find(&p->old, item->id);
	AUTO(val_unref) struct val *before =
		old ? owner_stamp(&p->owner, revision, old->object) : NULL;
	AUTO(val_unref) struct val *stamped =
		owner_stamp(&p->owner, revision, item->object);

	if (!size_storage(item->object))
		return merge_patch_full(before, stamped);
	AUTO(val_unref) struct val *from = before ? size_strip(before) : NULL;
	AUTO(val_unref) struct val *to = size_strip(stamped);
	return merge_patch_full(from, to);
}

void item_learn(const struct pass *p, const struct kube_ref *ref,
		const struct val *object)
{
	sources_learn(p->env->sources, ref->kind->api_version, ref->kind->kind,
		      object);
}

void item_forget(const struct pass *p, const struct kube_ref *ref)
{
	AUTO_FREE char *key = alloc_print("%s/%s", ref->ns, ref->name);

	sources_forget(p->env->sources, ref->kind->api_version, ref->kind->kind,
		       key);
}

bool item_delete(struct pass *p, const struct kube_ref *ref, const char *uid,
		 struct err *err)
{
	struct kube_delete opt = {
		.propagation = order_owns_pods(ref->kind->kind) ||
					       strchr(ref->kind->group, '.')
				       ? KUBE_FOREGROUND
				       : KUBE_BACKGROUND,
		.uid = uid,
	};

	if (kube_delete(&p->writer, ref, &opt, NULL, err)) {
		p->waiting = true;
		return true;
	}
	/* Gone, or another object by now: the next pass looks again. */
	if (err->kind != ERR_NOT_FOUND && err->kind != ERR_CONFLICT)
		return false;
	if (err->kind == ERR_NOT_FOUND)
		item_forget(p, ref);
	err_clear(err);
	p->rerun = true;
	return true;
}

bool item_is_ours(const struct pass *p, const struct val *live)
{
	return owner_has(&p->owner, live) || owner_may_claim(&p->owner, live);
}

bool item_foreign(const struct kube_ref *ref, const struct val *live,
		  struct err *err)
{
	AUTO_FREE char *who = owner_describe(live);

	return err_set(err, ERR_EXISTS,
		       "%s %s/%s exists and belongs to %s: delete it or give "
		       "the release another name",
		       ref->kind->kind, ref->ns, ref->name, who);
}
