/* Open addressing with linear probing; removal shifts the run behind it back,
 * so there are no tombstones and a long-lived map stays as fast as a new one. */
#include "base/map.h"

#include "base/alloc.h"

#include <assert.h>

static struct map_slot *find(const struct map *m, struct str key, uint32_t hash)
{
	size_t mask = m->cap - 1;

	for (size_t i = hash & mask;; i = (i + 1) & mask) {
		struct map_slot *s = &m->slots[i];

		if (!s->key || (s->hash == hash &&
				str_equal(str_cut(s->key, s->len), key)))
			return s;
	}
}

static void grow(struct map *m)
{
	struct map old = *m;

	m->cap = old.cap ? old.cap * 2 : 16;
	m->slots = alloc_zero(m->cap * sizeof(*m->slots));
	for (size_t i = 0; i < old.cap; i++) {
		struct map_slot *s = &old.slots[i];

		if (s->key)
			*find(m, str_cut(s->key, s->len), s->hash) = *s;
	}
	free(old.slots);
}

void *map_get(const struct map *m, struct str key)
{
	return m->cap ? find(m, key, str_hash(key))->value : NULL;
}

void *map_set(struct map *m, struct str key, void *value)
{
	assert(value && key.n <= UINT32_MAX);
	/* At most three quarters full: find() needs an empty slot to end. */
	if ((m->count + 1) * 4 > m->cap * 3)
		grow(m);
	uint32_t hash = str_hash(key);
	struct map_slot *s = find(m, key, hash);
	void *old = s->value;
	if (!s->key) {
		s->key = key.p;
		if (!m->borrows)
			s->owned = alloc_text(key.p, key.n);
		s->len = (uint32_t)key.n;
		s->hash = hash;
		m->count++;
	}
	s->value = value;
	return old;
}

void *map_remove(struct map *m, struct str key)
{
	if (!m->cap)
		return NULL;
	struct map_slot *s = find(m, key, str_hash(key));
	if (!s->key)
		return NULL;
	void *old = s->value;
	if (!m->borrows)
		free(s->owned);
	m->count--;

	size_t mask = m->cap - 1, hole = (size_t)(s - m->slots);
	for (size_t i = (hole + 1) & mask; m->slots[i].key;
	     i = (i + 1) & mask) {
		size_t home = m->slots[i].hash & mask;

		/* Move it when its home is not between the hole and itself. */
		if (((i - home) & mask) >= ((i - hole) & mask)) {
			m->slots[hole] = m->slots[i];
			hole = i;
		}
	}
	m->slots[hole] = (struct map_slot){ 0 };
	return old;
}

const struct map_slot *map_next(const struct map *m, size_t *at)
{
	while (*at < m->cap) {
		const struct map_slot *s = &m->slots[(*at)++];

		if (s->key)
			return s;
	}
	return NULL;
}

void map_done(struct map *m)
{
	for (size_t i = 0; i < m->cap && !m->borrows; i++)
		free(m->slots[i].owned);
	free(m->slots);
	*m = (struct map){ .borrows = m->borrows };
}
