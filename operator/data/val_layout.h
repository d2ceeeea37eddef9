/*
 * How values lie in memory: for data/val.c, for rendering, whose whole cost is
 * to look keys up and to copy texts, and for schemas, which look the same keys
 * up again and again. All others use data/val.h.
 */
#ifndef DATA_VAL_LAYOUT_H
#define DATA_VAL_LAYOUT_H

#include "data/val.h"

#include <stdatomic.h>

/* A text is followed by zeros up to a multiple of so many bytes, one at least:
 * it may be compared and copied in pieces of that size. */
#define VAL_PAD 16

/* An entry of a map, where the hash of its key says. */
struct val_slot {
	uint64_t tag; /* of the key; 0: empty */
	struct val *item;
	struct val *key;
};

struct val {
	atomic_uint refs; /* 0: a constant that is not counted */
	uint8_t type;
	bool truth; /* VAL_BOOL; of chars: JSON takes them as they are */
	uint32_t n; /* bytes of text, items, entries */
	/* VAL_MAP: one bit for the hash of each key; 0 of anything else. */
	uint64_t filter;
	union {
		struct val **items;
		struct {
			/* Open addressing; behind them the numbers of the
			 * slots in the order of the entries. */
			struct val_slot *slots;
			uint32_t mask; /* number of slots less one */
		};
		char text[sizeof(char *)]; /* as long as it needs to be */
	};
};

static inline const char *val_chars(const struct val *v)
{
	return (const char *)v + offsetof(struct val, text);
}

static inline uint32_t *val_order(const struct val *v)
{
	return (uint32_t *)(void *)(v->slots + v->mask + 1);
}

/* Never 0: an empty text has a hash. */
static inline uint64_t val_tag(uint32_t hash, size_t len)
{
	return hash | (uint64_t)len << 32;
}

static inline uint64_t val_filter_bit(uint32_t hash)
{
	return (uint64_t)1 << (hash >> 26);
}

/* A key to look up again and again. */
struct val_lookup {
	uint64_t tag;
	uint64_t filter;
	char head[VAL_PAD]; /* what it begins with, then zeros */
	const char *text;
};

/** @param hash  str_hash(key) */
static inline struct val_lookup val_lookup_of(struct str key, uint32_t hash)
{
	struct val_lookup k = { .tag = val_tag(hash, key.n),
				.filter = val_filter_bit(hash),
				.text = key.p ? key.p : "" };

	if (key.n && key.p)
		memcpy(k.head, key.p, key.n < VAL_PAD ? key.n : VAL_PAD);
	return k;
}

static inline bool val_slot_is(const struct val_slot *slot,
			       const struct val_lookup *k)
{
	const char *text;

	if (slot->tag != k->tag)
		return false;
	text = val_chars(slot->key);
	return memcmp(text, k->head, VAL_PAD) == 0 &&
	       (k->tag >> 32 <= VAL_PAD ||
		memcmp(text, k->text, k->tag >> 32) == 0);
}

/** As val_get_str(), of a v that is not NULL. */
static inline __attribute__((always_inline)) const struct val *val_look(
	const struct val *v, const struct val_lookup *k)
{
	const struct val_slot *slot;

	if (!(v->filter & k->filter))
		return NULL;
	for (uint32_t at = (uint32_t)k->tag;; at++) {
		slot = &v->slots[at & v->mask];
		if (val_slot_is(slot, k))
			return slot->item;
		if (!slot->tag)
			return NULL;
	}
}

#endif
