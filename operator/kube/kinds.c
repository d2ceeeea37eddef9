/* Entries are only ever added: a kind that comes back with other facts gets a
 * new entry, and the old one stays for those who hold it. */
#include "kube/kinds.h"

#include "base/alloc.h"
#include "base/buf.h"
#include "base/map.h"
#include "base/thread.h"
#include "base/vec.h"
#include "data/val.h"

/* A key is two names of at most 253 and 63 characters, and a version. */
#define KEY_BYTES ((size_t)4096)

struct entry {
	struct kube_kind kind;
	struct entry *older;
	char texts[]; /* what kind points to */
};

struct kube_kinds {
	struct mtx lock;    /* guards everything below */
	struct map known;   /* "apiVersion kind" to its current struct entry */
	struct map learned; /* apiVersion to int64_t, when */
	struct entry *all;  /* every entry there ever was */
};

struct kube_kinds *kube_kinds_new(void)
{
	struct kube_kinds *kinds = NEW(struct kube_kinds);

	mtx_init(&kinds->lock);
	return kinds;
}

void kube_kinds_free(struct kube_kinds *kinds)
{
	const struct map_slot *slot;
	size_t at = 0;

	if (!kinds)
		return;
	while (kinds->all) {
		struct entry *e = kinds->all;

		kinds->all = e->older;
		free(e);
	}
	while ((slot = map_next(&kinds->learned, &at)))
		free(slot->value);
	map_done(&kinds->known);
	map_done(&kinds->learned);
	mtx_done(&kinds->lock);
	free(kinds);
}

static struct str key_of(struct buf *space, const char *api_version,
			 const char *kind)
{
	buf_clear(space);
	buf_addf(space, "%s %s", api_version, kind);
	return buf_str(space);
}

const struct kube_kind *kube_kinds_get(struct kube_kinds *kinds,
				       const char *api_version,
				       const char *kind)
{
	AUTO_BUF space = BUF_INIT(KEY_BYTES);
	struct str key = key_of(&space, api_version, kind);

	mtx_lock(&kinds->lock);
	struct entry *e = map_get(&kinds->known, key);
	mtx_unlock(&kinds->lock);
	return e ? &e->kind : NULL;
}

bool kube_kinds_should_ask(struct kube_kinds *kinds, const char *api_version,
			   int64_t now_ms)
{
	mtx_lock(&kinds->lock);
	int64_t *at_ms = map_get(&kinds->learned, str_of(api_version));
	bool ask = !at_ms || now_ms - *at_ms >= KUBE_KINDS_ASK_MS;
	mtx_unlock(&kinds->lock);
	return ask;
}

static bool has_text(const struct val *list, const char *text)
{
	for (size_t i = 0; i < val_count(list); i++)
		if (str_is(val_str(val_at(list, i)), text))
			return true;
	return false;
}

static bool has_status(const struct val *resources, const char *plural)
{
	for (size_t i = 0; i < val_count(resources); i++) {
		struct str name =
			val_str(val_get(val_at(resources, i), "name"));
		struct str head, rest;

		if (str_split(name, '/', &head, &rest) &&
		    str_is(head, plural) && str_is(rest, "status"))
			return true;
	}
	return false;
}

/* Copies a text to *at and moves *at behind it. */
static const char *put_text(char **at, struct str text)
{
	char *copy = *at;

	if (text.n)
		memcpy(copy, text.p, text.n);
	copy[text.n] = '\0';
	*at += text.n + 1;
	return copy;
}

/* The texts of an entry; the caller says the rest. */
static struct entry *entry_of(struct str api_version, struct str kind,
			      struct str plural)
{
	struct str group, version;

	if (!str_split(api_version, '/', &group, &version)) {
		version = group;
		group = str_of("");
	}
	struct entry *e = alloc_zero(sizeof(*e) + 2 * api_version.n + plural.n +
				     kind.n + 5);
	char *at = e->texts;
	e->kind = (struct kube_kind){
		.group = put_text(&at, group),
		.version = put_text(&at, version),
		.api_version = put_text(&at, api_version),
		.kind = put_text(&at, kind),
		.plural = put_text(&at, plural),
	};
	return e;
}

static struct entry *entry_new(struct str api_version,
			       const struct val *resources,
			       const struct val *resource)
{
	const struct val *verbs = val_get(resource, "verbs");
	struct str plural = val_str(val_get(resource, "name"));
	struct entry *e = entry_of(api_version,
				   val_str(val_get(resource, "kind")), plural);

	e->kind.namespaced = val_is_true(val_get(resource, "namespaced"));
	e->kind.has_status = has_status(resources, plural.p);
	e->kind.watchable = has_text(verbs, "list") && has_text(verbs, "watch");
	return e;
}

