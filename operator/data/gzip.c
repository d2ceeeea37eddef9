#include "data/gzip.h"

#include <limits.h>

#define ZLIB_CONST /* its input is const */
#include <zlib.h>

/* zlib's window of 32 KiB, and 16 for the framing of gzip. */
enum { WINDOW_BITS = 15 + 16, MEMORY_LEVEL = 8, CHUNK_BYTES = 16384 };
/* For short texts in memory: 4 KiB, no framing, 25 KiB of working memory. */
enum { SHORT_WINDOW_BITS = -12, SHORT_MEMORY_LEVEL = 4, FAST = 1 };

/* Hands zlib as much of the rest as fits its counter. */
static void feed(z_stream *z, struct str *rest)
{
	size_t n = rest->n < UINT_MAX ? rest->n : UINT_MAX;

	if (z->avail_in || rest->n == 0)
		return;
	z->next_in = (const Bytef *)rest->p;
	z->avail_in = (uInt)n;
	*rest = str_cut(rest->p + n, rest->n - n);
}

/* One step of deflate() or inflate(): its output goes behind out. */
static int step(z_stream *z, int (*fn)(z_stream *, int), int flush,
		struct buf *out)
{
	unsigned char chunk[CHUNK_BYTES];

	z->next_out = chunk;
	z->avail_out = sizeof(chunk);
	int rc = fn(z, flush);
	buf_add(out, chunk, sizeof(chunk) - z->avail_out);
	return rc;
}

/* Ends what deflateInit2() has begun. */
static bool deflate_all(z_stream *z, struct str data, struct buf *out,
			struct err *err)
{
	int rc = Z_OK;

	while (rc == Z_OK && !buf_overflowed(out)) {
		feed(z, &data);
		rc = step(z, deflate, data.n ? Z_NO_FLUSH : Z_FINISH, out);
	}
	deflateEnd(z);
	if (!buf_check(out, err))
		return err_wrap(err, "gzip");
	return rc == Z_STREAM_END ||
	       err_set(err, ERR_INTERNAL, "gzip: error %d", rc);
}

bool gzip_write(struct str data, int level, struct buf *out, struct err *err)
{
	z_stream z = { 0 };
	gz_header header = { .os = 255 };

	if (deflateInit2(&z, level, Z_DEFLATED, WINDOW_BITS, MEMORY_LEVEL,
			 Z_DEFAULT_STRATEGY) != Z_OK)
		return err_set(err, ERR_INTERNAL, "gzip: cannot begin");
	deflateSetHeader(&z, &header);
	return deflate_all(&z, data, out, err);
}

bool gzip_deflate(struct str text, struct buf *out, struct err *err)
{
	z_stream z = { 0 };

	if (deflateInit2(&z, FAST, Z_DEFLATED, SHORT_WINDOW_BITS,
			 SHORT_MEMORY_LEVEL, Z_DEFAULT_STRATEGY) != Z_OK)
		return err_set(err, ERR_INTERNAL, "deflate: cannot begin");
	return deflate_all(&z, text, out, err);
}

static bool finish_read(const z_stream *z, int rc, struct str rest,
			struct err *err)
{
	if (rc == Z_BUF_ERROR || rc == Z_OK)
		return err_set(err, ERR_INVALID, "gzip: the end is missing");
	if (rc != Z_STREAM_END)
		return err_set(err, ERR_INVALID, "gzip: %s",
			       z->msg ? z->msg : "damaged");
	if (z->avail_in || rest.n)
		return err_set(err, ERR_INVALID, "gzip: data behind the end");
	return true;
}

static bool inflate_all(struct str data, int window_bits, struct buf *out,
			struct err *err)
{
	z_stream z = { 0 };
	int rc = Z_OK;

	if (inflateInit2(&z, window_bits) != Z_OK)
		return err_set(err, ERR_INTERNAL, "gzip: cannot begin");
	while (rc == Z_OK && !buf_overflowed(out)) {
		feed(&z, &data);
		rc = step(&z, inflate, Z_NO_FLUSH, out);
	}
	bool ok = buf_check(out, err) ? finish_read(&z, rc, data, err)
				      : err_wrap(err, "gzip");
	inflateEnd(&z);
	return ok;
}

bool gzip_read(struct str data, struct buf *out, struct err *err)
{
	return inflate_all(data, WINDOW_BITS, out, err);
}

bool gzip_inflate(struct str data, struct buf *out, struct err *err)
{
	return inflate_all(data, SHORT_WINDOW_BITS, out, err);
}
