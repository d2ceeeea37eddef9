/*
 * A hash table with chains, and a list of all entries from the one used last
 * to the one used longest ago.
 */
#include "chart/shapes.h"

#include "base/thread.h"

#include <stdatomic.h>

enum { BUCKETS = 256 };

struct entry {
	struct entry *next; /* in its bucket, or of those to be freed */
	struct entry *newer, *older;
	const struct mustache_template *t;
	char *symbols;
	size_t len;
	unsigned hash;
	size_t bytes;
	struct shape *shape;
};

struct shapes {
	struct mtx lock;
	size_t max;
	struct entry *buckets[BUCKETS];
	struct entry *newest, *oldest;
	size_t bytes;
	/* Entries of templates that share a number; read without the lock. */
	atomic_uint of_template[BUCKETS];
};

static size_t template_number(const struct mustache_template *t)
{
	return ((uintptr_t)t >> 4) % BUCKETS;
}

bool shapes_may_have(const struct shapes *shapes,
		     const struct mustache_template *t)
{
	return atomic_load_explicit(&shapes->of_template[template_number(t)],
				    memory_order_relaxed) > 0;
}

struct shapes *shapes_new(size_t max)
{
	struct shapes *shapes = NEW(struct shapes);

	mtx_init(&shapes->lock);
	shapes->max = max;
	return shapes;
}

static void free_entries(struct entry *e)
{
	while (e) {
		struct entry *next = e->next;

		shape_unref(e->shape);
		free(e->symbols);
		free(e);
		e = next;
	}
}

void shapes_free(struct shapes *shapes)
{
	if (!shapes)
		return;
	for (size_t i = 0; i < BUCKETS; i++)
		free_entries(shapes->buckets[i]);
	mtx_done(&shapes->lock);
	free(shapes);
}

/* Eight symbols at a time: a trace is long, and looked up at every render. */
static unsigned hash_of(const struct mustache_template *t, struct str symbols)
{
	const uint64_t odd = 0x9e3779b97f4a7c15;
	uint64_t hash = (uintptr_t)t, eight;

	for (; symbols.n >= sizeof(eight);
	     symbols = str_cut(symbols.p + sizeof(eight),
			       symbols.n - sizeof(eight))) {
		memcpy(&eight, symbols.p, sizeof(eight));
		hash = (hash ^ eight) * odd;
		hash ^= hash >> 32;
	}
	return (unsigned)((hash ^ str_hash(symbols)) * odd >> 32);
}

static struct entry *find(const struct shapes *shapes,
			  const struct mustache_template *t, struct str symbols,
			  unsigned hash) NEEDS(shapes->lock)
{
	struct entry *e = shapes->buckets[hash % BUCKETS];

	while (e && (e->hash != hash || e->t != t ||
		     !str_equal(str_cut(e->symbols, e->len), symbols)))
		e = e->next;
	return e;
}

static void unlink_entry(struct shapes *shapes, struct entry *e)
	NEEDS(shapes->lock)
{
	if (e->newer)
		e->newer->older = e->older;
	else
		shapes->newest = e->older;
	if (e->older)
		e->older->newer = e->newer;
	else
		shapes->oldest = e->newer;
}

static void link_newest(struct shapes *shapes, struct entry *e)
	NEEDS(shapes->lock)
{
	e->newer = NULL;
	e->older = shapes->newest;
	if (e->older)
		e->older->newer = e;
	else
		shapes->oldest = e;
	shapes->newest = e;
}

struct shape *shapes_get(struct shapes *shapes,
			 const struct mustache_template *t,
			 const struct mustache_trace *trace)
{
	struct str symbols = buf_str(&trace->symbols);
	unsigned hash = hash_of(t, symbols);
	struct shape *shape = NULL;

	mtx_lock(&shapes->lock);
	struct entry *e = find(shapes, t, symbols, hash);
	if (e) {
		shape = shape_ref(e->shape);
		if (e != shapes->newest) {
			unlink_entry(shapes, e);
			link_newest(shapes, e);
		}
	}
	mtx_unlock(&shapes->lock);
	return shape;
}

/* Takes the entry that was used longest ago off the table. */
static struct entry *take_oldest(struct shapes *shapes) NEEDS(shapes->lock)
{
	struct entry *e = shapes->oldest;
	struct entry **at = &shapes->buckets[e->hash % BUCKETS];

	while (*at != e)
		at = &(*at)->next;
	*at = e->next;
	unlink_entry(shapes, e);
	shapes->bytes -= e->bytes;
	shapes->of_template[template_number(e->t)]--;
	return e;
}

/* Adds the entry, and returns those that have to go for it: itself, when
 * another thread was faster. */
static struct entry *add(struct shapes *shapes, struct entry *e)
	NEEDS(shapes->lock)
{
	struct entry **bucket = &shapes->buckets[e->hash % BUCKETS];
	struct entry *gone = NULL;

	if (find(shapes, e->t, str_cut(e->symbols, e->len), e->hash))
		return e;
	while (shapes->bytes + e->bytes > shapes->max) {
		struct entry *old = take_oldest(shapes);

		old->next = gone;
		gone = old;
	}
	e->next = *bucket;
	*bucket = e;
	link_newest(shapes, e);
	shapes->bytes += e->bytes;
	shapes->of_template[template_number(e->t)]++;
	return gone;
}

void shapes_put(struct shapes *shapes, const struct mustache_template *t,
		const struct mustache_trace *trace, struct shape *shape)
{
	struct str symbols = buf_str(&trace->symbols);
	size_t bytes = sizeof(struct entry) + symbols.n + shape_bytes(shape);
	struct entry *e, *gone;

	if (bytes > shapes->max)
		return;
	e = NEW(struct entry);
	e->t = t;
	e->symbols = alloc_text(symbols.p, symbols.n);
	e->len = symbols.n;
	e->hash = hash_of(t, symbols);
	e->bytes = bytes;
	e->shape = shape_ref(shape);
	mtx_lock(&shapes->lock);
	gone = add(shapes, e);
	mtx_unlock(&shapes->lock);
	free_entries(gone);
}
