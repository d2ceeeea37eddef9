#include "release/digest.h"
#include "release/record.h"

#include "base/alloc.h"
#include "base/base64.h"
#include "base/clock.h"
#include "base/limits.h"
#include "data/gzip.h"
#include "data/json.h"
#include "data/sorted.h"
#include "release/names.h"
#include "release/record_chart.h"

#include <inttypes.h>

static const char *const status_text[] = {
#define X(name, text) [RECORD_##name] = text,
	RECORD_STATUSES(X)
#undef X
};

const char *record_status_text(enum record_status status)
{
	return status_text[status];
}

static enum record_status status_of(const char *text)
{
	for (size_t i = 0; i < ARRAY_LEN(status_text); i++)
		if (strcmp(text, status_text[i]) == 0)
			return (enum record_status)i;
	return RECORD_UNKNOWN;
}

bool record_is_pending(enum record_status status)
{
	return status == RECORD_PENDING_INSTALL ||
	       status == RECORD_PENDING_UPGRADE ||
	       status == RECORD_PENDING_ROLLBACK;
}

/* A number above 0. */
static bool read_number(const struct val *labels, const char *label,
			int64_t max, int64_t *out)
{
	struct str text = str_of(val_get_text(labels, label));
	uint64_t n;

	if (!str_number(text, (uint64_t)max, &n) || n == 0)
		return false;
	*out = (int64_t)n;
	return true;
}

bool record_head_read(const struct val *secret, struct record_head *out)
{
	const struct val *meta = val_get(secret, "metadata");
	const struct val *labels = val_get(meta, "labels");
	const struct val *annotations = val_get(meta, "annotations");
	const struct val *refs = val_get(meta, "ownerReferences");
	/* As far as nanoseconds reach. */
	const int64_t longest_s = INT64_MAX / 1000000000;
	int64_t revision;

	if (strcmp(val_get_text(labels, "owner"), "helm") != 0 ||
	    !read_number(labels, "version", INT32_MAX, &revision))
		return false;
	out->release = alloc_copy(val_get_text(labels, "name"));
	out->digest = alloc_copy(val_get_text(annotations, NAME_DIGEST));
	out->shape = alloc_copy(val_get_text(annotations, NAME_SHAPE_DIGEST));
	out->config = alloc_copy(val_get_text(annotations, NAME_CONFIG_DIGEST));
	out->owner_uid = alloc_copy(
		val_count(refs) ? val_get_text(val_at(refs, 0), "uid")
				: val_get_text(annotations, NAME_OWNER_UID));
	out->failure = alloc_copy(val_get_text(annotations, NAME_FAILURE));
	out->uid = alloc_copy(val_get_text(meta, "uid"));
	out->hooks = alloc_copy(val_get_text(annotations, NAME_HOOKS));
	out->lock = alloc_copy(val_get_text(annotations, NAME_LOCK));
	/* Helm writes createdAt once, and modifiedAt in its place later. */
	if (!read_number(labels, "modifiedAt", longest_s, &out->written_s) &&
	    !read_number(labels, "createdAt", longest_s, &out->written_s))
		out->written_s = 0;
	int64_t ns = 0;
	out->created_s =
		clock_parse(val_str(val_get(meta, "creationTimestamp")), &ns)
			? ns / 1000000000
			: 0;
	out->revision = revision;
	out->status = status_of(val_get_text(labels, "status"));
	return true;
}

void record_head_done(struct record_head *head)
{
	free(head->release);
	free(head->digest);
	free(head->shape);
	free(head->config);
	free(head->owner_uid);
	free(head->lock);
	free(head->failure);
	free(head->uid);
	free(head->hooks);
	*head = (struct record_head){ 0 };
}

char *record_name(const char *release, int64_t revision)
{
	return alloc_print(NAME_RECORD_PREFIX "%s.v%" PRId64, release,
			   revision);
}

/* As Go prints a time: without zeros at the end of the fraction. Helm 3
 * prints one that is not set as "". */
static void put_time(struct val_map *to, const char *key, int64_t ns)
{
	char text[CLOCK_TEXT_BYTES] = "";

	if (ns) {
		size_t n = strlen(clock_print_ns(ns, text)) - strlen("Z");

		while (text[n - 1] == '0')
			n--;
		memcpy(text + n - (text[n - 1] == '.'), "Z", sizeof("Z"));
	}
	val_map_set_text(to, key, text);
}

static struct val *info_of(const struct record_spec *spec)
{
	struct val_map info = { 0 };
	bool locked = spec->lock && *spec->lock;
	AUTO_FREE char *description = alloc_print("%s%s%s", spec->description,
						  locked ? " " : "",
						  locked ? spec->lock : "");

