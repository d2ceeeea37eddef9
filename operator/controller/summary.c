#include "controller/summary.h"

#include "base/alloc.h"
#include "base/limits.h"
#include "chart/hook.h"
#include "controller/health.h"
#include "controller/key.h"
#include "data/json.h"
#include "release/hook_end.h"
#include "release/live.h"
#include "release/names.h"
#include "release/owner.h"
#include "release/record.h"
#include "release/size.h"

static const struct val *meta(const struct val *object, const char *key)
{
	return val_get(val_get(object, "metadata"), key);
}

static const char *meta_text(const struct val *object, const char *key)
{
	return val_get_text(val_get(object, "metadata"), key);
}

char *summary_key(const struct val *object)
{
	return alloc_print("%s/%s", meta_text(object, "namespace"),
			   meta_text(object, "name"));
}

uint64_t summary_version(const struct val *object)
{
	struct str text = str_of(meta_text(object, "resourceVersion"));
	uint64_t n;

	return str_number(text, UINT64_MAX, &n) ? n : 0;
}

static struct val *to_text(const struct val *v)
{
	AUTO_BUF text = BUF_INIT(2 * LIMIT_OBJECT_BYTES);

	json_write(v, &text);
	return val_new_text(buf_str(&text));
}

struct val *summary_whole(const struct val *object)
{
	AUTO(val_unref) struct val *less =
		val_without(val_get(object, "metadata"), "managedFields");
	AUTO(val_unref) struct val *kept = val_with(object, "metadata", less);

	return to_text(kept);
}

char *summary_id(const char *api_version, const char *kind,
		 const char *namespace, const char *name)
{
	struct str group = owner_group(api_version);

	return alloc_print(STR_FMT "/%s/%s/%s", STR_ARG(group), kind, namespace,
			   name);
}

/* What it was created for as the object of a hook, and how it ended. */
static void put_run(struct val_map *map, const char *api_version,
		    const struct val *object)
{
	AUTO(val_unref) struct val *typed =
		val_with_text(object, "apiVersion", api_version);
	struct hook_end end;

	hook_end_read(typed, &end);
	val_map_set_text(map, "run", owner_run(object));
	val_map_set_int(map, "state", (int64_t)end.state);
	val_map_set_text(map, "started", end.started_at);
	if (*end.completed_at)
		val_map_set_text(map, "completed", end.completed_at);
	if (*end.message)
		val_map_set_text(map, "message", end.message);
	hook_end_done(&end);
}

/* An item of a list does not tell its kind. */
static struct val *with_kind(const struct val *object, const char *kind)
{
	return *val_get_text(object, "kind")
		       ? val_ref(object)
		       : val_with_text(object, "kind", kind);
}

/* What Helm, and not we, has created for a hook. */
static bool is_hook_of_others(const struct val *object)
{
	return val_get(meta(object, "annotations"), HOOK_ANNOTATION) &&
	       !*owner_run(object);
}

struct val *summary_live(const char *api_version, const char *kind,
			 const struct val *item)
{
	AUTO(val_unref) struct val *object = with_kind(item, kind);
	AUTO(val_unref) struct val *health = health_of_object(kind, object);
	char digest[LIVE_DIGEST_BYTES];
	struct val_map map = { 0 };

	val_map_set_text(&map, "uid", meta_text(object, "uid"));
	val_map_set_int(&map, "rev", owner_revision(object));
	if (meta(object, "deletionTimestamp")) {
		const struct val *finalizers = meta(object, "finalizers");

		val_map_put(&map, "del", val_bool(true));
		if (val_count(finalizers))
			val_map_put(&map, "finalizer", val_at(finalizers, 0));
	}
	if (owner_is_kept(object))
		val_map_put(&map, "keep", val_bool(true));
	val_map_set_text(&map, "live", live_digest(kind, object, digest));
	if (size_storage(object))
		val_map_put(&map, "storage", size_storage(object));
	if (size_reaps(object))
		val_map_put(&map, "reaps", val_bool(true));
	if (*owner_run(object))
		put_run(&map, api_version, object);
	else if (health)
		val_map_put(&map, "health", health);
	if (is_hook_of_others(object))
		val_map_put(&map, "hook", val_bool(true));
	AUTO(val_unref) struct val *summary = val_map_take(&map);
	return to_text(summary);
}

