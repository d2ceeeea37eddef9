#include "controller/act.h"

#include "base/alloc.h"
#include "base/clock.h"
#include "base/log.h"
#include "controller/check.h"
#include "controller/compare.h"
#include "controller/definitions.h"
#include "controller/hooks.h"
#include "controller/item.h"
#include "controller/key.h"
#include "controller/objects.h"
#include "controller/quotas.h"
#include "controller/records.h"
#include "controller/summary.h"
#include "release/generate.h"
#include "release/names.h"
#include "release/order.h"
#include "release/preflight.h"
#include "release/size.h"

static const struct kube_write strict = { .validation =
						  KUBE_VALIDATION_STRICT };

/* The finalizer and the release's name, in one patch that holds only for the
 * version that was seen. */
static bool claim(struct pass *p, struct err *err)
{
	const struct val *meta = val_get(p->cr, "metadata");
	const struct val *have = val_get(meta, "finalizers");
	struct kube_ref ref = pass_ref(p);
	struct val_list finalizers = { 0 };
	struct val_map annotations = { 0 }, changed = { 0 }, patch = { 0 };
	struct val *after = NULL;

	for (size_t i = 0; i < val_count(have); i++)
		val_list_add(&finalizers, val_at(have, i));
	if (!p->has_finalizer)
		val_list_add_take(&finalizers, val_new_textz(NAME_FINALIZER));
	val_map_set_text(&annotations, NAME_RELEASE_FIXED, p->release);
	val_map_put(&changed, "resourceVersion",
		    val_get(meta, "resourceVersion"));
	val_map_put_take(&changed, "finalizers", val_list_take(&finalizers));
	val_map_put_take(&changed, "annotations", val_map_take(&annotations));
	val_map_put_take(&patch, "metadata", val_map_take(&changed));
	AUTO(val_unref) struct val *body = val_map_take(&patch);
	if (!kube_patch(p->client, &ref, KUBE_PATCH_MERGE, body, NULL, &after,
			err))
		return false;
	sources_learn_primary(p->env->sources, p->entry_number, after);
	val_unref(after);
	return true;
}

static struct val *json_patch(const char *op, const char *path,
			      const char *text)
{
	struct val_map map = { 0 };

	val_map_set_text(&map, "op", op);
	val_map_set_text(&map, "path", path);
	if (text)
		val_map_set_text(&map, "value", text);
	return val_map_take(&map);
}

static bool is_finalizer(struct str name)
{
	return str_is(name, NAME_FINALIZER) || str_is(name, NAME_FINALIZER_OLD);
}

/* Takes our finalizer off, and the one that helm-operator has left, testing
 * that they stand where they were seen. The last goes first, for places are
 * counted anew after each. */
static bool disclaim(struct pass *p, struct err *err)
{
	const struct val *have =
		val_get(val_get(p->cr, "metadata"), "finalizers");
	struct kube_ref ref = pass_ref(p);
	struct val_list ops = { 0 };

	val_list_add_take(&ops,
			  json_patch("test", "/metadata/uid", p->owner.uid));
	for (size_t at = val_count(have); at-- > 0;) {
		AUTO_FREE char *path =
			alloc_print("/metadata/finalizers/%zu", at);
		const struct val *name = val_at(have, at);

		if (!is_finalizer(val_str(name)))
			continue;
		val_list_add_take(&ops,
				  json_patch("test", path, val_text(name)));
		val_list_add_take(&ops, json_patch("remove", path, NULL));
	}
	AUTO(val_unref) struct val *body = val_list_take(&ops);
	if (!kube_patch(p->client, &ref, KUBE_PATCH_JSON, body, NULL, NULL,
			err)) {
		/* A failed test is a 422: the list has changed since. */
		if (err->kind == ERR_INVALID)
			err->kind = ERR_CONFLICT;
		if (err->kind != ERR_NOT_FOUND)
			return false;
		/* It is gone already: done. */
		err_clear(err);
	}
	sources_forget_primary(p->env->sources, p->entry_number,
			       key_object(p->key));
	return true;
}

/* A merge patch of an object of the release. */
static bool patch_live(struct pass *p, const struct kube_ref *ref,
		       const struct val *patch, const struct kube_write *opt,
		       struct err *err)
{
	AUTO(val_unref) struct val *after = NULL;

