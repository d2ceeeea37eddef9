#include "kube/client.h"

#include "base/limits.h"
#include "data/json.h"
#include "kube/event.h"

#include "unit/rows.h"

/* Answers in order; notes what was sent. */
struct script {
	const struct answer {
		int code;
		const char *body; /* NULL: the connection breaks */
	} * answers;
	size_t at;
	struct buf sent; /* "METHOD target [content type] body\n" each */
};

static bool play(void *ctx, const struct http_request *req,
		 struct http_response *out, struct err *err)
{
	struct script *s = ctx;
	const struct answer *a = &s->answers[s->at++];

	buf_addf(&s->sent, "%s %s", req->method, req->target);
	if (req->as)
		buf_addf(&s->sent, " as %s", req->as);
	if (req->accept)
		buf_addf(&s->sent, " accept %s", req->accept);
	if (req->content_type)
		buf_addf(&s->sent, " [%s]", req->content_type);
	if (req->body.n)
		buf_addf(&s->sent, " " STR_FMT, STR_ARG(req->body));
	buf_add_char(&s->sent, '\n');
	if (!a->body)
		return err_set(err, ERR_UNAVAILABLE, "broken");
	out->code = a->code;
	out->body = BUF_INIT(LIMIT_BODY_BYTES);
	buf_add_text(&out->body, a->body);
	return true;
}

static const struct kube_kind config_map = {
	.group = "",
	.version = "v1",
	.api_version = "v1",
	.kind = "ConfigMap",
	.plural = "configmaps",
	.namespaced = true,
};
static const struct kube_ref ref = { &config_map, "a", "x" };

static struct val *read(const char *text)
{
	AUTO_ERR err = ERR_INIT;
	struct val *v = NULL;

	assert_true(json_read(str_of(text), &v, &err));
	return v;
}

#define OPTIONS "\"kind\":\"DeleteOptions\",\"apiVersion\":\"v1\""

enum verb { GET, CREATE, MERGE, JSON, APPLY, DELETE };

static const struct row {
	const char *name;
	enum verb verb;
	struct kube_write write;
	struct kube_delete delete;
	const char *as;
	const char *want;
} rows[] = {
	{ .name = "get",
	  .verb = GET,
	  .want = "GET /api/v1/namespaces/a/configmaps/x\n" },
	{ .name = "create",
	  .verb = CREATE,
	  .want = "POST /api/v1/namespaces/a/configmaps?fieldManager="
		  "devmachine-operator {\"a\":1}\n" },
	{ .name = "create, tried only",
	  .verb = CREATE,
	  .write = { .dry_run = true, .validation = KUBE_VALIDATION_STRICT },
	  .as = "system:serviceaccount:a:b",
	  .want = "POST /api/v1/namespaces/a/configmaps?fieldManager="
		  "devmachine-operator&dryRun=All&fieldValidation=Strict as "
		  "system:serviceaccount:a:b {\"a\":1}\n" },
	{ .name = "create below an object",
	  .verb = CREATE,
	  .write = { .subresource = "eviction" },
	  .want = "POST /api/v1/namespaces/a/configmaps/x/eviction?"
		  "fieldManager=devmachine-operator {\"a\":1}\n" },
	{ .name = "merge patch",
	  .verb = MERGE,
	  .want = "PATCH /api/v1/namespaces/a/configmaps/x?fieldManager="
		  "devmachine-operator [application/merge-patch+json] "
		  "{\"a\":1}\n" },
	{ .name = "JSON patch of the status",
	  .verb = JSON,
	  .write = { .subresource = "status", .manager = "me & you" },
	  .want = "PATCH /api/v1/namespaces/a/configmaps/x/status?"
		  "fieldManager=me%20%26%20you [application/json-patch+json] "
		  "{\"a\":1}\n" },
	{ .name = "apply",
	  .verb = APPLY,
	  .write = { .force = true },
	  .want = "PATCH /api/v1/namespaces/a/configmaps/x?fieldManager="
		  "devmachine-operator&force=true "
		  "[application/apply-patch+yaml] {\"a\":1}\n" },
	{ .name = "delete",
	  .verb = DELETE,
	  .want = "DELETE /api/v1/namespaces/a/configmaps/x {" OPTIONS "}\n" },
	{ .name = "delete with preconditions",
	  .verb = DELETE,
	  .delete = { .propagation = KUBE_FOREGROUND,
		      .uid = "u",
		      .resource_version = "7" },
	  .want = "DELETE /api/v1/namespaces/a/configmaps/x {" OPTIONS
		  ",\"propagationPolicy\":\"Foreground\",\"preconditions\":{"
		  "\"uid\":\"u\",\"resourceVersion\":\"7\"}}\n" },
	/* Tried: with a body the API server ignores dryRun in the query. */
	{ .name = "delete, as somebody",
	  .verb = DELETE,
	  .as = "system:serviceaccount:a:b",
	  .want = "DELETE /api/v1/namespaces/a/configmaps/x as "
		  "system:serviceaccount:a:b {" OPTIONS "}\n" },
	{ .name = "patch, as somebody",
	  .verb = MERGE,
	  .as = "system:serviceaccount:a:b",
	  .want = "PATCH /api/v1/namespaces/a/configmaps/x?fieldManager="
		  "devmachine-operator as system:serviceaccount:a:b "
		  "[application/merge-patch+json] {\"a\":1}\n" },
	{ .name = "get, which is the operator's own",
	  .verb = GET,
	  .as = "system:serviceaccount:a:b",
	  .want = "GET /api/v1/namespaces/a/configmaps/x\n" },
	{ .name = "delete, tried only",
	  .verb = DELETE,
	  .delete = { .propagation = KUBE_ORPHAN, .dry_run = true },
	  .want = "DELETE /api/v1/namespaces/a/configmaps/x {" OPTIONS
		  ",\"propagationPolicy\":\"Orphan\",\"dryRun\":[\"All\"]}\n" },
};

