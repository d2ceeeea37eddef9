#include "release/record.h"

#include "base/alloc.h"
#include "base/base64.h"
#include "base/clock.h"
#include "base/limits.h"
#include "data/gzip.h"
#include "data/json.h"
#include "release/names.h"

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

static bool read_number(const char *text, int64_t *out)
{
	int64_t n = 0;

	for (const char *p = text; *p; p++) {
		if (*p < '0' || *p > '9' || n > INT32_MAX)
			return false;
		n = n * 10 + (*p - '0');
	}
	*out = n;
	return *text != '\0' && n > 0;
}

bool record_head_read(const struct val *secret, struct record_head *out)
{
	const struct val *meta = val_get(secret, "metadata");
	const struct val *labels = val_get(meta, "labels");
	const struct val *annotations = val_get(meta, "annotations");
	const struct val *refs = val_get(meta, "ownerReferences");
	int64_t revision;

	if (strcmp(val_get_text(labels, "owner"), "helm") != 0 ||
	    !read_number(val_get_text(labels, "version"), &revision))
		return false;
	out->release = alloc_copy(val_get_text(labels, "name"));
	out->digest = alloc_copy(val_get_text(annotations, NAME_DIGEST));
	out->shape = alloc_copy(val_get_text(annotations, NAME_SHAPE_DIGEST));
	out->owner_uid = alloc_copy(
		val_count(refs) ? val_get_text(val_at(refs, 0), "uid") : "");
	out->revision = revision;
	out->status = status_of(val_get_text(labels, "status"));
	return true;
}

void record_head_done(struct record_head *head)
{
	free(head->release);
	free(head->digest);
	free(head->shape);
	free(head->owner_uid);
	*head = (struct record_head){ 0 };
}

char *record_name(const char *release, int64_t revision)
{
	return alloc_print(NAME_RECORD_PREFIX "%s.v%" PRId64, release,
			   revision);
}

static struct val *info_of(const struct record_spec *spec)
{
	struct val_map info = { 0 };
	char time[CLOCK_TEXT_BYTES];

	val_map_set_text(&info, "first_deployed",
			 clock_print_ns(spec->first_deployed_ns, time));
	val_map_set_text(&info, "last_deployed",
			 clock_print_ns(spec->last_deployed_ns, time));
	val_map_set_text(&info, "deleted", "");
	val_map_set_text(&info, "description", spec->description);
	val_map_set_text(&info, "status", record_status_text(spec->status));
	if (spec->notes.n)
		val_map_put_take(&info, "notes", val_new_text(spec->notes));
	return val_map_take(&info);
}

/* {name, data} with the bytes in base64, as Go prints a []byte. */
static struct val *template_of(const struct chart_file *file)
{
	AUTO_BUF data = BUF_INIT(2 * LIMIT_CHART_FILE_BYTES);
	struct val_map map = { 0 };

	base64_write(file->data, &data);
	val_map_set_text(&map, "name", file->path);
	val_map_put_take(&map, "data", val_new_text(buf_str(&data)));
	return val_map_take(&map);
}

static struct val *chart_of(const struct chart *chart)
{
	struct val_map map = { 0 };
	struct val_list templates = { 0 };

	for (size_t i = 0; i < chart->file_count; i++)
		if (str_starts(str_of(chart->files[i].path), "templates/"))
			val_list_add_take(&templates,
					  template_of(&chart->files[i]));
	val_map_put(&map, "metadata", chart->meta);
	val_map_put(&map, "lock", val_null());
	val_map_put_take(&map, "templates", val_list_take(&templates));
	val_map_put(&map, "values", chart->values);
	val_map_put(&map, "schema", val_null());
	val_map_put(&map, "files", val_null());
	return val_map_take(&map);
}

struct val *record_new(const struct record_spec *spec)
{
	struct val_map map = { 0 };

	val_map_set_text(&map, "name", spec->owner->release);
	val_map_put_take(&map, "info", info_of(spec));
	val_map_put_take(&map, "chart", chart_of(spec->chart));
	val_map_put(&map, "config", spec->config ? spec->config : val_null());
	val_map_put_take(&map, "manifest", val_new_text(spec->manifest));
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

/* base64(base64(gzip(JSON))): the outer one is the API's, for data. */
static bool encode(const struct val *body, struct buf *out, struct err *err)
{
	AUTO_BUF json = BUF_INIT(LIMIT_RECORD_TEXT_BYTES);
	AUTO_BUF packed = BUF_INIT(LIMIT_RECORD_BYTES);
	AUTO_BUF inner = BUF_INIT(2 * LIMIT_RECORD_BYTES);

	json_write_go(body, &json);
	if (!buf_check(&json, err) ||
	    !gzip_write(buf_str(&json), 9, &packed, err))
		return false;
	base64_write(buf_str(&packed), &inner);
	if (inner.len > LIMIT_RECORD_BYTES)
		return err_set(err, ERR_LIMIT, "%zu bytes, a Secret holds %zu",
			       inner.len, LIMIT_RECORD_BYTES);
	base64_write(buf_str(&inner), out);
	return buf_check(out, err);
}

static struct val *without_templates(const struct val *body)
{
	AUTO(val_unref) struct val *chart =
		val_with(val_get(body, "chart"), "templates", val_null());