	put_time(&info, "first_deployed", spec->first_deployed_ns);
	put_time(&info, "last_deployed", spec->last_deployed_ns);
	val_map_set_text(&info, "deleted", "");
	val_map_set_text(&info, "description", description);
	val_map_set_text(&info, "status", record_status_text(spec->status));
	if (spec->notes.n)
		val_map_put_take(&info, "notes", val_new_text(spec->notes));
	return val_map_take(&info);
}

/* omitempty */
static void put_list(struct val_map *to, const char *key,
		     const struct val *list)
{
	if (val_count(list))
		val_map_put(to, key, list);
}

static struct val *hook_of(const struct record_hook *hook)
{
	struct val_map map = { 0 }, run = { 0 };

	put_time(&run, "started_at", hook->started_ns);
	put_time(&run, "completed_at", hook->completed_ns);
	val_map_set_text(&run, "phase", hook->phase ? hook->phase : "");
	val_map_set_text(&map, "name", hook->name);
	val_map_set_text(&map, "kind", hook->kind);
	val_map_set_text(&map, "path", hook->path);
	val_map_put_take(&map, "manifest", val_new_text(hook->manifest));
	put_list(&map, "events", hook->events);
	val_map_put_take(&map, "last_run", val_map_take(&run));
	if (hook->weight)
		val_map_set_int(&map, "weight", hook->weight);
	put_list(&map, "delete_policies", hook->delete_policies);
	put_list(&map, "output_log_policies", hook->log_policies);
	return val_map_take(&map);
}

static struct val *hooks_of(const struct record_spec *spec)
{
	struct val_list list = { 0 };

	for (size_t i = 0; i < spec->hook_count; i++)
		val_list_add_take(&list, hook_of(&spec->hooks[i]));
	return val_list_take(&list);
}

struct val *record_new(const struct record_spec *spec)
{
	AUTO(val_unref) struct val *config = sorted_new(spec->config);
	AUTO(val_unref) struct val *hooks = hooks_of(spec);
	struct val_map map = { 0 };

	val_map_set_text(&map, "name", spec->owner->release);
	val_map_put_take(&map, "info", info_of(spec));
	val_map_put_take(&map, "chart",
			 record_chart_new(spec->chart, spec->enabled,
					  spec->defaults));
	put_list(&map, "config", config);
	if (spec->manifest.n)
		val_map_put_take(&map, "manifest",
				 val_new_text(spec->manifest));
	put_list(&map, "hooks", hooks);
	val_map_set_int(&map, "version", spec->revision);
	val_map_set_text(&map, "namespace", spec->owner->release_namespace);
	return val_map_take(&map);
}

struct val *record_with_status(const struct val *body,
			       enum record_status status,
			       const char *description)
{
	AUTO(val_unref) struct val *info = val_with_text(
		val_get(body, "info"), "status", record_status_text(status));

	if (description) {
		struct val *described =
			val_with_text(info, "description", description);

		val_unref(info);
		info = described;
	}
	return val_with(body, "info", info);
}

/* base64(base64(gzip(JSON))): the outer one is the API's, for data. What is
 * too large is told with its size, so no buffer is smaller than the JSON. */
static bool encode(const struct val *body, struct buf *out, struct err *err)
{
	AUTO_BUF json = BUF_INIT(LIMIT_RECORD_TEXT_BYTES);
	AUTO_BUF packed = BUF_INIT(2 * LIMIT_RECORD_TEXT_BYTES);
	AUTO_BUF inner = BUF_INIT(2 * LIMIT_RECORD_BYTES);

	json_write_go(body, &json);
	if (!buf_check(&json, err))
		return err_wrap(err, "before compression");
	if (!gzip_write(buf_str(&json), GZIP_BEST, &packed, err))
		return false;
	size_t n = base64_size(packed.len);
	if (n > LIMIT_RECORD_BYTES)
		return err_set(err, ERR_LIMIT, "%zu bytes, a Secret holds %zu",
			       n, LIMIT_RECORD_BYTES);
	base64_write(buf_str(&packed), &inner);
	base64_write(buf_str(&inner), out);
	return buf_check(out, err);
}

static struct val *with_less(const struct val *body)
{
	AUTO(val_unref) struct val *chart =
		record_chart_less(val_get(body, "chart"));

	return val_with(body, "chart", chart);
}

/* {"release": …}, leaving parts of the chart out when that is too large. */
static bool data_of(const struct val *body, struct val **out, struct err *err)
{
	AUTO_BUF text = BUF_INIT(2 * LIMIT_RECORD_BYTES);
	AUTO_ERR first = ERR_INIT;
	struct val_map data = { 0 };

	if (!encode(body, &text, &first)) {
		if (first.kind != ERR_LIMIT) {
			err_move(err, &first);
			return false;
		}
		AUTO(val_unref) struct val *less = with_less(body);
		buf_clear(&text);
		if (!encode(less, &text, err))
			return err_wrap(err, "record of release %s",
					val_get_text(body, "name"));
	}
	val_map_put_take(&data, "release", val_new_text(buf_str(&text)));
	*out = val_map_take(&data);
	return true;
}

