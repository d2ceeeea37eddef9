#include "unit/chart/folder.h"

#include "base/alloc.h"

#include <assert.h>
#include <ftw.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Makes the folders that a path leads through. */
static void make_way(char *path)
{
	for (char *p = strchr(path + 1, '/'); p; p = strchr(p + 1, '/')) {
		*p = 0;
		mkdir(path, 0700);
		*p = '/';
	}
}

char *folder_make(const struct folder_file *files)
{
	char *root = alloc_copy("/tmp/chart-XXXXXX");

	assert(mkdtemp(root));
	for (; files->path; files++) {
		AUTO_FREE char *path = alloc_print("%s/%s", root, files->path);

		make_way(path);
		FILE *f = fopen(path, "w");
		assert(f && fputs(files->text, f) >= 0);
		fclose(f);
	}
	return root;
}

static int remove_one(const char *path, const struct stat *st, int type,
		      struct FTW *ftw)
{
	(void)st;
	(void)type;
	(void)ftw;
	return remove(path);
}

void folder_remove(const char *path)
{
	nftw(path, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}
