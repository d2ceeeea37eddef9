/* Carries out JSON patches (RFC 6902) of maps, as the API server would. */
#ifndef TESTS_UNIT_RELEASE_PATCHED_H
#define TESTS_UNIT_RELEASE_PATCHED_H

#include "data/val.h"

/** The value after all operations, whose tests must hold. New reference. */
struct val *patched(const struct val *v, const struct val *ops);

#endif
