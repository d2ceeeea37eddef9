#include "release/record_chart.h"

#include "base/alloc.h"
#include "base/base64.h"
#include "base/limits.h"
#include "chart/depend.h"
#include "chart/source.h"
#include "data/num.h"
#include "data/sorted.h"

/* What Go's type makes of a field of Chart.yaml. */
enum form { TEXT, TEXTS, FLAG, PEOPLE, ANNOTATIONS, DEPENDENCIES };

/* In the order of Helm's chart.Metadata. */
static const struct field {
	const char *key;
	enum form form;
} fields[] = {
	{ "name", TEXT },          { "home", TEXT },
	{ "sources", TEXTS },      { "version", TEXT },
	{ "description", TEXT },   { "keywords", TEXTS },
	{ "maintainers", PEOPLE }, { "icon", TEXT },
	{ "apiVersion", TEXT },    { "condition", TEXT },
	{ "tags", TEXT },          { "appVersion", TEXT },
	{ "deprecated", FLAG },    { "annotations", ANNOTATIONS },
	{ "kubeVersion", TEXT },   { "dependencies", DEPENDENCIES },
	{ "type", TEXT },
};

/* A scalar where Go has a string: 1.10 becomes "1.1", as sigs.k8s.io/yaml
 * does. NULL for anything else. */
static struct val *text_of(const struct val *v)
{
	char text[NUM_SHORT_BYTES];

	switch (val_type(v)) {
	case VAL_TEXT:
		return val_ref(v);
	case VAL_INT:
		return val_new_text(val_str(v));
	case VAL_REAL:
		return val_new_textz(num_print_short(val_str(v), text));
	case VAL_BOOL:
		return val_new_textz(val_is_true(v) ? "true" : "false");
	case VAL_NULL:
	case VAL_LIST:
	case VAL_MAP:
		break;
	}
	return NULL;
}

/* What is empty is left out (omitempty). */
static void put_text(struct val_map *to, const char *key, const struct val *v)
{
	AUTO(val_unref) struct val *text = text_of(v);

	if (text && val_str(text).n)
		val_map_put(to, key, text);
}

static void put_list(struct val_map *to, const char *key, struct val_list *list)
{
	if (list->count)
		val_map_put_take(to, key, val_list_take(list));
}

/* Items of a list; none of anything else. */
static size_t list_count(const struct val *v)
{
	return val_is(v, VAL_LIST) ? val_count(v) : 0;
}

static void put_texts(struct val_map *to, const char *key, const struct val *v)
{
	struct val_list list = { 0 };

	for (size_t i = 0; i < list_count(v); i++) {
		struct val *text = text_of(val_at(v, i));

		if (text)
			val_list_add_take(&list, text);
	}
	put_list(to, key, &list);
}

static void put_people(struct val_map *to, const char *key, const struct val *v)
{
	struct val_list list = { 0 };

	for (size_t i = 0; i < list_count(v); i++) {
		const struct val *one = val_at(v, i);
		struct val_map person = { 0 };

		put_text(&person, "name", val_get(one, "name"));
		put_text(&person, "email", val_get(one, "email"));
		put_text(&person, "url", val_get(one, "url"));
		val_list_add_take(&list, val_map_take(&person));
	}
	put_list(to, key, &list);
}

static void put_annotations(struct val_map *to, const char *key,
			    const struct val *v)
{
	AUTO(val_unref) struct val *sorted = sorted_new(v);
	struct val_map map = { 0 };

	if (!val_is(sorted, VAL_MAP))
		return;
	for (size_t i = 0; i < val_count(sorted); i++) {
		struct val *text = text_of(val_at(sorted, i));

		if (text)
			val_map_set_take(&map, val_key(sorted, i), text);
	}
	if (map.count)
		val_map_put_take(to, key, val_map_take(&map));
}

/* {child, parent}, also where NAME was written for exports.NAME. */
static void put_imports(struct val_map *to, const struct val *imports)
{
	struct val_list list = { 0 };

	for (size_t i = 0; i < list_count(imports); i++) {
		AUTO_FREE char *child = NULL;
		const char *parent;
		struct val_map map = { 0 };

		depend_import(val_at(imports, i), &child, &parent);
		val_map_set_text(&map, "child", child);
		val_map_set_text(&map, "parent", parent);
		val_list_add_take(&list, val_map_take(&map));
	}
	put_list(to, "import-values", &list);
}

/* One of Chart.yaml's dependencies, or of Chart.lock's. */
static struct val *dependency_of(const struct val *v)
{
	AUTO(val_unref) struct val *repository =
		text_of(val_get(v, "repository"));
	struct val_map map = { 0 };

	val_map_set_text(&map, "name", val_get_text(v, "name"));
	put_text(&map, "version", val_get(v, "version"));
	val_map_set_text(&map, "repository",
			 repository ? val_text(repository) : "");
	put_text(&map, "condition", val_get(v, "condition"));
	put_texts(&map, "tags", val_get(v, "tags"));
	return val_map_take(&map);
}

/* Helm names a dependency that is in use by its alias, and says so. */
static struct val *used_dependency(const struct val *v)
{
	const char *alias = val_get_text(v, "alias");
	AUTO(val_unref) struct val *plain = dependency_of(v);
	struct val_map map = { 0 };

	for (size_t i = 0; i < val_count(plain); i++)
		val_map_set(&map, val_key(plain, i), val_at(plain, i));
	if (*alias)
		val_map_set_text(&map, "name", alias);
	val_map_put(&map, "enabled", val_bool(true));
	put_imports(&map, val_get(v, "import-values"));
	put_text(&map, "alias", val_get(v, "alias"));
	return val_map_take(&map);
}

