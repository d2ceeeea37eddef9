#include "chart/render.h"

#include "base/alloc.h"
#include "base/limits.h"
#include "chart/structure.h"

static void put_text(struct val_map *m, const char *key, struct str text)
{
	val_map_put_take(m, key, val_new_text(text));
}

/* "v1.36.1+x" to {Version: v1.36.1+x, Major: "1", Minor: "36"}, as in Helm. */
static struct val *kube_version(const char *text)
{
	AUTO_VAL_MAP m = { 0 };
	struct str rest = str_of(text ? text : ""), major, minor;

	put_text(&m, "Version", rest);
	if (str_starts(rest, "v"))
		rest = str_cut(rest.p + 1, rest.n - 1);
	str_split(rest, '.', &major, &rest);
	str_split(rest, '.', &minor, &rest);
	put_text(&m, "Major", major);
	put_text(&m, "Minor", minor);
	return val_map_take(&m);
}

static struct val *release_map(const struct chart_release *r)
{
	AUTO_VAL_MAP m = { 0 };

	val_map_set_text(&m, "Name", r->name);
	val_map_set_text(&m, "Namespace", r->namespace);
	val_map_set_int(&m, "Revision", r->revision);
	val_map_set_text(&m, "Service", "Helm");
	val_map_put(&m, "IsInstall", val_bool(r->is_install));
	val_map_put(&m, "IsUpgrade", val_bool(r->is_upgrade));
	return val_map_take(&m);
}

static struct val *capabilities_map(const struct chart_capabilities *c)
{
	AUTO_VAL_MAP m = { 0 };
	struct val_list none = { 0 };

	val_map_put_take(&m, "KubeVersion", kube_version(c->kube_version));
	if (c->api_versions)
		val_map_put(&m, "APIVersions", c->api_versions);
	else
		val_map_put_take(&m, "APIVersions", val_list_take(&none));
	return val_map_take(&m);
}

/* What every template of the chart sees. */
static struct val *new_context(const struct chart *chart,
			       const struct val *values,
			       const struct chart_release *release,
			       const struct chart_capabilities *capabilities)
{
	AUTO_VAL_MAP m = { 0 };

	val_map_put(&m, "Values", values);
	val_map_put_take(&m, "Release", release_map(release));
	val_map_put(&m, "Chart", chart->meta);
	val_map_put_take(&m, "Capabilities", capabilities_map(capabilities));
	return val_map_take(&m);
}

/* The context with what one template sees of itself. */
static struct val *new_template_context(const struct val *context,
					const struct chart *chart,
					const char *source)
{
	AUTO_VAL_MAP m = { 0 };
	AUTO_FREE char *base = alloc_print("%s/templates", chart->name);

	val_map_set_text(&m, "Name", source);
	val_map_set_text(&m, "BasePath", base);
	AUTO(val_unref) struct val *self = val_map_take(&m);
	return val_with(context, "Template", self);
}

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

static bool render_file(const struct chart *chart, const struct chart_file *f,
			struct mustache_run *run, const struct val *context,
			struct manifest *m, const char *namespace,
			struct err *err)
{
	AUTO_FREE char *source = alloc_print("%s/%s", chart->name, f->path);
	AUTO(val_unref) struct val *root =
		new_template_context(context, chart, source);
	struct structure s = { 0 };
	bool ok = structure_init(&s, run, mustache_find(chart->set, f->path),
				 root, err) &&
		  add_documents(&s, m, source, namespace, err);

	structure_done(&s);
	return ok;
}

bool chart_render(const struct chart *chart, const struct val *values,
		  const struct chart_release *release,
		  const struct chart_capabilities *capabilities,
		  struct manifest **out, struct err *err)
{
	AUTO(manifest_free) struct manifest *m = NEW(struct manifest);
	AUTO(mustache_run_free) struct mustache_run *run = mustache_run_new();
	AUTO(val_unref) struct val *context =
		new_context(chart, values, release, capabilities);

	for (size_t i = 0; i < chart->template_count; i++)
		if (!render_file(chart, chart->templates[i], run, context, m,
				 release->namespace, err))
			return false;
	*out = TAKE(m);
	return true;
}

bool chart_notes(const struct chart *chart, const struct val *values,
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
		new_context(chart, values, release, capabilities);
	AUTO(val_unref) struct val *root =
		new_template_context(context, chart, source);

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

bool chart_status(const struct chart *chart, const struct val *values,
		  const struct chart_release *release,
		  const struct chart_capabilities *capabilities,
		  const struct val *live, const struct val *health,
		  struct val **out, struct err *err)
{
	AUTO(mustache_run_free) struct mustache_run *run = mustache_run_new();
	AUTO(val_unref) struct val *context =
		new_context(chart, values, release, capabilities);
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
