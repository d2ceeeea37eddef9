#include "mustache/helper.h"

#include "base/limits.h"
#include "mustache/helper_body.h"
#include "mustache/helper_table.h"

#include <stdlib.h>

/* Missing, null and "" say nothing; 0, false and an empty list do. */
static bool is_given(const struct val *v)
{
	return v && !val_is(v, VAL_NULL) &&
	       !(val_is(v, VAL_TEXT) && val_str(v).n == 0);
}

/*
 * {{#default}}{{a}}{{b}}text{{/default}}: the first part that says something;
 * when none does, the last one that is there at all.
 */
static bool help_default(const struct helper_body *body, struct val **out,
			 struct err *err)
{
	const struct val *last = NULL;

	(void)err;
	for (size_t i = 0; i < body->count; i++) {
		const struct helper_part *part = &body->parts[i];

		if (part_is_layout(part))
			continue;
		if (part->kind == HELPER_TEXT) {
			*out = val_new_text(str_trim(part->text));
			return true;
		}
		if (part->value)
			last = part->value;
		if (is_given(part->value))
			break;
	}
	*out = val_ref(last);
	return true;
}

static bool refuse(const struct helper_part *part, struct err *err)
{
	const char *why = !part->value                    ? "missing"
			  : val_is(part->value, VAL_NULL) ? "null"
							  : "empty";

	return err_set(err, ERR_INVALID, "value " STR_FMT " is %s",
		       STR_ARG(part->name), why);
}

static bool help_required(const struct helper_body *body, struct val **out,
			  struct err *err)
{
	bool given = false;

	for (size_t i = 0; i < body->count; i++) {
		const struct helper_part *part = &body->parts[i];

		if (part->kind == HELPER_VALUE && !is_given(part->value))
			return refuse(part, err);
		given |= !part_is_layout(part);
	}
	if (!given)
		return err_set(err, ERR_INVALID, "there is no value at all");
	return body_value(body, out, err);
}

static bool help_fail(const struct helper_body *body, struct val **out,
		      struct err *err)
{
	AUTO_BUF text = BUF_INIT(LIMIT_RENDER_BYTES);
	struct str message;

	(void)out;
	if (!body_text(body, BODY_TREE_SORTED, &text, err))
		return false;
	message = str_clip(str_trim(buf_str(&text)), LIMIT_MESSAGE_BYTES);
	return err_set(err, ERR_INVALID, STR_FMT,
		       STR_ARG(message.n ? message
					 : str_of("the template says so")));
}

/* By name, in the order of bytes. */
static const struct helper helpers[] = {
	{ "b64dec", 0, help_b64dec, NULL },
	{ "b64enc", 0, help_b64enc, NULL },
	{ "bool", 0, help_bool, NULL },
	{ "default", HELPER_LENIENT, help_default, NULL },
	{ "dns1123", 0, help_dns1123, NULL },
	{ "fail", 0, help_fail, NULL },
	{ "fromJson", 0, help_from_json, NULL },
	{ "fromYaml", 0, help_from_yaml, NULL },
	{ "indent", HELPER_ARGUMENT, help_indent, check_number },
	{ "int", 0, help_int, NULL },
	{ "join", HELPER_ARGUMENT, help_join, check_join },
	{ "keys", 0, help_keys, NULL },
	{ "lower", 0, help_lower, NULL },
	{ "merge", 0, help_merge, NULL },
	{ "nindent", HELPER_ARGUMENT, help_nindent, check_number },
	{ "quote", 0, help_quote, NULL },
	{ "replace", HELPER_ARGUMENT, help_replace, check_replace },
	{ "required", HELPER_LENIENT, help_required, NULL },
	{ "sha256", 0, help_sha256, NULL },
	{ "sort", 0, help_sort, NULL },
	{ "string", 0, help_string, NULL },
	{ "toJson", HELPER_ARGUMENT, help_to_json, check_to_json },
	{ "toYaml", 0, help_to_yaml, NULL },
	{ "trim", 0, help_trim, NULL },
	{ "trunc", HELPER_ARGUMENT, help_trunc, check_number },
	{ "uniq", 0, help_uniq, NULL },
	{ "upper", 0, help_upper, NULL },
	{ "values", 0, help_values, NULL },
};

static int by_name(const void *key, const void *row)
{
	const struct str *name = key;
	const struct helper *helper = row;

	return str_compare(*name, str_of(helper->name));
}

const struct helper *helper_find(struct str name, struct str *argument)
{
	const struct helper *helper;
	struct str head, rest;
	bool has_argument = str_split(name, '.', &head, &rest);

	if (str_is(head, "fn") && has_argument)
		has_argument = str_split(rest, '.', &head, &rest);
	helper = bsearch(&head, helpers, ARRAY_LEN(helpers), sizeof(*helpers),
			 by_name);
	if (!helper || (has_argument && !(helper->flags & HELPER_ARGUMENT)))
		return NULL;
	*argument = has_argument ? rest : str_cut(NULL, 0);
	return helper;
}

/* The size of a value in memory, roughly. Recursion: LIMIT_NESTING. */
static size_t size_of(const struct val *v)
{
	size_t size = val_str(v).n + 64, count = val_count(v);

	for (size_t i = 0; i < count; i++)
		size += size_of(val_at(v, i));
	if (val_is(v, VAL_MAP))
		for (size_t i = 0; i < count; i++)
			size += val_key(v, i).n;
	return size;
}

bool helper_call(const struct helper *helper, const struct helper_body *body,
		 size_t *bytes, struct val **out, struct err *err)
{
	AUTO(val_unref) struct val *made = NULL;

	if (helper->check && !helper->check(body->argument, err))
		return false;
	for (size_t i = 0; i < body->count && *bytes <= LIMIT_HELPER_BYTES; i++)
		*bytes += body->parts[i].text.n + size_of(body->parts[i].value);
	if (*bytes <= LIMIT_HELPER_BYTES) {
		if (!helper->fn(body, &made, err))
			return false;
		*bytes += size_of(made);
	}
	if (*bytes > LIMIT_HELPER_BYTES)
		return err_set(err, ERR_LIMIT,
			       "helpers have read and made more than %zu bytes "
			       "in this render",
			       LIMIT_HELPER_BYTES);
	*out = TAKE(made);
	return true;
}
