#include "cli/usage.h"

#include "base/file.h"
#include "base/limits.h"
#include "chart/render.h"
#include "chart/values.h"
#include "data/json.h"
#include "data/merge.h"
#include "data/path.h"
#include "data/scalar.h"
#include "data/yaml_read.h"
#include "release/order.h"
#include "release/size.h"

#include <stdio.h>

struct template_options {
	struct option_list files, sets;
	const char *name, *namespace, *preset, *show_only, *output;
	const char *kube_version;
};

/* What the files and --set say: the values, and a custom resource's name. */
struct template_input {
	struct val *values;
	char *name, *namespace; /* of a custom resource among the files */
};

static void input_done(struct template_input *in)
{
	val_unref(in->values);
	free(in->name);
	free(in->namespace);
}

static bool is_resource(const struct val *v)
{
	return val_is(val_get(v, "apiVersion"), VAL_TEXT) &&
	       val_is(val_get(v, "kind"), VAL_TEXT) &&
	       val_is(val_get(v, "metadata"), VAL_MAP);
}

static void lay_over(struct template_input *in, const struct val *over)
{
	/* A null stays: it removes a default of the chart. */
	struct val *merged = merge_tables(over, in->values, MERGE_KEEP_NULLS);

	val_unref(in->values);
	in->values = merged;
}

/* A file holds values, or a custom resource whose spec they are. */
static bool add_file(struct template_input *in, const char *path,
		     struct err *err)
{
	AUTO_BUF text = BUF_INIT(LIMIT_CONFIG_BYTES);
	AUTO(val_unref) struct val *v = NULL;
	const struct val *over;

	if (!file_read(path, &text, err) ||
	    !yaml_read(buf_str(&text), path, &v, err))
		return false;
	over = v;
	if (is_resource(v)) {
		const struct val *meta = val_get(v, "metadata");

		free(in->name);
		free(in->namespace);
		in->name = alloc_copy(val_get_text(meta, "name"));
		in->namespace = alloc_copy(val_get_text(meta, "namespace"));
		over = val_get(v, "spec");
	}
	if (over && !val_is(over, VAL_MAP) && !val_is(over, VAL_NULL))
		return err_set(err, ERR_INVALID,
			       "%s: values must be a map, not a %s", path,
			       val_type_text(val_type(over)));
	if (val_is(over, VAL_MAP))
		lay_over(in, over);
	return true;
}

/* --set path=value: a scalar, typed as a plain one in YAML is. */
static bool add_set(struct template_input *in, const char *arg, struct err *err)
{
	struct str path, value;
	AUTO(val_unref) struct val *item = NULL;

	if (!str_split(str_of(arg), '=', &path, &value))
		return err_set(err, ERR_INVALID,
			       "--set wants path=value, not \"%s\"", arg);
	if (str_utf8_len(value) < value.n)
		return err_set(err, ERR_INVALID, "--set " STR_FMT ": no UTF-8",
			       STR_ARG(path));
	item = scalar_read(value);
	if (!item)
		return err_set(err, ERR_INVALID,
			       "--set %s: no number that JSON can hold", arg);
	AUTO_FREE char *text = alloc_text(path.p, path.n);
	struct val *with = path_with(in->values, text, item);
	if (!with)
		return err_set(err, ERR_INVALID,
			       "--set %s: leads through another value", text);
	val_unref(in->values);
	in->values = with;
	return true;
}

static bool read_input(const struct template_options *o,
		       struct template_input *in, struct err *err)
{
	struct val_map none = { 0 };

	in->values = val_map_take(&none);
	for (size_t i = 0; i < o->files.count; i++)
		if (!add_file(in, o->files.items[i], err))
			return false;
	for (size_t i = 0; i < o->sets.count; i++)
		if (!add_set(in, o->sets.items[i], err))
			return false;
	return true;
}

/* The preset that is asked for, or that the values name by `template`. */
static bool find_preset(const struct template_options *o,
			const struct chart *chart, const struct val *values,
			const struct val **out, struct err *err)
{
	const char *name = o->preset ? o->preset
				     : val_get_text(values, "template");

	*out = *name ? chart_preset(chart, name) : NULL;
	if (*out || !*name || !val_count(chart->presets))
		return true;
	return err_set(err, ERR_NOT_FOUND,
		       "chart %s has no preset \"%s\": see its presets/",
		       chart->name, name);
}

/* Whether an object comes from a path in the chart: its source begins with the
 * chart's name. */
static bool comes_from(const struct manifest_object *o, const char *path)
{
	const char *slash = strchr(o->source, '/');

	return slash && strcmp(slash + 1, path) == 0;
}

