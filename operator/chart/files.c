#include "chart/files.h"

#include "base/limits.h"

/* Helm's loader does the same. */
static struct str without_bom(struct str text)
{
	if (str_starts(text, "\xef\xbb\xbf"))
		return str_cut(text.p + 3, text.n - 3);
	return text;
}

bool files_add(struct chart_files *files, const char *at, const char *path,
	       struct str data, struct err *err)
{
	struct chart_budget *b = files->budget;

	if (++b->files > LIMIT_CHART_FILES)
		return err_set(err, ERR_LIMIT, "more than %d files",
			       LIMIT_CHART_FILES);
	if (data.n > LIMIT_CHART_FILE_BYTES)
		return err_set(err, ERR_LIMIT, "%s%s: larger than %zu bytes",
			       at, path, LIMIT_CHART_FILE_BYTES);
	b->bytes += data.n;
	if (b->bytes > LIMIT_CHART_BYTES)
		return err_set(err, ERR_LIMIT, "files of more than %zu bytes",
			       LIMIT_CHART_BYTES);
	struct str text = without_bom(data);
	char *bytes = alloc_text(text.p, text.n);
	char *full = alloc_print("%s%s", at, path);
	*VEC_ADD(files) = (struct chart_file){
		.full = full,
		.path = full + strlen(at),
		.data = str_cut(bytes, text.n),
		.owned = bytes,
	};
	return true;
}

static int by_path(const void *a, const void *b)
{
	const struct chart_file *x = a, *y = b;

	return strcmp(x->full, y->full);
}

bool files_sort(struct chart_files *files, struct err *err)
{
	if (files->count)
		qsort(files->items, files->count, sizeof(*files->items),
		      by_path);
	for (size_t i = 1; i < files->count; i++)
		if (by_path(&files->items[i - 1], &files->items[i]) == 0)
			return err_set(err, ERR_INVALID, "%s: is there twice",
				       files->items[i].full);
	return true;
}

void files_done(struct chart_files *files)
{
	for (size_t i = 0; i < files->count; i++) {
		free(files->items[i].full);
		free(files->items[i].owned);
	}
	VEC_DONE(files);
}

bool chart_path_is(const char *path, const char *folder, const char *ending)
{
	struct str s = str_of(path);

	return str_starts(s, folder) && str_ends(s, ending) &&
	       s.n > strlen(folder) + strlen(ending);
}
