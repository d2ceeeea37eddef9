/*
 * Laying one value over another. Nothing here changes its arguments; results
 * share what they can with them, and nest no deeper than the deeper argument.
 * Arguments may be NULL, which is no value at all.
 */
#ifndef DATA_MERGE_H
#define DATA_MERGE_H

#include "base/attr.h"
#include "data/val.h"

/**
 * base with over laid over it: maps key by key, a null removes the key, and
 * anything else replaces what was there. The result holds no null that came
 * from a map of over. This is the merge patch of RFC 7386.
 */
MUST_USE struct val *merge_over(const struct val *base, const struct val *over);

/** v with a merge patch applied (RFC 7386, Content-Type
 * application/merge-patch+json). */
static inline MUST_USE struct val *merge_patch(const struct val *v,
					       const struct val *patch)
{
	return merge_over(v, patch);
}

/**
 * The merge patch that makes `to` of `from`: an empty map when they are equal
 * maps. A null in a map of `to` cannot be said by a patch and is left out.
 */
MUST_USE struct val *merge_patch_between(const struct val *from,
					 const struct val *to);

/** The same, but all of `to` is said, also what `from` has already. */
MUST_USE struct val *merge_patch_full(const struct val *from,
				      const struct val *to);

/**
 * As merge_over(), but the two lists at a path (path.h; equal in both) are
 * merged item by item: items of over are laid over the item of base with the
 * same "name", the others are appended. An item without a name is appended.
 */
MUST_USE struct val *merge_by_name(const struct val *base,
				   const struct val *over, const char *path);

/*
 * Helm's rules for values (3.21, pkg/chartutil/coalesce.go). In short, the
 * user's value wins, maps are merged, lists are replaced; of a map and another
 * value the user's stays. A null of the user's
 *   - deletes the default of that name, when there is one;
 *   - stays when there is none, or when the default is null and is not at the
 *     top;
 *   - always stays with MERGE_KEEP_NULLS, for a later pass to act upon.
 */
enum merge_nulls { MERGE_DROP_NULLS, MERGE_KEEP_NULLS };

/** The values of a chart without subcharts: CoalesceValues. */
MUST_USE struct val *merge_coalesce(const struct val *user,
				    const struct val *defaults);

/**
 * The values of a chart before its subcharts take theirs.
 *
 * @param subcharts  a map whose keys are the names of the subcharts, whose
 *                   values keep their nulls; or NULL
 */
MUST_USE struct val *merge_coalesce_chart(const struct val *user,
					  const struct val *defaults,
					  enum merge_nulls nulls,
					  const struct val *subcharts);

/** Two maps below the top: CoalesceTables and MergeTables. */
MUST_USE struct val *merge_tables(const struct val *user,
				  const struct val *defaults,
				  enum merge_nulls nulls);

#endif
