#include "cli/setting.h"

#include "base/alloc.h"
#include "base/file.h"
#include "base/limits.h"
#include "data/json.h"
#include "data/merge.h"

#include <stdio.h>

/* One step of a path: a key, or an index when key is NULL. */
struct step {
	char *key;
	size_t index;
};

struct setting {
	enum setting_kind kind;
	struct str rest; /* not read yet */
	struct step steps[LIMIT_SET_STEPS];
	size_t count;
	char *path; /* as written, for messages */
};

static const char *const options[] = {
	[SETTING_TYPED] = "--set",
	[SETTING_STRING] = "--set-string",
	[SETTING_FILE] = "--set-file",
	[SETTING_JSON] = "--set-json",
};

static bool fail(const struct setting *s, struct err *err, const char *what)
{
	return err_set(err, ERR_INVALID, "%s %s: %s", options[s->kind],
		       s->path ? s->path : "", what);
}

/* Cuts what stands before one of the characters `stop` off, backslashes taken
 * out. Returns that character, or 0 at the end. */
static char cut(struct setting *s, const char *stop, struct buf *out)
{
	while (s->rest.p && s->rest.n) {
		char c = *s->rest.p;

		s->rest = str_cut(s->rest.p + 1, s->rest.n - 1);
		if (strchr(stop, c))
			return c;
		if (c == '\\' && s->rest.n) {
			c = *s->rest.p;
			s->rest = str_cut(s->rest.p + 1, s->rest.n - 1);
		}
		buf_add_char(out, c);
	}
	return 0;
}

static bool add_step(struct setting *s, const struct step *step,
		     struct err *err)
{
	if (s->count == LIMIT_SET_STEPS) {
		free(step->key);
		return err_set(err, ERR_LIMIT, "%s %s: more than %d steps",
			       options[s->kind], s->path, LIMIT_SET_STEPS);
	}
	s->steps[s->count++] = *step;
	return true;
}

/* Behind "[", up to and with "]". */
static bool read_index(struct setting *s, struct err *err)
{
	AUTO_BUF text = BUF_INIT(LIMIT_LOG_BYTES);
	struct step step = { 0 };

	if (cut(s, "]", &text) != ']' || text.len == 0)
		return fail(s, err, "an index such as [0] is not complete");
	for (size_t i = 0; i < text.len; i++) {
		if (text.p[i] < '0' || text.p[i] > '9')
			return fail(s, err, "an index is a number from 0 on");
		step.index = step.index * 10 + (size_t)(text.p[i] - '0');
		if (step.index > LIMIT_SET_INDEX)
			return err_set(err, ERR_LIMIT,
				       "%s %s: an index is at most %zu",
				       options[s->kind], s->path,
				       LIMIT_SET_INDEX);
	}
	return add_step(s, &step, err);
}

/* What follows an index: "=", ".", or another one. */
static bool read_indices(struct setting *s, char *last, struct err *err)
{
	while (*last == '[') {
		if (!read_index(s, err))
			return false;
		*last = 0;
		if (s->rest.n)
			*last = *s->rest.p;
		if (!*last || !strchr("[.=", *last))
			return fail(s, err, "behind an index stands =, . or [");
		s->rest = str_cut(s->rest.p + 1, s->rest.n - 1);
	}
	return true;
}

/* Up to and with "=". */
static bool read_path(struct setting *s, struct err *err)
{
	struct str from = s->rest;
	char last = '.';

	free(s->path);
	struct str shown = from, value;
	str_split(from, '=', &shown, &value);
	s->path = alloc_text(shown.p, shown.n);
	s->count = 0;
	while (last == '.') {
		AUTO_BUF key = BUF_INIT(LIMIT_CONFIG_BYTES);
		struct step step = { 0 };

		last = cut(s, "=[,.", &key);
		if (!last || last == ',')
			return fail(s, err, "has no value: write key=value");
		if (key.len == 0)
			return fail(s, err, "a key is empty");
		step.key = alloc_copy(buf_text(&key));
		if (!add_step(s, &step, err) || !read_indices(s, &last, err))
			return false;
	}
	return true;
}

static void free_steps(struct setting *s)
{
	for (size_t i = 0; i < s->count; i++)
		free(s->steps[i].key);
	s->count = 0;
}

