/* What does not fit into a Secret, at both edges. */
#include "release/record.h"

#include "base/alloc.h"
#include "base/limits.h"
#include "data/path.h"

#include "unit/release/given.h"
#include "unit/rows.h"

static const struct owner bob = {
	.api_version = "v1",
	.kind = "K",
	.namespace = "team",
	.name = "bob",
	.release = "bob",
	.release_namespace = "team",
};

/* A text that gzip cannot make smaller than three quarters: the same each
 * time (xorshift64). */
static char *noise(size_t n)
{
	static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
				     "abcdefghijklmnopqrstuvwxyz0123456789-_";
	char *text = alloc_zero(n + 1);
	uint64_t x = 88172645463325252;

	for (size_t i = 0; i < n; i++) {
		x ^= x << 13;
		x ^= x >> 7;
		x ^= x << 17;
		text[i] = digits[x >> 58];
	}
	return text;
}

/* A record whose manifest and one template, or one other file, are that
 * long. */
struct sized {
	struct chart chart;
	struct chart_file file;
	struct record_spec spec;
	struct val *body;
	char *text;
};

static void sized_done(struct sized *s)
{
	val_unref(s->chart.meta);
	val_unref(s->chart.values);
	val_unref(s->body);
	free(s->text);
}
#define SIZED __attribute__((cleanup(sized_done))) struct sized

static void make(struct sized *s, size_t manifest, size_t file,
		 const char *path)
{
	*s = (struct sized){ .text = noise(manifest + file) };
	s->file.path = path;
	s->file.data = str_cut(s->text + manifest, file);
	s->chart.files = &s->file;
	s->chart.file_count = 1;
	s->chart.meta = given("{apiVersion: v2, name: c, version: 1.2.3}");
	s->chart.values = given("{}");
	s->spec = (struct record_spec){
		.owner = &bob,
		.chart = &s->chart,
		.revision = 1,
		.status = RECORD_DEPLOYED,
		.first_deployed_ns = 1,
		.last_deployed_ns = 1,
		.description = "Install complete",
		.manifest = str_cut(s->text, manifest),
		.digest = "d",
		.shape = "s",
	};
	s->body = record_new(&s->spec);
}

static bool write(const struct sized *s, struct val **out, struct err *err)
{
	return record_secret(&s->spec, s->body, 0, out, err);
}

static size_t stored_bytes(const struct val *secret)
{
	const char *text = path_get_text(secret, "data.release");
	size_t n = strlen(text) / 4 * 3;

	/* Of the outer base64, which the API server takes off. */
	while (*text && text[strlen(text) - 1] == '=' && n % 4)
		n--;
	return n;
}

/* The longest manifest that fits, and what is said of one byte more. Its
 * packed size grows by a byte or none with each of its own. */
static void full(void **state)
{
	(void)state;
	size_t low = 1030000, high = 1060000;

	while (high - low > 1) {
		size_t n = (low + high) / 2;
		SIZED s;
		AUTO_ERR err = ERR_INIT;
		AUTO(val_unref) struct val *secret = NULL;

		make(&s, n, 0, "README.md");
		*(write(&s, &secret, &err) ? &low : &high) = n;
	}
	SIZED most, more;
	AUTO(val_unref) struct val *secret = NULL;
	AUTO(val_unref) struct val *back = NULL;
	AUTO_ERR err = ERR_INIT;

	make(&most, low, 0, "README.md");
	assert_true(write(&most, &secret, &err));
	assert_int_equal(stored_bytes(secret), LIMIT_RECORD_BYTES);
	assert_true(record_read(secret, &back, &err));
	assert_int_equal(val_str(val_get(back, "manifest")).n, low);
	make(&more, high, 0, "README.md");
	struct val *none = NULL;
	assert_false(write(&more, &none, &err));
	assert_int_equal(err.kind, ERR_LIMIT);
	assert_string_equal(err.msg, "record of release bob: 1048580 bytes, "
				     "a Secret holds 1048576");
	assert_null(none);
}

/* The same edge for what may be left out: with it, and without. */
static const struct part_row {
	const char *name, *path, *list;
} part_rows[] = {
	{ "template", "templates/a.yaml", "chart.templates" },
	{ "other file", "files/a.txt", "chart.files" },
};

static void parts(void **state)
{
	const struct part_row *row = *state;
	/* Base64 of text packs back to about the text's own size. */
	size_t low = 600000, high = 1060000;

	while (high - low > 1000) {
		size_t n = (low + high) / 2;
		SIZED s;
		AUTO_ERR err = ERR_INIT;
		AUTO(val_unref) struct val *secret = NULL;
		AUTO(val_unref) struct val *back = NULL;

		make(&s, 1000, n, row->path);
		assert_true(write(&s, &secret, &err));
		assert_true(record_read(secret, &back, &err));
		bool whole = val_equal(back, s.body);
		*(whole ? &low : &high) = n;
		if (whole) {
			assert_true(stored_bytes(secret) <= LIMIT_RECORD_BYTES);
			continue;
		}
		assert_true(val_is_null(path_get(back, row->list)));
		assert_true(stored_bytes(secret) < 10000);
		assert_string_equal(val_get_text(back, "manifest"),
				    val_get_text(s.body, "manifest"));
		assert_string_equal(path_get_text(back, "chart.metadata.name"),
				    "c");
	}
}

/* More than what is looked at before compression. */
static void far_too_large(void **state)
{
	(void)state;
	SIZED s;
	AUTO_ERR err = ERR_INIT;
	AUTO_ERR again = ERR_INIT;
	struct val *none = NULL;

	make(&s, LIMIT_RECORD_TEXT_BYTES, 0, "README.md");
	assert_false(write(&s, &none, &err));
	assert_int_equal(err.kind, ERR_LIMIT);
	assert_string_equal(err.msg,
			    "record of release bob: before compression: "
			    "larger than 20971520 bytes");
	assert_false(
		record_patch_status(s.body, RECORD_FAILED, 0, &none, &again));
	assert_int_equal(again.kind, ERR_LIMIT);
	assert_null(none);
}

int main(void)
{
	const struct CMUnitTest others[] = {
		cmocka_unit_test(full),
		cmocka_unit_test(far_too_large),
	};

	return ROWS_RUN("record size", part_rows, parts) +
	       cmocka_run_group_tests_name("record size more", others, NULL,
					   NULL);
}
