/*
 * Regular expressions as JSON Schema means them: ECMA-262 in its Unicode mode
 * where PCRE2 agrees with it. A text is searched, not matched as a whole; $ is
 * the very end; \d, \w and \s are ASCII; \uXXXX and \u{X} are characters. What
 * Go's expressions know beyond that also works: \A \z (?i) (?P<name>…) and
 * \x{X}, the last not in one expression with \u.
 *
 * An expression is immutable and may be used by any thread; the space that a
 * match works in, by one at a time.
 */
#ifndef DATA_REGEX_H
#define DATA_REGEX_H

#include "base/err.h"
#include "base/str.h"

struct regex;
struct regex_space;

enum regex_result { REGEX_NO, REGEX_YES, REGEX_TOO_HARD };

/**
 * Compiles an expression. The caller ends it with regex_free().
 *
 * Errors: ERR_INVALID "… at character 3", ERR_LIMIT beyond LIMIT_REGEX_BYTES,
 *         LIMIT_REGEX_NESTING, and when the program gets too large.
 */
MUST_USE bool regex_compile(struct str pattern, struct regex **out,
			    struct err *err);

/** NULL is allowed. */
void regex_free(struct regex *regex);
DEFINE_AUTO(struct regex *, regex_free)

/** Bytes of memory that an expression takes. */
size_t regex_size(const struct regex *regex);

MUST_USE struct regex_space *regex_space_new(void);
/** NULL is allowed. */
void regex_space_free(struct regex_space *space);

/**
 * Searches valid UTF-8 for the expression.
 *
 * @param steps  what may be spent, reduced by what was, at least 1. A match
 *               that needs more is REGEX_TOO_HARD: some expressions need a
 *               time that grows exponentially with the text. A step is some
 *               ten nanoseconds of work, and is charged in coarse amounts.
 */
enum regex_result regex_match(const struct regex *regex, struct str text,
			      struct regex_space *space, size_t *steps);

#endif
