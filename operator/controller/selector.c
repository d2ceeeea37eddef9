#include "controller/selector.h"

#include "base/alloc.h"
#include "base/buf.h"
#include "base/limits.h"

#include <ctype.h>
#include <stdio.h>

enum { LABEL_BYTES = 63, PREFIX_BYTES = 253 };

enum operator{ IN, NOT_IN, EXISTS, DOES_NOT_EXIST, OPERATORS };

static const char *const operator_texts[OPERATORS] = {
	[IN] = "In",
	[NOT_IN] = "NotIn",
	[EXISTS] = "Exists",
	[DOES_NOT_EXIST] = "DoesNotExist",
};

static enum operator operator_of(const struct val *rule)
{
	struct str text = val_str(val_get(rule, "operator"));
	int i = 0;

	while (i < OPERATORS && !str_is(text, operator_texts[i]))
		i++;
	return (enum operator)i;
}

/* Letters and digits, with more of them in between, and - _ . there. */
static bool is_word(struct str s, size_t most)
{
	if (s.n == 0 || s.n > most || !isalnum((unsigned char)s.p[0]) ||
	    !isalnum((unsigned char)s.p[s.n - 1]))
		return false;
	for (size_t i = 0; i < s.n; i++)
		if (!isalnum((unsigned char)s.p[i]) && s.p[i] != '-' &&
		    s.p[i] != '_' && s.p[i] != '.')
			return false;
	return true;
}

static bool is_label_name(struct str s)
{
	struct str prefix, name;

	if (!str_split(s, '/', &prefix, &name))
		return is_word(s, LABEL_BYTES);
	return is_word(prefix, PREFIX_BYTES) && is_word(name, LABEL_BYTES);
}

static bool is_label_value(const struct val *v)
{
	struct str s = val_str(v);

	return val_is(v, VAL_TEXT) && (s.n == 0 || is_word(s, LABEL_BYTES));
}

static const char value_rule[] = "a label's value is a text of at most 63 "
				 "letters, digits, - _ and .";

/* What is being written, and where. */
struct writer {
	struct buf *text, *where;
	struct err *err;
};

static bool wrong(const struct writer *w, const char *what)
{
	return err_set(w->err, ERR_INVALID, "%s", what);
}

static void add_comma(const struct writer *w)
{
	if (w->text->len)
		buf_add_text(w->text, ",");
}

/* The place: a step below where it was when it had that length. */
static void go_to(const struct writer *w, size_t length, struct str step)
{
	buf_trim(w->where, length);
	buf_add_text(w->where, "/");
	buf_add_str(w->where, step);
}

static bool write_labels(const struct writer *w, const struct val *labels)
{
	size_t length = w->where->len;

	if (!val_is(labels, VAL_MAP))
		return wrong(w, "matchLabels must be a map of labels");
	for (size_t i = 0; i < val_count(labels); i++) {
		const struct val *value = val_at(labels, i);

		go_to(w, length, val_key(labels, i));
		if (!is_label_name(val_key(labels, i)))
			return wrong(w, "this is no name of a label");
		if (!is_label_value(value))
			return wrong(w, value_rule);
		add_comma(w);
		buf_addf(w->text, STR_FMT "=%s", STR_ARG(val_key(labels, i)),
			 val_text(value));
	}
	buf_trim(w->where, length);
	return true;
}

static bool check_rule(const struct writer *w, const struct val *rule)
{
	const struct val *values = val_get(rule, "values");
	enum operator op = operator_of(rule);

	if (!val_is(rule, VAL_MAP) ||
	    !is_label_name(val_str(val_get(rule, "key"))))
		return wrong(w, "key must be the name of a label");
	for (size_t i = 0; i < val_count(rule); i++)
		if (!str_is(val_key(rule, i), "key") &&
		    !str_is(val_key(rule, i), "operator") &&
		    !str_is(val_key(rule, i), "values"))
			return wrong(w, "unknown key; known are: key, "
					"operator, values");
	if (op == OPERATORS)
		return wrong(w, "operator must be In, NotIn, Exists or "
				"DoesNotExist");
	if (values && !val_is(values, VAL_LIST))
		return wrong(w, "values must be a list of texts");
	if ((op == IN || op == NOT_IN) != (val_count(values) > 0))
		return wrong(w, "In and NotIn need values, Exists and "
				"DoesNotExist have none");
	for (size_t i = 0; i < val_count(values); i++)
		if (!is_label_value(val_at(values, i)))
			return wrong(w, value_rule);
	return true;
}

