#include "controller/watches.h"

#include "base/alloc.h"
#include "base/file.h"
#include "base/limits.h"
#include "controller/duration.h"
#include "controller/namespaces.h"
#include "controller/override.h"
#include "controller/selector.h"
#include "data/path.h"
#include "data/yaml_read.h"

#include <stdio.h>

struct reader {
	const char *path;
	const struct yaml_marks *marks;
	override_env *env;
	struct err *err;
};

/* Sets an error that names the place of a JSON pointer. */
static bool fail(const struct reader *r, const char *pointer, const char *what,
		 const char *detail)
{
	err_set(r->err, ERR_INVALID, "%s%s", what, detail);
	return yaml_mark_wrap(r->marks, pointer, r->err);
}

/* The fields of an entry, and of its templateRef. VAL_NULL: whoever reads it
 * checks it. */
struct field {
	const char *key;
	enum val_type type;
	bool required;
};

static const struct field entry_fields[] = {
	{ "group", VAL_TEXT, false },
	{ "version", VAL_TEXT, true },
	{ "kind", VAL_TEXT, true },
	{ "chart", VAL_TEXT, true },
	{ "watchDependentResources", VAL_BOOL, false },
	{ "overrideValues", VAL_MAP, false },
	{ "selector", VAL_MAP, false },
	{ "reconcilePeriod", VAL_TEXT, false },
	{ "maxConcurrentReconciles", VAL_NULL, false },
	{ "dryRunOption", VAL_TEXT, false },
	{ "templateRef", VAL_MAP, false },
	{ "stoppedPath", VAL_TEXT, false },
	{ "onDrift", VAL_NULL, false },
	{ "onChartChange", VAL_NULL, false },
	{ "updateStrategy", VAL_NULL, false },
	{ "serviceAccountName", VAL_TEXT, false },
	{ "targetNamespace", VAL_TEXT, false },
};

static const struct field template_fields[] = {
	{ "apiVersion", VAL_TEXT, true }, { "kind", VAL_TEXT, true },
	{ "namePath", VAL_TEXT, true },   { "valuesPath", VAL_TEXT, true },
	{ "presets", VAL_TEXT, false },   { "required", VAL_BOOL, false },
};

static const struct field *find_field(const struct field *fields, size_t n,
				      struct str key)
{
	for (size_t i = 0; i < n; i++)
		if (str_is(key, fields[i].key))
			return &fields[i];
	return NULL;
}

static bool unknown_key(const struct reader *r, const char *pointer,
			const struct field *fields, size_t n)
{
	AUTO_BUF known = BUF_INIT(LIMIT_MESSAGE_BYTES);

	for (size_t i = 0; i < n; i++)
		buf_addf(&known, "%s%s", i ? ", " : "", fields[i].key);
	return fail(r, pointer, "unknown key; known are: ", buf_text(&known));
}

static bool check_field(const struct reader *r, const char *base,
			const struct field *fields, size_t n, struct str key,
			const struct val *item)
{
	AUTO_FREE char *pointer =
		alloc_print("%s/" STR_FMT, base, STR_ARG(key));
	const struct field *f = find_field(fields, n, key);

	if (!f)
		return unknown_key(r, pointer, fields, n);
	if (f->type != VAL_NULL && !val_is(item, f->type)) {
		AUTO_FREE char *what = alloc_print(
			"%s must be a %s, not %s", f->key,
			val_type_text(f->type), val_type_text(val_type(item)));
		return fail(r, pointer, what, "");
	}
	if (f->required && f->type == VAL_TEXT && !*val_text(item))
		return fail(r, pointer, f->key, " must not be empty");
	return true;
}

