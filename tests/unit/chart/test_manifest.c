/* Objects: what is one, which are the same, and the way to text and back. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/alloc.h"
#include "base/limits.h"
#include "chart/manifest.h"
#include "data/yaml_read.h"

#define POD(name) "{apiVersion: v1, kind: Pod, metadata: {name: " name "}}"
#define POD_IN(name, namespace)                              \
	"{apiVersion: v1, kind: Pod, metadata: {name: " name \
	", namespace: " namespace "}}"

static const struct row {
	const char *name;
	const char *objects[3];
	const char *want; /* kind namespace/name of each; else the error */
} rows[] = {
	{ "one", { POD("a") }, "Pod /a\n" },
	{ "two", { POD("b"), POD("a") }, "Pod /b\nPod /a\n" },
	{ "namespace", { POD_IN("a", "b") }, "Pod b/a\n" },
	{ "two namespaces",
	  { POD_IN("a", "b"), POD_IN("a", "c") },
	  "Pod b/a\nPod c/a\n" },
	{ "twice", { POD("a"), POD("a") }, "Pod a is there twice, first in s0" },
	{ "twice, one by default",
	  { POD("a"), POD_IN("a", "home") },
	  "Pod a is there twice, first in s0" },
	{ "another apiVersion",
	  { POD("a"), "{apiVersion: v2, kind: Pod, metadata: {name: a}}" },
	  "Pod /a\nPod /a\n" },
	{ "list",
	  { "{apiVersion: v1, kind: List, items: [" POD("a") "," POD("b") "]}" },
	  "Pod /a\nPod /b\n" },
	{ "list of one kind",
	  { "{apiVersion: v1, kind: PodList, items: [" POD("a") "]}" },
	  "Pod /a\n" },
	{ "empty list", { "{apiVersion: v1, kind: List, items: []}" }, "" },
	{ "list in a list",
	  { "{kind: List, items: [{kind: List, items: [" POD("a") ", 1]}]}" },
	  "items[0]: items[1]: an object must be a map, found integer" },
	{ "kind that ends in List",
	  { "{apiVersion: v1, kind: AllowList, metadata: {name: a}}" },
	  "AllowList /a\n" },
	{ "text", { "a" }, "an object must be a map, found string" },
	{ "no apiVersion",
	  { "{kind: A, metadata: {name: a}}" },
	  "object has no apiVersion" },
	{ "no kind",
	  { "{apiVersion: v1, metadata: {name: a}}" },
	  "object has no kind" },
	{ "no metadata",
	  { "{apiVersion: v1, kind: A}" },
	  "object has no metadata.name" },
	{ "empty name", { POD("''") }, "object has no metadata.name" },
	{ "name is a number",
	  { POD("1") },
	  "metadata.name of the object must be a string, found integer" },
	{ "metadata is text",
	  { "{apiVersion: v1, kind: A, metadata: a}" },
	  "metadata of the object must be a map, found string" },
	{ "namespace is a number",
	  { POD_IN("a", "1") },
	  "metadata.namespace of the object must be a string, found "
	  "integer" },
	{ "namespace is null", { POD_IN("a", "null") }, "Pod /a\n" },
};

static bool add_all(const struct row *row, struct manifest *m, struct err *err)
{
	static const char *const sources[] = { "s0", "s1", "s2" };

	for (size_t i = 0; i < ARRAY_LEN(row->objects); i++) {
		AUTO(val_unref) struct val *v = NULL;

		if (!row->objects[i])
			break;
		assert_true(yaml_read(str_of(row->objects[i]), "", &v, err));
		if (!manifest_add(m, v, sources[i], "home", err))
			return false;
	}
	return true;
}

static void print(const struct manifest *m, struct buf *out)
{
	for (size_t i = 0; i < m->count; i++)
		buf_addf(out, "%s %s/%s\n", m->items[i].kind,
			 m->items[i].namespace, m->items[i].name);
}

