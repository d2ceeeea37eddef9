/*
 * From files to a chart. Every file is looked at once, in path order; its path
 * decides what it is (the table `roles`). Where the files came from does not
 * matter here.
 */
#include "chart/chart.h"

#include "base/limits.h"
#include "base/vec.h"
#include "chart/check_values.h"
#include "chart/expand.h"
#include "chart/files.h"
#include "chart/meta.h"
#include "data/schema.h"
#include "data/yaml_read.h"

#define PARTIAL_SUFFIX ".mustache"

struct loader {
	struct chart *chart;
	struct val_map presets;
	struct val_list crds;
	struct {
		VEC(struct mustache_source);
	} sources;
	struct {
		VEC(char *);
	} names; /* of partials, until they are compiled */
	struct {
		VEC(struct chart_template);
	} templates;
};

static void loader_done(struct loader *l)
{
	val_map_drop(&l->presets);
	val_list_drop(&l->crds);
	for (size_t i = 0; i < l->names.count; i++)
		free(l->names.items[i]);
	VEC_DONE(&l->names);
	VEC_DONE(&l->sources);
	VEC_DONE(&l->templates);
}

/* Reads a file that must hold a map, or nothing. */
static bool read_map(const struct chart_file *f, struct val **out,
		     struct err *err)
{
	AUTO(val_unref) struct val *v = NULL;

	if (!yaml_read(f->data, f->path, &v, err))
		return false;
	if (val_is(v, VAL_NULL)) {
		struct val_map none = { 0 };

		*out = val_map_take(&none);
		return true;
	}
	if (!val_is(v, VAL_MAP))
		return err_set(err, ERR_INVALID, "%s: must be a map, found %s",
			       f->path, val_type_text(val_type(v)));
	*out = TAKE(v);
	return true;
}

static bool take_meta(struct loader *l, const struct chart_file *f,
		      struct err *err)
{
	return read_map(f, &l->chart->meta, err);
}

static bool take_values(struct loader *l, const struct chart_file *f,
			struct err *err)
{
	return read_map(f, &l->chart->values, err);
}

static bool take_schema(struct loader *l, const struct chart_file *f,
			struct err *err)
{
	return chart_compile_schema(f, &l->chart->schema, err);
}

static bool take_preset(struct loader *l, const struct chart_file *f,
			struct err *err)
{
	struct str name = str_of(f->path + strlen("presets/"));
	struct val *v = NULL;

	if (!read_map(f, &v, err))
		return false;
	name.n -= strlen(".yaml");
	val_map_set_take(&l->presets, name, v);
	return true;
}

static bool take_crds(struct loader *l, const struct chart_file *f,
		      struct err *err)
{
	AUTO_VAL_LIST docs = { 0 };

	if (!yaml_read_all(f->data, f->path, &docs, err))
		return false;
	for (size_t i = 0; i < docs.count; i++) {
		if (strcmp(val_get_text(docs.items[i], "kind"),
			   "CustomResourceDefinition") != 0)
			return err_set(err, ERR_INVALID,
				       "%s: holds something else than a "
				       "CustomResourceDefinition",
				       f->path);
		val_list_add(&l->crds, docs.items[i]);
	}
	return true;
}

static void add_source(struct loader *l, const struct chart_file *f,
		       const char *name, unsigned flags)
{
	*VEC_ADD(&l->sources) = (struct mustache_source){
		.name = name,
		.file = f->path,
		.text = f->data,
		.flags = flags | MUSTACHE_STRICT | MUSTACHE_QUERIES |
			 MUSTACHE_PATHS | MUSTACHE_HELPERS,
	};
}

static bool fail_at(const struct chart_file *f, const char *at, struct err *err,
		    const char *what)
{
	unsigned line = 1, column = 1;

	for (const char *p = f->data.p; p < at; p++) {
		column = *p == '\n' ? 1 : column + 1;
		line += *p == '\n';
	}
	return err_set(err, ERR_INVALID, "%s:%u:%u: %s", f->path, line, column,
		       what);
}

/*
 * What a template that is rendered to YAML may not contain: marks, written
 * out or as YAML escapes, and line ends that only YAML 1.1 knows.
 */
static bool check_characters(const struct chart_file *f, struct err *err)
{
	static const char *const marks[] = {
		EXPAND_OPEN,   EXPAND_CLOSE,  "\\uE000",     "\\ue000",
		"\\uE001",     "\\ue001",     "\\U0000E000", "\\U0000e000",
		"\\U0000E001", "\\U0000e001",
	};
	static const char *const line_ends[] = {
		"\xc2\x85",     /* U+0085 */
		"\xe2\x80\xa8", /* U+2028 */
		"\xe2\x80\xa9", /* U+2029 */
	};
	const char *at;

	for (size_t i = 0; i < ARRAY_LEN(marks); i++)
		if ((at = strstr(f->data.p, marks[i])))
			return fail_at(f, at, err,
				       "U+E000 and U+E001 are not allowed in "
				       "templates");
	for (size_t i = 0; i < ARRAY_LEN(line_ends); i++)
		if ((at = strstr(f->data.p, line_ends[i])))
			return fail_at(
				f, at, err,
				"U+0085, U+2028 and U+2029 end a line "
				"for some readers of YAML: write them "
				"as \"\\x85\", \"\\u2028\", \"\\u2029\"");
	return true;
}

static bool take_template(struct loader *l, const struct chart_file *f,
			  struct err *err)
{
	if (!check_characters(f, err))
		return false;
	add_source(l, f, f->path, MUSTACHE_NO_RAW);
	VEC_ADD(&l->templates)->file = f;
	return true;
}

