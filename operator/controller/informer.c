#include "controller/informer.h"

#include "base/alloc.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/thread.h"
#include "controller/selector.h"
#include "controller/summary.h"
#include "data/path.h"
#include "release/names.h"

#include <stdatomic.h>

/* One watch of an informer. */
struct part {
	struct informer *inf;
	unsigned number; /* as in controller/namespaces.h */
	uint64_t id;     /* of the watcher */
};

struct informer {
	const struct informer_env *env;
	enum informer_type type;
	size_t entry;
	char *api_version;
	char *kind;
	struct store *store;
	atomic_bool absent, forbidden;
	int64_t said_ms; /* the watch thread's: when it last said why it waits */
	struct mtx lock; /* guards the following */
	char *problem;   /* why it waits, or NULL */
	bool watched;
	bool used; /* since the watches were last asked for */
	unsigned count;
	struct part parts[];
};

static char *template_of(const struct watch_entry *entry,
			 const struct val *object)
{
	const struct val *name = NULL;

	if (entry->template.api_version)
		name = path_get(object, entry->template.name_path);
	return alloc_copy(val_is(name, VAL_TEXT) ? val_text(name) : "");
}

char *informer_release_of(const struct val *secret)
{
	const struct val *meta = val_get(secret, "metadata");

	return alloc_print("%s/%s", val_get_text(meta, "namespace"),
			   val_get_text(val_get(meta, "labels"), "name"));
}

/* The owner that the store of an informer files an object under. */
static char *filed_under(const struct informer *inf, const struct val *object)
{
	switch (inf->type) {
	case INFORMER_PRIMARY:
		return template_of(&inf->env->watches->entries[inf->entry],
				   object);
	case INFORMER_RECORDS:
		return informer_release_of(object);
	case INFORMER_LIVE:
		return summary_owner(inf->env->watches, object);
	case INFORMER_TEMPLATES:
		break;
	}
	return alloc_copy("");
}

static struct val *summary_of(const struct informer *inf,
			      const struct val *object)
{
	switch (inf->type) {
	case INFORMER_PRIMARY:
	case INFORMER_TEMPLATES:
		return summary_whole(object);
	case INFORMER_RECORDS:
		return summary_record(object);
	case INFORMER_LIVE:
		break;
	}
	return summary_live(inf->api_version, inf->kind, object);
}

/* Which of the watches sees an object. */
static unsigned watch_of(const struct informer *inf, const struct val *object)
{
	const struct val *meta = val_get(object, "metadata");

	return inf->count == 1 ? 0
			       : namespaces_watch_of(
					 inf->env->namespaces,
					 val_str(val_get(meta, "namespace")));
}

/* An answer to a write of ours may show a custom resource that has just left
 * the selector: another operator may be looking after it by now. */
static bool is_selected(const struct informer *inf, const struct val *object)
{
	const struct val *meta = val_get(object, "metadata");

	return inf->type != INFORMER_PRIMARY ||
	       selector_matches(inf->env->watches->entries[inf->entry].selector,
				val_get(meta, "labels"));
}

bool informer_put(struct informer *inf, const struct val *object)
{
	AUTO_FREE char *key = summary_key(object);
	uint64_t version = summary_version(object);
	unsigned watch = watch_of(inf, object);

	if (!is_selected(inf, object))
		return store_remove(inf->store, key, version);
	/* Most events only tell what the answer to our write has told. */
	if (store_knows(inf->store, watch, key, version))
		return false;
	AUTO_FREE char *owner = filed_under(inf, object);
	AUTO(val_unref) struct val *text = summary_of(inf, object);

	return text && store_put(inf->store, watch, key, version, owner, text);
}

static void on_listing(void *ctx)
{
	const struct part *part = ctx;

	store_listing(part->inf->store, part->number);
}

static void tell(struct informer *inf, const struct val *object,
		 const char *lost)
{
	inf->env->fns->changed(inf->env->ctx, inf, object, lost);
}

/* Custom resources of other shards are as if they were not there. */
static bool is_of_shard(const struct informer *inf, const struct val *object)
{
	const struct val *meta = val_get(object, "metadata");

	return inf->type != INFORMER_PRIMARY ||
	       shard_has(inf->env->shard, str_of(val_get_text(meta, "uid")));
}

static void on_item(void *ctx, const struct val *object)
{
	struct informer *inf = ((struct part *)ctx)->inf;

	if (is_of_shard(inf, object) && informer_put(inf, object))
		tell(inf, object, "");
}

static void set_problem(struct informer *inf, const char *text)
{
	char *copy = alloc_copy(text);

	mtx_lock(&inf->lock);
	char *old = inf->problem;
	inf->problem = copy;
	mtx_unlock(&inf->lock);
	free(old);
}

static void on_synced(void *ctx)
{
	const struct part *part = ctx;
	struct informer *inf = part->inf;
	bool before = store_is_synced(inf->store);

	atomic_store(&inf->absent, false);
	atomic_store(&inf->forbidden, false);
	inf->said_ms = 0;
	set_problem(inf, NULL);
	store_synced(inf->store, part->number, inf->env->fns->lacked,
		     inf->env->ctx);
	log_debug("watch synced", S("apiVersion", inf->api_version),
		  S("kind", inf->kind));
	inf->env->fns->synced(inf->env->ctx, inf,
			      !before && store_is_synced(inf->store));
}

static void on_change(void *ctx, enum kube_change change,
		      const struct val *object)
{
	struct informer *inf = ((struct part *)ctx)->inf;

	if (!is_of_shard(inf, object))
		return;
	AUTO_FREE char *key = summary_key(object);
	AUTO_FREE char *before = store_owner(inf->store, key);

	if (change == KUBE_DELETED)
		store_remove(inf->store, key, summary_version(object));
	else if (!informer_put(inf, object))
		return;
	tell(inf, object, inf->type == INFORMER_LIVE ? before : "");
}

