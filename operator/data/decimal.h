/*
 * JSON numbers compared by their exact value, from their digits: 1.0 is 1,
 * 1e400 is more than 1e399, and 9007199254740993 is not 9007199254740992.
 */
#ifndef DATA_DECIMAL_H
#define DATA_DECIMAL_H

#include "base/str.h"

#include <stdint.h>

/* The value is 0.DIGITS times ten to the power of `top`. */
struct decimal {
	struct str digits; /* from the first to the last that is not 0, with
			      the point if it lies between; empty: zero */
	size_t count;      /* of digits */
	int64_t top;
	bool negative;
};

/* The most digits of what decimal_is_multiple() divides by. */
enum { DECIMAL_DIVISOR_DIGITS = 18 };

/**
 * Takes a number apart.
 *
 * @param number  a JSON number, which must live as long as the result;
 *                exponents beyond 10^15 count as 10^15
 */
struct decimal decimal_of(struct str number);

/** Less than, equal to, greater than 0: as a is to b. */
int decimal_compare(const struct decimal *a, const struct decimal *b);

bool decimal_is_integer(const struct decimal *d);

/** Whether d / of is an integer; of is more than 0 and of at most
 * DECIMAL_DIVISOR_DIGITS digits. */
bool decimal_is_multiple(const struct decimal *d, const struct decimal *of);

/** The number as a count; false when it is negative or no integer. More than
 * SIZE_MAX is SIZE_MAX. */
bool decimal_size(const struct decimal *d, size_t *out);

/** Equal numbers have equal hashes. */
unsigned decimal_hash(const struct decimal *d);

#endif