static bool take_status(struct loader *l, const struct chart_file *f,
			struct err *err)
{
	if (!check_characters(f, err))
		return false;
	add_source(l, f, f->path, MUSTACHE_NO_RAW);
	l->chart->status = f;
	return true;
}

static bool take_notes(struct loader *l, const struct chart_file *f,
		       struct err *err)
{
	(void)err;
	add_source(l, f, f->path, 0);
	l->chart->notes = f;
	return true;
}

/* templates/folder/_x.mustache is the partial folder/x. */
static bool take_partial(struct loader *l, const struct chart_file *f,
			 struct err *err)
{
	const char *inside = f->path + strlen("templates/");
	const char *slash = strrchr(inside, '/');
	const char *base = slash ? slash + 1 : inside;
	char *name;

	if (*base != '_')
		return err_set(err, ERR_INVALID,
			       "%s: the name of a partial begins with _",
			       f->path);
	if (!check_characters(f, err))
		return false;
	name = alloc_print("%.*s%.*s", (int)(base - inside), inside,
			   (int)(strlen(base) - 1 - strlen(PARTIAL_SUFFIX)),
			   base + 1);
	*VEC_ADD(&l->names) = name;
	add_source(l, f, name, MUSTACHE_NO_RAW);
	return true;
}

static bool refuse(struct loader *l, const struct chart_file *f,
		   struct err *err)
{
	(void)l;
	return err_set(err, ERR_INVALID,
		       "%s: is neither a template (.yaml), nor a partial "
		       "(_NAME" PARTIAL_SUFFIX "), nor NOTES.txt",
		       f->path);
}

/* The first row that fits counts; an ending alone is the whole path. */
static const struct role {
	const char *folder, *ending;
	bool (*take)(struct loader *l, const struct chart_file *f,
		     struct err *err);
} roles[] = {
	{ "", "values.yaml", take_values },
	{ "", "values.schema.json", take_schema },
	{ "", "status.yaml", take_status },
	{ "presets/", ".yaml", take_preset },
	{ "crds/", ".yaml", take_crds },
	{ "crds/", ".yml", take_crds },
	{ "templates/", PARTIAL_SUFFIX, take_partial },
	{ "templates/", ".yaml", take_template },
	{ "templates/", ".yml", take_template },
	{ "", "templates/NOTES.txt", take_notes },
	{ "templates/", "", refuse },
};

static bool take_file(struct loader *l, const struct chart_file *f,
		      struct err *err)
{
	for (size_t i = 0; i < ARRAY_LEN(roles); i++) {
		const struct role *r = &roles[i];

		if (*r->folder ? chart_path_is(f->path, r->folder, r->ending)
			       : strcmp(f->path, r->ending) == 0)
			return r->take(l, f, err);
	}
	return true;
}

static void set_names(struct chart *chart)
{
	const char *app = val_text(val_get(chart->meta, "appVersion"));

	chart->name = val_get_text(chart->meta, "name");
	chart->version = val_get_text(chart->meta, "version");
	chart->app_version = app ? app : "";
}

static bool load_meta(struct loader *l, struct err *err)
{
	const struct chart_file *f = chart_find(l->chart, "Chart.yaml");

	if (!f)
		return err_set(err, ERR_INVALID, "there is no Chart.yaml");
	return take_meta(l, f, err) && chart_check_meta(l->chart, err);
}

static void finish_template(const struct chart *chart, struct chart_template *t)
{
	t->compiled = mustache_find(chart->set, t->file->path);
	t->source = alloc_print("%s/%s", chart->name, t->file->path);
}

/* The order matters: a chart of Go templates is told so before its files are
 * found to be no mustache. */
static bool load(struct loader *l, const char *path, struct err *err)
{
	struct chart *chart = l->chart;

	if (!chart_read_files(chart, path, err) || !load_meta(l, err))
		return false;
	for (size_t i = 0; i < chart->file_count; i++)
		if (!take_file(l, &chart->files[i], err))
			return false;
	if (!chart->values) {
		struct val_map none = { 0 };

		chart->values = val_map_take(&none);
	}
	chart->presets = val_map_take(&l->presets);
	chart->crds = val_list_take(&l->crds);
	chart->template_count = l->templates.count;
	chart->templates = TAKE(l->templates.items);
	set_names(chart);
	if (!mustache_compile(l->sources.items, l->sources.count, &chart->set,
			      err))
		return false;
	for (size_t i = 0; i < chart->template_count; i++)
		finish_template(chart, &chart->templates[i]);
	return true;
}

bool chart_load(const char *path, struct chart **out, struct err *err)
{
	AUTO(chart_unref) struct chart *chart = NEW(struct chart);
	struct loader l = { .chart = chart };
	bool ok;

	chart->refs = 1;
	ok = load(&l, path, err);
	loader_done(&l);
	if (!ok)
		return err_wrap(err, "chart %s", path);
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
	for (size_t i = 0; i < chart->file_count; i++) {
		free(chart->files[i].path);
		free(chart->files[i].owned);
	}
	free(chart->files);
	for (size_t i = 0; i < chart->template_count; i++)
		free(chart->templates[i].source);
	free(chart->templates);
	val_unref(chart->meta);
	val_unref(chart->values);
	val_unref(chart->presets);
	val_unref(chart->crds);
	schema_free(chart->schema);
	mustache_free(chart->set);
	free(chart);
}

const struct chart_file *chart_find(const struct chart *chart, const char *path)
{
	for (size_t i = 0; i < chart->file_count; i++)
		if (strcmp(chart->files[i].path, path) == 0)
			return &chart->files[i];
	return NULL;
}
