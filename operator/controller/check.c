#include "controller/check.h"

#include "controller/item.h"
#include "controller/objects.h"
#include "release/owner.h"
#include "release/preflight.h"
#include "release/size.h"

static const struct kube_write dry_run = {
	.dry_run = true,
	.validation = KUBE_VALIDATION_STRICT,
};

static bool is_kind(const struct plan_item *item, const char *kind)
{
	return strcmp(val_get_text(item->object, "kind"), kind) == 0;
}

/* How many objects of this kind come and go. */
static struct preflight_kind count_kind(const struct pass *p, const char *kind)
{
	struct preflight_kind k = { 0 };

	for (size_t i = 0; i < p->plan.steps.count; i++) {
		const struct step *s = &p->plan.steps.items[i];

		k.deleted += s->kind == STEP_DELETE &&
			     strcmp(s->live->kind, kind) == 0;
		k.created += s->kind == STEP_CHECK && is_kind(s->item, kind);
	}
	return k;
}

/* Whether the release brings the namespace of a name itself. */
static bool brings_namespace(const struct pass *p, const char *name)
{
	for (size_t i = 0; i < p->want.count; i++) {
		const struct plan_item *item = &p->want.items[i];
		const struct val *meta = val_get(item->object, "metadata");

		if (is_kind(item, "Namespace") &&
		    strcmp(val_get_text(meta, "name"), name) == 0)
			return true;
	}
	return false;
}

/* What has that name, if no store of ours knows it. */
static bool check_owner(struct pass *p, const struct kube_ref *ref,
			struct err *err)
{
	AUTO(val_unref) struct val *live = NULL;

	if (!kube_get(p->client, ref, &live, err)) {
		if (err->kind != ERR_NOT_FOUND)
			return false;
		err_clear(err);
		return true;
	}
	return item_is_ours(p, live) || item_foreign(ref, live, err);
}

bool check_object(struct pass *p, const struct kube_ref *ref,
		  const struct val *object, bool is_live, struct err *err)
{
	struct preflight_kind counts = count_kind(p, ref->kind->kind);

	/* Nobody can judge it yet. */
	if (ref->kind->coming ||
	    kube_create(&p->writer, ref, object, &dry_run, NULL, err))
		return true;
	if (err->kind == ERR_EXISTS) {
		err_clear(err);
		return is_live || check_owner(p, ref, err);
	}
	if (!preflight_passes(err, &counts, brings_namespace(p, ref->ns)))
		return false;
	err_clear(err);
	return true;
}

static bool check_create(struct pass *p, const struct plan_item *item,
			 const struct plan_live *live, int64_t revision,
			 struct err *err)
{
	struct kube_ref ref = item_ref(p, item);
	AUTO(val_unref) struct val *stamped =
		owner_stamp(&p->owner, revision, item->object);
	/* What is only put back is what is recorded. */
	const struct plan_item *old = p->plan.action == PLAN_REPAIR
					      ? item
					      : objects_find(&p->old, item->id);
	AUTO(val_unref) struct val *object =
		live ? preflight_object(stamped, old ? old->object : NULL)
		     : val_ref(stamped);

	return check_object(p, &ref, object, live, err);
}

static bool check_patch(struct pass *p, const struct plan_item *item,
			int64_t revision, struct err *err)
{
	struct kube_ref ref = item_ref(p, item);
	struct preflight_kind counts = { 0 };
	AUTO(val_unref) struct val *patch = item_patch(p, item, revision);

	if (kube_patch(&p->writer, &ref, KUBE_PATCH_MERGE, patch, &dry_run,
		       NULL, err))
		return true;
	if (!preflight_passes(err, &counts, false))
		return false;
	err_clear(err);
	return true;
}

/* A claim that would have to shrink; that it cannot grow now is no reason to
 * hold up the rest. */
bool check_storage(struct pass *p, const struct plan_item *item,
		   struct err *err)
{
	struct kube_ref ref = item_ref(p, item);
	AUTO(val_unref) struct val *patch = size_storage_patch(item->object);
	AUTO_ERR why = ERR_INIT;

	if (kube_patch(&p->writer, &ref, KUBE_PATCH_MERGE, patch, &dry_run,
		       NULL, &why) ||
	    preflight_is_held(&why))
		return true;
	err_move(err, &why);
	return false;
}

static bool is_patched(const struct pass *p, const struct plan_live *live)
{
	for (size_t i = 0; i < p->plan.steps.count; i++) {
		const struct step *s = &p->plan.steps.items[i];

		if (s->kind == STEP_PATCH && s->live == live)
			return true;
	}
	return false;
}

bool check_item(struct pass *p, const struct plan_item *item,
		const struct plan_live *live, int64_t revision, struct err *err)
{
	if (!live || !is_patched(p, live))
		return check_create(p, item, live, revision, err);
	if (size_storage(item->object) && live->bound &&
	    !check_storage(p, item, err))
		return false;
	return check_patch(p, item, revision, err);
}
