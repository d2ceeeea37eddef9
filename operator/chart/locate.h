/*
 * Where a part of a value stands: the way back from a JSON pointer to the text
 * that the value was read from, be it a file or a rendered template.
 */
#ifndef CHART_LOCATE_H
#define CHART_LOCATE_H

#include "chart/structure.h"

enum locate_what { LOCATE_VALUE, LOCATE_KEY };

/**
 * The node that a value at a JSON pointer was made of, or its key in the map
 * around it. When nothing is there the nearest around it; in a map with a
 * merge key what that merges.
 */
const struct yaml_node *locate_node(const struct yaml_node *root,
				    const char *pointer, enum locate_what what);

/**
 * Appends the place in the template that a part of document i comes from:
 * "file:line:column", in a partial with its chain.
 */
void locate_print(struct structure *s, size_t i, const char *pointer,
		  enum locate_what what, struct buf *out);

/** The node itself, as locate_node(), within a rendered template. */
const struct yaml_node *locate_in(struct structure *s, size_t i,
				  const char *pointer, enum locate_what what);

#endif
