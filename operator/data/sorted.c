#include "data/sorted.h"

#include "base/alloc.h"

static int by_key(const void *a, const void *b, void *ctx)
{
	const struct val *map = ctx;

	return str_compare(val_key(map, *(const size_t *)a),
			   val_key(map, *(const size_t *)b));
}

static struct val *sorted_map(const struct val *map)
{
	size_t n = val_count(map);
	AUTO_FREE size_t *order = alloc_zero(n * sizeof(*order));
	struct val_map out = { 0 };
	union {
		const struct val *in;
		void *ctx;
	} u = { .in = map };

	for (size_t i = 0; i < n; i++)
		order[i] = i;
	qsort_r(order, n, sizeof(*order), by_key, u.ctx);
	for (size_t i = 0; i < n; i++)
		val_map_set_take(&out, val_key(map, order[i]),
				 sorted_new(val_at(map, order[i])));
	return val_map_take(&out);
}

/* As deep as the value, which nests within limits. */
struct val *sorted_new(const struct val *v)
{
	struct val_list list = { 0 };

	if (val_is(v, VAL_MAP))
		return sorted_map(v);
	if (!val_is(v, VAL_LIST))
		return val_ref(v);
	for (size_t i = 0; i < val_count(v); i++)
		val_list_add_take(&list, sorted_new(val_at(v, i)));
	return val_list_take(&list);
}
