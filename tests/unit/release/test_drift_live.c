/*
 * Drift of objects that a real API server returned: live/README.md. What it
 * made of what was rendered is no drift, and each edit of others is found
 * where it is.
 */
#include "release/drift.h"

#include "base/buf.h"
#include "base/vec.h"
#include "release/live.h"

#include "unit/release/given.h"
#include "unit/release/patched.h"
#include "unit/rows.h"

#include <glob.h>

#define LIVE "tests/unit/release/live"

struct test {
	char *name;
	struct val *given; /* an object's file, or a row of edits.yaml */
};

struct tests {
	struct test *items;
	size_t count, cap;
};

static void print(const struct drift *d, struct buf *out)
{
	for (size_t i = 0; i < d->count; i++)
		buf_addf(out, "%s %s\n", drift_kind_text(d->items[i].kind),
			 d->items[i].path);
	if (d->more)
		buf_add_text(out, "more\n");
}

static void assert_drift(const struct val *want, const struct val *live,
			 const char *expected)
{
	AUTO_DRIFT d = { 0 };
	AUTO_BUF got = BUF_INIT(100000);

	drift_find(want, live, DRIFT_SCALER_NONE, &d);
	print(&d, &got);
	assert_string_equal(buf_text(&got), expected);
	assert_int_equal(d.count == 0, d.mended == live);
}

/* Nothing that the server did is drift, then or later. */
static void is_as_rendered(void **state)
{
	const struct test *test = *state;
	const struct val *want = val_get(test->given, "want");

	assert_drift(want, val_get(test->given, "created"), "");
	assert_drift(want, val_get(test->given, "live"), "");
}

static void digest_of(const struct val *object, char out[LIVE_DIGEST_BYTES])
{
	live_digest(val_get_text(object, "kind"), object, out);
}

/* What controllers write later is not in the digest. */
static void has_one_digest(void **state)
{
	const struct test *test = *state;
	const struct val *live = val_get(test->given, "live");
	char before[LIVE_DIGEST_BYTES], after[LIVE_DIGEST_BYTES];

	digest_of(val_get(test->given, "created"), before);
	digest_of(live, after);
	assert_int_equal(strlen(after), LIVE_DIGEST_BYTES - 1);
	/* Controllers write into these: there the digest only says to look. */
	if (strstr(test->name, "aggregated") ||
	    strstr(test->name, "persistentvolume-"))
		assert_string_not_equal(before, after);
	else
		assert_string_equal(before, after);
}

static struct val *object_of(const struct val *row)
{
	struct str kind, name;

	str_split(val_str(val_get(row, "object")), '/', &kind, &name);
	AUTO_FREE char *path = alloc_print(LIVE "/objects/" STR_FMT "-" STR_FMT
						".json",
					   STR_ARG(kind), STR_ARG(name));
	return given_file(path);
}

static struct val *edited(const struct val *row)
{
	AUTO_FREE char *path =
		alloc_print(LIVE "/edits/%s.json", val_get_text(row, "name"));

	return given_file(path);
}

static void is_found(void **state)
{
	const struct test *test = *state;
	const struct val *list = val_get(test->given, "want");
	AUTO(val_unref) struct val *object = object_of(test->given);
	AUTO(val_unref) struct val *live = edited(test->given);
	AUTO_BUF expected = BUF_INIT(100000);

	for (size_t i = 0; i < val_count(list); i++)
		buf_addf(&expected, "%s\n", val_text(val_at(list, i)));
	assert_drift(val_get(object, "want"), live, buf_text(&expected));
}

static void is_of_size(void **state)
{
	const struct test *test = *state;
	AUTO(val_unref) struct val *object = object_of(test->given);
	AUTO(val_unref) struct val *live = edited(test->given);
	AUTO_DRIFT d = { 0 };

	drift_find(val_get(object, "want"), live, DRIFT_SCALER_NONE, &d);
	assert_int_equal(drift_is_size(&d),
			 val_is_true(val_get(test->given, "size")));
}

/* Patched as it says, there is no drift, and nothing else has changed. */
static void is_mended(void **state)
{
	const struct test *test = *state;
	AUTO(val_unref) struct val *object = object_of(test->given);
	AUTO(val_unref) struct val *live = edited(test->given);
	const struct val *want = val_get(object, "want");
	AUTO_DRIFT d = { 0 };

	drift_find(want, live, DRIFT_SCALER_NONE, &d);
	AUTO(val_unref) struct val *patch = drift_patch(&d);
	AUTO(val_unref) struct val *after = patched(live, patch);
	assert_drift(want, after, "");
	assert_int_equal(d.count == 0, val_equal(live, after));
	assert_true(val_equal(after, d.mended));
}

/* Whoever keeps the digest learns of every drift. */
static void changes_digest(void **state)
{
	const struct test *test = *state;
	AUTO(val_unref) struct val *object = object_of(test->given);
	AUTO(val_unref) struct val *live = edited(test->given);
	char before[LIVE_DIGEST_BYTES], after[LIVE_DIGEST_BYTES];

	digest_of(val_get(object, "live"), before);
	digest_of(live, after);
	if (val_count(val_get(test->given, "want")))
		assert_string_not_equal(before, after);
}

static void read_objects(struct tests *out)
{
	glob_t files;

	if (glob(LIVE "/objects/*.json", 0, NULL, &files) != 0)
		return;
	for (size_t i = 0; i < files.gl_pathc; i++)
		*VEC_ADD(out) = (struct test){
			alloc_copy(strrchr(files.gl_pathv[i], '/') + 1),
			given_file(files.gl_pathv[i]),
		};
	globfree(&files);
}

static void read_edits(struct tests *out)
{
	AUTO(val_unref) struct val *rows = given_file(LIVE "/edits.yaml");

	for (size_t i = 0; i < val_count(rows); i++)
		*VEC_ADD(out) = (struct test){
			alloc_copy(val_get_text(val_at(rows, i), "name")),
			val_ref(val_at(rows, i)),
		};
}

static void drop(struct tests *tests)
{
	for (size_t i = 0; i < tests->count; i++) {
		free(tests->items[i].name);
		val_unref(tests->items[i].given);
	}
	VEC_DONE(tests);
}

#define RUN(title, tests, fn) \
	rows_run(title, (tests).items, (tests).count, sizeof(struct test), fn)

int main(void)
{
	struct tests objects = { 0 }, edits = { 0 };

	read_objects(&objects);
	read_edits(&edits);
	if (objects.count < 50 || edits.count < 100)
		return 1;
	int failed = RUN("drift of nothing", objects, is_as_rendered);
	failed += RUN("digest of nothing", objects, has_one_digest);
	failed += RUN("drift of edits", edits, is_found);
	failed += RUN("drift of size", edits, is_of_size);
	failed += RUN("drift mended", edits, is_mended);
	failed += RUN("digest of edits", edits, changes_digest);
	drop(&objects);
	drop(&edits);
	return failed;
}