/* An owner in another namespace cannot be referred to. */
static bool is_elsewhere(const struct owner *owner)
{
	return strcmp(owner->namespace, owner->release_namespace) != 0;
}

static struct val *annotations_of(const struct record_spec *spec)
{
	char config[DIGEST_TEXT_BYTES];
	struct val_map map = { 0 };

	val_map_set_text(&map, NAME_DIGEST, spec->digest);
	val_map_set_text(&map, NAME_SHAPE_DIGEST, spec->shape);
	val_map_set_text(&map, NAME_CONFIG_DIGEST,
			 digest_value(spec->config, config));
	if (spec->lock)
		val_map_set_text(&map, NAME_LOCK, spec->lock);
	if (is_elsewhere(spec->owner)) {
		owner_set_primary(spec->owner, &map);
		val_map_set_text(&map, NAME_OWNER_UID, spec->owner->uid);
	}
	return val_map_take(&map);
}

/* The labels that a status brings; stamp is createdAt or modifiedAt. */
static struct val_map labels_of(enum record_status status, const char *stamp,
				int64_t now_ns)
{
	struct val_map labels = { 0 };
	AUTO_FREE char *seconds = alloc_print("%" PRId64, now_ns / 1000000000);

	val_map_set_text(&labels, "status", record_status_text(status));
	val_map_set_text(&labels, stamp, seconds);
	return labels;
}

static struct val *metadata_of(const struct record_spec *spec, int64_t now_ns)
{
	const struct owner *owner = spec->owner;
	struct val_map meta = { 0 };
	struct val_map labels = labels_of(spec->status, "createdAt", now_ns);
	AUTO_FREE char *name = record_name(owner->release, spec->revision);
	AUTO_FREE char *version = alloc_print("%" PRId64, spec->revision);

	val_map_set_text(&labels, "name", owner->release);
	val_map_set_text(&labels, "owner", "helm");
	val_map_set_text(&labels, "version", version);
	val_map_set_text(&meta, "name", name);
	val_map_set_text(&meta, "namespace", owner->release_namespace);
	val_map_put_take(&meta, "labels", val_map_take(&labels));
	val_map_put_take(&meta, "annotations", annotations_of(spec));
	if (!is_elsewhere(owner))
		val_map_put_take(&meta, "ownerReferences",
				 owner_references(owner));
	return val_map_take(&meta);
}

bool record_secret(const struct record_spec *spec, const struct val *body,
		   int64_t now_ns, struct val **out, struct err *err)
{
	struct val_map secret = { 0 };
	struct val *data = NULL;

	if (!data_of(body, &data, err))
		return false;
	val_map_set_text(&secret, "apiVersion", "v1");
	val_map_set_text(&secret, "kind", "Secret");
	val_map_put_take(&secret, "metadata", metadata_of(spec, now_ns));
	val_map_set_text(&secret, "type", NAME_RECORD_TYPE);
	val_map_put_take(&secret, "data", data);
	*out = val_map_take(&secret);
	return true;
}

/* Where no lock is said, what was locked is free. Annotations may be NULL. */
static struct val *unlocked(struct val *take)
{
	AUTO(val_unref) struct val *annotations = take;

	return val_get(annotations, NAME_LOCK)
		       ? val_ref(annotations)
		       : val_with(annotations, NAME_LOCK, val_null());
}

/* body may be NULL: the stored one stays. */
static bool patch(const struct val *body, enum record_status status,
		  struct val *take_annotations, int64_t now_ns,
		  struct val **out, struct err *err)
{
	AUTO(val_unref) struct val *annotations = unlocked(take_annotations);
	struct val_map patch = { 0 }, meta = { 0 };
	struct val *data = NULL;

	if (body && !data_of(body, &data, err))
		return false;
	struct val_map labels = labels_of(status, "modifiedAt", now_ns);
	val_map_put(&labels, "createdAt", val_null());
	val_map_put_take(&meta, "labels", val_map_take(&labels));
	val_map_put(&meta, "annotations", annotations);
	val_map_put_take(&patch, "metadata", val_map_take(&meta));
	if (data)
		val_map_put_take(&patch, "data", data);
	*out = val_map_take(&patch);
	return true;
}

bool record_patch(const struct val *body, const struct record_spec *spec,
		  int64_t now_ns, struct val **out, struct err *err)
{
	return patch(body, spec->status, annotations_of(spec), now_ns, out,
		     err);
}

bool record_patch_adopted(const struct val *body,
			  const struct record_spec *spec, int64_t now_ns,
			  struct val **out, struct err *err)
{
	AUTO(val_unref) struct val *rest = NULL;

