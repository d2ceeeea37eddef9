#include "mustache/helper_body.h"

#include "base/limits.h"
#include "data/json.h"

bool part_is_layout(const struct helper_part *part)
{
	return part->kind == HELPER_TEXT && str_trim(part->text).n == 0;
}

const struct helper_part *body_single(const struct helper_body *body)
{
	const struct helper_part *single = NULL;

	for (size_t i = 0; i < body->count; i++) {
		const struct helper_part *part = &body->parts[i];

		if (part_is_layout(part))
			continue;
		if (single || part->kind == HELPER_TEXT)
			return NULL;
		single = part;
	}
	return single;
}

static bool is_tree(const struct val *v)
{
	return val_is(v, VAL_LIST) || val_is(v, VAL_MAP);
}

void body_print(const struct val *v, struct buf *out)
{
	if (val_is(v, VAL_BOOL))
		buf_add_text(out, val_is_true(v) ? "true" : "false");
	else
		buf_add_str(out, val_str(v));
}

static void add_part(const struct helper_part *part, enum body_trees trees,
		     struct buf *out)
{
	if (part->kind == HELPER_TEXT)
		buf_add_str(out, part->text);
	else if (!is_tree(part->value))
		body_print(part->value, out);
	else if (trees == BODY_TREE_SORTED)
		json_write_sorted(part->value, out);
	else
		json_write(part->value, out);
}

static bool check_size(const struct buf *text, struct err *err)
{
	if (!buf_overflowed(text))
		return true;
	return err_set(err, ERR_LIMIT, "result is larger than %zu bytes",
		       text->max);
}

bool body_text(const struct helper_body *body, enum body_trees trees,
	       struct buf *out, struct err *err)
{
	const struct helper_part *single = body_single(body);

	if (single && is_tree(single->value) && trees == BODY_TREE_REFUSED)
		return err_set(err, ERR_INVALID,
			       STR_FMT " has type %s, not string: put toJson "
				       "around it",
			       STR_ARG(single->name),
			       val_type_text(val_type(single->value)));
	if (single)
		add_part(single, trees, out);
	for (size_t i = 0; !single && i < body->count; i++) {
		add_part(&body->parts[i], trees, out);
		if (buf_overflowed(out))
			break;
	}
	return check_size(out, err);
}

bool body_result(const struct buf *text, struct val **out, struct err *err)
{
	if (!check_size(text, err))
		return false;
	*out = val_new_text(buf_str(text));
	return true;
}

bool body_value(const struct helper_body *body, struct val **out,
		struct err *err)
{
	const struct helper_part *single = body_single(body);
	AUTO_BUF text = BUF_INIT(LIMIT_RENDER_BYTES);

	if (single) {
		*out = val_ref(single->value ? single->value : val_null());
		return true;
	}
	return body_text(body, BODY_TREE_REFUSED, &text, err) &&
	       body_result(&text, out, err);
}

/* The value of a part of which many are put together; NULL: nothing. */
static bool part_value(const struct helper_part *part, const struct val **out,
		       struct err *err)
{
	const struct val *v = part->value;

	if (part->kind == HELPER_TEXT && !part_is_layout(part))
		return err_set(
			err, ERR_INVALID,
			"text stands between the values: to make one "
			"value of text and tags, put string around them");
	*out = val_is(v, VAL_NULL) ? NULL : v;
	return true;
}

bool body_items(const struct helper_body *body, struct val_list *out,
		struct err *err)
{
	for (size_t i = 0; i < body->count; i++) {
		const struct helper_part *part = &body->parts[i];
		const struct val *v = NULL;

		if (!part_value(part, &v, err))
			return false;
		if (val_is(v, VAL_MAP))
			return err_set(err, ERR_INVALID,
				       STR_FMT " has type map, not list",
				       STR_ARG(part->name));
		if (v && !val_is(v, VAL_LIST))
			val_list_add(out, v);
		for (size_t j = 0; j < val_count(v); j++)
			val_list_add(out, val_at(v, j));
	}
	return true;
}

bool body_maps(const struct helper_body *body, struct val_list *out,
	       struct err *err)
{
	for (size_t i = 0; i < body->count; i++) {
		const struct helper_part *part = &body->parts[i];
		const struct val *v = NULL;

		if (!part_value(part, &v, err))
			return false;
		if (v && !val_is(v, VAL_MAP))
			return err_set(err, ERR_INVALID,
				       STR_FMT " has type %s, not map",
				       STR_ARG(part->name),
				       val_type_text(val_type(v)));
		if (v)
			val_list_add(out, v);
	}
	return true;
}

bool argument_number(struct str argument, size_t *out, struct err *err)
{
	size_t n = 0;

	if (argument.n == 0)
		return err_set(err, ERR_INVALID,
			       "a number must follow the name, as in .8");
	for (size_t i = 0; i < argument.n; i++) {
		char c = argument.p[i];

		if (c < '0' || c > '9')
			return err_set(err, ERR_INVALID,
				       "\"" STR_FMT
				       "\" is no number: write digits only",
				       STR_ARG(str_clip(argument, 60)));
		if (i < 9)
			n = n * 10 + (size_t)(c - '0');
	}
	if (argument.n > 9)
		return err_set(err, ERR_INVALID,
			       "\"" STR_FMT "\" is too large a number",
			       STR_ARG(str_clip(argument, 60)));
	*out = n;
	return true;
}

struct str argument_text(struct str word)
{
	static const struct {
		const char *name, *text;
	} texts[] = {
		{ "empty", "" },         { "space", " " },
		{ "tab", "\t" },         { "newline", "\n" },
		{ "dot", "." },          { "comma", "," },
		{ "comma-space", ", " }, { "colon", ":" },
		{ "colon-space", ": " }, { "semicolon", ";" },
		{ "dash", "-" },         { "underscore", "_" },
		{ "slash", "/" },        { "equals", "=" },
		{ "pipe", "|" },
	};

	for (size_t i = 0; i < ARRAY_LEN(texts); i++)
		if (str_is(word, texts[i].name))
			return str_of(texts[i].text);
	return word;
}
