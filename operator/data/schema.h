/*
 * JSON Schema: what a value must be like, compiled once, immutable, used by
 * any thread.
 *
 * Drafts 4, 6, 7, 2019-09 and 2020-12, as $schema says; 2020-12 without it.
 * Keywords mean what they mean in that draft, and those of another draft are
 * ignored like any unknown keyword, as the specifications say. Where these
 * leave a choice it is the one of the library that Helm 3.18 and later use
 * (santhosh-tekuri/jsonschema v6): 1.0 is an integer in every draft; `format`
 * is asserted in drafts 4, 6 and 7 (schema_format.h has the list) and means
 * nothing in later ones; contentEncoding and contentMediaType mean nothing;
 * `dependencies` and `definitions` are known in every draft.
 *
 * Numbers are compared by their digits, not as float64. Patterns are those of
 * regex.h.
 *
 * Not supported, and an error when a schema is compiled:
 *   - a $schema of another name, also of a part of the schema
 *   - a $ref to another document: there is no network here. A $ref may be a
 *     JSON pointer, an anchor, or the $id of a part of the same document
 *   - $dynamicRef and $recursiveRef ($dynamicAnchor is an anchor)
 *   - a schema that comes back to itself without a step into the value
 *   - multipleOf of more than 18 digits
 *   - keywords with a value of the wrong type, and patterns that PCRE2 cannot
 *     compile
 */
#ifndef DATA_SCHEMA_H
#define DATA_SCHEMA_H

#include "base/err.h"
#include "data/val.h"

struct schema;

/**
 * Compiles a schema. The caller ends it with schema_free().
 *
 * Errors: ERR_INVALID "/properties/a/pattern: …", a JSON pointer and what is
 *         wrong there; ERR_LIMIT beyond LIMIT_SCHEMA_NODES and
 *         LIMIT_SCHEMA_REGEX_BYTES.
 */
MUST_USE bool schema_compile(const struct val *v, struct schema **out,
			     struct err *err);

/** NULL is allowed. */
void schema_free(struct schema *schema);
DEFINE_AUTO(struct schema *, schema_free)

/**
 * Checks a value.
 *
 * Errors: ERR_INVALID "image.pullPolicy: must be one of "Always", "Never",
 *         found a string; ports[2].name: …": up to LIMIT_SCHEMA_FINDINGS
 *         findings within LIMIT_MESSAGE_BYTES. Values are never shown, for
 *         they may be secrets: only their type and size. The error's field is
 *         the path of the first finding. ERR_LIMIT when the check takes more
 *         than LIMIT_SCHEMA_STEPS or LIMIT_SCHEMA_DEPTH.
 */
MUST_USE bool schema_check(const struct schema *schema, const struct val *v,
			   struct err *err);

#endif
