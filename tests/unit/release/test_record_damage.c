/* Records that somebody has damaged, or made to do harm. */
#include "release/record.h"

#include "base/alloc.h"
#include "base/base64.h"
#include "base/limits.h"
#include "data/gzip.h"

#include "unit/release/given.h"
#include "unit/rows.h"

/* A Secret whose data.release is this. */
static struct val *holding(struct str text)
{
	struct val_map data = { 0 }, secret = { 0 };

	val_map_put_take(&data, "release", val_new_text(text));
	val_map_put_take(&secret, "data", val_map_take(&data));
	return val_map_take(&secret);
}

/* The same around bytes, in base64 twice. */
static struct val *around(struct str bytes)
{
	AUTO_BUF inner = BUF_INIT(LIMIT_MIB(8));
	AUTO_BUF outer = BUF_INIT(LIMIT_MIB(12));

	base64_write(bytes, &inner);
	base64_write(buf_str(&inner), &outer);
	return holding(buf_str(&outer));
}

static struct val *packed(struct str json, size_t cut)
{
	AUTO_BUF zip = BUF_INIT(LIMIT_MIB(1));
	AUTO_ERR err = ERR_INIT;

	assert_true(gzip_write(json, GZIP_BEST, &zip, &err));
	return around(str_cut(zip.p, zip.len - cut));
}

static void refused(const struct val *secret, enum err_kind kind,
		    const char *message)
{
	AUTO_ERR err = ERR_INIT;
	struct val *v = NULL;

	assert_false(record_read(secret, &v, &err));
	assert_string_equal(err.msg, message);
	assert_int_equal(err.kind, kind);
	assert_null(v);
}

#define LACKS "data.release: no release of Helm: "

static const struct bad_row {
	const char *name;
	enum { SECRET, BASE64, PLAIN, PACKED, CUT } what; /* text is this */
	const char *text;
	const char *message;
} bad_rows[] = {
	{ "nothing", SECRET, "{}", "record without data.release" },
	{ "no data", SECRET, "{data: null}", "record without data.release" },
	{ "a list", SECRET, "{data: [release]}",
	  "record without data.release" },
	{ "no text", SECRET, "{data: {release: 1}}",
	  "record without data.release" },
	{ "another key", SECRET, "{data: {Release: YQ==}}",
	  "record without data.release" },
	{ "no base64", SECRET, "{data: {release: '%%%'}}",
	  "data.release: outer base64: no base64 at byte 0" },
	{ "base64 cut short", SECRET, "{data: {release: SDRzSUF}}",
	  "data.release: outer base64: no base64 at byte 7" },
	{ "no base64 inside", BASE64, "H4sI!AAA",
	  "data.release: inner base64: no base64 at byte 4" },
	{ "base64 inside cut short", BASE64, "H4sIAAA",
	  "data.release: inner base64: no base64 at byte 7" },
	{ "empty", PLAIN, "", "data.release: JSON: no JSON: empty" },
	{ "no gzip", PLAIN, "\x1f\x8b\x08 broken",
	  "data.release: gzip: unknown header flags set" },
	{ "only its first bytes", PLAIN, "\x1f\x8b\x08",
	  "data.release: gzip: the end is missing" },
	{ "gzip cut short", CUT, "{\"info\":{},\"chart\":{}}",
	  "data.release: gzip: the end is missing" },
	{ "no JSON", PACKED, "hunter2",
	  "data.release: JSON: line 1 column 1: no JSON" },
	{ "JSON cut short", PACKED, "{\"info\":{},\"chart\":{",
	  "data.release: JSON: line 1 column 20: no JSON" },
	{ "more behind it", PACKED, "{\"info\":{},\"chart\":{}} hunter2",
	  "data.release: JSON: line 1 column 23: text after the value" },
	{ "not UTF-8", PACKED, "{\"info\":{},\"chart\":{},\"a\":\"\xff\"}",
	  "data.release: JSON: line 1 column 28: no UTF-8" },
	{ "another list", PACKED, "[1]", LACKS "it has no map info" },
	{ "an empty map", PACKED, "{}", LACKS "it has no map info" },
	{ "no info", PACKED, "{\"chart\":{}}", LACKS "it has no map info" },
	{ "info is null", PACKED, "{\"info\":null,\"chart\":{}}",
	  LACKS "it has no map info" },
	{ "no chart", PACKED, "{\"info\":{}}", LACKS "it has no map chart" },
	{ "manifest is a map", PACKED,
	  "{\"info\":{},\"chart\":{},\"manifest\":{}}",
	  LACKS "manifest is a map" },
	{ "manifest is null", PACKED,
	  "{\"info\":{},\"chart\":{},\"manifest\":null}",
	  LACKS "manifest is a null" },
};

