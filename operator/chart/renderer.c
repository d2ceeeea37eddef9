#include "chart/renderer.h"

#include "chart/structure.h"
#include "data/json.h"

void renderer_init(struct renderer *r, struct shapes *shapes)
{
	r->run = mustache_run_new();
	r->shapes = shapes;
}

void renderer_done(struct renderer *r)
{
	mustache_run_free(r->run);
	mustache_trace_done(&r->trace);
}

/* Where the documents go: one of the two. */
struct target {
	struct val_list *docs;
	struct buf *out;
};

static bool fill(const struct shape *shape, const struct val *const *slots,
		 size_t count, const struct target *to)
{
	return to->out ? shape_json(shape, slots, count, to->out)
		       : shape_values(shape, slots, count, to->docs);
}

/* By a shape that is kept. */
static bool fill_again(struct renderer *r, const struct mustache_template *t,
		       const struct val *root, const struct target *to,
		       bool *out_known)
{
	AUTO(shape_unref) struct shape *shape = NULL;
	AUTO_ERR err = ERR_INIT;

	if (!mustache_trace(r->run, t, root, &r->trace, &err))
		return false;
	shape = shapes_get(r->shapes, t, &r->trace);
	*out_known = shape;
	return shape &&
	       fill(shape, r->trace.slots.items, r->trace.slots.count, to);
}

/* By a new shape. */
static bool fill_first(struct renderer *r, const struct mustache_template *t,
		       const struct val *root, const struct target *to)
{
	struct mustache_trace trace = { 0 };
	AUTO(shape_unref) struct shape *shape =
		shape_new(r->run, t, root, &trace);
	bool ok = shape &&
		  fill(shape, trace.slots.items, trace.slots.count, to);

	if (shape)
		shapes_put(r->shapes, t, &trace, shape);
	mustache_trace_done(&trace);
	return ok;
}

/* Without a shape, for the errors. */
static bool fill_slowly(struct renderer *r, const struct mustache_template *t,
			const struct val *root, struct val_list *docs,
			struct err *err)
{
	struct structure s = { 0 };
	bool ok = structure_init(&s, r->run, t, root, err);

	for (size_t i = 0; ok && i < structure_count(&s); i++) {
		struct val *v = NULL;

		ok = structure_value(&s, i, &v, err);
		if (v)
			val_list_add_take(docs, v);
	}
	structure_done(&s);
	return ok;
}

/* What this leaves in *to when it says no is the caller's to take away. */
static bool fill_quickly(struct renderer *r, const struct mustache_template *t,
			 const struct val *root, const struct target *to)
{
	bool known = false;

	if (shapes_may_have(r->shapes, t) && fill_again(r, t, root, to, &known))
		return true;
	return !known && fill_first(r, t, root, to);
}

static void cut(struct val_list *docs, size_t count)
{
	while (docs->count > count)
		val_unref(docs->items[--docs->count]);
}

bool renderer_values(struct renderer *r, const struct mustache_template *t,
		     const struct val *root, struct val_list *docs,
		     struct err *err)
{
	size_t before = docs->count;

	if (fill_quickly(r, t, root, &(struct target){ .docs = docs }))
		return true;
	cut(docs, before);
	if (fill_slowly(r, t, root, docs, err))
		return true;
	cut(docs, before);
	return false;
}

bool renderer_wrap(struct renderer *r, const struct mustache_template *t,
		   const struct val *root, size_t i, struct err *err)
{
	struct structure s = { 0 };
	AUTO_ERR other = ERR_INIT;

	if (structure_init(&s, r->run, t, root, &other))
		structure_wrap(&s, i, err);
	structure_done(&s);
	return false;
}

bool renderer_json(struct renderer *r, const struct mustache_template *t,
		   const struct val *root, struct buf *out, struct err *err)
{
	AUTO_VAL_LIST docs = { 0 };
	size_t before = out->len;

	if (fill_quickly(r, t, root, &(struct target){ .out = out }))
		return true;
	buf_trim(out, before);
	if (!fill_slowly(r, t, root, &docs, err))
		return false;
	for (size_t i = 0; i < docs.count; i++) {
		json_write(docs.items[i], out);
		buf_add_char(out, '\n');
	}
	return buf_check(out, err);
}
