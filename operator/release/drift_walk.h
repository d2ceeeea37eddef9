/*
 * One comparison on its way through an object; only drift.c, drift_list.c and
 * drift_names.c use it.
 */
#ifndef RELEASE_DRIFT_WALK_H
#define RELEASE_DRIFT_WALK_H

#include "base/buf.h"
#include "release/drift.h"
#include "release/drift_rules.h"
#include "release/fields.h"

struct drift_walk {
	struct drift *out;
	struct rules rules;
	struct buf path; /* of the value that is compared, for people */
	bool silent;     /* only `differs` is wanted, not what */
	bool differs;
};

/**
 * Compares one value, and returns the live one without its drift: the same
 * reference when there is none, NULL when it should not be there. Either may
 * be NULL.
 */
MUST_USE struct val *drift_mend(struct drift_walk *w, const struct place *at,
				struct fields who, const struct val *want,
				const struct val *live);

/** The same for two lists, and for a live one that nobody asked for. */
MUST_USE struct val *drift_mend_lists(struct drift_walk *w,
				      const struct place *at, struct fields who,
				      const struct val *want,
				      const struct val *live);
MUST_USE struct val *drift_mend_extra_list(struct drift_walk *w,
					   const struct place *at,
					   struct fields who,
					   const struct val *live);

void drift_report(struct drift_walk *w, enum drift_kind kind,
		  const struct val *want, const struct val *live);

/* Names of a list's items. */
struct drift_names {
	struct drift_name {
		char *field; /* as in managedFields: k:{"name":"web"} */
		char *text;  /* for people: [name=web] */
	} * items;
	size_t count;
};

/**
 * Names the items of a list. False, and nothing to drop, when they have no
 * names: an item lacks a key, or two have the same.
 */
MUST_USE bool drift_names_of(const struct drift_walk *w, const struct place *at,
			     struct fields who, const struct val *list,
			     struct drift_names *out);
void drift_names_done(struct drift_names *names);

#endif
