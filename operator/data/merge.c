#include "data/merge.h"

#include "data/path.h"

struct val *merge_over(const struct val *base, const struct val *over)
{
	AUTO_VAL_MAP map = { 0 };

	if (!over)
		return val_ref(base);
	if (!val_is(over, VAL_MAP))
		return val_ref(over);
	if (!val_is(base, VAL_MAP))
		base = NULL;
	for (size_t i = 0; i < val_count(base); i++) {
		struct str key = val_key(base, i);
		const struct val *item = val_at(base, i);
		const struct val *change = val_get_str(over, key);

		if (!change)
			val_map_set(&map, key, item);
		else if (!val_is(change, VAL_NULL))
			val_map_set_take(&map, key, merge_over(item, change));
	}
	for (size_t i = 0; i < val_count(over); i++) {
		struct str key = val_key(over, i);
		const struct val *item = val_at(over, i);

		if (!val_is(item, VAL_NULL) && !val_get_str(base, key))
			val_map_set_take(&map, key, merge_over(NULL, item));
	}
	return val_map_take(&map);
}

static struct val *patch(const struct val *from, const struct val *to,
			 bool full)
{
	AUTO_VAL_MAP map = { 0 };

	if (!val_is(from, VAL_MAP) || !val_is(to, VAL_MAP))
		return val_ref(to);
	for (size_t i = 0; i < val_count(from); i++)
		if (!val_get_str(to, val_key(from, i)))
			val_map_set(&map, val_key(from, i), val_null());
	for (size_t i = 0; i < val_count(to); i++) {
		struct str key = val_key(to, i);
		const struct val *item = val_at(to, i);
		const struct val *old = val_get_str(from, key);

		if (full || !old || !val_equal(old, item))
			val_map_set_take(&map, key, patch(old, item, full));
	}
	return val_map_take(&map);
}

struct val *merge_patch_between(const struct val *from, const struct val *to)
{
	return patch(from, to, false);
}

struct val *merge_patch_full(const struct val *from, const struct val *to)
{
	return patch(from, to, true);
}

static size_t find_name(const struct val_list *list, const struct val *item)
{
	const struct val *name = val_get(item, "name");

	for (size_t i = 0; val_is(name, VAL_TEXT) && i < list->count; i++)
		if (val_is(val_get(list->items[i], "name"), VAL_TEXT) &&
		    val_equal(val_get(list->items[i], "name"), name))
			return i;
	return list->count;
}

static struct val *merge_lists(const struct val *base, const struct val *over)
{
	struct val_list list = { 0 };

	for (size_t i = 0; i < val_count(base); i++)
		val_list_add(&list, val_at(base, i));
	for (size_t i = 0; i < val_count(over); i++) {
		size_t at = find_name(&list, val_at(over, i));

		if (at == list.count) {
			val_list_add_take(&list,
					  merge_over(NULL, val_at(over, i)));
			continue;
		}
		struct val *merged =
			merge_over(list.items[at], val_at(over, i));
		val_unref(list.items[at]);
		list.items[at] = merged;
	}
	return val_list_take(&list);
}

struct val *merge_by_name(const struct val *base, const struct val *over,
			  const char *path)
{
	const struct val *items = path_get(base, path);
	const struct val *changes = path_get(over, path);
	AUTO(val_unref) struct val *merged = merge_over(base, over);

	if (!val_is(items, VAL_LIST) || !val_is(changes, VAL_LIST))
		return TAKE(merged);
	AUTO(val_unref) struct val *list = merge_lists(items, changes);
	struct val *out = path_with(merged, path, list);
	return out ? out : TAKE(merged);
}

/* What becomes of an entry that both have; NULL: it goes. */
static struct val *both(const struct val *own, const struct val *item,
			bool null_drops, enum merge_nulls nulls)
{
	if (val_is(own, VAL_MAP))
		return merge_tables(own, item, nulls);
	return val_is(own, VAL_NULL) && null_drops ? NULL : val_ref(own);
}

static void add_others(struct val_map *map, const struct val *user,
		       const struct val *defaults)
{
	for (size_t i = 0; i < val_count(user); i++)
		if (!val_get_str(defaults, val_key(user, i)))
			val_map_set(map, val_key(user, i), val_at(user, i));
}

struct val *merge_tables(const struct val *user, const struct val *defaults,
			 enum merge_nulls nulls)
{
	AUTO_VAL_MAP map = { 0 };

	if (!val_is(defaults, VAL_MAP))
		return val_ref(user);
	for (size_t i = 0; i < val_count(defaults); i++) {
		struct str key = val_key(defaults, i);
		const struct val *item = val_at(defaults, i);
		const struct val *own = val_get_str(user, key);
		bool drops = nulls == MERGE_DROP_NULLS &&
			     !val_is(item, VAL_NULL);
		struct val *v = own ? both(own, item, drops, nulls)
				    : val_ref(item);

		if (v)
			val_map_set_take(&map, key, v);
	}
	add_others(&map, user, defaults);
	return val_map_take(&map);
}

struct val *merge_coalesce_chart(const struct val *user,
				 const struct val *defaults,
				 enum merge_nulls nulls,
				 const struct val *subcharts)
{
	AUTO_VAL_MAP map = { 0 };

	for (size_t i = 0; i < val_count(defaults); i++) {
		struct str key = val_key(defaults, i);
		const struct val *item = val_at(defaults, i);
		const struct val *own = val_get_str(user, key);
		bool subchart = val_get_str(subcharts, key) != NULL;
		struct val *v = own ? both(own, item, nulls == MERGE_DROP_NULLS,
					   subchart ? MERGE_KEEP_NULLS : nulls)
				    : val_ref(item);

		if (v)
			val_map_set_take(&map, key, v);
	}
	add_others(&map, user, defaults);
	return val_map_take(&map);
}

struct val *merge_coalesce(const struct val *user, const struct val *defaults)
{
	return merge_coalesce_chart(user, defaults, MERGE_DROP_NULLS, NULL);
}
