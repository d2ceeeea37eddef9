#include "base/file.h"

#include "unit/rows.h"

#include <fcntl.h>
#include <unistd.h>

static const struct row {
	const char *name;
	size_t bytes;
	enum err_kind err;
} rows[] = {
	{ "empty", 0, ERR_NONE },
	{ "one byte", 1, ERR_NONE },
	{ "larger than a chunk", 40000, ERR_NONE },
	{ "the limit", 50000, ERR_NONE },
	{ "one more", 50001, ERR_LIMIT },
	{ "much more", 500000, ERR_LIMIT },
};

static void reads_files(void **state)
{
	const struct row *row = *state;
	char path[] = "/tmp/test_file.XXXXXX";
	AUTO_BUF out = BUF_INIT(50000);
	AUTO_ERR err = ERR_INIT;
	int fd = mkstemp(path);

	assert_true(fd >= 0);
	for (size_t i = 0; i < row->bytes; i++)
		assert_int_equal(write(fd, &"0123456789"[i % 10], 1), 1);
	close(fd);
	bool ok = file_read(path, &out, &err);
	unlink(path);
	assert_int_equal(ok, row->err == ERR_NONE);
	assert_int_equal(err.kind, row->err);
	if (!ok) {
		assert_non_null(strstr(err.msg, path));
		return;
	}
	assert_int_equal(out.len, row->bytes);
	if (row->bytes > 20)
		assert_memory_equal(out.p + 10, "0123456789", 10);
}

static const struct refused {
	const char *name, *path;
	enum err_kind err;
} refusals[] = {
	{ "missing", "/nonexistent/file", ERR_NOT_FOUND },
	{ "directory", "/tmp", ERR_INVALID },
	{ "below a file", "/etc/passwd/x", ERR_NOT_FOUND },
};

static void refuses(void **state)
{
	const struct refused *row = *state;
	AUTO_BUF out = BUF_INIT(100);
	AUTO_ERR err = ERR_INIT;

	assert_false(file_read(row->path, &out, &err));
	assert_int_equal(err.kind, row->err);
	assert_non_null(strstr(err.msg, row->path));
}

static void appends_from_a_pipe(void **state)
{
	(void)state;
	AUTO_BUF out = BUF_INIT(100);
	AUTO_ERR err = ERR_INIT;
	int fds[2];

	buf_add_text(&out, "a");
	assert_int_equal(pipe(fds), 0);
	assert_int_equal(write(fds[1], "bc", 2), 2);
	close(fds[1]);
	assert_true(file_read_fd(fds[0], "pipe", &out, &err));
	close(fds[0]);
	assert_string_equal(buf_text(&out), "abc");
}

static void descriptor_that_is_none(void **state)
{
	(void)state;
	AUTO_BUF out = BUF_INIT(100);
	AUTO_ERR err = ERR_INIT;

	assert_false(file_read_fd(-1, "nothing", &out, &err));
	assert_int_equal(err.kind, ERR_UNAVAILABLE);
}

int main(void)
{
	const struct CMUnitTest others[] = {
		cmocka_unit_test(appends_from_a_pipe),
		cmocka_unit_test(descriptor_that_is_none),
	};

	return ROWS_RUN("file", rows, reads_files) +
	       ROWS_RUN("file refused", refusals, refuses) +
	       cmocka_run_group_tests_name("file more", others, NULL, NULL);
}