/* A watch that fails says so at once, and then every minute. */
static const int64_t complain_again_ms = 60000;

static void on_waiting(void *ctx, const struct err *err, int64_t delay_ms)
{
	struct informer *inf = ((struct part *)ctx)->inf;
	bool absent = err->kind == ERR_NOT_FOUND;
	bool forbidden = err->kind == ERR_DENIED;

	if ((absent && !atomic_exchange(&inf->absent, true)) ||
	    (forbidden && !atomic_exchange(&inf->forbidden, true)))
		inf->env->fns->absent(inf->env->ctx, inf);
	int64_t now_ms = clock_now_ms();
	set_problem(inf, err->msg);
	if (inf->said_ms && now_ms - inf->said_ms < complain_again_ms)
		return;
	inf->said_ms = now_ms;
	log_warn(absent ? "waiting for a kind that is not installed"
			: "watch interrupted",
		 S("apiVersion", inf->api_version), S("kind", inf->kind),
		 S("error", err->msg), N("retry_ms", delay_ms));
}

/* Whether the watches can go: nobody has asked since they were begun. */
static bool let_go(struct informer *inf)
{
	mtx_lock(&inf->lock);
	bool goes = inf->watched && !inf->used;
	inf->watched &= !goes;
	inf->used = false;
	mtx_unlock(&inf->lock);
	return goes;
}

/* Every few minutes; the first of several watches speaks for all. */
static void on_ended(void *ctx)
{
	const struct part *part = ctx;
	struct informer *inf = part->inf;

	if (inf->type != INFORMER_LIVE || part->number != 0 ||
	    !store_is_empty(inf->store) || !let_go(inf))
		return;
	store_unsync(inf->store);
	for (unsigned i = 0; i < inf->count; i++)
		kube_watcher_remove(inf->env->watcher, inf->parts[i].id);
	set_problem(inf, NULL);
	log_debug("watch stopped: nothing is left of the kind",
		  S("apiVersion", inf->api_version), S("kind", inf->kind));
}

static const struct kube_watch_fns watch_fns = {
	.listing = on_listing,
	.item = on_item,
	.synced = on_synced,
	.change = on_change,
	.waiting = on_waiting,
	.ended = on_ended,
};

struct informer *informer_new(const struct informer_env *env,
			      enum informer_type type, size_t entry,
			      const char *api_version, const char *kind)
{
	/* Templates are objects of the cluster. */
	unsigned count = type == INFORMER_TEMPLATES
				 ? 1
				 : namespaces_watches(env->namespaces);
	struct informer *inf =
		alloc_zero(sizeof(*inf) + count * sizeof(struct part));

	inf->env = env;
	inf->type = type;
	inf->entry = entry;
	inf->api_version = alloc_copy(api_version);
	inf->kind = alloc_copy(kind);
	inf->store = store_new(count);
	mtx_init(&inf->lock);
	inf->count = count;
	for (unsigned i = 0; i < count; i++)
		inf->parts[i] = (struct part){ .inf = inf, .number = i };
	return inf;
}

void informer_free(struct informer *inf)
{
	if (!inf)
		return;
	free(inf->api_version);
	free(inf->kind);
	free(inf->problem);
	store_free(inf->store);
	mtx_done(&inf->lock);
	free(inf);
}

static void start(struct informer *inf)
{
	struct kube_watch_spec spec = {
		.api_version = inf->api_version,
		.kind = inf->kind,
		.fns = &watch_fns,
	};

	if (inf->type == INFORMER_PRIMARY) {
		spec.labels =
			inf->env->watches->entries[inf->entry].selector_text;
	} else if (inf->type == INFORMER_RECORDS) {
		spec.labels = "owner=helm";
		spec.metadata_only = true;
	} else if (inf->type == INFORMER_LIVE) {
		spec.labels = NAME_CHART_LABEL;
	}
	for (unsigned i = 0; i < inf->count; i++) {
		if (inf->type != INFORMER_TEMPLATES)
			spec.ns = namespaces_at(inf->env->namespaces, i);
		spec.ctx = &inf->parts[i];
		inf->parts[i].id = kube_watcher_add(inf->env->watcher, &spec);
	}
}

struct store *informer_use(struct informer *inf)
{
	mtx_lock(&inf->lock);
	bool starts = !inf->watched;
	inf->watched = inf->used = true;
	mtx_unlock(&inf->lock);
	if (starts)
		start(inf);
	return inf->store;
}

struct store *informer_store(struct informer *inf)
{
	return inf->store;
}

enum informer_type informer_type(const struct informer *inf)
{
	return inf->type;
}

size_t informer_entry(const struct informer *inf)
{
	return inf->entry;
}

const char *informer_api_version(const struct informer *inf)
{
	return inf->api_version;
}

const char *informer_kind(const struct informer *inf)
{
	return inf->kind;
}

bool informer_is_settled(struct informer *inf)
{
	mtx_lock(&inf->lock);
	bool watched = inf->watched;
	mtx_unlock(&inf->lock);
	return !watched || store_is_synced(inf->store);
}

bool informer_is_absent(const struct informer *inf)
{
	return atomic_load(&inf->absent);
}

bool informer_is_forbidden(const struct informer *inf)
{
	return atomic_load(&inf->forbidden);
}

char *informer_problem(struct informer *inf)
{
	/* What was complete once goes on from where it was. */
	if (store_is_synced(inf->store))
		return NULL;
	mtx_lock(&inf->lock);
	char *problem = alloc_copy(inf->problem);
	mtx_unlock(&inf->lock);
	return problem;
}
