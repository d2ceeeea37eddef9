/*
 * Hooks between what a chart renders and what a record tells of them. Pure.
 */
#ifndef RELEASE_HOOK_RECORD_H
#define RELEASE_HOOK_RECORD_H

#include "release/hook_plan.h"
#include "release/record.h"

/* Hooks for struct record_spec, in the order given. */
struct hook_record {
	VEC(struct record_hook);
	struct val_list owned; /* what they borrow */
};

/**
 * Fills a zeroed list. The order of order_sort() is the one that Helm keeps.
 *
 * @param items  outlive the list
 * @param runs   of the revision (release/hook_runs.h): for the last runs
 */
void hook_record_make(const struct hook_item *items, size_t count,
		      const struct val *runs, struct hook_record *out);
void hook_record_done(struct hook_record *list);

/**
 * Adds the hooks of a record's body to m, reading their annotations anew; what
 * Helm would skip is skipped.
 *
 * @param list       `hooks` of the body; NULL for none
 * @param namespace  as for manifest_add()
 * Errors: ERR_INVALID "hooks[1]: …" for what is no hook; ERR_LIMIT.
 */
MUST_USE bool hook_record_read(const struct val *list, const char *namespace,
			       struct manifest *m, struct err *err);

#endif
