/* What a custom resource asks for. */
#include "release/digest.h"
#include "release/size.h"

#include "unit/release/given.h"
#include "unit/release/plan_case.h"
#include "unit/release/world.h"

static void make(struct goal *g, const char *yaml, bool stopped)
{
	struct val_list full = { 0 }, bare = { 0 };

	struct val_list hooks = { 0 };

	g->deleting = !yaml;
	g->list = given(yaml);
	for (size_t i = 0; i < val_count(g->list); i++) {
		const struct val *v = val_at(g->list, i);
		const char *id = val_get_text(v, "id");

		if (val_get(v, "events")) {
			val_list_add(&hooks, v);
			continue;
		}
		struct val *object = plan_case_object(id, val_get(v, "object"));

		if (stopped) {
			struct val *at_zero = size_stop(object);

			val_unref(object);
			object = at_zero;
		}
		*VEC_ADD(&g->items) = (struct plan_item){ id, object };
		val_list_add(&full, object);
		val_list_add_take(&bare, size_strip(object));
		val_list_add_take(&g->objects, object);
	}
	g->hook_list = val_list_take(&hooks);
	hook_case_make(&g->hooks, g->hook_list, "");
	AUTO(val_unref) struct val *all = val_list_take(&full);
	AUTO(val_unref) struct val *stripped = val_list_take(&bare);
	digest_value(all, g->digest);
	digest_value(stripped, g->shape);
}

void goal_make(struct goal *g, const char *yaml)
{
	make(g, yaml, false);
}

void goal_make_stopped(struct goal *g, const char *yaml)
{
	make(g, yaml, true);
}

void goal_done(struct goal *g)
{
	VEC_DONE(&g->items);
	val_list_drop(&g->objects);
	hook_case_done(&g->hooks);
	val_unref(g->hook_list);
	val_unref(g->list);
}
