/* Objects: what is one, which are the same, and the way to text and back. */
#include "base/alloc.h"
#include "base/limits.h"
#include "chart/manifest.h"
#include "data/yaml_read.h"

#include "unit/rows.h"

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

#define HOOK(kind, name, events)                                  \
	"{apiVersion: v1, kind: " kind ", metadata: {name: " name \
	", annotations: {helm.sh/hook: '" events "'}}}"
#define LIST(items, more) \
	"{apiVersion: v1, kind: List, items: [" items "]" more "}"
#define NO_LIST \
	"a list is no hook: put the annotation helm.sh/hook onto its items"

/* What is rendered, hooks apart: "objects; hooks; skipped", or the error. */
static const struct hook_row {
	const char *name;
	const char *objects[3];
	const char *want;
} hook_rows[] = {
	{ "hook", { HOOK("Pod", "a", "test") }, "; Pod a; " },
	{ "hook and object",
	  { HOOK("Pod", "a", "test"), POD("b") },
	  "Pod b; Pod a; " },
	{ "unknown event",
	  { HOOK("Pod", "a", "test,crd-install"), POD("b") },
	  "Pod b; ; Pod a" },
	{ "as text", { HOOK("Pod", "a", "") }, "; ; Pod a" },
	{ "in a list",
	  { LIST(HOOK("Pod", "a", "test") "," POD("b"), "") },
	  "Pod b; Pod a; " },
	{ "a list",
	  { LIST(POD("b"), ", metadata: {annotations: {helm.sh/hook: test}}") },
	  NO_LIST },
	{ "a list of nothing known",
	  { LIST(POD("b"), ", metadata: {annotations: {helm.sh/hook: x}}") },
	  NO_LIST },
	{ "the same at another event",
	  { HOOK("Pod", "a", "pre-install"), HOOK("Pod", "a", "post-install") },
	  "; Pod a Pod a; " },
	{ "the same at the same event",
	  { HOOK("Pod", "a", "pre-install,test"), HOOK("Pod", "a", "test") },
	  "Pod a is there twice, first in s0, for the same event" },
	{ "the same as a hook",
	  { HOOK("Pod", "a", "test"), POD("a") },
	  "Pod a is there twice, first in s0, where it is a hook" },
	{ "the same as no hook",
	  { POD("a"), HOOK("Pod", "a", "test") },
	  "Pod a is there twice, first in s0, where it is no hook" },
	{ "the same as one that is skipped",
	  { HOOK("Pod", "a", "x"), POD("a") },
	  "Pod a; ; Pod a" },
	{ "skipped, and no object",
	  { HOOK("Pod", "''", "x") },
	  "object has no metadata.name" },
};

static bool render_all(const struct hook_row *row, struct manifest *m,
		       struct err *err)
{
	static const char *const sources[] = { "s0", "s1", "s2" };

	for (size_t i = 0; i < ARRAY_LEN(row->objects); i++) {
		AUTO(val_unref) struct val *v = NULL;

		if (!row->objects[i])
			break;
		assert_true(yaml_read(str_of(row->objects[i]), "", &v, err));
		if (!manifest_add_rendered(m, v, sources[i], "home", err))
			return false;
	}
	return true;
}

static void print_one(const struct manifest_object *o, size_t i,
		      struct buf *out)
{
	buf_addf(out, "%s%s %s", i ? " " : "", o->kind, o->name);
}

static void test_hooks(void **state)
{
	const struct hook_row *row = *state;
	AUTO(manifest_free) struct manifest *m = NEW(struct manifest);
	AUTO_BUF got = BUF_INIT(LIMIT_MIB(1));
	AUTO_ERR err = ERR_INIT;

	if (!render_all(row, m, &err)) {
		assert_string_equal(err.msg, row->want);
		return;
	}
	for (size_t i = 0; i < m->count; i++)
		print_one(&m->items[i], i, &got);
	buf_add_text(&got, "; ");
	for (size_t i = 0; i < m->hooks.count; i++)
		print_one(&m->hooks.items[i].object, i, &got);
	buf_add_text(&got, "; ");
	for (size_t i = 0; i < m->skipped.count; i++)
		print_one(&m->skipped.items[i], i, &got);
	assert_string_equal(buf_text(&got), row->want);
}

/* In what was recorded, a hook's annotation means nothing: it was written when
 * nobody told hooks apart. */
static void test_recorded_hook(void **state)
{
	AUTO(manifest_free) struct manifest *m = NULL;
	AUTO_ERR err = ERR_INIT;

	(void)state;
	assert_true(manifest_read(str_of(HOOK("Pod", "a", "test")), "home", &m,
				  &err));
	assert_int_equal(m->count, 1);
	assert_int_equal(m->hooks.count, 0);
}

static void test_hook_limit(void **state)
{
	AUTO(manifest_free) struct manifest *m = NEW(struct manifest);
	AUTO_ERR err = ERR_INIT;
	bool ok = true;

	(void)state;
	for (size_t n = 0; ok && n <= LIMIT_HOOKS; n++) {
		AUTO_FREE char *text =
			alloc_print(HOOK("Pod", "p%zu", "test"), n);
		AUTO(val_unref) struct val *v = NULL;

		assert_true(yaml_read(str_of(text), "", &v, &err));
		ok = manifest_add_rendered(m, v, "s", "home", &err);
	}
	assert_int_equal(m->hooks.count, LIMIT_HOOKS);
	assert_int_equal(err.kind, ERR_LIMIT);
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
	const struct CMUnitTest others[] = {
		cmocka_unit_test(test_text),
		cmocka_unit_test(test_read),
		cmocka_unit_test(test_limit),
		cmocka_unit_test(test_recorded_hook),
		cmocka_unit_test(test_hook_limit),
	};

	return ROWS_RUN("manifest", rows, test_row) +
	       ROWS_RUN("manifest: hooks", hook_rows, test_hooks) +
	       cmocka_run_group_tests_name("manifest more", others, NULL, NULL);
}
