#include "controller/inventory.h"

#include "base/alloc.h"
#include "controller/summary.h"
#include "data/sorted.h"
#include "release/plan.h"

static char *id_of(const struct val *entry)
{
	return summary_id(val_get_text(entry, "apiVersion"),
			  val_get_text(entry, "kind"),
			  val_get_text(entry, "namespace"),
			  val_get_text(entry, "name"));
}

struct val *inventory_read(const struct val *list)
{
	struct val_map map = { 0 };

	for (size_t i = 0; i < val_count(list); i++) {
		const struct val *entry = val_at(list, i);
		AUTO_FREE char *id = id_of(entry);

		/* What is missing is noted anew. */
		if (*val_get_text(entry, "kind") &&
		    *val_get_text(entry, "name") && *val_get_text(entry, "uid"))
			val_map_put(&map, id, entry);
	}
	return val_map_take(&map);
}

static void put_text(struct val_map *map, const char *key, const char *text)
{
	if (text && *text)
		val_map_set_text(map, key, text);
}

void inventory_note(struct val **inventory, const char *api_version,
		    const char *kind, const struct val *object,
		    const char *digest, const char *drift)
{
	const struct val *meta = val_get(object, "metadata");
	struct val_map map = { 0 };

	val_map_set_text(&map, "apiVersion", api_version);
	val_map_set_text(&map, "kind", kind);
	put_text(&map, "namespace", val_get_text(meta, "namespace"));
	val_map_set_text(&map, "name", val_get_text(meta, "name"));
	put_text(&map, "uid", val_get_text(meta, "uid"));
	put_text(&map, "digest", digest);
	put_text(&map, "drift", drift);
	AUTO(val_unref) struct val *entry = val_map_take(&map);
	AUTO_FREE char *id = id_of(entry);
	struct val *next = val_with(*inventory, id, entry);
	val_unref(*inventory);
	*inventory = next;
}

void inventory_note_live(struct val **inventory, const char *api_version,
			 const struct plan_live *live)
{
	const struct val *entry = val_get(*inventory, live->id);
	struct plan_id of = plan_id_of(live->id);
	struct val_map object = { 0 }, meta = { 0 };

	if (strcmp(val_get_text(entry, "uid"), live->uid) == 0)
		return;
	val_map_put_take(&meta, "namespace", val_new_text(of.ns));
	val_map_set_text(&meta, "name", of.name);
	val_map_set_text(&meta, "uid", live->uid);
	val_map_put_take(&object, "metadata", val_map_take(&meta));
	AUTO(val_unref) struct val *known = val_map_take(&object);
	inventory_note(inventory, api_version, live->kind, known, NULL, NULL);
}

bool inventory_knows(const struct val *inventory, const char *id,
		     const char *uid, const char *digest)
{
	const struct val *entry = val_get(inventory, id);

	return *digest && strcmp(val_get_text(entry, "uid"), uid) == 0 &&
	       strcmp(val_get_text(entry, "digest"), digest) == 0;
}

const char *inventory_drift(const struct val *inventory, const char *id)
{
	return val_get_text(val_get(inventory, id), "drift");
}

struct val *inventory_list(const struct val *inventory)
{
	AUTO(val_unref) struct val *sorted = sorted_new(inventory);
	struct val_list list = { 0 };

	for (size_t i = 0; i < val_count(sorted); i++)
		val_list_add(&list, val_at(sorted, i));
	return val_list_take(&list);
}
