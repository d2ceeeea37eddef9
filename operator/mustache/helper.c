#include "mustache/helper.h"

#include "base/limits.h"

/* Text between tags that only lays the body out. */
static bool is_layout(const struct helper_part *part)
{
	return part->kind == HELPER_TEXT && str_trim(part->text).n == 0;
}

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

		if (is_layout(part))
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

static const struct helper helpers[] = {
	{ "default", HELPER_LENIENT, help_default },
};

const struct helper *helper_find(struct str name, struct str *argument)
{
	struct str head, rest;
	bool has_argument = str_split(name, '.', &head, &rest);

	if (str_is(head, "fn") && has_argument)
		has_argument = str_split(rest, '.', &head, &rest);
	for (size_t i = 0; i < ARRAY_LEN(helpers); i++) {
		const struct helper *h = &helpers[i];

		if (!str_is(head, h->name))
			continue;
		if (has_argument && !(h->flags & HELPER_ARGUMENT))
			return NULL;
		*argument = has_argument ? rest : str_cut(NULL, 0);
		return h;
	}
	return NULL;
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

	for (size_t i = 0; i < body->count; i++)
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
