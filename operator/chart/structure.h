/*
 * Structural rendering: a template to typed objects.
 *
 * The expanded text (chart/expand.h) is parsed as YAML once: structure,
 * anchors, tags and document marks come from the template alone. Then values
 * take their places in the tree:
 *
 *   key: {{x}}          the value with its type, maps and lists as well
 *   "{{x}}" a-{{x}}     a string; a map or a list is an error, and so is null
 *   !!str {{x}}         what the tag says
 *   {{x}}: value        a key is always a string
 *   | and >             a value of several lines needs no indentation
 *   <<: {{x}}           the entries of a map, where the map lacks them
 *
 * A missing variable is an error where it takes its place, so not in a
 * comment. Duplicate keys are errors, of values as well. A document that holds
 * nothing is left out.
 *
 * YAML here: a plain scalar with a variable stands on one line, and a key is
 * followed by a blank.
 */
#ifndef CHART_STRUCTURE_H
#define CHART_STRUCTURE_H

#include "chart/expand.h"
#include "data/yaml.h"

struct structure {
	struct yaml_places places; /* first: maps the text to the template */
	struct expand expand;
	struct yaml_stream *yaml;
	/* Where the error in hand happened, when that is a variable. */
	const struct expand_slot *blamed;
	size_t joined; /* bytes of all strings that values became part of */
};

/**
 * Expands and parses a template into s, which is all zeros and stays where it
 * is until structure_done(). It refers to run and root until then.
 *
 * Errors: ERR_INVALID and ERR_LIMIT, "file:line:column: …" of the template.
 */
MUST_USE bool structure_init(struct structure *s, struct mustache_run *run,
			     const struct mustache_template *t,
			     const struct val *root, struct err *err);
void structure_done(struct structure *s);

/** Documents, empty ones included. */
size_t structure_count(const struct structure *s);

/** Puts the values into document i; *out is NULL for an empty document. The
 * caller drops it. Errors: as structure_init(). */
MUST_USE bool structure_value(struct structure *s, size_t i, struct val **out,
			      struct err *err);

/** Prefixes err with the place where document i begins. Returns false. */
bool structure_wrap(const struct structure *s, size_t i, struct err *err);

/* substitute.c: the value of a scalar node; ctx is a struct structure. */
MUST_USE bool substitute(void *ctx, const struct yaml_node *node,
			 struct val **out, struct err *err);

#endif
