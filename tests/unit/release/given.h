/* Values that tests are given as YAML, and compared as such. */
#ifndef TESTS_UNIT_RELEASE_GIVEN_H
#define TESTS_UNIT_RELEASE_GIVEN_H

#include "data/val.h"

/** What a text says; NULL for NULL. The caller drops it. */
struct val *given(const char *yaml);

/** What a file says. The caller drops it. */
struct val *given_file(const char *path);

/** Asserts that a value is what a text says; keys in any order. */
void assert_given(const struct val *got, const char *yaml);

#endif
