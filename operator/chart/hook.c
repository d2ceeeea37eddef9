#include "chart/hook.h"

#include "base/attr.h"

#include <strings.h>

static const char *const event_texts[] = {
#define X(name, text) [HOOK_##name] = text,
	HOOK_EVENTS(X)
#undef X
};

static const char *const policy_texts[] = {
#define X(name, text) [HOOK_IF_##name] = text,
	HOOK_POLICIES(X)
#undef X
};

const char *hook_event_text(enum hook_event event)
{
	return event_texts[event];
}

const char *hook_policy_text(enum hook_policy policy)
{
	return policy_texts[policy];
}

static bool is_name(struct str s, const char *name)
{
	return s.n == strlen(name) && strncasecmp(s.p, name, s.n) == 0;
}

/* The place of a name in a table; its length when it is not there. */
static size_t find(struct str name, const char *const *table, size_t count)
{
	struct str s = str_trim(name);
	size_t i = 0;

	while (i < count && !is_name(s, table[i]))
		i++;
	return i;
}

bool hook_event_find(struct str name, enum hook_event *out)
{
	size_t i = find(name, event_texts, ARRAY_LEN(event_texts));

	/* What Helm 2 called it. */
	if (is_name(str_trim(name), "test-success"))
		i = HOOK_TEST;
	*out = (enum hook_event)i;
	return i < ARRAY_LEN(event_texts);
}

bool hook_policy_find(struct str name, enum hook_policy *out)
{
	size_t i = find(name, policy_texts, ARRAY_LEN(policy_texts));

	*out = (enum hook_policy)i;
	return i < ARRAY_LEN(policy_texts);
}

bool hook_weight_find(struct str text, int64_t *out)
{
	bool minus = str_starts(text, "-");
	size_t at = minus || str_starts(text, "+") ? 1 : 0;
	int64_t n = 0;

	if (at == text.n)
		return false;
	/* Counted down, since there is one more below 0 than above. */
	for (; at < text.n; at++) {
		char c = text.p[at];

		if (c < '0' || c > '9' || __builtin_mul_overflow(n, 10, &n) ||
		    __builtin_sub_overflow(n, c - '0', &n))
			return false;
	}
	if (!minus && __builtin_sub_overflow(0, n, &n))
		return false;
	*out = n;
	return true;
}

static bool read_events(struct str names, unsigned *out)
{
	struct str name;
	bool more = true;

	while (more) {
		enum hook_event event;

		more = str_split(names, ',', &name, &names);
		if (!hook_event_find(name, &event))
			return false;
		*out |= 1U << event;
	}
	return true;
}

/* Helm keeps a policy that there is not, and never acts on it. */
static unsigned read_policies(struct str names)
{
	unsigned found = 0;
	struct str name;
	bool more = true;

	while (more) {
		enum hook_policy policy;

		more = str_split(names, ',', &name, &names);
		if (hook_policy_find(name, &policy))
			found |= 1U << policy;
	}
	return found;
}

enum hook_reading hook_read(const struct val *object, struct hook_rules *out)
{
	const struct val *annotations =
		val_get(val_get(object, "metadata"), "annotations");
	const struct val *names = val_get(annotations, HOOK_ANNOTATION);
	struct hook_rules rules = { 0 };

	if (!names)
		return HOOK_NONE;
	if (!read_events(val_str(names), &rules.events))
		return HOOK_UNKNOWN;
	if (!hook_weight_find(
		    val_str(val_get(annotations, HOOK_ANNOTATION_WEIGHT)),
		    &rules.weight))
		rules.weight = 0;
	rules.log_if = read_policies(
		val_str(val_get(annotations, HOOK_ANNOTATION_LOG)));
	if (val_get(annotations, HOOK_ANNOTATION_DELETE))
		rules.delete_if = read_policies(
			val_str(val_get(annotations, HOOK_ANNOTATION_DELETE)));
	else
		rules.delete_if = 1U << HOOK_IF_BEFORE_CREATION;
	*out = rules;
	return HOOK_KNOWN;
}
