#include "data/path.h"

#include "base/limits.h"
#include "data/pointer.h"

/* Cuts the first step off a path, without its escapes. False at the end. */
static bool next_step(struct str *path, struct buf *step)
{
	size_t i = 0;

	if (path->n == 0)
		return false;
	buf_clear(step);
	for (; i < path->n && path->p[i] != '.'; i++) {
		if (path->p[i] == '\\' && i + 1 < path->n)
			i++;
		buf_add_char(step, path->p[i]);
	}
	i += i < path->n;
	*path = str_cut(path->p + i, path->n - i);
	return true;
}

static const struct val *child(const struct val *v, struct str step)
{
	size_t i;

	if (!val_is(v, VAL_LIST))
		return val_get_str(v, step);
	return pointer_index(step, &i) && i < val_count(v) ? val_at(v, i)
							   : NULL;
}

const struct val *path_get(const struct val *v, const char *path)
{
	struct str rest = str_of(path);
	AUTO_BUF step = BUF_INIT(rest.n + 1);

	while (v && next_step(&rest, &step))
		v = child(v, buf_str(&step));
	return v;
}

const char *path_get_text(const struct val *v, const char *path)
{
	const struct val *item = path_get(v, path);

	return val_is(item, VAL_TEXT) ? val_text(item) : "";
}

/* A copy of a list with item i replaced, appended, or, for NULL, removed. */
static struct val *list_with(const struct val *list, size_t i,
			     const struct val *item)
{
	struct val_list out = { 0 };

	for (size_t at = 0; at < val_count(list); at++)
		if (at != i)
			val_list_add(&out, val_at(list, at));
		else if (item)
			val_list_add(&out, item);
	if (item && i == val_count(list))
		val_list_add(&out, item);
	return val_list_take(&out);
}

static struct val *with(const struct val *v, struct str rest, size_t depth,
			const struct val *item)
{
	AUTO_BUF step = BUF_INIT(rest.n + 1);
	bool list = val_is(v, VAL_LIST);
	size_t i = 0;

	if (!next_step(&rest, &step))
		return val_ref(item);
	if (depth == LIMIT_NESTING)
		return NULL;
	if (list && (!pointer_index(buf_str(&step), &i) || i > val_count(v)))
		return NULL;
	if (!list && val_type(v) != VAL_MAP && val_type(v) != VAL_NULL)
		return NULL;
	AUTO(val_unref) struct val *inner =
		with(child(v, buf_str(&step)), rest, depth + 1, item);
	if (!inner)
		return NULL;
	if (list)
		return list_with(v, i, inner);
	return val_with_str(val_is(v, VAL_MAP) ? v : NULL, buf_str(&step),
			    inner);
}

struct val *path_with(const struct val *v, const char *path,
		      const struct val *item)
{
	return with(v, str_of(path), 0, item);
}

/* v without the entry or item `step`. */
static struct val *drop(const struct val *v, struct str step)
{
	AUTO_VAL_MAP map = { 0 };
	size_t i;

	if (val_is(v, VAL_LIST) && pointer_index(step, &i))
		return list_with(v, i, NULL);
	for (i = 0; i < val_count(v); i++)
		if (!str_equal(val_key(v, i), step))
			val_map_set(&map, val_key(v, i), val_at(v, i));
	return val_map_take(&map);
}

static struct val *without(const struct val *v, struct str rest)
{
	AUTO_BUF step = BUF_INIT(rest.n + 1);
	size_t i = 0;

	next_step(&rest, &step);
	if (rest.n == 0)
		return drop(v, buf_str(&step));
	AUTO(val_unref) struct val *inner =
		without(child(v, buf_str(&step)), rest);
	if (val_is(v, VAL_MAP))
		return val_with_str(v, buf_str(&step), inner);
	return pointer_index(buf_str(&step), &i) ? list_with(v, i, inner)
						 : val_ref(v);
}

struct val *path_without(const struct val *v, const char *path)
{
	if (!*path || !path_get(v, path))
		return val_ref(v);
	return without(v, str_of(path));
}

bool path_nests_within(const struct val *v, size_t levels)
{
	if (val_count(v) && levels == 0)
		return false;
	for (size_t i = 0; i < val_count(v); i++)
		if (val_count(val_at(v, i)) &&
		    !path_nests_within(val_at(v, i), levels - 1))
			return false;
	return true;
}

bool path_check_nesting(const struct val *v, struct err *err)
{
	if (path_nests_within(v, LIMIT_NESTING))
		return true;
	return err_set(err, ERR_LIMIT, "nested deeper than %d levels",
		       LIMIT_NESTING);
}
