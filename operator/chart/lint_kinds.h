/* What is known of Kubernetes' own kinds. */
#ifndef CHART_LINT_KINDS_H
#define CHART_LINT_KINDS_H

#include "base/str.h"

/** The fields that a kind has beside apiVersion, kind and metadata, with blanks
 * between them; NULL for a kind that is not known. */
const char *lint_kind_fields(const char *group, const char *kind);

/** Whether a list of words has a word. */
bool lint_has_word(const char *words, struct str word);

struct lint_old_api {
	const char *api_version, *kind; /* kind "": every one */
	unsigned removed;               /* in Kubernetes 1.N */
	const char *now;                /* what took its place; NULL: nothing */
};

/** What is known of an apiVersion that was removed; NULL: nothing. */
const struct lint_old_api *lint_old_api(const char *api_version,
					const char *kind);

/** Whether objects of the kind are named by any text without / and %. */
bool lint_kind_has_free_name(const char *group, const char *kind);

#endif