static bool check_map(const struct reader *r, const char *base,
		      const struct field *fields, size_t n,
		      const struct val *map)
{
	if (!val_is(map, VAL_MAP))
		return fail(r, base, "must be a map of keys and values", "");
	for (size_t i = 0; i < val_count(map); i++)
		if (!check_field(r, base, fields, n, val_key(map, i),
				 val_at(map, i)))
			return false;
	for (size_t i = 0; i < n; i++)
		if (fields[i].required && !val_get(map, fields[i].key))
			return fail(r, base, "missing key ", fields[i].key);
	return true;
}

static bool read_template(const struct reader *r, const char *base,
			  const struct val *map, struct watch_template *out)
{
	AUTO_FREE char *pointer = alloc_print("%s/templateRef", base);

	if (!map)
		return true;
	if (!check_map(r, pointer, template_fields, ARRAY_LEN(template_fields),
		       map))
		return false;
	AUTO_FREE char *presets = alloc_print("%s/presets", pointer);
	const char *dir = val_get_text(map, "presets");
	if (*dir && strcmp(dir, "presets") != 0)
		return fail(r, presets,
			    "must be \"presets\", the directory "
			    "of the chart that holds them",
			    "");
	out->api_version = alloc_copy(val_get_text(map, "apiVersion"));
	out->kind = alloc_copy(val_get_text(map, "kind"));
	out->name_path = alloc_copy(val_get_text(map, "namePath"));
	out->values_path = alloc_copy(val_get_text(map, "valuesPath"));
	out->presets = *dir;
	out->required = val_is_true(val_get(map, "required"));
	return true;
}

/* Lays the value at a dotted path over *all. */
static bool read_override(const struct reader *r, const char *base,
			  const char *path, const struct val *item,
			  struct val **all)
{
	AUTO_FREE char *pointer =
		alloc_print("%s/overrideValues/%s", base, path);
	AUTO(val_unref) struct val *typed = NULL;

	if (val_is(item, VAL_TEXT) &&
	    !override_read(val_text(item), r->env, &typed, r->err))
		return yaml_mark_wrap(r->marks, pointer, r->err);
	struct val *next = path_with(*all, path, typed ? typed : item);
	if (!next)
		return fail(r, pointer, "leads through another value: ", path);
	val_unref(*all);
	*all = next;
	return true;
}

/* overrideValues: dotted paths to values, as helm-operator's. */
static bool read_overrides(const struct reader *r, const char *base,
			   const struct val *map, struct val **out)
{
	AUTO(val_unref) struct val *all = NULL;

	for (size_t i = 0; i < val_count(map); i++) {
		AUTO_FREE char *path =
			alloc_text(val_key(map, i).p, val_key(map, i).n);

		if (!read_override(r, base, path, val_at(map, i), &all))
			return false;
	}
	*out = TAKE(all);
	return true;
}

static bool read_selector(const struct reader *r, const char *base,
			  const struct val *selector, struct watch_entry *out)
{
	AUTO_FREE char *where = NULL;

	if (!selector)
		return true;
	out->selector = val_ref(selector);
	if (selector_text(selector, &out->selector_text, &where, r->err))
		return true;
	AUTO_FREE char *pointer = alloc_print("%s/selector%s", base, where);
	return yaml_mark_wrap(r->marks, pointer, r->err);
}

static bool read_workers(const struct reader *r, const char *base,
			 const struct val *item, unsigned *out)
{
	AUTO_FREE char *pointer =
		alloc_print("%s/maxConcurrentReconciles", base);
	int64_t n = 0;

	if (!item)
		return true;
	if (!val_int(item, &n) || n < 1 || n > INT32_MAX)
		return fail(r, pointer,
			    "maxConcurrentReconciles must be a number from 1 "
			    "on",
			    "");
	*out = (unsigned)n;
	return true;
}

/* The name of a namespace or of a service account. */
static bool read_name(const struct reader *r, const char *base,
		      const struct val *map, const char *key, char **out)
{
	AUTO_FREE char *pointer = alloc_print("%s/%s", base, key);
	const struct val *item = val_get(map, key);

	if (!item)
		return true;
	if (!namespaces_is_name(val_str(item)))
		return fail(r, pointer, key,
			    " must be lower case letters, digits and dashes, "
			    "at most 63");
	*out = alloc_copy(val_text(item));
	return true;
}

