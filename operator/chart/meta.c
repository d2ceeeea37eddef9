#include "chart/meta.h"

#include "base/alloc.h"
#include "chart/source.h"
#include "chart/version.h"

static bool is_word_char(char c)
{
	return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') ||
	       (c >= 'A' && c <= 'Z') || c == '-' || c == '.';
}

/* The name becomes part of paths and labels. */
static bool is_name(const char *text)
{
	struct str s = str_of(text);

	for (size_t i = 0; i < s.n; i++)
		if (!is_word_char(s.p[i]) && s.p[i] != '_')
			return false;
	return s.n > 0 && s.n <= 250 && strcmp(text, ".") != 0 &&
	       strcmp(text, "..") != 0;
}

static bool fail(const struct chart_source *s, struct err *err,
		 const char *what)
{
	return err_set(err, ERR_INVALID, "%sChart.yaml: %s", s->at, what);
}

static bool check_fields(const struct chart_source *s, struct err *err)
{
	const char *type = val_get_text(s->meta, "type");
	struct version version;

	if (strcmp(val_get_text(s->meta, "apiVersion"), "v2") != 0)
		return fail(s, err, "apiVersion must be v2");
	if (!is_name(val_get_text(s->meta, "name")))
		return fail(s, err, "name is missing, or no name");
	if (!version_parse(str_of(val_get_text(s->meta, "version")), &version))
		return fail(s, err,
			    "version is missing, or no version such as 1.2.3 "
			    "(a version like 1.20 needs quotes)");
	if (source_is_library(s) && !*s->at)
		return fail(s, err,
			    "a library chart cannot be installed: it is for "
			    "the charts/ of others");
	if (*type && !source_is_library(s) && strcmp(type, "application") != 0)
		return err_set(err, ERR_INVALID,
			       "%sChart.yaml: unknown type \"%s\"", s->at,
			       type);
	if (source_find(s, "requirements.yaml"))
		return err_set(err, ERR_INVALID,
			       "%srequirements.yaml: its dependencies belong "
			       "into Chart.yaml",
			       s->at);
	return true;
}

static bool check_kube_range(const struct chart_source *s, struct err *err)
{
	const struct val *range = val_get(s->meta, "kubeVersion");
	bool ignored;

	if (!range || val_is(range, VAL_NULL))
		return true;
	if (!val_text(range))
		return fail(s, err, "kubeVersion must be a string");
	return version_in(NULL, val_str(range), &ignored, err) ||
	       err_wrap(err, "%sChart.yaml: kubeVersion", s->at);
}

static bool is_template(const struct chart_file *f)
{
	return str_starts(str_of(f->path), "templates/");
}

/* Names the first action of a Go template as the reason. */
static bool fail_engine(const struct chart_source *s, struct err *err)
{
	for (size_t i = 0; i < s->file_count; i++) {
		const struct chart_file *f = &s->files[i];
		const char *tag = is_template(f) ? strstr(f->data.p, "{{")
						 : NULL;

		if (!tag)
			continue;
		struct str_place place =
			str_place_of(f->data, (size_t)(tag - f->data.p));
		struct str action, rest;
		str_split(str_of(tag), '\n', &action, &rest);
		return err_set(
			err, ERR_INVALID,
			"%s:%zu:%zu: " STR_FMT
			": looks like a Go template; a chart of mustache "
			"templates says so in Chart.yaml: annotations: "
			"{" CHART_ENGINE_ANNOTATION ": mustache}; "
			"charts/README.md, From Go templates, tells what to "
			"write instead",
			f->full, place.line, place.column,
			STR_ARG(str_clip(action, 60)));
	}
	return fail(s, err,
		    "annotations must hold " CHART_ENGINE_ANNOTATION
		    ": mustache");
}

/* The next of names that blanks or commas separate; false at the end. */
static bool next_name(struct str *rest, struct str *name)
{
	size_t from = 0, to;

	while (from < rest->n && strchr(" \t\r\n,", rest->p[from]))
		from++;
	if (from == rest->n)
		return false;
	to = from;
	while (to < rest->n && !strchr(" \t\r\n,", rest->p[to]))
		to++;
	*name = str_cut(rest->p + from, to - from);
	*rest = str_cut(rest->p + to, rest->n - to);
	return true;
}

static const struct val *raw_names(const struct chart_source *s)
{
	return val_get(val_get(s->meta, "annotations"), CHART_RAW_ANNOTATION);
}

static bool check_raw(const struct chart_source *s, struct err *err)
{
	const struct val *names = raw_names(s);
	struct str rest = val_str(names), name;

	if (names && !val_is(names, VAL_TEXT))
		return fail(s, err,
			    "the annotation " CHART_RAW_ANNOTATION
			    " must be a string of paths");
	while (next_name(&rest, &name)) {
		AUTO_FREE char *path = alloc_text(name.p, name.n);

		if (!source_find(s, path) || (!str_starts(name, "templates/") &&
					      !str_is(name, "status.yaml")))
			return err_set(
				err, ERR_INVALID,
				"%sChart.yaml: the annotation " CHART_RAW_ANNOTATION
				" names %s, which is no template of the "
				"chart",
				s->at, path);
	}
	return true;
}

bool meta_allows_raw(const struct chart_source *s, struct str path)
{
	struct str rest = val_str(raw_names(s)), name;

	while (next_name(&rest, &name))
		if (str_equal(name, path))
			return true;
	return false;
}

bool meta_check(const struct chart_source *s, struct err *err)
{
	const char *engine = val_get_text(val_get(s->meta, "annotations"),
					  CHART_ENGINE_ANNOTATION);

	if (!check_fields(s, err))
		return false;
	if (strcmp(engine, "mustache") != 0)
		return fail_engine(s, err);
	return check_kube_range(s, err) && check_raw(s, err);
}

/* Helm asks the chart itself only, not its subcharts. */
bool meta_check_kube(const struct chart *chart, const char *kube_version,
		     struct err *err)
{
	const struct val *range = val_get(chart->meta, "kubeVersion");
	struct version version;
	bool fits = false;

	if (!val_text(range))
		return true;
	if (!kube_version || !version_parse(str_of(kube_version), &version))
		return err_set(err, ERR_INVALID,
			       "Chart.yaml: kubeVersion asks for %s, but the "
			       "version of the cluster, \"%s\", is none",
			       val_text(range),
			       kube_version ? kube_version : "");
	if (!version_in(&version, val_str(range), &fits, err))
		return err_wrap(err, "Chart.yaml: kubeVersion");
	return fits || err_set(err, ERR_INVALID,
			       "Chart.yaml: kubeVersion asks for %s, but the "
			       "cluster is %s",
			       val_text(range), kube_version);
}
