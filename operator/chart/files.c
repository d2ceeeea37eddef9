#include "chart/files.h"

#include "base/file.h"
#include "base/limits.h"
#include "base/vec.h"

#include <dirent.h>
#include <errno.h>
#include <sys/stat.h>

/* Folders within folders; read_dir() recurses. */
enum { LIMIT_CHART_DEPTH = 20 };

struct reader {
	struct chart *chart;
	const char *root;
	size_t cap;
	size_t bytes; /* of all files so far */
};

static void close_dir(DIR *dir)
{
	closedir(dir);
}
DEFINE_AUTO(DIR *, close_dir)

static bool read_dir(struct reader *r, const char *inside, size_t depth,
		     struct err *err);

/* Helm's loader does the same. */
static struct str without_bom(struct str text)
{
	if (str_starts(text, "\xef\xbb\xbf"))
		return str_cut(text.p + 3, text.n - 3);
	return text;
}

static bool read_file(struct reader *r, const char *full, const char *inside,
		      struct err *err)
{
	AUTO_BUF data = BUF_INIT(LIMIT_CHART_FILE_BYTES);
	struct str text;

	if (r->chart->file_count == LIMIT_CHART_FILES)
		return err_set(err, ERR_LIMIT, "more than %d files",
			       LIMIT_CHART_FILES);
	if (!file_read(full, &data, err))
		return false;
	r->bytes += data.len;
	if (r->bytes > LIMIT_CHART_BYTES)
		return err_set(err, ERR_LIMIT, "files of more than %zu bytes",
			       LIMIT_CHART_BYTES);
	r->chart->files = vec_grow_(r->chart->files, r->chart->file_count,
				    &r->cap, sizeof(*r->chart->files));
	text = without_bom(buf_str(&data));
	char *bytes = alloc_text(text.p, text.n);
	r->chart->files[r->chart->file_count++] = (struct chart_file){
		.path = alloc_copy(inside),
		.data = str_cut(bytes, text.n),
		.owned = bytes,
	};
	return true;
}

static bool is_text(const char *name)
{
	struct str s = str_of(name);

	for (size_t i = 0; i < s.n; i++)
		if ((unsigned char)s.p[i] < ' ' || s.p[i] == 0x7f)
			return false;
	return str_utf8_len(s) == s.n;
}

static bool read_entry(struct reader *r, const char *folder, const char *name,
		       size_t depth, struct err *err)
{
	AUTO_FREE char *inside = *folder ? alloc_print("%s/%s", folder, name)
					 : alloc_copy(name);
	AUTO_FREE char *full = alloc_print("%s/%s", r->root, inside);
	struct stat st;

	if (!is_text(name))
		return err_set(err, ERR_INVALID,
			       "a file in \"%s\" has a name that is no text",
			       folder);
	/* Links are followed: a mounted ConfigMap consists of them. */
	if (stat(full, &st) != 0)
		return err_sys(err, errno, "%s", full);
	if (S_ISDIR(st.st_mode))
		return read_dir(r, inside, depth + 1, err);
	return !S_ISREG(st.st_mode) || read_file(r, full, inside, err);
}

static bool read_dir(struct reader *r, const char *inside, size_t depth,
		     struct err *err)
{
	AUTO_FREE char *full = alloc_print("%s/%s", r->root, inside);
	AUTO(close_dir) DIR *dir = opendir(full);

	if (!dir)
		return err_sys(err, errno, "%s", full);
	if (depth > LIMIT_CHART_DEPTH)
		return err_set(err, ERR_LIMIT, "%s: more than %d folders deep",
			       inside, LIMIT_CHART_DEPTH);
	for (;;) {
		struct dirent *entry;

		errno = 0;
		entry = readdir(dir);
		if (!entry)
			return errno == 0 || err_sys(err, errno, "%s", full);
		if (entry->d_name[0] != '.' &&
		    !read_entry(r, inside, entry->d_name, depth, err))
			return false;
	}
}

static int by_path(const void *a, const void *b)
{
	const struct chart_file *x = a, *y = b;

	return strcmp(x->path, y->path);
}

bool chart_read_files(struct chart *chart, const char *path, struct err *err)
{
	struct reader r = { .chart = chart, .root = path };

	if (!read_dir(&r, "", 0, err))
		return false;
	if (chart->file_count)
		qsort(chart->files, chart->file_count, sizeof(*chart->files),
		      by_path);
	return true;
}

bool chart_path_is(const char *path, const char *folder, const char *ending)
{
	struct str s = str_of(path);

	return str_starts(s, folder) && str_ends(s, ending) &&
	       s.n > strlen(folder) + strlen(ending);
}
