/*
 * Growing byte buffer with a hard limit.
 *
 * Appending never fails at the call site: past the limit the buffer drops
 * what it held and remembers that it overflowed, and buf_take() reports it
 * once. A loop that appends per input item must test buf_overflowed().
 * Not safe for use by two threads at once.
 */
#ifndef BASE_BUF_H
#define BASE_BUF_H

#include "base/err.h"
#include "base/str.h"

#include <stdarg.h>

struct buf {
	char *p;    /* NUL-terminated when cap > 0, else NULL */
	size_t len; /* bytes in use, NUL not counted */
	size_t cap; /* bytes allocated: at most max and a NUL */
	size_t max; /* limit on len, bytes; 0 is a programming error */
	bool overflow;
};

#define BUF_INIT(max_bytes) ((struct buf){ .max = (max_bytes) })

void buf_add(struct buf *b, const void *data, size_t n);
/* Inline where there is room already, which in a loop is nearly always. */
static inline void buf_add_str(struct buf *b, struct str s)
{
	if (s.n >= b->cap - b->len) {
		buf_add(b, s.p, s.n);
		return;
	}
	if (s.n)
		memcpy(b->p + b->len, s.p, s.n);
	b->len += s.n;
	b->p[b->len] = '\0';
}

/* Texts followed by so many bytes that may be read are copied in pieces. */
#define BUF_PAD 16

/** As buf_add_str(), for short texts followed by BUF_PAD - 1 more bytes. */
static inline void buf_add_padded(struct buf *b, const char *p, size_t n)
{
	if (n + BUF_PAD >= b->cap - b->len || n > (size_t)8 * BUF_PAD) {
		buf_add_str(b, str_cut(p, n));
		return;
	}
	char *to = b->p + b->len;
	for (size_t i = 0; i < n; i += BUF_PAD)
		memcpy(to + i, p + i, BUF_PAD);
	to[n] = '\0';
	b->len += n;
}
void buf_add_text(struct buf *b, const char *text);
static inline void buf_add_char(struct buf *b, char c)
{
	if (!b->p || b->cap - b->len < 2) {
		buf_add(b, &c, 1);
		return;
	}
	b->p[b->len++] = c;
	b->p[b->len] = '\0';
}
void buf_addf(struct buf *b, const char *fmt, ...) PRINTF_LIKE(2, 3);
void buf_addv(struct buf *b, const char *fmt, va_list args) PRINTF_LIKE(2, 0);

/** Makes room for n more bytes, so that the next n are copied only once. */
void buf_reserve(struct buf *b, size_t n);

/** Empties the buffer and forgets an overflow; keeps the memory. */
void buf_clear(struct buf *b);

/** Cuts the contents to at most len bytes. */
void buf_trim(struct buf *b, size_t len);

static inline bool buf_overflowed(const struct buf *b)
{
	return b->overflow;
}

/** The contents as a NUL-terminated text, "" when empty. Borrowed. */
const char *buf_text(const struct buf *b);

static inline struct str buf_str(const struct buf *b)
{
	return str_cut(b->p, b->len);
}

/**
 * Reports an overflow. Errors: ERR_LIMIT when an append went past the limit.
 */
MUST_USE bool buf_check(const struct buf *b, struct err *err);

/**
 * Hands the bytes to the caller, who frees them with free(). The buffer is
 * empty and reusable afterwards. The result is never NULL on success.
 *
 * @param len  receives the length in bytes; may be NULL
 * Errors: ERR_LIMIT when an append went past the limit.
 */
MUST_USE bool buf_take(struct buf *b, char **out, size_t *len, struct err *err);

void buf_free(struct buf *b);

/** Overwrites the contents with zeros, then frees: for secrets. */
void buf_wipe(struct buf *b);

static inline void buf_auto_(struct buf *b)
{
	buf_free(b);
}
#define AUTO_BUF __attribute__((cleanup(buf_auto_))) struct buf

#endif