/* helm-operator's choice between two dry-runs; ours is always the server's. */
static bool check_dry_run(const struct reader *r, const char *base,
			  const struct val *item)
{
	AUTO_FREE char *pointer = alloc_print("%s/dryRunOption", base);

	return !item || str_is(val_str(item), "") ||
	       str_is(val_str(item), "server") ||
	       fail(r, pointer, "dryRunOption must be \"server\" or empty", "");
}

static bool read_period(const struct reader *r, const char *base,
			const struct val *item, int64_t *out)
{
	AUTO_FREE char *pointer = alloc_print("%s/reconcilePeriod", base);

	if (!item || duration_parse(val_str(item), out))
		return true;
	return fail(r, pointer,
		    "reconcilePeriod must be a duration such as "
		    "90s, 5m or 1h30m",
		    "");
}

/* Keys whose value is one of a few words; the first is the default. */
struct choice {
	const char *key;
	const char *words[5]; /* the last is NULL */
};

static bool is_word(const struct val *item, const char *word)
{
	/* In YAML, off is a boolean. */
	if (val_is(item, VAL_BOOL))
		return !val_is_true(item) && strcmp(word, "off") == 0;
	return str_is(val_str(item), word);
}

static bool read_choice(const struct reader *r, const char *base,
			const struct choice *choice, const struct val *map,
			int *out)
{
	const struct val *item = val_get(map, choice->key);
	AUTO_FREE char *pointer = alloc_print("%s/%s", base, choice->key);
	AUTO_BUF known = BUF_INIT(LIMIT_MESSAGE_BYTES);

	*out = 0;
	for (int i = 0; item && choice->words[i]; i++) {
		if (is_word(item, choice->words[i])) {
			*out = i;
			return true;
		}
		buf_addf(&known, "%s%s",
			 !i                     ? ""
			 : choice->words[i + 1] ? ", "
						: " or ",
			 choice->words[i]);
	}
	AUTO_FREE char *what = alloc_print("%s must be ", choice->key);
	return !item || fail(r, pointer, what, buf_text(&known));
}

static bool read_policies(const struct reader *r, const char *base,
			  const struct val *map, struct watch_entry *out)
{
	static const struct choice drift = {
		"onDrift",
		{ [PLAN_ON_DRIFT_REPAIR] = "repair",
		  [PLAN_ON_DRIFT_REDEPLOY] = "redeploy",
		  [PLAN_ON_DRIFT_WARN] = "warn",
		  [PLAN_ON_DRIFT_OFF] = "off" },
	};
	static const struct choice strategy = {
		"updateStrategy",
		{ [PLAN_REDEPLOY_ALL] = "redeploy",
		  [PLAN_REDEPLOY_CHANGED] = "changed" },
	};
	static const struct choice chart = { "onChartChange",
					     { "redeploy", "pending" } };
	int on_drift, update, waits;

	if (!read_choice(r, base, &drift, map, &on_drift) ||
	    !read_choice(r, base, &strategy, map, &update) ||
	    !read_choice(r, base, &chart, map, &waits))
		return false;
	out->on_drift = (enum plan_on_drift)on_drift;
	out->strategy = (enum plan_strategy)update;
	out->waits_for_user = waits;
	return true;
}

static bool read_chart(const struct reader *r, const char *base,
		       const struct val *item, struct chart **out)
{
	AUTO_FREE char *pointer = alloc_print("%s/chart", base);

	if (chart_load(val_text(item), out, r->err))
		return true;
	return yaml_mark_wrap(r->marks, pointer, r->err);
}

