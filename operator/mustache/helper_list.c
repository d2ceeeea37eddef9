/* Helpers that make lists and maps. None nests deeper than what it is given:
 * items of lists become items again, entries of maps entries or items. */
#include "mustache/helper_table.h"

#include "base/alloc.h"
#include "base/limits.h"
#include "base/map.h"
#include "data/json.h"
#include "data/merge.h"
#include "data/num.h"
#include "mustache/helper_body.h"

static bool is_number(const struct val *v)
{
	return val_is(v, VAL_INT) || val_is(v, VAL_REAL);
}

bool check_join(struct str argument, struct err *err)
{
	if (argument.n == 0)
		return err_set(err, ERR_INVALID,
			       "a separator must follow the name, as in "
			       "join.comma");
	if (memchr(argument.p, '.', argument.n))
		return err_set(err, ERR_INVALID,
			       "\"" STR_FMT
			       "\" is no separator: a dot is written as "
			       "join.dot",
			       STR_ARG(str_clip(argument, 60)));
	return true;
}

bool help_join(const struct helper_body *body, struct val **out,
	       struct err *err)
{
	AUTO_BUF text = BUF_INIT(LIMIT_RENDER_BYTES);
	AUTO_VAL_LIST items = { 0 };
	size_t joined = 0;

	if (!body_items(body, &items, err))
		return false;
	for (size_t i = 0; i < items.count && !buf_overflowed(&text); i++) {
		const struct val *v = items.items[i];

		if (val_is(v, VAL_NULL))
			continue;
		if (val_is(v, VAL_LIST) || val_is(v, VAL_MAP))
			return err_set(err, ERR_INVALID,
				       "item %zu has type %s, not string",
				       i + 1, val_type_text(val_type(v)));
		if (joined++)
			buf_add_str(&text, argument_text(body->argument));
		body_print(v, &text);
	}
	return body_result(&text, out, err);
}

struct sorted {
	struct val *item;
	size_t at; /* where it stood, for numbers like 1 and 1.0 */
};

static int by_place(const struct sorted *x, const struct sorted *y)
{
	return x->at < y->at ? -1 : x->at > y->at;
}

static int by_bytes(const void *a, const void *b)
{
	const struct sorted *x = a, *y = b;
	int order = str_compare(val_str(x->item), val_str(y->item));

	return order ? order : by_place(x, y);
}

static int by_size(const void *a, const void *b)
{
	const struct sorted *x = a, *y = b;
	int order = num_compare(val_str(x->item), val_str(y->item));

	return order ? order : by_place(x, y);
}

static bool check_types(const struct val_list *items, struct err *err)
{
	for (size_t i = 0; i < items->count; i++) {
		const struct val *v = items->items[i];
		const char *type = val_type_text(val_type(v));

		if (!val_is(v, VAL_TEXT) && !is_number(v))
			return err_set(err, ERR_INVALID,
				       "item %zu has type %s: only strings and "
				       "numbers can be sorted",
				       i + 1, type);
		if (is_number(v) != is_number(items->items[0]))
			return err_set(
				err, ERR_INVALID,
				"item %zu has type %s, but others have "
				"type %s",
				i + 1, type,
				val_type_text(val_type(items->items[0])));
	}
	return true;
}

bool help_sort(const struct helper_body *body, struct val **out,
	       struct err *err)
{
	AUTO_VAL_LIST items = { 0 };
	AUTO_FREE struct sorted *sorted = NULL;

	if (!body_items(body, &items, err) || !check_types(&items, err))
		return false;
	sorted = alloc_resize(NULL, items.count, sizeof(*sorted));
	for (size_t i = 0; i < items.count; i++)
		sorted[i] = (struct sorted){ items.items[i], i };
	if (items.count > 1)
		qsort(sorted, items.count, sizeof(*sorted),
		      is_number(items.items[0]) ? by_size : by_bytes);
	for (size_t i = 0; i < items.count; i++)
		items.items[i] = sorted[i].item;
	*out = val_list_take(&items);
	return true;
}

bool help_uniq(const struct helper_body *body, struct val **out,
	       struct err *err)
{
	AUTO_VAL_LIST items = { 0 }, once = { 0 };
	AUTO_BUF text = BUF_INIT(LIMIT_RENDER_BYTES);
	struct map seen = MAP_INIT;

	if (!body_items(body, &items, err))
		return false;
	for (size_t i = 0; i < items.count && !buf_overflowed(&text); i++) {
		struct val *v = items.items[i];

		/* Equal values have the same text, and no others. */
		buf_clear(&text);
		json_write_sorted(v, &text);
		if (!map_set(&seen, buf_str(&text), v))
			val_list_add(&once, v);
	}
	map_done(&seen);
	if (buf_overflowed(&text))
		return err_set(err, ERR_LIMIT,
			       "an item is larger than %zu bytes", text.max);
	*out = val_list_take(&once);
	return true;
}

bool help_keys(const struct helper_body *body, struct val **out,
	       struct err *err)
{
	AUTO_VAL_LIST maps = { 0 }, keys = { 0 };

	if (!body_maps(body, &maps, err))
		return false;
	for (size_t i = 0; i < maps.count; i++)
		for (size_t j = 0; j < val_count(maps.items[i]); j++)
			val_list_add_take(
				&keys, val_new_text(val_key(maps.items[i], j)));
	*out = val_list_take(&keys);
	return true;
}

bool help_values(const struct helper_body *body, struct val **out,
		 struct err *err)
{
	AUTO_VAL_LIST maps = { 0 }, values = { 0 };

	if (!body_maps(body, &maps, err))
		return false;
	for (size_t i = 0; i < maps.count; i++)
		for (size_t j = 0; j < val_count(maps.items[i]); j++)
			val_list_add(&values, val_at(maps.items[i], j));
	*out = val_list_take(&values);
	return true;
}

/* Values in v. Recursion: LIMIT_NESTING. */
static size_t count_of(const struct val *v)
{
	size_t n = 1;

	for (size_t i = 0; i < val_count(v); i++)
		n += count_of(val_at(v, i));
	return n;
}

/* Each step may copy what all before it have made. */
bool help_merge(const struct helper_body *body, struct val **out,
		struct err *err)
{
	AUTO_VAL_LIST maps = { 0 };
	struct val_map empty = { 0 };
	AUTO(val_unref) struct val *merged = NULL;
	size_t copied = 0;

	if (!body_maps(body, &maps, err))
		return false;
	merged = maps.count ? val_ref(maps.items[0]) : val_map_take(&empty);
	for (size_t i = 1; i < maps.count; i++) {
		struct val *more = merge_over(merged, maps.items[i]);

		val_unref(merged);
		merged = more;
		copied += count_of(merged);
		if (copied > LIMIT_YAML_NODES)
			return err_set(err, ERR_LIMIT,
				       "copies more than %d values: merge what "
				       "is small first",
				       LIMIT_YAML_NODES);
	}
	*out = TAKE(merged);
	return true;
}
