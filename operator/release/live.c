#include "release/live.h"

#include "base/digest.h"
#include "base/limits.h"
#include "data/json.h"
#include "release/drift_rules.h"

static struct val *quiet(const struct val *annotations)
{
	struct val_map kept = { 0 };

	for (size_t i = 0; i < val_count(annotations); i++)
		if (!rules_is_noise(val_key(annotations, i)))
			val_map_set(&kept, val_key(annotations, i),
				    val_at(annotations, i));
	return val_map_take(&kept);
}

static struct val *metadata(const struct val *object)
{
	static const char *const keys[] = { "labels", "ownerReferences" };
	const struct val *meta = val_get(object, "metadata");
	const struct val *annotations = val_get(meta, "annotations");
	struct val_map kept = { 0 };

	for (size_t i = 0; i < ARRAY_LEN(keys); i++)
		if (val_get(meta, keys[i]))
			val_map_put(&kept, keys[i], val_get(meta, keys[i]));
	if (val_is(annotations, VAL_MAP))
		val_map_put_take(&kept, "annotations", quiet(annotations));
	return val_map_take(&kept);
}

/* What controllers fill in, once. */
static struct val *spec_of(const char *kind, const struct val *spec)
{
	static const struct {
		const char *kind, *key;
	} table[] = {
		{ "PersistentVolumeClaim", "volumeName" },
		{ "Pod", "nodeName" },
	};

	for (size_t i = 0; i < ARRAY_LEN(table) && val_is(spec, VAL_MAP); i++)
		if (strcmp(kind, table[i].kind) == 0)
			return val_without(spec, table[i].key);
	return val_ref(spec);
}

/* The object without what is not looked at. */
static struct val *of_interest(const struct val *object)
{
	const char *kind = val_get_text(object, "kind");
	bool secret = strcmp(kind, "Secret") == 0;
	const struct val *version =
		val_get(val_get(object, "metadata"), "resourceVersion");
	struct val_map kept = { 0 };

	for (size_t i = 0; i < val_count(object); i++) {
		struct str key = val_key(object, i);
		const struct val *item = val_at(object, i);

		if (str_is(key, "status") || (secret && str_is(key, "data")))
			continue;
		if (str_is(key, "metadata"))
			val_map_set_take(&kept, key, metadata(object));
		else if (str_is(key, "spec"))
			val_map_set_take(&kept, key, spec_of(kind, item));
		else
			val_map_set(&kept, key, item);
	}
	/* Nobody but people writes to a Secret, and its version tells that. */
	if (secret && version)
		val_map_put(&kept, "data", version);
	return val_map_take(&kept);
}

const char *live_digest(const struct val *object, char out[LIVE_DIGEST_BYTES])
{
	/* JSON written anew is at most six times as long: escapes. */
	AUTO_BUF text = BUF_INIT(6 * LIMIT_BODY_BYTES);
	AUTO(val_unref) struct val *kept = of_interest(object);
	char whole[DIGEST_TEXT_BYTES];

	json_write_sorted(kept, &text);
	digest_sha256(buf_str(&text), whole);
	memcpy(out, whole, LIVE_DIGEST_BYTES - 1);
	out[LIVE_DIGEST_BYTES - 1] = '\0';
	return out;
}
