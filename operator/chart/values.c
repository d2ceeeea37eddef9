#include "chart/values.h"

#include "base/alloc.h"
#include "base/limits.h"
#include "chart/check_values.h"
#include "chart/import.h"
#include "chart/source.h"
#include "data/path.h"

const struct val *chart_preset(const struct chart *chart, const char *name)
{
	return val_get(chart->presets, name);
}

struct layer {
	const char *name;
	const struct val *v;
};
enum { LAYERS = 3 };

static bool check_layers(const struct layer *layers, struct err *err)
{
	for (size_t i = 0; i < LAYERS; i++)
		if (layers[i].v && !val_is(layers[i].v, VAL_NULL) &&
		    !val_is(layers[i].v, VAL_MAP))
			return err_set(err, ERR_INVALID,
				       "%s must be a map, found %s",
				       layers[i].name,
				       val_type_text(val_type(layers[i].v)));
	return true;
}

/* The layers over the chart's defaults, and all that over its subcharts'. */
static bool lay(const struct coalesce *c, const struct layer *layers,
		struct val **out, struct err *err)
{
	AUTO(val_unref) struct val *own = val_ref(coalesce_base(c, 0));

	for (size_t i = 0; i < LAYERS; i++) {
		struct val *next;

		if (!val_is(layers[i].v, VAL_MAP))
			continue;
		next = coalesce_own(c, 0, layers[i].v, own, MERGE_DROP_NULLS);
		val_unref(own);
		own = next;
	}
	const struct val *global = val_get(own, "global");
	if (global && !val_is(global, VAL_MAP))
		return err_set(err, ERR_INVALID,
			       "global must be a map, found %s",
			       val_type_text(val_type(global)));
	return coalesce_parts(c, 0, own, MERGE_DROP_NULLS, out, err);
}

static bool has_switch(const struct chart_part *p)
{
	return p->entry && (*p->entry->condition || val_count(p->entry->tags));
}

static bool has_switches(const struct chart *chart)
{
	for (size_t i = 0; i < chart->part_count; i++)
		if (has_switch(&chart->parts[i]))
			return true;
	return false;
}

/*
 * Decides which parts take part. Tags are asked of the whole chart's values,
 * and what those leave open of the values.yaml of the charts on the way down.
 * Returns whether all do.
 */
static bool enable(const struct chart *chart, const struct val *all,
		   bool *enabled)
{
	struct seen {
		const struct val *values;
		struct val *tags;
	} *seen = alloc_zero(chart->part_count * sizeof(*seen));
	bool every = true;

	for (size_t i = 0; i < chart->part_count; i++) {
		const struct chart_part *p = &chart->parts[i];
		const struct seen *up = &seen[p->parent];
		const struct val *own = val_get(p->source->values, "tags");

		enabled[i] =
			i == 0 ||
			(enabled[p->parent] &&
			 (!p->entry ||
			  depend_is_enabled(p->entry, up->values, up->tags)));
		every = every && enabled[i];
		seen[i].values = i ? val_get(up->values, p->name) : all;
		seen[i].tags = i ? merge_tables(up->tags, own, MERGE_DROP_NULLS)
				 : val_ref(val_get(all, "tags"));
	}
	for (size_t i = 0; i < chart->part_count; i++)
		val_unref(seen[i].tags);
	free(seen);
	return every;
}

static void drop_bases(struct val **bases, size_t count)
{
	for (size_t i = 0; bases && i < count; i++)
		val_unref(bases[i]);
	free(bases);
}

/* With what the parts that are enabled import. */
static bool lay_imported(const struct chart *chart, const struct layer *layers,
			 const bool *enabled, struct val **out, struct err *err)
{
	struct coalesce c = { .chart = chart, .enabled = enabled };
	struct val **bases = alloc_zero(chart->part_count * sizeof(*bases));
	bool ok = import_bases(&c, IMPORT_MISSING_SKIPS, bases, err);

	c.bases = bases;
	ok = ok && lay(&c, layers, out, err);
	drop_bases(bases, chart->part_count);
	return ok;
}

static bool lay_enabled(const struct chart *chart, const struct layer *layers,
			bool *enabled, struct val **out, struct err *err)
{
	struct coalesce c = { .chart = chart };
	AUTO(val_unref) struct val *all = NULL;
	bool every = true;

	memset(enabled, true, chart->part_count);
	if (has_switches(chart)) {
		if (!lay(&c, layers, &all, err))
			return false;
		every = enable(chart, all, enabled);
		if (every && !import_is_used(chart)) {
			*out = TAKE(all);
			return true;
		}
	}
	if (!every && import_is_used(chart))
		return lay_imported(chart, layers, enabled, out, err);
	c.enabled = every ? NULL : enabled;
	c.from = COALESCE_IMPORTED;
	return lay(&c, layers, out, err);
}

/* Whether v holds at most *left values; parts that are shared count again. */
static bool count_down(const struct val *v, size_t *left)
{
	if ((*left)-- == 0)
		return false;
	for (size_t i = 0; i < val_count(v); i++)
		if (!count_down(val_at(v, i), left))
			return false;
	return true;
}

bool chart_values_prepare(struct chart *chart, struct err *err)
{
	struct coalesce c = { .chart = chart, .from = COALESCE_IMPORTED };
	struct val **bases = alloc_zero(chart->part_count * sizeof(*bases));
	const struct layer none[LAYERS] = { 0 };
	AUTO(val_unref) struct val *all = NULL;
	size_t left = LIMIT_YAML_NODES;
	bool ok = import_bases(&c, IMPORT_MISSING_FAILS, bases, err);

	for (size_t i = 0; i < chart->part_count; i++)
		chart->parts[i].values = bases[i];
	free(bases);
	if (!ok || !lay(&c, none, &all, err) || !path_check_nesting(all, err))
		return false;
	return count_down(all, &left) ||
	       err_set(err, ERR_LIMIT,
		       "more than %d values, those of all subcharts together",
		       LIMIT_YAML_NODES);
}

bool chart_values_new(const struct chart *chart, const struct val *preset,
		      const struct val *user, const struct val *overrides,
		      struct chart_values **out, struct err *err)
{
	const struct layer layers[LAYERS] = {
		{ "the preset", preset },
		{ "the values", user },
		{ "the overriding values", overrides },
	};
	AUTO(chart_values_free)
	struct chart_values *values = NEW(struct chart_values);

	values->enabled = alloc_zero(chart->part_count);
	if (!check_layers(layers, err) ||
	    !lay_enabled(chart, layers, values->enabled, &values->all, err) ||
	    !path_check_nesting(values->all, err) ||
	    !chart_check_values(chart, values, err))
		return false;
	*out = TAKE(values);
	return true;
}

void chart_values_free(struct chart_values *values)
{
	if (!values)
		return;
	val_unref(values->all);
	free(values->enabled);
	free(values);
}
