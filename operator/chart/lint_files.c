/*
 * Chart.yaml, values.yaml, presets and values.schema.json beside each other.
 * What must be right for a chart to load is not looked at again.
 */
#include "chart/lint_job.h"

#include "base/limits.h"
#include "chart/source.h"
#include "data/json.h"
#include "data/pointer.h"

#include <stdarg.h>

void lint_file_init(struct lint_file *f, const struct lint_job *job,
		    const char *path)
{
	const struct chart_file *file = source_find(job->source, path);
	AUTO_ERR err = ERR_INIT;

	*f = (struct lint_file){ .path = path };
	/* A file that is no YAML has kept the chart from loading. */
	if (!file || !yaml_parse(file->data, path, &f->stream, &err))
		return;
	for (size_t i = 0; i < f->stream->count && !f->root; i++)
		if (!yaml_is_empty(f->stream->roots[i]))
			f->root = f->stream->roots[i];
}

void lint_file_done(struct lint_file *f)
{
	yaml_stream_free(f->stream);
	*f = (struct lint_file){ 0 };
}

bool lint_file_has(const struct lint_file *f, const char *pointer)
{
	const char *slash = strrchr(pointer, '/');

	if (!f->root || !slash)
		return f->root != NULL;
	/* Where nothing is, key and value are the same node around it. */
	return locate_node(f->root, pointer, LOCATE_KEY) !=
	       locate_node(f->root, pointer, LOCATE_VALUE);
}

void lint_say_in(const struct lint_job *job, enum lint_rule rule,
		 const struct lint_file *f, const char *pointer,
		 enum locate_what what, const char *fmt, ...)
{
	const struct yaml_node *node =
		f->root ? locate_node(f->root, pointer, what) : NULL;
	AUTO_BUF text = BUF_INIT(LIMIT_LOG_BYTES);
	va_list args;

	va_start(args, fmt);
	buf_addv(&text, fmt, args);
	va_end(args);
	lint_say(job, rule, f->path, node ? node->line : 1,
		 node ? node->column : 1, "%s", buf_text(&text));
}

char *lint_pointer_of(struct str path)
{
	char *pointer = alloc_zero(path.n + 2);
	size_t n = 0;

	if (path.n && *path.p != '[')
		pointer[n++] = '/';
	for (size_t i = 0; i < path.n; i++) {
		if (path.p[i] == ']')
			continue;
		pointer[n] = path.p[i];
		if (strchr(".[", path.p[i]))
			pointer[n] = '/';
		n++;
	}
	return pointer;
}

/* Chart.yaml */

static const char *const meta_keys[] = {
	"apiVersion",  "name",     "version",    "kubeVersion", "description",
	"type",        "keywords", "home",       "sources",     "dependencies",
	"maintainers", "icon",     "appVersion", "deprecated",  "annotations",
};

static bool is_meta_key(struct str key)
{
	for (size_t i = 0; i < ARRAY_LEN(meta_keys); i++)
		if (str_is(key, meta_keys[i]))
			return true;
	return false;
}

/* Whether Chart.yaml says what only a chart that is published needs. */
static bool is_published(const struct val *meta)
{
	return val_get(meta, "home") || val_get(meta, "sources") ||
	       val_get(meta, "maintainers");
}

static void check_meta(const struct lint_job *job)
{
	const struct val *meta = job->chart->meta;
	struct lint_file f;

	lint_file_init(&f, job, "Chart.yaml");
	for (size_t i = 0; i < val_count(meta); i++) {
		AUTO_BUF pointer = BUF_INIT(LIMIT_CONFIG_BYTES);

		if (is_meta_key(val_key(meta, i)))
			continue;
		pointer_add(&pointer, val_key(meta, i));
		lint_say_in(job, LINT_RULE_CHART_KEY, &f, buf_text(&pointer),
			    LOCATE_KEY, "Chart.yaml has no key " STR_FMT,
			    STR_ARG(str_clip(val_key(meta, i), 60)));
	}
	if (!*val_get_text(meta, "description"))
		lint_say_in(job, LINT_RULE_CHART_DESCRIPTION, &f,
			    "/description", LOCATE_KEY,
			    "the chart has no description");
	if (is_published(meta) && !*val_get_text(meta, "icon"))
		lint_say_in(job, LINT_RULE_CHART_ICON, &f, "/icon", LOCATE_KEY,
			    "a chart for others to find has no icon");
	lint_file_done(&f);
}

/* values.yaml, presets, schema */

