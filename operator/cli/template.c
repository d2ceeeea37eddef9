#include "cli/usage.h"

#include "base/limits.h"
#include "chart/crds.h"
#include "chart/render.h"
#include "chart/values.h"
#include "chart/version.h"
#include "cli/input.h"
#include "data/json.h"
#include "release/order.h"
#include "release/size.h"

#include <stdio.h>

struct template_options {
	struct input_options input;
	struct option_list show_only, api_versions;
	const char *name, *namespace, *preset, *output, *kube_version;
	bool is_upgrade, include_crds, no_hooks, skip_tests, notes;
};

/* All that a render takes. */
struct job {
	const struct template_options *options;
	struct input input;
	struct chart *chart;
	struct chart_values *values;
	struct chart_release release;
	struct chart_capabilities capabilities;
	struct val *api_versions; /* list; NULL: unknown */
};

static void job_done(struct job *j)
{
	input_done(&j->input);
	chart_unref(j->chart);
	chart_values_free(j->values);
	val_unref(j->api_versions);
}

/* The preset that is asked for, or that the values name by `template`. */
static bool find_preset(const struct job *j, const struct val **out,
			struct err *err)
{
	const char *name = j->options->preset
				   ? j->options->preset
				   : val_get_text(j->input.values, "template");

	*out = *name ? chart_preset(j->chart, name) : NULL;
	if (*out || !*name || !val_count(j->chart->presets))
		return true;
	return err_set(err, ERR_NOT_FOUND,
		       "chart %s has no preset \"%s\": see its presets/",
		       j->chart->name, name);
}

static const char *either(const char *a, const char *b, const char *fallback)
{
	if (a && *a)
		return a;
	return b && *b ? b : fallback;
}

static bool prepare(struct job *j, const char *path, struct err *err)
{
	const struct template_options *o = j->options;
	const struct val *preset = NULL;
	struct val_list list = { 0 };

	if (!input_read(&o->input, &j->input, err) ||
	    !chart_load(path, &j->chart, err) ||
	    !find_preset(j, &preset, err) ||
	    !chart_values_new(j->chart, preset, j->input.values, NULL,
			      &j->values, err))
		return false;
	j->release = (struct chart_release){
		.name = either(o->name, j->input.name, "release-name"),
		.namespace =
			either(o->namespace, j->input.namespace, "default"),
		.revision = o->is_upgrade ? 2 : 1,
		.is_install = !o->is_upgrade,
		.is_upgrade = o->is_upgrade,
	};
	for (size_t i = 0; i < o->api_versions.count; i++)
		val_list_add_take(&list,
				  val_new_textz(o->api_versions.items[i]));
	if (list.count)
		j->api_versions = val_list_take(&list);
	j->capabilities = (struct chart_capabilities){
		.kube_version = o->kube_version,
		.api_versions = j->api_versions,
	};
	return true;
}

/* Moves what is in m behind the definitions. */
static bool put_crds_first(const struct job *j, struct manifest *m,
			   struct err *err)
{
	AUTO(manifest_free) struct manifest *crds = NULL;

	if (!chart_crds(j->chart, j->values, &crds, err))
		return false;
	for (size_t i = 0; i < m->count; i++)
		*VEC_ADD(crds) = m->items[i];
	VEC_DONE(m);
	m->items = TAKE(crds->items);
	m->count = crds->count;
	m->cap = crds->cap;
	crds->count = 0;
	return true;
}

/* "devmachine/templates/x.yaml" is meant by that, and by what is behind the
 * chart's name. */
static bool is_from(const char *source, const char *path)
{
	const char *inside = strchr(source, '/');

	return strcmp(source, path) == 0 ||
	       (inside && strcmp(inside + 1, path) == 0);
}

static bool has_template(const struct chart *chart, const char *path)
{
	for (size_t i = 0; i < chart->template_count; i++)
		if (is_from(chart->templates[i].source, path))
			return true;
	return false;
}

