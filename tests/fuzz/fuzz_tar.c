/* Whatever the archive says: names stay below their directory, data stays in
 * the archive, and the limits hold. */
#include "base/limits.h"
#include "data/tar.h"

#include <stdint.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const struct tar_limits limits = { 8, 4096, 8192 };

struct seen {
	struct str archive;
	size_t entries, bytes;
};

static bool check(void *ctx, const struct tar_entry *e, struct err *err)
{
	struct seen *seen = ctx;
	struct str part, rest = e->name;
	unsigned sum = 0;

	(void)err;
	seen->entries++;
	seen->bytes += e->data.n;
	if (e->name.n == 0 || e->data.n > limits.file_bytes ||
	    str_utf8_len(e->name) < e->name.n)
		abort();
	for (bool more = true; more;) {
		more = str_split(rest, '/', &part, &rest);
		if (part.n == 0 || str_is(part, ".") || str_is(part, ".."))
			abort();
	}
	for (size_t i = 0; i < e->data.n; i++)
		sum += (unsigned char)e->data.p[i];
	/* The sum is used, so that every byte is read. */
	return sum != 0xffffffff;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct seen seen = { .archive = str_cut((const char *)data, size) };
	AUTO_ERR err = ERR_INIT;
	bool ok = tar_walk(seen.archive, &limits, check, &seen, &err);

	if (ok != (err.kind == ERR_NONE) || seen.entries > limits.entries ||
	    seen.bytes > limits.total_bytes)
		abort();
	return 0;
}
