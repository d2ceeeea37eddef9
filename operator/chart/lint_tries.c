/*
 * Renders, each with one set of values. What is rendered stays until all of it
 * has been looked at, since objects are about one another.
 */
#include "chart/lint_set.h"

#include "base/limits.h"
#include "chart/context.h"
#include "chart/values.h"

#include <stdarg.h>

void lint_object_say(const struct lint_set *set, const struct lint_object *o,
		     enum lint_rule rule, const char *pointer,
		     enum locate_what what, const char *fmt, ...)
{
	AUTO_FREE char *full = alloc_print("%s%s", o->at, pointer);
	AUTO_BUF text = BUF_INIT(LIMIT_LOG_BYTES);
	struct err err = ERR_INIT;
	va_list args;

	locate_print(o->s, o->doc, full, what, &text);
	buf_add_text(&text, ": ");
	va_start(args, fmt);
	buf_addv(&text, fmt, args);
	va_end(args);
	err_set(&err, ERR_INVALID, "%s", buf_text(&text));
	lint_add_error(set->job->lint, rule, set->job->folder, "", set->with,
		       &err);
	err_clear(&err);
}

/* One template, rendered. */
struct page {
	struct structure s;
	struct mustache_run *run;
	struct val *root;
};

struct attempt {
	const struct lint_job *job;
	struct lint_set set;
	const char *preset_file; /* "" without a preset */
	struct chart_release release;
	struct chart_capabilities capabilities;
	struct chart_values *values;
	struct val **contexts;
	struct manifest *manifest; /* tells duplicates */
	struct {
		VEC(struct page *);
	} pages;
};

static void fail(const struct attempt *a, enum lint_rule rule, const char *file,
		 const struct err *err)
{
	lint_add_error(a->job->lint, rule, a->job->folder, file, a->set.with,
		       err);
}

static struct str group_of(const char *api_version)
{
	struct str group, rest;

	return str_split(str_of(api_version), '/', &group, &rest)
		       ? group
		       : str_cut(NULL, 0);
}

static void add_object(struct attempt *a, struct page *page, size_t doc,
		       const char *at, bool own, const struct val *v)
{
	const char *api = val_get_text(v, "apiVersion");
	struct str group = group_of(api);

	*VEC_ADD(&a->set.objects) = (struct lint_object){
		.v = val_ref(v),
		.s = &page->s,
		.doc = doc,
		.at = alloc_copy(at),
		.own = own,
		.group = alloc_text(group.p, group.n),
		.version = api,
		.kind = val_get_text(v, "kind"),
		.name = val_get_text(val_get(v, "metadata"), "name"),
	};
}

/* A list is taken apart, as it is for the API server. */
static void add_objects(struct attempt *a, struct page *page, size_t doc,
			const char *at, bool own, const struct val *v)
{
	const struct val *items = val_get(v, "items");

	if (!str_ends(str_of(val_get_text(v, "kind")), "List") ||
	    !val_is(items, VAL_LIST)) {
		add_object(a, page, doc, at, own, v);
		return;
	}
	for (size_t i = 0; i < val_count(items); i++) {
		AUTO_FREE char *below = alloc_print("%s/items/%zu", at, i);

		add_objects(a, page, doc, below, own, val_at(items, i));
	}
}

/* @param nth  which of the documents that hold something this is; counted up */
static void add_document(struct attempt *a, struct page *page, size_t i,
			 const struct chart_template *t, size_t *nth)
{
	AUTO(val_unref) struct val *v = NULL;
	AUTO_ERR err = ERR_INIT;

	*nth += !yaml_is_empty(page->s.yaml->roots[i]);
	if (!structure_value(&page->s, i, &v, &err)) {
		fail(a, LINT_RULE_RENDER, t->file->full, &err);
		return;
	}
	if (!v)
		return;
	if (!manifest_add_rendered(a->manifest, v, t->source,
				   a->release.namespace, &err)) {
		structure_wrap(&page->s, *nth - 1, &err);
		fail(a, LINT_RULE_RENDER, t->file->full, &err);
		return;
	}
	add_objects(a, page, i, "", t->part == 0, v);
}

