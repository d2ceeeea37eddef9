#include "controller/sources.h"

#include "base/alloc.h"
#include "base/clock.h"
#include "base/limits.h"
#include "base/log.h"
#include "base/map.h"
#include "base/thread.h"
#include "base/vec.h"
#include "controller/key.h"
#include "controller/summary.h"
#include "data/path.h"
#include "release/names.h"
#include "release/owner.h"

#include <stdatomic.h>

enum source_type { PRIMARY, TEMPLATES, RECORDS, LIVE };

struct source {
	struct sources *all;
	enum source_type type;
	size_t entry; /* of watches.yaml, for PRIMARY */
	char *api_version;
	char *kind;
	struct store *store;
	atomic_bool absent; /* the kind does not exist (yet) */
	atomic_bool synced; /* it was complete once */
	int64_t said_ms; /* the watch thread's: when it last said why it waits */
	char *problem;   /* guarded by the lock of all: why it waits, or NULL */
};

struct sources {
	const struct watches *watches;
	struct kube_watcher *watcher;
	struct queue *queue;
	const char *ns;
	struct source **primary;   /* one an entry */
	struct source **templates; /* one an entry, shared, may be NULL */
	struct source *records;
	struct mtx lock; /* guards the following; sources are never removed */
	VEC(struct source *) sources;
	struct map live; /* "apiVersion/kind" → source */
};

static void wake(void *ctx, const char *key)
{
	struct sources *s = ctx;

	if (*key)
		queue_add(s->queue, key);
}

/* Wakes the custom resources of one entry; keys are "namespace/name". */
struct wake_entry {
	struct sources *all;
	size_t entry;
};

static void wake_object(void *ctx, const char *object_key)
{
	const struct wake_entry *w = ctx;
	AUTO_FREE char *key = alloc_print("%zu/%s", w->entry, object_key);

	queue_add(w->all->queue, key);
}

static void wake_all(struct sources *s)
{
	for (size_t i = 0; i < s->watches->count; i++) {
		struct wake_entry w = { s, i };

		store_each_key(s->primary[i]->store, wake_object, &w);
	}
}

/* Wakes who names a template. In the primary stores the owner of a custom
 * resource is the name of its template: store_of_owner() finds them. */
static void wake_users(struct source *src, const char *template)
{
	struct sources *s = src->all;

	for (size_t i = 0; i < s->watches->count; i++) {
		if (s->templates[i] != src)
			continue;
		AUTO(val_unref) struct val *users =
			store_of_owner(s->primary[i]->store, template);
		for (size_t k = 0; k < val_count(users); k++) {
			AUTO(val_unref) struct val *cr =
				summary_read(val_at(users, k));
			AUTO_FREE char *object_key = summary_key(cr);

			wake_object(&(struct wake_entry){ s, i }, object_key);
		}
	}
}

static char *template_of(const struct watch_entry *entry,
			 const struct val *object)
{
	const struct val *name = NULL;

	if (entry->template.api_version)
		name = path_get(object, entry->template.name_path);
	return alloc_copy(val_is(name, VAL_TEXT) ? val_text(name) : "");
}

/* "namespace/release" of a record. */
static char *release_of(const struct val *secret)
{
	const struct val *meta = val_get(secret, "metadata");

	return alloc_print("%s/%s", val_get_text(meta, "namespace"),
			   val_get_text(val_get(meta, "labels"), "name"));
}

/* The owner that the store of a source files an object under. */
static char *filed_under(const struct source *src, const struct val *object)
{
	switch (src->type) {
	case PRIMARY:
		return template_of(&src->all->watches->entries[src->entry],
				   object);
	case RECORDS:
		return release_of(object);
	case LIVE:
		return summary_owner(src->all->watches, object);
	case TEMPLATES:
		break;
	}
	return alloc_copy("");
}

