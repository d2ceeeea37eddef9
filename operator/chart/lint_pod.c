/* The pods that an object makes: containers, volumes, images, texts. */
#include "chart/lint_set.h"

#include "base/map.h"
#include "data/path.h"

const struct val *lint_pod_template(const struct lint_object *o,
				    const char **out_pointer)
{
	static const struct {
		const char *group, *kind, *path, *pointer;
	} kinds[] = {
		{ "", "Pod", "", "" },
		{ "apps", "Deployment", "spec.template", "/spec/template" },
		{ "apps", "StatefulSet", "spec.template", "/spec/template" },
		{ "apps", "DaemonSet", "spec.template", "/spec/template" },
		{ "apps", "ReplicaSet", "spec.template", "/spec/template" },
		{ "batch", "Job", "spec.template", "/spec/template" },
		{ "batch", "CronJob", "spec.jobTemplate.spec.template",
		  "/spec/jobTemplate/spec/template" },
	};

	for (size_t i = 0; i < ARRAY_LEN(kinds); i++)
		if (lint_object_is(o, kinds[i].group, kinds[i].kind)) {
			*out_pointer = kinds[i].pointer;
			return path_get(o->v, kinds[i].path);
		}
	return NULL;
}

struct pod {
	const struct lint_set *set;
	const struct lint_object *o;
	const struct val *spec;
	char *at; /* of the spec: "/spec/template/spec" */
};

static const char *const container_lists[] = { "initContainers", "containers" };

/* Items of a list that say in one field what another before them says. */
static void check_distinct(const struct pod *p, const struct val *list,
			   const char *at, const char *field,
			   enum lint_rule rule, const char *what)
{
	struct map seen = MAP_INIT;

	for (size_t i = 0; i < val_count(list); i++) {
		const char *name = val_get_text(val_at(list, i), field);
		AUTO_FREE char *pointer =
			alloc_print("%s/%zu/%s", at, i, field);

		if (*name && map_set(&seen, str_of(name), p->at))
			lint_object_say(p->set, p->o, rule, pointer,
					LOCATE_VALUE,
					"a second %s named \"%s\"", what, name);
	}
	map_done(&seen);
}

static bool has_volume(const struct pod *p, const char *name)
{
	const struct val *claims =
		path_get(p->o->v, "spec.volumeClaimTemplates");
	const struct val *volumes = val_get(p->spec, "volumes");

	for (size_t i = 0; i < val_count(volumes); i++)
		if (strcmp(val_get_text(val_at(volumes, i), "name"), name) == 0)
			return true;
	for (size_t i = 0; i < val_count(claims); i++)
		if (strcmp(path_get_text(val_at(claims, i), "metadata.name"),
			   name) == 0)
			return true;
	return false;
}

static void check_mounts(const struct pod *p, const struct val *mounts,
			 const char *at)
{
	for (size_t i = 0; i < val_count(mounts); i++) {
		const char *name = val_get_text(val_at(mounts, i), "name");
		AUTO_FREE char *pointer =
			alloc_print("%s/volumeMounts/%zu/name", at, i);

		if (*name && !has_volume(p, name))
			lint_object_say(p->set, p->o, LINT_RULE_VOLUME, pointer,
					LOCATE_VALUE,
					"the pod has no volume \"%s\"", name);
	}
}

static void check_text(const struct pod *p, const struct val *v,
		       const char *pointer, const char *what)
{
	if (v && !val_is(v, VAL_TEXT) && !val_is(v, VAL_NULL))
		lint_object_say(p->set, p->o, LINT_RULE_STRING_WANTED, pointer,
				LOCATE_VALUE, "%s must be a string, found %s",
				what, val_type_text(val_type(v)));
}

