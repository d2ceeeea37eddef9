/*
 * Kubernetes quantities compared by their exact value: "1000m" is "1" is 1,
 * "1Gi" is "1024Mi", "1e3" is "1k". Source: k8s.io/apimachinery
 * pkg/api/resource (quantity.go, suffix.go).
 *
 * As there, what is finer than a billionth is rounded away from zero, and a
 * quantity with a binary suffix is at most 2^63 - 1. One that does not fit
 * 128 bits, which no resource does, is not taken for a quantity.
 */
#ifndef DATA_QUANTITY_H
#define DATA_QUANTITY_H

#include "base/attr.h"
#include "base/str.h"

struct quantity {
	__int128 nanos; /* billionths */
};

/** Reads a quantity, or a JSON number. False when it is none; *out is
 * untouched then. */
MUST_USE bool quantity_parse(struct str text, struct quantity *out);

/** Whether both are quantities of the same value. */
bool quantity_is_equal(struct str a, struct str b);

/** Whether both are quantities, and a is less than b. */
bool quantity_is_less(struct str a, struct str b);

#endif
