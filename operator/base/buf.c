#include "base/buf.h"

#include "base/alloc.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>

/* Returns room for n more bytes and a NUL, or NULL once overflowed. */
static char *room(struct buf *b, size_t n)
{
	assert(b->max > 0);
	if (b->overflow)
		return NULL;
	if (n > b->max - b->len) {
		buf_free(b);
		b->overflow = true;
		return NULL;
	}
	size_t need = b->len + n + 1;
	if (need > b->cap) {
		size_t cap = b->cap ? b->cap : 64;

		while (cap < need)
			cap += cap / 2;
		/* Whatever fits in here is within the limit. */
		if (cap > b->max)
			cap = b->max + 1;
		b->p = alloc_resize(b->p, cap, 1);
		b->cap = cap;
	}
	return b->p + b->len;
}

void buf_reserve(struct buf *b, size_t n)
{
	if (n > b->max - b->len)
		return;
	char *end = room(b, n);
	if (end)
		*end = '\0';
}

void buf_add(struct buf *b, const void *data, size_t n)
{
	char *to = room(b, n);

	if (!to)
		return;
	if (n)
		memcpy(to, data, n);
	to[n] = '\0';
	b->len += n;
}

void buf_add_text(struct buf *b, const char *text)
{
	buf_add(b, text, strlen(text));
}

void buf_addv(struct buf *b, const char *fmt, va_list args)
{
	va_list again;

	va_copy(again, args);
	int n = vsnprintf(NULL, 0, fmt, again);
	va_end(again);
	assert(n >= 0);
	char *to = room(b, (size_t)n);
	if (!to)
		return;
	vsnprintf(to, (size_t)n + 1, fmt, args);
	b->len += (size_t)n;
}

void buf_addf(struct buf *b, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	buf_addv(b, fmt, args);
	va_end(args);
}

void buf_clear(struct buf *b)
{
	b->len = 0;
	b->overflow = false;
	if (b->p)
		b->p[0] = '\0';
}

void buf_trim(struct buf *b, size_t len)
{
	if (len >= b->len)
		return;
	b->len = len;
	b->p[len] = '\0';
}

const char *buf_text(const struct buf *b)
{
	return b->p ? b->p : "";
}

bool buf_check(const struct buf *b, struct err *err)
{
	if (b->overflow)
		return err_set(err, ERR_LIMIT, "larger than %zu bytes", b->max);
	return true;
}

bool buf_take(struct buf *b, char **out, size_t *len, struct err *err)
{
	if (!buf_check(b, err))
		return false;
	if (len)
		*len = b->len;
	*out = b->p ? b->p : alloc_text(NULL, 0);
	*b = BUF_INIT(b->max);
	return true;
}

void buf_free(struct buf *b)
{
	free(b->p);
	*b = BUF_INIT(b->max);
}

void buf_wipe(struct buf *b)
{
	if (b->p)
		explicit_bzero(b->p, b->cap);
	buf_free(b);
}
