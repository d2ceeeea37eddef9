#include "controller/planner.h"

#include "base/alloc.h"
#include "base/clock.h"
#include "controller/key.h"
#include "controller/manager.h"
#include "controller/reconcile.h"
#include "data/merge.h"

/* The watches of one namespace are there in a moment, or something is wrong
 * that they tell. */
static const int64_t patience_ms = 30000;
static const int64_t again_ms = 20;

static bool find_entry(const struct watches *w, const struct val *cr,
		       size_t *out, struct err *err)
{
	const char *api_version = val_get_text(cr, "apiVersion");
	const char *kind = val_get_text(cr, "kind");
	struct str group = owner_group(api_version);

	for (size_t i = 0; i < w->count; i++)
		if (str_is(group, w->entries[i].group) &&
		    strcmp(kind, w->entries[i].kind) == 0) {
			*out = i;
			return true;
		}
	return err_set(err, ERR_INVALID,
		       "the watches file has no entry for %s %s", api_version,
		       kind);
}

/* The specification is as given; of the rest, what is there stays. */
static struct val *change_of(const struct val *live, const struct val *cr)
{
	const struct val *meta = val_get(cr, "metadata");
	struct val_map patch = { 0 }, texts = { 0 };

	if (val_get(meta, "labels"))
		val_map_put(&texts, "labels", val_get(meta, "labels"));
	if (val_get(meta, "annotations"))
		val_map_put(&texts, "annotations",
			    val_get(meta, "annotations"));
	val_map_put_take(&patch, "metadata", val_map_take(&texts));
	val_map_put_take(&patch, "spec",
			 merge_patch_between(val_get(live, "spec"),
					     val_get(cr, "spec")));
	return val_map_take(&patch);
}

/* What the server would make of it. */
static bool store(const struct kube_client *client, const struct kube_ref *ref,
		  const struct val *cr, struct val **out, struct err *err)
{
	static const struct kube_write dry_run = {
		.dry_run = true,
		.validation = KUBE_VALIDATION_STRICT,
	};
	AUTO(val_unref) struct val *live = NULL;

	if (kube_get(client, ref, &live, err)) {
		AUTO(val_unref) struct val *change = change_of(live, cr);

		return kube_patch(client, ref, KUBE_PATCH_MERGE, change,
				  &dry_run, out, err);
	}
	if (err->kind != ERR_NOT_FOUND)
		return false;
	err_clear(err);
	return kube_create(client, ref, cr, &dry_run, out, err);
}

/* Stores that become complete wake keys; should none be of this namespace, it
 * is looked again before long. */
static void wait_for_stores(struct queue *q, const char *key)
{
	queue_add_at(q, key, clock_now_ms() + again_ms);
	const char *woken = queue_get(q);
	if (woken)
		queue_done(q, woken);
}

static bool wait_for_plan(const struct pass_env *env,
			  const struct kube_client *client, const char *key,
			  const struct val *cr, struct val **out,
			  struct err *err)
{
	int64_t end_ms = clock_now_ms() + patience_ms;

	while (reconcile_preview(env, client, key, cr, out, err)) {
		if (*out)
			return true;
		if (clock_now_ms() > end_ms) {
			AUTO_FREE char *problem = sources_problem(env->sources);

			return err_set(err, ERR_UNAVAILABLE, "%s",
				       problem ? problem
					       : "the API server did not list "
						 "all objects in time");
		}
		wait_for_stores(env->queue, key);
	}
	return false;
}

static bool describe(const struct manager *m, const struct kube_config *config,
		     size_t number, const struct val *cr, struct val **out,
		     struct err *err)
{
	const struct pass_env *env = manager_env(m);
	const struct watch_entry *entry = &env->watches->entries[number];
	const char *ns = val_get_text(val_get(cr, "metadata"), "namespace");
	AUTO(kube_conn_free) struct kube_conn *conn = kube_conn_new(config);
	struct kube_client client = manager_client(m, conn);
	AUTO(val_unref) struct val *stored = NULL;
	struct kube_ref ref = {
		.ns = *ns ? ns : config->ns,
		.name = val_get_text(val_get(cr, "metadata"), "name"),
	};
	AUTO_FREE char *key = key_print(number, ref.ns, ref.name);

	return kube_find_kind(&client, entry->api_version, entry->kind,
			      &ref.kind, err) &&
	       store(&client, &ref, cr, &stored, err) &&
	       wait_for_plan(env, &client, key, stored, out, err);
}

bool planner_describe(const struct watches *watches,
		      const struct kube_config *config, const struct val *cr,
		      struct val **out, struct err *err)
{
	const char *ns = val_get_text(val_get(cr, "metadata"), "namespace");
	AUTO_NAMESPACES namespaces = { 0 };
	const struct manager_options options = {
		.watches = watches,
		.config = config,
		.namespaces = &namespaces,
		.identity = "devmachine-operator",
	};
	struct manager *m = NULL;
	size_t number = 0;

	if (!find_entry(watches, cr, &number, err) ||
	    !namespaces_read(*ns ? ns : config->ns, &namespaces, err) ||
	    !namespaces_read(watches->entries[number].target_namespace,
			     &namespaces, err) ||
	    !manager_start(&options, &m, err))
		return false;
	bool ok = describe(m, config, number, cr, out, err);
	manager_stop(m);
	return ok;
}
