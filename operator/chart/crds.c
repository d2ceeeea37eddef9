#include "chart/crds.h"

#include "chart/locate.h"
#include "chart/manifest.h"
#include "chart/source.h"
#include "chart/values.h"
#include "data/path.h"
#include "data/yaml_read.h"

#include <strings.h>

#define CRD_API "apiextensions.k8s.io/v1"
#define CRD_KIND "CustomResourceDefinition"

bool crds_is_file(const char *path)
{
	static const char *const endings[] = { ".yaml", ".yml", ".json" };
	const char *dot = strrchr(path, '.');

	if (!dot || !str_starts(str_of(path), "crds/"))
		return false;
	for (size_t i = 0; i < ARRAY_LEN(endings); i++)
		if (strcasecmp(dot, endings[i]) == 0)
			return true;
	return false;
}

/* One document, while it is checked. */
struct document {
	const struct yaml_stream *s;
	const struct yaml_node *root;
	const struct val *v;
	struct err *err;
};

static const struct yaml_node *node_at(const struct document *d,
				       const char *pointer)
{
	return locate_node(d->root, pointer, LOCATE_VALUE);
}

static bool check_kind(const struct document *d)
{
	if (strcmp(val_get_text(d->v, "kind"), CRD_KIND) != 0)
		return yaml_fail(d->s, node_at(d, "/kind"), d->err, ERR_INVALID,
				 "crds/ holds nothing but " CRD_KIND "s");
	if (strcmp(val_get_text(d->v, "apiVersion"), CRD_API) != 0)
		return yaml_fail(d->s, node_at(d, "/apiVersion"), d->err,
				 ERR_INVALID,
				 "apiVersion of a " CRD_KIND
				 " must be " CRD_API);
	return true;
}

/* The API server wants the name to be "<plural>.<group>". */
static bool check_name(const struct document *d)
{
	const char *name = val_get_text(val_get(d->v, "metadata"), "name");
	const struct val *spec = val_get(d->v, "spec");
	AUTO_FREE char *want = alloc_print(
		"%s.%s", val_get_text(val_get(spec, "names"), "plural"),
		val_get_text(spec, "group"));

	if (!*name)
		return yaml_fail(d->s, node_at(d, "/metadata/name"), d->err,
				 ERR_INVALID,
				 "a " CRD_KIND " needs metadata.name");
	if (strcmp(name, want) != 0)
		return yaml_fail(
			d->s, node_at(d, "/metadata/name"), d->err, ERR_INVALID,
			"the name must be spec.names.plural, a dot and "
			"spec.group: \"%s\", found \"%s\"",
			want, name);
	return true;
}

static bool check_twice(const struct document *d, const struct crds *crds)
{
	const char *name = path_get_text(d->v, "metadata.name");

	for (size_t i = 0; i < crds->count; i++)
		if (strcmp(path_get_text(crds->items[i].object,
					 "metadata.name"),
			   name) == 0)
			return yaml_fail(d->s, node_at(d, "/metadata/name"),
					 d->err, ERR_INVALID,
					 "%s is there twice, first in %s", name,
					 crds->items[i].file->full);
	return true;
}

static bool add(struct crds *crds, const struct chart_file *file,
		const struct yaml_stream *s, const struct yaml_node *root,
		struct err *err)
{
	AUTO(val_unref) struct val *v = NULL;

	if (!yaml_value(s, root, &v, err))
		return false;
	const struct document d = { s, root, v, err };
	if (!check_kind(&d) || !check_name(&d) || !check_twice(&d, crds))
		return false;
	*VEC_ADD(crds) = (struct crd){ file, TAKE(v) };
	return true;
}

bool crds_read(struct crds *crds, const struct chart_file *file,
	       struct err *err)
{
	AUTO(yaml_stream_free) struct yaml_stream *s = NULL;

	if (!yaml_parse(file->data, file->full, &s, err))
		return false;
	for (size_t i = 0; i < s->count; i++)
		if (!yaml_is_empty(s->roots[i]) &&
		    !add(crds, file, s, s->roots[i], err))
			return false;
	return true;
}

void crds_done(struct crds *crds)
{
	for (size_t i = 0; i < crds->count; i++)
		val_unref(crds->items[i].object);
	VEC_DONE(crds);
}

static bool add_part(const struct chart *chart, const struct chart_part *part,
		     struct manifest *m, struct err *err)
{
	const struct crds *crds = &part->source->crds;

	for (size_t i = 0; i < crds->count; i++) {
		const struct crd *crd = &crds->items[i];
		AUTO_FREE char *source = alloc_print("%s/%s%s", chart->name,
						     part->at, crd->file->path);

		if (!manifest_find(m, CRD_API, CRD_KIND, "",
				   path_get_text(crd->object,
						 "metadata.name")) &&
		    !manifest_add(m, crd->object, source, "", err))
			return err_wrap(err, "%s", crd->file->full);
	}
	return true;
}

/* Depth first, as Helm goes through its dependencies. */
static bool add_parts(const struct chart *chart,
		      const struct chart_values *values, size_t i,
		      struct manifest *m, struct err *err)
{
	const struct chart_part *part = &chart->parts[i];

	if (!values->enabled[i])
		return true;
	if (!add_part(chart, part, m, err))
		return false;
	for (size_t k = 0; k < part->count; k++)
		if (!add_parts(chart, values, part->first + k, m, err))
			return false;
	return true;
}

bool chart_crds(const struct chart *chart, const struct chart_values *values,
		struct manifest **out, struct err *err)
{
	AUTO(manifest_free) struct manifest *m = NEW(struct manifest);

	if (!add_parts(chart, values, 0, m, err))
		return false;
	*out = TAKE(m);
	return true;
}
