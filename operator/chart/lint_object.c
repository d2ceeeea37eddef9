/* One object for itself: names, labels, fields, apiVersion. */
#include "chart/lint_set.h"

#include "base/limits.h"
#include "chart/lint_kinds.h"
#include "chart/marks.h"
#include "chart/version.h"
#include "data/pointer.h"

bool lint_object_is(const struct lint_object *o, const char *group,
		    const char *kind)
{
	return strcmp(o->kind, kind) == 0 && strcmp(o->group, group) == 0;
}

static bool is_alnum(char c)
{
	return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') ||
	       (c >= 'A' && c <= 'Z');
}

/* RFC 1123: small letters, digits and -, none of the last at an end. */
static bool is_dns_label(struct str s)
{
	for (size_t i = 0; i < s.n; i++)
		if ((s.p[i] != '-' || i == 0 || i + 1 == s.n) &&
		    (!is_alnum(s.p[i]) || (s.p[i] >= 'A' && s.p[i] <= 'Z')))
			return false;
	return s.n > 0;
}

static bool is_dns_name(struct str s)
{
	struct str rest = s, label;
	bool more = true;

	while (more) {
		more = str_split(rest, '.', &label, &rest);
		if (!is_dns_label(label))
			return false;
	}
	return s.n <= 253;
}

/* Letters, digits, -, _ and . in between. */
static bool is_label_text(struct str s)
{
	for (size_t i = 0; i < s.n; i++)
		if (!is_alnum(s.p[i]) &&
		    (i == 0 || i + 1 == s.n || !strchr("-_.", s.p[i])))
			return false;
	return s.n <= 63;
}

static bool is_label_key(struct str key)
{
	struct str prefix, name;

	if (!str_split(key, '/', &prefix, &name))
		name = key;
	else if (!is_dns_name(prefix))
		return false;
	return name.n && is_label_text(name);
}

static void check_name(const struct lint_set *set, const struct lint_object *o)
{
	struct str name = str_of(o->name);
	const char *what = NULL;

	if (lint_kind_has_free_name(o->group, o->kind))
		return;
	if (name.n > 63)
		what = "is longer than 63 characters";
	else if (!is_dns_name(name))
		what = "is no valid name";
	else if (lint_object_is(o, "", "Service") &&
		 (!is_dns_label(name) || (*name.p >= '0' && *name.p <= '9')))
		what = "is no valid name of a Service, which has no dots and "
		       "begins with a letter";
	if (what)
		lint_object_say(set, o, LINT_RULE_OBJECT_NAME, "/metadata/name",
				LOCATE_VALUE, "\"" STR_FMT "\" %s",
				STR_ARG(str_clip(name, 80)), what);
}

/* Whether the template says it literally. */
static bool is_written(const struct lint_object *o, const char *pointer)
{
	AUTO_FREE char *full = alloc_print("%s%s", o->at, pointer);
	const struct yaml_node *node =
		yaml_resolve(locate_in(o->s, o->doc, full, LOCATE_VALUE));

	return node->kind == YAML_SCALAR && !mark_is_in(node->text);
}

static void check_namespace(const struct lint_set *set,
			    const struct lint_object *o)
{
	const struct val *ns = val_get(val_get(o->v, "metadata"), "namespace");

	if (ns && !val_is(ns, VAL_NULL) && is_written(o, "/metadata/namespace"))
		lint_object_say(set, o, LINT_RULE_NAMESPACE,
				"/metadata/namespace", LOCATE_VALUE,
				"the namespace is written into the template");
}

static void check_label(const struct lint_set *set, const struct lint_object *o,
			struct buf *pointer, struct str key,
			const struct val *v)
{
	size_t n = pointer->len;
	enum locate_what what = is_label_key(key) ? LOCATE_VALUE : LOCATE_KEY;

	pointer_add(pointer, key);
	if (what == LOCATE_KEY)
		lint_object_say(set, o, LINT_RULE_LABEL, buf_text(pointer),
				what, "\"" STR_FMT "\" is no name of a label",
				STR_ARG(str_clip(key, 80)));
	else if (!val_is(v, VAL_TEXT))
		lint_object_say(set, o, LINT_RULE_STRING_WANTED,
				buf_text(pointer), what,
				"a label must be a string, found %s",
				val_type_text(val_type(v)));
	else if (!is_label_text(val_str(v)))
		lint_object_say(set, o, LINT_RULE_LABEL, buf_text(pointer),
				what, "no valid value of label " STR_FMT,
				STR_ARG(str_clip(key, 80)));
	buf_trim(pointer, n);
}

static void check_labels(const struct lint_set *set,
			 const struct lint_object *o, const char *pointer,
			 const struct val *labels)
{
	AUTO_BUF at = BUF_INIT(LIMIT_CONFIG_BYTES);

	buf_add_text(&at, pointer);
	if (!val_is(labels, VAL_MAP))
		return;
	for (size_t i = 0; i < val_count(labels); i++)
		check_label(set, o, &at, val_key(labels, i), val_at(labels, i));
}