static void render_template(struct attempt *a, const struct chart_template *t)
{
	struct page *page = NEW(struct page);
	size_t nth = 0;
	AUTO_ERR err = ERR_INIT;

	page->run = mustache_run_new();
	page->root = context_of_template(a->contexts[t->part], a->job->chart,
					 t->part, t->source);
	*VEC_ADD(&a->pages) = page;
	if (!structure_init(&page->s, page->run, t->compiled, page->root,
			    &err)) {
		fail(a,
		     err.kind == ERR_LIMIT ? LINT_RULE_RENDER
					   : LINT_RULE_YAML_SYNTAX,
		     t->file->full, &err);
		return;
	}
	for (size_t i = 0; i < structure_count(&page->s); i++)
		add_document(a, page, i, t, &nth);
}

/* What status.yaml sees of the objects, once they run. */
static struct val *live_objects(const struct lint_set *set)
{
	AUTO_VAL_MAP live = { 0 };

	for (size_t i = 0; i < set->objects.count; i++) {
		const struct lint_object *o = &set->objects.items[i];
		const struct val *before = val_map_find(&live, str_of(o->kind));
		struct val_list list = { 0 };
		struct val_map one = { 0 };

		for (size_t k = 0; k < val_count(before); k++)
			val_list_add(&list, val_at(before, k));
		val_map_set_text(&one, "name", o->name);
		val_map_put(&one, "ready", val_bool(true));
		val_list_add_take(&list, val_map_take(&one));
		val_map_put_take(&live, o->kind, val_list_take(&list));
	}
	return val_map_take(&live);
}

static void try_status(const struct attempt *a, const struct val *live)
{
	AUTO(val_unref) struct val *status = NULL;
	AUTO_ERR err = ERR_INIT;

	if (!chart_status(a->job->chart, a->values, &a->release,
			  &a->capabilities, live, a->job->options->health,
			  &status, &err))
		fail(a, LINT_RULE_STATUS, "status.yaml", &err);
}

static void try_texts(const struct attempt *a)
{
	AUTO(val_unref) struct val *live = live_objects(&a->set);
	AUTO_BUF notes = BUF_INIT(LIMIT_RENDER_BYTES);
	AUTO_ERR err = ERR_INIT;

	if (!chart_notes(a->job->chart, a->values, &a->release,
			 &a->capabilities, &notes, &err))
		fail(a, LINT_RULE_NOTES, "templates/NOTES.txt", &err);
	/* Before there is any object, and when all are there. */
	try_status(a, NULL);
	try_status(a, live);
}

/* One of the findings of a schema: "image.tag: must be …". */
static void add_value_error(const struct attempt *a, struct str said)
{
	struct str path, rest;
	struct lint_file preset, values, *f = &values;

	if (!str_split(said, ':', &path, &rest))
		path = str_cut(NULL, 0);
	AUTO_FREE char *pointer = lint_pointer_of(path);
	AUTO_FREE char *text = alloc_text(said.p, said.n);
	lint_file_init(&preset, a->job, a->preset_file);
	lint_file_init(&values, a->job, "values.yaml");
	if (lint_file_has(&preset, pointer))
		f = &preset;
	AUTO_FREE char *file = alloc_print("%s%s", a->job->folder, f->path);
	const struct yaml_node *node =
		f->root ? locate_node(f->root, pointer, LOCATE_KEY) : NULL;
	lint_add(a->job->lint, LINT_RULE_VALUES, file, node ? node->line : 1,
		 node ? node->column : 1, a->set.with, text);
	lint_file_done(&preset);
	lint_file_done(&values);
}

/* Where the next finding of the schema begins, behind "; ": with a path. */
static size_t next_finding(struct str s)
{
	for (size_t i = 0; i + 2 < s.n; i++) {
		size_t to = i + 2;

		if (!str_starts(str_cut(s.p + i, s.n - i), "; "))
			continue;
		while (to < s.n && !strchr(" :;", s.p[to]))
			to++;
		if (to + 1 < s.n && s.p[to] == ':' && s.p[to + 1] == ' ')
			return i;
	}
	return s.n;
}

