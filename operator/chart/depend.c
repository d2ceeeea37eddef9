#include "chart/depend.h"

#include "base/alloc.h"
#include "base/limits.h"
#include "chart/source.h"
#include "chart/version.h"
#include "data/path.h"

/* An error at one dependency. */
static bool fail(const struct chart_source *s, size_t i, struct err *err,
		 const char *field, const char *what)
{
	return err_set(err, ERR_INVALID, "%sChart.yaml: dependencies.%zu%s: %s",
		       s->at, i, field, what);
}

/* "" for a field that is missing; NULL for one that is no text. */
static const char *text_of(const struct val *map, const char *key)
{
	const struct val *v = val_get(map, key);

	return !v || val_is(v, VAL_NULL) ? "" : val_text(v);
}

static bool is_alias(const char *text)
{
	struct str s = str_of(text);

	for (size_t i = 0; i < s.n; i++)
		if (!((s.p[i] >= '0' && s.p[i] <= '9') ||
		      (s.p[i] >= 'a' && s.p[i] <= 'z') ||
		      (s.p[i] >= 'A' && s.p[i] <= 'Z') || s.p[i] == '-' ||
		      s.p[i] == '_'))
			return false;
	return true;
}

static bool is_import(const struct val *v)
{
	return val_is(v, VAL_TEXT) ||
	       (*val_get_text(v, "child") && *val_get_text(v, "parent"));
}

static bool check_lists(const struct chart_source *s, size_t i,
			struct chart_dependency *d, const struct val *map,
			struct err *err)
{
	const struct val *tags = val_get(map, "tags");
	const struct val *imports = val_get(map, "import-values");

	if (tags && !val_is(tags, VAL_NULL) && !val_is(tags, VAL_LIST))
		return fail(s, i, err, ".tags", "must be a list");
	for (size_t k = 0; k < val_count(tags); k++)
		if (!val_is(val_at(tags, k), VAL_TEXT))
			return fail(s, i, err, ".tags",
				    "must be a list of strings");
	if (imports && !val_is(imports, VAL_NULL) && !val_is(imports, VAL_LIST))
		return fail(s, i, err, ".import-values", "must be a list");
	for (size_t k = 0; k < val_count(imports); k++)
		if (!is_import(val_at(imports, k)))
			return fail(s, i, err, ".import-values",
				    "must be a list of names, or of child and "
				    "parent");
	d->tags = tags;
	d->imports = imports;
	return true;
}

static bool read_one(const struct chart_source *s, size_t i,
		     struct chart_dependency *d, struct err *err)
{
	const struct val *map = val_at(val_get(s->meta, "dependencies"), i);
	const char *version = text_of(map, "version");
	const char *alias = text_of(map, "alias");
	bool ignored;

	d->name = val_get_text(map, "name");
	d->condition = text_of(map, "condition");
	if (!val_is(map, VAL_MAP) || !*d->name)
		return fail(s, i, err, "", "must be a map with a name");
	if (!d->condition)
		return fail(s, i, err, ".condition", "must be a string");
	if (!alias || !is_alias(alias))
		return fail(s, i, err, ".alias",
			    "must consist of letters, digits, - and _");
	d->alias = *alias ? alias : d->name;
	if (!version)
		return fail(s, i, err, ".version", "must be a string");
	d->version = str_of(version);
	if (d->version.n && !version_in(NULL, d->version, &ignored, err))
		return err_wrap(err, "%sChart.yaml: dependencies.%zu.version",
				s->at, i);
	return check_lists(s, i, d, map, err);
}

static bool check_names(const struct chart_source *s, size_t i, size_t *imports,
			struct err *err)
{
	const struct chart_dependency *d = &s->dependencies[i];

	for (size_t k = 0; k < i; k++)
		if (strcmp(s->dependencies[k].alias, d->alias) == 0)
			return err_set(err, ERR_INVALID,
				       "%sChart.yaml: dependencies.%zu: there "
				       "is another with name or alias %s",
				       s->at, i, d->alias);
	*imports += val_count(d->imports);
	return *imports <= LIMIT_IMPORTS ||
	       err_set(err, ERR_LIMIT,
		       "%sChart.yaml: more than %d import-values", s->at,
		       LIMIT_IMPORTS);
}

