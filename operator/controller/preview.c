#include "controller/preview.h"

#include "base/alloc.h"
#include "base/limits.h"
#include "controller/check.h"
#include "controller/hooks.h"
#include "controller/item.h"
#include "controller/objects.h"
#include "controller/quotas.h"
#include "release/describe.h"

static bool read_live(struct pass *p, const struct plan_item *item,
		      struct val_map *live, struct err *err)
{
	struct kube_ref ref = item_ref(p, item);
	struct val *object = NULL;

	if (kube_get(p->client, &ref, &object, err)) {
		val_map_put_take(live, item->id, object);
		return true;
	}
	if (err->kind != ERR_NOT_FOUND)
		return false;
	err_clear(err);
	return true;
}

static bool read_all(struct pass *p, struct val_map *live, struct err *err)
{
	for (size_t i = 0; i < p->plan.steps.count; i++) {
		const struct step *s = &p->plan.steps.items[i];
		const struct plan_item *item =
			describe_wants_live(s)
				? objects_find(&p->want, s->live->id)
				: NULL;

		if (item && !read_live(p, item, live, err))
			return false;
	}
	return true;
}

static bool is_allowed(struct pass *p, const struct step *s, struct err *err)
{
	if (s->kind == STEP_CHECK)
		return check_item(p, s->item, s->live, s->revision, err);
	if (s->kind == STEP_CHECK_ALL)
		return quotas_check(p, err);
	if (s->kind == STEP_CHECK_HOOKS)
		return hooks_check(p, s, err);
	return s->kind != STEP_GROW || check_storage(p, s->item, err);
}

/* NULL when nothing is refused. The caller frees it. */
static char *refusal(struct pass *p)
{
	for (size_t i = 0; i < p->plan.steps.count; i++) {
		const struct step *s = &p->plan.steps.items[i];
		AUTO_ERR err = ERR_INIT;

		if (!is_allowed(p, s, &err))
			return alloc_copy(err.msg);
	}
	return NULL;
}

bool preview(struct pass *p, const struct plan_input *in, struct err *err)
{
	size_t most = p->given ? SIZE_MAX : LIMIT_DESCRIBED_OBJECTS;
	AUTO_VAL_MAP read = { 0 };

	if (!read_all(p, &read, err))
		return err_wrap(err, "preview");
	AUTO(val_unref) struct val *live = val_map_take(&read);
	AUTO_FREE char *refused = refusal(p);
	AUTO(val_unref) struct val *plain =
		describe_plan(in, &p->plan, live, most);
	p->description = refused ? val_with_text(plain, "refused", refused)
				 : val_ref(plain);
	return true;
}
