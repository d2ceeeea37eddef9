/*
 * Values into the scalars of a parsed template.
 *
 *   key: {{x}}          the value with its type, maps and lists as well
 *   "{{x}}" a-{{x}}     a string; a map or a list is an error, and so is null
 *   !!str {{x}}         what the tag says
 *   {{x}}: value        a key is always a string
 *   | and >             a value of several lines needs no indentation
 *
 * A missing variable is an error where it takes its place.
 */
#ifndef CHART_FILL_H
#define CHART_FILL_H

#include "data/val.h"
#include "data/yaml_read.h"

#define FILL_NONE SIZE_MAX

struct fill {
	const struct val *const *values; /* as in struct mustache_trace */
	size_t count;
	size_t joined; /* bytes of all strings that values became part of */
	struct yaml_spent spent; /* by all documents of the template */
	/* The slot at which the error in hand happened; FILL_NONE: at none. */
	size_t blamed;
};

/**
 * The value of a scalar node, as yaml_scalar_fn has it; ctx is a struct fill.
 *
 * Errors: ERR_INVALID and ERR_LIMIT, without place and name: the message ends
 *         what the name begins.
 */
MUST_USE bool fill_scalar(void *ctx, const struct yaml_node *node,
			  struct val **out, struct err *err);

/** The slot that a scalar consists of, so that it takes its value with its
 * type; `slots` when it is more than that. */
size_t fill_only_slot(const struct yaml_node *node, size_t slots);

#endif