static struct val *summary_of(const struct source *src,
			      const struct val *object)
{
	switch (src->type) {
	case PRIMARY:
	case TEMPLATES:
		return summary_whole(object);
	case RECORDS:
		return summary_record(object);
	case LIVE:
		break;
	}
	return summary_live(src->api_version, src->kind, object);
}

/* A person's helm takes the owner off the records that it writes: then the
 * release's name tells, which is that of the custom resource unless that is
 * too long. Who has a long name learns of it at the next period. */
static void wake_release(struct sources *s, const struct val *record)
{
	AUTO_FREE char *object_key = release_of(record);

	for (size_t i = 0; i < s->watches->count; i++) {
		AUTO(val_unref) struct val *cr =
			store_get(s->primary[i]->store, object_key);

		if (cr)
			wake_object(&(struct wake_entry){ s, i }, object_key);
	}
}

/* Wakes whom a change of an object concerns. */
static void wake_for(struct source *src, const struct val *object)
{
	AUTO_FREE char *object_key = summary_key(object);

	if (src->type == PRIMARY) {
		wake_object(&(struct wake_entry){ src->all, src->entry },
			    object_key);
	} else if (src->type == TEMPLATES) {
		wake_users(src,
			   val_get_text(val_get(object, "metadata"), "name"));
	} else {
		AUTO_FREE char *key = summary_owner(src->all->watches, object);

		if (src->type == RECORDS && !*key)
			wake_release(src->all, object);
		wake(src->all, key);
	}
}

static bool put(struct source *src, const struct val *object)
{
	AUTO_FREE char *key = summary_key(object);
	AUTO_FREE char *owner = filed_under(src, object);
	AUTO(val_unref) struct val *text = summary_of(src, object);

	return text &&
	       store_put(src->store, key, summary_version(object), owner, text);
}

static void on_listing(void *ctx)
{
	const struct source *src = ctx;

	store_listing(src->store);
}

static void on_item(void *ctx, const struct val *object)
{
	struct source *src = ctx;

	if (put(src, object))
		wake_for(src, object);
}

static void set_problem(struct source *src, const char *text)
{
	char *copy = alloc_copy(text);

	mtx_lock(&src->all->lock);
	char *old = src->problem;
	src->problem = copy;
	mtx_unlock(&src->all->lock);
	free(old);
}

static void on_synced(void *ctx)
{
	struct source *src = ctx;
	bool first = !store_is_synced(src->store);

	atomic_store(&src->absent, false);
	atomic_store(&src->synced, true);
	src->said_ms = 0;
	set_problem(src, NULL);
	store_synced(src->store, wake, src->all);
	log_debug("watch synced", S("apiVersion", src->api_version),
		  S("kind", src->kind));
	/* Passes that waited for this store end without a trace. */
	if (first || src->type == TEMPLATES || src->type == RECORDS)
		wake_all(src->all);
}

/* Who had an object may have lost it. */
static void wake_loser(struct source *src, const struct val *object,
		       const char *loser)
{
	AUTO_FREE char *owner = summary_owner(src->all->watches, object);

	if (strcmp(owner, loser) != 0)
		wake(src->all, loser);
}

static void on_change(void *ctx, enum kube_change change,
		      const struct val *object)
{
	struct source *src = ctx;
	AUTO_FREE char *key = summary_key(object);
	AUTO_FREE char *before = store_owner(src->store, key);

	if (change == KUBE_DELETED)
		store_remove(src->store, key, summary_version(object));
	else if (!put(src, object))
		return;
	wake_for(src, object);
	if (src->type == LIVE)
		wake_loser(src, object, before);
}

/* A watch that fails says so at once, and then every minute. */
static const int64_t complain_again_ms = 60000;

static void on_waiting(void *ctx, const struct err *err, int64_t delay_ms)
{
	struct source *src = ctx;
	bool absent = err->kind == ERR_NOT_FOUND;

	if (absent && !atomic_exchange(&src->absent, true))
		wake_all(src->all);
	int64_t now_ms = clock_now_ms();
	set_problem(src, err->msg);
	if (src->said_ms && now_ms - src->said_ms < complain_again_ms)
		return;
	src->said_ms = now_ms;
	log_warn(absent ? "waiting for a kind that is not installed"
			: "watch interrupted",
		 S("apiVersion", src->api_version), S("kind", src->kind),
		 S("error", err->msg), N("retry_ms", delay_ms));
}

