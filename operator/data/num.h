/* The grammar of numbers in JSON (RFC 8259 section 6). */
#ifndef DATA_NUM_H
#define DATA_NUM_H

#include "base/str.h"

/** Bytes of the JSON number at the start of s; 0 when there is none. */
size_t num_json_len(struct str s);

#endif
