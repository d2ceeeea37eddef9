/*
 * Parts are made breadth first: those of one parent stand together, and every
 * parent stands before its children.
 */
#include "chart/part.h"

#include "base/limits.h"
#include "base/vec.h"
#include "chart/source.h"

struct builder {
	struct chart *chart;
	size_t cap;
};

static const char *name_of(const struct chart_source *s)
{
	return val_get_text(s->meta, "name");
}

/* Helm's templates see an alias as the name of the chart. */
static struct val *meta_of(const struct chart_source *s, const char *name)
{
	return strcmp(name, name_of(s)) == 0
		       ? val_ref(s->meta)
		       : val_with_text(s->meta, "name", name);
}

static bool add_part(struct builder *b, const struct chart_source *s,
		     const struct chart_dependency *entry, size_t parent,
		     struct err *err)
{
	struct chart *chart = b->chart;
	const char *name = entry ? entry->alias : name_of(s);

	if (strcmp(name, "global") == 0)
		return err_set(err, ERR_INVALID,
			       "%s: a subchart cannot be called global, where "
			       "values for all charts are",
			       s->at);
	if (chart->part_count == LIMIT_SUBCHARTS)
		return err_set(err, ERR_LIMIT,
			       "more than %d charts, each alias counted",
			       LIMIT_SUBCHARTS);
	chart->parts = vec_grow_(chart->parts, chart->part_count, &b->cap,
				 sizeof(*chart->parts));
	const struct chart_part *up = &chart->parts[parent];
	for (size_t i = up->first; i < up->first + up->count; i++)
		if (strcmp(chart->parts[i].name, name) == 0)
			return err_set(err, ERR_INVALID,
				       "%s and %s would both be called %s: "
				       "give one an alias",
				       chart->parts[i].source->at, s->at, name);
	chart->parts[chart->part_count++] = (struct chart_part){
		.source = s,
		.entry = entry,
		.name = name,
		.scope = alloc_print("%s%s/", up->scope, name),
		.at = alloc_print("%scharts/%s/", up->at, name),
		.parent = parent,
		.depth = up->depth + 1,
		.meta = meta_of(s, name),
	};
	chart->parts[parent].count++;
	return true;
}

/* Whether an entry lists a subchart; one that lists only other versions of it
 * would have it loaded against its own wish. */
static bool is_listed(const struct chart_source *s, const bool *wanted,
		      size_t i, bool *out, struct err *err)
{
	const struct chart_source *sub = s->subcharts[i];

	*out = wanted[i];
	for (size_t k = 0; !wanted[i] && k < s->dependency_count; k++)
		if (strcmp(s->dependencies[k].name, name_of(sub)) == 0)
			return err_set(err, ERR_INVALID,
				       "%s is version %s of %s, which "
				       "%sChart.yaml does not want: remove it",
				       sub->at,
				       val_get_text(sub->meta, "version"),
				       name_of(sub), s->at);
	return true;
}

static bool add_children(struct builder *b, size_t parent, struct err *err)
{
	const struct chart_source *s = b->chart->parts[parent].source;
	const struct chart_source *found[LIMIT_SUBCHARTS] = { NULL };
	bool wanted[LIMIT_SUBCHARTS] = { false }, listed;

	b->chart->parts[parent].first = b->chart->part_count;
	for (size_t i = 0; i < s->dependency_count; i++) {
		if (!depend_find(s, &s->dependencies[i], &found[i], err))
			return false;
		for (size_t k = 0; k < s->subchart_count; k++)
			wanted[k] = wanted[k] || s->subcharts[k] == found[i];
	}
	for (size_t i = 0; i < s->subchart_count; i++)
		if (!is_listed(s, wanted, i, &listed, err) ||
		    (!listed &&
		     !add_part(b, s->subcharts[i], NULL, parent, err)))
			return false;
	for (size_t i = 0; i < s->dependency_count; i++)
		if (!add_part(b, found[i], &s->dependencies[i], parent, err))
			return false;
	return true;
}

static void set_names(struct chart_part *parts, size_t i)
{
	AUTO_VAL_MAP names = { 0 };

	for (size_t k = 0; k < parts[i].count; k++)
		val_map_put(&names, parts[parts[i].first + k].name, val_null());
	parts[i].subcharts = val_map_take(&names);
}

bool part_build(struct chart *chart, struct err *err)
{
	struct builder b = { .chart = chart };

	chart->parts = vec_grow_(NULL, 0, &b.cap, sizeof(*chart->parts));
	chart->parts[0] = (struct chart_part){
		.source = chart->source,
		.name = name_of(chart->source),
		.scope = alloc_copy(""),
		.at = alloc_copy(""),
		.meta = val_ref(chart->source->meta),
	};
	chart->part_count = 1;
	for (size_t i = 0; i < chart->part_count; i++) {
		if (!add_children(&b, i, err))
			return false;
		set_names(chart->parts, i);
	}
	return true;
}

void part_done(struct chart *chart)
{
	for (size_t i = 0; i < chart->part_count; i++) {
		struct chart_part *p = &chart->parts[i];

		free(p->scope);
		free(p->at);
		val_unref(p->meta);
		val_unref(p->subcharts);
		val_unref(p->values);
	}
	free(chart->parts);
}