bool depend_read(struct chart_source *s, struct err *err)
{
	const struct val *list = val_get(s->meta, "dependencies");
	size_t imports = 0;

	if (list && !val_is(list, VAL_NULL) && !val_is(list, VAL_LIST))
		return err_set(err, ERR_INVALID,
			       "%sChart.yaml: dependencies must be a list",
			       s->at);
	if (val_count(list) > LIMIT_SUBCHARTS)
		return err_set(err, ERR_LIMIT,
			       "%sChart.yaml: more than %d dependencies", s->at,
			       LIMIT_SUBCHARTS);
	s->dependency_count = val_count(list);
	s->dependencies =
		alloc_zero(s->dependency_count * sizeof(*s->dependencies));
	for (size_t i = 0; i < s->dependency_count; i++)
		if (!read_one(s, i, &s->dependencies[i], err) ||
		    !check_names(s, i, &imports, err))
			return false;
	return true;
}

static const char *name_of(const struct chart_source *s)
{
	return val_get_text(s->meta, "name");
}

static const char *version_of(const struct chart_source *s)
{
	return val_get_text(s->meta, "version");
}

static bool fits(const struct chart_dependency *d, const struct chart_source *s)
{
	AUTO_ERR ignored = ERR_INIT;
	struct version version;
	bool in = true;

	/* Both were checked when they were read. */
	return d->version.n == 0 ||
	       (version_parse(str_of(version_of(s)), &version) &&
		version_in(&version, d->version, &in, &ignored) && in);
}

bool depend_find(const struct chart_source *s, const struct chart_dependency *d,
		 const struct chart_source **out, struct err *err)
{
	const struct chart_source *found = NULL, *other = NULL;

	for (size_t i = 0; i < s->subchart_count; i++) {
		const struct chart_source *sub = s->subcharts[i];

		if (strcmp(name_of(sub), d->name) != 0)
			continue;
		if (!fits(d, sub)) {
			other = sub;
			continue;
		}
		if (found)
			return err_set(err, ERR_INVALID,
				       "%s and %s are both %s in the range "
				       "that %sChart.yaml wants: leave one",
				       found->at, sub->at, d->name, s->at);
		found = sub;
	}
	if (!found && other)
		return err_set(err, ERR_INVALID,
			       "%sChart.yaml wants %s " STR_FMT
			       ", but %s is version %s",
			       s->at, d->name, STR_ARG(d->version), other->at,
			       version_of(other));
	if (!found)
		return err_set(err, ERR_INVALID,
			       "%s is found in %sChart.yaml, but missing in "
			       "%scharts/: `helm dependency build` puts it "
			       "there",
			       d->name, s->at, s->at);
	*out = found;
	return true;
}

/* Helm's PathValue: what is no map at a path, all of whose way are maps. */
static const struct val *leaf_at(const struct val *values, struct str path)
{
	struct str part;
	bool more;

	do {
		more = str_split(path, '.', &part, &path);
		values = val_get_str(values, part);
	} while (more && values);
	return values;
}

static bool ask_condition(const struct chart_dependency *d,
			  const struct val *values, bool *out)
{
	struct str rest = str_trim(str_of(d->condition)), path;
	bool more;

	do {
		more = str_split(rest, ',', &path, &rest);
		const struct val *v = leaf_at(values, str_trim(path));

		if (val_is(v, VAL_BOOL)) {
			*out = val_is_true(v);
			return true;
		}
	} while (more);
	return false;
}

bool depend_is_enabled(const struct chart_dependency *d,
		       const struct val *values, const struct val *tags)
{
	bool out = true, any_true = false, any_false = false;

	if (ask_condition(d, values, &out))
		return out;
	for (size_t i = 0; i < val_count(d->tags); i++) {
		const struct val *v =
			val_get_str(tags, val_str(val_at(d->tags, i)));

		if (val_is(v, VAL_BOOL)) {
			any_true = any_true || val_is_true(v);
			any_false = any_false || !val_is_true(v);
		}
	}
	return any_true || !any_false;
}

void depend_import(const struct val *import, char **child, const char **parent)
{
	bool named = val_is(import, VAL_TEXT);

	*child = named ? alloc_print("exports.%s", val_text(import))
		       : alloc_copy(val_get_text(import, "child"));
	*parent = named ? "." : val_get_text(import, "parent");
}
