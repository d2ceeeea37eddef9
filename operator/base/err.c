#include "base/err.h"

#include "base/alloc.h"

#include <assert.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static char *print(const char *fmt, va_list args) PRINTF_LIKE(1, 0);
static char *print(const char *fmt, va_list args)
{
	char *text = NULL;

	/* Without memory for its own message an error still has its kind. */
	if (vasprintf(&text, fmt, args) < 0)
		return alloc_copy("out of memory");
	return text;
}

bool err_set(struct err *err, enum err_kind kind, const char *fmt, ...)
{
	va_list args;

	assert(err->kind == ERR_NONE && kind != ERR_NONE);
	va_start(args, fmt);
	err->msg = print(fmt, args);
	va_end(args);
	err->kind = kind;
	return false;
}

bool err_wrap(struct err *err, const char *fmt, ...)
{
	va_list args;

	assert(err->kind != ERR_NONE);
	va_start(args, fmt);
	AUTO_FREE char *prefix = print(fmt, args);
	va_end(args);
	char *msg = alloc_print("%s: %s", prefix, err->msg);
	free(err->msg);
	err->msg = msg;
	return false;
}

bool err_at_field(struct err *err, const char *field)
{
	assert(err->kind != ERR_NONE);
	free(err->field);
	err->field = alloc_copy(field);
	return false;
}

static enum err_kind kind_of_errno(int errnum)
{
	switch (errnum) {
	case ENOENT:
	case ENOTDIR:
		return ERR_NOT_FOUND;
	case EACCES:
	case EPERM:
		return ERR_DENIED;
	case EFBIG:
	case ENAMETOOLONG:
		return ERR_LIMIT;
	default:
		return ERR_UNAVAILABLE;
	}
}

bool err_sys(struct err *err, int errnum, const char *fmt, ...)
{
	va_list args;
	char space[128];

	assert(err->kind == ERR_NONE);
	va_start(args, fmt);
	AUTO_FREE char *what = print(fmt, args);
	va_end(args);
	/* The GNU form: returns its text, which need not be in the space. */
	const char *why = strerror_r(errnum, space, sizeof(space));
	err->msg = alloc_print("%s: %s", what, why);
	err->kind = kind_of_errno(errnum);
	return false;
}

void err_move(struct err *to, struct err *from)
{
	err_clear(to);
	*to = *from;
	*from = ERR_INIT;
}

void err_clear(struct err *err)
{
	free(err->msg);
	free(err->field);
	*err = ERR_INIT;
}

static const struct {
	const char *text;
	enum err_retry retry;
} kinds[] = {
#define X(name, text, retry) [ERR_##name] = { text, retry },
	ERR_KINDS(X)
#undef X
};

const char *err_kind_text(enum err_kind kind)
{
	return kinds[kind].text;
}

enum err_retry err_kind_retry(enum err_kind kind)
{
	return kinds[kind].retry;
}
