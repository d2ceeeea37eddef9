#include "release/live.h"

#include "base/digest.h"
#include "base/limits.h"
#include "data/json.h"
#include "release/drift_rules.h"
#include "release/fields.h"

/* What we wrote of an object's metadata: of labels "f:labels", and so on. */
static const struct val *ours(const struct val *entry, const char *field)
{
	const struct val *fields = val_get(entry, "fieldsV1");

	return strcmp(val_get_text(entry, "manager"), FIELDS_MANAGER) == 0
		       ? val_get(val_get(fields, "f:metadata"), field)
		       : NULL;
}

static void keep_ours(const struct val *texts, const struct val *fields,
		      struct val_map *kept)
{
	for (size_t i = 0; i < val_count(fields); i++) {
		struct str key = val_key(fields, i);
		const struct val *text;

		if (key.n <= strlen("f:"))
			continue;
		key = str_cut(key.p + strlen("f:"), key.n - strlen("f:"));
		text = val_get_str(texts, key);
		if (text && !rules_is_noise(key))
			val_map_set(kept, key, text);
	}
}

static void keep_all(const struct val *texts, struct val_map *kept)
{
	for (size_t i = 0; val_is(texts, VAL_MAP) && i < val_count(texts); i++)
		if (!rules_is_noise(val_key(texts, i)))
			val_map_set(kept, val_key(texts, i), val_at(texts, i));
}

/* Labels or annotations: ours, which are no longer when somebody else has
 * changed them. All, where nobody says whose they are. */
static struct val *texts_of(const struct val *meta, const char *key,
			    const char *field)
{
	const struct val *entries = val_get(meta, "managedFields");
	struct val_map kept = { 0 };
	bool told = false;

	for (size_t i = 0; i < val_count(entries); i++) {
		const struct val *fields = ours(val_at(entries, i), field);

		told |= fields != NULL;
		keep_ours(val_get(meta, key), fields, &kept);
	}
	if (!told)
		keep_all(val_get(meta, key), &kept);
	return val_map_take(&kept);
}

static struct val *metadata(const struct val *object)
{
	const struct val *meta = val_get(object, "metadata");
	const struct val *owners = val_get(meta, "ownerReferences");
	struct val_map kept = { 0 };

	val_map_put_take(&kept, "labels", texts_of(meta, "labels", "f:labels"));
	val_map_put_take(&kept, "annotations",
			 texts_of(meta, "annotations", "f:annotations"));
	if (owners)
		val_map_put(&kept, "ownerReferences", owners);
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
static struct val *of_interest(const char *kind, const struct val *object)
{
	bool secret = strcmp(kind, "Secret") == 0;
	const struct val *version =
		val_get(val_get(object, "metadata"), "resourceVersion");
	struct val_map kept = { 0 };

	for (size_t i = 0; i < val_count(object); i++) {
		struct str key = val_key(object, i);
		const struct val *item = val_at(object, i);

		if (str_is(key, "status") || str_is(key, "apiVersion") ||
		    str_is(key, "kind") || (secret && str_is(key, "data")))
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

const char *live_digest(const char *kind, const struct val *object,
			char out[LIVE_DIGEST_BYTES])
{
	/* JSON written anew is at most six times as long: escapes. */
	AUTO_BUF text = BUF_INIT(6 * LIMIT_BODY_BYTES);
	AUTO(val_unref) struct val *kept = of_interest(kind, object);
	char whole[DIGEST_TEXT_BYTES];

	json_write_sorted(kept, &text);
	digest_sha256(buf_str(&text), whole);
	memcpy(out, whole, LIVE_DIGEST_BYTES - 1);
	out[LIVE_DIGEST_BYTES - 1] = '\0';
	return out;
}
