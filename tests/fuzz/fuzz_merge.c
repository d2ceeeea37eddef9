/*
 * Two JSON values, one behind the other with a NUL between: the patch between
 * them leads from one to the other, the differences name what is there, values
 * over values follow Helm's rules key by key, and nothing is deeper than what it
 * was made of.
 */
#include "base/limits.h"
#include "data/diff.h"
#include "data/json.h"
#include "data/merge.h"
#include "data/path.h"
#include "data/pointer.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool ok)
{
	if (!ok)
		abort();
}

static void patch(const struct val *a, const struct val *b)
{
	AUTO(val_unref) struct val *change = merge_patch_between(a, b);
	AUTO(val_unref) struct val *out = merge_patch(a, change);
	AUTO(val_unref) struct val *again = merge_patch(out, change);
	AUTO(val_unref) struct val *plain = merge_over(NULL, a);
	AUTO(val_unref) struct val *to = merge_over(NULL, b);

	/* A patch cannot say null; without nulls it leads there. */
	if (val_equal(plain, a) && val_equal(to, b))
		must(val_equal(out, b));
	must(val_equal(out, again));
}

static void differences(const struct val *a, const struct val *b)
{
	AUTO_DIFF d = DIFF_INIT(1000), wanted = DIFF_INIT(1000);

	diff_values(a, b, &d);
	for (size_t i = 0; i < d.count; i++) {
		const struct diff_entry *e = &d.items[i];

		must(pointer_get(a, e->pointer) == e->from);
		must(pointer_get(b, e->pointer) == e->to);
	}
	diff_subset(a, b, &wanted);
	must(d.more || wanted.count <= d.count);
}

/* What Helm's rules say of each key of two maps that were merged. */
static void check_layers(const struct val *user, const struct val *defaults,
			 const struct val *out, enum merge_nulls nulls,
			 bool top)
{
	for (size_t i = 0; i < val_count(out); i++)
		must(val_get_str(user, val_key(out, i)) ||
		     val_get_str(defaults, val_key(out, i)));
	for (size_t i = 0; i < val_count(defaults); i++) {
		const struct val *item = val_at(defaults, i);

		if (!val_get_str(user, val_key(defaults, i)))
			must(val_get_str(out, val_key(defaults, i)) == item);
	}
	for (size_t i = 0; i < val_count(user); i++) {
		const struct val *own = val_at(user, i);
		const struct val *item =
			val_get_str(defaults, val_key(user, i));
		const struct val *got = val_get_str(out, val_key(user, i));
		bool drops = nulls == MERGE_DROP_NULLS && item &&
			     (top || !val_is(item, VAL_NULL));

		if (val_is(own, VAL_NULL))
			must(drops ? !got : val_is(got, VAL_NULL));
		else if (val_is(own, VAL_MAP) && val_is(item, VAL_MAP))
			check_layers(own, item, got, nulls, false);
		else
			must(val_equal(got, own));
	}
}

static void merges(const struct val *a, const struct val *b)
{
	AUTO(val_unref) struct val *values = merge_coalesce(a, b);
	AUTO(val_unref) struct val *tables =
		merge_tables(a, b, MERGE_DROP_NULLS);
	AUTO(val_unref) struct val *kept = merge_tables(a, b, MERGE_KEEP_NULLS);
	AUTO(val_unref) struct val *named = merge_by_name(a, b, "a");
	AUTO_ERR err = ERR_INIT;

	must(path_check_nesting(values, &err));
	must(path_check_nesting(tables, &err));
	must(path_check_nesting(named, &err));
	check_layers(a, b, values, MERGE_DROP_NULLS, true);
	check_layers(a, b, tables, MERGE_DROP_NULLS, false);
	check_layers(a, b, kept, MERGE_KEEP_NULLS, false);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	AUTO(val_unref) struct val *a = NULL, *b = NULL;
	AUTO_ERR err = ERR_INIT;
	struct str first, second = str_cut((const char *)data, size);

	str_split(second, '\0', &first, &second);
	if (!json_read(first, &a, &err) || !json_read(second, &b, &err))
		return 0;
	patch(a, b);
	differences(a, b);
	if (val_is(a, VAL_MAP) && val_is(b, VAL_MAP))
		merges(a, b);
	return 0;
}
