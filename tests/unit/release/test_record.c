/* Records: ours as Helm reads them, Helm's as we do. */
#include "release/record.h"

#include "base/alloc.h"
#include "base/base64.h"
#include "base/limits.h"
#include "data/gzip.h"
#include "data/json.h"
#include "data/path.h"
#include "release/names.h"

#include "unit/release/given.h"
#include "unit/rows.h"

/* Of values that there are none of: null. */
#define NO_CONFIG                                                \
	"ide.example.com/config-digest: "                        \
	"74234e98afe7498fb5daf1f36ac2d78acc339464f950703b8c0198" \
	"92f982b90b, "

static const struct owner bob = {
	.api_version = "ide.example.com/v1alpha1",
	.kind = "DevMachine",
	.namespace = "team",
	.name = "bob",
	.uid = "uid-1",
	.release = "bob",
	.release_namespace = "team",
	.chart = "c",
};

/* 2026-11-21T03:06:17.570937322Z, of helm3-v1.json, and a second later. */
static const int64_t first_ns = 1795230377570937322;
static const int64_t last_ns = 1795230378570937322;

/* A chart as far as records look at it. */
struct small {
	struct chart chart;
	struct chart_file files[4];
};

static void small_done(struct small *s)
{
	val_unref(s->chart.meta);
	val_unref(s->chart.values);
}
#define SMALL __attribute__((cleanup(small_done))) struct small

static void small_make(struct small *s)
{
	static char a[] = "templates/a.yaml", b[] = "templates/_b.mustache",
		    notes[] = "templates/NOTES.txt", p[] = "presets/p.yaml";

	*s = (struct small){
		.files = { { .path = p, .data = str_of("a: 2\n") },
			   { .path = notes, .data = str_of("notes") },
			   { .path = b, .data = str_of("b") },
			   { .path = a, .data = str_of("# nothing\n") } },
	};
	s->chart.files = s->files;
	s->chart.file_count = ARRAY_LEN(s->files);
	s->chart.meta = given("{apiVersion: v2, name: c, version: 1.2.3}");
	s->chart.values = given("{a: <1>}");
}

static struct record_spec spec_of(const struct chart *chart)
{
	return (struct record_spec){
		.owner = &bob,
		.chart = chart,
		.revision = 2,
		.status = RECORD_PENDING_UPGRADE,
		.first_deployed_ns = first_ns,
		.last_deployed_ns = last_ns,
		.description = "Preparing upgrade",
		.notes = str_of("see <https://x>\n"),
		.manifest = str_of("---\n# Source: c/templates/a.yaml\na: 1\n"),
		.digest = "d2",
		.shape = "s2",
	};
}

/* Undoes one base64. */
static void undo(struct str text, struct buf *out)
{
	AUTO_ERR err = ERR_INIT;

	assert_true(base64_read(text, out, &err));
	assert_true(buf_check(out, &err));
}

/* The JSON text of a record, and the gzip that it was packed in. */
static void unpack(const struct val *secret, struct buf *packed,
		   struct buf *json)
{
	AUTO_BUF inner = BUF_INIT(LIMIT_MIB(4));
	AUTO_ERR err = ERR_INIT;

	undo(val_str(val_get(val_get(secret, "data"), "release")), &inner);
	undo(buf_str(&inner), packed);
	assert_true(gzip_read(buf_str(packed), json, &err));
}

static struct val *read_body(const struct val *secret)
{
	AUTO_ERR err = ERR_INIT;
	struct val *body = NULL;

	if (!record_read(secret, &body, &err))
		fail_msg("%s", err.msg);
	return body;
}

static const struct helm_row {
	const char *name, *file, *release, *status, *image;
	int64_t revision;
	bool same_keys; /* as ours: Helm 4 has more */
} helm_rows[] = {
	{ "Helm 3, superseded", "helm3-v1", "bob", "superseded",
	  "registry.example.com/ide/code-server:4.96.2", 1, true },
	{ "Helm 3, deployed", "helm3-v2", "bob", "deployed", "x:2", 2, true },
	{ "Helm 4, deployed", "helm4-v1", "carol", "deployed",
	  "registry.example.com/ide/code-server:4.96.2", 1, false },
};