static const struct kube_watch_fns watch_fns = {
	.listing = on_listing,
	.item = on_item,
	.synced = on_synced,
	.change = on_change,
	.waiting = on_waiting,
};

static struct source *new_source(struct sources *s, enum source_type type,
				 const char *api_version, const char *kind)
{
	struct source *src = NEW(struct source);

	src->all = s;
	src->type = type;
	src->api_version = alloc_copy(api_version);
	src->kind = alloc_copy(kind);
	src->store = store_new();
	return src;
}

static void start(struct source *src)
{
	struct kube_watch_spec spec = {
		.api_version = src->api_version,
		.kind = src->kind,
		.ns = src->type == TEMPLATES ? NULL : src->all->ns,
		.fns = &watch_fns,
		.ctx = src,
	};

	if (src->type == RECORDS) {
		spec.labels = "owner=helm";
		spec.metadata_only = true;
	} else if (src->type == LIVE) {
		spec.labels = NAME_CHART_LABEL;
	}
	kube_watcher_add(src->all->watcher, &spec);
}

static struct source *templates_of(struct sources *s, size_t i)
{
	const struct watch_template *t = &s->watches->entries[i].template;

	if (!t->api_version)
		return NULL;
	for (size_t k = 0; k < i; k++)
		if (s->templates[k] &&
		    strcmp(s->templates[k]->api_version, t->api_version) == 0 &&
		    strcmp(s->templates[k]->kind, t->kind) == 0)
			return s->templates[k];
	struct source *src = new_source(s, TEMPLATES, t->api_version, t->kind);
	*VEC_ADD(&s->sources) = src;
	return src;
}

struct sources *sources_new(const struct watches *watches,
			    struct kube_watcher *watcher, struct queue *queue,
			    const char *ns)
{
	struct sources *s = NEW(struct sources);

	s->watches = watches;
	s->watcher = watcher;
	s->queue = queue;
	s->ns = ns;
	mtx_init(&s->lock);
	s->primary = alloc_zero(watches->count * sizeof(struct source *));
	s->templates = alloc_zero(watches->count * sizeof(struct source *));
	s->records = new_source(s, RECORDS, "v1", "Secret");
	*VEC_ADD(&s->sources) = s->records;
	for (size_t i = 0; i < watches->count; i++) {
		const struct watch_entry *e = &watches->entries[i];

		s->templates[i] = templates_of(s, i);
		s->primary[i] = new_source(s, PRIMARY, e->api_version, e->kind);
		s->primary[i]->entry = i;
		*VEC_ADD(&s->sources) = s->primary[i];
	}
	for (size_t i = 0; i < s->sources.count; i++)
		start(s->sources.items[i]);
	return s;
}

void sources_free(struct sources *s)
{
	if (!s)
		return;
	for (size_t i = 0; i < s->sources.count; i++) {
		struct source *src = s->sources.items[i];

		free(src->api_version);
		free(src->kind);
		free(src->problem);
		store_free(src->store);
		free(src);
	}
	VEC_DONE(&s->sources);
	map_done(&s->live);
	free(s->primary);
	free(s->templates);
	mtx_done(&s->lock);
	free(s);
}

struct store *sources_primary(struct sources *s, size_t entry)
{
	return s->primary[entry]->store;
}

struct store *sources_templates(struct sources *s, size_t entry)
{
	return s->templates[entry] ? s->templates[entry]->store : NULL;
}

struct store *sources_records(struct sources *s)
{
	return s->records->store;
}

