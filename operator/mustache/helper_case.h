/* Upper and lower case, the same on every machine: no locale takes part. */
#ifndef MUSTACHE_HELPER_CASE_H
#define MUSTACHE_HELPER_CASE_H

#include "base/buf.h"

enum letter_case { CASE_LOWER, CASE_UPPER };

/**
 * Appends s in upper or lower case, letter by letter: those of the Latin,
 * Greek, Cyrillic and Armenian alphabets in daily use. A letter whose other
 * case is several letters (ß) stays as it is.
 *
 * @param s  valid UTF-8
 */
void case_write(struct str s, enum letter_case to, struct buf *out);

#endif
