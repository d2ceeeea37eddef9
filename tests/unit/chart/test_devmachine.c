/*
 * The chart of this repository: every preset renders, and no value can do more
 * than be a value. For each text of the values, a hostile text in its place
 * must give what a harmless word gives, with the word replaced.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/alloc.h"
#include "base/limits.h"
#include "base/vec.h"
#include "chart/render.h"
#include "chart/values.h"
#include "data/merge.h"
#include "data/path.h"
#include "data/yaml_read.h"

#define CHART "charts/devmachine"
#define WORD "harmlessword"

/* Turns on what a chart turns off by default. */
static const char *const users[] = {
	"{}",
	("{gpu: 1, ingressDomain: a.example.org, env: [{name: A, value: b}], "
	 "ingress: {tlsSecretName: t}, podLabels: {l: m}, "
	 "nodeSelector: {n: o}, tolerations: [{key: k}]}"),
	("{ingressDomain: a.example.org, storage: {retainPolicy: Delete}, "
	 "ingress: {clusterIssuer: i, className: c}}"),
};

/* Not "": templates may compare with it. */
static const char *const hostile[] = {
	" ",
	"a\nb: c\n---\nkind: Pod\n",
	"x: y",
	"{{Release.Name}}",
	"*x",
	"&x",
	"!!int 1",
	"---",
	"1e3",
	"yes",
	"0755",
	"~",
	"null",
	"# a",
	"a # b",
	"- a",
	"]",
	"}, {",
	"'",
	"\"",
	"\\",
	"|",
	"\t",
	"\r\n",
	"%YAML 1.1",
	"<<",
	"=",
	("\xee\x80\x80"
	 "0\xee\x80\x81"),
	"\xc2\x85\xe2\x80\xa8",
	"\xef\xbb\xbf",
};

static struct chart *chart;

static struct val *read(const char *text)
{
	AUTO_ERR err = ERR_INIT;
	struct val *v = NULL;

	if (!yaml_read(str_of(text), "row", &v, &err))
		fail_msg("%s", err.msg);
	return v;
}

static const struct chart_release release = {
	.name = "web",
	.namespace = "prod",
	.revision = 1,
	.is_install = true,
};
static const struct chart_capabilities caps = { "v1.36.1", NULL };

static bool render(const struct val *all, struct manifest **out,
		   struct err *err)
{
	AUTO(val_unref) struct val *held = val_ref(all);
	bool enabled = true;
	const struct chart_values values = { held, &enabled };

	return chart_render(chart, &values, &release, &caps, out, err);
}

static struct chart_values *values_of(const char *preset, const char *user)
{
	AUTO(val_unref) struct val *mine = read(user);
	struct chart_values *values = NULL;
	AUTO_ERR err = ERR_INIT;

	if (!chart_values_new(chart, chart_preset(chart, preset), mine, NULL,
			      &values, &err))
		fail_msg("%s", err.msg);
	return values;
}

static void check_words(const struct chart_values *values)
{
	AUTO(val_unref) struct val *live = read("{Service: {name: web}}");
	AUTO(val_unref) struct val *health = read("{podName: web-0}");
	AUTO(val_unref) struct val *status = NULL;
	AUTO_BUF notes = BUF_INIT(LIMIT_MIB(1));
	AUTO_ERR err = ERR_INIT;

	if (!chart_notes(chart, values, &release, &caps, &notes, &err) ||
	    !chart_status(chart, values, &release, &caps, live, health, &status,
			  &err))
		fail_msg("%s", err.msg);
	assert_non_null(strstr(buf_text(&notes), "web"));
	assert_string_equal(val_get_text(status, "podName"), "web-0");
	assert_string_equal(val_get_text(status, "serviceName"), "web");
}

static void test_presets(void **state)
{
	(void)state;
	assert_true(val_count(chart->presets) >= 2);
	for (size_t i = 0; i < val_count(chart->presets); i++)
		for (size_t j = 0; j < ARRAY_LEN(users); j++) {
			AUTO(chart_values_free)
			struct chart_values *values = values_of(
				val_key(chart->presets, i).p, users[j]);
			AUTO(manifest_free) struct manifest *m = NULL;
			AUTO_ERR err = ERR_INIT;

			if (!render(values->all, &m, &err))
				fail_msg("%s", err.msg);
			assert_non_null(manifest_find(m, "apps/v1",
						      "Deployment", "", "web"));
			assert_non_null(
				manifest_find(m, "v1", "Service", "", "web"));
			assert_non_null(manifest_find(m, "v1", "Secret", "",
						      "web-auth"));
			check_words(values);
		}
}

/* text with the word replaced */
static struct val *replace_text(struct str text, const char *by)
{
	AUTO_BUF out = BUF_INIT(LIMIT_MIB(1));

