/*
 * The JSON patch that takes a live object to what is mended of it. A merge
 * patch would not do: it replaces lists as a whole, and could only ask for the
 * object's version, which changes with every line of its status.
 */
#include "base/limits.h"
#include "data/pointer.h"
#include "release/drift.h"

struct writer {
	struct buf path;
	struct val_list ops;
};

static void add_op(struct writer *w, const char *op, const struct val *value)
{
	struct val_map map = { 0 };

	val_map_set_text(&map, "op", op);
	val_map_put_take(&map, "path", val_new_text(buf_str(&w->path)));
	if (value)
		val_map_put(&map, "value", value);
	val_list_add_take(&w->ops, val_map_take(&map));
}

static void change(struct writer *w, const struct val *from,
		   const struct val *to);

static void change_key(struct writer *w, struct str key, const struct val *from,
		       const struct val *to)
{
	size_t len = w->path.len;

	pointer_add(&w->path, key);
	change(w, from, to);
	buf_trim(&w->path, len);
}

/* What is made of a list depends on all of it. */
static void change(struct writer *w, const struct val *from,
		   const struct val *to)
{
	if (from == to || val_equal(from, to))
		return;
	if (!from || !to) {
		add_op(w, to ? "add" : "remove", to);
		return;
	}
	if (val_is(from, VAL_LIST))
		add_op(w, "test", from);
	if (!val_is(from, VAL_MAP) || !val_is(to, VAL_MAP)) {
		add_op(w, "replace", to);
		return;
	}
	for (size_t i = 0; i < val_count(from); i++)
		change_key(w, val_key(from, i), val_at(from, i),
			   val_get_str(to, val_key(from, i)));
	for (size_t i = 0; i < val_count(to); i++)
		if (!val_get_str(from, val_key(to, i)))
			change_key(w, val_key(to, i), NULL, val_at(to, i));
}

struct val *drift_patch(const struct drift *drift)
{
	const struct val *uid =
		val_get(val_get(drift->live, "metadata"), "uid");
	struct writer w = { .path = BUF_INIT(LIMIT_BODY_BYTES) };

	buf_add_text(&w.path, "/metadata/uid");
	if (uid)
		add_op(&w, "test", uid);
	buf_trim(&w.path, 0);
	change(&w, drift->live, drift->mended);
	buf_free(&w.path);
	return val_list_take(&w.ops);
}
