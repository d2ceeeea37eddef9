/*
 * Texts of overrideValues, in which environment variables stand:
 *
 *   $NAME ${NAME}     the variable's value
 *   ${NAME:-default}  the default when it is not set, or empty
 *   $$                a dollar; so is one that no name follows
 *
 * What comes out of a text with a variable is typed as YAML types a scalar:
 * with TAG=1.20, "$TAG" is a number and "'$TAG'" a text. helm-operator expands
 * with Go's os.ExpandEnv and a Go template, and takes a variable that is not
 * set for an empty text that overrides all the same; here it is an error.
 */
#ifndef CONTROLLER_OVERRIDE_H
#define CONTROLLER_OVERRIDE_H

#include "base/err.h"
#include "data/val.h"

/* Where variables come from: getenv(). */
typedef char *override_env(const char *name);

/**
 * The value that a text stands for. The caller drops *out.
 *
 * Errors: ERR_INVALID for a variable that is not set, "${" without its end and
 *         a Go template; ERR_LIMIT for what becomes too long. None quotes what
 *         a variable holds.
 */
MUST_USE bool override_read(const char *text, override_env *env,
			    struct val **out, struct err *err);

#endif
