#include "controller/remember.h"

#include "base/alloc.h"
#include "base/limits.h"
#include "controller/inventory.h"
#include "controller/item.h"

static const struct plan_live *find_live(const struct pass *p, const char *id)
{
	for (size_t i = 0; i < p->live.count; i++)
		if (strcmp(p->live.items[i].id, id) == 0)
			return &p->live.items[i];
	return NULL;
}

static bool warns(const struct pass *p)
{
	return p->entry->on_drift == PLAN_ON_DRIFT_WARN;
}

/* What is missing and stays so is told of. */
static void note_missing(struct pass *p)
{
	const struct pass_objects *items = pass_goal(p);

	for (size_t i = 0; i < items->count; i++) {
		const struct plan_item *item = &items->items[i];
		struct kube_ref ref = item_ref(p, item);

		if (!find_live(p, item->id))
			inventory_note(&p->inventory, ref.kind->api_version,
				       ref.kind->kind, item->object, NULL,
				       "missing");
	}
}

/* Of a kind that nobody watches any more, an object may be there. */
static bool is_there(const struct pass *p, const struct val *entry,
		     const struct plan_live *live)
{
	struct str group = owner_group(val_get_text(entry, "apiVersion"));
	const char *uid = val_get_text(entry, "uid");

	if (live)
		return strcmp(uid, live->uid) == 0;
	/* It was noted as missing. */
	if (!*uid)
		return warns(p);
	return !sources_api_version(p->env->sources, group,
				    val_get_text(entry, "kind"));
}

/* A pass that failed forgets the answers to what it has created. */
static void note_live(struct pass *p)
{
	for (size_t i = 0; i < p->live.count; i++) {
		const struct plan_live *live = &p->live.items[i];
		const char *api_version = sources_api_version(
			p->env->sources, plan_id_of(live->id).group,
			live->kind);

		if (api_version)
			inventory_note_live(&p->inventory, api_version, live);
	}
}

struct val *remember_objects(struct pass *p)
{
	struct val_map now = { 0 };

	note_live(p);
	if (warns(p) && p->plan.action == PLAN_NOTHING && !p->plan.failed)
		note_missing(p);
	for (size_t i = 0; i < val_count(p->inventory); i++) {
		AUTO_FREE char *id = alloc_text(val_key(p->inventory, i).p,
						val_key(p->inventory, i).n);
		const struct val *entry = val_at(p->inventory, i);
		const struct plan_live *live = find_live(p, id);

		if (is_there(p, entry, live))
			val_map_put(&now, id, entry);
	}
	AUTO(val_unref) struct val *map = val_map_take(&now);
	return inventory_list(map);
}

char *remember_drift(const struct pass *p, const struct val *objects)
{
	AUTO_BUF text = BUF_INIT(LIMIT_RENDER_BYTES);

	if (!warns(p))
		return NULL;
	for (size_t i = 0; i < val_count(objects); i++) {
		const struct val *entry = val_at(objects, i);
		const char *drift = val_get_text(entry, "drift");

		if (*drift)
			buf_addf(&text, "%s%s %s: %s", text.len ? "; " : "",
				 val_get_text(entry, "kind"),
				 val_get_text(entry, "name"), drift);
	}
	return text.len ? alloc_copy(buf_text(&text)) : NULL;
}