static struct val *helm_secret(const struct helm_row *row)
{
	AUTO_FREE char *path =
		alloc_print("tests/unit/release/data/%s.json", row->file);

	return given_file(path);
}

static void reads_helm(void **state)
{
	const struct helm_row *row = *state;
	AUTO(val_unref) struct val *secret = helm_secret(row);
	AUTO(val_unref) struct val *body = read_body(secret);
	struct record_head head;

	assert_true(record_head_read(secret, &head));
	assert_string_equal(head.release, row->release);
	assert_string_equal(record_status_text(head.status), row->status);
	assert_int_equal(head.revision, row->revision);
	assert_string_equal(head.digest, "");
	assert_string_equal(head.shape, "");
	assert_string_equal(head.owner_uid, "");
	record_head_done(&head);
	assert_string_equal(val_get_text(body, "name"), row->release);
	assert_string_equal(path_get_text(body, "info.status"), row->status);
	assert_string_equal(path_get_text(body, "config.image"), row->image);
	assert_string_equal(path_get_text(secret, "type"), NAME_RECORD_TYPE);
	AUTO_FREE char *name = record_name(row->release, row->revision);
	assert_string_equal(path_get_text(secret, "metadata.name"), name);
}

/* Byte for byte: `<`, `>` and `&` escaped, no blanks, no line end. */
static void writes_as_helm(void **state)
{
	const struct helm_row *row = *state;
	AUTO(val_unref) struct val *secret = helm_secret(row);
	AUTO(val_unref) struct val *body = read_body(secret);
	AUTO_BUF packed = BUF_INIT(LIMIT_MIB(1));
	AUTO_BUF want = BUF_INIT(LIMIT_MIB(1));
	AUTO_BUF got = BUF_INIT(LIMIT_MIB(1));

	unpack(secret, &packed, &want);
	json_write_go(body, &got);
	assert_string_equal(buf_text(&got), buf_text(&want));
}

static void keys_of(const struct val *map, struct buf *out)
{
	for (size_t i = 0; i < val_count(map); i++)
		buf_addf(out, STR_FMT " ", STR_ARG(val_key(map, i)));
	buf_add_char(out, '\n');
}

static void all_keys(const struct val *body, struct buf *out)
{
	keys_of(body, out);
	keys_of(val_get(body, "info"), out);
	keys_of(val_get(body, "chart"), out);
	keys_of(path_get(body, "chart.templates.0"), out);
}

static void orders_keys_as_helm(void **state)
{
	const struct helm_row *row = *state;
	AUTO(val_unref) struct val *secret = helm_secret(row);
	AUTO(val_unref) struct val *theirs = read_body(secret);
	SMALL small;
	small_make(&small);
	struct record_spec spec = spec_of(&small.chart);
	AUTO(val_unref) struct val *config = given("{cpu: 500m}");
	spec.config = config;
	AUTO(val_unref) struct val *ours = record_new(&spec);
	AUTO_BUF want = BUF_INIT(1000);
	AUTO_BUF got = BUF_INIT(1000);

	all_keys(theirs, &want);
	all_keys(ours, &got);
	if (row->same_keys)
		assert_string_equal(buf_text(&got), buf_text(&want));
}

/* The ten bytes before the data are those of Go's compress/gzip. */
static void packs_as_helm(void **state)
{
	const struct helm_row *row = *state;
	AUTO(val_unref) struct val *theirs = helm_secret(row);
	SMALL small;
	small_make(&small);
	struct record_spec spec = spec_of(&small.chart);
	AUTO(val_unref) struct val *body = record_new(&spec);
	AUTO(val_unref) struct val *ours = NULL;
	AUTO_BUF want = BUF_INIT(LIMIT_MIB(1));
	AUTO_BUF got = BUF_INIT(LIMIT_MIB(1));
	AUTO_BUF json = BUF_INIT(LIMIT_MIB(1));
	AUTO_ERR err = ERR_INIT;

	assert_true(record_secret(&spec, body, last_ns, &ours, &err));
	unpack(theirs, &want, &json);
	buf_clear(&json);
	unpack(ours, &got, &json);
	assert_memory_equal(got.p, want.p, 10);
}

