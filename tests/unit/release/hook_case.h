/* Hooks from YAML: [{id, events, weight, policy}], all but the id optional. */
#ifndef TESTS_UNIT_RELEASE_HOOK_CASE_H
#define TESTS_UNIT_RELEASE_HOOK_CASE_H

#include "release/hook_plan.h"

struct hook_case {
	struct manifest *manifest;
	VEC(struct hook_item);
};

/**
 * Fills a zeroed case.
 *
 * @param list    outlives the case
 * @param events  of hooks that do not say
 */
void hook_case_make(struct hook_case *c, const struct val *list,
		    const char *events);
void hook_case_done(struct hook_case *c);

enum hook_event hook_case_event(const char *text);
enum hook_state hook_case_state(const char *text);

#endif
