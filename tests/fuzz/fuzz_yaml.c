/* What yaml_read_all() accepts, yaml_write() writes so that it reads back
 * equal; every error has its place. */
#include "base/limits.h"
#include "data/path.h"
#include "data/yaml_read.h"
#include "data/yaml_write.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void comes_back(const struct val *v)
{
	AUTO(val_unref) struct val *back = NULL;
	AUTO_BUF text = BUF_INIT(LIMIT_MIB(512));
	AUTO_ERR err = ERR_INIT;

	yaml_write(v, &text);
	if (!yaml_read(buf_str(&text), "written", &back, &err)) {
		/* With a node for each alias it may have become too large. */
		if (err.kind == ERR_LIMIT)
			return;
		abort();
	}
	if (!val_equal(v, back))
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	AUTO_VAL_LIST docs = { 0 };
	AUTO_ERR err = ERR_INIT, deep = ERR_INIT;
	struct str text = str_cut((const char *)data, size);

	if (!yaml_read_all(text, "in", &docs, &err)) {
		if (docs.count || strncmp(err.msg, "in:", 3) != 0)
			abort();
		return 0;
	}
	for (size_t i = 0; i < docs.count; i++) {
		if (!path_check_nesting(docs.items[i], &deep))
			abort();
		comes_back(docs.items[i]);
	}
	return 0;
}
