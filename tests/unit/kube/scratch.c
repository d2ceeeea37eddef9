#include "unit/kube/scratch.h"

#include "base/alloc.h"

#include <dirent.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static char dir[] = "/tmp/devmachine-unit-XXXXXX";

int scratch_make(void **state)
{
	(void)state;
	return mkdtemp(dir) ? 0 : -1;
}

char *scratch_path(const char *name)
{
	return alloc_print("%s/%s", dir, name);
}

char *scratch_write(const char *name, const char *text, unsigned mode)
{
	char *path = scratch_path(name);
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, mode);

	if (fd < 0 || write(fd, text, strlen(text)) != (ssize_t)strlen(text))
		abort();
	close(fd);
	return path;
}

int scratch_remove(void **state)
{
	DIR *d = opendir(dir);
	struct dirent *entry;

	(void)state;
	while (d && (entry = readdir(d))) {
		AUTO_FREE char *path = scratch_path(entry->d_name);

		if (entry->d_name[0] != '.')
			unlink(path);
	}
	if (d)
		closedir(d);
	return rmdir(dir);
}