/* As deep as the deeper value, which loading has limited. */
static struct val *join(const struct val *a, const struct val *b)
{
	struct val_map m = { 0 };

	if (!val_is(a, VAL_MAP) || !val_is(b, VAL_MAP))
		return val_ref(!a || val_is(b, VAL_MAP) ||
					       (val_is(a, VAL_NULL) && b)
				       ? b
				       : a);
	for (size_t i = 0; i < val_count(a); i++)
		val_map_set(&m, val_key(a, i), val_at(a, i));
	for (size_t i = 0; i < val_count(b); i++)
		val_map_set_take(&m, val_key(b, i),
				 join(val_get_str(a, val_key(b, i)),
				      val_at(b, i)));
	return val_map_take(&m);
}

static void join_in(struct val **to, const struct val *v)
{
	struct val *joined = v ? join(*to, v) : val_ref(*to);

	val_unref(*to);
	*to = joined;
}

/* The defaults of the chart and, below their names, of its subcharts. Parents
 * stand before their children. */
static struct val *defaults(const struct lint_job *job)
{
	const struct chart *chart = job->chart;
	struct val **all = alloc_zero(chart->part_count * sizeof(*all));
	struct val *own;

	for (size_t i = 0; i < chart->part_count; i++)
		all[i] = val_ref(chart->parts[i].values);
	for (size_t i = chart->part_count; i-- > 1;) {
		struct val_map m = { 0 };

		val_map_put_take(&m, chart->parts[i].name, TAKE(all[i]));
		AUTO(val_unref) struct val *below = val_map_take(&m);
		join_in(&all[chart->parts[i].parent], below);
	}
	own = all[0];
	free(all);
	return own;
}

struct val *lint_known_values(const struct lint_job *job)
{
	const struct val *presets = job->chart->presets;
	struct val *known = defaults(job);

	for (size_t i = 0; i < val_count(presets); i++)
		join_in(&known, val_at(presets, i));
	for (size_t i = 0; i < job->options->try_count; i++) {
		join_in(&known, job->options->tries[i].values);
		join_in(&known, job->options->tries[i].overrides);
	}
	return known;
}

struct val *lint_schema(const struct lint_job *job)
{
	const struct chart_file *f =
		chart_find(job->chart, "values.schema.json");
	AUTO_ERR err = ERR_INIT;
	struct val *v = NULL;

	if (!f || !json_read(f->data, &v, &err))
		return NULL;
	return v;
}

/* Follows $ref within the document; a few steps, for it may be a ring. */
static const struct val *follow(const struct val *root,
				const struct val *schema)
{
	for (size_t i = 0; schema && i < 16; i++) {
		const char *ref = val_get_text(schema, "$ref");

		if (*ref != '#')
			return schema;
		schema = pointer_get(root, ref + 1);
	}
	return schema;
}

const struct val *lint_schema_property(const struct val *root,
				       const struct val *schema, struct str key)
{
	const struct val *more, *found;

	schema = follow(root, schema);
	found = val_get_str(val_get(schema, "properties"), key);
	if (found)
		return follow(root, found);
	more = val_get(schema, "additionalProperties");
	if (val_is(more, VAL_MAP))
		return follow(root, more);
	return val_is_true(more) || val_get(schema, "patternProperties")
		       ? val_get(schema, "patternProperties")
		       : NULL;
}

bool lint_has_value(const struct chart *chart, const char *path)
{
	const struct lint_options no_options = { 0 };
	const struct lint_job job = { .chart = chart, .options = &no_options };
	AUTO(val_unref) struct val *known = lint_known_values(&job);
	AUTO(val_unref) struct val *root = lint_schema(&job);
	const struct val *v = known, *schema = root;
	struct str rest = str_of(path), key;

	while (rest.n && val_is(v, VAL_MAP) && val_count(v)) {
		str_split(rest, '.', &key, &rest);
		v = val_get_str(v, key);
		schema = lint_schema_property(root, schema, key);
		if (!v)
			return schema != NULL || str_is(key, "global");
	}
	return true;
}

struct walk {
	const struct lint_job *job;
	const struct lint_file *file; /* of what is looked at */
	enum lint_rule rule;
	const char *said; /* of a key, behind it */
	const struct val *schema;
	struct buf pointer;
};

/*
 * Keys of v that known does not have. What is null, empty or no map in known
 * may hold anything. As deep as v.
 */
