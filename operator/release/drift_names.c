#include "base/alloc.h"
#include "base/limits.h"
#include "base/map.h"
#include "data/json.h"
#include "release/drift_walk.h"

/* What names the items: words as of rules_item_keys(). */
static bool keys_of(const struct drift_walk *w, const struct place *at,
		    struct fields who, struct buf *out)
{
	const char *known = rules_item_keys(&w->rules, at);
	struct str name = fields_any_item(who);
	AUTO(val_unref) struct val *keys = NULL;
	AUTO_ERR err = ERR_INIT;

	if (known) {
		buf_add_text(out, known);
		return true;
	}
	/* A custom resource's own definition says it: managedFields tell. */
	if (!name.n || *name.p == 'v')
		return name.n;
	if (!json_read(str_cut(name.p + 2, name.n - 2), &keys, &err))
		return false;
	for (size_t i = 0; i < val_count(keys) && val_is(keys, VAL_MAP); i++) {
		if (out->len)
			buf_add_char(out, ' ');
		buf_add_str(out, val_key(keys, i));
	}
	return out->len > 0;
}

static bool is_scalar(const struct val *v)
{
	return v && !val_is(v, VAL_MAP) && !val_is(v, VAL_LIST) &&
	       !val_is(v, VAL_NULL);
}

/* managedFields are written by Go. */
static void add_value(const struct val *v, struct buf *field, struct buf *text)
{
	json_write_go(v, field);
	if (val_text(v))
		buf_add_str(text, val_str(v));
	else
		json_write(v, text);
}

/* One key: "protocol=TCP" has a default. */
static bool add_key(const struct val *item, struct str word, struct buf *field,
		    struct buf *text)
{
	struct str key, fallback;
	bool has_fallback = str_split(word, '=', &key, &fallback);
	const struct val *v = val_get_str(item, key);
	AUTO(val_unref) struct val *made = NULL;

	if (has_fallback && (val_is_null(v) || val_str(v).n == 0)) {
		made = val_new_text(fallback);
		v = made;
	}
	if (!is_scalar(v))
		return false;
	json_write_text(key, field);
	buf_add_char(field, ':');
	buf_add_str(text, key);
	buf_add_char(text, '=');
	add_value(v, field, text);
	return true;
}

static bool name_item(const struct val *item, struct str keys,
		      struct buf *field, struct buf *text)
{
	struct str word;

	if (!keys.n) {
		buf_add_text(field, "v:");
		if (is_scalar(item))
			add_value(item, field, text);
		return is_scalar(item);
	}
	buf_add_text(field, "k:{");
	while (keys.n) {
		str_split(keys, ' ', &word, &keys);
		if (!add_key(item, word, field, text))
			return false;
		if (keys.n) {
			buf_add_char(field, ',');
			buf_add_char(text, ',');
		}
	}
	buf_add_char(field, '}');
	return true;
}

static bool add_name(const struct val *item, struct str keys, struct map *seen,
		     struct drift_names *out)
{
	AUTO_BUF field = BUF_INIT(LIMIT_BODY_BYTES);
	AUTO_BUF text = BUF_INIT(LIMIT_BODY_BYTES);

	buf_add_char(&text, '[');
	if (!name_item(item, keys, &field, &text) ||
	    map_set(seen, buf_str(&field), out))
		return false;
	buf_add_char(&text, ']');
	out->items[out->count++] =
		(struct drift_name){ alloc_copy(buf_text(&field)),
				     alloc_copy(buf_text(&text)) };
	return true;
}

bool drift_names_of(const struct drift_walk *w, const struct place *at,
		    struct fields who, const struct val *list,
		    struct drift_names *out)
{
	AUTO_BUF keys = BUF_INIT(LIMIT_BODY_BYTES);
	struct map seen = MAP_INIT;
	bool ok = keys_of(w, at, who, &keys);

	*out = (struct drift_names){ 0 };
	if (!ok)
		return false;
	out->items =
		alloc_resize(NULL, val_count(list) + 1, sizeof(*out->items));
	for (size_t i = 0; i < val_count(list) && ok; i++)
		ok = add_name(val_at(list, i), buf_str(&keys), &seen, out);
	map_done(&seen);
	if (!ok)
		drift_names_done(out);
	return ok;
}

void drift_names_done(struct drift_names *names)
{
	for (size_t i = 0; i < names->count; i++) {
		free(names->items[i].field);
		free(names->items[i].text);
	}
	free(names->items);
	*names = (struct drift_names){ 0 };
}
