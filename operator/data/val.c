/*
 * One allocation per scalar (its text inline), two or three per list and map.
 * Lookups compare hashes before bytes; every map has a filter, because most
 * lookups of a template find nothing in the innermost map. Keys are values too,
 * so that copies of a map share them.
 */
#include "data/val_layout.h"

#include "base/alloc.h"

#include <assert.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>

enum { FEW_KEYS = 8 };

static struct val null_val = { .type = VAL_NULL };
static struct val absent_val = { .type = VAL_NULL };
static struct val true_val = { .type = VAL_BOOL, .truth = true };
static struct val false_val = { .type = VAL_BOOL };

const struct val *val_null(void)
{
	return &null_val;
}

const struct val *val_absent(void)
{
	return &absent_val;
}

const struct val *val_bool(bool b)
{
	return b ? &true_val : &false_val;
}

/* The one place where const is dropped: counting is no change of a value. */
static struct val *counted(const struct val *v)
{
	union {
		const struct val *in;
		struct val *out;
	} u = { .in = v };

	return u.out;
}

struct val *val_ref(const struct val *v)
{
	struct val *c = counted(v);

	if (c && atomic_load_explicit(&c->refs, memory_order_relaxed))
		atomic_fetch_add_explicit(&c->refs, 1, memory_order_relaxed);
	return c;
}

static const struct val_slot *slot_at(const struct val *map, size_t i)
{
	return &map->slots[val_order(map)[i]];
}

static void destroy(struct val *v)
{
	if (v->type == VAL_LIST) {
		for (size_t i = 0; i < v->n; i++)
			val_unref(v->items[i]);
		free(v->items);
	} else if (v->type == VAL_MAP) {
		for (size_t i = 0; i < v->n; i++) {
			val_unref(slot_at(v, i)->key);
			val_unref(slot_at(v, i)->item);
		}
		free(v->slots);
	}
	free(v);
}

void val_unref(const struct val *v)
{
	struct val *c = counted(v);

	if (!c || !atomic_load_explicit(&c->refs, memory_order_relaxed))
		return;
	if (atomic_fetch_sub_explicit(&c->refs, 1, memory_order_acq_rel) == 1)
		destroy(c);
}

static struct val *new_val(enum val_type type)
{
	struct val *v = NEW(struct val);

	v->refs = 1;
	v->type = (uint8_t)type;
	return v;
}

/* RFC 8259 section 7: what a string need not escape. */
static bool is_plain(struct str s)
{
	bool plain = true;

	for (size_t i = 0; i < s.n; i++)
		plain &= (unsigned char)s.p[i] >= 0x20 && s.p[i] != '"' &&
			 s.p[i] != '\\';
	return plain;
}

bool val_is_plain(const struct val *v)
{
	return val_is(v, VAL_TEXT) && v->truth;
}

static struct val *new_chars(enum val_type type, struct str s)
{
	size_t room = (s.n / VAL_PAD + 1) * VAL_PAD;
	size_t size = offsetof(struct val, text) + room;
	struct val *v = alloc_zero(size < sizeof(*v) ? sizeof(*v) : size);
	char *text = (char *)v + offsetof(struct val, text);

	v->refs = 1;
	v->type = (uint8_t)type;
	v->n = (uint32_t)s.n;
	v->truth = is_plain(s);
	if (s.n)
		memcpy(text, s.p, s.n);
	return v;
}

struct val *val_new_text(struct str text)
{
	return new_chars(VAL_TEXT, text);
}

struct val *val_new_textz(const char *text)
{
	return val_new_text(str_of(text));
}

struct val *val_new_int(int64_t n)
{
	char digits[24];
	int len = snprintf(digits, sizeof(digits), "%" PRId64, n);

	return new_chars(VAL_INT, str_cut(digits, (size_t)len));
}

struct val *val_new_number(struct str digits)
{
	bool real = memchr(digits.p, '.', digits.n) ||
		    memchr(digits.p, 'e', digits.n) ||
		    memchr(digits.p, 'E', digits.n);

	return new_chars(real ? VAL_REAL : VAL_INT, digits);
}

const char *val_type_text(enum val_type type)
{
	static const char *const text[] = {
		[VAL_NULL] = "null",   [VAL_BOOL] = "boolean",
		[VAL_INT] = "integer", [VAL_REAL] = "number",
		[VAL_TEXT] = "string", [VAL_LIST] = "list",
		[VAL_MAP] = "map",
	};

	return text[type];
}

enum val_type val_type(const struct val *v)
{
	return v ? (enum val_type)v->type : VAL_NULL;
}

bool val_is_true(const struct val *v)
{
	return val_is(v, VAL_BOOL) && v->truth;
}

const char *val_text(const struct val *v)
{
	if (val_is(v, VAL_TEXT) || val_is(v, VAL_INT) || val_is(v, VAL_REAL))
		return val_chars(v);
	return NULL;
}

struct str val_str(const struct val *v)
{
	const char *text = val_text(v);

	return text && v ? str_cut(text, v->n) : str_cut(NULL, 0);
}

