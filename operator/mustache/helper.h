/*
 * Value helpers: sections whose rendered body becomes one value.
 *
 * The body of {{#default}}{{image}}none{{/default}} is rendered to parts,
 * literal texts and values; the helper makes one typed value of them, which is
 * then inserted as that of a variable is. It can therefore be a number, a list
 * or a map, and is never read as template text again.
 *
 * A helper is one row in helper.c. Helpers are pure: no clock, no randomness,
 * nothing from outside. When data of the same name is found, the section is an
 * ordinary one.
 */
#ifndef MUSTACHE_HELPER_H
#define MUSTACHE_HELPER_H

#include "base/err.h"
#include "data/val.h"

enum helper_part_kind { HELPER_TEXT, HELPER_VALUE };

/* One piece of a rendered body. */
struct helper_part {
	enum helper_part_kind kind;
	struct str text;         /* HELPER_TEXT */
	const struct val *value; /* HELPER_VALUE; NULL: missing */
	struct str name;         /* HELPER_VALUE: as in the tag, for messages */
};

struct helper_body {
	const struct helper_part *parts;
	size_t count;
	struct str argument; /* what follows the name: "63" of trunc.63 */
	/* The result becomes part of a text; else it is inserted as a value,
	 * whose type counts. */
	bool as_text;
};

/**
 * Makes the value. The caller drops *out, which is NULL for "missing".
 *
 * Errors: ERR_INVALID, ERR_LIMIT; the message names neither place nor helper.
 */
typedef bool helper_fn(const struct helper_body *body, struct val **out,
		       struct err *err);

enum helper_flag {
	/* A missing variable in the body is a part like any other. */
	HELPER_LENIENT = 1 << 0,
	/* The name may be followed by a dot and an argument. */
	HELPER_ARGUMENT = 1 << 1
};

struct helper {
	const char *name;
	unsigned flags; /* enum helper_flag */
	helper_fn *fn;
};

/**
 * The helper that a section name calls, as NAME or as fn.NAME; NULL when it
 * calls none.
 */
const struct helper *helper_find(struct str name, struct str *argument);

/**
 * Calls a helper. The caller drops *out, which is NULL for "missing".
 *
 * @param bytes  what the helpers of this render have read and made so far;
 *               what this one does is added
 *
 * Errors: the helper's; ERR_LIMIT beyond LIMIT_HELPER_BYTES.
 */
MUST_USE bool helper_call(const struct helper *helper,
			  const struct helper_body *body, size_t *bytes,
			  struct val **out, struct err *err);

#endif
