#include "chart/meta.h"

#include "chart/files.h"

static bool is_word_char(char c)
{
	return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') ||
	       (c >= 'A' && c <= 'Z') || c == '-' || c == '.';
}

static bool is_words(struct str s)
{
	for (size_t i = 0; i < s.n; i++)
		if (!is_word_char(s.p[i]))
			return false;
	return s.n > 0;
}

static bool is_number(struct str s)
{
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] < '0' || s.p[i] > '9')
			return false;
	return s.n > 0;
}

/* As lenient as Helm's: 1, v1.2, 1.2.3-rc.1+build.5 */
static bool is_version(const char *text)
{
	struct str rest = str_of(text), suffix, number;
	size_t numbers = 0;
	bool more;

	if (str_starts(rest, "v"))
		rest = str_cut(rest.p + 1, rest.n - 1);
	if (str_split(rest, '+', &rest, &suffix) && !is_words(suffix))
		return false;
	if (str_split(rest, '-', &rest, &suffix) && !is_words(suffix))
		return false;
	do {
		more = str_split(rest, '.', &number, &rest);
		numbers++;
		if (!is_number(number))
			return false;
	} while (more);
	return numbers <= 3;
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

static bool check_fields(const struct val *meta, struct err *err)
{
	const char *type = val_get_text(meta, "type");

	if (strcmp(val_get_text(meta, "apiVersion"), "v2") != 0)
		return err_set(err, ERR_INVALID,
			       "Chart.yaml: apiVersion must be v2");
	if (!is_name(val_get_text(meta, "name")))
		return err_set(err, ERR_INVALID,
			       "Chart.yaml: name is missing, or no name");
	if (!is_version(val_get_text(meta, "version")))
		return err_set(err, ERR_INVALID,
			       "Chart.yaml: version is missing, or no version "
			       "such as 1.2.3 (a version like 1.20 needs "
			       "quotes)");
	if (strcmp(type, "library") == 0)
		return err_set(err, ERR_INVALID,
			       "Chart.yaml: a library chart cannot be "
			       "installed");
	if (*type && strcmp(type, "application") != 0)
		return err_set(err, ERR_INVALID,
			       "Chart.yaml: unknown type \"%s\"", type);
	if (val_count(val_get(meta, "dependencies")))
		return err_set(err, ERR_INVALID,
			       "Chart.yaml: dependencies are not supported");
	return true;
}

static bool is_template(const struct chart_file *f)
{
	return str_starts(str_of(f->path), "templates/");
}

/* Names the first action of a Go template as the reason. */
static bool fail_engine(const struct chart *chart, struct err *err)
{
	for (size_t i = 0; i < chart->file_count; i++) {
		const struct chart_file *f = &chart->files[i];
		const char *line = f->data.p;
		const char *tag = is_template(f) ? strstr(line, "{{") : NULL;
		unsigned number = 1;

		if (!tag)
			continue;
		for (const char *p = f->data.p; p < tag; p++)
			if (*p == '\n') {
				number++;
				line = p + 1;
			}
		struct str action, rest;
		str_split(str_of(tag), '\n', &action, &rest);
		return err_set(
			err, ERR_INVALID,
			"%s:%u:%zu: " STR_FMT
			": looks like a Go template; a chart of mustache "
			"templates says so in Chart.yaml: annotations: "
			"{" CHART_ENGINE_ANNOTATION ": mustache}",
			f->path, number, (size_t)(tag - line) + 1,
			STR_ARG(str_clip(action, 60)));
	}
	return err_set(
		err, ERR_INVALID,
		"Chart.yaml: annotations must hold " CHART_ENGINE_ANNOTATION
		": mustache");
}

bool chart_check_meta(const struct chart *chart, struct err *err)
{
	const char *engine = val_get_text(val_get(chart->meta, "annotations"),
					  CHART_ENGINE_ANNOTATION);

	if (!check_fields(chart->meta, err))
		return false;
	if (strcmp(engine, "mustache") != 0)
		return fail_engine(chart, err);
	for (size_t i = 0; i < chart->file_count; i++)
		if (str_starts(str_of(chart->files[i].path), "charts/"))
			return err_set(err, ERR_INVALID,
				       "%s: charts within charts are not "
				       "supported",
				       chart->files[i].path);
	return true;
}
