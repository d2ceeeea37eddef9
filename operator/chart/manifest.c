#include "chart/manifest.h"

#include "base/limits.h"
#include "base/vec.h"
#include "data/path.h"
#include "data/yaml_read.h"
#include "data/yaml_write.h"

#define SOURCE_MARK "# Source: "

/* A text of an object; NULL, with the error set, when it is none. */
static const char *need_text(const struct val *map, const char *key,
			     const char *what, struct err *err)
{
	const struct val *v = val_get(map, key);

	if (val_is(v, VAL_TEXT) && val_str(v).n)
		return val_text(v);
	if (!v || val_is(v, VAL_NULL) || val_is(v, VAL_TEXT))
		err_set(err, ERR_INVALID, "object has no %s", what);
	else
		err_set(err, ERR_INVALID,
			"%s of the object must be a string, found %s", what,
			val_type_text(val_type(v)));
	return NULL;
}

static bool read_identity(struct manifest_object *o, const struct val *object,
			  struct err *err)
{
	const struct val *meta = val_get(object, "metadata");
	const struct val *namespace = val_get(meta, "namespace");

	*o = (struct manifest_object){
		.api_version = "", .kind = "", .namespace = "", .name = ""
	};
	if (!val_is(object, VAL_MAP))
		return err_set(err, ERR_INVALID,
			       "an object must be a map, found %s",
			       val_type_text(val_type(object)));
	o->api_version = need_text(object, "apiVersion", "apiVersion", err);
	if (!o->api_version)
		return false;
	o->kind = need_text(object, "kind", "kind", err);
	if (!o->kind)
		return false;
	if (meta && !val_is(meta, VAL_MAP))
		return err_set(err, ERR_INVALID,
			       "metadata of the object must be a map, found %s",
			       val_type_text(val_type(meta)));
	o->name = need_text(meta, "name", "metadata.name", err);
	if (!o->name)
		return false;
	if (namespace && !val_is(namespace, VAL_NULL))
		o->namespace =
			need_text(meta, "namespace", "metadata.namespace", err);
	return o->namespace != NULL;
}

static bool is_same(const struct manifest_object *a,
		    const struct manifest_object *b, const char *namespace)
{
	const char *in_a = *a->namespace ? a->namespace : namespace;
	const char *in_b = *b->namespace ? b->namespace : namespace;

	return strcmp(a->name, b->name) == 0 && strcmp(a->kind, b->kind) == 0 &&
	       strcmp(a->api_version, b->api_version) == 0 &&
	       strcmp(in_a, in_b) == 0;
}

static bool is_twice(const struct manifest_object *o,
		     const struct manifest_object *first, const char *how,
		     struct err *err)
{
	return err_set(err, ERR_INVALID, "%s %s is there twice, first in %s%s",
		       o->kind, o->name,
		       *first->source ? first->source : "this manifest", how);
}

/* @param rules  of the new object, when it is a hook */
static bool check_twice(const struct manifest *m,
			const struct manifest_object *o, const char *namespace,
			const struct hook_rules *rules, struct err *err)
{
	for (size_t i = 0; i < m->count; i++)
		if (is_same(&m->items[i], o, namespace))
			return is_twice(o, &m->items[i],
					rules ? ", where it is no hook" : "",
					err);
	for (size_t i = 0; i < m->hooks.count; i++) {
		const struct manifest_hook *h = &m->hooks.items[i];

		if ((!rules || rules->events & h->rules.events) &&
		    is_same(&h->object, o, namespace))
			return is_twice(o, &h->object,
					rules ? ", for the same event"
					      : ", where it is a hook",
					err);
	}
	return true;
}

static bool check_room(const struct manifest *m, const struct hook_rules *rules,
		       struct err *err)
{
	if (rules && m->hooks.count == LIMIT_HOOKS)
		return err_set(err, ERR_LIMIT, "more than %d hooks",
			       LIMIT_HOOKS);
	if (!rules && m->count == LIMIT_RELEASE_OBJECTS)
		return err_set(err, ERR_LIMIT, "more than %d objects",
			       LIMIT_RELEASE_OBJECTS);
	return true;
}

static bool add_object(struct manifest *m, const struct val *object,
		       const char *source, const char *namespace,
		       const struct hook_rules *rules, struct err *err)
{
	struct manifest_object o;

	if (!read_identity(&o, object, err) ||
	    !path_check_nesting(object, err) ||
	    !check_twice(m, &o, namespace, rules, err) ||
	    !check_room(m, rules, err))
		return false;
	o.object = val_ref(object);
	o.source = alloc_copy(source);
	if (rules)
		*VEC_ADD(&m->hooks) = (struct manifest_hook){ o, *rules };
	else
		*VEC_ADD(m) = o;
	return true;
}

static bool add_rendered(struct manifest *m, const struct val *object,
			 const char *source, const char *namespace,
			 struct err *err)
{
	struct hook_rules rules;
	struct manifest_object o;

	switch (hook_read(object, &rules)) {
	case HOOK_NONE:
		return add_object(m, object, source, namespace, NULL, err);
	case HOOK_KNOWN:
		return add_object(m, object, source, namespace, &rules, err);
	case HOOK_UNKNOWN:
		break;
	}
	if (!read_identity(&o, object, err))
		return false;
	o.object = val_ref(object);
	o.source = alloc_copy(source);
	*VEC_ADD(&m->skipped) = o;
	return true;
}

