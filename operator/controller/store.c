#include "controller/store.h"

#include "base/map.h"
#include "base/thread.h"
#include "base/vec.h"
#include "controller/packed.h"

struct entry {
	struct family *family;     /* objects of the same owner; NULL: none */
	struct entry *prev, *next; /* in the family */
	struct packed *text;
	uint64_t version;
	unsigned listed; /* number of the last list that had it */
	unsigned watch;  /* whose list that was */
	char key[];
};

/* The objects of one owner. */
struct family {
	struct entry *first;
	char owner[];
};

/* How far the lists of a watch are. */
struct lists {
	unsigned number; /* of the current one */
	bool synced;
};

struct store {
	struct mtx lock; /* guards everything below */
	struct map entries;
	struct map families;
	uint64_t newest; /* highest version seen */
	unsigned watches, unsynced;
	struct lists lists[];
};

struct store *store_new(unsigned watches)
{
	struct store *s =
		alloc_zero(sizeof(*s) + watches * sizeof(struct lists));

	mtx_init(&s->lock);
	s->entries = s->families = MAP_INIT_BORROWING;
	s->watches = s->unsynced = watches;
	return s;
}

static void free_values(struct map *m)
{
	size_t at = 0;

	for (const struct map_slot *slot; (slot = map_next(m, &at));)
		free(slot->value);
	map_done(m);
}

void store_free(struct store *s)
{
	size_t at = 0;

	if (!s)
		return;
	for (const struct map_slot *slot; (slot = map_next(&s->entries, &at));)
		packed_unref(((struct entry *)slot->value)->text);
	free_values(&s->entries);
	free_values(&s->families);
	mtx_done(&s->lock);
	free(s);
}

static void leave_family(struct store *s, struct entry *e)
{
	struct family *f = e->family;

	if (!f)
		return;
	if (e->prev)
		e->prev->next = e->next;
	else
		f->first = e->next;
	if (e->next)
		e->next->prev = e->prev;
	e->family = NULL;
	e->prev = e->next = NULL;
	if (!f->first) {
		map_remove(&s->families, str_of(f->owner));
		free(f);
	}
}

static void join_family(struct store *s, struct entry *e, const char *owner)
{
	struct family *f = map_get(&s->families, str_of(owner));

	if (!f) {
		size_t n = strlen(owner) + 1;

		f = alloc_zero(sizeof(*f) + n);
		memcpy(f->owner, owner, n);
		map_set(&s->families, str_of(f->owner), f);
	}
	e->family = f;
	e->next = f->first;
	if (f->first)
		f->first->prev = e;
	f->first = e;
}

static void note_listed(struct entry *e, const struct store *s, unsigned watch)
{
	e->watch = watch;
	e->listed = s->lists[watch].number;
}

static bool knows_locked(struct store *s, unsigned watch, const char *key,
			 uint64_t version) NEEDS(s->lock)
{
	struct entry *e = map_get(&s->entries, str_of(key));

	if (!e || e->version < version)
		return false;
	note_listed(e, s, watch);
	return true;
}

static bool put_locked(struct store *s, unsigned watch, const char *key,
		       uint64_t version, const char *owner, struct packed *text)
	NEEDS(s->lock)
{
	struct entry *e = map_get(&s->entries, str_of(key));

	/* Unknown, but not newer than what was seen: deleted since. */
	if (!e && version <= s->newest && s->lists[watch].synced)
		return false;
	if (knows_locked(s, watch, key, version))
		return false;
	if (!e) {
		size_t n = strlen(key) + 1;

		e = alloc_zero(sizeof(*e) + n);
		memcpy(e->key, key, n);
		map_set(&s->entries, str_of(e->key), e);
	}
	bool changed = !e->text || !packed_equal(e->text, text);
	if (strcmp(e->family ? e->family->owner : "", owner) != 0) {
		leave_family(s, e);
		if (*owner)
			join_family(s, e, owner);
		changed = true;
	}
	packed_unref(e->text);
	e->text = packed_ref(text);
	e->version = version;
	note_listed(e, s, watch);
	return changed;
}

bool store_knows(struct store *s, unsigned watch, const char *key,
		 uint64_t version)
{
	mtx_lock(&s->lock);
	bool known = knows_locked(s, watch, key, version);
	mtx_unlock(&s->lock);
	return known;
}

bool store_put(struct store *s, unsigned watch, const char *key,
	       uint64_t version, const char *owner, const struct val *text)
{
	struct packed *packed = packed_new(val_str(text));

	mtx_lock(&s->lock);
	bool changed = put_locked(s, watch, key, version, owner, packed);
	mtx_unlock(&s->lock);
	packed_unref(packed);
	return changed;
}

static void drop(struct store *s, struct entry *e)
{
	leave_family(s, e);
	map_remove(&s->entries, str_of(e->key));
	packed_unref(e->text);
	free(e);
}

bool store_remove(struct store *s, const char *key, uint64_t version)
{
	mtx_lock(&s->lock);
	struct entry *e = map_get(&s->entries, str_of(key));
	bool found = e && (version == 0 || e->version <= version);
	if (found)
		drop(s, e);
	if (version > s->newest)
		s->newest = version;
	mtx_unlock(&s->lock);
	return found;
}

