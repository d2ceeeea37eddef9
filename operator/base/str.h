/* (pointer, length) text for looking at; it owns nothing and may hold any
 * byte. Not NUL-terminated: print it with STR_FMT and STR_ARG. */
#ifndef BASE_STR_H
#define BASE_STR_H

#include "base/attr.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

struct str {
	const char *p; /* may be NULL when n is 0 */
	size_t n;
};

#define STR_FMT "%.*s"
#define STR_ARG(s) (int)(s).n, (s).p ? (s).p : ""

static inline struct str str_of(const char *text)
{
	return (struct str){ text, text ? strlen(text) : 0 };
}

static inline struct str str_cut(const char *p, size_t n)
{
	return (struct str){ p, n };
}

static inline bool str_equal(struct str a, struct str b)
{
	return a.n == b.n && (a.n == 0 || memcmp(a.p, b.p, a.n) == 0);
}

static inline bool str_is(struct str s, const char *text)
{
	return str_equal(s, str_of(text));
}

/** Order by bytes, shorter first among equal beginnings; as strcmp. */
int str_compare(struct str a, struct str b);

bool str_starts(struct str s, const char *prefix);
bool str_ends(struct str s, const char *suffix);

/** Without blanks, tabs, CR and LF at both ends. */
struct str str_trim(struct str s);

/**
 * Cuts s at the first occurrence of c: *head is what stands before, *rest
 * what follows. Returns false, with *head = s and *rest empty, when c does
 * not occur. The outputs may be s itself.
 */
bool str_split(struct str s, char c, struct str *head, struct str *rest);

/** Reads a decimal number; false for all but digits, and for more than max. */
MUST_USE bool str_number(struct str s, uint64_t max, uint64_t *out);

/** Reads a truth value as Go's strconv.ParseBool does: "1" "t" "T" "true"
 * "True" "TRUE", and their opposites. */
MUST_USE bool str_bool(struct str s, bool *out);

/** Bytes of the valid UTF-8 at the start of s; s.n when all of it is. */
size_t str_utf8_len(struct str s);

/** Characters of UTF-8 that begin in s. */
size_t str_characters(struct str s);

/* Where in a text something stands; both count from 1, columns in
 * characters. */
struct str_place {
	size_t line, column;
};

/** The place of the byte at an offset; behind the end, that of the end. */
struct str_place str_place_of(struct str text, size_t at);

/**
 * At most max bytes from the start of s, never half of a UTF-8 sequence.
 */
struct str str_clip(struct str s, size_t max);

/** 32-bit FNV-1a of the bytes: the hash of every map in the program. */
unsigned str_hash(struct str s);

#endif
