/*
 * The Mustache specification, word for word: every test of its nine modules,
 * each a test of its own name. extra.json, extensions.json and helpers.json
 * are ours, in the same format and with these keys besides:
 *
 *   flags   what the templates may do: words of the table flags[]
 *   error   in place of expected: the message
 *
 * Lambdas are native functions here, found by the name of their test. Run from
 * the root of the repository.
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
	{ "~dynamic-names", DIR "mustache-spec/~dynamic-names.json", 21 },
	{ "~inheritance", DIR "mustache-spec/~inheritance.json", 27 },
	{ "~lambdas", DIR "mustache-spec/~lambdas.json", 10 },
	{ "extra", DIR "extra.json", 0 },
	{ "extensions", DIR "extensions.json", 0 },
	{ "helpers", DIR "helpers.json", 0 },
};

static const struct {
	const char *word;
	unsigned flag;
} flags[] = {
	{ "strict", MUSTACHE_STRICT },   { "queries", MUSTACHE_QUERIES },
	{ "helpers", MUSTACHE_HELPERS }, { "no-raw", MUSTACHE_NO_RAW },
	{ "paths", MUSTACHE_PATHS },     { "plain", 0 /* no HTML */ },
};

/* The functions of the module ~lambdas, as its file describes them. */

static bool say_world(void *ctx, struct str text, struct buf *out,
		      struct err *err)
{
	(void)ctx, (void)text, (void)err;
	buf_add_text(out, "world");
	return true;
}

static bool say_planet(void *ctx, struct str text, struct buf *out,
		       struct err *err)
{
	(void)ctx, (void)text, (void)err;
	buf_add_text(out, "{{planet}}");
	return true;
}

static bool say_delimiters(void *ctx, struct str text, struct buf *out,
			   struct err *err)
{
	(void)ctx, (void)text, (void)err;
	buf_add_text(out, "|planet| => {{planet}}");
	return true;
}

static bool count_calls(void *ctx, struct str text, struct buf *out,
			struct err *err)
{
	int *calls = ctx;

	(void)text, (void)err;
	buf_addf(out, "%d", ++*calls);
	return true;
}

static bool say_more(void *ctx, struct str text, struct buf *out,
		     struct err *err)
{
	(void)ctx, (void)text, (void)err;
	buf_add_text(out, ">");
	return true;
}

static bool is_it_x(void *ctx, struct str text, struct buf *out,
		    struct err *err)
{
	(void)ctx, (void)err;
	buf_add_text(out, str_is(text, "{{x}}") ? "yes" : "no");
	return true;
}

static bool around(void *ctx, struct str text, struct buf *out, struct err *err)
{
	(void)ctx, (void)err;
	buf_addf(out, STR_FMT "{{planet}}" STR_FMT, STR_ARG(text),
		 STR_ARG(text));
	return true;
}

static bool around_delimiters(void *ctx, struct str text, struct buf *out,
			      struct err *err)
{
	(void)ctx, (void)err;
	buf_addf(out, STR_FMT "{{planet}} => |planet|" STR_FMT, STR_ARG(text),
		 STR_ARG(text));
	return true;
}

static bool underline(void *ctx, struct str text, struct buf *out,
		      struct err *err)
{
	(void)ctx, (void)err;
	buf_addf(out, "__" STR_FMT "__", STR_ARG(text));
	return true;
}

static bool say_no(void *ctx, struct str text, struct buf *out, struct err *err)
{
	(void)ctx, (void)text, (void)out, (void)err;
	return true;
}

static int calls;

static const struct {
	const char *test;
	struct mustache_lambda lambda;
} lambdas[] = {
	{ "Interpolation", { "lambda", say_world, NULL } },
	{ "Interpolation - Expansion", { "lambda", say_planet, NULL } },
	{ "Interpolation - Alternate Delimiters",
	  { "lambda", say_delimiters, NULL } },
	{ "Interpolation - Multiple Calls", { "lambda", count_calls, &calls } },
	{ "Escaping", { "lambda", say_more, NULL } },
	{ "Section", { "lambda", is_it_x, NULL } },
	{ "Section - Expansion", { "lambda", around, NULL } },
	{ "Section - Alternate Delimiters",
	  { "lambda", around_delimiters, NULL } },
	{ "Section - Multiple Calls", { "lambda", underline, NULL } },
	{ "Inverted Section", { "lambda", say_no, NULL } },
};

/* The data without its functions, which the lambdas stand for. */
static struct val *data_of(const struct val *test, struct mustache_run *run)
{
	const struct val *data = val_get(test, "data");

	if (!val_get(val_get(data, "lambda"), "__tag__"))
		return val_ref(data);
	for (size_t i = 0; i < ARRAY_LEN(lambdas); i++)
		if (strcmp(val_get_text(test, "name"), lambdas[i].test) == 0) {
			mustache_run_lambdas(run, &lambdas[i].lambda, 1);
			return val_without(data, "lambda");
		}
	fail_msg("no lambda for this test");
	return NULL;
}

static void check(bool ok, const struct err *err)
{
	if (!ok)
		fail_msg("%s", err->msg);
}

static unsigned flags_of(const struct val *test)
{
	struct str rest = val_str(val_get(test, "flags")), word;
	unsigned all = 0;

	while (rest.n) {
		size_t i = 0;

		str_split(rest, ' ', &word, &rest);
		while (i < ARRAY_LEN(flags) && !str_is(word, flags[i].word))
			i++;
		if (i == ARRAY_LEN(flags))
			fail_msg("unknown flag " STR_FMT, STR_ARG(word));
		all |= flags[i].flag;
	}
	return all;
}

static enum mustache_escape escape_of(const struct val *test)
{
	return strstr(val_get_text(test, "flags"), "plain") ? MUSTACHE_PLAIN
							    : MUSTACHE_HTML;
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
		.flags = flags_of(test),
	};
	for (size_t i = 0; i < val_count(partials); i++)
		*VEC_ADD(&sources) = (struct mustache_source){
			.name = val_key(partials, i).p,
			.text = val_str(val_at(partials, i)),
			.flags = flags_of(test),
		};
	ok = mustache_compile(sources.items, sources.count, out, err);
	VEC_DONE(&sources);
	return ok;
}

static void test_spec(void **state)
{
	const struct val *test = *state;
	const char *error = val_get_text(test, "error");
	AUTO(mustache_free) struct mustache_set *set = NULL;
	AUTO(mustache_run_free) struct mustache_run *run = mustache_run_new();
	AUTO(val_unref) struct val *data = data_of(test, run);
	AUTO_BUF got = BUF_INIT(LIMIT_RENDER_BYTES);
	AUTO_ERR err = ERR_INIT;
	bool ok = compile(test, &set, &err);

	/* Twice: a run is reused. */
	for (int i = 0; ok && i < 2; i++) {
		calls = 0;
		buf_clear(&got);
		ok = mustache_render(run, mustache_find(set, ""), data,
				     escape_of(test), &got, &err);
		if (!ok || *error)
			break;
		assert_string_equal(buf_text(&got),
				    val_get_text(test, "expected"));
		assert_int_equal(got.len, val_str(val_get(test, "expected")).n);
	}
	if (!*error)
		check(ok, &err);
	else if (ok)
		fail_msg("rendered \"%s\", but should fail", buf_text(&got));
	else
		assert_string_equal(err.msg, error);
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