/* Maps whose entries must all be strings. */
static void check_strings(const struct lint_set *set,
			  const struct lint_object *o, const char *pointer,
			  const struct val *map, const char *what)
{
	AUTO_BUF at = BUF_INIT(LIMIT_CONFIG_BYTES);

	buf_add_text(&at, pointer);
	if (!val_is(map, VAL_MAP))
		return;
	for (size_t i = 0; i < val_count(map); i++) {
		size_t n = at.len;

		pointer_add(&at, val_key(map, i));
		if (!val_is(val_at(map, i), VAL_TEXT) &&
		    !val_is(val_at(map, i), VAL_NULL))
			lint_object_say(
				set, o, LINT_RULE_STRING_WANTED, buf_text(&at),
				LOCATE_VALUE, "%s must be a string, found %s",
				what, val_type_text(val_type(val_at(map, i))));
		buf_trim(&at, n);
	}
}

static void check_metadata(const struct lint_set *set,
			   const struct lint_object *o, const char *pointer,
			   const struct val *meta)
{
	AUTO_FREE char *labels = alloc_print("%s/labels", pointer);
	AUTO_FREE char *annotations = alloc_print("%s/annotations", pointer);

	check_labels(set, o, labels, val_get(meta, "labels"));
	check_strings(set, o, annotations, val_get(meta, "annotations"),
		      "an annotation");
}

static void check_fields(const struct lint_set *set,
			 const struct lint_object *o)
{
	const char *fields = lint_kind_fields(o->group, o->kind);

	for (size_t i = 0; fields && i < val_count(o->v); i++) {
		struct str key = val_key(o->v, i);
		AUTO_BUF pointer = BUF_INIT(LIMIT_CONFIG_BYTES);

		if (lint_has_word("apiVersion kind metadata", key) ||
		    lint_has_word(fields, key))
			continue;
		pointer_add(&pointer, key);
		lint_object_say(set, o, LINT_RULE_UNKNOWN_FIELD,
				buf_text(&pointer), LOCATE_KEY,
				"a %s has no field " STR_FMT "; it has %s",
				o->kind, STR_ARG(str_clip(key, 80)), fields);
	}
}

/* The N of "v1.N.3". */
static uint64_t minor_of(const char *text)
{
	struct version version;

	return text && version_parse(str_of(text), &version) ? version.part[1]
							     : 0;
}

static void check_api(const struct lint_set *set, const struct lint_object *o)
{
	const struct lint_old_api *old = lint_old_api(o->version, o->kind);
	uint64_t minor = minor_of(set->job->options->kube_version);

	if (!old)
		return;
	lint_object_say(set, o,
			minor >= old->removed ? LINT_RULE_REMOVED_API
					      : LINT_RULE_DEPRECATED_API,
			"/apiVersion", LOCATE_VALUE,
			"%s %s is not served from Kubernetes 1.%u on%s%s",
			o->version, o->kind, old->removed,
			old->now ? ": it is " : "", old->now ? old->now : "");
}

/* The only ports of an object that are no container's. */
static void check_service_ports(const struct lint_set *set,
				const struct lint_object *o)
{
	const struct val *ports = val_get(val_get(o->v, "spec"), "ports");

	if (!lint_object_is(o, "", "Service"))
		return;
	for (size_t i = 0; i < val_count(ports); i++)
		for (size_t k = 0; k < i; k++) {
			AUTO_FREE char *at =
				alloc_print("/spec/ports/%zu/name", i);
			const char *name =
				val_get_text(val_at(ports, i), "name");

			if (strcmp(name,
				   val_get_text(val_at(ports, k), "name")) == 0)
				lint_object_say(set, o,
						LINT_RULE_DUPLICATE_NAME, at,
						LOCATE_VALUE,
						"a second port named \"%s\"",
						name);
		}
}

void lint_object(const struct lint_set *set, const struct lint_object *o)
{
	const char *pods = NULL;
	const struct val *template = lint_pod_template(o, &pods);

	check_name(set, o);
	check_namespace(set, o);
	check_metadata(set, o, "/metadata", val_get(o->v, "metadata"));
	check_fields(set, o);
	check_api(set, o);
	check_service_ports(set, o);
	if (template && *pods) {
		AUTO_FREE char *meta = alloc_print("%s/metadata", pods);

		check_metadata(set, o, meta, val_get(template, "metadata"));
	}
	if (lint_object_is(o, "", "ConfigMap"))
		check_strings(set, o, "/data", val_get(o->v, "data"),
			      "an entry of data");
	if (lint_object_is(o, "", "Secret"))
		check_strings(set, o, "/stringData",
			      val_get(o->v, "stringData"),
			      "an entry of stringData");
}