static void body(void **state)
{
	(void)state;
	SMALL small;
	small_make(&small);
	struct record_spec spec = spec_of(&small.chart);
	AUTO(val_unref) struct val *config = given("{cpu: 500m}");

	spec.config = config;
	AUTO(val_unref) struct val *v = record_new(&spec);
	assert_given(val_get(v, "info"),
		     "{first_deployed: '2026-11-21T03:06:17.570937322Z', "
		     "last_deployed: '2026-11-21T03:06:18.570937322Z', "
		     "deleted: '', description: Preparing upgrade, "
		     "status: pending-upgrade, notes: \"see <https://x>\\n\"}");
	assert_given(val_get(v, "config"), "{cpu: 500m}");
	assert_given(val_get(v, "version"), "2");
	assert_given(val_get(v, "namespace"), "team");
	assert_given(val_get(v, "manifest"),
		     "\"---\\n# Source: c/templates/a.yaml\\na: 1\\n\"");
	assert_given(path_get(v, "chart.values"), "{a: <1>}");
	assert_given(path_get(v, "chart.metadata.version"), "1.2.3");
	assert_given(path_get(v, "chart.templates"),
		     "[{name: templates/NOTES.txt, data: bm90ZXM=}, "
		     "{name: templates/_b.mustache, data: Yg==}, "
		     "{name: templates/a.yaml, data: IyBub3RoaW5nCg==}]");
}

static void body_of_little(void **state)
{
	(void)state;
	SMALL small;
	small_make(&small);
	struct record_spec spec = spec_of(&small.chart);

	AUTO(val_unref) struct val *config = given("{}");

	small.chart.file_count = 1;
	spec.notes = str_of("");
	spec.manifest = str_of("");
	spec.config = config;
	AUTO(val_unref) struct val *v = record_new(&spec);
	assert_null(path_get(v, "info.notes"));
	assert_null(val_get(v, "config"));
	assert_null(val_get(v, "manifest"));
	assert_null(val_get(v, "hooks"));
	assert_given(path_get(v, "chart.templates"), "null");
}

static void round_trip(void **state)
{
	(void)state;
	SMALL small;
	small_make(&small);
	struct record_spec spec = spec_of(&small.chart);
	AUTO(val_unref) struct val *v = record_new(&spec);
	AUTO(val_unref) struct val *secret = NULL;
	AUTO_ERR err = ERR_INIT;
	struct record_head head;

	assert_true(record_secret(&spec, v, last_ns, &secret, &err));
	AUTO(val_unref) struct val *less = val_without(secret, "data");
	assert_given(
		less,
		"{apiVersion: v1, kind: Secret, type: helm.sh/release.v1, "
		"metadata: {name: sh.helm.release.v1.bob.v2, namespace: team, "
		"labels: {name: bob, owner: helm, status: pending-upgrade, "
		"version: '2', createdAt: '1795230378'}, "
		"annotations: {ide.example.com/digest: d2, " NO_CONFIG
		"ide.example.com/shape-digest: s2}, "
		"ownerReferences: [{apiVersion: ide.example.com/v1alpha1, "
		"kind: DevMachine, name: bob, uid: uid-1, controller: true, "
		"blockOwnerDeletion: true}]}}");
	AUTO(val_unref) struct val *back = read_body(secret);
	assert_true(val_equal(back, v));
	assert_true(record_head_read(secret, &head));
	assert_string_equal(head.release, "bob");
	assert_string_equal(head.digest, "d2");
	assert_string_equal(head.shape, "s2");
	assert_string_equal(head.owner_uid, "uid-1");
	assert_int_equal(head.revision, 2);
	assert_int_equal(head.status, RECORD_PENDING_UPGRADE);
	record_head_done(&head);
}

