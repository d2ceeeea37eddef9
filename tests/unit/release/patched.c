#include "unit/release/patched.h"

#include "base/buf.h"
#include "base/limits.h"
#include "data/pointer.h"

#include "unit/rows.h"

/* v with what stands at the pointer replaced; NULL removes it. */
static struct val *with(const struct val *v, struct str pointer,
			const struct val *item)
{
	AUTO_BUF key = BUF_INIT(LIMIT_MIB(1));

	if (!pointer_next(&pointer, &key))
		return item ? val_ref(item) : NULL;
	/* Lists are only replaced as a whole. */
	assert_true(val_is(v, VAL_MAP));
	AUTO(val_unref) struct val *below =
		with(val_get(v, buf_text(&key)), pointer, item);
	return below ? val_with(v, buf_text(&key), below)
		     : val_without(v, buf_text(&key));
}

struct val *patched(const struct val *v, const struct val *ops)
{
	struct val *out = val_ref(v);

	for (size_t i = 0; i < val_count(ops); i++) {
		const struct val *op = val_at(ops, i);
		const char *word = val_get_text(op, "op");
		const char *path = val_get_text(op, "path");
		const struct val *item = val_get(op, "value");
		const struct val *there = pointer_get(out, path);

		if (strcmp(word, "test") == 0) {
			assert_true(there && val_equal(there, item));
			continue;
		}
		assert_int_equal(there == NULL, strcmp(word, "add") == 0);
		assert_int_equal(item == NULL, strcmp(word, "remove") == 0);
		struct val *next = with(out, str_of(path), item);
		val_unref(out);
		out = next;
	}
	return out;
}
