#include "chart/coalesce.h"

#include "chart/source.h"

const struct val *coalesce_base(const struct coalesce *c, size_t part)
{
	const struct chart_part *p = &c->chart->parts[part];

	if (c->bases)
		return c->bases[part];
	return c->from == COALESCE_IMPORTED ? p->values : p->source->values;
}

bool coalesce_is_enabled(const struct coalesce *c, size_t part)
{
	return !c->enabled || c->enabled[part];
}

/* The names of a part's subcharts, without those that are disabled. */
static struct val *names_of(const struct coalesce *c,
			    const struct chart_part *p)
{
	AUTO_VAL_MAP names = { 0 };
	size_t end = p->first + p->count, i = p->first;

	while (i < end && coalesce_is_enabled(c, i))
		i++;
	if (i == end)
		return val_ref(p->subcharts);
	for (i = p->first; i < end; i++)
		if (coalesce_is_enabled(c, i))
			val_map_put(&names, c->chart->parts[i].name,
				    val_null());
	return val_map_take(&names);
}

struct val *coalesce_own(const struct coalesce *c, size_t part,
			 const struct val *values, const struct val *base,
			 enum merge_nulls nulls)
{
	AUTO(val_unref)
	struct val *names = names_of(c, &c->chart->parts[part]);

	return merge_coalesce_chart(values, base, nulls, names);
}

/* What becomes of one entry of global: the parent's, unless only one of both
 * is a map. NULL: the subchart's stays. */
static struct val *global_entry(const struct val *parent, const struct val *own)
{
	bool parent_map = val_is(parent, VAL_MAP);

	if (!own)
		return val_ref(parent);
	if (parent_map != val_is(own, VAL_MAP))
		return NULL;
	return parent_map ? merge_tables(parent, own, MERGE_KEEP_NULLS)
			  : val_ref(parent);
}

/* The parent's global over that of a subchart; both maps. */
static struct val *merge_global(const struct val *parent, const struct val *own)
{
	AUTO_VAL_MAP map = { 0 };

	if (!val_count(own))
		return val_ref(parent);
	for (size_t i = 0; i < val_count(own); i++)
		val_map_set(&map, val_key(own, i), val_at(own, i));
	for (size_t i = 0; i < val_count(parent); i++) {
		struct str key = val_key(parent, i);
		struct val *v =
			global_entry(val_at(parent, i), val_get_str(own, key));

		if (v)
			val_map_set_take(&map, key, v);
	}
	return val_map_take(&map);
}

static bool must_be_map(const struct chart_part *p, const struct val *v,
			const char *what, struct err *err)
{
	return !v || val_is(v, VAL_MAP) ||
	       err_set(err, ERR_INVALID,
		       "%s subchart %.*s must be a map, found %s", what,
		       (int)strlen(p->scope) - 1, p->scope,
		       val_type_text(val_type(v)));
}

/* What a subchart is given: its part of the parent's values, with global. */
static bool given(const struct chart_part *p, const struct val *parent,
		  struct val **out, struct err *err)
{
	AUTO_VAL_MAP none = { 0 };
	const struct val *own = val_get(parent, p->name);
	const struct val *global = val_get(own, "global");
	AUTO(val_unref) struct val *empty = val_map_take(&none);

	if (!must_be_map(p, own, "the values of", err) ||
	    !must_be_map(p, global, "global in the values of", err))
		return false;
	const struct val *above = val_get(parent, "global");
	if (!val_is(above, VAL_MAP))
		above = empty;
	AUTO(val_unref) struct val *merged = merge_global(above, global);
	*out = val_with(own, "global", merged);
	return true;
}

static bool coalesce_child(const struct coalesce *c, size_t child,
			   const struct val *parent, enum merge_nulls nulls,
			   struct val **out, struct err *err)
{
	AUTO(val_unref) struct val *values = NULL;

	if (!given(&c->chart->parts[child], parent, &values, err))
		return false;
	AUTO(val_unref)
	struct val *own =
		coalesce_own(c, child, values, coalesce_base(c, child), nulls);
	return coalesce_parts(c, child, own, nulls, out, err);
}

bool coalesce_parts(const struct coalesce *c, size_t part,
		    const struct val *own, enum merge_nulls nulls,
		    struct val **out, struct err *err)
{
	const struct chart_part *p = &c->chart->parts[part];
	AUTO_VAL_MAP map = { 0 };

	if (p->count == 0) {
		*out = val_ref(own);
		return true;
	}
	for (size_t i = 0; i < val_count(own); i++)
		val_map_set(&map, val_key(own, i), val_at(own, i));
	for (size_t i = p->first; i < p->first + p->count; i++) {
		struct val *v = NULL;

		if (!coalesce_is_enabled(c, i))
			continue;
		if (!coalesce_child(c, i, own, nulls, &v, err))
			return false;
		val_map_set_take(&map, str_of(c->chart->parts[i].name), v);
	}
	*out = val_map_take(&map);
	return true;
}