static void in_another_namespace(void **state)
{
	(void)state;
	SMALL small;
	small_make(&small);
	struct record_spec spec = spec_of(&small.chart);
	struct owner far = bob;
	AUTO_ERR err = ERR_INIT;

	far.release_namespace = "other";
	spec.owner = &far;
	AUTO(val_unref) struct val *v = record_new(&spec);
	AUTO(val_unref) struct val *secret = NULL;
	assert_true(record_secret(&spec, v, last_ns, &secret, &err));
	assert_null(path_get(secret, "metadata.ownerReferences"));
	assert_string_equal(path_get_text(secret, "metadata.namespace"),
			    "other");
}

static void marks(void **state)
{
	(void)state;
	SMALL small;
	small_make(&small);
	struct record_spec spec = spec_of(&small.chart);
	AUTO(val_unref) struct val *v = record_new(&spec);
	AUTO(val_unref) struct val *quiet =
		record_with_status(v, RECORD_SUPERSEDED, NULL);
	AUTO(val_unref) struct val *loud =
		record_with_status(v, RECORD_FAILED, "Abandoned");

	assert_string_equal(path_get_text(quiet, "info.status"), "superseded");
	assert_string_equal(path_get_text(quiet, "info.description"),
			    "Preparing upgrade");
	assert_string_equal(path_get_text(loud, "info.status"), "failed");
	assert_string_equal(path_get_text(loud, "info.description"),
			    "Abandoned");
	/* The order of keys is Helm's still. */
	AUTO_BUF before = BUF_INIT(1000);
	AUTO_BUF after = BUF_INIT(1000);
	all_keys(v, &before);
	all_keys(loud, &after);
	assert_string_equal(buf_text(&after), buf_text(&before));
}

static void patch(void **state)
{
	(void)state;
	SMALL small;
	small_make(&small);
	struct record_spec spec = spec_of(&small.chart);
	AUTO(val_unref) struct val *pending = record_new(&spec);
	AUTO(val_unref) struct val *v =
		record_with_status(pending, RECORD_DEPLOYED, NULL);
	AUTO(val_unref) struct val *full = NULL;
	AUTO(val_unref) struct val *bare = NULL;
	AUTO(val_unref) struct val *damaged = NULL;
	AUTO_ERR err = ERR_INIT;

	spec.status = RECORD_DEPLOYED;
	assert_true(record_patch(v, &spec, last_ns, &full, &err));
	assert_true(record_patch_status(pending, RECORD_DEPLOYED, last_ns,
					&bare, &err));
	assert_true(record_patch_status(NULL, RECORD_SUPERSEDED, last_ns,
					&damaged, &err));
	assert_given(damaged, "{metadata: {labels: {status: superseded, "
			      "modifiedAt: '1795230378', createdAt: null}, "
			      "annotations: {ide.example.com/lock: null}}}");
	assert_given(val_get(full, "metadata"),
		     "{labels: {status: deployed, modifiedAt: '1795230378', "
		     "createdAt: null}, "
		     "annotations: {ide.example.com/digest: d2, " NO_CONFIG
		     "ide.example.com/shape-digest: s2, "
		     "ide.example.com/lock: null}}");
	assert_given(val_get(bare, "metadata"),
		     "{labels: {status: deployed, modifiedAt: '1795230378', "
		     "createdAt: null}, "
		     "annotations: {ide.example.com/lock: null}}");
	assert_int_equal(val_count(full), 2);
	AUTO(val_unref) struct val *back = read_body(full);
	assert_true(val_equal(back, v));
	AUTO(val_unref) struct val *same = read_body(bare);
	assert_true(val_equal(same, v));
}