	if (!record_patch(body, spec, now_ns, &rest, err))
		return false;
	if (is_elsewhere(spec->owner)) {
		*out = TAKE(rest);
		return true;
	}
	AUTO(val_unref) struct val *refs = owner_references(spec->owner);
	AUTO(val_unref) struct val *meta =
		val_with(val_get(rest, "metadata"), "ownerReferences", refs);
	*out = val_with(rest, "metadata", meta);
	return true;
}

bool record_patch_status(const struct val *body, enum record_status status,
			 int64_t now_ns, struct val **out, struct err *err)
{
	AUTO(val_unref) struct val *marked =
		body ? record_with_status(body, status, NULL) : NULL;

	return patch(marked, status, NULL, now_ns, out, err);
}

bool record_patch_failed(const struct val *body, const char *failure,
			 int64_t now_ns, struct val **out, struct err *err)
{
	const char *why = failure ? failure
				  : "Given up for a newer specification";
	AUTO(val_unref) struct val *failed =
		body ? record_with_status(body, RECORD_FAILED, why) : NULL;
	struct val_map annotations = { 0 };

	if (failure)
		val_map_set_text(&annotations, NAME_FAILURE, failure);
	else
		val_map_set_text(&annotations, NAME_DIGEST, "");
	return patch(failed, RECORD_FAILED, val_map_take(&annotations), now_ns,
		     out, err);
}

struct val *record_patch_resizing(void)
{
	struct val_map patch = { 0 }, meta = { 0 }, annotations = { 0 };

	val_map_set_text(&annotations, NAME_DIGEST, "");
	val_map_put_take(&meta, "annotations", val_map_take(&annotations));
	val_map_put_take(&patch, "metadata", val_map_take(&meta));
	return val_map_take(&patch);
}

/* What else uses a body may rely on. */
static bool check_body(struct val *take, struct val **out, struct err *err)
{
	static const char *const maps[] = { "info", "chart" };
	AUTO(val_unref) struct val *body = take;
	const struct val *manifest = val_get(body, "manifest");

	for (size_t i = 0; i < ARRAY_LEN(maps); i++)
		if (!val_is(val_get(body, maps[i]), VAL_MAP))
			return err_set(err, ERR_INVALID,
				       "no release of Helm: it has no map %s",
				       maps[i]);
	if (manifest && !val_is(manifest, VAL_TEXT))
		return err_set(err, ERR_INVALID,
			       "no release of Helm: manifest is a %s",
			       val_type_text(val_type(manifest)));
	*out = TAKE(body);
	return true;
}

/* Values in JSON, counted by what stands before each outside of texts, before
 * any is made: a little gzip may hold more than memory does. */
static bool check_count(struct str json, struct err *err)
{
	size_t n = 1;
	bool inside = false;

	for (size_t i = 0; i < json.n; i++) {
		char c = json.p[i];

		if (inside && c == '\\')
			i++;
		else if (c == '"')
			inside = !inside;
		else if (!inside && (c == ',' || c == '[' || c == '{'))
			n++;
	}
	return n <= LIMIT_RECORD_VALUES ||
	       err_set(err, ERR_LIMIT, "more than %d values",
		       LIMIT_RECORD_VALUES);
}

/* Undoes one base64, which one is for people. */
static bool decode(struct str text, const char *which, struct buf *out,
		   struct err *err)
{
	return (base64_read(text, out, err) && buf_check(out, err)) ||
	       err_wrap(err, "%s base64", which);
}

static bool read(struct str text, struct val **out, struct err *err)
{
	AUTO_BUF inner = BUF_INIT(2 * LIMIT_RECORD_BYTES);
	AUTO_BUF packed = BUF_INIT(2 * LIMIT_RECORD_BYTES);
	AUTO_BUF unpacked = BUF_INIT(LIMIT_RECORD_TEXT_BYTES);
	struct val *body = NULL;

	if (!decode(text, "outer", &inner, err) ||
	    !decode(buf_str(&inner), "inner", &packed, err))
		return false;
	struct str json = buf_str(&packed);
	/* Very old releases are not packed: Helm's decodeRelease asks for the
	 * same three bytes. */
	if (gzip_is(json)) {
		if (!gzip_read(json, &unpacked, err))
			return false;
		json = buf_str(&unpacked);
	}
	if (!check_count(json, err) || !json_read(json, &body, err))
		return err_wrap(err, "JSON");
	return check_body(body, out, err);
}

bool record_read(const struct val *secret, struct val **out, struct err *err)
{
	const struct val *text = val_get(val_get(secret, "data"), "release");

	if (!val_is(text, VAL_TEXT))
		return err_set(err, ERR_INVALID, "record without data.release");
	return read(val_str(text), out, err) || err_wrap(err, "data.release");
}
