/*
 * Walks a chart directory.
 *
 * A walk passes chart roots, which may have a .helmignore each: the directory
 * itself, and charts/NAME of every chart root. A path is left out when the
 * rules of any root above it ignore it.
 */
#include "chart/files.h"

#include "base/file.h"
#include "base/limits.h"
#include "chart/ignore.h"

#include <dirent.h>
#include <errno.h>
#include <sys/stat.h>

/* A chart root above the path in hand. */
struct chart_root {
	const struct chart_root *outer;
	size_t skip; /* bytes of a path in front of what its rules look at */
	struct buf text;
	struct ignore *rules;
};

struct walk {
	struct chart_files *files;
	const char *root;
	/* The folders that are open; a link back to one of them is skipped. */
	struct {
		dev_t dev;
		ino_t ino;
	} open[LIMIT_CHART_DEPTH + 1];
};

static void close_dir(DIR *dir)
{
	closedir(dir);
}
DEFINE_AUTO(DIR *, close_dir)

static bool walk_dir(struct walk *w, const struct chart_root *root,
		     const char *inside, size_t depth, struct err *err);

static bool is_ignored(const struct chart_root *root, const char *inside,
		       enum ignore_kind kind)
{
	for (; root; root = root->outer)
		if (ignore_matches(root->rules, str_of(inside + root->skip),
				   kind))
			return true;
	return false;
}

static bool is_text(const char *name)
{
	struct str s = str_of(name);

	for (size_t i = 0; i < s.n; i++)
		if ((unsigned char)s.p[i] < ' ' || s.p[i] == 0x7f)
			return false;
	return str_utf8_len(s) == s.n;
}

static bool read_file(struct walk *w, const char *full, const char *inside,
		      struct err *err)
{
	AUTO_BUF data = BUF_INIT(LIMIT_CHART_FILE_BYTES);

	return file_read(full, &data, err) &&
	       files_add(w->files, "", inside, buf_str(&data), err);
}

/* Reads the rules of a chart root, with the default ones when it has none. */
static bool read_rules(const struct walk *w, const char *inside,
		       struct chart_root *root, struct err *err)
{
	AUTO_FREE char *name =
		alloc_print("%s%s.helmignore", inside, *inside ? "/" : "");
	AUTO_FREE char *full = alloc_print("%s/%s", w->root, name);
	AUTO_ERR missing = ERR_INIT;

	if (!file_read(full, &root->text, &missing) &&
	    missing.kind != ERR_NOT_FOUND) {
		err_move(err, &missing);
		return false;
	}
	struct str text = buf_str(&root->text);
	if (str_starts(text, "\xef\xbb\xbf"))
		text = str_cut(text.p + 3, text.n - 3);
	return ignore_read(text, name, &root->rules, err);
}

static bool walk_chart(struct walk *w, const struct chart_root *outer,
		       const char *inside, size_t depth, struct err *err)
{
	struct chart_root root = {
		.outer = outer,
		.skip = *inside ? strlen(inside) + 1 : 0,
		.text = BUF_INIT(LIMIT_CHART_FILE_BYTES),
	};
	bool ok = read_rules(w, inside, &root, err) &&
		  walk_dir(w, &root, inside, depth, err);

	ignore_free(root.rules);
	buf_free(&root.text);
	return ok;
}

/* Whether a folder is charts/NAME of the innermost chart root. */
static bool is_subchart(const struct chart_root *root, const char *inside)
{
	const char *path = inside + root->skip;

	return str_starts(str_of(path), "charts/") &&
	       !strchr(path + strlen("charts/"), '/');
}

static bool is_open(const struct walk *w, const struct stat *st, size_t depth)
{
	for (size_t i = 0; i < depth; i++)
		if (w->open[i].dev == st->st_dev &&
		    w->open[i].ino == st->st_ino)
			return true;
	return false;
}

static bool walk_folder(struct walk *w, const struct chart_root *root,
			const char *inside, const struct stat *st, size_t depth,
			struct err *err)
{
	if (is_open(w, st, depth) || is_ignored(root, inside, IGNORE_DIR))
		return true;
	if (depth > LIMIT_CHART_DEPTH)
		return err_set(err, ERR_LIMIT, "%s: more than %d folders deep",
			       inside, LIMIT_CHART_DEPTH);
	w->open[depth].dev = st->st_dev;
	w->open[depth].ino = st->st_ino;
	return is_subchart(root, inside)
		       ? walk_chart(w, root, inside, depth, err)
		       : walk_dir(w, root, inside, depth, err);
}

static bool walk_entry(struct walk *w, const struct chart_root *root,
		       const char *folder, const char *name, size_t depth,
		       struct err *err)
{
	AUTO_FREE char *inside = *folder ? alloc_print("%s/%s", folder, name)
					 : alloc_copy(name);
	AUTO_FREE char *full = alloc_print("%s/%s", w->root, inside);
	struct stat st;

	if (!is_text(name))
		return err_set(err, ERR_INVALID,
			       "a file in \"%s\" has a name that is no text",
			       folder);
	/* Links are followed: a mounted ConfigMap consists of them. */
	if (stat(full, &st) != 0) {
		/* A link to itself is skipped like any other loop. */
		if (errno == ELOOP || is_ignored(root, inside, IGNORE_FILE))
			return true;
		return err_sys(err, errno, "%s", full);
	}
	if (S_ISDIR(st.st_mode))
		return walk_folder(w, root, inside, &st, depth + 1, err);
	return !S_ISREG(st.st_mode) || is_ignored(root, inside, IGNORE_FILE) ||
	       read_file(w, full, inside, err);
}

static bool walk_dir(struct walk *w, const struct chart_root *root,
		     const char *inside, size_t depth, struct err *err)
{
	AUTO_FREE char *full = alloc_print("%s/%s", w->root, inside);
	AUTO(close_dir) DIR *dir = opendir(full);

	if (!dir)
		return err_sys(err, errno, "%s", full);
	for (;;) {
		struct dirent *entry;

		errno = 0;
		entry = readdir(dir);
		if (!entry)
			return errno == 0 || err_sys(err, errno, "%s", full);
		if (strcmp(entry->d_name, ".") != 0 &&
		    !str_starts(str_of(entry->d_name), "..") &&
		    !walk_entry(w, root, inside, entry->d_name, depth, err))
			return false;
	}
}

bool files_read_dir(struct chart_files *files, const char *path,
		    struct err *err)
{
	struct walk w = { .files = files, .root = path };
	struct stat st;

	if (stat(path, &st) != 0)
		return err_sys(err, errno, "%s", path);
	w.open[0].dev = st.st_dev;
	w.open[0].ino = st.st_ino;
	return walk_chart(&w, NULL, "", 0, err) && files_sort(files, err);
}
