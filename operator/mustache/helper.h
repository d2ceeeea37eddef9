/*
 * Value helpers: sections whose rendered body becomes one value.
 *
 * The body of {{#default}}{{image}}none{{/default}} is rendered to parts,
 * literal texts and values; the helper makes one typed value of them, which is
 * then inserted as that of a variable is. It can therefore be a number, a list
 * or a map, and is never read as template text again.
 *
 * A body of one value is that value, with its type; blank text around it only
 * lays it out. Any other body is a text, kept to the blank: values are printed
 * as by a render of text, null as nothing, lists and maps as JSON.
 *
 *   takes any value
 *     default       the first part that is not missing, null or ""; 0 and
 *                   false are given. Text parts are trimmed
 *     required      the body, when none of its values is missing, null or ""
 *     toJson        its JSON without blanks; toJson.sorted: keys by bytes
 *     toYaml        its YAML; without the last line end, unless that belongs
 *                   to a value
 *     sha256        the digest of its text, 64 digits; lists and maps as
 *                   sorted JSON
 *     fail          an error: its text, cut at LIMIT_MESSAGE_BYTES
 *     int           an integer from one, or from a string of nothing but its
 *                   digits and blanks around; the digits stay
 *     bool          a boolean from one, or from the strings true and false
 *   takes a text: a body that is one list or map is an error
 *     string        the text
 *     quote         the text; in quotes, as JSON, where the result becomes part
 *                   of a text
 *     lower upper   letter by letter, see helper_case.h
 *     trim          without blanks and line ends around it
 *     trunc.N       the first N characters
 *     replace.A.B   B for every A, from the left
 *     indent.N      N blanks before every line, also before empty ones
 *     nindent.N     the same behind a line end
 *     dns1123       a name for an object: at most 63 of a-z, 0-9 and "-". Where
 *                   that changes anything, "-" and 8 digits of the text's
 *                   SHA-256 follow, so that two texts do not become one name
 *     b64enc b64dec what is decoded must be a text
 *     fromJson      the value of a JSON text
 *     fromYaml      the value of a YAML text of one document
 *   takes lists; other values are items of their own, null adds nothing
 *     join.SEP      the items as a text; null is left out
 *     sort          strings by bytes, numbers by size; equal ones as they stood
 *     uniq          the first of equal items; 1 and 1.0 differ
 *   takes maps; null adds nothing
 *     keys values   a list, in the order of the maps
 *     merge         maps key by key, later ones win; of anything else, lists
 *                   included, the later value stays, and null removes the key
 *
 * A, B and SEP stand for themselves, or are names of what a tag cannot hold:
 * helper_body.c has the table.
 *
 * A helper is one row in helper.c. Helpers are pure: no clock, no randomness,
 * nothing from outside. When data of the same name is found, the section is an
 * ordinary one. Only default and required let what is missing reach them; for
 * all others that is an error in a strict template, and null in any other.
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

/** Whether an argument is one that the helper takes. Errors: ERR_INVALID. */
typedef bool helper_check_fn(struct str argument, struct err *err);

struct helper {
	const char *name;
	unsigned flags; /* enum helper_flag */
	helper_fn *fn;
	helper_check_fn *check; /* NULL: it takes any, or none */
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
