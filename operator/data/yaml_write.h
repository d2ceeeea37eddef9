/*
 * Values to YAML for people, in the style of kubectl: blocks, lists not
 * indented below their key.
 *
 * Reading the result with yaml_read() gives an equal value. Text that any
 * reader, of YAML 1.1 or 1.2, could take for something else is quoted; text of
 * several lines is a literal block where that keeps it exactly; numbers keep
 * their digits.
 */
#ifndef DATA_YAML_WRITE_H
#define DATA_YAML_WRITE_H

#include "base/buf.h"
#include "data/val.h"

/** Appends v, with a line end behind it; NULL is written as null. */
void yaml_write(const struct val *v, struct buf *out);

#endif