static bool read_entry(const struct reader *r, const char *base,
		       const struct val *map, struct watch_entry *out)
{
	if (!check_map(r, base, entry_fields, ARRAY_LEN(entry_fields), map))
		return false;
	const char *group = val_get_text(map, "group");
	const char *version = val_get_text(map, "version");
	const char *stopped = val_get_text(map, "stoppedPath");

	out->group = alloc_copy(group);
	out->api_version = *group ? alloc_print("%s/%s", group, version)
				  : alloc_copy(version);
	out->kind = alloc_copy(val_get_text(map, "kind"));
	out->stopped_path = alloc_copy(*stopped ? stopped : "spec.stopped");
	const struct val *dependents = val_get(map, "watchDependentResources");
	out->ignores_dependents = dependents && !val_is_true(dependents);
	return read_template(r, base, val_get(map, "templateRef"),
			     &out->template) &&
	       read_overrides(r, base, val_get(map, "overrideValues"),
			      &out->overrides) &&
	       read_selector(r, base, val_get(map, "selector"), out) &&
	       read_workers(r, base, val_get(map, "maxConcurrentReconciles"),
			    &out->workers) &&
	       check_dry_run(r, base, val_get(map, "dryRunOption")) &&
	       read_name(r, base, map, "serviceAccountName",
			 &out->service_account) &&
	       read_name(r, base, map, "targetNamespace",
			 &out->target_namespace) &&
	       read_period(r, base, val_get(map, "reconcilePeriod"),
			   &out->reconcile_period_ms) &&
	       read_policies(r, base, map, out) &&
	       read_chart(r, base, val_get(map, "chart"), &out->chart);
}

static bool is_twice(const struct watches *w, size_t i)
{
	for (size_t k = 0; k < i; k++)
		if (strcmp(w->entries[k].kind, w->entries[i].kind) == 0 &&
		    strcmp(w->entries[k].group, w->entries[i].group) == 0)
			return true;
	return false;
}

static bool read_all(const struct reader *r, const struct val *root,
		     struct watches *w)
{
	if (!val_is(root, VAL_LIST) || val_count(root) == 0)
		return fail(r, "", "must be a list of watches", "");
	if (val_count(root) > LIMIT_WATCHES)
		return err_set(r->err, ERR_LIMIT, "%s: more than %d watches",
			       r->path, LIMIT_WATCHES);
	w->entries = alloc_zero(val_count(root) * sizeof(*w->entries));
	for (size_t i = 0; i < val_count(root); i++) {
		char base[24];

		snprintf(base, sizeof(base), "/%zu", i);
		w->count = i + 1;
		if (!read_entry(r, base, val_at(root, i), &w->entries[i]))
			return false;
		if (is_twice(w, i))
			return fail(r, base, "a second watch of ",
				    w->entries[i].kind);
	}
	return true;
}

bool watches_load(const char *path, override_env *env, struct watches **out,
		  struct err *err)
{
	AUTO_BUF text = BUF_INIT(LIMIT_CONFIG_BYTES);
	AUTO(val_unref) struct val *root = NULL;
	AUTO(yaml_marks_free) struct yaml_marks *marks = NULL;
	AUTO(watches_free) struct watches *w = NEW(struct watches);

	if (!file_read(path, &text, err) ||
	    !yaml_read_marked(buf_str(&text), path, &root, &marks, err))
		return false;
	struct reader r = { path, marks, env, err };
	if (!read_all(&r, root, w))
		return false;
	*out = TAKE(w);
	return true;
}

static void entry_done(struct watch_entry *e)
{
	free(e->api_version);
	free(e->group);
	free(e->kind);
	chart_unref(e->chart);
	val_unref(e->overrides);
	val_unref(e->selector);
	free(e->selector_text);
	free(e->service_account);
	free(e->target_namespace);
	free(e->template.api_version);
	free(e->template.kind);
	free(e->template.name_path);
	free(e->template.values_path);
	free(e->stopped_path);
}

void watches_free(struct watches *w)
{
	if (!w)
		return;
	for (size_t i = 0; i < w->count; i++)
		entry_done(&w->entries[i]);
	free(w->entries);
	free(w);
}
