#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

bool file_read_fd(int fd, const char *name, struct buf *out, struct err *err)
{
	char chunk[16384];
	ssize_t n;

	do {
		n = read(fd, chunk, sizeof(chunk));
		if (n > 0)
			buf_add(out, chunk, (size_t)n);
		else if (n < 0 && errno != EINTR)
			return err_sys(err, errno, "%s", name);
	} while ((n > 0 || (n < 0 && errno == EINTR)) && !buf_overflowed(out));
	if (!buf_check(out, err))
		return err_wrap(err, "%s", name);
	return true;
}

bool file_read(const char *path, struct buf *out, struct err *err)
{
	struct stat st;
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		return err_sys(err, errno, "%s", path);
	bool ok;
	if (fstat(fd, &st) == 0 && S_ISDIR(st.st_mode))
		ok = err_set(err, ERR_INVALID, "%s: is a directory", path);
	else
		ok = file_read_fd(fd, path, out, err);
	close(fd);
	return ok;
}
