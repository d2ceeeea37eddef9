/*
 * The formats of strings that JSON Schema names. The list, and what each
 * accepts, follows format.go of santhosh-tekuri/jsonschema v6; formats that
 * are not in it are never checked.
 */
#ifndef DATA_SCHEMA_FORMAT_H
#define DATA_SCHEMA_FORMAT_H

#include "base/str.h"

enum schema_format {
	FORMAT_NONE,
	FORMAT_DATE,
	FORMAT_DATE_TIME,
	FORMAT_DURATION,
	FORMAT_EMAIL,
	FORMAT_HOSTNAME,
	FORMAT_IPV4,
	FORMAT_IPV6,
	FORMAT_IRI,
	FORMAT_IRI_REFERENCE,
	FORMAT_JSON_POINTER,
	FORMAT_PERIOD,
	FORMAT_REGEX,
	FORMAT_RELATIVE_JSON_POINTER,
	FORMAT_SEMVER,
	FORMAT_TIME,
	FORMAT_URI,
	FORMAT_URI_REFERENCE,
	FORMAT_URI_TEMPLATE,
	FORMAT_UUID,
	FORMAT_COUNT
};

/** FORMAT_NONE for a name that is not known. */
enum schema_format schema_format_find(struct str name);

/** What a string of that format is called, with its article. */
const char *schema_format_text(enum schema_format format);

/** Whether valid UTF-8 is of that format. */
bool schema_format_matches(enum schema_format format, struct str text);

#endif