/* kind List, or the List of one kind: PodList. */
static bool is_list(const struct val *object)
{
	return str_ends(str_of(val_get_text(object, "kind")), "List") &&
	       val_is(val_get(object, "items"), VAL_LIST);
}

typedef bool add_fn(struct manifest *m, const struct val *object,
		    const char *source, const char *namespace, struct err *err);

/* As deep as the value, which nests within limits. */
static bool add_any(struct manifest *m, const struct val *object,
		    const char *source, const char *namespace, add_fn *add,
		    struct err *err)
{
	const struct val *items = val_get(object, "items");

	if (!is_list(object))
		return add(m, object, source, namespace, err);
	for (size_t i = 0; i < val_count(items); i++)
		if (!add_any(m, val_at(items, i), source, namespace, add, err))
			return err_wrap(err, "items[%zu]", i);
	return true;
}

static bool add_plain(struct manifest *m, const struct val *object,
		      const char *source, const char *namespace,
		      struct err *err)
{
	return add_object(m, object, source, namespace, NULL, err);
}

bool manifest_add(struct manifest *m, const struct val *object,
		  const char *source, const char *namespace, struct err *err)
{
	return path_check_nesting(object, err) &&
	       add_any(m, object, source, namespace, add_plain, err);
}

bool manifest_add_rendered(struct manifest *m, const struct val *object,
			   const char *source, const char *namespace,
			   struct err *err)
{
	struct hook_rules rules;

	if (!path_check_nesting(object, err))
		return false;
	if (is_list(object) && hook_read(object, &rules) != HOOK_NONE)
		return err_set(
			err, ERR_INVALID,
			"a list is no hook: put the annotation " HOOK_ANNOTATION
			" onto its items");
	return add_any(m, object, source, namespace, add_rendered, err);
}

const struct manifest_object *manifest_find(const struct manifest *m,
					    const char *api_version,
					    const char *kind,
					    const char *namespace,
					    const char *name)
{
	for (size_t i = 0; i < m->count; i++) {
		const struct manifest_object *o = &m->items[i];

		if (strcmp(o->name, name) == 0 && strcmp(o->kind, kind) == 0 &&
		    strcmp(o->api_version, api_version) == 0 &&
		    strcmp(o->namespace, namespace) == 0)
			return o;
	}
	return NULL;
}

void manifest_object_text(const struct manifest_object *o, struct buf *out)
{
	buf_addf(out, "---\n" SOURCE_MARK "%s\n", o->source);
	yaml_write(o->object, out);
}

void manifest_text(const struct manifest *m, struct buf *out)
{
	for (size_t i = 0; i < m->count && !buf_overflowed(out); i++)
		manifest_object_text(&m->items[i], out);
}

/* The source named in the lines from *line up to `end`, which is where a
 * document begins: the last one that follows a document mark. */
static struct str find_source(struct str *rest, unsigned *line, unsigned end)
{
	struct str source = { 0 }, text;

	for (; *line < end && rest->n; ++*line) {
		str_split(*rest, '\n', &text, rest);
		if (str_starts(text, SOURCE_MARK))
			source =
				str_trim(str_cut(text.p + strlen(SOURCE_MARK),
						 text.n - strlen(SOURCE_MARK)));
		else if (str_starts(text, "---"))
			source = str_cut(NULL, 0);
	}
	return source;
}

static bool add_document(struct manifest *m, const struct yaml_stream *s,
			 size_t i, struct str source, const char *namespace,
			 struct err *err)
{
	AUTO(val_unref) struct val *object = NULL;
	AUTO_FREE char *path = alloc_text(source.p, source.n);

	if (!yaml_value(s, s->roots[i], &object, err))
		return false;
	return manifest_add(m, object, path, namespace, err) ||
	       yaml_wrap(s, s->roots[i], err);
}

bool manifest_read(struct str text, const char *namespace,
		   struct manifest **out, struct err *err)
{
	AUTO(manifest_free) struct manifest *m = NEW(struct manifest);
	AUTO(yaml_stream_free) struct yaml_stream *s = NULL;
	struct str rest = text;
	unsigned line = 1;

	if (!yaml_parse(text, "manifest", &s, err))
		return false;
	for (size_t i = 0; i < s->count; i++) {
		struct str source =
			find_source(&rest, &line, s->roots[i]->line);

		if (!yaml_is_empty(s->roots[i]) &&
		    !add_document(m, s, i, source, namespace, err))
			return false;
	}
	*out = TAKE(m);
	return true;
}

void manifest_object_done(struct manifest_object *o)
{
	val_unref(o->object);
	free(o->source);
	*o = (struct manifest_object){ 0 };
}

void manifest_free(struct manifest *m)
{
	if (!m)
		return;
	for (size_t i = 0; i < m->count; i++)
		manifest_object_done(&m->items[i]);
	for (size_t i = 0; i < m->hooks.count; i++)
		manifest_object_done(&m->hooks.items[i].object);
	for (size_t i = 0; i < m->skipped.count; i++)
		manifest_object_done(&m->skipped.items[i]);
	VEC_DONE(&m->hooks);
	VEC_DONE(&m->skipped);
	free(m->items);
	free(m);
}