void store_listing(struct store *s, unsigned watch)
{
	mtx_lock(&s->lock);
	s->lists[watch].number++;
	mtx_unlock(&s->lock);
}

/* Owners, copied so that callbacks run without the lock. */
struct names {
	VEC(char *);
};

static void call_all(struct names *names, store_fn *fn, void *ctx)
{
	for (size_t i = 0; i < names->count; i++) {
		fn(ctx, names->items[i]);
		free(names->items[i]);
	}
	VEC_DONE(names);
}

static void sweep_locked(struct store *s, unsigned watch, struct names *gone)
	NEEDS(s->lock)
{
	VEC(struct entry *) old = { 0 };
	size_t at = 0;

	for (const struct map_slot *slot;
	     (slot = map_next(&s->entries, &at));) {
		struct entry *e = slot->value;

		if (e->watch == watch && e->listed != s->lists[watch].number)
			*VEC_ADD(&old) = e;
	}
	for (size_t i = 0; i < old.count; i++) {
		struct entry *e = old.items[i];

		*VEC_ADD(gone) = alloc_copy(e->family ? e->family->owner : "");
		drop(s, e);
	}
	VEC_DONE(&old);
}

void store_synced(struct store *s, unsigned watch, store_fn *fn, void *ctx)
{
	struct names gone = { 0 };

	mtx_lock(&s->lock);
	sweep_locked(s, watch, &gone);
	s->unsynced -= !s->lists[watch].synced;
	s->lists[watch].synced = true;
	mtx_unlock(&s->lock);
	call_all(&gone, fn, ctx);
}

bool store_is_synced(struct store *s)
{
	mtx_lock(&s->lock);
	bool synced = s->unsynced == 0;
	mtx_unlock(&s->lock);
	return synced;
}

void store_unsync(struct store *s)
{
	mtx_lock(&s->lock);
	for (unsigned i = 0; i < s->watches; i++)
		s->lists[i].synced = false;
	s->unsynced = s->watches;
	mtx_unlock(&s->lock);
}

bool store_is_empty(struct store *s)
{
	mtx_lock(&s->lock);
	bool empty = s->entries.count == 0;
	mtx_unlock(&s->lock);
	return empty;
}

struct val *store_get(struct store *s, const char *key)
{
	mtx_lock(&s->lock);
	const struct entry *e = map_get(&s->entries, str_of(key));
	struct packed *packed = e ? packed_ref(e->text) : NULL;
	mtx_unlock(&s->lock);
	struct val *text = packed ? packed_read(packed) : NULL;
	packed_unref(packed);
	return text;
}

bool store_has(struct store *s, const char *key)
{
	mtx_lock(&s->lock);
	bool has = map_get(&s->entries, str_of(key)) != NULL;
	mtx_unlock(&s->lock);
	return has;
}

char *store_owner(struct store *s, const char *key)
{
	mtx_lock(&s->lock);
	const struct entry *e = map_get(&s->entries, str_of(key));
	char *owner = alloc_copy(e && e->family ? e->family->owner : "");
	mtx_unlock(&s->lock);
	return owner;
}

/* Texts with their keys, taken out under the lock and read without it. */
struct found {
	VEC(struct {
		char *key;
		struct packed *text;
	});
};

static struct val *read_found(struct found *found)
{
	struct val_map map = { 0 };

	for (size_t i = 0; i < found->count; i++) {
		val_map_put_take(&map, found->items[i].key,
				 packed_read(found->items[i].text));
		free(found->items[i].key);
		packed_unref(found->items[i].text);
	}
	VEC_DONE(found);
	return val_map_take(&map);
}

struct val *store_of_owner(struct store *s, const char *owner)
{
	struct found found = { 0 };

	mtx_lock(&s->lock);
	const struct family *f = map_get(&s->families, str_of(owner));
	for (const struct entry *e = f ? f->first : NULL; e; e = e->next) {
		__typeof__(found.items) item = VEC_ADD(&found);

		item->key = alloc_copy(e->key);
		item->text = packed_ref(e->text);
	}
	mtx_unlock(&s->lock);
	return read_found(&found);
}

void store_each_owner(struct store *s, store_fn *fn, void *ctx)
{
	struct names owners = { 0 };
	size_t at = 0;

	mtx_lock(&s->lock);
	for (const struct map_slot *slot; (slot = map_next(&s->families, &at));)
		*VEC_ADD(&owners) = alloc_copy(slot->key);
	mtx_unlock(&s->lock);
	call_all(&owners, fn, ctx);
}

void store_each_key(struct store *s, store_fn *fn, void *ctx)
{
	struct names keys = { 0 };
	size_t at = 0;

	mtx_lock(&s->lock);
	for (const struct map_slot *slot; (slot = map_next(&s->entries, &at));)
		*VEC_ADD(&keys) = alloc_copy(slot->key);
	mtx_unlock(&s->lock);
	call_all(&keys, fn, ctx);
}

void store_each_key_of(struct store *s, const char *owner, store_fn *fn,
		       void *ctx)
{
	struct names keys = { 0 };

	mtx_lock(&s->lock);
	const struct family *f = map_get(&s->families, str_of(owner));
	for (const struct entry *e = f ? f->first : NULL; e; e = e->next)
		*VEC_ADD(&keys) = alloc_copy(e->key);
	mtx_unlock(&s->lock);
	call_all(&keys, fn, ctx);
}
