#include "controller/sources.h"

#include "base/alloc.h"
#include "base/map.h"
#include "base/thread.h"
#include "base/vec.h"
#include "controller/key.h"
#include "controller/informer.h"
#include "controller/summary.h"
#include "release/owner.h"

struct sources {
	struct informer_env env;
	struct queue *queue;
	struct informer **primary;   /* one an entry */
	struct informer **templates; /* one an entry, shared, may be NULL */
	struct informer *records;
	struct mtx lock; /* guards the following; sources are never removed */
	VEC(struct informer *) sources;
	struct map live; /* "apiVersion/kind" → source */
};

/* Whether the custom resource of a key is another operator's, as far as is
 * known. */
static bool is_elsewhere(struct sources *s, const char *key)
{
	struct str ns, name;
	size_t entry;

	if (s->env.shard->count < 2 || !key_parse(key, &entry, &ns, &name) ||
	    entry >= s->env.watches->count)
		return false;
	struct store *primary = informer_store(s->primary[entry]);
	return !store_has(primary, key_object(key)) && store_is_synced(primary);
}

static void wake(void *ctx, const char *key)
{
	struct sources *s = ctx;

	if (*key && !is_elsewhere(s, key))
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
	for (size_t i = 0; i < s->env.watches->count; i++) {
		struct wake_entry w = { s, i };

		store_each_key(informer_store(s->primary[i]), wake_object, &w);
	}
}

/* Wakes who names a template. In the primary stores the owner of a custom
 * resource is the name of its template. */
static void wake_users(struct sources *s, const struct informer *inf,
		       const char *template)
{
	for (size_t i = 0; i < s->env.watches->count; i++) {
		struct wake_entry w = { s, i };

		if (s->templates[i] == inf)
			store_each_key_of(informer_store(s->primary[i]),
					  template, wake_object, &w);
	}
}

/* A person's helm takes the owner off the records that it writes: then the
 * release's name tells, which is that of the custom resource unless that is
 * too long. Who has a long name learns of it at the next period. */
static void wake_release(struct sources *s, const struct val *record)
{
	AUTO_FREE char *object_key = informer_release_of(record);

	for (size_t i = 0; i < s->env.watches->count; i++)
		if (store_has(informer_store(s->primary[i]), object_key))
			wake_object(&(struct wake_entry){ s, i }, object_key);
}

/* Wakes whom a change of an object of a release concerns: whose it is, and
 * whose it was. */
static void wake_owner(struct sources *s, const struct val *object,
		       const char *lost, bool is_record)
{
	AUTO_FREE char *owner = summary_owner(s->env.watches, object);

	if (is_record && !*owner)
		wake_release(s, object);
	wake(s, owner);
	if (strcmp(owner, lost) != 0)
		wake(s, lost);
}

static void on_changed(void *ctx, struct informer *inf,
		       const struct val *object, const char *lost)
{
	struct sources *s = ctx;
	AUTO_FREE char *object_key = summary_key(object);

	switch (informer_type(inf)) {
	case INFORMER_PRIMARY:
		wake_object(&(struct wake_entry){ s, informer_entry(inf) },
			    object_key);
		break;
	case INFORMER_TEMPLATES:
		wake_users(s, inf,
			   val_get_text(val_get(object, "metadata"), "name"));
		break;
	case INFORMER_RECORDS:
		wake_owner(s, object, lost, true);
		break;
	case INFORMER_LIVE:
		wake_owner(s, object, lost, false);
		break;
	}
}

/* Passes that waited for a store end without a trace. */
static void on_synced(void *ctx, struct informer *inf, bool first)
{
	if (first || informer_type(inf) == INFORMER_TEMPLATES ||
	    informer_type(inf) == INFORMER_RECORDS)
		wake_all(ctx);
}

static void on_absent(void *ctx, struct informer *inf)
{
	(void)inf;
	wake_all(ctx);
}

static const struct informer_fns informer_fns = {
	.changed = on_changed,
	.lacked = wake,
	.synced = on_synced,
	.absent = on_absent,
};

static struct informer *add_informer(struct sources *s, enum informer_type type,
				     size_t entry, const char *api_version,
				     const char *kind)
{
	struct informer *inf =
		informer_new(&s->env, type, entry, api_version, kind);

	*VEC_ADD(&s->sources) = inf;
	return inf;
}

static struct informer *templates_of(struct sources *s, size_t i)
{
	const struct watch_template *t = &s->env.watches->entries[i].template;

	if (!t->api_version)
		return NULL;
	for (size_t k = 0; k < i; k++)
		if (s->templates[k] &&
		    strcmp(informer_api_version(s->templates[k]),
			   t->api_version) == 0 &&
		    strcmp(informer_kind(s->templates[k]), t->kind) == 0)
			return s->templates[k];
	return add_informer(s, INFORMER_TEMPLATES, 0, t->api_version, t->kind);
}

struct sources *sources_new(const struct watches *watches,
			    struct kube_watcher *watcher, struct queue *queue,
			    const struct namespaces *namespaces,
			    const struct shard *shard)
{
	struct sources *s = NEW(struct sources);

	s->env = (struct informer_env){
		.watches = watches,
		.namespaces = namespaces,
		.shard = shard,
		.watcher = watcher,
		.fns = &informer_fns,
		.ctx = s,
	};
	s->queue = queue;
	mtx_init(&s->lock);
	s->primary = alloc_zero(watches->count * sizeof(struct informer *));
	s->templates = alloc_zero(watches->count * sizeof(struct informer *));
	s->records = add_informer(s, INFORMER_RECORDS, 0, "v1", "Secret");
	for (size_t i = 0; i < watches->count; i++) {
		const struct watch_entry *e = &watches->entries[i];

		s->templates[i] = templates_of(s, i);
		s->primary[i] = add_informer(s, INFORMER_PRIMARY, i,
					     e->api_version, e->kind);
	}
	for (size_t i = 0; i < s->sources.count; i++)
		informer_use(s->sources.items[i]);
	return s;
}

