/*
 * Versions and ranges of versions, as Helm reads them (Masterminds/semver 3):
 * SemVer 2, but 1, v1.2 and 01.2 are versions too.
 *
 *   range      = group *( "||" group )           one of them holds
 *   group      = constraint *( separator constraint )   all of them hold
 *   separator  = blanks, or a comma with blanks around it
 *   constraint = [operator] partial / partial " - " partial
 *   operator   = "=" "!=" ">" "<" ">=" "=>" "<=" "=<" "~" "~>" "^"
 *   partial    = ["v"] part ["." part ["." part]] ["-" pre] ["+" build]
 *   part       = digits / "x" / "X" / "*"
 *
 * A pre-release such as 1.2.3-rc.1 is in a group only when that group names a
 * pre-release: >=1.20 does not hold for 1.30.0-gke.1, >=1.20-0 does.
 */
#ifndef CHART_VERSION_H
#define CHART_VERSION_H

#include "base/err.h"
#include "base/str.h"

struct version {
	uint64_t part[3]; /* major, minor, patch */
	struct str pre;   /* into the text it was read from; empty: none */
};

/** Whether text is a version; builds ("+x") are checked, and dropped. */
bool version_parse(struct str text, struct version *out);

/** Less than, equal to or greater than 0, by SemVer's precedence. */
int version_compare(const struct version *a, const struct version *b);

/**
 * Whether a version is in a range. version may be NULL to check the range.
 *
 * Errors: ERR_INVALID, which names the range, when it is none.
 */
MUST_USE bool version_in(const struct version *version, struct str range,
			 bool *out, struct err *err);

#endif
