/* The functions behind the rows of helper.c, by file. helper.h says what each
 * one does. */
#ifndef MUSTACHE_HELPER_TABLE_H
#define MUSTACHE_HELPER_TABLE_H

#include "mustache/helper.h"

/* helper_text.c */
helper_fn help_quote, help_string, help_lower, help_upper, help_trim,
	help_trunc, help_dns1123, help_indent, help_nindent, help_replace;
helper_check_fn check_number, check_replace;

/* helper_data.c */
helper_fn help_int, help_bool, help_to_json, help_to_yaml, help_from_json,
	help_from_yaml, help_b64enc, help_b64dec, help_sha256;
helper_check_fn check_to_json;

/* helper_list.c */
helper_fn help_join, help_sort, help_keys, help_values, help_uniq, help_merge;
helper_check_fn check_join;

#endif
