/*
 * .helmignore: which files of a directory are no part of the chart. Helm's
 * rules (pkg/ignore), one a line:
 *
 *   # comment      blank lines count as comments
 *   *.md           no slash: matches the name of a file or folder anywhere
 *   docs/a*.md     a slash: matches the whole path from the chart's root
 *   /README.md     the same; the slash in front is for paths without others
 *   docs/          only folders; nothing in an ignored folder is looked at
 *   !*.yaml        ignores all that does NOT match: not what git means by it
 *
 * * and ? match within one name, [a-z] and [^a-z] one character, \ takes the
 * next character as it is; ** is an error. The first rule that ignores counts.
 * templates/.?* is always the last rule.
 */
#ifndef CHART_IGNORE_H
#define CHART_IGNORE_H

#include "base/err.h"
#include "base/str.h"

struct ignore;

/**
 * Reads rules. The caller frees *out.
 *
 * @param text  lives at least as long as *out
 * @param name  what messages call it
 * Errors: ERR_INVALID "name:line: …"; ERR_LIMIT for too many rules.
 */
MUST_USE bool ignore_read(struct str text, const char *name,
			  struct ignore **out, struct err *err);
void ignore_free(struct ignore *rules);
DEFINE_AUTO(struct ignore *, ignore_free)

enum ignore_kind { IGNORE_FILE, IGNORE_DIR };

/** Whether a path from the chart's root is ignored. */
bool ignore_matches(const struct ignore *rules, struct str path,
		    enum ignore_kind kind);

#endif
