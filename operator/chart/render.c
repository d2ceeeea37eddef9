#include "chart/render.h"

#include "base/alloc.h"
#include "chart/context.h"
#include "chart/meta.h"
#include "chart/structure.h"
#include "chart/values.h"

static bool add_documents(struct structure *s, struct manifest *m,
			  const char *source, const char *namespace,
			  struct err *err)
{
	for (size_t i = 0; i < structure_count(s); i++) {
		AUTO(val_unref) struct val *object = NULL;

		if (!structure_value(s, i, &object, err))
			return false;
		if (object && !manifest_add(m, object, source, namespace, err))
			return structure_wrap(s, i, err);
	}
	return true;
}

static bool render_file(const struct chart *chart,
			const struct chart_template *t,
			struct mustache_run *run, const struct val *context,
			struct manifest *m, const char *namespace,
			struct err *err)
{
	AUTO(val_unref) struct val *root =
		context_of_template(context, chart, t->part, t->source);
	struct structure s = { 0 };
	bool ok = structure_init(&s, run, t->compiled, root, err) &&
		  add_documents(&s, m, t->source, namespace, err);

	structure_done(&s);
	return ok;
}

static bool render_files(const struct chart *chart,
			 const struct chart_values *values,
			 struct val *const *contexts, struct manifest *m,
			 const char *namespace, struct err *err)
{
	AUTO(mustache_run_free) struct mustache_run *run = mustache_run_new();

	for (size_t i = 0; i < chart->template_count; i++) {
		const struct chart_template *t = &chart->templates[i];

		if (values->enabled[t->part] &&
		    !render_file(chart, t, run, contexts[t->part], m, namespace,
				 err))
			return false;
	}
	return true;
}

bool chart_render(const struct chart *chart, const struct chart_values *values,
		  const struct chart_release *release,
		  const struct chart_capabilities *capabilities,
		  struct manifest **out, struct err *err)
{
	AUTO(manifest_free) struct manifest *m = NEW(struct manifest);

	if (!meta_check_kube(chart, capabilities->kube_version, err))
		return false;
	struct val **contexts =
		context_new_all(chart, values, release, capabilities);
	bool ok = render_files(chart, values, contexts, m, release->namespace,
			       err);
	context_free_all(contexts, chart);
	if (ok)
		*out = TAKE(m);
	return ok;
}

bool chart_notes(const struct chart *chart, const struct chart_values *values,
		 const struct chart_release *release,
		 const struct chart_capabilities *capabilities, struct buf *out,
		 struct err *err)
{
	if (!chart->notes)
		return true;
	AUTO_FREE char *source =
		alloc_print("%s/%s", chart->name, chart->notes->path);
	AUTO(mustache_run_free) struct mustache_run *run = mustache_run_new();
	AUTO(val_unref) struct val *context =
		context_new(chart, values, release, capabilities);
	AUTO(val_unref) struct val *root =
		context_of_template(context, chart, 0, source);

	return mustache_render(run,
			       mustache_find(chart->set, chart->notes->path),
			       root, MUSTACHE_PLAIN, out, err);
}

/* The only document that is not empty, laid into *out; {} without one. */
static bool only_map(struct structure *s, struct val **out, struct err *err)
{
	AUTO(val_unref) struct val *map = NULL;

	for (size_t i = 0; i < structure_count(s); i++) {
		AUTO(val_unref) struct val *v = NULL;

		if (!structure_value(s, i, &v, err))
			return false;
		if (!v)
			continue;
		if (map || !val_is(v, VAL_MAP)) {
			err_set(err, ERR_INVALID,
				map ? "a second document" : "must be a map");
			return structure_wrap(s, i, err);
		}
		map = TAKE(v);
	}
	if (!map) {
		struct val_map none = { 0 };

		map = val_map_take(&none);
	}
	*out = TAKE(map);
	return true;
}

bool chart_status(const struct chart *chart, const struct chart_values *values,
		  const struct chart_release *release,
		  const struct chart_capabilities *capabilities,
		  const struct val *live, const struct val *health,
		  struct val **out, struct err *err)
{
	AUTO(mustache_run_free) struct mustache_run *run = mustache_run_new();
	AUTO(val_unref) struct val *context =
		context_new(chart, values, release, capabilities);
	AUTO(val_unref) struct val *with_live =
		val_with(context, "Live", live ? live : val_null());
	AUTO(val_unref) struct val *root =
		val_with(with_live, "Health", health ? health : val_null());
	struct structure s = { 0 };
	bool ok;

	if (!chart->status) {
		struct val_map none = { 0 };

		*out = val_map_take(&none);
		return true;
	}
	ok = structure_init(&s, run,
			    mustache_find(chart->set, chart->status->path),
			    root, err) &&
	     only_map(&s, out, err);
	structure_done(&s);
	return ok;
}