/* Whether the part that dependency number n of the chart makes is in use. */
static bool is_used(const struct chart *chart, const bool *enabled, size_t n)
{
	for (size_t i = 1; enabled && i < chart->part_count; i++)
		if (chart->parts[i].parent == 0 &&
		    chart->parts[i].entry == &chart->source->dependencies[n])
			return enabled[i];
	return true;
}

static void put_dependencies(struct val_map *to, const char *key,
			     const struct chart *chart, const bool *enabled)
{
	const struct val *all = val_get(chart->meta, "dependencies");
	struct val_list list = { 0 };

	for (size_t i = 0; i < list_count(all); i++)
		if (is_used(chart, enabled, i))
			val_list_add_take(&list,
					  used_dependency(val_at(all, i)));
	put_list(to, key, &list);
}

static void put_field(struct val_map *to, const struct field *f,
		      const struct chart *chart, const bool *enabled)
{
	const struct val *v = val_get(chart->meta, f->key);

	switch (f->form) {
	case TEXT:
		put_text(to, f->key, v);
		break;
	case TEXTS:
		put_texts(to, f->key, v);
		break;
	case FLAG:
		if (val_is_true(v))
			val_map_put(to, f->key, v);
		break;
	case PEOPLE:
		put_people(to, f->key, v);
		break;
	case ANNOTATIONS:
		put_annotations(to, f->key, v);
		break;
	case DEPENDENCIES:
		put_dependencies(to, f->key, chart, enabled);
		break;
	}
}

static struct val *metadata_of(const struct chart *chart, const bool *enabled)
{
	struct val_map map = { 0 };

	for (size_t i = 0; i < ARRAY_LEN(fields); i++)
		put_field(&map, &fields[i], chart, enabled);
	return val_map_take(&map);
}

/* Bytes in base64, as Go prints a []byte. */
static struct val *bytes_of(struct str bytes)
{
	AUTO_BUF text = BUF_INIT(2 * LIMIT_CHART_FILE_BYTES);

	base64_write(bytes, &text);
	return val_new_text(buf_str(&text));
}

static const struct chart_file *find_file(const struct chart *chart,
					  const char *path)
{
	for (size_t i = 0; i < chart->file_count; i++)
		if (strcmp(chart->files[i].path, path) == 0)
			return &chart->files[i];
	return NULL;
}

/* {generated, digest, dependencies} of Chart.lock. One that cannot be read
 * is told as none: nothing but `helm dependency` has a use for it. */
static struct val *lock_of(const struct chart *chart)
{
	const struct chart_file *file = find_file(chart, "Chart.lock");
	AUTO(val_unref) struct val *lock = NULL;
	AUTO_ERR err = ERR_INIT;
	struct val_map map = { 0 };
	struct val_list list = { 0 };

	if (!file || !source_read_map(file, &lock, &err))
		return val_ref(val_null());
	const struct val *all = val_get(lock, "dependencies");
	const char *generated = val_get_text(lock, "generated");
	/* Go's zero time. */
	val_map_set_text(&map, "generated",
			 *generated ? generated : "0001-01-01T00:00:00Z");
	val_map_set_text(&map, "digest", val_get_text(lock, "digest"));
	for (size_t i = 0; i < list_count(all); i++)
		val_list_add_take(&list, dependency_of(val_at(all, i)));
	val_map_put(&map, "dependencies", val_null());
	put_list(&map, "dependencies", &list);
	return val_map_take(&map);
}

static bool is_template(const struct chart_file *file)
{
	return str_starts(str_of(file->path), "templates/");
}

/* What is neither a template nor has a place of its own. */
static bool is_other(const struct chart_file *file)
{
	static const char *const own[] = { "Chart.yaml", "Chart.lock",
					   "values.yaml",
					   "values.schema.json" };

	for (size_t i = 0; i < ARRAY_LEN(own); i++)
		if (strcmp(file->path, own[i]) == 0)
			return false;
	return !is_template(file);
}

/* [{name, data}]; null when there are none, as Go prints a nil slice. */
static void put_files(struct val_map *to, const char *key,
		      const struct chart *chart,
		      bool (*wanted)(const struct chart_file *))
{
	struct val_list list = { 0 };

	for (size_t i = 0; i < chart->file_count; i++) {
		const struct chart_file *file = &chart->files[i];
		struct val_map map = { 0 };

		if (!wanted(file))
			continue;
		val_map_set_text(&map, "name", file->path);
		val_map_put_take(&map, "data", bytes_of(file->data));
		val_list_add_take(&list, val_map_take(&map));
	}
	val_map_put(to, key, val_null());
	put_list(to, key, &list);
}

struct val *record_chart_new(const struct chart *chart, const bool *enabled,
			     const struct val *defaults)
{
	const struct chart_file *schema =
		find_file(chart, "values.schema.json");
	struct val_map map = { 0 };

	val_map_put_take(&map, "metadata", metadata_of(chart, enabled));
	val_map_put_take(&map, "lock", lock_of(chart));
	put_files(&map, "templates", chart, is_template);
	val_map_put_take(&map, "values",
			 sorted_new(defaults ? defaults : chart->values));
	val_map_put_take(&map, "schema",
			 schema ? bytes_of(schema->data) : val_ref(val_null()));
	put_files(&map, "files", chart, is_other);
	return val_map_take(&map);
}

struct val *record_chart_less(const struct val *stored)
{
	AUTO(val_unref) struct val *less =
		val_with(stored, "templates", val_null());

	return val_with(less, "files", val_null());
}