static void check_texts(const struct pod *p, const struct val *container,
			const char *at)
{
	static const char *const lists[] = { "command", "args" };
	const struct val *env = val_get(container, "env");

	for (size_t i = 0; i < val_count(env); i++) {
		AUTO_FREE char *pointer =
			alloc_print("%s/env/%zu/value", at, i);

		check_text(p, val_get(val_at(env, i), "value"), pointer,
			   "the value of an environment variable");
	}
	for (size_t i = 0; i < ARRAY_LEN(lists); i++) {
		const struct val *list = val_get(container, lists[i]);

		for (size_t k = 0;
		     val_is(list, VAL_LIST) && k < val_count(list); k++) {
			AUTO_FREE char *pointer =
				alloc_print("%s/%s/%zu", at, lists[i], k);

			check_text(p, val_at(list, k), pointer, "an argument");
		}
	}
}

/* Behind the last slash; a registry may have a port. */
static void check_image(const struct pod *p, const struct val *container,
			const char *at)
{
	const char *image = val_get_text(container, "image");
	const char *name = strrchr(image, '/');
	const char *tag = strchr(name ? name : image, ':');
	AUTO_FREE char *pointer = alloc_print("%s/image", at);

	if (!*image || strchr(image, '@'))
		return;
	if (!tag)
		lint_object_say(p->set, p->o, LINT_RULE_IMAGE_TAG, pointer,
				LOCATE_VALUE, "the image has no tag");
	else if (strcmp(tag, ":latest") == 0)
		lint_object_say(p->set, p->o, LINT_RULE_IMAGE_TAG, pointer,
				LOCATE_VALUE, "the image's tag is latest");
}

static void check_container(const struct pod *p, const struct val *c,
			    const char *at)
{
	AUTO_FREE char *ports = alloc_print("%s/ports", at);
	AUTO_FREE char *env = alloc_print("%s/env", at);

	check_distinct(p, val_get(c, "ports"), ports, "name",
		       LINT_RULE_DUPLICATE_NAME, "port");
	check_distinct(p, val_get(c, "env"), env, "name",
		       LINT_RULE_DUPLICATE_ENV, "variable");
	check_mounts(p, val_get(c, "volumeMounts"), at);
	check_texts(p, c, at);
	check_image(p, c, at);
}

/* Init containers and others share their names. */
static void check_container_names(const struct pod *p)
{
	const struct val *first = val_get(p->spec, container_lists[0]);
	const struct val *list = val_get(p->spec, container_lists[1]);

	for (size_t i = 0; i < val_count(list); i++) {
		const char *name = val_get_text(val_at(list, i), "name");
		AUTO_FREE char *pointer =
			alloc_print("%s/containers/%zu/name", p->at, i);

		for (size_t k = 0; *name && k < val_count(first); k++)
			if (strcmp(name,
				   val_get_text(val_at(first, k), "name")) == 0)
				lint_object_say(
					p->set, p->o, LINT_RULE_DUPLICATE_NAME,
					pointer, LOCATE_VALUE,
					"an init container is named \"%s\" as "
					"well",
					name);
	}
}

static void check_pod(const struct pod *p)
{
	for (size_t i = 0; i < ARRAY_LEN(container_lists); i++) {
		const struct val *list = val_get(p->spec, container_lists[i]);
		AUTO_FREE char *at =
			alloc_print("%s/%s", p->at, container_lists[i]);

		check_distinct(p, list, at, "name", LINT_RULE_DUPLICATE_NAME,
			       "container");
		for (size_t k = 0; k < val_count(list); k++) {
			AUTO_FREE char *one = alloc_print("%s/%zu", at, k);

			check_container(p, val_at(list, k), one);
		}
	}
	check_container_names(p);
	AUTO_FREE char *volumes = alloc_print("%s/volumes", p->at);
	check_distinct(p, val_get(p->spec, "volumes"), volumes, "name",
		       LINT_RULE_DUPLICATE_NAME, "volume");
}

void lint_pod(const struct lint_set *set, const struct lint_object *o)
{
	const char *pointer = NULL;
	const struct val *template = lint_pod_template(o, &pointer);
	struct pod p = { .set = set, .o = o };

	if (!template)
		return;
	p.spec = val_get(template, "spec");
	p.at = alloc_print("%s/spec", pointer);
	check_pod(&p);
	free(p.at);
}