bool val_int(const struct val *v, int64_t *out)
{
	int64_t n = 0;

	if (!val_is(v, VAL_INT))
		return false;
	struct str s = val_str(v);
	bool negative = s.p[0] == '-';
	for (size_t i = negative; i < s.n; i++)
		if (__builtin_mul_overflow(n, 10, &n) ||
		    __builtin_sub_overflow(n, s.p[i] - '0', &n))
			return false;
	/* Counted downwards: the least number has no positive counterpart. */
	if (!negative && __builtin_sub_overflow(0, n, &n))
		return false;
	*out = n;
	return true;
}

size_t val_count(const struct val *v)
{
	return val_is(v, VAL_LIST) || val_is(v, VAL_MAP) ? v->n : 0;
}

const struct val *val_at(const struct val *v, size_t i)
{
	assert(i < val_count(v));
	return v->type == VAL_LIST ? v->items[i] : slot_at(v, i)->item;
}

struct str val_key(const struct val *map, size_t i)
{
	assert(val_is(map, VAL_MAP) && i < map->n);
	return val_str(slot_at(map, i)->key);
}

const struct val *val_key_at(const struct val *map, size_t i)
{
	assert(val_is(map, VAL_MAP) && i < map->n);
	return slot_at(map, i)->key;
}

static const struct val *get_hashed(const struct val *v, struct str key,
				    uint32_t hash)
{
	struct val_lookup k;

	if (!val_is(v, VAL_MAP))
		return NULL;
	k = val_lookup_of(key, hash);
	return val_look(v, &k);
}

const struct val *val_get_str(const struct val *v, struct str key)
{
	return get_hashed(v, key, str_hash(key));
}

const struct val *val_get(const struct val *v, const char *key)
{
	return val_get_str(v, str_of(key));
}

const char *val_get_text(const struct val *v, const char *key)
{
	const struct val *item = val_get(v, key);

	return val_is(item, VAL_TEXT) ? val_chars(item) : "";
}

static bool equal_maps(const struct val *a, const struct val *b)
{
	for (size_t i = 0; i < a->n; i++) {
		const struct val_slot *slot = slot_at(a, i);
		const struct val *other =
			get_hashed(b, val_str(slot->key), (uint32_t)slot->tag);

		if (!other || !val_equal(slot->item, other))
			return false;
	}
	return true;
}

bool val_equal(const struct val *a, const struct val *b)
{
	if (a == b)
		return true;
	if (val_type(a) != val_type(b))
		return false;
	switch (val_type(a)) {
	case VAL_NULL:
		return true;
	case VAL_BOOL:
		return a->truth == b->truth;
	case VAL_INT:
	case VAL_REAL:
	case VAL_TEXT:
		return str_equal(val_str(a), val_str(b));
	case VAL_LIST:
		for (size_t i = 0; i < a->n && a->n == b->n; i++)
			if (!val_equal(a->items[i], b->items[i]))
				return false;
		return a->n == b->n;
	case VAL_MAP:
		return a->n == b->n && equal_maps(a, b);
	}
	return false;
}

void val_list_add_take(struct val_list *l, struct val *take)
{
	if (l->count == l->cap) {
		l->cap = l->cap ? l->cap * 2 : 4;
		l->items = alloc_resize(l->items, l->cap, sizeof(*l->items));
	}
	l->items[l->count++] = take;
}

void val_list_add(struct val_list *l, const struct val *item)
{
	val_list_add_take(l, val_ref(item));
}

struct val *val_list_take(struct val_list *l)
{
	struct val *v = new_val(VAL_LIST);

	v->n = (uint32_t)l->count;
	v->items = l->items;
	*l = (struct val_list){ 0 };
	return v;
}

void val_list_drop(struct val_list *l)
{
	for (size_t i = 0; i < l->count; i++)
		val_unref(l->items[i]);
	free(l->items);
	*l = (struct val_list){ 0 };
}

static void index_entry(struct val_map *m, size_t i)
{
	size_t mask = m->index_cap - 1, at = m->entries[i].hash & mask;

	while (m->index[at])
		at = (at + 1) & mask;
	m->index[at] = (uint32_t)(i + 1);
}

static void index_grow(struct val_map *m)
{
	m->index_cap = m->index_cap ? m->index_cap * 2 : 32;
	free(m->index);
	m->index = alloc_zero(m->index_cap * sizeof(*m->index));
	for (size_t i = 0; i < m->count; i++)
		index_entry(m, i);
}

static void add_entry(struct val_map *m, struct val_entry entry)
{
	if (m->count == m->cap) {
		m->cap = m->cap ? m->cap * 2 : 4;
		m->entries =
			alloc_resize(m->entries, m->cap, sizeof(*m->entries));
	}
	m->entries[m->count++] = entry;
	if (m->count > FEW_KEYS && m->count * 2 > m->index_cap)
		index_grow(m);
	else if (m->index)
		index_entry(m, m->count - 1);
}

static bool entry_is(const struct val_entry *e, struct str s, unsigned hash)
{
	return e->hash == hash && str_equal(val_str(e->key), s);
}

