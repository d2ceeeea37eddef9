/* What an object says of itself as a hook: what Helm takes for nothing, or for
 * something else, without a word. */
#include "chart/lint_set.h"

#include "base/limits.h"
#include "data/path.h"
#include "data/pointer.h"

#include <inttypes.h>
#include <strings.h>

/* Below this a Job may be gone before anybody has seen how it ended. */
enum { LEAST_TTL_S = 60 };

#define POLICY_KEEP "helm.sh/resource-policy"

static const struct val *annotation(const struct lint_object *o,
				    const char *key)
{
	return val_get(val_get(val_get(o->v, "metadata"), "annotations"), key);
}

/* Adds a finding at an annotation. */
static void say(const struct lint_set *set, const struct lint_object *o,
		enum lint_rule rule, const char *key, const char *text)
{
	AUTO_BUF at = BUF_INIT(LIMIT_CONFIG_BYTES);

	buf_add_text(&at, "/metadata/annotations");
	pointer_add(&at, str_of(key));
	lint_object_say(set, o, rule, buf_text(&at), LOCATE_VALUE, "%s", text);
}

/* The first of the names that there is no event for; all of it when that is
 * no text. */
static struct str unknown_event(struct str names)
{
	struct str name;
	enum hook_event event;
	bool more = true;

	while (more) {
		more = str_split(names, ',', &name, &names);
		if (!hook_event_find(name, &event))
			break;
	}
	return str_clip(str_trim(name), 80);
}

static void check_event(const struct lint_set *set, const struct lint_object *o)
{
	struct str name =
		unknown_event(val_str(annotation(o, HOOK_ANNOTATION)));
	AUTO_FREE char *text =
		alloc_print("there is no event \"" STR_FMT
			    "\" for a hook, so the whole object is left out",
			    STR_ARG(name));

	say(set, o, LINT_RULE_HOOK_EVENT, HOOK_ANNOTATION, text);
}

static void check_weight(const struct lint_set *set,
			 const struct lint_object *o)
{
	const struct val *v = annotation(o, HOOK_ANNOTATION_WEIGHT);
	int64_t weight;

	/* What is no text is told already. */
	if (val_is(v, VAL_TEXT) && !hook_weight_find(val_str(v), &weight))
		say(set, o, LINT_RULE_HOOK_WEIGHT, HOOK_ANNOTATION_WEIGHT,
		    "a weight that is no integer counts as 0");
}

static void check_policies(const struct lint_set *set,
			   const struct lint_object *o, const char *key)
{
	const struct val *v = annotation(o, key);
	struct str name, names = val_str(v);
	bool more = val_is(v, VAL_TEXT);

	while (more) {
		enum hook_policy policy;

		more = str_split(names, ',', &name, &names);
		if (hook_policy_find(name, &policy))
			continue;
		AUTO_FREE char *text =
			alloc_print("\"" STR_FMT
				    "\" is no policy, and nothing follows from "
				    "it",
				    STR_ARG(str_clip(str_trim(name), 80)));
		say(set, o, LINT_RULE_HOOK_POLICY, key, text);
		return;
	}
}

static bool is_awaited(const struct lint_object *o)
{
	return lint_object_is(o, "batch", "Job") ||
	       lint_object_is(o, "", "Pod");
}

static void check_keep(const struct lint_set *set, const struct lint_object *o,
		       const struct hook_rules *rules)
{
	const struct val *v = annotation(o, POLICY_KEEP);

	if (!val_is(v, VAL_TEXT) || strcasecmp(val_text(v), "keep") != 0)
		return;
	if (is_awaited(o))
		say(set, o, LINT_RULE_HOOK_KEEP, POLICY_KEEP,
		    "the Job or Pod of a hook is not kept");
	else if (hook_deletes_if(rules, HOOK_IF_SUCCEEDED) ||
		 hook_deletes_if(rules, HOOK_IF_FAILED))
		say(set, o, LINT_RULE_HOOK_KEEP, POLICY_KEEP,
		    "what is to be kept is to be deleted when the hook ends: "
		    "here it stays, in Helm it goes");
}

static void check_ttl(const struct lint_set *set, const struct lint_object *o)
{
	int64_t ttl;

	if (lint_object_is(o, "batch", "Job") &&
	    val_int(path_get(o->v, "spec.ttlSecondsAfterFinished"), &ttl) &&
	    ttl < LEAST_TTL_S)
		lint_object_say(set, o, LINT_RULE_HOOK_TTL,
				"/spec/ttlSecondsAfterFinished", LOCATE_VALUE,
				"the Job may be gone %" PRId64
				" s after its end, before that was seen: then "
				"the hook has failed",
				ttl);
}

static void check_no_hook(const struct lint_set *set,
			  const struct lint_object *o)
{
	static const char *const keys[] = { HOOK_ANNOTATION_WEIGHT,
					    HOOK_ANNOTATION_DELETE,
					    HOOK_ANNOTATION_LOG };

	for (size_t i = 0; i < ARRAY_LEN(keys); i++)
		if (annotation(o, keys[i]))
			say(set, o, LINT_RULE_NO_HOOK, keys[i],
			    "means nothing for an object that is no hook");
}

void lint_hook(const struct lint_set *set, const struct lint_object *o)
{
	struct hook_rules rules;

	switch (hook_read(o->v, &rules)) {
	case HOOK_NONE:
		check_no_hook(set, o);
		break;
	case HOOK_UNKNOWN:
		check_event(set, o);
		break;
	case HOOK_KNOWN:
		check_weight(set, o);
		check_policies(set, o, HOOK_ANNOTATION_DELETE);
		check_policies(set, o, HOOK_ANNOTATION_LOG);
		check_keep(set, o, &rules);
		check_ttl(set, o);
		break;
	}
}
