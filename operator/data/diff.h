/*
 * What differs between two values, field by field. Fields are named by JSON
 * pointers; numbers are equal when they mean the same (1.0 and 1).
 */
#ifndef DATA_DIFF_H
#define DATA_DIFF_H

#include "data/val.h"

enum diff_kind { DIFF_ADDED, DIFF_REMOVED, DIFF_CHANGED };

struct diff_entry {
	char *pointer; /* "/spec/replicas"; "" for the whole value */
	enum diff_kind kind;
	struct val *from; /* NULL when added */
	struct val *to;   /* NULL when removed */
};

/** Owns its entries; DIFF_INIT before, diff_done() after. */
struct diff {
	struct diff_entry *items;
	size_t count, cap;
	size_t max; /* entries kept */
	bool more;  /* there were more */
};

#define DIFF_INIT(max_entries) ((struct diff){ .max = (max_entries) })

/** Appends what makes b of a. Lists are compared by position. */
void diff_values(const struct val *a, const struct val *b, struct diff *out);

/**
 * Appends what makes `live` hold everything in `want`: fields that only live
 * has are ignored, as the API server adds them, but the items of a list are
 * not. A null, or an empty list or map, is wanted of nobody: the API server
 * drops them.
 */
void diff_subset(const struct val *want, const struct val *live,
		 struct diff *out);

/** "added", "removed", "changed". */
const char *diff_kind_text(enum diff_kind kind);

void diff_done(struct diff *d);

static inline void diff_auto_(struct diff *d)
{
	diff_done(d);
}
#define AUTO_DIFF __attribute__((cleanup(diff_auto_))) struct diff

#endif
