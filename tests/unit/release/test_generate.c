/* Secrets that are made up. */
#include "release/generate.h"

#include "base/base64.h"

#include "unit/release/given.h"
#include "unit/rows.h"

#define ANNOTATED "metadata: {name: x, annotations: {ide.example.com/generate: "

static const struct row {
	const char *name, *yaml, *key;
} rows[] = {
	{ "secret", "{kind: Secret, " ANNOTATED "password}}}", "password" },
	{ "secret without annotation", "{kind: Secret, metadata: {name: x}}",
	  NULL },
	{ "secret with another annotation",
	  "{kind: Secret, metadata: {annotations: {generate: password}}}",
	  NULL },
	{ "empty key", "{kind: Secret, " ANNOTATED "''}}}", NULL },
	{ "key is no text", "{kind: Secret, " ANNOTATED "1}}}", NULL },
	{ "config map", "{kind: ConfigMap, " ANNOTATED "password}}}", NULL },
	{ "deployment", "{kind: Deployment, " ANNOTATED "password}}}", NULL },
	{ "no kind", "{" ANNOTATED "password}}}", NULL },
	{ "null", "null", NULL },
};

static void keys(void **state)
{
	const struct row *row = *state;
	AUTO(val_unref) struct val *v = given(row->yaml);
	const char *key = generate_key(v);

	if (row->key)
		assert_string_equal(key, row->key);
	else
		assert_null(key);
}

static struct val *filled(const struct val *v)
{
	AUTO_ERR err = ERR_INIT;
	struct val *out = NULL;

	assert_true(generate_fill(v, &out, &err));
	return out;
}

static void is_random(void **state)
{
	(void)state;
	AUTO(val_unref) struct val *v =
		given("{kind: Secret, " ANNOTATED "password}}}");
	AUTO(val_unref) struct val *a = filled(v);
	AUTO(val_unref) struct val *b = filled(v);
	const char *text = val_get_text(val_get(a, "data"), "password");
	AUTO_BUF plain = BUF_INIT(100);
	AUTO_ERR err = ERR_INIT;

	assert_string_not_equal(text,
				val_get_text(val_get(b, "data"), "password"));
	assert_true(base64_read(str_of(text), &plain, &err));
	assert_int_equal(plain.len, GENERATE_CHARS);
	assert_int_equal(GENERATE_CHARS, 24);
	assert_int_equal(strspn(buf_text(&plain),
				"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghij"
				"klmnopqrstuvwxyz0123456789-_"),
			 GENERATE_CHARS);
	/* What was given is as it was. */
	assert_null(val_get(v, "data"));
}

static void only_that_key(void **state)
{
	(void)state;
	AUTO(val_unref) struct val *v =
		given("{kind: Secret, type: Opaque, " ANNOTATED "b}}, "
		      "data: {a: QQ==, b: Qg==, c: Qw==}, stringData: {d: D}}");
	AUTO(val_unref) struct val *full = filled(v);
	const struct val *data = val_get(full, "data");

	assert_string_equal(val_get_text(data, "a"), "QQ==");
	assert_string_equal(val_get_text(data, "c"), "Qw==");
	assert_int_equal(strlen(val_get_text(data, "b")), 32);
	AUTO(val_unref) struct val *rest = val_without(full, "data");
	AUTO(val_unref) struct val *before = val_without(v, "data");
	assert_true(val_equal(rest, before));
}

static void null_data(void **state)
{
	(void)state;
	AUTO(val_unref) struct val *v =
		given("{kind: Secret, " ANNOTATED "b}}, data: null}");
	AUTO(val_unref) struct val *full = filled(v);

	assert_int_equal(val_count(val_get(full, "data")), 1);
}

static void no_data(void **state)
{
	(void)state;
	AUTO(val_unref) struct val *v =
		given("{kind: Secret, " ANNOTATED "b}}, data: [1]}");
	AUTO_ERR err = ERR_INIT;
	struct val *out = NULL;

	assert_false(generate_fill(v, &out, &err));
	assert_int_equal(err.kind, ERR_INVALID);
	assert_string_equal(err.msg,
			    "data of a Secret must be a map, found list");
	assert_null(out);
}

int main(void)
{
	const struct CMUnitTest others[] = {
		cmocka_unit_test(is_random),
		cmocka_unit_test(only_that_key),
		cmocka_unit_test(null_data),
		cmocka_unit_test(no_data),
	};

	return ROWS_RUN("generate", rows, keys) +
	       cmocka_run_group_tests_name("generate more", others, NULL, NULL);
}
