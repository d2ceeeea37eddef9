/*
 * From files to sources. The files of all unpacked charts come as one list in
 * path order, so those of a subchart stand together, and a source is made of a
 * piece of the list. A packed subchart brings a list of its own.
 */
#include "chart/source.h"

#include "base/base64.h"
#include "base/file.h"
#include "base/limits.h"
#include "chart/check_values.h"
#include "chart/files.h"
#include "chart/meta.h"
#include "data/gzip.h"
#include "data/schema.h"
#include "data/yaml_read.h"

#include <errno.h>
#include <sys/stat.h>

/* What goes through all sources of one chart. */
struct reader {
	struct chart_budget budget;
	size_t sources;
};

static bool build(struct reader *r, struct chart_file *files, size_t count,
		  const char *at, size_t depth, struct chart_source **out,
		  struct err *err);

bool source_read_map(const struct chart_file *f, struct val **out,
		     struct err *err)
{
	AUTO(val_unref) struct val *v = NULL;

	if (!yaml_read(f->data, f->full, &v, err))
		return false;
	if (val_is(v, VAL_NULL)) {
		struct val_map none = { 0 };

		*out = val_map_take(&none);
		return true;
	}
	if (!val_is(v, VAL_MAP))
		return err_set(err, ERR_INVALID, "%s: must be a map, found %s",
			       f->full, val_type_text(val_type(v)));
	*out = TAKE(v);
	return true;
}

/* Whether a file is part of the chart's workings, and not for templates. */
static bool is_own(const char *path)
{
	static const char *const names[] = {
		"Chart.yaml",  "Chart.lock",         ".helmignore",
		"values.yaml", "values.schema.json", "status.yaml",
	};
	static const char *const folders[] = { "templates/", "crds/",
					       "presets/" };

	for (size_t i = 0; i < ARRAY_LEN(names); i++)
		if (strcmp(path, names[i]) == 0)
			return true;
	for (size_t i = 0; i < ARRAY_LEN(folders); i++)
		if (str_starts(str_of(path), folders[i]))
			return true;
	return false;
}

/* Text where a file is text, otherwise its base64. */
static struct val *file_value(const struct chart_file *f)
{
	AUTO_VAL_MAP m = { 0 };
	const char *slash = strrchr(f->path, '/');
	size_t folder = slash ? (size_t)(slash - f->path) : 0;

	val_map_set_text(&m, "Path", f->path);
	val_map_set_text(&m, "Name", slash ? slash + 1 : f->path);
	val_map_put_take(&m, "Folder", val_new_text(str_cut(f->path, folder)));
	if (str_utf8_len(f->data) == f->data.n &&
	    strlen(f->data.p) == f->data.n) {
		val_map_put_take(&m, "Text", val_new_text(f->data));
	} else {
		AUTO_BUF text = BUF_INIT(2 * LIMIT_CHART_FILE_BYTES);

		base64_write(f->data, &text);
		val_map_put_take(&m, "Base64", val_new_text(buf_str(&text)));
	}
	return val_map_take(&m);
}

static bool read_values(struct chart_source *s, struct err *err)
{
	const struct chart_file *f = source_find(s, "values.yaml");
	struct val_map none = { 0 };

	if (f)
		return source_read_map(f, &s->values, err);
	s->values = val_map_take(&none);
	return true;
}

static bool read_schema(struct chart_source *s, struct err *err)
{
	const struct chart_file *f = source_find(s, "values.schema.json");

	return !f || chart_compile_schema(f, &s->schema, err);
}

static bool read_files(struct chart_source *s, struct err *err)
{
	AUTO_VAL_MAP visible = { 0 };

	for (size_t i = 0; i < s->file_count; i++) {
		const struct chart_file *f = &s->files[i];

		if (crds_is_file(f->path) && !crds_read(&s->crds, f, err))
			return false;
		if (!is_own(f->path))
			val_map_put_take(&visible, f->path, file_value(f));
	}
	s->visible = val_map_take(&visible);
	return true;
}

/* The order matters: a chart of Go templates is told so before anything else
 * is found wrong with it. */
static bool read_own(struct chart_source *s, struct err *err)
{
	const struct chart_file *f = source_find(s, "Chart.yaml");

	if (!f)
		return err_set(err, ERR_INVALID, "%s%sthere is no Chart.yaml",
			       s->at, *s->at ? ": " : "");
	return source_read_map(f, &s->meta, err) && meta_check(s, err) &&
	       depend_read(s, err) && read_values(s, err) &&
	       read_schema(s, err) && read_files(s, err);
}

/* Whether a file is not in charts/, or is the signature of one that is. */
static bool is_outside(const char *path)
{
	const char *name = path + strlen("charts/");

	return !str_starts(str_of(path), "charts/") ||
	       (str_ends(str_of(path), ".prov") && !strchr(name, '/'));
}

/* Takes the files of a piece of the list that are the source's own. */
static void take_files(struct chart_source *s, struct chart_file *files,
		       size_t count)
{
	size_t skip = strlen(s->at);

	s->files = alloc_zero(count * sizeof(*files));
	for (size_t i = 0; i < count; i++) {
		const char *path = files[i].full + skip;

		if (!is_outside(path))
			continue;
		s->files[s->file_count] = files[i];
		s->files[s->file_count++].path = path;
		files[i] = (struct chart_file){ 0 };
	}
}