/* Keeps what --show-only names. */
static bool show_only(struct manifest *m, const char *path, struct err *err)
{
	size_t kept = 0;

	for (size_t i = 0; i < m->count; i++) {
		if (comes_from(&m->items[i], path)) {
			m->items[kept++] = m->items[i];
			continue;
		}
		val_unref(m->items[i].object);
		free(m->items[i].source);
	}
	m->count = kept;
	return kept ||
	       err_set(err, ERR_NOT_FOUND,
		       "--show-only %s: no object comes from there", path);
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

static bool render(const struct template_options *o, const char *path,
		   struct template_input *in, struct buf *out, struct err *err)
{
	AUTO(chart_unref) struct chart *chart = NULL;
	AUTO(chart_values_free) struct chart_values *values = NULL;
	AUTO(manifest_free) struct manifest *m = NULL;
	const struct val *preset;

	if (!read_input(o, in, err) || !chart_load(path, &chart, err) ||
	    !find_preset(o, chart, in->values, &preset, err) ||
	    !chart_values_new(chart, preset, in->values, NULL, &values, err))
		return false;
	const char *name = o->name ? o->name : in->name;
	const char *namespace = o->namespace ? o->namespace : in->namespace;
	const struct chart_release release = {
		.name = name ? name : "release-name",
		.namespace = namespace && *namespace ? namespace : "default",
		.revision = 1,
		.is_install = true,
	};
	const struct chart_capabilities capabilities = {
		.kube_version = o->kube_version,
	};
	if (!chart_render(chart, values, &release, &capabilities, &m, err) ||
	    (o->show_only && !show_only(m, o->show_only, err)))
		return false;
	if (val_is_true(val_get(in->values, "stopped")))
		size_stop_all(m);
	order_sort(m);
	if (strcmp(o->output, "json") == 0)
		print_json(m, out);
	else
		manifest_text(m, out);
	return buf_check(out, err);
}

static int print(const struct template_options *o, const char *path)
{
	AUTO_BUF out = BUF_INIT(2 * LIMIT_RENDER_BYTES);
	struct template_input in = { 0 };
	AUTO_ERR err = ERR_INIT;
	bool ok = render(o, path, &in, &out, &err);

	input_done(&in);
	if (!ok)
		return usage_fail("template", &err);
	if (fwrite(buf_text(&out), 1, out.len, stdout) != out.len ||
	    fflush(stdout) != 0)
		return EXIT_FAILED;
	return EXIT_DONE;
}

int command_template(char **argv)
{
	struct template_options o = { .output = "yaml",
				      .kube_version = "v1.30.0" };
	const struct option table[] = {
		{ "-f", OPTION_LIST, &o.files, "FILE",
		  "values, or a custom resource whose spec are the values; may "
		  "be given again, later files win" },
		{ "--set", OPTION_LIST, &o.sets, "PATH=VALUE",
		  "one scalar, typed as in YAML; may be given again, wins over "
		  "files" },
		{ "--preset", OPTION_TEXT, &o.preset, "NAME",
		  "preset of the chart (default: the value of `template`)" },
		{ "--name", OPTION_TEXT, &o.name, "NAME",
		  "name of the release (default: the custom resource's, or "
		  "release-name)" },
		{ "--namespace", OPTION_TEXT, &o.namespace, "NAME",
		  "namespace of the release (default: the custom resource's, "
		  "or default)" },
		{ "--kube-version", OPTION_TEXT, &o.kube_version, "VERSION",
		  "what templates see as the server's version (default "
		  "v1.30.0)" },
		{ "--show-only", OPTION_TEXT, &o.show_only, "FILE",
		  "only what comes from this template, such as "
		  "templates/service.yaml, or charts/NAME/templates/x.yaml" },
		{ "-o", OPTION_TEXT, &o.output, "yaml|json",
		  "documents with their source, or one List (default yaml)" },
	};
	const struct usage usage = {
		.command = "template",
		.synopsis = "CHART [OPTIONS]",
		.help = "Prints the objects that a chart renders, in install "
			"order; needs no cluster.",
		.options = table,
		.count = ARRAY_LEN(table),
		.operands = 1,
	};
	struct option_list operands = { 0 };
	int code;

	if (!usage_read(&usage, argv, &operands, &code)) {
		VEC_DONE(&operands);
		return code;
	}
	if (strcmp(o.output, "yaml") != 0 && strcmp(o.output, "json") != 0) {
		fputs("devmachine-operator template: -o is yaml or json\n",
		      stderr);
		code = EXIT_USAGE;
	} else {
		code = print(&o, operands.items[0]);
	}
	VEC_DONE(&operands);
	VEC_DONE(&o.files);
	VEC_DONE(&o.sets);
	return code;
}