	if (!kube_patch(&p->writer, ref, KUBE_PATCH_MERGE, patch, opt, &after,
			err))
		return false;
	item_learn(p, ref, after);
	return true;
}

/* What a patch leaves behind is compared here: it may have drifted before. */
static bool patch_item_with(struct pass *p, const struct plan_item *item,
			    const struct val *patch,
			    const struct kube_write *opt, struct err *err)
{
	struct kube_ref ref = item_ref(p, item);
	AUTO(val_unref) struct val *after = NULL;

	if (!kube_patch(&p->writer, &ref, KUBE_PATCH_MERGE, patch, opt, &after,
			err))
		return false;
	item_learn(p, &ref, after);
	p->unsure |= !compare_answer(p, item, after);
	return true;
}

static bool patch_item(struct pass *p, const struct plan_item *item,
		       int64_t revision, struct err *err)
{
	AUTO(val_unref) struct val *patch = item_patch(p, item, revision);

	return patch_item_with(p, item, patch, &strict, err);
}

/* What a hook has left, and the release wants now: what must not be deleted
 * becomes an object of the release. */
static bool take_over(struct pass *p, const struct plan_item *item,
		      int64_t revision, const char *uid, struct err *err)
{
	struct kube_ref ref = item_ref(p, item);
	AUTO(val_unref) struct val *patch = item_patch(p, item, revision);
	const struct val *meta = val_get(patch, "metadata");

	if (!order_is_kept(ref.kind->kind, ref.kind->group) &&
	    !owner_is_kept(item->object) && !generate_key(item->object))
		return item_delete(p, &ref, uid, err);
	AUTO(val_unref) struct val *annotations = val_with(
		val_get(meta, "annotations"), NAME_HOOK_RUN, val_null());
	AUTO(val_unref) struct val *changed =
		val_with(meta, "annotations", annotations);
	AUTO(val_unref) struct val *whole =
		val_with(patch, "metadata", changed);
	return patch_live(p, &ref, whole, &strict, err);
}

/*
 * What the server answers is how the object is to be from now on, even if
 * something, such as an admission webhook, has put back a part of it: or this
 * would never end.
 */
static bool mend(struct pass *p, const struct plan_item *item,
		 const struct drift *drift, struct err *err)
{
	struct kube_ref ref = item_ref(p, item);
	AUTO(val_unref) struct val *patch = drift_patch(drift);
	AUTO(val_unref) struct val *after = NULL;

	if (!kube_patch(&p->writer, &ref, KUBE_PATCH_JSON, patch, NULL, &after,
			err)) {
		/* It has changed since: the next pass looks again. */
		if (err->kind != ERR_NOT_FOUND && err->kind != ERR_CONFLICT)
			return false;
		if (err->kind == ERR_NOT_FOUND)
			item_forget(p, &ref);
		err_clear(err);
		p->rerun = true;
		return true;
	}
	item_learn(p, &ref, after);
	compare_note(p, &ref, after);
	return true;
}

/* What is there as it should be may be there without what our watches select
 * it by: nothing but this finds it then. */
static bool mend_existing(struct pass *p, const struct plan_item *item,
			  const struct val *live, struct err *err)
{
	AUTO_DRIFT drift = { 0 };

	compare_drift(p, item, live, &drift);
	return drift.count == 0 || mend(p, item, &drift, err);
}

/* An object of that name is there: ours from an interrupted pass, ours from
 * before, on its way out, or somebody else's. */
static bool settle_existing(struct pass *p, const struct plan_item *item,
			    int64_t revision, struct err *err)
{
	struct kube_ref ref = item_ref(p, item);
	AUTO(val_unref) struct val *live = NULL;

	if (!kube_get(p->client, &ref, &live, err))
		return false;
	if (!item_is_ours(p, live))
		return item_foreign(&ref, live, err);
	const struct val *meta = val_get(live, "metadata");
	item_learn(p, &ref, live);
	if (val_get(meta, "deletionTimestamp")) {
		p->waiting = true;
		return true;
	}
	if (*owner_run(live))
		return take_over(p, item, revision, val_get_text(meta, "uid"),
				 err);
	if (owner_revision(live) >= revision || generate_key(item->object))
		return mend_existing(p, item, live, err);
	if (owner_is_kept(live) ||
	    order_is_kept(ref.kind->kind, ref.kind->group))
		return patch_item(p, item, revision, err);
	return item_delete(p, &ref, val_get_text(meta, "uid"), err);
}

