/*
 * Structural rendering: a template to typed objects.
 *
 * The expanded text (chart/expand.h) is parsed as YAML once: structure,
 * anchors, tags and document marks come from the template alone. Then values
 * take their places in the tree (chart/fill.h), and
 *
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
#include "chart/fill.h"
#include "data/yaml.h"

struct structure {
	struct yaml_places places; /* first: maps the text to the template */
	struct expand expand;
	struct yaml_stream *yaml;
	struct fill fill;
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

/** Prefixes err with the place where document i of those that are not empty
 * begins. Returns false. */
bool structure_wrap(const struct structure *s, size_t i, struct err *err);

#endif
