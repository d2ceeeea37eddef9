#include "base/alloc.h"
#include "base/map.h"
#include "release/drift_walk.h"

/* One item; `name` is how people read it. */
static struct val *mend_item(struct drift_walk *w, const struct place *at,
			     struct fields who, const char *name,
			     const struct val *want, const struct val *live)
{
	struct place below = { .up = at };
	size_t len = w->path.len;

	buf_add_text(&w->path, name);
	struct val *mended = drift_mend(w, &below, who, want, live);
	buf_trim(&w->path, len);
	return mended;
}

/*
 * Lists of named items.
 */

struct named {
	const struct val *want, *live;
	struct drift_names want_names, live_names;
	struct map wanted; /* its name: 1 + index in want */
	struct fields who;
};

static size_t find_wanted(const struct named *n, size_t live)
{
	struct str name = str_of(n->live_names.items[live].field);

	return (size_t)(uintptr_t)map_get(&n->wanted, name);
}

static struct val *mend_named(struct drift_walk *w, const struct place *at,
			      const struct named *n, size_t want, size_t live)
{
	const struct drift_name *name = want ? &n->want_names.items[want - 1]
					     : &n->live_names.items[live - 1];

	return mend_item(w, at, fields_item(n->who, str_of(name->field)),
			 name->text, want ? val_at(n->want, want - 1) : NULL,
			 live ? val_at(n->live, live - 1) : NULL);
}

/* Adds what is missing from `want` on, up to the next that is not; found[0]
 * is for what nobody wants. */
static size_t add_missing(struct drift_walk *w, const struct place *at,
			  const struct named *n, size_t want, const bool *found,
			  struct val_list *out)
{
	size_t added = 0;

	for (; want < val_count(n->want) && !found[want + 1]; want++) {
		struct val *item = mend_named(w, at, n, want + 1, 0);

		if (item)
			val_list_add_take(out, item);
		added += item != NULL;
	}
	return added;
}

/* What is live keeps its order, and what is missing comes behind the item
 * that it was rendered behind. */
static struct val *mend_all_named(struct drift_walk *w, const struct place *at,
				  const struct named *n)
{
	bool *found = alloc_zero(val_count(n->want) + 1);
	AUTO_VAL_LIST out = { 0 };
	bool same;

	for (size_t i = 0; i < val_count(n->live); i++)
		found[find_wanted(n, i)] = true;
	same = add_missing(w, at, n, 0, found, &out) == 0;
	for (size_t i = 0; i < val_count(n->live); i++) {
		size_t want = find_wanted(n, i);
		struct val *item = mend_named(w, at, n, want, i + 1);

		same = same && item == val_at(n->live, i);
		if (item)
			val_list_add_take(&out, item);
		if (want && add_missing(w, at, n, want, found, &out))
			same = false;
	}
	free(found);
	return same ? val_ref(n->live) : val_list_take(&out);
}

/* False when the items have no names: *out is untouched then. */
static bool mend_by_name(struct drift_walk *w, const struct place *at,
			 struct fields who, const struct val *want,
			 const struct val *live, struct val **out)
{
	struct named n = { .want = want, .live = live, .who = who };
	bool named = drift_names_of(w, at, who, want, &n.want_names) &&
		     drift_names_of(w, at, who, live, &n.live_names);

	if (named) {
		for (size_t i = 0; i < n.want_names.count; i++)
			map_set(&n.wanted, str_of(n.want_names.items[i].field),
				(void *)(uintptr_t)(i + 1));
		*out = mend_all_named(w, at, &n);
		map_done(&n.wanted);
	}
	drift_names_done(&n.want_names);
	drift_names_done(&n.live_names);
	return named;
}

struct val *drift_mend_extra_list(struct drift_walk *w, const struct place *at,
				  struct fields who, const struct val *live)
{
	AUTO_VAL_LIST none = { 0 };
	AUTO(val_unref) struct val *want = val_list_take(&none);
	struct val *mended;

	return mend_by_name(w, at, who, want, live, &mended) ? mended
							     : val_ref(live);
}

/*
 * Lists by position, which the API has as one value.
 */

