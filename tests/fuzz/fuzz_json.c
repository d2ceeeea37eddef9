/* What json_read() accepts, each writer writes so that it reads back equal;
 * what it refuses leaves no value behind. */
#include "base/limits.h"
#include "data/json.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

typedef void write_fn(const struct val *v, struct buf *out);

static void comes_back(const struct val *v, write_fn *fn)
{
	AUTO(val_unref) struct val *back = NULL;
	AUTO_BUF text = BUF_INIT(LIMIT_MIB(64));
	AUTO_ERR err = ERR_INIT;

	fn(v, &text);
	if (!json_read(buf_str(&text), &back, &err) || !val_equal(v, back))
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	AUTO(val_unref) struct val *v = NULL;
	AUTO_ERR err = ERR_INIT;
	bool ok = json_read(str_cut((const char *)data, size), &v, &err);

	if (ok != (v != NULL) || ok != (err.kind == ERR_NONE))
		abort();
	if (!ok)
		return 0;
	comes_back(v, json_write);
	comes_back(v, json_write_pretty);
	comes_back(v, json_write_go);
	return 0;
}