static void test_row(void **state)
{
	const struct row *row = *state;
	AUTO(manifest_free) struct manifest *m = NEW(struct manifest);
	AUTO(manifest_free) struct manifest *back = NULL;
	AUTO_BUF got = BUF_INIT(LIMIT_MIB(1)), text = BUF_INIT(LIMIT_MIB(1));
	AUTO_ERR err = ERR_INIT;

	if (add_all(row, m, &err))
		print(m, &got);
	else
		buf_add_text(&got, err.msg);
	assert_string_equal(buf_text(&got), row->want);
	if (err.kind)
		return;

	manifest_text(m, &text);
	assert_true(manifest_read(buf_str(&text), "home", &back, &err));
	assert_int_equal(back->count, m->count);
	for (size_t i = 0; i < m->count; i++) {
		assert_true(
			val_equal(back->items[i].object, m->items[i].object));
		assert_string_equal(back->items[i].source, m->items[i].source);
		assert_ptr_equal(manifest_find(back, m->items[i].api_version,
					       m->items[i].kind,
					       m->items[i].namespace,
					       m->items[i].name),
				 &back->items[i]);
	}
	assert_null(manifest_find(back, "v1", "Pod", "nowhere", "a"));
}

static void test_text(void **state)
{
	AUTO(manifest_free) struct manifest *m = NEW(struct manifest);
	AUTO(val_unref) struct val *v = NULL;
	AUTO_BUF text = BUF_INIT(LIMIT_MIB(1));
	AUTO_ERR err = ERR_INIT;

	(void)state;
	assert_true(yaml_read(str_of(POD("a")), "", &v, &err));
	assert_true(manifest_add(m, v, "c/templates/a.yaml", "home", &err));
	manifest_text(m, &text);
	assert_string_equal(buf_text(&text),
			    "---\n# Source: c/templates/a.yaml\n"
			    "apiVersion: v1\nkind: Pod\nmetadata:\n"
			    "  name: a\n");
}

/* What Helm writes, and what looks like its marks inside of an object. */
static void test_read(void **state)
{
	static const char text[] =
		"---\n# Source: c/templates/a.yaml\n# note\n"
		"apiVersion: v1\nkind: A\nmetadata: {name: a}\n"
		"data: |\n  ---\n  # Source: wrong\n"
		"---\n" POD("b") "\n---\n# Source: none\n---\n"
				 "# Source: c/templates/c.yaml\n---\n" POD(
					 "c") "\n";
	AUTO(manifest_free) struct manifest *m = NULL;
	AUTO_ERR err = ERR_INIT;

	(void)state;
	assert_true(manifest_read(str_of(text), "home", &m, &err));
	assert_int_equal(m->count, 3);
	assert_string_equal(m->items[0].source, "c/templates/a.yaml");
	assert_string_equal(m->items[1].source, "");
	assert_string_equal(m->items[2].source, "");
	manifest_free(TAKE(m));
	assert_false(manifest_read(str_of("a: 1\n"), "home", &m, &err));
	assert_string_equal(err.msg, "manifest:1:1: object has no apiVersion");
}

static void test_limit(void **state)
{
	AUTO(manifest_free) struct manifest *m = NEW(struct manifest);
	AUTO_ERR err = ERR_INIT;
	bool ok = true;
	size_t n = 0;

	(void)state;
	for (; ok && n <= LIMIT_RELEASE_OBJECTS; n++) {
		AUTO_FREE char *text = alloc_print(POD("p%zu"), n);
		AUTO(val_unref) struct val *v = NULL;

		assert_true(yaml_read(str_of(text), "", &v, &err));
		ok = manifest_add(m, v, "s", "home", &err);
	}
	assert_int_equal(m->count, LIMIT_RELEASE_OBJECTS);
	assert_int_equal(err.kind, ERR_LIMIT);
}

int main(void)
{
	enum { ROWS = ARRAY_LEN(rows) };
	struct CMUnitTest tests[ROWS + 3] = {
		[ROWS] = cmocka_unit_test(test_text),
		[ROWS + 1] = cmocka_unit_test(test_read),
		[ROWS + 2] = cmocka_unit_test(test_limit),
	};

	for (size_t i = 0; i < ROWS; i++)
		tests[i] = (struct CMUnitTest){
			.name = rows[i].name,
			.test_func = test_row,
			.initial_state = (void *)(uintptr_t)&rows[i],
		};
	return cmocka_run_group_tests_name("manifest", tests, NULL, NULL);
}