static bool is_wanted(const struct option_list *paths, const char *source)
{
	for (size_t i = 0; i < paths->count; i++)
		if (is_from(source, paths->items[i]))
			return true;
	return false;
}

/* Every path that --show-only names must give something. */
static bool check_paths(const struct job *j, const struct manifest *m,
			struct err *err)
{
	const struct option_list *paths = &j->options->show_only;

	for (size_t i = 0; i < paths->count; i++) {
		size_t k = 0;

		while (k < m->count &&
		       !is_from(m->items[k].source, paths->items[i]))
			k++;
		if (k < m->count)
			continue;
		return err_set(err, ERR_NOT_FOUND, "--show-only %s: %s",
			       paths->items[i],
			       has_template(j->chart, paths->items[i])
				       ? "renders no object with these values"
				       : "the chart has no such template; name "
					 "one as templates/service.yaml");
	}
	return true;
}

static bool show_only(const struct job *j, struct manifest *m, struct err *err)
{
	size_t kept = 0;

	if (!j->options->show_only.count)
		return true;
	if (!check_paths(j, m, err))
		return false;
	for (size_t i = 0; i < m->count; i++)
		if (is_wanted(&j->options->show_only, m->items[i].source))
			m->items[kept++] = m->items[i];
		else
			manifest_object_done(&m->items[i]);
	m->count = kept;
	return true;
}

/* Puts those hooks behind the other objects that are to be printed. */
static void put_hooks_last(const struct template_options *o, struct manifest *m)
{
	for (size_t i = 0; i < m->hooks.count; i++) {
		struct manifest_hook *h = &m->hooks.items[i];

		if (o->no_hooks ||
		    (o->skip_tests && hook_runs_at(&h->rules, HOOK_TEST)))
			manifest_object_done(&h->object);
		else
			*VEC_ADD(m) = h->object;
	}
	m->hooks.count = 0;
}

static void tell_skipped(const struct manifest *m)
{
	for (size_t i = 0; i < m->skipped.count; i++) {
		const struct manifest_object *o = &m->skipped.items[i];

		fprintf(stderr,
			"devmachine-operator template: warning: %s: %s %s is "
			"left out: its annotation " HOOK_ANNOTATION
			" names an event that there is not\n",
			o->source, o->kind, o->name);
	}
}

static void print_json(const struct manifest *m, struct buf *out)
{
	struct val_map list = { 0 };
	struct val_list items = { 0 };

	for (size_t i = 0; i < m->count; i++)
		val_list_add(&items, m->items[i].object);
	val_map_set_text(&list, "apiVersion", "v1");
	val_map_set_text(&list, "kind", "List");
	val_map_put_take(&list, "items", val_list_take(&items));
	AUTO(val_unref) struct val *v = val_map_take(&list);
	json_write_pretty(v, out);
	buf_add_char(out, '\n');
}

static bool print_objects(const struct job *j, struct buf *out, struct err *err)
{
	AUTO(manifest_free) struct manifest *m = NULL;

	if (!chart_render(j->chart, j->values, &j->release, &j->capabilities,
			  &m, err))
		return false;
	if (val_is_true(val_get(j->input.values, "stopped")))
		size_stop_all(m);
	order_sort(m);
	put_hooks_last(j->options, m);
	tell_skipped(m);
	if ((j->options->include_crds && !put_crds_first(j, m, err)) ||
	    !show_only(j, m, err))
		return false;
	if (strcmp(j->options->output, "json") == 0)
		print_json(m, out);
	else
		manifest_text(m, out);
	return true;
}

static bool render(struct job *j, const char *path, struct buf *out,
		   struct err *err)
{
	if (!prepare(j, path, err))
		return false;
	bool ok = j->options->notes
			  ? chart_notes(j->chart, j->values, &j->release,
					&j->capabilities, out, err)
			  : print_objects(j, out, err);
	return ok && buf_check(out, err);
}