static struct source *live_source(struct sources *s, const char *api_version,
				  const char *kind)
{
	AUTO_FREE char *name = alloc_print("%s/%s", api_version, kind);
	struct source *fresh = NULL;

	mtx_lock(&s->lock);
	struct source *src = map_get(&s->live, str_of(name));
	if (!src) {
		src = fresh = new_source(s, LIVE, api_version, kind);
		*VEC_ADD(&s->sources) = src;
		map_set(&s->live, str_of(name), src);
	}
	mtx_unlock(&s->lock);
	if (fresh)
		start(fresh);
	return src;
}

struct store *sources_live(struct sources *s, const char *api_version,
			   const char *kind)
{
	return live_source(s, api_version, kind)->store;
}

static void add_texts(struct val_list *out, const struct val *texts)
{
	for (size_t i = 0; i < val_count(texts); i++)
		val_list_add_take(out, summary_read(val_at(texts, i)));
}

struct val *sources_live_of(struct sources *s, const char *key)
{
	VEC(struct store *) stores = { 0 };
	struct val_list list = { 0 };

	mtx_lock(&s->lock);
	for (size_t i = 0; i < s->sources.count; i++)
		if (s->sources.items[i]->type == LIVE)
			*VEC_ADD(&stores) = s->sources.items[i]->store;
	mtx_unlock(&s->lock);
	for (size_t i = 0; i < stores.count; i++) {
		AUTO(val_unref) struct val *texts =
			store_of_owner(stores.items[i], key);

		add_texts(&list, texts);
	}
	VEC_DONE(&stores);
	summary_sort(&list);
	return val_list_take(&list);
}

void sources_learn(struct sources *s, const char *api_version, const char *kind,
		   const struct val *object)
{
	put(live_source(s, api_version, kind), object);
}

void sources_forget(struct sources *s, const char *api_version,
		    const char *kind, const char *object_key)
{
	store_remove(live_source(s, api_version, kind)->store, object_key, 0);
}

void sources_learn_record(struct sources *s, const struct val *secret)
{
	put(s->records, secret);
}

void sources_learn_primary(struct sources *s, size_t entry,
			   const struct val *object)
{
	put(s->primary[entry], object);
}

const char *sources_api_version(struct sources *s, struct str group,
				const char *kind)
{
	const char *found = NULL;

	mtx_lock(&s->lock);
	for (size_t i = 0; i < s->sources.count && !found; i++) {
		const struct source *src = s->sources.items[i];

		if (src->type == LIVE && strcmp(src->kind, kind) == 0 &&
		    str_equal(owner_group(src->api_version), group))
			found = src->api_version;
	}
	mtx_unlock(&s->lock);
	return found;
}

void sources_forget_primary(struct sources *s, size_t entry,
			    const char *object_key)
{
	store_remove(s->primary[entry]->store, object_key, 0);
}

void sources_forget_record(struct sources *s, const char *object_key)
{
	store_remove(s->records->store, object_key, 0);
}

char *sources_problem(struct sources *s)
{
	char *problem = NULL;

	mtx_lock(&s->lock);
	for (size_t i = 0; i < s->sources.count && !problem; i++) {
		const struct source *src = s->sources.items[i];

		/* What was complete once goes on from where it was. */
		if (src->type == LIVE && !atomic_load(&src->synced))
			problem = alloc_copy(src->problem);
	}
	mtx_unlock(&s->lock);
	return problem;
}

bool sources_are_synced(struct sources *s)
{
	bool synced = true;

	mtx_lock(&s->lock);
	size_t n = s->sources.count;
	mtx_unlock(&s->lock);
	for (size_t i = 0; i < n && synced; i++) {
		mtx_lock(&s->lock);
		struct source *src = s->sources.items[i];
		mtx_unlock(&s->lock);
		/* A template kind may well be left uninstalled. */
		if (src->type != TEMPLATES || !atomic_load(&src->absent))
			synced = store_is_synced(src->store);
	}
	return synced;
}

bool sources_have_templates(struct sources *s, size_t entry)
{
	struct source *src = s->templates[entry];

	return !src || store_is_synced(src->store) || atomic_load(&src->absent);
}
