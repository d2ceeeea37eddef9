/* Maps in the order of their keys, which is how Go prints its maps. */
#ifndef DATA_SORTED_H
#define DATA_SORTED_H

#include "data/val.h"

/** An equal value in which every map has its keys in the order of bytes; NULL
 * for NULL. The caller drops it. */
MUST_USE struct val *sorted_new(const struct val *v);

#endif