static int print(const struct template_options *o, const char *path)
{
	AUTO_BUF out = BUF_INIT(2 * LIMIT_RENDER_BYTES);
	struct job j = { .options = o };
	AUTO_ERR err = ERR_INIT;
	bool ok = render(&j, path, &out, &err);

	job_done(&j);
	if (!ok)
		return usage_fail("template", &err);
	return usage_print(&out) ? EXIT_DONE : EXIT_FAILED;
}

/* What the table of options cannot tell. */
static const char *find_misuse(const struct template_options *o)
{
	struct version version;

	if (strcmp(o->output, "yaml") != 0 && strcmp(o->output, "json") != 0)
		return "-o is yaml or json";
	if (!version_parse(str_of(o->kube_version), &version))
		return "--kube-version wants a version such as v1.34.0";
	if (o->notes && (o->show_only.count || o->include_crds))
		return "--notes prints no objects: leave --show-only and "
		       "--include-crds out";
	return NULL;
}

static int run(const struct usage *usage, struct template_options *o,
	       char **argv)
{
	struct option_list operands = { 0 };
	int code;

	if (usage_read(usage, argv, &operands, &code)) {
		const char *misuse = find_misuse(o);
		AUTO_FREE char *version =
			alloc_print("%s%s", *o->kube_version == 'v' ? "" : "v",
				    o->kube_version);

		o->kube_version = version;
		code = misuse ? usage_misuse("template", misuse)
			      : print(o, operands.items[0]);
	}
	VEC_DONE(&operands);
	VEC_DONE(&o->show_only);
	VEC_DONE(&o->api_versions);
	input_options_done(&o->input);
	return code;
}

int command_template(char **argv)
{
	struct template_options o = { .output = "yaml",
				      .kube_version = USAGE_KUBE_VERSION };
	const struct option table[] = {
		INPUT_OPTIONS(&o.input),
		{ "--preset", OPTION_TEXT, &o.preset, "NAME",
		  "preset of the chart (default: the value of `template`)" },
		{ "--name", OPTION_TEXT, &o.name, "NAME",
		  "name of the release (default: the custom resource's, or "
		  "release-name)" },
		{ "--namespace", OPTION_TEXT, &o.namespace, "NAME",
		  "namespace of the release (default: the custom resource's, "
		  "or default)" },
		{ "-n", OPTION_TEXT, &o.namespace, "NAME", "the same" },
		{ "--is-upgrade", OPTION_FLAG, &o.is_upgrade, NULL,
		  "templates see an upgrade, at revision 2 (default: an "
		  "install)" },
		{ "--kube-version", OPTION_TEXT, &o.kube_version, "VERSION",
		  "what templates see as the server's version (default " USAGE_KUBE_VERSION
		  ")" },
		{ "--api-versions", OPTION_LIST, &o.api_versions, "VERSION",
		  "what templates see as served by it, such as apps/v1; may be "
		  "given again" },
		{ "--show-only", OPTION_LIST, &o.show_only, "FILE",
		  "only what comes from this template, such as "
		  "templates/service.yaml; may be given again" },
		{ "--include-crds", OPTION_FLAG, &o.include_crds, NULL,
		  "what is in crds/, too" },
		{ "--no-hooks", OPTION_FLAG, &o.no_hooks, NULL,
		  "without the hooks, which stand behind the other objects" },
		{ "--skip-tests", OPTION_FLAG, &o.skip_tests, NULL,
		  "without the hooks that are tests" },
		{ "--notes", OPTION_FLAG, &o.notes, NULL,
		  "NOTES.txt, in place of the objects" },
		{ "-o", OPTION_TEXT, &o.output, "yaml|json",
		  "documents with their source, or one List (default yaml)" },
	};
	const struct usage usage = {
		.command = "template",
		.synopsis = "CHART [OPTIONS]",
		.help = "Prints the objects that a chart, a directory or a "
			".tgz, renders, in install order;\nneeds no cluster.",
		.options = table,
		.count = ARRAY_LEN(table),
		.operands = 1,
	};

	return run(&usage, &o, argv);
}