static bool build_packed(struct reader *r, const struct chart_file *f,
			 size_t depth, struct chart_source **out,
			 struct err *err)
{
	struct chart_files files = { .budget = &r->budget };
	AUTO_FREE char *at = alloc_print("%s/", f->full);
	bool ok = files_read_archive(&files, f->data, at, err) ||
		  err_wrap(err, "%s", f->full);

	ok = ok && build(r, files.items, files.count, at, depth, out, err);
	files_done(&files);
	return ok;
}

/* One entry of charts/, the files that begin with at. */
static bool build_subchart(struct reader *r, struct chart_source *s,
			   struct chart_file *files, size_t count,
			   const char *at, size_t depth, struct err *err)
{
	const char *name = at + strlen(s->at) + strlen("charts/");
	bool packed = str_ends(str_of(at), ".tgz");
	bool folder = str_ends(str_of(at), "/");

	/* As in Helm: what is meant for people, or for another time. */
	if (*name == '_' || *name == '.' || (!packed && !folder))
		return true;
	struct chart_source **slot = &s->subcharts[s->subchart_count];
	if (packed ? !build_packed(r, files, depth, slot, err)
		   : !build(r, files, count, at, depth, slot, err))
		return false;
	s->subchart_count++;
	return true;
}

/* The length of what names the entry of charts/ in a full path, with its
 * slash. */
static size_t entry_len(const char *full, size_t skip)
{
	const char *slash = strchr(full + skip + strlen("charts/"), '/');

	return slash ? (size_t)(slash - full) + 1 : strlen(full);
}

static bool build_subcharts(struct reader *r, struct chart_source *s,
			    struct chart_file *files, size_t count,
			    size_t depth, struct err *err)
{
	size_t skip = strlen(s->at), end;

	s->subcharts = alloc_zero(count * sizeof(struct chart_source *));
	for (size_t i = 0; i < count; i = end) {
		end = i + 1;
		if (!files[i].full)
			continue;
		size_t n = entry_len(files[i].full, skip);
		AUTO_FREE char *at = alloc_text(files[i].full, n);
		while (end < count && files[end].full &&
		       strncmp(files[end].full, at, n) == 0 && at[n - 1] == '/')
			end++;
		if (!build_subchart(r, s, files + i, end - i, at, depth, err))
			return false;
	}
	return true;
}

/* Makes a source of files whose full names begin with at, taking what it
 * keeps out of them. */
static bool build(struct reader *r, struct chart_file *files, size_t count,
		  const char *at, size_t depth, struct chart_source **out,
		  struct err *err)
{
	AUTO(source_free)
	struct chart_source *s = NEW(struct chart_source);

	s->at = alloc_copy(at);
	if (depth > LIMIT_SUBCHART_DEPTH)
		return err_set(err, ERR_LIMIT, "%s: more than %d charts deep",
			       at, LIMIT_SUBCHART_DEPTH);
	if (++r->sources > LIMIT_SUBCHARTS)
		return err_set(err, ERR_LIMIT, "%s: more than %d charts", at,
			       LIMIT_SUBCHARTS);
	take_files(s, files, count);
	if (!read_own(s, err) ||
	    !build_subcharts(r, s, files, count, depth + 1, err))
		return false;
	*out = TAKE(s);
	return true;
}

static bool is_dir(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

bool source_read_archive(struct str archive, struct chart_source **out,
			 struct err *err)
{
	struct reader r = { 0 };
	struct chart_files files = { .budget = &r.budget };
	bool ok = files_read_archive(&files, archive, "", err) &&
		  build(&r, files.items, files.count, "", 0, out, err);

	files_done(&files);
	return ok;
}

static bool read_dir(const char *path, struct chart_source **out,
		     struct err *err)
{
	struct reader r = { 0 };
	struct chart_files files = { .budget = &r.budget };
	bool ok = files_read_dir(&files, path, err) &&
		  build(&r, files.items, files.count, "", 0, out, err);

	files_done(&files);
	return ok;
}

bool source_read(const char *path, struct chart_source **out, struct err *err)
{
	AUTO_BUF archive = BUF_INIT(LIMIT_CHART_BYTES);

	if (is_dir(path))
		return read_dir(path, out, err);
	if (!file_read(path, &archive, err))
		return false;
	if (!gzip_is(buf_str(&archive)))
		return err_set(err, ERR_INVALID,
			       "is neither a directory nor a gzipped archive "
			       "(.tgz)");
	return source_read_archive(buf_str(&archive), out, err);
}

void source_free(struct chart_source *s)
{
	if (!s)
		return;
	for (size_t i = 0; i < s->file_count; i++) {
		free(s->files[i].full);
		free(s->files[i].owned);
	}
	for (size_t i = 0; i < s->subchart_count; i++)
		source_free(s->subcharts[i]);
	free(s->files);
	free(s->subcharts);
	free(s->dependencies);
	free(s->at);
	val_unref(s->meta);
	val_unref(s->values);
	schema_free(s->schema);
	crds_done(&s->crds);
	val_unref(s->visible);
	free(s);
}

const struct chart_file *source_find(const struct chart_source *s,
				     const char *path)
{
	for (size_t i = 0; i < s->file_count; i++)
		if (strcmp(s->files[i].path, path) == 0)
			return &s->files[i];
	return NULL;
}

bool source_is_library(const struct chart_source *s)
{
	return strcmp(val_get_text(s->meta, "type"), "library") == 0;
}