void sources_free(struct sources *s)
{
	if (!s)
		return;
	for (size_t i = 0; i < s->sources.count; i++)
		informer_free(s->sources.items[i]);
	VEC_DONE(&s->sources);
	map_done(&s->live);
	free(s->primary);
	free(s->templates);
	mtx_done(&s->lock);
	free(s);
}

struct store *sources_primary(struct sources *s, size_t entry)
{
	return informer_store(s->primary[entry]);
}

struct store *sources_templates(struct sources *s, size_t entry)
{
	return s->templates[entry] ? informer_store(s->templates[entry]) : NULL;
}

struct store *sources_records(struct sources *s)
{
	return informer_store(s->records);
}

static struct informer *live_informer(struct sources *s,
				      const char *api_version, const char *kind)
{
	AUTO_FREE char *name = alloc_print("%s/%s", api_version, kind);

	mtx_lock(&s->lock);
	struct informer *inf = map_get(&s->live, str_of(name));
	if (!inf) {
		inf = add_informer(s, INFORMER_LIVE, 0, api_version, kind);
		map_set(&s->live, str_of(name), inf);
	}
	mtx_unlock(&s->lock);
	informer_use(inf);
	return inf;
}

struct store *sources_live(struct sources *s, const char *api_version,
			   const char *kind)
{
	return informer_store(live_informer(s, api_version, kind));
}

static void add_texts(struct val_list *out, const struct informer *inf,
		      const struct val *texts)
{
	for (size_t i = 0; i < val_count(texts); i++)
		val_list_add_take(out,
				  summary_read_live(informer_api_version(inf),
						    informer_kind(inf),
						    val_key(texts, i),
						    val_at(texts, i)));
}

/* One after the other, while others may be added. */
static struct informer *informer_at(struct sources *s, size_t i)
{
	mtx_lock(&s->lock);
	struct informer *inf = i < s->sources.count ? s->sources.items[i]
						    : NULL;
	mtx_unlock(&s->lock);
	return inf;
}

struct val *sources_live_of(struct sources *s, const char *key)
{
	struct informer *inf;
	struct val_list list = { 0 };

	for (size_t i = 0; (inf = informer_at(s, i)); i++) {
		if (informer_type(inf) != INFORMER_LIVE)
			continue;
		AUTO(val_unref) struct val *texts =
			store_of_owner(informer_store(inf), key);

		add_texts(&list, inf, texts);
	}
	summary_sort(&list);
	return val_list_take(&list);
}

void sources_learn(struct sources *s, const char *api_version, const char *kind,
		   const struct val *object)
{
	informer_put(live_informer(s, api_version, kind), object);
}

void sources_forget(struct sources *s, const char *api_version,
		    const char *kind, const char *object_key)
{
	store_remove(informer_store(live_informer(s, api_version, kind)),
		     object_key, 0);
}

void sources_learn_record(struct sources *s, const struct val *secret)
{
	informer_put(s->records, secret);
}

void sources_learn_primary(struct sources *s, size_t entry,
			   const struct val *object)
{
	informer_put(s->primary[entry], object);
}

const char *sources_api_version(struct sources *s, struct str group,
				const char *kind)
{
	struct informer *inf;

	for (size_t i = 0; (inf = informer_at(s, i)); i++)
		if (informer_type(inf) == INFORMER_LIVE &&
		    strcmp(informer_kind(inf), kind) == 0 &&
		    str_equal(owner_group(informer_api_version(inf)), group))
			return informer_api_version(inf);
	return NULL;
}

void sources_forget_primary(struct sources *s, size_t entry,
			    const char *object_key)
{
	store_remove(informer_store(s->primary[entry]), object_key, 0);
}

void sources_forget_record(struct sources *s, const char *object_key)
{
	store_remove(informer_store(s->records), object_key, 0);
}

char *sources_problem(struct sources *s)
{
	char *problem = NULL;
	struct informer *inf;

	for (size_t i = 0; !problem && (inf = informer_at(s, i)); i++)
		if (informer_type(inf) == INFORMER_LIVE)
			problem = informer_problem(inf);
	return problem;
}

/* helm-operator needs no right to see pods, and gives none. */
static bool can_do_without(const struct informer *inf)
{
	return informer_type(inf) == INFORMER_LIVE &&
	       strcmp(informer_api_version(inf), "v1") == 0 &&
	       strcmp(informer_kind(inf), "Pod") == 0;
}

/* A template kind may well be left uninstalled. */
static bool is_settled(struct informer *inf)
{
	return informer_is_settled(inf) ||
	       (informer_type(inf) == INFORMER_TEMPLATES &&
		informer_is_absent(inf)) ||
	       (can_do_without(inf) && informer_is_forbidden(inf));
}

bool sources_have_pods(struct sources *s)
{
	return is_settled(live_informer(s, "v1", "Pod"));
}

bool sources_are_synced(struct sources *s)
{
	struct informer *inf;

	for (size_t i = 0; (inf = informer_at(s, i)); i++)
		if (!is_settled(inf))
			return false;
	return true;
}

bool sources_have_templates(struct sources *s, size_t entry)
{
	return !s->templates[entry] || is_settled(s->templates[entry]);
}