/* The number of a key; m->count when it is not there. */
static size_t find_entry(const struct val_map *m, struct str key, unsigned hash)
{
	size_t mask = m->index_cap - 1, at = hash & mask, i = 0;

	if (!m->index_cap) {
		while (i < m->count && !entry_is(&m->entries[i], key, hash))
			i++;
		return i;
	}
	for (; m->index[at]; at = (at + 1) & mask)
		if (entry_is(&m->entries[m->index[at] - 1], key, hash))
			return m->index[at] - 1;
	return m->count;
}

static struct val *new_key(struct val_keys *keys, struct str key, uint32_t hash)
{
	struct val **seen;

	if (!keys)
		return val_new_text(key);
	seen = &keys->seen[hash % ARRAY_LEN(keys->seen)];
	if (!*seen || !str_equal(val_str(*seen), key)) {
		val_unref(*seen);
		*seen = val_new_text(key);
	}
	return val_ref(*seen);
}

void val_keys_drop(struct val_keys *keys)
{
	for (size_t i = 0; i < ARRAY_LEN(keys->seen); i++)
		val_unref(keys->seen[i]);
	*keys = (struct val_keys){ 0 };
}

void val_map_set_take(struct val_map *m, struct str key, struct val *take)
{
	unsigned hash = str_hash(key);
	size_t i = find_entry(m, key, hash);

	if (i == m->count) {
		add_entry(m, (struct val_entry){ new_key(m->keys, key, hash),
						 take, hash, (uint32_t)key.n });
		return;
	}
	val_unref(m->entries[i].item);
	m->entries[i].item = take;
}

void val_map_set(struct val_map *m, struct str key, const struct val *item)
{
	val_map_set_take(m, key, val_ref(item));
}

void val_map_set_text(struct val_map *m, const char *key, const char *text)
{
	val_map_set_take(m, str_of(key), val_new_textz(text));
}

void val_map_set_int(struct val_map *m, const char *key, int64_t n)
{
	val_map_set_take(m, str_of(key), val_new_int(n));
}

const struct val *val_map_find(const struct val_map *m, struct str key)
{
	size_t i = find_entry(m, key, str_hash(key));

	return i < m->count ? m->entries[i].item : NULL;
}

/* Room for the entries and for as many misses, at least one of which ends a
 * search. */
static uint32_t slots_for(size_t count)
{
	uint32_t n = 2;

	while (n < count + count / 2 + 1)
		n *= 2;
	return n;
}

static void fill_slots(struct val *v, const struct val_entry *entries)
{
	uint32_t *order = val_order(v);

	for (uint32_t i = 0; i < v->n; i++) {
		const struct val_entry *e = &entries[i];
		uint32_t at = e->hash & v->mask;

		while (v->slots[at].tag)
			at = (at + 1) & v->mask;
		v->slots[at] = (struct val_slot){ val_tag(e->hash, e->len),
						  e->item, e->key };
		order[i] = at;
		v->filter |= val_filter_bit(e->hash);
	}
}

struct val *val_map_take(struct val_map *m)
{
	struct val *v = new_val(VAL_MAP);
	uint32_t slots = slots_for(m->count);

	v->n = (uint32_t)m->count;
	if (v->n) {
		v->mask = slots - 1;
		v->slots = alloc_zero(slots * sizeof(*v->slots) +
				      v->n * sizeof(uint32_t));
		fill_slots(v, m->entries);
	}
	free(m->entries);
	free(m->index);
	*m = (struct val_map){ 0 };
	return v;
}

void val_map_drop(struct val_map *m)
{
	for (size_t i = 0; i < m->count; i++) {
		val_unref(m->entries[i].key);
		val_unref(m->entries[i].item);
	}
	free(m->entries);
	free(m->index);
	*m = (struct val_map){ 0 };
}

/* A builder that starts as map v, without the entry `skip`. */
static struct val_map copy_without(const struct val *v, struct str skip)
{
	struct val_map m = { 0 };

	for (size_t i = 0; i < val_count(v); i++) {
		const struct val_slot *slot = slot_at(v, i);

		if (skip.p && str_equal(val_str(slot->key), skip))
			continue;
		add_entry(&m, (struct val_entry){
				      val_ref(slot->key), val_ref(slot->item),
				      (uint32_t)slot->tag,
				      (uint32_t)(slot->tag >> 32) });
	}
	return m;
}

struct val *val_with_str(const struct val *v, struct str key,
			 const struct val *item)
{
	assert(!v || val_is(v, VAL_MAP));
	struct val_map m = copy_without(v, str_of(NULL));

	val_map_set(&m, key, item);
	return val_map_take(&m);
}

struct val *val_with(const struct val *v, const char *key,
		     const struct val *item)
{
	return val_with_str(v, str_of(key), item);
}

struct val *val_with_text(const struct val *v, const char *key,
			  const char *text)
{
	AUTO(val_unref) struct val *item = val_new_textz(text);

	return val_with(v, key, item);
}

struct val *val_without(const struct val *v, const char *key)
{
	assert(!v || val_is(v, VAL_MAP));
	struct val_map m = copy_without(v, str_of(key));

	return val_map_take(&m);
}
