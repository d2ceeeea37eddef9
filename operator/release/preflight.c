#include "release/preflight.h"

#include "release/quota.h"

#include "base/str.h"

#include <string.h>

static struct val *without_same(struct val *take_spec, const struct val *old,
				const char *key)
{
	const struct val *value = val_get(take_spec, key);

	if (!value || !val_get(old, key) ||
	    !val_equal(value, val_get(old, key)))
		return take_spec;
	struct val *less = val_without(take_spec, key);
	val_unref(take_spec);
	return less;
}

static bool has_node_port(const struct val *ports, const struct val *node_port)
{
	for (size_t i = 0; i < val_count(ports); i++) {
		const struct val *other = val_get(val_at(ports, i), "nodePort");

		if (other && val_equal(other, node_port))
			return true;
	}
	return false;
}

static struct val *without_node_ports(struct val *take_spec,
				      const struct val *old)
{
	const struct val *ports = val_get(take_spec, "ports");
	AUTO(val_unref) struct val *spec = take_spec;
	AUTO_VAL_LIST list = { 0 };

	if (!val_is(ports, VAL_LIST))
		return TAKE(spec);
	for (size_t i = 0; i < val_count(ports); i++) {
		const struct val *port = val_at(ports, i);
		const struct val *node_port = val_get(port, "nodePort");

		if (node_port &&
		    has_node_port(val_get(old, "ports"), node_port))
			val_list_add_take(&list, val_without(port, "nodePort"));
		else
			val_list_add(&list, port);
	}
	AUTO(val_unref) struct val *rest = val_list_take(&list);
	return val_with(spec, "ports", rest);
}

struct val *preflight_object(const struct val *obj, const struct val *old)
{
	static const char *const held[] = { "clusterIP", "clusterIPs",
					    "healthCheckNodePort" };
	const struct val *old_spec = val_get(old, "spec");
	struct val *spec;

	if (strcmp(val_get_text(obj, "kind"), "Service") != 0 ||
	    !val_is(val_get(obj, "spec"), VAL_MAP))
		return val_ref(obj);
	spec = val_ref(val_get(obj, "spec"));
	for (size_t i = 0; i < ARRAY_LEN(held); i++)
		spec = without_same(spec, old_spec, held[i]);
	AUTO(val_unref) struct val *free_spec =
		without_node_ports(spec, old_spec);
	return val_with(obj, "spec", free_spec);
}

/* Of "name=7" in a list "a=1,b=2"; false when it is no whole number. */
static bool find_number(struct str list, struct str name, size_t *out)
{
	struct str item, key, text;
	bool more = true;

	while (more) {
		more = str_split(list, ',', &item, &list);
		if (!str_split(item, '=', &key, &text) || !str_equal(key, name))
			continue;
		*out = 0;
		for (size_t i = 0; i < text.n; i++) {
			if (text.p[i] < '0' || text.p[i] > '9' ||
			    *out > SIZE_MAX / 100)
				return false;
			*out = *out * 10 + (size_t)(text.p[i] - '0');
		}
		return text.n > 0;
	}
	return false;
}

/* The part of a message behind a word, up to the next ", " or its end. */
static struct str part(const char *message, const char *word)
{
	const char *begin = strstr(message, word), *end;

	if (!begin)
		return str_of("");
	begin += strlen(word);
	end = strstr(begin, ", ");
	return end ? str_cut(begin, (size_t)(end - begin)) : str_of(begin);
}

/*
 * "exceeded quota: NAME, requested: a=1, used: a=2, limited: a=2": whether the
 * deletes make room for all creates, in whatever is counted in whole objects.
 */
static bool is_freed(const char *message, const struct preflight_kind *kind)
{
	struct str requested = part(message, "requested: ");
	struct str used = part(message, "used: ");
	struct str limited = part(message, "limited: "), item;
	bool more = requested.n > 0;

	if (!more)
		return false;
	while (more) {
		size_t have, most;
		struct str name, rest;

		more = str_split(requested, ',', &item, &requested);
		str_split(item, '=', &name, &rest);
		if (!find_number(used, name, &have) ||
		    !find_number(limited, name, &most) ||
		    have < kind->deleted ||
		    have - kind->deleted + kind->created > most)
			return false;
	}
	return true;
}

bool preflight_passes(const struct err *err, const struct preflight_kind *kind,
		      bool brings_namespace)
{
	switch (err->kind) {
	case ERR_INVALID:
		return strstr(err->msg, "does not support dry run") != NULL;
	case ERR_NOT_FOUND:
		return brings_namespace &&
		       strstr(err->msg, "namespaces \"") != NULL;
	case ERR_DENIED:
		return strstr(err->msg, QUOTA_EXCEEDED) &&
		       is_freed(err->msg, kind);
	default:
		return false;
	}
}

bool preflight_is_ending(const struct err *err)
{
	return err->kind == ERR_UNAVAILABLE &&
	       strstr(err->msg, "because it is being terminated");
}

bool preflight_is_held(const struct err *err)
{
	return (err->kind == ERR_DENIED &&
		strstr(err->msg, "can be resized")) ||
	       (err->kind == ERR_INVALID && strstr(err->msg, "bound claims"));
}
