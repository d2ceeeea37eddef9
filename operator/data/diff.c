#include "data/diff.h"

#include "base/alloc.h"
#include "base/limits.h"
#include "data/num.h"
#include "data/pointer.h"

/* One comparison: where it is, and what it looks for. */
struct walk {
	struct diff *out;
	struct buf at; /* the pointer so far */
	bool subset;   /* what only `from` has is no difference */
};

static void add(struct walk *w, enum diff_kind kind, const struct val *from,
		const struct val *to)
{
	struct diff *d = w->out;

	if (d->count == d->max) {
		d->more = true;
		return;
	}
	if (d->count == d->cap) {
		d->cap = d->cap ? d->cap * 2 : 8;
		d->items = alloc_resize(d->items, d->cap, sizeof(*d->items));
	}
	d->items[d->count++] = (struct diff_entry){
		.pointer = alloc_copy(buf_text(&w->at)),
		.kind = kind,
		.from = val_ref(from),
		.to = val_ref(to),
	};
}

static bool is_number(const struct val *v)
{
	return val_is(v, VAL_INT) || val_is(v, VAL_REAL);
}

static bool same_scalar(const struct val *a, const struct val *b)
{
	if (is_number(a) && is_number(b))
		return num_is_equal(val_str(a), val_str(b));
	return val_equal(a, b);
}

static bool is_empty(const struct val *v)
{
	return val_count(v) == 0 && (val_is(v, VAL_NULL) ||
				     val_is(v, VAL_LIST) || val_is(v, VAL_MAP));
}

static void compare(struct walk *w, const struct val *from,
		    const struct val *to);

static void compare_entry(struct walk *w, struct str key,
			  const struct val *from, const struct val *to)
{
	size_t len = w->at.len;

	pointer_add(&w->at, key);
	compare(w, from, to);
	buf_trim(&w->at, len);
}

static void compare_maps(struct walk *w, const struct val *from,
			 const struct val *to)
{
	for (size_t i = 0; i < val_count(from) && !w->subset && !w->out->more;
	     i++)
		if (!val_get_str(to, val_key(from, i)))
			compare_entry(w, val_key(from, i), val_at(from, i),
				      NULL);
	for (size_t i = 0; i < val_count(to) && !w->out->more; i++)
		compare_entry(w, val_key(to, i),
			      val_get_str(from, val_key(to, i)), val_at(to, i));
}

static void compare_lists(struct walk *w, const struct val *from,
			  const struct val *to)
{
	size_t olds = val_count(from), news = val_count(to);

	for (size_t i = 0; (i < olds || i < news) && !w->out->more; i++) {
		size_t len = w->at.len;

		pointer_add_index(&w->at, i);
		compare(w, i < olds ? val_at(from, i) : NULL,
			i < news ? val_at(to, i) : NULL);
		buf_trim(&w->at, len);
	}
}

static void compare(struct walk *w, const struct val *from,
		    const struct val *to)
{
	enum val_type type = val_type(to);

	if (w->out->more || from == to)
		return;
	if (!to)
		add(w, DIFF_REMOVED, from, NULL);
	else if (w->subset && is_empty(to) && (!from || is_empty(from)))
		return;
	else if (!from)
		add(w, DIFF_ADDED, NULL, to);
	else if (type == VAL_MAP && val_is(from, VAL_MAP))
		compare_maps(w, from, to);
	else if (type == VAL_LIST && val_is(from, VAL_LIST))
		compare_lists(w, from, to);
	else if (!same_scalar(from, to))
		add(w, DIFF_CHANGED, from, to);
}

static void start(const struct val *from, const struct val *to, bool subset,
		  struct diff *out)
{
	/* Keys of an object, however deep, are no longer than the object. */
	struct walk w = { out, BUF_INIT(LIMIT_BODY_BYTES), subset };

	compare(&w, from, to);
	buf_free(&w.at);
}

void diff_values(const struct val *a, const struct val *b, struct diff *out)
{
	start(a, b, false, out);
}

void diff_subset(const struct val *want, const struct val *live,
		 struct diff *out)
{
	start(live, want, true, out);
}

const char *diff_kind_text(enum diff_kind kind)
{
	static const char *const text[] = { "added", "removed", "changed" };

	return text[kind];
}

void diff_done(struct diff *d)
{
	for (size_t i = 0; i < d->count; i++) {
		free(d->items[i].pointer);
		val_unref(d->items[i].from);
		val_unref(d->items[i].to);
	}
	free(d->items);
	*d = DIFF_INIT(d->max);
}
