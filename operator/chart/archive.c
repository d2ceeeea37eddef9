#include "chart/files.h"

#include "base/limits.h"
#include "data/gzip.h"
#include "data/tar.h"

struct unpack {
	struct chart_files *files;
	const char *at;
	char *top; /* the one folder that everything lies in */
};

/* A path such as c:/x, which some systems take for absolute. */
static bool has_drive(struct str path)
{
	if (path.n < 2 || path.p[1] != ':')
		return false;
	return (path.p[0] >= 'a' && path.p[0] <= 'z') ||
	       (path.p[0] >= 'A' && path.p[0] <= 'Z');
}

static bool refuse(const struct tar_entry *e, struct err *err, const char *why)
{
	return err_set(err, ERR_INVALID, STR_FMT ": %s", STR_ARG(e->name), why);
}

static bool unpack_entry(void *ctx, const struct tar_entry *e, struct err *err)
{
	struct unpack *u = ctx;
	struct str top, path;

	if (e->type == TAR_LINK)
		return refuse(e, err, "links are not allowed in an archive");
	if (e->type == TAR_OTHER)
		return refuse(e, err, "is neither file nor folder");
	if (!str_split(e->name, '/', &top, &path) && e->type == TAR_FILE)
		return refuse(e, err,
			      "lies in no folder; `helm package` puts a chart "
			      "into one of its name");
	if (!u->top)
		u->top = alloc_text(top.p, top.n);
	if (!str_is(top, u->top))
		return err_set(err, ERR_INVALID,
			       STR_FMT ": lies outside of the folder %s/, in "
				       "which the archive begins",
			       STR_ARG(e->name), u->top);
	if (has_drive(top) || has_drive(path))
		return refuse(e, err, "begins like a drive");
	if (e->type == TAR_DIR)
		return true;
	AUTO_FREE char *name = alloc_text(path.p, path.n);
	return files_add(u->files, u->at, name, e->data, err);
}

bool files_read_archive(struct chart_files *files, struct str archive,
			const char *at, struct err *err)
{
	struct chart_budget *budget = files->budget;
	struct unpack u = { .files = files, .at = at };
	const struct tar_limits limits = {
		.entries = (size_t)2 *
			   LIMIT_CHART_FILES, /* folders are entries too */
		.file_bytes = LIMIT_CHART_FILE_BYTES,
		.total_bytes = LIMIT_CHART_BYTES,
	};
	AUTO_BUF tar = BUF_INIT(LIMIT_CHART_TAR_BYTES - budget->tar_bytes + 1);

	if (!gzip_is(archive))
		return err_set(err, ERR_INVALID,
			       "is no gzipped archive (.tgz)");
	if (!gzip_read(archive, &tar, err))
		return false;
	budget->tar_bytes += tar.len;
	if (budget->tar_bytes > LIMIT_CHART_TAR_BYTES)
		return err_set(err, ERR_LIMIT, "unpacks to more than %zu bytes",
			       LIMIT_CHART_TAR_BYTES);
	bool ok = tar_walk(buf_str(&tar), &limits, unpack_entry, &u, err) &&
		  files_sort(files, err);
	free(u.top);
	return ok;
}
