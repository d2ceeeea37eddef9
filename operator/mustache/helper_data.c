/* Helpers between values and what encodes them. */
#include "mustache/helper_table.h"

#include "base/base64.h"
#include "base/digest.h"
#include "base/limits.h"
#include "data/json.h"
#include "data/num.h"
#include "data/yaml_read.h"
#include "data/yaml_write.h"
#include "mustache/helper_body.h"

/* The digits of an integer, and nothing else. */
static bool is_integer(struct str s)
{
	return s.n && s.n <= LIMIT_NUMBER_DIGITS && num_json_len(s) == s.n &&
	       !memchr(s.p, '.', s.n) && !memchr(s.p, 'e', s.n) &&
	       !memchr(s.p, 'E', s.n);
}

bool help_int(const struct helper_body *body, struct val **out, struct err *err)
{
	AUTO(val_unref) struct val *v = NULL;

	if (!body_value(body, &v, err))
		return false;
	if (val_is(v, VAL_TEXT)) {
		struct str digits = str_trim(val_str(v));

		if (!is_integer(digits))
			return err_set(err, ERR_INVALID,
				       "value is a string that holds no "
				       "integer");
		*out = val_new_number(digits);
		return true;
	}
	if (val_is(v, VAL_REAL))
		return err_set(err, ERR_INVALID,
			       "value is a number with a fraction or an "
			       "exponent, not an integer");
	if (!val_is(v, VAL_INT))
		return err_set(err, ERR_INVALID,
			       "value has type %s, not integer",
			       val_type_text(val_type(v)));
	*out = TAKE(v);
	return true;
}

bool help_bool(const struct helper_body *body, struct val **out,
	       struct err *err)
{
	AUTO(val_unref) struct val *v = NULL;

	if (!body_value(body, &v, err))
		return false;
	if (val_is(v, VAL_TEXT)) {
		struct str word = str_trim(val_str(v));
		bool yes = str_is(word, "true");

		if (!yes && !str_is(word, "false"))
			return err_set(err, ERR_INVALID,
				       "value is a string other than true and "
				       "false");
		*out = val_ref(val_bool(yes));
		return true;
	}
	if (!val_is(v, VAL_BOOL))
		return err_set(err, ERR_INVALID,
			       "value has type %s, not boolean",
			       val_type_text(val_type(v)));
	*out = TAKE(v);
	return true;
}

bool check_to_json(struct str argument, struct err *err)
{
	if (argument.n == 0 || str_is(argument, "sorted"))
		return true;
	return err_set(err, ERR_INVALID,
		       "\"" STR_FMT
		       "\" is unknown: there are toJson and toJson.sorted",
		       STR_ARG(str_clip(argument, 60)));
}

bool help_to_json(const struct helper_body *body, struct val **out,
		  struct err *err)
{
	AUTO(val_unref) struct val *v = NULL;
	AUTO_BUF text = BUF_INIT(LIMIT_RENDER_BYTES);

	if (!body_value(body, &v, err))
		return false;
	if (body->argument.n)
		json_write_sorted(v, &text);
	else
		json_write(v, &text);
	return body_result(&text, out, err);
}

/* Whether the last line end of v's YAML belongs to v: a block may end it. */
static bool ends_line(const struct val *v)
{
	while (val_count(v))
		v = val_at(v, val_count(v) - 1);
	return val_is(v, VAL_TEXT) && str_ends(val_str(v), "\n");
}

bool help_to_yaml(const struct helper_body *body, struct val **out,
		  struct err *err)
{
	AUTO(val_unref) struct val *v = NULL;
	AUTO_BUF text = BUF_INIT(LIMIT_RENDER_BYTES);

	if (!body_value(body, &v, err))
		return false;
	yaml_write(v, &text);
	if (text.len && !ends_line(v))
		buf_trim(&text, text.len - 1);
	return body_result(&text, out, err);
}