/* It gets an owner where one can be referred to. */
static void adopted(void **state)
{
	(void)state;
	SMALL small;
	small_make(&small);
	struct record_spec spec = spec_of(&small.chart);
	struct owner elsewhere = *spec.owner;
	AUTO(val_unref) struct val *v = record_new(&spec);
	AUTO(val_unref) struct val *near = NULL;
	AUTO(val_unref) struct val *far = NULL;
	AUTO_ERR err = ERR_INIT;

	assert_true(record_patch_adopted(v, &spec, last_ns, &near, &err));
	AUTO(val_unref) struct val *refs = owner_references(spec.owner);
	assert_true(
		val_equal(path_get(near, "metadata.ownerReferences"), refs));
	assert_non_null(val_get(near, "data"));
	elsewhere.namespace = "other";
	spec.owner = &elsewhere;
	assert_true(record_patch_adopted(v, &spec, last_ns, &far, &err));
	assert_null(path_get(far, "metadata.ownerReferences"));
}

/* One that failed for good keeps its digest, one that was given up does not. */
static void failed(void **state)
{
	(void)state;
	SMALL small;
	small_make(&small);
	struct record_spec spec = spec_of(&small.chart);
	AUTO(val_unref) struct val *pending = record_new(&spec);
	AUTO(val_unref) struct val *for_good = NULL;
	AUTO(val_unref) struct val *given_up = NULL;
	AUTO(val_unref) struct val *damaged = NULL;
	AUTO_ERR err = ERR_INIT;

	assert_true(record_patch_failed(pending, "no such field", last_ns,
					&for_good, &err));
	assert_true(
		record_patch_failed(pending, NULL, last_ns, &given_up, &err));
	assert_true(record_patch_failed(NULL, "why", last_ns, &damaged, &err));
	assert_given(val_get(for_good, "metadata"),
		     "{labels: {status: failed, modifiedAt: '1795230378', "
		     "createdAt: null}, "
		     "annotations: {ide.example.com/failure: no such field, "
		     "ide.example.com/lock: null}}");
	assert_given(val_get(given_up, "metadata"),
		     "{labels: {status: failed, modifiedAt: '1795230378', "
		     "createdAt: null}, "
		     "annotations: {ide.example.com/digest: '', "
		     "ide.example.com/lock: null}}");
	assert_null(val_get(damaged, "data"));
	AUTO(val_unref) struct val *back = read_body(for_good);
	assert_string_equal(val_get_text(val_get(back, "info"), "status"),
			    "failed");
	assert_string_equal(val_get_text(val_get(back, "info"), "description"),
			    "no such field");
}

/* What a pending record says of who is at work, and what its head tells. */
static void locks(void **state)
{
	(void)state;
	SMALL small;
	small_make(&small);
	struct record_spec spec = spec_of(&small.chart);
	AUTO(val_unref) struct val *created = NULL;
	AUTO(val_unref) struct val *patched = NULL;
	AUTO_ERR err = ERR_INIT;
	struct record_head head;

	spec.lock = "by pod lease u/1";
	AUTO(val_unref) struct val *v = record_new(&spec);
	assert_string_equal(path_get_text(v, "info.description"),
			    "Preparing upgrade by pod lease u/1");
	assert_true(record_secret(&spec, v, last_ns, &created, &err));
	assert_given(val_get(val_get(created, "metadata"), "annotations"),
		     "{ide.example.com/digest: d2, " NO_CONFIG
		     "ide.example.com/shape-digest: s2, "
		     "ide.example.com/lock: by pod lease u/1}");
	assert_true(record_patch(v, &spec, last_ns, &patched, &err));
	assert_given(val_get(val_get(patched, "metadata"), "annotations"),
		     "{ide.example.com/digest: d2, " NO_CONFIG
		     "ide.example.com/shape-digest: s2, "
		     "ide.example.com/lock: by pod lease u/1}");
	assert_true(record_head_read(created, &head));
	assert_string_equal(head.lock, "by pod lease u/1");
	assert_int_equal(head.written_s, last_ns / 1000000000);
	assert_int_equal(head.created_s, 0);
	record_head_done(&head);
}

/* Go leaves zeros at the end of a fraction out. */
static const struct time_row {
	const char *name;
	int64_t ns;
} time_rows[] = {
	{ "2026-11-21T03:06:17Z", 1795230377000000000 },
	{ "2026-11-21T03:06:17.1Z", 1795230377100000000 },
	{ "2026-11-21T03:06:17.000000001Z", 1795230377000000001 },
	{ "2026-11-21T03:06:17.12345678Z", 1795230377123456780 },
	{ "2026-11-21T03:06:10Z", 1795230370000000000 },
	{ "", 0 },
};