static void check_keys(struct walk *w, const struct val *v,
		       const struct val *known, const struct val *schema)
{
	size_t n = w->pointer.len;

	if (!val_is(v, VAL_MAP) || !val_is(known, VAL_MAP) || !val_count(known))
		return;
	for (size_t i = 0; i < val_count(v); i++) {
		struct str key = val_key(v, i);
		const struct val *below = val_get_str(known, key);
		const struct val *allowed =
			lint_schema_property(w->schema, schema, key);

		pointer_add(&w->pointer, key);
		if (below)
			check_keys(w, val_at(v, i), below, allowed);
		else if (!allowed && !str_is(key, "global"))
			lint_say_in(w->job, w->rule, w->file,
				    buf_text(&w->pointer), LOCATE_KEY,
				    STR_FMT " %s", STR_ARG(str_clip(key, 60)),
				    w->said);
		buf_trim(&w->pointer, n);
	}
}

static void check_presets(const struct lint_job *job, const struct val *schema)
{
	const struct val *presets = job->chart->presets;
	AUTO(val_unref) struct val *known = defaults(job);

	for (size_t i = 0; i < val_count(presets); i++) {
		AUTO_FREE char *path =
			alloc_print("presets/" STR_FMT ".yaml",
				    STR_ARG(val_key(presets, i)));
		struct lint_file f;
		struct walk w = { .job = job,
				  .file = &f,
				  .rule = LINT_RULE_PRESET_KEY,
				  .said = "is no key of values.yaml",
				  .schema = schema,
				  .pointer = BUF_INIT(LIMIT_CONFIG_BYTES) };

		lint_file_init(&f, job, path);
		check_keys(&w, val_at(presets, i), known, schema);
		buf_free(&w.pointer);
		lint_file_done(&f);
	}
}

/* The default `template` names a preset, and so does one that a preset sets. */
static void check_preset_name(const struct lint_job *job, const char *path,
			      const struct val *values)
{
	const char *name = val_get_text(values, "template");
	struct lint_file f;

	if (!*name || !val_count(job->chart->presets) ||
	    val_get(job->chart->presets, name))
		return;
	lint_file_init(&f, job, path);
	lint_say_in(job, LINT_RULE_UNKNOWN_PRESET, &f, "/template",
		    LOCATE_VALUE, "there is no preset \"%s\"", name);
	lint_file_done(&f);
}

static void check_preset_names(const struct lint_job *job)
{
	const struct val *presets = job->chart->presets;

	check_preset_name(job, "values.yaml", job->chart->values);
	for (size_t i = 0; i < val_count(presets); i++) {
		AUTO_FREE char *path =
			alloc_print("presets/" STR_FMT ".yaml",
				    STR_ARG(val_key(presets, i)));

		check_preset_name(job, path, val_at(presets, i));
	}
}

/* Properties of the schema that values.yaml does not show, nor says how what
 * is around them looks. As deep as the values. */
static void check_properties(struct walk *w, const struct val *schema,
			     const struct val *values)
{
	const struct val *properties;
	size_t n = w->pointer.len;

	schema = follow(w->schema, schema);
	properties = val_get(schema, "properties");
	if (!val_is(values, VAL_MAP) || (n && !val_count(values)))
		return;
	for (size_t i = 0; i < val_count(properties); i++) {
		struct str key = val_key(properties, i);
		const struct val *v = val_get_str(values, key);

		buf_add_text(&w->pointer, "/properties");
		pointer_add(&w->pointer, key);
		if (v)
			check_properties(w, val_at(properties, i), v);
		else if (!str_is(key, "global"))
			lint_say_in(w->job, w->rule, w->file,
				    buf_text(&w->pointer), LOCATE_KEY,
				    STR_FMT " %s", STR_ARG(str_clip(key, 60)),
				    w->said);
		buf_trim(&w->pointer, n);
	}
}

static void check_schema(const struct lint_job *job, const struct val *schema)
{
	struct lint_file f;
	struct walk w = { .job = job,
			  .file = &f,
			  .rule = LINT_RULE_SCHEMA_PROPERTY,
			  .said = "is a property that values.yaml does not have",
			  .schema = schema,
			  .pointer = BUF_INIT(LIMIT_CONFIG_BYTES) };

	lint_file_init(&f, job, "values.schema.json");
	check_properties(&w, schema, job->chart->values);
	buf_free(&w.pointer);
	lint_file_done(&f);
}

void lint_files(const struct lint_job *job)
{
	AUTO(val_unref) struct val *schema = lint_schema(job);

	check_meta(job);
	check_presets(job, schema);
	check_preset_names(job);
	if (schema)
		check_schema(job, schema);
}
