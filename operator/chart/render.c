#include "chart/render.h"

#include "base/alloc.h"
#include "chart/context.h"
#include "chart/meta.h"
#include "chart/renderer.h"
#include "chart/values.h"

static bool render_file(const struct chart *chart,
			const struct chart_template *t, struct renderer *r,
			const struct val *context, struct manifest *m,
			const char *namespace, struct err *err)
{
	AUTO(val_unref) struct val *root =
		context_of_template(context, chart, t->part, t->source);
	AUTO_VAL_LIST docs = { 0 };

	if (!renderer_values(r, t->compiled, root, &docs, err))
		return false;
	for (size_t i = 0; i < docs.count; i++)
		if (!manifest_add_rendered(m, docs.items[i], t->source,
					   namespace, err))
			return renderer_wrap(r, t->compiled, root, i, err);
	return true;
}

static bool render_files(const struct chart *chart,
			 const struct chart_values *values,
			 struct val *const *contexts, struct manifest *m,
			 const char *namespace, struct err *err)
{
	struct renderer r = { 0 };
	bool ok = true;

	renderer_init(&r, chart->shapes);
	for (size_t i = 0; ok && i < chart->template_count; i++) {
		const struct chart_template *t = &chart->templates[i];

		if (values->enabled[t->part])
			ok = render_file(chart, t, &r, contexts[t->part], m,
					 namespace, err);
	}
	renderer_done(&r);
	return ok;
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

static struct val *empty_map(void)
{
	struct val_map none = { 0 };

	return val_map_take(&none);
}

/* The only document that is not empty; {} without one. */
static bool render_map(struct renderer *r, const struct mustache_template *t,
		       const struct val *root, struct val **out,
		       struct err *err)
{
	AUTO_VAL_LIST docs = { 0 };

	if (!renderer_values(r, t, root, &docs, err))
		return false;
	if (docs.count > 1) {
		err_set(err, ERR_INVALID, "a second document");
		return renderer_wrap(r, t, root, 1, err);
	}
	if (docs.count && !val_is(docs.items[0], VAL_MAP)) {
		err_set(err, ERR_INVALID, "must be a map");
		return renderer_wrap(r, t, root, 0, err);
	}
	*out = docs.count ? val_ref(docs.items[0]) : empty_map();
	return true;
}

bool chart_status(const struct chart *chart, const struct chart_values *values,
		  const struct chart_release *release,
		  const struct chart_capabilities *capabilities,
		  const struct val *live, const struct val *health,
		  struct val **out, struct err *err)
{
	AUTO(val_unref) struct val *context =
		context_new(chart, values, release, capabilities);
	AUTO(val_unref) struct val *with_live =
		val_with(context, "Live", live ? live : val_null());
	AUTO(val_unref) struct val *root =
		val_with(with_live, "Health", health ? health : val_null());
	struct renderer r = { 0 };
	bool ok;

	if (!chart->status) {
		*out = empty_map();
		return true;
	}
	renderer_init(&r, chart->shapes);
	ok = render_map(&r, mustache_find(chart->set, chart->status->path),
			root, out, err);
	renderer_done(&r);
	return ok;
}