static void times(void **state)
{
	const struct time_row *row = *state;
	SMALL small;
	small_make(&small);
	struct record_spec spec = spec_of(&small.chart);

	spec.last_deployed_ns = row->ns;
	AUTO(val_unref) struct val *v = record_new(&spec);
	assert_string_equal(path_get_text(v, "info.last_deployed"), row->name);
}

static void hooks(void **state)
{
	(void)state;
	SMALL small;
	small_make(&small);
	struct record_spec spec = spec_of(&small.chart);
	AUTO(val_unref) struct val *events = given("[pre-install, test]");
	AUTO(val_unref) struct val *policies = given("[hook-succeeded]");
	AUTO(val_unref) struct val *none = given("[]");
	const struct record_hook list[] = {
		{ .name = "a",
		  .kind = "Job",
		  .path = "c/templates/a.yaml",
		  .manifest = str_of("kind: Job"),
		  .events = events,
		  .delete_policies = policies,
		  .log_policies = policies,
		  .weight = -5,
		  .started_ns = first_ns,
		  .completed_ns = last_ns,
		  .phase = "Succeeded" },
		{ .name = "b",
		  .kind = "Pod",
		  .path = "c/templates/b.yaml",
		  .manifest = str_of("kind: Pod"),
		  .events = events,
		  .delete_policies = none },
	};

	spec.hooks = list;
	spec.hook_count = ARRAY_LEN(list);
	AUTO(val_unref) struct val *v = record_new(&spec);
	AUTO_BUF got = BUF_INIT(10000);
	json_write_go(val_get(v, "hooks"), &got);
	assert_string_equal(
		buf_text(&got),
		"[{\"name\":\"a\",\"kind\":\"Job\","
		"\"path\":\"c/templates/a.yaml\",\"manifest\":\"kind: Job\","
		"\"events\":[\"pre-install\",\"test\"],\"last_run\":{"
		"\"started_at\":\"2026-11-21T03:06:17.570937322Z\","
		"\"completed_at\":\"2026-11-21T03:06:18.570937322Z\","
		"\"phase\":\"Succeeded\"},\"weight\":-5,"
		"\"delete_policies\":[\"hook-succeeded\"],"
		"\"output_log_policies\":[\"hook-succeeded\"]},"
		"{\"name\":\"b\",\"kind\":\"Pod\","
		"\"path\":\"c/templates/b.yaml\",\"manifest\":\"kind: Pod\","
		"\"events\":[\"pre-install\",\"test\"],\"last_run\":{"
		"\"started_at\":\"\",\"completed_at\":\"\",\"phase\":\"\"}}]");
}

static void resizing(void **state)
{
	(void)state;
	AUTO(val_unref) struct val *v = record_patch_resizing();

	assert_given(v,
		     "{metadata: {annotations: {ide.example.com/digest: ''}}}");
}

int main(void)
{
	const struct CMUnitTest others[] = {
		cmocka_unit_test(body),
		cmocka_unit_test(body_of_little),
		cmocka_unit_test(round_trip),
		cmocka_unit_test(in_another_namespace),
		cmocka_unit_test(marks),
		cmocka_unit_test(patch),
		cmocka_unit_test(adopted),
		cmocka_unit_test(locks),
		cmocka_unit_test(hooks),
		cmocka_unit_test(failed),
		cmocka_unit_test(resizing),
	};

	return ROWS_RUN("record of Helm", helm_rows, reads_helm) +
	       ROWS_RUN("record as Helm", helm_rows, writes_as_helm) +
	       ROWS_RUN("record keys", helm_rows, orders_keys_as_helm) +
	       ROWS_RUN("record gzip", helm_rows, packs_as_helm) +
	       ROWS_RUN("record times", time_rows, times) +
	       cmocka_run_group_tests_name("record more", others, NULL, NULL);
}
