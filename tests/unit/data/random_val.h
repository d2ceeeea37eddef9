/* Random values for properties that hold for every value. */
#ifndef TESTS_UNIT_DATA_RANDOM_VAL_H
#define TESTS_UNIT_DATA_RANDOM_VAL_H

#include "data/val.h"

struct random_val {
	uint64_t seed; /* not 0; equal seeds give equal values */
	bool no_nulls;
};

unsigned random_below(struct random_val *r, unsigned n);

/** A text of pieces that mean something to a parser. */
MUST_USE struct val *random_text(struct random_val *r);

/** Any value, at most a few levels deep. */
MUST_USE struct val *random_val(struct random_val *r);

/** A map with keys of a few letters, so that two have some in common. */
MUST_USE struct val *random_map(struct random_val *r, unsigned levels);

#endif