static bool equal_fold(struct str s, const char *text)
{
	return s.n == strlen(text) && strncasecmp(s.p, text, s.n) == 0;
}

/* Digits that 64 bits hold, without zeros in front. */
static bool read_int(struct str s, int64_t *out)
{
	bool negative = str_starts(s, "-");
	size_t i = negative || str_starts(s, "+");
	int64_t n = 0;

	if (i == s.n || s.p[0] == '0')
		return false;
	for (; i < s.n; i++) {
		int digit = s.p[i] - '0';

		if (digit < 0 || digit > 9 ||
		    __builtin_mul_overflow(n, 10, &n) ||
		    (negative ? __builtin_sub_overflow(n, digit, &n)
			      : __builtin_add_overflow(n, digit, &n)))
			return false;
	}
	*out = n;
	return true;
}

static struct val *typed(struct str s)
{
	int64_t n;

	if (equal_fold(s, "true") || equal_fold(s, "false"))
		return val_ref(val_bool(equal_fold(s, "true")));
	if (equal_fold(s, "null"))
		return val_ref(val_null());
	if (str_is(s, "0"))
		return val_new_int(0);
	return read_int(s, &n) ? val_new_int(n) : val_new_text(s);
}

static bool read_scalar(const struct setting *s, struct str text,
			struct val **out, struct err *err)
{
	AUTO_FREE char *path = alloc_text(text.p, text.n);
	AUTO_BUF file = BUF_INIT(LIMIT_CONFIG_BYTES);

	if (s->kind == SETTING_TYPED) {
		*out = typed(text);
		return true;
	}
	if (s->kind == SETTING_FILE) {
		if (!file_read(path, &file, err))
			return err_wrap(err, "%s %s", options[s->kind],
					s->path);
		text = buf_str(&file);
		if (str_utf8_len(text) < text.n ||
		    (text.n && memchr(text.p, 0, text.n)))
			return fail(s, err, "the file is no text in UTF-8");
	}
	*out = val_new_text(text);
	return true;
}

/* Behind "{". */
static bool read_list(struct setting *s, struct val **out, struct err *err)
{
	AUTO_VAL_LIST list = { 0 };
	char last = ',';

	while (last == ',') {
		AUTO_BUF text = BUF_INIT(LIMIT_CONFIG_BYTES);
		struct val *item = NULL;

		last = cut(s, ",}", &text);
		if (!last)
			return fail(s, err, "the list is not closed by }");
		if (last == '}' && text.len == 0 && list.count == 0)
			break;
		if (!read_scalar(s, buf_str(&text), &item, err))
			return false;
		val_list_add_take(&list, item);
	}
	if (s->rest.n && *s->rest.p != ',')
		return fail(s, err, "behind a list stands a comma, or nothing");
	if (s->rest.n)
		s->rest = str_cut(s->rest.p + 1, s->rest.n - 1);
	*out = val_list_take(&list);
	return true;
}

/* Where a JSON value ends: at a comma outside of brackets and texts. */
static size_t json_len(struct str s)
{
	size_t depth = 0, i = 0;
	bool quoted = false;

	for (; i < s.n; i++) {
		char c = s.p[i];

		if (quoted) {
			i += c == '\\';
			quoted = c != '"';
		} else if (c == '"') {
			quoted = true;
		} else if (strchr("[{", c)) {
			depth++;
		} else if (strchr("]}", c)) {
			depth -= depth > 0;
		} else if (c == ',' && depth == 0) {
			break;
		}
	}
	return i < s.n ? i : s.n;
}

static bool read_json(struct setting *s, struct val **out, struct err *err)
{
	size_t n = json_len(s->rest);
	struct str text = str_trim(str_cut(s->rest.p, n));

	s->rest = n < s->rest.n ? str_cut(s->rest.p + n + 1, s->rest.n - n - 1)
				: str_cut(NULL, 0);
	if (text.n == 0) {
		*out = val_ref(val_null());
		return true;
	}
	return json_read(text, out, err) ||
	       err_wrap(err, "%s %s", options[s->kind], s->path);
}

