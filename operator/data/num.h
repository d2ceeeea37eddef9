/* The grammar of numbers in JSON (RFC 8259 section 6), and what needs their
 * value as a floating-point number. */
#ifndef DATA_NUM_H
#define DATA_NUM_H

#include "base/str.h"

/** Bytes of the JSON number at the start of s; 0 when there is none. */
size_t num_json_len(struct str s);

/**
 * Whether a number is within the range of float64.
 *
 * @param digits  a JSON number of at most LIMIT_NUMBER_DIGITS bytes
 */
bool num_is_finite(struct str digits);

/** Whether two numbers mean the same: integers exactly, others as float64. */
bool num_is_equal(struct str a, struct str b);

/**
 * Orders two numbers by their exact value, whatever their digits: below 0, 0
 * or above 0, as strcmp. An exponent beyond 15 digits counts as 10^15.
 */
int num_compare(struct str a, struct str b);

/* Room for the longest text of num_print_short() and a NUL. */
#define NUM_SHORT_BYTES 24

/**
 * The number as Go's strconv.FormatFloat(x, 'g', -1, 32) writes it, which is
 * how Kubernetes makes a string of a YAML key such as 1.10 ("1.1"). Returns
 * out.
 *
 * @param digits  as for num_is_finite()
 */
const char *num_print_short(struct str digits, char out[NUM_SHORT_BYTES]);

#endif