/* Settled records, which are most of them, have no use for these. */
static void put_lock(struct val_map *map, const struct record_head *head)
{
	if (!record_is_pending(head->status) &&
	    head->status != RECORD_UNINSTALLING)
		return;
	val_map_set_text(map, "lock", head->lock);
	val_map_set_int(map, "created", head->created_s);
}

struct val *summary_record(const struct val *secret)
{
	struct record_head head;
	struct val_map map = { 0 };

	if (!record_head_read(secret, &head))
		return NULL;
	val_map_set_int(&map, "revision", head.revision);
	val_map_set_int(&map, "status", (int64_t)head.status);
	val_map_set_int(&map, "written", head.written_s);
	val_map_set_text(&map, "digest", head.digest);
	val_map_set_text(&map, "shape", head.shape);
	if (*head.config)
		val_map_set_text(&map, "config", head.config);
	val_map_set_text(&map, "owner", head.owner_uid);
	if (*head.failure)
		val_map_set_text(&map, "failure", head.failure);
	val_map_set_text(&map, "uid", head.uid);
	if (*head.hooks)
		val_map_set_text(&map, "hooks", head.hooks);
	put_lock(&map, &head);
	record_head_done(&head);
	AUTO(val_unref) struct val *summary = val_map_take(&map);
	return to_text(summary);
}

static int by_id(const void *a, const void *b)
{
	struct val *const *x = a, *const *y = b;

	return strcmp(val_get_text(*x, "id"), val_get_text(*y, "id"));
}

void summary_sort(struct val_list *list)
{
	if (list->count)
		qsort(list->items, list->count, sizeof(*list->items), by_id);
}

struct val *summary_read(const struct val *text)
{
	AUTO_ERR err = ERR_INIT;
	struct val *v = NULL;

	/* It was printed by us: it cannot be malformed. */
	if (!json_read(val_str(text), &v, &err))
		return val_ref(val_null());
	return v;
}

struct val *summary_read_live(const char *api_version, const char *kind,
			      struct str key, const struct val *text)
{
	AUTO(val_unref) struct val *v = summary_read(text);
	struct str namespace, name;
	struct val_map map = { 0 };

	str_split(key, '/', &namespace, &name);
	struct str group = owner_group(api_version);
	AUTO_FREE char *id = alloc_print(STR_FMT "/%s/" STR_FMT, STR_ARG(group),
					 kind, STR_ARG(key));
	val_map_set_text(&map, "id", id);
	val_map_set_text(&map, "kind", kind);
	val_map_put_take(&map, "name", val_new_text(name));
	for (size_t i = 0; i < val_count(v); i++)
		val_map_set(&map, val_key(v, i), val_at(v, i));
	return val_map_take(&map);
}

static bool find_entry(const struct watches *w, struct str group,
		       struct str kind, size_t *out)
{
	for (size_t i = 0; i < w->count; i++)
		if (str_is(group, w->entries[i].group) &&
		    str_is(kind, w->entries[i].kind)) {
			*out = i;
			return true;
		}
	return false;
}

static char *owner_by_reference(const struct watches *w,
				const struct val *object)
{
	const struct val *refs = meta(object, "ownerReferences");
	size_t entry;

	for (size_t i = 0; i < val_count(refs); i++) {
		const struct val *ref = val_at(refs, i);
		struct str group = owner_group(val_get_text(ref, "apiVersion"));

		if (find_entry(w, group, val_str(val_get(ref, "kind")), &entry))
			return key_print(entry, meta_text(object, "namespace"),
					 val_get_text(ref, "name"));
	}
	return NULL;
}

static char *owner_by_annotation(const struct watches *w,
				 const struct val *object)
{
	const struct val *annotations = meta(object, "annotations");
	struct str who = val_str(val_get(annotations, NAME_PRIMARY));
	struct str type = val_str(val_get(annotations, NAME_PRIMARY_TYPE));
	struct str kind, group;
	size_t entry;

	str_split(type, '.', &kind, &group);
	if (!who.n || !find_entry(w, group, kind, &entry))
		return NULL;
	return alloc_print("%zu/" STR_FMT, entry, STR_ARG(who));
}

char *summary_owner(const struct watches *watches, const struct val *object)
{
	char *key = owner_by_reference(watches, object);

	if (!key)
		key = owner_by_annotation(watches, object);
	return key ? key : alloc_copy("");
}