	for (;;) {
		const char *at = memmem(text.p, text.n, WORD, strlen(WORD));
		size_t n = at ? (size_t)(at - text.p) : text.n;

		buf_add(&out, text.p, n);
		if (!at)
			return val_new_text(buf_str(&out));
		buf_add_text(&out, by);
		n += strlen(WORD);
		text = str_cut(text.p + n, text.n - n);
	}
}

static struct val *replace(const struct val *v, const char *by)
{
	AUTO_VAL_MAP map = { 0 };
	AUTO_VAL_LIST list = { 0 };

	switch (val_type(v)) {
	case VAL_TEXT:
		return replace_text(val_str(v), by);
	case VAL_LIST:
		for (size_t i = 0; i < val_count(v); i++)
			val_list_add_take(&list, replace(val_at(v, i), by));
		return val_list_take(&list);
	case VAL_MAP:
		for (size_t i = 0; i < val_count(v); i++) {
			AUTO(val_unref) struct val *key =
				replace_text(val_key(v, i), by);

			val_map_set_take(&map, val_str(key),
					 replace(val_at(v, i), by));
		}
		return val_map_take(&map);
	default:
		return val_ref(v);
	}
}

static void check(const struct val *values, const char *path,
		  const struct manifest *harmless, const char *text)
{
	AUTO(val_unref) struct val *item = val_new_textz(text);
	AUTO(val_unref) struct val *with = path_with(values, path, item);
	AUTO(manifest_free) struct manifest *m = NULL;
	AUTO_ERR err = ERR_INIT;

	if (!render(with, &m, &err))
		fail_msg("%s = \"%s\": %s", path, text, err.msg);
	assert_int_equal(m->count, harmless->count);
	for (size_t i = 0; i < m->count; i++) {
		AUTO(val_unref) struct val *want =
			replace(harmless->items[i].object, text);

		if (!val_equal(m->items[i].object, want))
			fail_msg("%s = \"%s\" changes %s %s", path, text,
				 m->items[i].kind, m->items[i].name);
	}
}

/* All hostile texts at one path; returns the number of those tried. */
static size_t attack(const struct val *values, const char *path)
{
	AUTO(val_unref) struct val *item = val_new_textz(WORD);
	AUTO(val_unref) struct val *with = path_with(values, path, item);
	AUTO(manifest_free) struct manifest *harmless = NULL;
	AUTO_ERR err = ERR_INIT;

	/* A map may be needed here: << takes nothing else. */
	if (!render(with, &harmless, &err))
		return 0;
	for (size_t i = 0; i < ARRAY_LEN(hostile); i++)
		check(values, path, harmless, hostile[i]);
	return ARRAY_LEN(hostile);
}

/* Walks all values; at each text and each null, attacks. */
static size_t attack_all(const struct val *values, const struct val *v,
			 const char *path)
{
	size_t tried = 0;

	if (val_is(v, VAL_TEXT) || val_is(v, VAL_NULL))
		return attack(values, path);
	for (size_t i = 0; i < val_count(v); i++) {
		AUTO_BUF next = BUF_INIT(LIMIT_KIB(64));

		buf_addf(&next, "%s%s", path, *path ? "." : "");
		if (val_is(v, VAL_LIST)) {
			buf_addf(&next, "%zu", i);
		} else {
			struct str key = val_key(v, i);

			for (size_t j = 0; j < key.n; j++)
				buf_addf(&next, "%s%c",
					 key.p[j] == '.' ? "\\" : "", key.p[j]);
		}
		tried += attack_all(values, val_at(v, i), buf_text(&next));
	}
	return tried;
}

static void test_hostile(void **state)
{
	const char *user = *state;
	AUTO(chart_values_free)
	struct chart_values *values =
		values_of(val_key(chart->presets, 0).p, user);

	assert_true(attack_all(values->all, values->all, "") >
		    30 * ARRAY_LEN(hostile));
}

static int setup(void **state)
{
	AUTO_ERR err = ERR_INIT;

	(void)state;
	if (chart_load(CHART, &chart, &err))
		return 0;
	print_error("%s\n", err.msg);
	return -1;
}

static int teardown(void **state)
{
	(void)state;
	chart_unref(chart);
	return 0;
}

int main(void)
{
	struct CMUnitTest tests[1 + ARRAY_LEN(users)] = {
		cmocka_unit_test(test_presets),
	};

	for (size_t i = 0; i < ARRAY_LEN(users); i++)
		tests[1 + i] = (struct CMUnitTest){
			.name = users[i],
			.test_func = test_hostile,
			.initial_state = (void *)(uintptr_t)users[i],
		};
	return cmocka_run_group_tests_name("devmachine", tests, setup,
					   teardown);
}
