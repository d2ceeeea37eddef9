#include "release/drift.h"

#include "base/alloc.h"
#include "base/base64.h"
#include "base/limits.h"
#include "data/merge.h"
#include "release/drift_walk.h"
#include "release/size.h"

void drift_report(struct drift_walk *w, enum drift_kind kind,
		  const struct val *want, const struct val *live)
{
	struct drift *d = w->out;

	w->differs = true;
	if (w->silent)
		return;
	if (d->count == LIMIT_DRIFT_FINDINGS) {
		d->more = true;
		return;
	}
	if (d->count == d->cap) {
		d->cap = d->cap ? d->cap * 2 : 4;
		d->items = alloc_resize(d->items, d->cap, sizeof(*d->items));
	}
	d->items[d->count++] = (struct drift_finding){
		.path = alloc_copy(buf_text(&w->path)),
		.kind = kind,
		.want = want,
		.live = live,
	};
}

/* Keys that hold a dot or the like stand in brackets. */
static bool is_plain(struct str key)
{
	for (size_t i = 0; i < key.n; i++)
		if (strchr("./[]= ", key.p[i]))
			return false;
	return key.n > 0;
}

static void add_key(struct buf *path, struct str key)
{
	bool plain = is_plain(key);

	if (!plain)
		buf_add_char(path, '[');
	else if (path->len)
		buf_add_char(path, '.');
	buf_add_str(path, key);
	if (!plain)
		buf_add_char(path, ']');
}

static struct val *mend_entry(struct drift_walk *w, const struct place *at,
			      struct fields who, struct str key,
			      const struct val *want, const struct val *live)
{
	struct place below = { at, key };
	struct fields fields = fields_key(who, key);
	size_t len = w->path.len;

	/* What others add to metadata is their own business. */
	if (!at->up && str_is(key, "metadata")) {
		fields = (struct fields){ 0 };
		want = val_is(want, VAL_MAP) ? want : NULL;
	}
	add_key(&w->path, key);
	struct val *mended = drift_mend(w, &below, fields, want, live);
	buf_trim(&w->path, len);
	return mended;
}

static struct val *mend_maps(struct drift_walk *w, const struct place *at,
			     struct fields who, const struct val *want,
			     const struct val *live)
{
	AUTO_VAL_MAP out = { 0 };
	bool same = true;

	for (size_t i = 0; i < val_count(live); i++) {
		struct str key = val_key(live, i);
		struct val *item = mend_entry(w, at, who, key,
					      val_get_str(want, key),
					      val_at(live, i));

		same = same && item == val_at(live, i);
		if (item)
			val_map_set_take(&out, key, item);
	}
	for (size_t i = 0; i < val_count(want); i++) {
		struct str key = val_key(want, i);

		if (val_get_str(live, key))
			continue;
		struct val *item =
			mend_entry(w, at, who, key, val_at(want, i), NULL);
		same = same && !item;
		if (item)
			val_map_set_take(&out, key, item);
	}
	return same ? val_ref(live) : val_map_take(&out);
}

/* Annotations that are never drift may stand in what others added. */
static bool holds_noise(const struct val *v, bool annotations)
{
	for (size_t i = 0; val_is(v, VAL_MAP) && i < val_count(v); i++) {
		struct str key = val_key(v, i);

		if (annotations ? rules_is_noise(key)
				: holds_noise(val_at(v, i),
					      str_is(key, "annotations")))
			return true;
	}
	return false;
}

static struct val *mend_extra(struct drift_walk *w, const struct place *at,
			      struct fields who, const struct val *live)
{
	bool annotations = at->key.p && str_is(at->key, "annotations");

	if (!live || !who.theirs || rules_is_unset(&w->rules, at, live) ||
	    rules_is_assigned(&w->rules, at, live))
		return val_ref(live);
	if (fields_are_theirs(who) && !holds_noise(live, annotations)) {
		drift_report(w, DRIFT_ADDED, NULL, live);
		return NULL;
	}
	if (val_is(live, VAL_MAP))
		return mend_maps(w, at, who, NULL, live);
	if (val_is(live, VAL_LIST))
		return drift_mend_extra_list(w, at, who, live);
	return val_ref(live);
}

struct val *drift_mend(struct drift_walk *w, const struct place *at,
		       struct fields who, const struct val *want,
		       const struct val *live)
{
	bool unset;

	if ((w->silent && w->differs) || rules_is_never(&w->rules, at))
		return val_ref(live);
	if (val_is_null(want))
		return mend_extra(w, at, who, live);
	unset = rules_is_unset(&w->rules, at, want);
	if (val_is_null(live)) {
		if (unset)
			return val_ref(live);
		drift_report(w, DRIFT_MISSING, want, NULL);
		return val_ref(want);
	}
	if (val_is(want, VAL_MAP) && val_is(live, VAL_MAP))
		return mend_maps(w, at, who, want, live);
	if (val_is(want, VAL_LIST) && val_is(live, VAL_LIST))
		return drift_mend_lists(w, at, who, want, live);
	/* What was not asked for has the server's default, if not theirs. */
	if ((unset && !fields_are_theirs(who)) ||
	    rules_is_same(&w->rules, at, want, live))
		return val_ref(live);
	drift_report(w, DRIFT_CHANGED, want, live);
	return val_ref(want);
}

struct val *drift_stored(const struct val *want)
{
	const struct val *texts = val_get(want, "stringData");
	struct val_map coded = { 0 };

	if (strcmp(val_get_text(want, "kind"), "Secret") != 0 || !texts)
		return val_ref(want);
	for (size_t i = 0; i < val_count(texts) && val_is(texts, VAL_MAP);
	     i++) {
		AUTO_BUF text = BUF_INIT(2 * LIMIT_BODY_BYTES);

		base64_write(val_str(val_at(texts, i)), &text);
		val_map_set_take(&coded, val_key(texts, i),
				 val_new_text(buf_str(&text)));
		buf_wipe(&text);
	}
	AUTO(val_unref) struct val *over = val_map_take(&coded);
	AUTO(val_unref) struct val *data =
		merge_over(val_get(want, "data"), over);
	AUTO(val_unref) struct val *less = val_without(want, "stringData");
	return val_with(less, "data", data);
}

void drift_find(const struct val *want, const struct val *live,
		enum drift_scaler scaler, struct drift *out)
{
	static const struct place root;
	struct fields_trees trees;
	struct drift_walk w = { .out = out,
				.rules = rules_for(want),
				/* Keys are no longer than the object. */
				.path = BUF_INIT(LIMIT_BODY_BYTES) };

	w.rules.autoscaled = scaler == DRIFT_SCALER_AUTO;
	out->want = drift_stored(want);
	out->live = val_ref(live);
	fields_read(live, &trees);
	out->mended = drift_mend(&w, &root,
				 (struct fields){ trees.theirs, trees.ours },
				 out->want, live);
	fields_done(&trees);
	buf_free(&w.path);
}

void drift_done(struct drift *drift)
{
	for (size_t i = 0; i < drift->count; i++)
		free(drift->items[i].path);
	free(drift->items);
	val_unref(drift->want);
	val_unref(drift->live);
	val_unref(drift->mended);
	*drift = (struct drift){ 0 };
}

bool drift_is_size(const struct drift *drift)
{
	AUTO(val_unref) struct val *live = size_strip(drift->live);
	AUTO(val_unref) struct val *mended = size_strip(drift->mended);

	return drift->count > 0 && val_equal(live, mended);
}

const char *drift_kind_text(enum drift_kind kind)
{
	static const char *const text[] = { "changed", "missing", "added" };

	return text[kind];
}