static bool call(const struct kube_client *c, const struct row *row,
		 struct val **out, struct err *err)
{
	AUTO(val_unref) struct val *v = read("{\"a\":1}");

	switch (row->verb) {
	case GET:
		return kube_get(c, &ref, out, err);
	case CREATE:
		return kube_create(c, &ref, v, &row->write, out, err);
	case DELETE:
		return kube_delete(c, &ref, &row->delete, out, err);
	default:
		return kube_patch(c, &ref,
				  row->verb == MERGE  ? KUBE_PATCH_MERGE
				  : row->verb == JSON ? KUBE_PATCH_JSON
						      : KUBE_PATCH_APPLY,
				  v, &row->write, out, err);
	}
}

static void verbs(void **state)
{
	static const struct answer answers[] = { { 200, "{\"b\":2}" } };
	const struct row *row = *state;
	struct script s = { answers, 0, BUF_INIT(10000) };
	const struct kube_client c = { { play, &s }, NULL, row->as };
	AUTO(val_unref) struct val *out = NULL;
	AUTO_ERR err = ERR_INIT;

	assert_true(call(&c, row, &out, &err));
	assert_string_equal(buf_text(&s.sent), row->want);
	assert_int_equal(val_count(out), 1);
	buf_free(&s.sent);
}

