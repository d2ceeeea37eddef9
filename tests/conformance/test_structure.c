/*
 * Golden charts: structure.json has a template and values for each thing that
 * YAML and templates do to one another, and what must come out, byte by byte.
 * Each test has these keys:
 *
 *   rule      what it shows
 *   values    of the release; templates see them as Values
 *   template  templates/t.yaml; apiVersion, kind and metadata of an object
 *             called "a" are appended
 *   whole     true: nothing is appended
 *   files     other files of the chart, path to text; another Chart.yaml too
 *   json      the objects as JSON, a line each; without what was appended
 *   yaml      the same as YAML, with --- between them
 *   error     in place of both
 *
 * The YAML is read again, and must be the same values; so must be a second
 * render. Run from the root of the repository.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/alloc.h"
#include "base/file.h"
#include "base/limits.h"
#include "base/vec.h"
#include "chart/render.h"
#include "chart/values.h"
#include "data/json.h"
#include "data/yaml_read.h"
#include "data/yaml_write.h"
#include "unit/chart/folder.h"

#define DATA "tests/conformance/structure.json"
#define IDENTITY "apiVersion: v1\nkind: A\nmetadata: {name: a}\n"

/* The objects that a test is about. */
struct outcome {
	struct val_list objects;
	struct err err;
};

static void outcome_done(struct outcome *o)
{
	val_list_drop(&o->objects);
	err_clear(&o->err);
}

static char *template_text(const struct val *test)
{
	const char *text = val_get_text(test, "template");
	bool ended = str_ends(str_of(text), "\n");

	if (val_is_true(val_get(test, "whole")))
		return alloc_copy(text);
	return alloc_print("%s%s" IDENTITY, text, ended ? "" : "\n");
}

static struct chart *load(const struct val *test, struct err *err)
{
	const struct val *more = val_get(test, "files");
	AUTO_FREE char *text = template_text(test);
	struct {
		VEC(struct folder_file);
	} files = { 0 };
	struct chart *chart = NULL;

	if (!val_get(more, "Chart.yaml"))
		*VEC_ADD(&files) =
			(struct folder_file){ "Chart.yaml", FOLDER_META };
	*VEC_ADD(&files) = (struct folder_file){ "templates/t.yaml", text };
	for (size_t i = 0; i < val_count(more); i++)
		*VEC_ADD(&files) =
			(struct folder_file){ val_key(more, i).p,
					      val_text(val_at(more, i)) };
	VEC_ADD(&files);
	AUTO_FREE char *path = folder_make(files.items);
	if (!chart_load(path, &chart, err)) {
		/* Without "chart PATH: ", which is another each time. */
		const char *at = strstr(err->msg, path);
		AUTO_FREE char *rest = alloc_copy(at + strlen(path) + 2);
		enum err_kind kind = err->kind;

		err_clear(err);
		err_set(err, kind, "%s", rest);
	}
	folder_remove(path);
	VEC_DONE(&files);
	return chart;
}

static struct val *without_identity(const struct val *object)
{
	AUTO(val_unref) struct val *a = val_without(object, "apiVersion");
	AUTO(val_unref) struct val *b = val_without(a, "kind");

	return val_without(b, "metadata");
}

static bool render(const struct val *test, const struct chart *chart,
		   struct outcome *out)
{
	static const struct chart_release release = { .name = "r",
						      .namespace = "n",
						      .revision = 1 };
	const struct chart_capabilities caps = { "v1.36.1", NULL };
	AUTO(chart_values_free) struct chart_values *values = NULL;
	AUTO(manifest_free) struct manifest *m = NULL;
	bool is_whole = val_is_true(val_get(test, "whole"));

	if (!chart_values_new(chart, NULL, val_get(test, "values"), NULL,
			      &values, &out->err) ||
	    !chart_render(chart, values, &release, &caps, &m, &out->err))
		return false;
	for (size_t i = 0; i < m->count; i++)
		val_list_add_take(
			&out->objects,
			is_whole ? val_ref(m->items[i].object)
				 : without_identity(m->items[i].object));
	return true;
}

static void print_json(const struct outcome *o, struct buf *out)
{
	for (size_t i = 0; i < o->objects.count; i++) {
		json_write(o->objects.items[i], out);
		buf_add_char(out, '\n');
	}
}

static void print_yaml(const struct outcome *o, struct buf *out)
{
	for (size_t i = 0; i < o->objects.count; i++) {
		if (i)
			buf_add_text(out, "---\n");
		yaml_write(o->objects.items[i], out);
	}
}

/* What a reader of the YAML sees is what was rendered. */
static void check_read_back(const struct outcome *o, const struct buf *yaml)
{
	AUTO_VAL_LIST docs = { 0 };
	AUTO_ERR err = ERR_INIT;

	if (!yaml_read_all(buf_str(yaml), "yaml", &docs, &err))
		fail_msg("%s", err.msg);
	assert_int_equal(docs.count, o->objects.count);
	for (size_t i = 0; i < docs.count; i++)
		assert_true(val_equal(docs.items[i], o->objects.items[i]));
}

static void check_objects(const struct val *test, const struct outcome *o)
{
	AUTO_BUF json = BUF_INIT(LIMIT_MIB(1)), yaml = BUF_INIT(LIMIT_MIB(1));

	print_json(o, &json);
	print_yaml(o, &yaml);
	assert_string_equal(buf_text(&json), val_get_text(test, "json"));
	assert_string_equal(buf_text(&yaml), val_get_text(test, "yaml"));
	check_read_back(o, &yaml);
}

static void test_case(void **state)
{
	const struct val *test = *state;
	const char *error = val_get_text(test, "error");
	struct outcome o = { .err = ERR_INIT };
	AUTO(chart_unref) struct chart *chart = load(test, &o.err);

	/* Twice: the second time the chart knows the shape. */
	for (int i = 0; chart && i < 2; i++) {
		bool ok = render(test, chart, &o);

		if (ok && *error)
			fail_msg("rendered, but should fail: %s", error);
		if (ok)
			check_objects(test, &o);
		else
			assert_string_equal(o.err.msg, error);
		outcome_done(&o);
		o = (struct outcome){ .err = ERR_INIT };
	}
	if (!chart)
		assert_string_equal(o.err.msg, error);
	outcome_done(&o);
}

static struct val *read_data(void)
{
	AUTO_BUF text = BUF_INIT(LIMIT_MIB(1));
	AUTO_ERR err = ERR_INIT;
	struct val *file = NULL;

	if (!file_read(DATA, &text, &err) ||
	    !json_read(buf_str(&text), &file, &err))
		print_error("%s: %s\n", DATA, err.msg);
	return file;
}

int main(void)
{
	AUTO(val_unref) struct val *file = read_data();
	const struct val *list = val_get(file, "tests");
	struct {
		VEC(struct CMUnitTest);
	} tests = { 0 };

	for (size_t i = 0; i < val_count(list); i++)
		*VEC_ADD(&tests) = (struct CMUnitTest){
			.name = val_get_text(val_at(list, i), "name"),
			.test_func = test_case,
			.initial_state = val_ref(val_at(list, i)),
		};
	int failed = _cmocka_run_group_tests("structure", tests.items,
					     tests.count, NULL, NULL);
	for (size_t i = 0; i < tests.count; i++)
		val_unref(tests.items[i].initial_state);
	VEC_DONE(&tests);
	return failed || !file;
}
