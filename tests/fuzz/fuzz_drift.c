/*
 * Two JSON values, one behind the other with a NUL between: what is rendered,
 * and what is live. Mending leaves no drift. Against itself an object has
 * none, also with its maps and named lists turned round and its quantities
 * written in another way; and a change of any rendered leaf is found.
 */
#include "base/limits.h"
#include "data/json.h"
#include "data/quantity.h"
#include "release/drift.h"
#include "release/drift_rules.h"
#include "release/live.h"
#include "require.h"

#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static size_t findings(const struct val *want, const struct val *live)
{
	AUTO_DRIFT d = { 0 };

	drift_find(want, live, DRIFT_SCALER_NONE, &d);
	REQUIRE(d.count <= LIMIT_DRIFT_FINDINGS);
	REQUIRE((d.count == 0) == (d.mended == live));
	return d.count;
}

static void mends(const struct val *want, const struct val *live)
{
	AUTO_DRIFT d = { 0 };

	drift_find(want, live, DRIFT_SCALER_NONE, &d);
	AUTO(val_unref) struct val *patch = drift_patch(&d);
	/* A patch begins with a test of the uid, when there is one. */
	size_t tests = val_get(val_get(live, "metadata"), "uid") ? 1 : 0;
	REQUIRE((val_count(patch) == tests) == val_equal(live, d.mended));
	REQUIRE(findings(want, d.mended) == 0);
}

/* A list whose items all have a name that no other has, and no other field
 * that could name them. */
static bool is_named(const struct val *list, const char *key)
{
	for (size_t i = 0; i < val_count(list); i++) {
		const struct val *name = val_get(val_at(list, i), key);

		if (!val_is(name, VAL_TEXT))
			return false;
		for (size_t j = 0; j < i; j++)
			if (val_equal(name, val_get(val_at(list, j), key)))
				return false;
	}
	return true;
}

static struct val *rewrite(const struct rules *r, const struct place *at,
			   const struct val *v);

static struct val *rewrite_list(const struct rules *r, const struct place *at,
				const struct val *v)
{
	const char *keys = rules_item_keys(r, at);
	bool turn = keys && *keys && !strpbrk(keys, " =") && is_named(v, keys);
	struct place below = { .up = at };
	struct val_list out = { 0 };

	for (size_t i = 0; i < val_count(v); i++)
		val_list_add_take(
			&out,
			rewrite(r, &below,
				val_at(v, turn ? val_count(v) - 1 - i : i)));
	return val_list_take(&out);
}

/* The same quantity in billionths. */
static struct val *in_nanos(struct str text)
{
	char out[48], *p = out + sizeof(out);
	struct quantity q;

	if (!quantity_parse(text, &q))
		return NULL;
	unsigned __int128 n =
		(unsigned __int128)(q.nanos < 0 ? -q.nanos : q.nanos);
	*--p = 'n';
	do
		*--p = (char)('0' + (int)(n % 10));
	while (n /= 10);
	if (q.nanos < 0)
		*--p = '-';
	return val_new_text(str_cut(p, (size_t)(out + sizeof(out) - p)));
}

static struct val *rewrite(const struct rules *r, const struct place *at,
			   const struct val *v)
{
	if (val_is(v, VAL_LIST))
		return rewrite_list(r, at, v);
	if (val_is(v, VAL_MAP)) {
		struct val_map out = { 0 };

		for (size_t i = val_count(v); i-- > 0;) {
			struct place below = { at, val_key(v, i) };

			val_map_set_take(&out, val_key(v, i),
					 rewrite(r, &below, val_at(v, i)));
		}
		return val_map_take(&out);
	}
	struct val *other = val_text(v) ? in_nanos(val_str(v)) : NULL;
	if (other && rules_is_same(r, at, v, other))
		return other;
	val_unref(other);
	return val_ref(v);
}

/* v with leaf number *n changed, if that is compared; *n ends below 0. */
static struct val *change(const struct rules *r, const struct place *at,
			  const struct val *v, long *n, bool *compared)
{
	AUTO_VAL_MAP map = { 0 };
	AUTO_VAL_LIST list = { 0 };
	struct place below = { .up = at };

	if (*n < 0 || rules_is_never(r, at))
		return val_ref(v);
	if (!val_is(v, VAL_MAP) && !val_is(v, VAL_LIST)) {
		if ((*n)-- > 0 || rules_is_unset(r, at, v))
			return val_ref(v);
		*compared = true;
		return val_new_textz("changed, and no quantity");
	}
	for (size_t i = 0; i < val_count(v); i++)
		if (val_is(v, VAL_MAP)) {
			below.key = val_key(v, i);
			val_map_set_take(&map, below.key,
					 change(r, &below, val_at(v, i), n,
						compared));
		} else {
			val_list_add_take(&list, change(r, &below, val_at(v, i),
							n, compared));
		}
	return val_is(v, VAL_MAP) ? val_map_take(&map) : val_list_take(&list);
}

static void finds(const struct val *want, long leaf)
{
	static const struct place root;
	struct rules r = rules_for(want);
	bool compared = false;
	char a[LIVE_DIGEST_BYTES], b[LIVE_DIGEST_BYTES];

	/* What is live has no stringData, and kind and group decide much. */
	if (val_get(want, "stringData"))
		return;
	REQUIRE(findings(want, want) == 0);
	AUTO(val_unref) struct val *same = rewrite(&r, &root, want);
	REQUIRE(findings(want, same) == 0);
	REQUIRE(findings(same, want) == 0);
	AUTO(val_unref) struct val *other =
		change(&r, &root, want, &leaf, &compared);
	if (!compared)
		return;
	REQUIRE(findings(want, other) > 0);
	/* A Secret's is of its version. */
	if (strcmp(r.kind, "Secret") != 0)
		REQUIRE(strcmp(live_digest(r.kind, want, a),
			       live_digest(r.kind, other, b)));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	AUTO(val_unref) struct val *want = NULL, *live = NULL;
	AUTO_ERR err = ERR_INIT;
	struct str first, second = str_cut((const char *)data, size);
	long leaf = size ? data[size - 1] + 3 * data[size / 2] : 0;

	str_split(second, '\0', &first, &second);
	if (!json_read(first, &want, &err) || !val_is(want, VAL_MAP))
		return 0;
	finds(want, leaf % 100);
	if (json_read(second, &live, &err) && val_is(live, VAL_MAP))
		mends(want, live);
	return 0;
}
