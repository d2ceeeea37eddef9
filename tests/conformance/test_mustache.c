/*
 * The Mustache specification, word for word: every test of its six core
 * modules and of extra.json, each a test of its own name. Run from the root of
 * the repository.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/file.h"
#include "base/limits.h"
#include "base/vec.h"
#include "data/json.h"
#include "mustache/mustache.h"

#define DIR "tests/conformance/"

static const struct module {
	const char *name;
	const char *path;
	size_t count; /* tests it must have; 0: any number */
} modules[] = {
	{ "comments", DIR "mustache-spec/comments.json", 12 },
	{ "delimiters", DIR "mustache-spec/delimiters.json", 14 },
	{ "interpolation", DIR "mustache-spec/interpolation.json", 42 },
	{ "inverted", DIR "mustache-spec/inverted.json", 22 },
	{ "partials", DIR "mustache-spec/partials.json", 12 },
	{ "sections", DIR "mustache-spec/sections.json", 34 },
	{ "extra", DIR "extra.json", 0 },
};

static void check(bool ok, const struct err *err)
{
	if (!ok)
		fail_msg("%s", err->msg);
}

/* The test's template is the first source, its partials follow. */
static bool compile(const struct val *test, struct mustache_set **out,
		    struct err *err)
{
	const struct val *partials = val_get(test, "partials");
	struct {
		VEC(struct mustache_source);
	} sources = { 0 };
	bool ok;

	*VEC_ADD(&sources) = (struct mustache_source){
		.name = "",
		.file = "template",
		.text = val_str(val_get(test, "template")),
	};
	for (size_t i = 0; i < val_count(partials); i++)
		*VEC_ADD(&sources) = (struct mustache_source){
			.name = val_key(partials, i).p,
			.text = val_str(val_at(partials, i)),
		};
	ok = mustache_compile(sources.items, sources.count, out, err);
	VEC_DONE(&sources);
	return ok;
}

static void test_spec(void **state)
{
	const struct val *test = *state;
	AUTO(mustache_free) struct mustache_set *set = NULL;
	AUTO(mustache_run_free) struct mustache_run *run = mustache_run_new();
	AUTO_BUF got = BUF_INIT(LIMIT_RENDER_BYTES);
	AUTO_ERR err = ERR_INIT;

	check(compile(test, &set, &err), &err);
	/* Twice: a run is reused. */
	for (int i = 0; i < 2; i++) {
		buf_clear(&got);
		check(mustache_render(run, mustache_find(set, ""),
				      val_get(test, "data"), MUSTACHE_HTML,
				      &got, &err),
		      &err);
		assert_string_equal(buf_text(&got),
				    val_get_text(test, "expected"));
		assert_int_equal(got.len, val_str(val_get(test, "expected")).n);
	}
}

/* The number of tests that failed, or of those that are not there. */
static int run_module(const struct module *m)
{
	AUTO_BUF text = BUF_INIT(LIMIT_MIB(1));
	AUTO(val_unref) struct val *file = NULL;
	AUTO_ERR err = ERR_INIT;
	struct {
		VEC(struct CMUnitTest);
	} tests = { 0 };

	if (!file_read(m->path, &text, &err) ||
	    !json_read(buf_str(&text), &file, &err)) {
		printf("not ok - %s: %s\n", m->path, err.msg);
		return 1;
	}
	const struct val *list = val_get(file, "tests");
	for (size_t i = 0; i < val_count(list); i++)
		*VEC_ADD(&tests) = (struct CMUnitTest){
			.name = val_get_text(val_at(list, i), "name"),
			.test_func = test_spec,
			.initial_state = val_ref(val_at(list, i)),
		};
	int failed = _cmocka_run_group_tests(m->name, tests.items, tests.count,
					     NULL, NULL);
	printf("# %s: %zu of %zu passed\n", m->name,
	       tests.count - (size_t)failed, tests.count);
	if (m->count && m->count != tests.count) {
		printf("not ok - %s holds %zu tests, not %zu\n", m->path,
		       tests.count, m->count);
		failed++;
	}
	for (size_t i = 0; i < tests.count; i++)
		val_unref(tests.items[i].initial_state);
	VEC_DONE(&tests);
	return failed;
}

int main(void)
{
	int failed = 0;

	for (size_t i = 0; i < ARRAY_LEN(modules); i++)
		failed += run_module(&modules[i]);
	return failed != 0;
}