static bool is_digits(struct str s)
{
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] < '0' || s.p[i] > '9')
			return false;
	return s.n > 0;
}

/*
 * A reader's message may quote the text, which may be a secret: only the place
 * is passed on, "line 3 column 7" of the one reader, ":3:7" of the other.
 * Limits are told whole, since nothing is quoted there.
 */
static bool refuse(const struct err *why, const char *format, struct err *err)
{
	struct str msg = str_of(why->msg), place, line, column;

	if (str_starts(msg, "line ") && why->kind != ERR_LIMIT) {
		str_split(msg, ':', &place, &msg);
		return err_set(err, ERR_INVALID, "no %s: " STR_FMT, format,
			       STR_ARG(place));
	}
	str_split(msg, ':', &place, &msg);
	str_split(msg, ':', &line, &msg);
	str_split(msg, ':', &column, &msg);
	if (why->kind == ERR_LIMIT)
		return err_set(err, ERR_LIMIT, "%s",
			       place.n ? why->msg : msg.p + strspn(msg.p, " "));
	if (place.n == 0 && is_digits(line) && is_digits(column))
		return err_set(err, ERR_INVALID,
			       "no %s: line " STR_FMT " column " STR_FMT,
			       format, STR_ARG(line), STR_ARG(column));
	return err_set(err, ERR_INVALID, "no %s, or a key stands twice in it",
		       format);
}

bool help_from_json(const struct helper_body *body, struct val **out,
		    struct err *err)
{
	AUTO_BUF text = BUF_INIT(LIMIT_RENDER_BYTES);
	AUTO_ERR why = ERR_INIT;

	if (!body_text(body, BODY_TREE_REFUSED, &text, err))
		return false;
	return json_read(buf_str(&text), out, &why) ||
	       refuse(&why, "JSON", err);
}

bool help_from_yaml(const struct helper_body *body, struct val **out,
		    struct err *err)
{
	AUTO_BUF text = BUF_INIT(LIMIT_RENDER_BYTES);
	AUTO_ERR why = ERR_INIT;

	if (!body_text(body, BODY_TREE_REFUSED, &text, err))
		return false;
	return yaml_read(buf_str(&text), "", out, &why) ||
	       refuse(&why, "YAML", err);
}

bool help_b64enc(const struct helper_body *body, struct val **out,
		 struct err *err)
{
	AUTO_BUF text = BUF_INIT(LIMIT_RENDER_BYTES);
	AUTO_BUF code = BUF_INIT(LIMIT_RENDER_BYTES);

	if (!body_text(body, BODY_TREE_REFUSED, &text, err))
		return false;
	base64_write(buf_str(&text), &code);
	return body_result(&code, out, err);
}

bool help_b64dec(const struct helper_body *body, struct val **out,
		 struct err *err)
{
	AUTO_BUF code = BUF_INIT(LIMIT_RENDER_BYTES);
	AUTO_BUF data = BUF_INIT(LIMIT_RENDER_BYTES);

	if (!body_text(body, BODY_TREE_REFUSED, &code, err) ||
	    !base64_read(str_trim(buf_str(&code)), &data, err))
		return false;
	struct str s = buf_str(&data);
	if (str_utf8_len(s) < s.n || (s.n && memchr(s.p, '\0', s.n)))
		return err_set(err, ERR_INVALID,
			       "value holds bytes that are no UTF-8 text: "
			       "leave it encoded, as in a Secret's data");
	*out = val_new_text(s);
	return true;
}

bool help_sha256(const struct helper_body *body, struct val **out,
		 struct err *err)
{
	AUTO_BUF text = BUF_INIT(LIMIT_RENDER_BYTES);
	char digest[DIGEST_TEXT_BYTES];

	if (!body_text(body, BODY_TREE_SORTED, &text, err))
		return false;
	*out = val_new_textz(digest_sha256(buf_str(&text), digest));
	return true;
}
