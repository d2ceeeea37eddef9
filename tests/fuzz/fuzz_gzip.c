/* What gzip_read() accepts keeps its limit, and is the same once packed and
 * unpacked again; any bytes packed come back. */
#include "base/limits.h"
#include "data/gzip.h"

#include <stdint.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void comes_back(struct str data, int level)
{
	AUTO_BUF packed = BUF_INIT(LIMIT_MIB(4)), back = BUF_INIT(data.n + 1);
	AUTO_ERR err = ERR_INIT;

	if (!gzip_write(data, level, &packed, &err) ||
	    !gzip_read(buf_str(&packed), &back, &err) ||
	    !str_equal(buf_str(&back), data))
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	AUTO_BUF out = BUF_INIT(LIMIT_MIB(1));
	AUTO_ERR err = ERR_INIT;
	struct str in = str_cut((const char *)data, size);

	if (gzip_read(in, &out, &err))
		comes_back(buf_str(&out), GZIP_BEST);
	else if (err.kind == ERR_NONE || out.len > LIMIT_MIB(1))
		abort();
	comes_back(in, 1);
	return 0;
}
