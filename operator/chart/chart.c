/*
 * From files to a chart: sources are what was read, parts how it is used.
 */
#include "chart/chart.h"

#include "base/alloc.h"
#include "chart/files.h"
#include "chart/part.h"
#include "chart/source.h"
#include "chart/templates.h"
#include "chart/values.h"

static bool take_presets(struct chart *chart, struct err *err)
{
	AUTO_VAL_MAP presets = { 0 };

	for (size_t i = 0; i < chart->file_count; i++) {
		const struct chart_file *f = &chart->files[i];
		struct val *v = NULL;

		if (!chart_path_is(f->path, "presets/", ".yaml"))
			continue;
		if (!source_read_map(f, &v, err))
			return false;
		struct str name = str_of(f->path + strlen("presets/"));
		name.n -= strlen(".yaml");
		val_map_set_take(&presets, name, v);
	}
	chart->presets = val_map_take(&presets);
	return true;
}

static bool finish(struct chart *chart, struct err *err)
{
	const struct chart_source *s = chart->source;
	const char *app = val_text(val_get(s->meta, "appVersion"));

	chart->meta = s->meta;
	chart->values = s->values;
	chart->files = s->files;
	chart->file_count = s->file_count;
	chart->name = val_get_text(s->meta, "name");
	chart->version = val_get_text(s->meta, "version");
	chart->app_version = app ? app : "";
	return take_presets(chart, err) && part_build(chart, err) &&
	       chart_values_prepare(chart, err) &&
	       templates_compile(chart, err);
}

bool chart_load(const char *path, struct chart **out, struct err *err)
{
	AUTO(chart_unref) struct chart *chart = NEW(struct chart);

	chart->refs = 1;
	if (!source_read(path, &chart->source, err) || !finish(chart, err))
		return err_wrap(err, "chart %s", path);
	*out = TAKE(chart);
	return true;
}

bool chart_read(struct str archive, struct chart **out, struct err *err)
{
	AUTO(chart_unref) struct chart *chart = NEW(struct chart);

	chart->refs = 1;
	if (!source_read_archive(archive, &chart->source, err) ||
	    !finish(chart, err))
		return false;
	*out = TAKE(chart);
	return true;
}

struct chart *chart_ref(struct chart *chart)
{
	atomic_fetch_add_explicit(&chart->refs, 1, memory_order_relaxed);
	return chart;
}

void chart_unref(struct chart *chart)
{
	if (!chart || atomic_fetch_sub_explicit(&chart->refs, 1,
						memory_order_acq_rel) != 1)
		return;
	templates_done(chart);
	part_done(chart);
	source_free(chart->source);
	val_unref(chart->presets);
	free(chart);
}

const struct chart_file *chart_find(const struct chart *chart, const char *path)
{
	return source_find(chart->source, path);
}