static void add_value_errors(const struct attempt *a, const struct err *err)
{
	static const char schema[] = "values.schema.json: ";
	const char *at = strstr(err->msg, schema);
	struct str rest = str_of(at ? at + strlen(schema) : err->msg);

	/* A subchart's schema is about what the parent calls otherwise. */
	if (!at || at != err->msg)
		rest = str_of(err->msg);
	while (rest.n) {
		size_t n = next_finding(rest);

		add_value_error(a, str_cut(rest.p, n));
		rest = n < rest.n ? str_cut(rest.p + n + 2, rest.n - n - 2)
				  : str_cut(NULL, 0);
	}
}

static void look(struct attempt *a)
{
	const struct chart *chart = a->job->chart;

	a->contexts = context_new_all(chart, a->values, &a->release,
				      &a->capabilities);
	a->manifest = NEW(struct manifest);
	for (size_t i = 0; i < chart->template_count; i++)
		if (a->values->enabled[chart->templates[i].part])
			render_template(a, &chart->templates[i]);
	for (size_t i = 0; i < a->set.objects.count; i++) {
		const struct lint_object *o = &a->set.objects.items[i];

		if (!o->own)
			continue;
		lint_object(&a->set, o);
		lint_hook(&a->set, o);
		lint_pod(&a->set, o);
	}
	lint_links(&a->set);
	try_texts(a);
}

static void attempt_done(struct attempt *a)
{
	for (size_t i = 0; i < a->set.objects.count; i++) {
		struct lint_object *o = &a->set.objects.items[i];

		val_unref(o->v);
		free(o->at);
		free(o->group);
	}
	VEC_DONE(&a->set.objects);
	for (size_t i = 0; i < a->pages.count; i++) {
		structure_done(&a->pages.items[i]->s);
		mustache_run_free(a->pages.items[i]->run);
		val_unref(a->pages.items[i]->root);
		free(a->pages.items[i]);
	}
	VEC_DONE(&a->pages);
	if (a->contexts)
		context_free_all(a->contexts, a->job->chart);
	chart_values_free(a->values);
	manifest_free(a->manifest);
}

static void attempt(const struct lint_job *job, const struct lint_try *try,
		    const char *preset)
{
	const struct lint_options *o = job->options;
	AUTO_FREE char *file = *preset ? alloc_print("presets/%s.yaml", preset)
				       : alloc_copy("");
	struct attempt a = {
		.job = job,
		.set = { .job = job, .with = try->name },
		.preset_file = file,
		.release = { .name = o->name,
			     .namespace = o->namespace,
			     .revision = 1,
			     .is_install = true },
		.capabilities = { .kube_version = o->kube_version },
	};
	AUTO_ERR err = ERR_INIT;

	if (chart_values_new(job->chart,
			     *preset ? chart_preset(job->chart, preset) : NULL,
			     try->values, try->overrides, &a.values, &err))
		look(&a);
	else
		add_value_errors(&a, &err);
	attempt_done(&a);
}

void lint_tries(const struct lint_job *job)
{
	const struct val *presets = job->chart->presets;
	const struct lint_try none = { .name = "" };

	attempt(job, &none, "");
	for (size_t i = 0; i < val_count(presets); i++) {
		AUTO_FREE char *preset = alloc_text(val_key(presets, i).p,
						    val_key(presets, i).n);
		AUTO_FREE char *name = alloc_print("preset %s", preset);
		const struct lint_try one = { .name = name };

		attempt(job, &one, preset);
	}
	for (size_t i = 0; i < job->options->try_count; i++) {
		const struct lint_try *one = &job->options->tries[i];
		const char *preset = val_get_text(one->values, "template");

		attempt(job, one,
			*preset && val_get(presets, preset) ? preset : "");
	}
}
