/* Where the network cuts a stream must not change the lines that are read. */
#include "kube/lines.h"

#include <stdint.h>
#include <stdlib.h>

static bool collect(void *ctx, struct str line, struct err *err)
{
	(void)err;
	if (line.n == 0 || line.n > 64 || memchr(line.p, '\n', line.n))
		abort();
	buf_add_str(ctx, line);
	buf_add_char(ctx, '\n');
	return true;
}

static bool run(struct str text, size_t cut, struct buf *got)
{
	struct str rest = str_cut(text.p + cut, text.n - cut);
	AUTO_ERR err = ERR_INIT;
	struct lines l;

	lines_init(&l, 64);
	bool ok = lines_feed(&l, str_cut(text.p, cut), collect, got, &err) &&
		  lines_feed(&l, rest, collect, got, &err);
	lines_done(&l);
	if (!ok && err.kind != ERR_LIMIT)
		abort();
	return ok;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (size < 1)
		return 0;
	AUTO_BUF whole = BUF_INIT((size_t)1 << 20);
	AUTO_BUF parts = BUF_INIT((size_t)1 << 20);
	struct str text = str_cut((const char *)data + 1, size - 1);
	bool a = run(text, text.n, &whole);
	bool b = run(text, data[0] % (text.n + 1), &parts);

	if (a != b || !str_equal(buf_str(&whole), buf_str(&parts)))
		abort();
	return 0;
}