static bool create_item(struct pass *p, const struct plan_item *item,
			int64_t revision, struct err *err)
{
	struct kube_ref ref = item_ref(p, item);
	AUTO(val_unref) struct val *filled = NULL;
	struct val *after = NULL;

	if (ref.kind->coming) {
		definitions_await(p, ref.kind->api_version, ref.kind->kind);
		return true;
	}
	if (!generate_key(item->object))
		filled = val_ref(item->object);
	else if (!generate_fill(item->object, &filled, err))
		return false;
	AUTO(val_unref) struct val *stamped =
		owner_stamp(&p->owner, revision, filled);
	if (kube_create(&p->writer, &ref, stamped, &strict, &after, err)) {
		item_learn(p, &ref, after);
		compare_note(p, &ref, after);
		val_unref(after);
		return true;
	}
	if (err->kind != ERR_EXISTS)
		return false;
	err_clear(err);
	return settle_existing(p, item, revision, err);
}

static bool scale_item(struct pass *p, const struct plan_item *item,
		       struct err *err)
{
	AUTO(val_unref) struct val *patch = size_patch(item->object);

	return patch_item_with(p, item, patch, NULL, err);
}

/* What cannot grow now does not hold up the rest. */
static bool grow_item(struct pass *p, const struct plan_item *item,
		      struct err *err)
{
	AUTO(val_unref) struct val *patch = size_storage_patch(item->object);
	AUTO_ERR why = ERR_INIT;

	if (patch_item_with(p, item, patch, NULL, &why))
		return true;
	if (!preflight_is_held(&why)) {
		err_move(err, &why);
		return false;
	}
	err_clear(&p->held);
	err_move(&p->held, &why);
	return true;
}

/* "group/Kind/namespace/name" back to what it was made of; *hold keeps its
 * texts alive. */
static bool live_ref(struct pass *p, const struct plan_live *live, char **hold,
		     struct kube_ref *out, struct err *err)
{
	struct plan_id of = plan_id_of(live->id);
	const char *api_version =
		sources_api_version(p->env->sources, of.group, live->kind);
	if (!api_version) {
		err_set(err, ERR_INTERNAL, "%s: kind is not watched", live->id);
		return false;
	}
	*hold = alloc_text(of.ns.p, of.ns.n);
	*out = (struct kube_ref){ .ns = *hold, .name = of.name };
	return kube_find_kind(p->client, api_version, live->kind, &out->kind,
			      err);
}

static bool delete_live(struct pass *p, const struct plan_live *live,
			struct err *err)
{
	AUTO_FREE char *hold = NULL;
	struct kube_ref ref = { 0 };

	return live_ref(p, live, &hold, &ref, err) &&
	       item_delete(p, &ref, live->uid, err);
}

static bool retain_live(struct pass *p, const struct plan_live *live,
			struct err *err)
{
	AUTO(val_unref) struct val *patch = size_retain_patch();
	AUTO_FREE char *hold = NULL;
	struct kube_ref ref = { 0 };

	p->waiting = true;
	return live_ref(p, live, &hold, &ref, err) &&
	       patch_live(p, &ref, patch, NULL, err);
}

/* Proves that an object of the old manifest is gone that no store has. */
static bool check_gone(struct pass *p, const struct plan_item *item,
		       struct err *err)
{
	struct kube_ref ref = item_ref(p, item);
	AUTO(val_unref) struct val *live = NULL;

	if (!kube_get(p->client, &ref, &live, err)) {
		if (err->kind != ERR_NOT_FOUND)
			return false;
		err_clear(err);
		return true;
	}
	const struct val *meta = val_get(live, "metadata");
	if (!item_is_ours(p, live) || owner_is_kept(live))
		return true;
	item_learn(p, &ref, live);
	/* No watch may show that it goes. */
	p->wait_ms = 1000;
	if (val_get(meta, "deletionTimestamp")) {
		p->waiting = true;
		return true;
	}
	return item_delete(p, &ref, val_get_text(meta, "uid"), err);
}