static bool read_value(struct setting *s, struct val **out, struct err *err)
{
	AUTO_BUF text = BUF_INIT(LIMIT_CONFIG_BYTES);
	struct val_list none = { 0 };

	if (s->kind == SETTING_JSON)
		return read_json(s, out, err);
	if (str_starts(s->rest, "{")) {
		s->rest = str_cut(s->rest.p + 1, s->rest.n - 1);
		return read_list(s, out, err);
	}
	cut(s, ",", &text);
	if (s->kind == SETTING_TYPED && str_is(buf_str(&text), "[]")) {
		*out = val_list_take(&none);
		return true;
	}
	return read_scalar(s, buf_str(&text), out, err);
}

static bool put(const struct setting *s, const struct val *at, size_t i,
		const struct val *item, struct val **out, struct err *err);

static bool put_item(const struct setting *s, const struct val *at, size_t i,
		     const struct val *item, struct val **out, struct err *err)
{
	const struct step *step = &s->steps[i];
	AUTO_VAL_LIST list = { 0 };
	struct val *below = NULL;

	if (at && !val_is(at, VAL_NULL) && !val_is(at, VAL_LIST))
		return err_set(err, ERR_INVALID,
			       "%s %s: [%zu] is asked of what is no list but a "
			       "%s",
			       options[s->kind], s->path, step->index,
			       val_type_text(val_type(at)));
	const struct val *old =
		step->index < val_count(at) ? val_at(at, step->index) : NULL;
	if (!put(s, old, i + 1, item, &below, err))
		return false;
	for (size_t k = 0; k < val_count(at) || k <= step->index; k++) {
		if (k == step->index)
			val_list_add_take(&list, below);
		else
			val_list_add(&list, k < val_count(at) ? val_at(at, k)
							      : val_null());
	}
	*out = val_list_take(&list);
	return true;
}

/* As deep as the path, which is limited. */
static bool put(const struct setting *s, const struct val *at, size_t i,
		const struct val *item, struct val **out, struct err *err)
{
	const struct step *step = &s->steps[i];
	AUTO(val_unref) struct val *below = NULL;

	if (i == s->count) {
		*out = val_ref(item);
		return true;
	}
	if (!step->key)
		return put_item(s, at, i, item, out, err);
	if (at && !val_is(at, VAL_NULL) && !val_is(at, VAL_MAP))
		return err_set(err, ERR_INVALID,
			       "%s %s: leads through a %s at \"%s\"",
			       options[s->kind], s->path,
			       val_type_text(val_type(at)), step->key);
	if (!put(s, val_get(at, step->key), i + 1, item, &below, err))
		return false;
	*out = val_with(val_is(at, VAL_MAP) ? at : NULL, step->key, below);
	return true;
}

/* One key and its value. */
static bool apply_one(struct setting *s, struct val **values, struct err *err)
{
	AUTO(val_unref) struct val *item = NULL;
	struct val *with = NULL;

	bool ok = read_path(s, err) && read_value(s, &item, err) &&
		  put(s, *values, 0, item, &with, err);
	free_steps(s);
	if (!ok)
		return false;
	val_unref(*values);
	*values = with;
	return true;
}

/* --set-json '{"a": 1}' */
static bool apply_object(const struct setting *s, struct val **values,
			 struct err *err)
{
	AUTO(val_unref) struct val *v = NULL;
	struct val *merged;

	if (!json_read(s->rest, &v, err))
		return err_wrap(err, "%s", options[s->kind]);
	merged = merge_tables(v, *values, MERGE_KEEP_NULLS);
	val_unref(*values);
	*values = merged;
	return true;
}

bool setting_apply(const struct val *values, enum setting_kind kind,
		   const char *arg, struct val **out, struct err *err)
{
	struct setting s = { .kind = kind, .rest = str_of(arg) };
	struct val *v = val_ref(values);
	bool ok = true;

	if (str_utf8_len(s.rest) < s.rest.n)
		ok = fail(&s, err, "is no text in UTF-8");
	else if (kind == SETTING_JSON && str_starts(str_trim(s.rest), "{"))
		ok = apply_object(&s, &v, err);
	else
		do
			ok = apply_one(&s, &v, err);
		while (ok && s.rest.n);
	free(s.path);
	if (!ok) {
		val_unref(v);
		return false;
	}
	*out = v;
	return true;
}