static void failures(void **state)
{
	static const struct answer answers[] = {
		{ 404, "{\"kind\":\"Status\",\"message\":\"not there\"}" },
		{ 0, NULL },
		{ 200, "no JSON" },
		{ 422, "{\"kind\":\"Status\",\"message\":\"odd\"}" },
	};
	struct script s = { answers, 0, BUF_INIT(10000) };
	const struct kube_client c = { { play, &s }, NULL, NULL };
	static const struct {
		enum err_kind kind;
		const char *msg;
	} want[] = {
		{ ERR_NOT_FOUND, "ConfigMap a/x: not there" },
		{ ERR_UNAVAILABLE, "ConfigMap a/x: broken" },
		{ ERR_UNAVAILABLE, "ConfigMap a/x: answer: line 1 column" },
		{ ERR_UNAVAILABLE, "ConfigMap a/x: odd" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(want); i++) {
		AUTO_ERR err = ERR_INIT;
		struct val *out = NULL;

		assert_false(kube_get(&c, &ref, &out, &err));
		assert_null(out);
		assert_int_equal(err.kind, want[i].kind);
		assert_true(str_starts(str_of(err.msg), want[i].msg));
	}
	buf_free(&s.sent);
}

/* What would mean a whole collection is refused before it is sent. */
static void no_name(void **state)
{
	static const struct kube_ref refs[] = {
		{ &config_map, "a", "" },
		{ &config_map, "a", NULL },
		{ &config_map, "", "x" },
		{ &config_map, "..", "x" },
	};
	struct script s = { NULL, 0, BUF_INIT(100) };
	const struct kube_client c = { { play, &s }, NULL, NULL };

	(void)state;
	for (size_t i = 0; i < 4; i++) {
		AUTO_ERR err = ERR_INIT;

		assert_false(kube_delete(&c, &refs[i], NULL, NULL, &err));
		assert_int_equal(err.kind, ERR_INVALID);
		assert_int_equal(s.at, 0);
	}
}

static bool count(void *ctx, const struct val *item, struct err *err)
{
	(void)err;
	buf_addf(ctx, "%s ", val_get_text(item, "n"));
	return true;
}

static void restart(void *ctx)
{
	buf_add_text(ctx, "again ");
}

#define PAGE(n, more)                                                    \
	"{\"kind\":\"ConfigMapList\",\"metadata\":{\"resourceVersion\":" \
	"\"1\",\"continue\":\"" more "\"},\"items\":[{\"n\":\"" n "\"}]}"
#define GONE "{\"kind\":\"Status\",\"message\":\"expired\"}"

static const struct list_row {
	const char *name;
	struct answer answers[6];
	const char *want;
	enum err_kind kind;
} list_rows[] = {
	{ "one page", { { 200, PAGE("a", "") } }, "a ", ERR_NONE },
	{ "three pages",
	  { { 200, PAGE("a", "m1") },
	    { 200, PAGE("b", "m2") },
	    { 200, PAGE("c", "") } },
	  "a b c ",
	  ERR_NONE },
	{ "gone half-way",
	  { { 200, PAGE("a", "m1") },
	    { 410, GONE },
	    { 200, PAGE("a", "m3") },
	    { 200, PAGE("b", "") } },
	  "a again a b ",
	  ERR_NONE },
	{ "gone again",
	  { { 200, PAGE("a", "m1") },
	    { 410, GONE },
	    { 200, PAGE("a", "m3") },
	    { 410, GONE } },
	  "a again a ",
	  ERR_GONE },
	{ "gone at once", { { 410, GONE } }, "", ERR_GONE },
	{ "broken half-way",
	  { { 200, PAGE("a", "m1") }, { 0, NULL } },
	  "a ",
	  ERR_UNAVAILABLE },
	{ "no list", { { 200, "[]" } }, "", ERR_INVALID },
};

static void lists(void **state)
{
	const struct list_row *row = *state;
	struct script s = { row->answers, 0, BUF_INIT(10000) };
	const struct kube_client c = { { play, &s }, NULL, NULL };
	const struct kube_list list = { .kind = &config_map, .ns = "a" };
	AUTO_BUF got = BUF_INIT(1000);
	AUTO_ERR err = ERR_INIT;

	assert_int_equal(kube_list(&c, &list, count, restart, &got, &err),
			 row->kind == ERR_NONE);
	assert_int_equal(err.kind, row->kind);
	assert_string_equal(buf_text(&got), row->want);
	buf_free(&s.sent);
}

static void list_request(void **state)
{
	static const struct answer answers[] = {
		{ 200, PAGE("a", "m=1") },
		{ 200, PAGE("b", "") },
	};
	struct script s = { answers, 0, BUF_INIT(10000) };
	const struct kube_client c = { { play, &s }, NULL, NULL };
	const struct kube_list list = { .kind = &config_map,
					.labels = "a=b",
					.fields = "c=d",
					.metadata_only = true,
					.page_items = 1 };
	AUTO_BUF got = BUF_INIT(1000);
	AUTO_ERR err = ERR_INIT;

	(void)state;
	assert_true(kube_list(&c, &list, count, NULL, &got, &err));
	assert_string_equal(
		buf_text(&s.sent),
		"GET /api/v1/configmaps?limit=1&labelSelector=a%3Db&"
		"fieldSelector=c%3Dd accept " KUBE_ACCEPT_METADATA_LIST
		"\nGET /api/v1/configmaps?limit=1&labelSelector=a%3Db&"
		"fieldSelector=c%3Dd&continue=m%3D1 accept " KUBE_ACCEPT_METADATA_LIST
		"\n");
	buf_free(&s.sent);
}

static void finds(void **state)
{
	static const struct answer answers[] = {
		{ 0, NULL },
		{ 200, "{\"resources\":[{\"name\":\"foos\",\"kind\":\"Foo\"}]"
		       "}" },
		{ 404, "404 page not found\n" },
	};
	AUTO(kube_kinds_free) struct kube_kinds *kinds = kube_kinds_new();
	struct script s = { answers, 0, BUF_INIT(10000) };
	const struct kube_client c = { { play, &s }, kinds, NULL };
	const struct kube_kind *kind = NULL;
	AUTO_ERR err = ERR_INIT;

	(void)state;
	/* A failure is not an absence, and is tried again. */
	assert_false(kube_find_kind(&c, "e.x/v1", "Foo", &kind, &err));
	assert_int_equal(err.kind, ERR_UNAVAILABLE);
	err_clear(&err);
	assert_true(kube_find_kind(&c, "e.x/v1", "Foo", &kind, &err));
	assert_string_equal(kind->plural, "foos");
	/* Known, and known to be missing: no request. */
	assert_true(kube_find_kind(&c, "e.x/v1", "Foo", &kind, &err));
	assert_false(kube_find_kind(&c, "e.x/v1", "Bar", &kind, &err));
	assert_int_equal(err.kind, ERR_NOT_FOUND);
	err_clear(&err);
	assert_int_equal(s.at, 2);
	assert_false(kube_find_kind(&c, "e.y/v1", "Bar", &kind, &err));
	assert_int_equal(err.kind, ERR_NOT_FOUND);
	assert_int_equal(s.at, 3);
	buf_free(&s.sent);
}

static void events(void **state)
{
	static const struct answer answers[] = { { 201, "{}" } };
	struct script s = { answers, 0, BUF_INIT(10000) };
	const struct kube_client c = { { play, &s }, NULL, NULL };
	AUTO(val_unref) struct val *object =
		read("{\"apiVersion\":\"e.x/v1\",\"kind\":\"Foo\",\"metadata\":"
		     "{\"name\":\"f\",\"namespace\":\"a\",\"uid\":\"u\"}}");
	const struct kube_event event = { .regarding = object,
					  .type = KUBE_EVENT_WARNING,
					  .reason = "Failed",
					  .note = "no",
					  .wall_ns = 1000000000123456789 };
	AUTO_ERR err = ERR_INIT;

	(void)state;
	assert_true(kube_event_create(&c, &event, &err));
	assert_string_equal(
		buf_text(&s.sent),
		"POST /api/v1/namespaces/a/events?fieldManager="
		"devmachine-operator {\"apiVersion\":\"v1\",\"kind\":\"Event\","
		"\"metadata\":{\"namespace\":\"a\",\"name\":"
		"\"f.de0b6b3aebfcd15\"},\"involvedObject\":{\"apiVersion\":"
		"\"e.x/v1\",\"kind\":\"Foo\",\"name\":\"f\",\"namespace\":"
		"\"a\",\"uid\":\"u\"},\"type\":\"Warning\",\"reason\":"
		"\"Failed\",\"action\":\"Failed\",\"message\":\"no\","
		"\"source\":{\"component\":\"devmachine-operator\"},"
		"\"reportingComponent\":\"devmachine-operator\","
		"\"reportingInstance\":\"devmachine-operator\",\"eventTime\":"
		"\"2001-09-09T01:46:40.123456Z\",\"firstTimestamp\":"
		"\"2001-09-09T01:46:40Z\",\"lastTimestamp\":"
		"\"2001-09-09T01:46:40Z\",\"count\":1}\n");
	buf_free(&s.sent);
}

int main(void)
{
	const struct CMUnitTest others[] = {
		cmocka_unit_test(failures),     cmocka_unit_test(no_name),
		cmocka_unit_test(list_request), cmocka_unit_test(finds),
		cmocka_unit_test(events),
	};

	return ROWS_RUN("client", rows, verbs) +
	       ROWS_RUN("list", list_rows, lists) +
	       cmocka_run_group_tests_name("client more", others, NULL, NULL);
}
