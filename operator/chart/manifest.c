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
	o->namespace = "";
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

static bool add_object(struct manifest *m, const struct val *object,
		       const char *source, const char *namespace,
		       struct err *err)
{
	struct manifest_object o = { 0 };

	if (!read_identity(&o, object, err) || !path_check_nesting(object, err))
		return false;
	for (size_t i = 0; i < m->count; i++)
		if (is_same(&m->items[i], &o, namespace))
			return err_set(err, ERR_INVALID,
				       "%s %s is there twice, first in %s",
				       o.kind, o.name,
				       *m->items[i].source ? m->items[i].source
							   : "this manifest");
	if (m->count == LIMIT_RELEASE_OBJECTS)
		return err_set(err, ERR_LIMIT, "more than %d objects",
			       LIMIT_RELEASE_OBJECTS);
	o.object = val_ref(object);
	o.source = alloc_copy(source);
	*VEC_ADD(m) = o;
	return true;
}

/* kind List, or the List of one kind: PodList. */
static bool is_list(const struct val *object)
{
	return str_ends(str_of(val_get_text(object, "kind")), "List") &&
	       val_is(val_get(object, "items"), VAL_LIST);
}

/* As deep as the value, which nests within limits. */
static bool add_any(struct manifest *m, const struct val *object,
		    const char *source, const char *namespace, struct err *err)
{
	const struct val *items = val_get(object, "items");

	if (!is_list(object))
		return add_object(m, object, source, namespace, err);
	for (size_t i = 0; i < val_count(items); i++)
		if (!add_any(m, val_at(items, i), source, namespace, err))
			return err_wrap(err, "items[%zu]", i);
	return true;
}

bool manifest_add(struct manifest *m, const struct val *object,
		  const char *source, const char *namespace, struct err *err)
{
	return path_check_nesting(object, err) &&
	       add_any(m, object, source, namespace, err);
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

void manifest_text(const struct manifest *m, struct buf *out)
{
	for (size_t i = 0; i < m->count && !buf_overflowed(out); i++) {
		buf_addf(out, "---\n" SOURCE_MARK "%s\n", m->items[i].source);
		yaml_write(m->items[i].object, out);
	}
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

void manifest_free(struct manifest *m)
{
	if (!m)
		return;
	for (size_t i = 0; i < m->count; i++) {
		val_unref(m->items[i].object);
		free(m->items[i].source);
	}
	free(m->items);
	free(m);
}