static void write_rule(const struct writer *w, const struct val *rule)
{
	const struct val *values = val_get(rule, "values");
	const char *key = val_get_text(rule, "key");
	enum operator op = operator_of(rule);

	add_comma(w);
	if (op == EXISTS || op == DOES_NOT_EXIST) {
		buf_addf(w->text, "%s%s", op == EXISTS ? "" : "!", key);
		return;
	}
	buf_addf(w->text, "%s %s (", key, op == IN ? "in" : "notin");
	for (size_t i = 0; i < val_count(values); i++)
		buf_addf(w->text, "%s%s", i ? "," : "",
			 val_text(val_at(values, i)));
	buf_add_text(w->text, ")");
}

static bool write_rules(const struct writer *w, const struct val *rules)
{
	size_t length = w->where->len;

	if (!val_is(rules, VAL_LIST))
		return wrong(w, "matchExpressions must be a list");
	for (size_t i = 0; i < val_count(rules); i++) {
		char step[24];

		snprintf(step, sizeof(step), "%zu", i);
		go_to(w, length, str_of(step));
		if (!check_rule(w, val_at(rules, i)))
			return false;
		write_rule(w, val_at(rules, i));
	}
	return true;
}

static bool write_all(const struct writer *w, const struct val *selector)
{
	if (!val_is(selector, VAL_MAP))
		return wrong(w, "selector must be a map");
	for (size_t i = 0; i < val_count(selector); i++) {
		struct str key = val_key(selector, i);
		const struct val *item = val_at(selector, i);
		bool labels = str_is(key, "matchLabels");

		go_to(w, 0, key);
		if (!labels && !str_is(key, "matchExpressions"))
			return wrong(w, "unknown key; known are: matchLabels, "
					"matchExpressions");
		if (!(labels ? write_labels(w, item) : write_rules(w, item)))
			return false;
	}
	return true;
}

bool selector_text(const struct val *selector, char **out, char **where,
		   struct err *err)
{
	AUTO_BUF text = BUF_INIT(LIMIT_KIB(16));
	AUTO_BUF place = BUF_INIT(LIMIT_CONFIG_BYTES);
	struct writer w = { &text, &place, err };

	if (!write_all(&w, selector)) {
		*where = alloc_copy(buf_text(&place));
		return false;
	}
	if (buf_take(&text, out, NULL, err))
		return true;
	*where = alloc_copy("");
	return false;
}

static bool rule_matches(const struct val *rule, const struct val *labels)
{
	const struct val *label = val_get(labels, val_get_text(rule, "key"));
	const struct val *values = val_get(rule, "values");
	enum operator op = operator_of(rule);
	bool listed = false;

	for (size_t i = 0; label && i < val_count(values); i++)
		listed |= val_equal(label, val_at(values, i));
	switch (op) {
	case IN:
		return listed;
	case NOT_IN:
		return !listed;
	case EXISTS:
		return label;
	case DOES_NOT_EXIST:
	case OPERATORS:
		break;
	}
	return !label;
}

bool selector_matches(const struct val *selector, const struct val *labels)
{
	const struct val *wanted = val_get(selector, "matchLabels");
	const struct val *rules = val_get(selector, "matchExpressions");

	for (size_t i = 0; i < val_count(wanted); i++) {
		const struct val *label =
			val_get_str(labels, val_key(wanted, i));

		if (!label || !val_equal(label, val_at(wanted, i)))
			return false;
	}
	for (size_t i = 0; i < val_count(rules); i++)
		if (!rule_matches(val_at(rules, i), labels))
			return false;
	return true;
}
