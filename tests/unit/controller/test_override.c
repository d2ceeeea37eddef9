/* Environment variables in overrideValues, and the types that come of them. */
#include "controller/override.h"

#include "unit/release/given.h"
#include "unit/rows.h"

#include <stdlib.h>

static const struct row {
	const char *name, *text, *want; /* as YAML; NULL: an error */
	const char *message;
} rows[] = {
	{ "without a variable", "plain", "plain", NULL },
	{ "a number that was written as a text", "5", "'5'", NULL },
	{ "empty", "", "''", NULL },
	{ "a variable", "$DM_TEXT", "web", NULL },
	{ "in braces", "${DM_TEXT}", "web", NULL },
	{ "within a text", "a/$DM_TEXT:${DM_NUMBER}.", "'a/web:8080.'", NULL },
	{ "a number", "$DM_NUMBER", "8080", NULL },
	{ "a number with its digits", "$DM_DIGITS", "1.20", NULL },
	{ "a boolean", "$DM_BOOL", "true", NULL },
	{ "null", "$DM_NULL", "null", NULL },
	{ "quoted, so a text", "'$DM_NUMBER'", "'8080'", NULL },
	{ "double quotes", "\"$DM_BOOL\"", "'true'", NULL },
	{ "structure is no structure", "$DM_MAP", "'{a: b}'", NULL },
	{ "a number that JSON cannot hold", "$DM_INF", "'.inf'", NULL },
	{ "set, but empty", "$DM_EMPTY", "null", NULL },
	{ "a default that is not needed", "${DM_TEXT:-x}", "web", NULL },
	{ "a default", "${DM_NONE:-3}", "3", NULL },
	{ "an empty default", "a${DM_NONE:-}", "a", NULL },
	{ "a default in place of nothing", "${DM_EMPTY:-x}", "x", NULL },
	{ "a dollar", "a$$b", "a$b", NULL },
	{ "a dollar before a name", "$$DM_TEXT", "$DM_TEXT", NULL },
	{ "a dollar at the end", "a$", "a$", NULL },
	{ "a dollar before something else", "$5 and $-", "$5 and $-", NULL },
	{ "not set", "$DM_NONE", NULL,
	  "the environment variable DM_NONE is not set; set it, or write "
	  "${DM_NONE:-default}" },
	{ "without an end", "${DM_TEXT", NULL,
	  "\"${\" is followed by a name and \"}\", or by a name, \":-\", a "
	  "default and \"}\"; a dollar is written $$" },
	{ "without a name", "${}", NULL,
	  "\"${\" is followed by a name and \"}\", or by a name, \":-\", a "
	  "default and \"}\"; a dollar is written $$" },
	{ "a shell's other operators", "${DM_TEXT:+x}", NULL,
	  "\"${\" is followed by a name and \"}\", or by a name, \":-\", a "
	  "default and \"}\"; a dollar is written $$" },
	{ "a Go template", "{{ env \"DM_TEXT\" | default \"hi\" }}", NULL,
	  "Go templates are not read here; write ${NAME:-default} for {{ env "
	  "\"NAME\" | default \"default\" }}" },
};

static void reads(void **state)
{
	const struct row *row = *state;
	AUTO(val_unref) struct val *v = NULL;
	AUTO_ERR err = ERR_INIT;

	if (override_read(row->text, getenv, &v, &err)) {
		assert_non_null(row->want);
		assert_given(v, row->want);
		return;
	}
	assert_null(row->want);
	assert_int_equal(err.kind, ERR_INVALID);
	assert_string_equal(err.msg, row->message);
}

int main(void)
{
	static const char *const set[][2] = {
		{ "DM_TEXT", "web" },    { "DM_NUMBER", "8080" },
		{ "DM_DIGITS", "1.20" }, { "DM_BOOL", "true" },
		{ "DM_NULL", "null" },   { "DM_MAP", "{a: b}" },
		{ "DM_INF", ".inf" },    { "DM_EMPTY", "" },
	};

	for (size_t i = 0; i < ARRAY_LEN(set); i++)
		if (setenv(set[i][0], set[i][1], 1) != 0)
			return 1;
	unsetenv("DM_NONE");
	return ROWS_RUN("override", rows, reads);
}