struct entries {
	VEC(struct entry *);
};

static void collect(const char *api_version, const struct val *list,
		    struct entries *out)
{
	const struct val *resources = val_get(list, "resources");

	for (size_t i = 0; i < val_count(resources); i++) {
		const struct val *r = val_at(resources, i);
		const char *name = val_get_text(r, "name");

		/* With a '/' it is a subresource. */
		if (*name && !strchr(name, '/') && *val_get_text(r, "kind"))
			*VEC_ADD(out) =
				entry_new(str_of(api_version), resources, r);
	}
}

static bool is_same(const struct kube_kind *a, const struct kube_kind *b)
{
	return strcmp(a->api_version, b->api_version) == 0 &&
	       strcmp(a->kind, b->kind) == 0 &&
	       strcmp(a->plural, b->plural) == 0 &&
	       a->namespaced == b->namespaced &&
	       a->has_status == b->has_status && a->watchable == b->watchable &&
	       a->coming == b->coming;
}

/* Takes an entry; returns the one to use: an older one that says the same, so
 * that asking again and again needs no memory, or this. */
static struct entry *keep_locked(struct kube_kinds *kinds, struct entry *take)
	NEEDS(kinds->lock);
static struct entry *keep_locked(struct kube_kinds *kinds, struct entry *take)
{
	for (struct entry *e = kinds->all; e; e = e->older)
		if (is_same(&e->kind, &take->kind)) {
			free(take);
			return e;
		}
	take->older = kinds->all;
	kinds->all = take;
	return take;
}

static void forget_locked(struct kube_kinds *kinds, const char *api_version)
	NEEDS(kinds->lock);
static void forget_locked(struct kube_kinds *kinds, const char *api_version)
{
	AUTO_BUF space = BUF_INIT(KEY_BYTES);

	for (struct entry *e = kinds->all; e; e = e->older)
		if (strcmp(e->kind.api_version, api_version) == 0)
			map_remove(&kinds->known,
				   key_of(&space, api_version, e->kind.kind));
}

static void learn_locked(struct kube_kinds *kinds, const char *api_version,
			 struct entries *found, int64_t now_ms)
	NEEDS(kinds->lock);
static void learn_locked(struct kube_kinds *kinds, const char *api_version,
			 struct entries *found, int64_t now_ms)
{
	int64_t *at_ms = map_get(&kinds->learned, str_of(api_version));
	AUTO_BUF space = BUF_INIT(KEY_BYTES);

	if (!at_ms) {
		at_ms = NEW(int64_t);
		map_set(&kinds->learned, str_of(api_version), at_ms);
	}
	*at_ms = now_ms;
	forget_locked(kinds, api_version);
	for (size_t i = 0; i < found->count; i++) {
		struct entry *e = keep_locked(kinds, found->items[i]);
		struct str key = key_of(&space, api_version, e->kind.kind);

		/* The first resource of a kind is the kind's own. */
		if (!map_get(&kinds->known, key))
			map_set(&kinds->known, key, e);
	}
}

void kube_kinds_learn(struct kube_kinds *kinds, const char *api_version,
		      const struct val *list, int64_t now_ms)
{
	struct entries found = { 0 };

	collect(api_version, list, &found);
	mtx_lock(&kinds->lock);
	learn_locked(kinds, api_version, &found, now_ms);
	mtx_unlock(&kinds->lock);
	VEC_DONE(&found);
}

void kube_kinds_ask_again(struct kube_kinds *kinds, const char *api_version)
{
	mtx_lock(&kinds->lock);
	int64_t *at_ms = map_remove(&kinds->learned, str_of(api_version));

	forget_locked(kinds, api_version);
	mtx_unlock(&kinds->lock);
	free(at_ms);
}

const struct kube_kind *kube_kinds_coming(struct kube_kinds *kinds,
					  const struct kube_kind *like)
{
	struct entry *e = entry_of(str_of(like->api_version),
				   str_of(like->kind), str_of(like->plural));

	e->kind.namespaced = like->namespaced;
	e->kind.has_status = like->has_status;
	e->kind.watchable = like->watchable;
	e->kind.coming = true;
	mtx_lock(&kinds->lock);
	e = keep_locked(kinds, e);
	mtx_unlock(&kinds->lock);
	return &e->kind;
}

bool kube_kinds_missing(const char *api_version, const char *kind,
			struct err *err)
{
	return err_set(err, ERR_NOT_FOUND,
		       "no kind %s in apiVersion %s on this server (is its CRD "
		       "installed?)",
		       kind, api_version);
}
