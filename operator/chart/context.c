#include "chart/context.h"

#include "base/alloc.h"
#include "chart/source.h"
#include "chart/values.h"

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

static struct val *context_of_part(const struct val *shared,
				   const struct chart_part *p,
				   const struct val *values)
{
	AUTO_VAL_MAP m = { 0 };

	val_map_put(&m, "Values", values);
	val_map_put(&m, "Release", val_get(shared, "Release"));
	val_map_put(&m, "Chart", p->meta);
	val_map_put(&m, "Capabilities", val_get(shared, "Capabilities"));
	val_map_put(&m, "Files", p->source->visible);
	return val_map_take(&m);
}

static struct val *new_shared(const struct chart_release *release,
			      const struct chart_capabilities *capabilities)
{
	AUTO_VAL_MAP m = { 0 };

	val_map_put_take(&m, "Release", release_map(release));
	val_map_put_take(&m, "Capabilities", capabilities_map(capabilities));
	return val_map_take(&m);
}

struct val *context_new(const struct chart *chart,
			const struct chart_values *values,
			const struct chart_release *release,
			const struct chart_capabilities *capabilities)
{
	AUTO(val_unref)
	struct val *shared = new_shared(release, capabilities);

	return context_of_part(shared, &chart->parts[0], values->all);
}

struct val **context_new_all(const struct chart *chart,
			     const struct chart_values *values,
			     const struct chart_release *release,
			     const struct chart_capabilities *capabilities)
{
	AUTO(val_unref)
	struct val *shared = new_shared(release, capabilities);
	struct val **all = alloc_zero(chart->part_count * sizeof(*all));

	for (size_t i = 0; i < chart->part_count; i++) {
		const struct chart_part *p = &chart->parts[i];
		const struct val *seen =
			i ? val_get(val_get(all[p->parent], "Values"), p->name)
			  : values->all;

		if (values->enabled[i])
			all[i] = context_of_part(shared, p, seen);
	}
	return all;
}

void context_free_all(struct val **contexts, const struct chart *chart)
{
	for (size_t i = 0; i < chart->part_count; i++)
		val_unref(contexts[i]);
	free(contexts);
}

struct val *context_of_template(const struct val *context,
				const struct chart *chart, size_t part,
				const char *source)
{
	AUTO_VAL_MAP m = { 0 };
	AUTO_FREE char *base = alloc_print("%s/%stemplates", chart->name,
					   chart->parts[part].at);

	val_map_set_text(&m, "Name", source);
	val_map_set_text(&m, "BasePath", base);
	AUTO(val_unref) struct val *self = val_map_take(&m);
	return val_with(context, "Template", self);
}
