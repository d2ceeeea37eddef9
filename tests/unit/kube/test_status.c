#include "kube/status.h"

#include "base/buf.h"
#include "data/json.h"

#include "unit/rows.h"

#define STATUS(reason, message, details)                                     \
	"{\"kind\":\"Status\",\"apiVersion\":\"v1\",\"status\":\"Failure\"," \
	"\"reason\":\"" reason "\",\"message\":\"" message "\"," details "}"

static const struct row {
	const char *name;
	int code;
	const char *body;
	int64_t header_ms;
	enum err_kind kind;
	const char *msg, *field;
	int64_t retry_after_ms;
} rows[] = {
	{ "400", 400, STATUS("BadRequest", "strict: unknown field", "\"a\":1"),
	  0, ERR_INVALID, "Foo a/b: strict: unknown field", NULL, 0 },
	{ "401", 401, STATUS("Unauthorized", "Unauthorized", "\"a\":1"), 0,
	  ERR_DENIED, "Foo a/b: Unauthorized", NULL, 0 },
	{ "403", 403, STATUS("Forbidden", "not allowed", "\"a\":1"), 0,
	  ERR_DENIED, "Foo a/b: not allowed", NULL, 0 },
	{ "403 of a quota", 403,
	  STATUS("Forbidden", "pods is forbidden: exceeded quota: q",
		 "\"a\":1"),
	  0, ERR_DENIED, "Foo a/b: pods is forbidden: exceeded quota: q", NULL,
	  0 },
	{ "403 of a namespace that is going", 403,
	  STATUS("Forbidden", "because it is being terminated",
		 "\"details\":{\"causes\":[{\"reason\":"
		 "\"NamespaceTerminating\",\"field\":"
		 "\"metadata.namespace\"}]}"),
	  0, ERR_UNAVAILABLE, "Foo a/b: because it is being terminated",
	  "metadata.namespace", 0 },
	{ "403 of a kind that admission does not know yet", 403,
	  STATUS("Forbidden", "cannot find RESTMapping for Foo", "\"a\":1"), 0,
	  ERR_UNAVAILABLE, "Foo a/b: cannot find RESTMapping for Foo", NULL,
	  0 },
	{ "404", 404, STATUS("NotFound", "foos b not found", "\"a\":1"), 0,
	  ERR_NOT_FOUND, "Foo a/b: foos b not found", NULL, 0 },
	{ "404 of no handler", 404, "404 page not found\n", 0, ERR_NOT_FOUND,
	  "Foo a/b: 404 page not found", NULL, 0 },
	{ "409 exists", 409, STATUS("AlreadyExists", "exists", "\"a\":1"), 0,
	  ERR_EXISTS, "Foo a/b: exists", NULL, 0 },
	{ "409", 409, STATUS("Conflict", "modified", "\"a\":1"), 0,
	  ERR_CONFLICT, "Foo a/b: modified", NULL, 0 },
	{ "409 of an apply", 409,
	  STATUS("Conflict", "conflict with other",
		 "\"details\":{\"causes\":[{\"reason\":\"FieldManagerConflict\""
		 ",\"field\":\".data.z\"}]}"),
	  0, ERR_CONFLICT, "Foo a/b: conflict with other", ".data.z", 0 },
	{ "410", 410, STATUS("Expired", "too old", "\"a\":1"), 0, ERR_GONE,
	  "Foo a/b: too old", NULL, 0 },
	{ "413", 413, STATUS("RequestEntityTooLarge", "large", "\"a\":1"), 0,
	  ERR_INVALID, "Foo a/b: large", NULL, 0 },
	{ "422", 422,
	  STATUS("Invalid", "spec.x: Required",
		 "\"details\":{\"name\":\"b\",\"causes\":[{\"field\":\"spec.x\""
		 "},{\"field\":\"spec.y\"}]}"),
	  0, ERR_INVALID, "Foo a/b: spec.x: Required", "spec.x", 0 },
	{ "422 of a failed test", 422,
	  STATUS("Invalid", "the server rejected our request",
		 "\"details\":{}"),
	  0, ERR_CONFLICT, "Foo a/b: the server rejected our request", NULL,
	  0 },
	{ "422 without a Status", 422, "", 0, ERR_INVALID,
	  "Foo a/b: invalid (HTTP 422)", NULL, 0 },
	{ "429, header", 429, STATUS("TooManyRequests", "slow", "\"a\":1"),
	  2000, ERR_UNAVAILABLE, "Foo a/b: slow", NULL, 2000 },
	{ "429, details", 429,
	  STATUS("TooManyRequests", "slow",
		 "\"details\":{\"retryAfterSeconds\":7}"),
	  2000, ERR_UNAVAILABLE, "Foo a/b: slow", NULL, 7000 },
	{ "429, header is larger", 429,
	  STATUS("TooManyRequests", "slow",
		 "\"details\":{\"retryAfterSeconds\":1}"),
	  9000, ERR_UNAVAILABLE, "Foo a/b: slow", NULL, 9000 },
	{ "absurd time", 429,
	  STATUS("TooManyRequests", "slow",
		 "\"details\":{\"retryAfterSeconds\":99999999}"),
	  0, ERR_UNAVAILABLE, "Foo a/b: slow", NULL, 0 },
	{ "negative time", 503,
	  STATUS("x", "down", "\"details\":{\"retryAfterSeconds\":-1}"), 0,
	  ERR_UNAVAILABLE, "Foo a/b: down", NULL, 0 },
	{ "500", 500, STATUS("InternalError", "broken", "\"a\":1"), 0,
	  ERR_UNAVAILABLE, "Foo a/b: broken", NULL, 0 },
	{ "502 in HTML", 502, "<html><body>Bad", 0, ERR_UNAVAILABLE,
	  "Foo a/b: the server failed (HTTP 502)", NULL, 0 },
	{ "503 in text", 503, "  no backend \nmore", 5000, ERR_UNAVAILABLE,
	  "Foo a/b: no backend", NULL, 5000 },
	{ "504 with other JSON", 504, "{\"kind\":\"Foo\",\"message\":\"x\"}", 0,
	  ERR_UNAVAILABLE, "Foo a/b: the server failed (HTTP 504)", NULL, 0 },
	{ "a redirect", 302, "", 0, ERR_INTERNAL,
	  "Foo a/b: unexpected answer (HTTP 302)", NULL, 0 },
	{ "no UTF-8", 500, "\xff\xfe", 0, ERR_UNAVAILABLE,
	  "Foo a/b: the server failed (HTTP 500)", NULL, 0 },
};