	return val_with(body, "chart", chart);
}

/* {"release": …}, leaving the chart's templates out when that is too large. */
static bool data_of(const struct val *body, struct val **out, struct err *err)
{
	AUTO_BUF text = BUF_INIT(4 * LIMIT_RECORD_BYTES);
	AUTO_ERR first = ERR_INIT;
	struct val_map data = { 0 };

	if (!encode(body, &text, &first)) {
		if (first.kind != ERR_LIMIT) {
			err_move(err, &first);
			return false;
		}
		AUTO(val_unref) struct val *less = without_templates(body);
		buf_clear(&text);
		if (!encode(less, &text, err))
			return err_wrap(err, "record of release %s",
					val_get_text(body, "name"));
	}
	val_map_put_take(&data, "release", val_new_text(buf_str(&text)));
	*out = val_map_take(&data);
	return true;
}

static struct val *digests_of(const struct record_spec *spec)
{
	struct val_map map = { 0 };

	val_map_set_text(&map, NAME_DIGEST, spec->digest);
	val_map_set_text(&map, NAME_SHAPE_DIGEST, spec->shape);
	return val_map_take(&map);
}

/* The labels that a status brings; stamp is createdAt or modifiedAt. */
static struct val_map labels_of(const struct val *body, const char *stamp,
				int64_t now_ns)
{
	struct val_map labels = { 0 };
	const char *status = val_get_text(val_get(body, "info"), "status");
	AUTO_FREE char *seconds = alloc_print("%" PRId64, now_ns / 1000000000);

	val_map_set_text(&labels, "status", status);
	val_map_set_text(&labels, stamp, seconds);
	return labels;
}

static struct val *metadata_of(const struct record_spec *spec,
			       const struct val *body, int64_t now_ns)
{
	const struct owner *owner = spec->owner;
	struct val_map meta = { 0 };
	struct val_map labels = labels_of(body, "createdAt", now_ns);
	AUTO_FREE char *name = record_name(owner->release, spec->revision);
	AUTO_FREE char *version = alloc_print("%" PRId64, spec->revision);

	val_map_set_text(&labels, "name", owner->release);
	val_map_set_text(&labels, "owner", "helm");
	val_map_set_text(&labels, "version", version);
	val_map_set_text(&meta, "name", name);
	val_map_set_text(&meta, "namespace", owner->release_namespace);
	val_map_put_take(&meta, "labels", val_map_take(&labels));
	val_map_put_take(&meta, "annotations", digests_of(spec));
	if (strcmp(owner->namespace, owner->release_namespace) == 0)
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
	val_map_put_take(&secret, "metadata", metadata_of(spec, body, now_ns));
	val_map_set_text(&secret, "type", NAME_RECORD_TYPE);
	val_map_put_take(&secret, "data", data);
	*out = val_map_take(&secret);
	return true;
}

bool record_patch(const struct val *body, const struct record_spec *spec,
		  int64_t now_ns, struct val **out, struct err *err)
{
	struct val_map patch = { 0 }, meta = { 0 };
	struct val *data = NULL;

	if (!data_of(body, &data, err))
		return false;
	struct val_map labels = labels_of(body, "modifiedAt", now_ns);
	val_map_put(&labels, "createdAt", val_null());
	val_map_put_take(&meta, "labels", val_map_take(&labels));
	if (spec)
		val_map_put_take(&meta, "annotations", digests_of(spec));
	val_map_put_take(&patch, "metadata", val_map_take(&meta));
	val_map_put_take(&patch, "data", data);
	*out = val_map_take(&patch);
	return true;
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
	AUTO(val_unref) struct val *body = take;

	if (!val_is(val_get(body, "info"), VAL_MAP) ||
	    !val_is(val_get(body, "chart"), VAL_MAP))
		return err_set(err, ERR_INVALID,
			       "data.release: no release of Helm");
	*out = TAKE(body);
	return true;
}

bool record_read(const struct val *secret, struct val **out, struct err *err)
{
	struct val *body = NULL;
	AUTO_BUF inner = BUF_INIT(2 * LIMIT_RECORD_BYTES);
	AUTO_BUF packed = BUF_INIT(2 * LIMIT_RECORD_BYTES);
	AUTO_BUF json = BUF_INIT(LIMIT_RECORD_TEXT_BYTES);
	const struct val *text = val_get(val_get(secret, "data"), "release");

	if (!val_is(text, VAL_TEXT))
		return err_set(err, ERR_INVALID, "record without data.release");
	if (!base64_read(val_str(text), &inner, err) ||
	    !buf_check(&inner, err) ||
	    !base64_read(buf_str(&inner), &packed, err) ||
	    !buf_check(&packed, err))
		return err_wrap(err, "data.release");
	/* Very old releases are not packed (Helm decodeRelease). */
	bool plain = !str_starts(buf_str(&packed), "\x1f\x8b\x08");
	if (!plain && !gzip_read(buf_str(&packed), &json, err))
		return err_wrap(err, "data.release");
	if (!json_read(plain ? buf_str(&packed) : buf_str(&json), &body, err))
		return err_wrap(err, "data.release");
	return check_body(body, out, err);
}
