#include "release/digest.h"

#include "base/alloc.h"
#include "base/limits.h"
#include "data/json.h"

static int by_key(const void *a, const void *b, void *ctx)
{
	const struct val *map = ctx;

	return str_compare(val_key(map, *(const size_t *)a),
			   val_key(map, *(const size_t *)b));
}

static void write_map(const struct val *map, struct buf *out)
{
	size_t n = val_count(map);
	AUTO_FREE size_t *order = alloc_resize(NULL, n, sizeof(*order));
	union {
		const struct val *in;
		void *ctx;
	} u = { .in = map };

	for (size_t i = 0; i < n; i++)
		order[i] = i;
	qsort_r(order, n, sizeof(*order), by_key, u.ctx);
	buf_add_char(out, '{');
	for (size_t i = 0; i < n && !buf_overflowed(out); i++) {
		if (i)
			buf_add_char(out, ',');
		json_write_text(val_key(map, order[i]), out);
		buf_add_char(out, ':');
		digest_write_sorted(val_at(map, order[i]), out);
	}
	buf_add_char(out, '}');
}

void digest_write_sorted(const struct val *v, struct buf *out)
{
	if (val_is(v, VAL_MAP)) {
		write_map(v, out);
		return;
	}
	if (!val_is(v, VAL_LIST)) {
		json_write(v, out);
		return;
	}
	buf_add_char(out, '[');
	for (size_t i = 0; i < val_count(v) && !buf_overflowed(out); i++) {
		if (i)
			buf_add_char(out, ',');
		digest_write_sorted(val_at(v, i), out);
	}
	buf_add_char(out, ']');
}

const char *digest_value(const struct val *v, char out[DIGEST_TEXT_BYTES])
{
	/* A manifest's text is bounded where it is rendered; its JSON is at
	 * most six times as long (every byte an escape). */
	AUTO_BUF text = BUF_INIT(6 * LIMIT_RENDER_BYTES);

	digest_write_sorted(v, &text);
	return digest_sha256(buf_str(&text), out);
}
