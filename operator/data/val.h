/*
 * A JSON-shaped value: null, bool, integer, real, text, list or map.
 *
 * Values never change once built, so they may be shared: val_ref() and
 * val_unref() may be called from any thread, and a reader needs no lock.
 * Change means building a new value that shares the unchanged parts.
 *
 * Ownership: a name with new, with, without, ref or take gives the caller a
 * reference to drop with val_unref(). Every other accessor lends: the result
 * lives as long as the value it was asked of. Arguments are never consumed,
 * but for those called `take`.
 *
 * Numbers keep the digits they were written with: "1e3", 9007199254740993
 * and 1.10 print as they were read. Maps keep the order of insertion. A text
 * holds valid UTF-8 and no NUL, which the readers guarantee.
 */
#ifndef DATA_VAL_H
#define DATA_VAL_H

#include "base/str.h"

#include "base/attr.h"

#include <stdint.h>

struct val;

enum val_type {
	VAL_NULL,
	VAL_BOOL,
	VAL_INT,  /* JSON number without fraction and exponent */
	VAL_REAL, /* any other JSON number */
	VAL_TEXT,
	VAL_LIST,
	VAL_MAP
};

/** Another reference to v; v may be NULL. */
struct val *val_ref(const struct val *v);
/** Drops a reference; NULL is allowed. */
void val_unref(const struct val *v);
static inline void val_unref_auto(struct val **slot)
{
	val_unref(*slot);
}

/* Null and the booleans are borrowed constants: never counted. */
const struct val *val_null(void);
const struct val *val_bool(bool b);
/* Another null: of something that may be missing. Not equal to it as a
 * pointer, and in nothing else. */
const struct val *val_absent(void);

MUST_USE struct val *val_new_int(int64_t n);
MUST_USE struct val *val_new_text(struct str text);
MUST_USE struct val *val_new_textz(const char *text);

/**
 * A number from its JSON text (RFC 8259 section 6), kept as it is.
 *
 * @param digits  must be a valid JSON number; num.h tells
 */
MUST_USE struct val *val_new_number(struct str digits);

/** "null", "boolean", "integer", "number", "string", "list", "map". */
const char *val_type_text(enum val_type type);

/** VAL_NULL for NULL. */
enum val_type val_type(const struct val *v);
static inline bool val_is(const struct val *v, enum val_type type)
{
	return v && val_type(v) == type;
}

bool val_is_true(const struct val *v);

/** Whether v is null or NULL. */
static inline bool val_is_null(const struct val *v)
{
	return val_type(v) == VAL_NULL;
}

/** The bytes of a text, or the digits of a number, NUL-terminated; NULL for
 * any other value and for NULL. */
const char *val_text(const struct val *v);
struct str val_str(const struct val *v);

/** The number when it is a VAL_INT that fits; false otherwise. */
bool val_int(const struct val *v, int64_t *out);

/** Items of a list or entries of a map; 0 for anything else. */
size_t val_count(const struct val *v);

/** Item i of a list, or the value of entry i of a map. */
const struct val *val_at(const struct val *v, size_t i);

/** Key of entry i of a map. */
struct str val_key(const struct val *map, size_t i);
/** The same as a value: a VAL_TEXT. */
const struct val *val_key_at(const struct val *map, size_t i);

/** Looks a key up in a map, O(1). NULL when v is no map or lacks the key. */
const struct val *val_get(const struct val *v, const char *key);
const struct val *val_get_str(const struct val *v, struct str key);

/** val_text(val_get(v, key)), or "" when that is no text. */
const char *val_get_text(const struct val *v, const char *key);

/** Equal type and contents; numbers by their digits, maps in any order. */
bool val_equal(const struct val *a, const struct val *b);

/** A copy of map v (NULL: empty) with one key set. O(number of keys). */
MUST_USE struct val *val_with(const struct val *v, const char *key,
			      const struct val *item);
MUST_USE struct val *val_with_str(const struct val *v, struct str key,
				  const struct val *item);
/** The same with a text. */
MUST_USE struct val *val_with_text(const struct val *v, const char *key,
				   const char *text);
/** A copy of map v without one key. */
MUST_USE struct val *val_without(const struct val *v, const char *key);

/** Whether a text holds nothing that JSON escapes. */
bool val_is_plain(const struct val *v);

/*
 * Builders: zero-initialised, filled, taken once. A builder that is not taken
 * is emptied with …_drop().
 */
struct val_list {
	struct val **items;
	size_t count, cap;
};

void val_list_add(struct val_list *l, const struct val *item);
void val_list_add_take(struct val_list *l, struct val *take);
MUST_USE struct val *val_list_take(struct val_list *l);
void val_list_drop(struct val_list *l);

struct val_entry {
	struct val *key;
	struct val *item;
	uint32_t hash, len; /* of the key */
};

/* Keys seen last, so that what reads many like maps makes each key once. All
 * zeros at first, ended with val_keys_drop(). */
struct val_keys {
	struct val *seen[64];
};

void val_keys_drop(struct val_keys *keys);

struct val_map {
	struct val_entry *entries;
	uint32_t *index; /* open addressing, 1 + entry number; NULL: few keys */
	size_t count, cap, index_cap;
	struct val_keys *keys; /* shares its keys; NULL: does not */
};

/** Sets a key; a key that is there keeps its place and gets the new value. */
void val_map_set(struct val_map *m, struct str key, const struct val *item);
void val_map_set_take(struct val_map *m, struct str key, struct val *take);
void val_map_set_text(struct val_map *m, const char *key, const char *text);
void val_map_set_int(struct val_map *m, const char *key, int64_t n);
static inline void val_map_put(struct val_map *m, const char *key,
			       const struct val *item)
{
	val_map_set(m, str_of(key), item);
}
static inline void val_map_put_take(struct val_map *m, const char *key,
				    struct val *take)
{
	val_map_set_take(m, str_of(key), take);
}
/** What was set for key so far; borrowed until the next change. */
const struct val *val_map_find(const struct val_map *m, struct str key);
MUST_USE struct val *val_map_take(struct val_map *m);
void val_map_drop(struct val_map *m);

static inline void val_map_drop_auto_(struct val_map *m)
{
	val_map_drop(m);
}
static inline void val_list_drop_auto_(struct val_list *l)
{
	val_list_drop(l);
}
#define AUTO_VAL_MAP __attribute__((cleanup(val_map_drop_auto_))) struct val_map
#define AUTO_VAL_LIST \
	__attribute__((cleanup(val_list_drop_auto_))) struct val_list

#endif
