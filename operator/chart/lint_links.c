/*
 * What objects say of one another: selectors and the labels that they select,
 * references and the objects that they name.
 */
#include "chart/lint_set.h"

#include "base/limits.h"
#include "data/path.h"
#include "data/pointer.h"

/* Whether labels hold all of a selector; *missing is the first they do not. */
static bool holds(const struct val *labels, const struct val *selector,
		  struct str *missing)
{
	for (size_t i = 0; i < val_count(selector); i++) {
		const struct val *v = val_get_str(labels, val_key(selector, i));

		*missing = val_key(selector, i);
		if (!v || !val_equal(v, val_at(selector, i)))
			return false;
	}
	return true;
}

static const struct val *pod_labels(const struct lint_object *o)
{
	const char *pointer;
	const struct val *template = lint_pod_template(o, &pointer);

	return path_get(template, "metadata.labels");
}

static bool has_pods(const struct lint_object *o)
{
	const char *pointer;

	return lint_pod_template(o, &pointer) != NULL;
}

/* Workloads whose selector must select their own pods. */
static void check_selector(const struct lint_set *set,
			   const struct lint_object *o)
{
	const struct val *selector =
		path_get(o->v, "spec.selector.matchLabels");
	AUTO_BUF pointer = BUF_INIT(LIMIT_CONFIG_BYTES);
	struct str missing = { 0 };

	if (strcmp(o->group, "apps") != 0 || !has_pods(o))
		return;
	if (!selector && !path_get(o->v, "spec.selector.matchExpressions")) {
		lint_object_say(set, o, LINT_RULE_SELECTOR, "/spec", LOCATE_KEY,
				"a %s needs spec.selector", o->kind);
		return;
	}
	if (holds(pod_labels(o), selector, &missing))
		return;
	buf_add_text(&pointer, "/spec/selector/matchLabels");
	pointer_add(&pointer, missing);
	lint_object_say(set, o, LINT_RULE_SELECTOR, buf_text(&pointer),
			LOCATE_KEY,
			"the pods do not have label " STR_FMT
			", or with another value",
			STR_ARG(str_clip(missing, 80)));
}

static void check_service(const struct lint_set *set,
			  const struct lint_object *service)
{
	const struct val *selector = path_get(service->v, "spec.selector");
	size_t pods = 0;
	struct str missing;

	if (!lint_object_is(service, "", "Service") || !val_count(selector))
		return;
	for (size_t i = 0; i < set->objects.count; i++) {
		const struct lint_object *o = &set->objects.items[i];

		if (!has_pods(o))
			continue;
		pods++;
		if (holds(pod_labels(o), selector, &missing))
			return;
	}
	/* A chart without pods selects those of others. */
	if (pods)
		lint_object_say(set, service, LINT_RULE_SERVICE_SELECTOR,
				"/spec/selector", LOCATE_KEY,
				"selects none of the chart's pods");
}

static bool is_rendered(const struct lint_set *set, const char *kind,
			const char *name)
{
	for (size_t i = 0; i < set->objects.count; i++) {
		const struct lint_object *o = &set->objects.items[i];

		if (strcmp(o->kind, kind) == 0 && strcmp(o->name, name) == 0)
			return true;
	}
	return false;
}

/* Whether a name is made of the release's. */
static bool is_ours(const struct lint_set *set, const char *name)
{
	const char *release = set->job->options->name;
	size_t n = strlen(release);

	return strncmp(name, release, n) == 0 &&
	       (name[n] == '\0' || name[n] == '-');
}

/* v is what refers, at pointer; field names the object. */
static void check_reference(const struct lint_set *set,
			    const struct lint_object *o, const char *pointer,
			    const struct val *v, const char *field,
			    const char *kind)
{
	const char *name = val_get_text(v, field);
	AUTO_FREE char *at = alloc_print("%s/%s", pointer, field);

	if (!*name || val_is_true(val_get(v, "optional")) ||
	    !is_ours(set, name) || is_rendered(set, kind, name))
		return;
	lint_object_say(set, o, LINT_RULE_MISSING_OBJECT, at, LOCATE_VALUE,
			"the chart renders no %s \"%s\"", kind, name);
}

/* Where references are, below something: path, pointer, kind and field. */
struct reference {
	const char *path, *pointer, *field, *kind;
};

static void check_references(const struct lint_set *set,
			     const struct lint_object *o, const char *pointer,
			     const struct val *v, const struct reference *table,
			     size_t count)
{
	for (size_t i = 0; i < count; i++) {
		AUTO_FREE char *at =
			alloc_print("%s%s", pointer, table[i].pointer);

		check_reference(set, o, at, path_get(v, table[i].path),
				table[i].field, table[i].kind);
	}
}

/* The same for every item of a list below v. */
static void check_lists(const struct lint_set *set, const struct lint_object *o,
			const char *pointer, const struct val *v,
			const char *list, const struct reference *table,
			size_t count)
{
	const struct val *items = val_get(v, list);

	for (size_t i = 0; i < val_count(items); i++) {
		AUTO_FREE char *at = alloc_print("%s/%s/%zu", pointer, list, i);

		check_references(set, o, at, val_at(items, i), table, count);
	}
}

static void check_pod(const struct lint_set *set, const struct lint_object *o,
		      const char *at, const struct val *spec)
{
	static const struct reference volumes[] = {
		{ "secret", "/secret", "secretName", "Secret" },
		{ "configMap", "/configMap", "name", "ConfigMap" },
		{ "persistentVolumeClaim", "/persistentVolumeClaim",
		  "claimName", "PersistentVolumeClaim" },
	};
	static const struct reference env[] = {
		{ "valueFrom.secretKeyRef", "/valueFrom/secretKeyRef", "name",
		  "Secret" },
		{ "valueFrom.configMapKeyRef", "/valueFrom/configMapKeyRef",
		  "name", "ConfigMap" },
	};
	static const struct reference env_from[] = {
		{ "secretRef", "/secretRef", "name", "Secret" },
		{ "configMapRef", "/configMapRef", "name", "ConfigMap" },
	};
	static const char *const lists[] = { "initContainers", "containers" };

	check_reference(set, o, at, spec, "serviceAccountName",
			"ServiceAccount");
	check_lists(set, o, at, spec, "volumes", volumes, ARRAY_LEN(volumes));
	for (size_t i = 0; i < ARRAY_LEN(lists); i++) {
		const struct val *list = val_get(spec, lists[i]);

		for (size_t k = 0; k < val_count(list); k++) {
			const struct val *c = val_at(list, k);
			AUTO_FREE char *below =
				alloc_print("%s/%s/%zu", at, lists[i], k);

			check_lists(set, o, below, c, "env", env,
				    ARRAY_LEN(env));
			check_lists(set, o, below, c, "envFrom", env_from,
				    ARRAY_LEN(env_from));
		}
	}
}

void lint_links(const struct lint_set *set)
{
	for (size_t i = 0; i < set->objects.count; i++) {
		const struct lint_object *o = &set->objects.items[i];
		const char *pointer = NULL;
		const struct val *template = lint_pod_template(o, &pointer);

		if (!o->own)
			continue;
		check_selector(set, o);
		check_service(set, o);
		if (!template)
			continue;
		AUTO_FREE char *spec = alloc_print("%s/spec", pointer);
		check_pod(set, o, spec, val_get(template, "spec"));
	}
}