static void errors(void **state)
{
	const struct row *row = *state;
	AUTO_ERR err = ERR_INIT;

	assert_false(status_error(row->code, str_of(row->body), row->header_ms,
				  "Foo a/b", &err));
	assert_int_equal(err.kind, row->kind);
	assert_string_equal(err.msg, row->msg);
	assert_string_equal(err.field ? err.field : "",
			    row->field ? row->field : "");
	assert_int_equal(err.retry_after_ms, row->retry_after_ms);
}

static void long_message(void **state)
{
	(void)state;
	AUTO_BUF body = BUF_INIT(100000);
	AUTO_ERR err = ERR_INIT;

	buf_add_text(&body, "{\"kind\":\"Status\",\"message\":\"");
	for (int i = 0; i < STATUS_MESSAGE_BYTES; i++)
		buf_add_text(&body, "\xc3\xa4");
	buf_add_text(&body, "\"}");
	assert_false(status_error(500, buf_str(&body), 0, "x", &err));
	assert_int_equal(strlen(err.msg), 3 + STATUS_MESSAGE_BYTES + 3);
	assert_int_equal(str_utf8_len(str_of(err.msg)), strlen(err.msg));
}

static const struct event {
	const char *name, *object;
	enum err_kind kind;
	const char *msg;
} events[] = {
	{ "gone", "{\"kind\":\"Status\",\"code\":410,\"message\":\"old\"}",
	  ERR_GONE, "watch Foo: old" },
	{ "no code", "{\"kind\":\"Status\",\"message\":\"x\"}", ERR_UNAVAILABLE,
	  "watch Foo: x" },
	{ "code of a success", "{\"code\":200}", ERR_UNAVAILABLE,
	  "watch Foo: the server failed (HTTP 500)" },
};

static void of_events(void **state)
{
	const struct event *row = *state;
	AUTO(val_unref) struct val *object = NULL;
	AUTO_ERR err = ERR_INIT;

	assert_true(json_read(str_of(row->object), &object, &err));
	assert_false(status_error_val(object, "watch Foo", &err));
	assert_int_equal(err.kind, row->kind);
	assert_string_equal(err.msg, row->msg);
}

int main(void)
{
	const struct CMUnitTest others[] = { cmocka_unit_test(long_message) };

	return ROWS_RUN("status", rows, errors) +
	       ROWS_RUN("status of events", events, of_events) +
	       cmocka_run_group_tests_name("status more", others, NULL, NULL);
}
