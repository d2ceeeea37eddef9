/*
 * What a YAML scalar without quotes means: text, number, boolean or null.
 *
 * The rules are those of sigs.k8s.io/yaml 1.6, which is how kubectl, Helm and
 * the API server read YAML, that is of go.yaml.in/yaml/v2, resolve.go:
 *
 *   null      (empty) ~ null Null NULL
 *   boolean   y yes on true, n no off false; also Yes YES and so on
 *   integer   12 +12 1_000 0x1f 0o17 017 0b11; 64 bits, else as below
 *   number    1.5 .5 1. 1e3 089 and integers of more than 64 bits
 *   text      all else: dates, 12:30, 1e400 (no float64), << and =
 *
 * Other bases become decimal digits; digits are otherwise kept, but for what
 * JSON forbids: .5 is 0.5, 1. is 1.0, +1 is 1.
 */
#ifndef DATA_SCALAR_H
#define DATA_SCALAR_H

#include "base/err.h"
#include "data/val.h"

/**
 * The value of a plain scalar, a new reference. NULL when it is a number that
 * JSON cannot hold: .inf, .nan, or one beyond LIMIT_NUMBER_DIGITS.
 */
MUST_USE struct val *scalar_read(struct str plain);

/**
 * The value of a scalar with an explicit tag, whatever its quotes.
 *
 * @param tag  "tag:yaml.org,2002:" followed by str, int, float, bool, null
 *             or binary
 * Errors: ERR_INVALID when the tag is another or does not fit the text.
 */
MUST_USE bool scalar_read_tagged(const char *tag, struct str text,
				 struct val **out, struct err *err);

/**
 * The text that a scalar becomes as the key of a map: 8080 is "8080", yes is
 * "true", 1.10 is "1.1". Numbers that are no integer lose digits here, as they
 * do in Kubernetes.
 *
 * Errors: ERR_INVALID for null, a list and a map.
 */
MUST_USE bool scalar_key(const struct val *v, struct val **out,
			 struct err *err);

/**
 * Whether every reader, of YAML 1.1 or 1.2, takes this for text when it
 * stands without quotes. Says nothing about its syntax.
 */
bool scalar_is_text(struct str s);

#endif