static bool take_step(struct pass *p, const struct step *s, struct err *err)
{
	switch (s->kind) {
	case STEP_CLAIM:
		return claim(p, err);
	case STEP_CHECK:
		return check_item(p, s->item, s->live, s->revision, err);
	case STEP_CHECK_ALL:
		return quotas_check(p, err);
	case STEP_GROW:
		return grow_item(p, s->item, err);
	case STEP_RETAIN:
		return retain_live(p, s->live, err);
	case STEP_PENDING:
		return records_pending(p, s->revision, err);
	case STEP_ABANDON:
		return records_fail(p, s->revision, NULL, err);
	case STEP_PATCH:
		return patch_item(p, s->item, s->revision, err);
	case STEP_MEND:
		return mend(p, s->item, &compare_found(p, s->item->id)->drift,
			    err);
	case STEP_RESIZING:
		return records_resizing(p, s->revision, err);
	case STEP_SCALE:
		return scale_item(p, s->item, err);
	case STEP_DELETE:
		return delete_live(p, s->live, err);
	case STEP_CHECK_GONE:
		return check_gone(p, s->item, err);
	case STEP_WAIT:
		p->waiting = true;
		return true;
	case STEP_CREATE:
		return create_item(p, s->item, s->revision, err);
	case STEP_CHECK_HOOKS:
		return hooks_check(p, s, err);
	case STEP_HOOKS:
		return hooks_run(p, s, err);
	case STEP_DEPLOYED:
		return records_deployed(p, s->revision, err);
	case STEP_ADOPT:
		return records_adopt(p, s->revision, err);
	case STEP_RESIZED:
		return records_resized(p, s->revision, err);
	case STEP_SUPERSEDE:
		return records_supersede(p, s->revision, err);
	case STEP_FORGET:
		return records_forget(p, s->revision, err);
	case STEP_DISCLAIM:
		return disclaim(p, err);
	}
	return true;
}

/* Deletes and creates go on side by side with their like; what follows must
 * not start while something is awaited. */
static bool goes_on(const struct pass *p, const struct step *s)
{
	if (!p->waiting && !p->rerun)
		return true;
	return s->kind == STEP_DELETE || s->kind == STEP_RETAIN ||
	       s->kind == STEP_CHECK_GONE || s->kind == STEP_CREATE;
}

/*
 * What the server refuses of a new revision, after its dry-run or without one,
 * will be refused again: the record says so, and the next pass takes back what
 * was done. Of an install, what others have in the way may go away.
 */
static bool is_final(const struct pass *p, const struct step *s,
		     const struct err *err)
{
	bool of_revision = s->kind == STEP_CREATE || s->kind == STEP_PATCH ||
			   p->hook_failed;
	bool refused = err->kind == ERR_INVALID || err->kind == ERR_LIMIT;
	bool in_the_way = err->kind == ERR_DENIED || err->kind == ERR_EXISTS;

	switch (p->plan.action) {
	case PLAN_INSTALL:
		return of_revision && refused;
	case PLAN_REDEPLOY:
	case PLAN_PATCH:
		return of_revision && (refused || in_the_way);
	default:
		return false;
	}
}

static bool fail_for_good(struct pass *p, const struct step *s, struct err *err)
{
	AUTO_ERR why = ERR_INIT;

	err_move(&why, err);
	log_warn("revision failed", S("key", p->key),
		 N("revision", p->plan.revision), S("error", why.msg));
	p->rerun = true;
	p->steps++;
	return records_fail(p, s->revision, why.msg, err);
}

bool act(struct pass *p, struct err *err)
{
	for (size_t i = 0; i < p->plan.steps.count; i++) {
		const struct step *s = &p->plan.steps.items[i];

		if (!goes_on(p, s))
			break;
		log_debug("step", S("key", p->key),
			  S("step", step_kind_text(s->kind)),
			  S("object", s->item   ? s->item->id
				      : s->live ? s->live->id
						: NULL),
			  N("revision", s->revision));
		if (!take_step(p, s, err)) {
			if (!p->hook_failed)
				err_wrap(err, "%s", step_kind_text(s->kind));
			return is_final(p, s, err) && fail_for_good(p, s, err);
		}
		p->steps += !step_is_look(s->kind);
		if (s->kind == STEP_HOOKS && (p->waiting || p->rerun))
			break;
	}
	/* The next pass compares. */
	p->rerun |= p->unsure && !p->waiting;
	return true;
}
