#include "chart/import.h"

#include "base/alloc.h"
#include "base/limits.h"
#include "chart/source.h"
#include "data/path.h"

static const struct val *imports_of(const struct chart_part *p)
{
	return p->entry ? p->entry->imports : NULL;
}

bool import_is_used(const struct chart *chart)
{
	for (size_t i = 0; i < chart->part_count; i++)
		if (val_count(imports_of(&chart->parts[i])))
			return true;
	return false;
}

/* The map at a path without escapes, as Helm reads them. */
static const struct val *map_at(const struct val *v, struct str path)
{
	struct str part;
	bool more;

	do {
		more = str_split(path, '.', &part, &path);
		v = val_get_str(v, part);
	} while (more && v);
	return val_is(v, VAL_MAP) ? v : NULL;
}

/* item below the maps that a path names; "." is the top. NULL: too deep. */
static struct val *nest(struct str path, const struct val *item)
{
	struct val *v = val_ref(item);
	size_t depth = 0;

	if (str_is(path, "."))
		return v;
	for (bool more = true; more; depth++) {
		struct val_map map = { 0 };
		size_t at = path.n;

		if (depth == LIMIT_NESTING) {
			val_unref(v);
			return NULL;
		}
		while (at > 0 && path.p[at - 1] != '.')
			at--;
		val_map_set_take(&map, str_cut(path.p + at, path.n - at), v);
		v = val_map_take(&map);
		more = at > 0;
		path.n = more ? at - 1 : 0;
	}
	return v;
}

static bool fail(const struct chart *chart, const struct chart_part *p,
		 enum err_kind kind, const char *path, const char *what,
		 struct err *err)
{
	const struct chart_part *up = &chart->parts[p->parent];

	return err_set(err, kind, "%sChart.yaml: import-values of %s: %s %s",
		       up->source->at, p->name, path, what);
}

/* Lays below *into what one import copies from values, the subchart's. */
static bool import_one(const struct chart *chart, const struct chart_part *p,
		       const struct val *import, const struct val *values,
		       enum import_missing missing, struct val **into,
		       struct err *err)
{
	AUTO_FREE char *child = NULL;
	const char *parent;

	depend_import(import, &child, &parent);
	const struct val *map = map_at(values, str_of(child));
	if (!map)
		return missing == IMPORT_MISSING_SKIPS ||
		       fail(chart, p, ERR_INVALID, child,
			    "is no map in its values", err);
	AUTO(val_unref) struct val *nested = nest(str_of(parent), map);
	if (!nested)
		return fail(chart, p, ERR_LIMIT, "parent", "nests too deep",
			    err);
	struct val *next = merge_tables(*into, nested, MERGE_KEEP_NULLS);
	val_unref(*into);
	*into = next;
	return true;
}

static bool import_child(const struct chart *chart, const struct chart_part *p,
			 const struct val *values, enum import_missing missing,
			 struct val **into, struct err *err)
{
	const struct val *imports = imports_of(p);

	for (size_t i = 0; i < val_count(imports); i++)
		if (!import_one(chart, p, val_at(imports, i),
				val_get(values, p->name), missing, into, err))
			return false;
	return true;
}

static bool has_imports(const struct coalesce *c, const struct chart_part *p)
{
	for (size_t i = p->first; i < p->first + p->count; i++)
		if (coalesce_is_enabled(c, i) &&
		    val_count(imports_of(&c->chart->parts[i])))
			return true;
	return false;
}

static bool import_part(const struct coalesce *c, size_t part,
			enum import_missing missing, struct val **out,
			struct err *err)
{
	const struct chart_part *p = &c->chart->parts[part];
	struct val_map none = { 0 };
	AUTO(val_unref) struct val *values = NULL, *all = NULL;
	AUTO(val_unref)
	struct val *own = coalesce_own(c, part, NULL, p->source->values,
				       MERGE_KEEP_NULLS);

	if (!coalesce_parts(c, part, own, MERGE_KEEP_NULLS, &values, err))
		return false;
	AUTO(val_unref) struct val *imported = val_map_take(&none);
	for (size_t i = p->first; i < p->first + p->count; i++)
		if (coalesce_is_enabled(c, i) &&
		    !import_child(c->chart, &c->chart->parts[i], values,
				  missing, &imported, err))
			return false;
	all = merge_tables(values, imported, MERGE_KEEP_NULLS);
	if (!path_check_nesting(all, err))
		return err_wrap(err, "%sChart.yaml: import-values",
				p->source->at);
	*out = TAKE(all);
	return true;
}

bool import_bases(const struct coalesce *c, enum import_missing missing,
		  struct val **bases, struct err *err)
{
	struct coalesce with = *c;

	with.bases = bases;
	/* Children stand behind their parents, and go first. */
	for (size_t i = c->chart->part_count; i-- > 0;) {
		const struct chart_part *p = &c->chart->parts[i];

		if (!coalesce_is_enabled(c, i) || !has_imports(c, p))
			bases[i] = val_ref(p->source->values);
		else if (!import_part(&with, i, missing, &bases[i], err))
			return false;
	}
	return true;
}
