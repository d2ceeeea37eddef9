#include "controller/definitions.h"

#include "base/alloc.h"
#include "chart/crds.h"
#include "controller/desire.h"
#include "data/path.h"
#include "release/owner.h"

#define CRD_API "apiextensions.k8s.io/v1"
#define CRD_KIND "CustomResourceDefinition"

/* Nothing tells when a definition is served; it takes some tenths of a
 * second. */
static const int64_t again_ms = 500;

void definitions_await(struct pass *p, const char *api_version,
		       const char *kind)
{
	kube_kinds_ask_again(p->client->kinds, api_version);
	p->waiting = true;
	p->wait_ms = again_ms;
	free(p->awaited);
	p->awaited = alloc_print("waiting until the API server serves %s %s",
				 api_version, kind);
}

static bool is_served(const struct val *version)
{
	return val_is_true(val_get(version, "served"));
}

/* The version of that name, or the first that is served. */
static const struct val *find_version(const struct val *crd, struct str name)
{
	const struct val *list = path_get(crd, "spec.versions");

	for (size_t i = 0; i < val_count(list); i++) {
		const struct val *v = val_at(list, i);

		if (is_served(v) &&
		    (!name.n || str_is(name, val_get_text(v, "name"))))
			return v;
	}
	return NULL;
}

static bool defines(const struct manifest_object *o, struct str group,
		    const char *kind)
{
	return strcmp(o->kind, CRD_KIND) == 0 &&
	       strcmp(o->api_version, CRD_API) == 0 &&
	       str_is(group, path_get_text(o->object, "spec.group")) &&
	       strcmp(path_get_text(o->object, "spec.names.kind"), kind) == 0;
}

const struct kube_kind *definitions_find(const struct kube_client *client,
					 const struct manifest *manifest,
					 const char *api_version,
					 const char *kind)
{
	struct str group = owner_group(api_version), head, version;

	if (!str_split(str_of(api_version), '/', &head, &version))
		return NULL;
	for (size_t i = 0; i < manifest->count; i++) {
		const struct manifest_object *o = &manifest->items[i];
		const struct val *v;

		if (!defines(o, group, kind))
			continue;
		v = find_version(o->object, version);
		if (!v)
			continue;
		const struct kube_kind like = {
			.api_version = api_version,
			.kind = kind,
			.plural = path_get_text(o->object, "spec.names.plural"),
			.namespaced =
				strcmp(path_get_text(o->object, "spec.scope"),
				       "Namespaced") == 0,
			.has_status = path_get(v, "subresources.status") !=
				      NULL,
			.watchable = true,
		};
		return kube_kinds_coming(client->kinds, &like);
	}
	return NULL;
}

static const struct val *condition(const struct val *crd, const char *type)
{
	const struct val *list = path_get(crd, "status.conditions");

	for (size_t i = 0; i < val_count(list); i++)
		if (strcmp(val_get_text(val_at(list, i), "type"), type) == 0)
			return val_at(list, i);
	return NULL;
}

/* One that is there and not served. */
static bool is_served_now(const struct pass *p, const char *api_version,
			  const char *kind)
{
	const struct kube_kind *found;
	AUTO_ERR err = ERR_INIT;

	return kube_find_kind(p->client, api_version, kind, &found, &err);
}

/* One that is there already, from before or by us. */
static bool judge(struct pass *p, const struct val *live,
		  const char *api_version, struct err *err)
{
	const struct val *names = condition(live, "NamesAccepted");
	const char *kind = path_get_text(live, "spec.names.kind");
	struct str group, version;

	if (strcmp(val_get_text(names, "status"), "False") == 0)
		return err_set(err, ERR_NOT_FOUND,
			       "its names are not accepted: %s",
			       val_get_text(names, "message"));
	str_split(str_of(api_version), '/', &group, &version);
	/* Another one of that name is left alone, whatever it serves. */
	if (find_version(live, version) && !is_served_now(p, api_version, kind))
		definitions_await(p, api_version, kind);
	return true;
}

static bool create(struct pass *p, const struct kube_ref *ref,
		   const struct val *crd, struct err *err)
{
	const struct kube_write strict = { .validation =
						   KUBE_VALIDATION_STRICT };

	p->steps++;
	if (kube_create(&p->writer, ref, crd, &strict, NULL, err))
		return true;
	/* Somebody else was faster. */
	if (err->kind != ERR_EXISTS)
		return false;
	err_clear(err);
	return true;
}

/* What is known of kinds may be older than the cluster: the definition itself
 * tells. */
static bool install(struct pass *p, const struct val *crd, struct err *err)
{
	const struct val *version = find_version(crd, str_of(""));
	AUTO_FREE char *api_version =
		alloc_print("%s/%s", path_get_text(crd, "spec.group"),
			    val_get_text(version, "name"));
	struct kube_ref ref = { .name = path_get_text(crd, "metadata.name") };
	AUTO(val_unref) struct val *live = NULL;

	if (!kube_find_kind(p->client, CRD_API, CRD_KIND, &ref.kind, err))
		return false;
	if (kube_get(p->client, &ref, &live, err))
		return judge(p, live, api_version, err);
	if (err->kind != ERR_NOT_FOUND)
		return false;
	err_clear(err);
	if (!create(p, &ref, crd, err))
		return false;
	if (version)
		definitions_await(p, api_version,
				  path_get_text(crd, "spec.names.kind"));
	return true;
}

bool definitions_install(struct pass *p, struct err *err)
{
	const struct plan_record *last = desire_newest(p);
	AUTO(manifest_free) struct manifest *crds = NULL;

	/* The record of an install is written after this. */
	if (p->previews || desire_is_deployed(p) ||
	    (last && record_is_pending(last->status)))
		return true;
	if (!chart_crds(p->entry->chart, p->values, &crds, err))
		return false;
	for (size_t i = 0; i < crds->count; i++)
		if (!install(p, crds->items[i].object, err))
			return err_wrap(err, "%s", crds->items[i].source);
	return true;
}