/* A null in a list is an item as any other: nobody drops it. */
static void compare_items(struct drift_walk *w, const struct place *at,
			  struct fields who, const struct val *want,
			  const struct val *live)
{
	if (val_is_null(want) != val_is_null(live))
		drift_report(w, DRIFT_CHANGED, want, live);
	else
		val_unref(mend_item(w, at, who, "", want, live));
}

static bool is_same_item(struct drift_walk *w, const struct place *at,
			 struct fields who, const struct val *want,
			 const struct val *live)
{
	bool silent = w->silent, differs = w->differs;

	w->silent = true;
	w->differs = false;
	compare_items(w, at, who, want, live);
	bool same = !w->differs;
	w->silent = silent;
	w->differs = differs;
	return same;
}

/* Whether all that is wanted is there, in order. What else is there is no
 * drift when admission added it to what we wrote. */
static bool holds_all(struct drift_walk *w, const struct place *at,
		      struct fields who, const struct val *want,
		      const struct val *live)
{
	size_t found = 0;

	if (val_count(live) < val_count(want) ||
	    (val_count(live) > val_count(want) && !who.ours))
		return false;
	for (size_t i = 0; i < val_count(live) && found < val_count(want); i++)
		if (is_same_item(w, at, who, val_at(want, found),
				 val_at(live, i)))
			found++;
		else if (val_count(live) == val_count(want))
			return false;
	return found == val_count(want);
}

/* What differs: want[from, want_to) and live[from, live_to). */
struct middle {
	const struct val *want, *live;
	size_t from, want_to, live_to;
};

static struct middle find_middle(struct drift_walk *w, const struct place *at,
				 struct fields who, const struct val *want,
				 const struct val *live)
{
	struct middle m = { want, live, 0, val_count(want), val_count(live) };

	while (m.from < m.want_to && m.from < m.live_to &&
	       is_same_item(w, at, who, val_at(want, m.from),
			    val_at(live, m.from)))
		m.from++;
	while (m.want_to > m.from && m.live_to > m.from &&
	       is_same_item(w, at, who, val_at(want, m.want_to - 1),
			    val_at(live, m.live_to - 1))) {
		m.want_to--;
		m.live_to--;
	}
	return m;
}

/* Items that are all extra, all missing, or stand against one another. */
static void report_middle(struct drift_walk *w, const struct place *at,
			  struct fields who, const struct middle *m)
{
	bool extra = m->want_to == m->from, missing = m->live_to == m->from;

	if (!extra && !missing && m->want_to != m->live_to) {
		drift_report(w, DRIFT_CHANGED, m->want, m->live);
		return;
	}
	for (size_t i = m->from; i < m->want_to || i < m->live_to; i++) {
		size_t len = w->path.len;

		buf_addf(&w->path, "[%zu]", i);
		if (extra)
			drift_report(w, DRIFT_ADDED, NULL, val_at(m->live, i));
		else if (missing)
			drift_report(w, DRIFT_MISSING, val_at(m->want, i),
				     NULL);
		else
			compare_items(w, at, who, val_at(m->want, i),
				      val_at(m->live, i));
		buf_trim(&w->path, len);
	}
}

/* What differs is taken from what is wanted, and the server fills in its
 * defaults again: some of those follow from other fields. */
static struct val *replace_middle(const struct middle *m)
{
	struct val_list out = { 0 };

	for (size_t i = 0; i < m->from; i++)
		val_list_add(&out, val_at(m->live, i));
	for (size_t i = m->from; i < m->want_to; i++)
		val_list_add(&out, val_at(m->want, i));
	for (size_t i = m->live_to; i < val_count(m->live); i++)
		val_list_add(&out, val_at(m->live, i));
	return val_list_take(&out);
}

static struct val *mend_by_position(struct drift_walk *w,
				    const struct place *at, struct fields who,
				    const struct val *want,
				    const struct val *live)
{
	if (holds_all(w, at, who, want, live))
		return val_ref(live);
	if (w->silent) {
		w->differs = true;
		return val_ref(live);
	}
	struct middle m = find_middle(w, at, who, want, live);

	report_middle(w, at, who, &m);
	return replace_middle(&m);
}

struct val *drift_mend_lists(struct drift_walk *w, const struct place *at,
			     struct fields who, const struct val *want,
			     const struct val *live)
{
	struct val *mended;

	if (mend_by_name(w, at, who, want, live, &mended))
		return mended;
	return mend_by_position(w, at, who, want, live);
}
