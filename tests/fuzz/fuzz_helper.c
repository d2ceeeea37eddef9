/*
 * One value, JSON or else a text, through the value helpers.
 *
 * Whatever the value, a helper ends in an error or a value. Beyond that:
 *   - what is encoded comes back: base64, JSON, YAML;
 *   - a name of dns1123 is one, and stays as it is;
 *   - trunc, lower, upper, trim and replace keep the text valid UTF-8;
 *   - sort and uniq of their own result change nothing.
 */
#include <stdint.h>
#include <stdio.h>

#include "base/alloc.h"
#include "base/buf.h"
#include "data/json.h"
#include "fuzz/require.h"
#include "mustache/helper.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* What a helper makes of v; NULL when it refuses. */
static struct val *call(const char *name, const struct val *v)
{
	const struct helper_part part = { .kind = HELPER_VALUE,
					  .value = v,
					  .name = str_of("x") };
	struct helper_body body = { .parts = &part, .count = 1 };
	const struct helper *helper = helper_find(str_of(name), &body.argument);
	AUTO_ERR err = ERR_INIT;
	struct val *made = NULL;
	size_t bytes = 0;
	bool ok = helper_call(helper, &body, &bytes, &made, &err);

	REQUIRE(ok == !err.kind && (ok || (err.msg && !made)));
	return made;
}

static void comes_back(const struct val *v, const char *there, const char *back)
{
	AUTO(val_unref) struct val *code = call(there, v);
	AUTO(val_unref) struct val *again = code ? call(back, code) : NULL;

	REQUIRE(!code || (again && val_equal(again, v)));
}

static void settles(const struct val *v, const char *name)
{
	AUTO(val_unref) struct val *once = call(name, v);
	AUTO(val_unref) struct val *again = once ? call(name, once) : NULL;

	REQUIRE(!once || (again && val_equal(again, once)));
}

static void stays_text(const struct val *v, const char *name)
{
	AUTO(val_unref) struct val *made = call(name, v);

	REQUIRE(!made || (val_is(made, VAL_TEXT) &&
			  str_utf8_len(val_str(made)) == val_str(made).n));
}

static void is_name(const struct val *v)
{
	AUTO(val_unref) struct val *name = call("dns1123", v);
	struct str s = val_str(name);

	if (!name)
		return;
	REQUIRE(s.n > 0 && s.n <= 63);
	REQUIRE(s.p[0] != '-' && s.p[s.n - 1] != '-');
	for (size_t i = 0; i < s.n; i++)
		REQUIRE(strchr("abcdefghijklmnopqrstuvwxyz0123456789-",
			       s.p[i]));
	settles(v, "dns1123");
}

static void check(const struct val *v)
{
	static const char *const any[] = { "default", "required", "fail",
					   "sha256",  "int",      "bool",
					   "keys",    "values",   "fromJson",
					   "fromYaml" };
	static const char *const texts[] = {
		"string",   "quote",     "trim",
		"lower",    "upper",     "trunc.3",
		"indent.2", "nindent.2", "replace.a.comma-space",
		"join.dot", "b64dec",    "toJson.sorted"
	};

	for (size_t i = 0; i < ARRAY_LEN(any); i++)
		val_unref(call(any[i], v));
	for (size_t i = 0; i < ARRAY_LEN(texts); i++)
		stays_text(v, texts[i]);
	comes_back(v, "toJson", "fromJson");
	comes_back(v, "toYaml", "fromYaml");
	if (val_is(v, VAL_TEXT))
		comes_back(v, "b64enc", "b64dec");
	settles(v, "sort");
	settles(v, "uniq");
	settles(v, "merge");
	is_name(v);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	AUTO_FREE char *copy = alloc_text(data, size);
	struct str text = str_cut(copy, size);
	AUTO(val_unref) struct val *v = NULL;
	AUTO_ERR err = ERR_INIT;

	if (!json_read(text, &v, &err)) {
		if (strlen(copy) < size || str_utf8_len(text) < size)
			return 0;
		v = val_new_text(text);
	}
	check(v);
	return 0;
}