static struct val *secret_of(const struct bad_row *row)
{
	AUTO_BUF outer = BUF_INIT(1000);
	struct str text = str_of(row->text);

	switch (row->what) {
	case SECRET:
		return given(row->text);
	case BASE64:
		base64_write(text, &outer);
		return holding(buf_str(&outer));
	case PLAIN:
		return around(text);
	case PACKED:
		return packed(text, 0);
	case CUT:
		return packed(text, 5);
	}
	return NULL;
}

static void refuses(void **state)
{
	const struct bad_row *row = *state;
	AUTO(val_unref) struct val *secret = secret_of(row);

	refused(secret, ERR_INVALID, row->message);
}

/* What must be read: Helm leaves an empty manifest out. */
static const struct odd_row {
	const char *name, *json;
	bool plain; /* not packed, as very old releases are */
} odd_rows[] = {
	{ "not packed", "{\"info\":{},\"chart\":{},\"name\":\"x\"}", true },
	{ "no manifest", "{\"info\":{},\"chart\":{},\"name\":\"x\"}", false },
	{ "unknown keys",
	  "{\"name\":\"x\",\"new\":[{}],\"info\":{\"a\":1},\"chart\":{}}",
	  false },
	{ "blanks", " {\n\"name\" : \"x\", \"info\": {}, \"chart\": {} }\n",
	  false },
};

static void accepts(void **state)
{
	const struct odd_row *row = *state;
	AUTO(val_unref)
	struct val *secret = row->plain ? around(str_of(row->json))
					: packed(str_of(row->json), 0);
	AUTO_ERR err = ERR_INIT;
	struct val *body = NULL;

	assert_true(record_read(secret, &body, &err));
	assert_string_equal(val_get_text(body, "name"), "x");
	val_unref(body);
}

/* JSON of n bytes: a record with a long text, or only zeros. */
static void bomb(void **state)
{
	(void)state;
	size_t n = LIMIT_RECORD_TEXT_BYTES;
	static const char head[] = "{\"info\":{},\"chart\":{},\"manifest\":\"";
	AUTO_FREE char *text = alloc_zero(n + 2);
	AUTO_ERR err = ERR_INIT;
	struct val *body = NULL;

	memset(text, 'a', n + 1);
	memcpy(text, head, strlen(head));
	memcpy(text + n - 2, "\"}", 2);
	AUTO(val_unref) struct val *most = packed(str_cut(text, n), 0);
	assert_true(record_read(most, &body, &err));
	val_unref(body);
	AUTO(val_unref) struct val *more = packed(str_cut(text, n + 1), 0);
	refused(more, ERR_LIMIT,
		"data.release: gzip: larger than 20971520 bytes");
}

/* n values in all: the map, its three entries, zeros in the last, and one that
 * the empty map is taken for. Commas and brackets in texts do not count. */
static struct val *counted(size_t n)
{
	AUTO_BUF json = BUF_INIT(LIMIT_MIB(1));

	buf_addf(&json, "{\"a\":\",[{\\\"%0100d\",\"info\":{},\"chart\":[", 0);
	for (size_t i = 0; i < n - 5; i++)
		buf_addf(&json, "%s0", i ? "," : "");
	buf_addf(&json, "]}");
	return packed(buf_str(&json), 0);
}

static void many_values(void **state)
{
	(void)state;
	AUTO(val_unref) struct val *most = counted(LIMIT_RECORD_VALUES);
	AUTO(val_unref) struct val *more = counted(LIMIT_RECORD_VALUES + 1);

	refused(most, ERR_INVALID, LACKS "it has no map chart");
	refused(more, ERR_LIMIT, "data.release: JSON: more than 250000 values");
}

static void deep(void **state)
{
	(void)state;
	AUTO_FREE char *text = alloc_zero(100001);

	memset(text, '[', 100000);
	AUTO(val_unref) struct val *secret = packed(str_of(text), 0);
	refused(secret, ERR_LIMIT,
		"data.release: JSON: nested deeper than 200 levels");
}

/* More than the API server lets anybody store. */
static void huge(void **state)
{
	(void)state;
	AUTO_FREE char *text = alloc_zero(4 * LIMIT_MIB(1) + 1);

	memset(text, 'A', 4 * LIMIT_MIB(1));
	AUTO(val_unref) struct val *secret = holding(str_of(text));
	refused(secret, ERR_LIMIT,
		"data.release: outer base64: larger than 2097152 bytes");
}

int main(void)
{
	const struct CMUnitTest others[] = {
		cmocka_unit_test(bomb),
		cmocka_unit_test(many_values),
		cmocka_unit_test(deep),
		cmocka_unit_test(huge),
	};

	return ROWS_RUN("record refuses", bad_rows, refuses) +
	       ROWS_RUN("record accepts", odd_rows, accepts) +
	       cmocka_run_group_tests_name("record bombs", others, NULL, NULL);
}
