#include "unit/release/plan_case.h"

#include "base/alloc.h"
#include "data/merge.h"

#include "unit/rows.h"

#include <inttypes.h>

/* "group/Kind/namespace/name" */
static struct str part(const char *id, int n)
{
	struct str head, rest = str_of(id);

	do {
		str_split(rest, '/', &head, &rest);
	} while (n--);
	return head;
}

char *plan_case_kind(const char *id)
{
	struct str kind = part(id, 1);

	return alloc_text(kind.p, kind.n);
}

struct val *plan_case_object(const char *id, const struct val *extra)
{
	struct val_map object = { 0 }, meta = { 0 };
	struct str ns = part(id, 2);

	if (part(id, 3).n == 0)
		fail_msg("%s: not group/Kind/namespace/name", id);
	val_map_put_take(&object, "kind", val_new_text(part(id, 1)));
	val_map_put_take(&meta, "name", val_new_text(part(id, 3)));
	if (ns.n)
		val_map_put_take(&meta, "namespace", val_new_text(ns));
	val_map_put_take(&object, "metadata", val_map_take(&meta));
	AUTO(val_unref) struct val *base = val_map_take(&object);
	return merge_over(base, extra);
}

enum record_status plan_case_status(const char *text)
{
	static const char *const all[] = {
#define X(name, status) [RECORD_##name] = status,
		RECORD_STATUSES(X)
#undef X
	};

	for (size_t i = 0; i < ARRAY_LEN(all); i++)
		if (strcmp(text, all[i]) == 0)
			return (enum record_status)i;
	fail_msg("no status: %s", text);
	return RECORD_UNKNOWN;
}

/* A text that the case owns. */
static const char *hold(struct plan_case *c, struct val *take)
{
	val_list_add_take(&c->owned, take);
	return val_text(take);
}

static int64_t number(const struct val *v, const char *key, int64_t otherwise)
{
	int64_t n;

	return val_int(val_get(v, key), &n) ? n : otherwise;
}

static struct plan_item item_of(struct plan_case *c, const struct val *v)
{
	const char *id = val_get_text(v, "id");
	struct val *object = plan_case_object(id, val_get(v, "object"));

	val_list_add_take(&c->owned, object);
	return (struct plan_item){ id, object };
}

/* Which of some words; the first when there is none. */
static int word(const char *text, const char *const *words, int n)
{
	for (int i = 0; i < n && *text; i++)
		if (strcmp(text, words[i]) == 0)
			return i;
	if (*text)
		fail_msg("unknown word: %s", text);
	return 0;
}

static enum plan_drift drift_of(const char *text)
{
	static const char *const words[] = { "none", "unknown", "size", "patch",
					     "replace" };

	return (enum plan_drift)word(text, words, ARRAY_LEN(words));
}

static enum plan_on_drift on_drift_of(const char *text)
{
	static const char *const words[] = { "repair", "redeploy", "warn",
					     "off" };

	return (enum plan_on_drift)word(text, words, ARRAY_LEN(words));
}

static void read_live(struct plan_case *c, const struct val *list)
{
	for (size_t i = 0; i < val_count(list); i++) {
		const struct val *v = val_at(list, i);
		const char *id = val_get_text(v, "id");
		struct str kind = part(id, 1);

		*VEC_ADD(&c->live) = (struct plan_live){
			.id = id,
			.kind = *val_get_text(v, "kind")
					? val_get_text(v, "kind")
					: hold(c, val_new_text(kind)),
			.uid = val_get_text(v, "uid"),
			.revision = number(v, "revision", 1),
			.storage = val_text(val_get(v, "storage")),
			.bound = val_is_true(val_get(v, "bound")),
			.deleting = val_is_true(val_get(v, "deleting")),
			.reaps = val_is_true(val_get(v, "reaps")),
			.unseen = val_is_true(val_get(v, "unseen")),
			.keep = val_is_true(val_get(v, "keep")),
			.hook = val_is_true(val_get(v, "hook")),
			.drift = drift_of(val_get_text(v, "drift")),
		};
	}
}

static void read_records(struct plan_case *c, const struct val *list)
{
	for (size_t i = 0; i < val_count(list); i++) {
		const struct val *v = val_at(list, i);

		*VEC_ADD(&c->records) = (struct plan_record){
			.revision = number(v, "revision", (int64_t)i + 1),
			.status = plan_case_status(val_get_text(v, "status")),
			.digest = val_get_text(v, "digest"),
			.shape = val_get_text(v, "shape"),
			.config = val_get_text(v, "config"),
		};
	}
}

static void check_keys(const struct val *input)
{
	static const char *const known[] = {
		"claimed",       "deleting", "orphan",
		"last_digest",   "digest",   "shape",
		"retry",         "changed",  "want",
		"records",       "old",      "live",
		"on_drift",      "config",   "waits_for_user",
		"stopped",       "intact",   "noted",
		"hooks_changed", "hooks",    "old_hooks",
		"back",
	};

	for (size_t i = 0; i < val_count(input); i++) {
		size_t k = 0;

		while (k < ARRAY_LEN(known) &&
		       !str_is(val_key(input, i), known[k]))
			k++;
		if (k == ARRAY_LEN(known))
			fail_msg("unknown key " STR_FMT,
				 STR_ARG(val_key(input, i)));
	}
}

/* "pre-install,post-install" as bits. */
static unsigned events_of(const struct val *v)
{
	struct str name, rest = val_str(v);
	unsigned events = 0;

	while (rest.n) {
		enum hook_event event;

		str_split(rest, ',', &name, &rest);
		if (!hook_event_find(name, &event))
			fail_msg("no event: " STR_FMT, STR_ARG(name));
		events |= 1U << event;
	}
	return events;
}

static enum plan_back back_of(const char *text)
{
	return strcmp(text, "begun") == 0  ? PLAN_BACK_BEGUN
	       : strcmp(text, "over") == 0 ? PLAN_BACK_OVER
					   : PLAN_BACK_NOT_BEGUN;
}

void plan_case_read(const struct val *input, struct plan_case *out)
{
	const struct val *want = val_get(input, "want");
	const struct val *old = val_get(input, "old");
	const struct val *noted = val_get(input, "noted");
	const struct val *claimed = val_get(input, "claimed");

	check_keys(input);
	for (size_t i = 0; i < val_count(want); i++)
		*VEC_ADD(&out->want) = item_of(out, val_at(want, i));
	for (size_t i = 0; i < val_count(old); i++)
		*VEC_ADD(&out->old) = item_of(out, val_at(old, i));
	for (size_t i = 0; i < val_count(noted); i++)
		*VEC_ADD(&out->noted) = item_of(out, val_at(noted, i));
	read_records(out, val_get(input, "records"));
	read_live(out, val_get(input, "live"));
	out->in = (struct plan_input){
		.deleting = val_is_true(val_get(input, "deleting")),
		.claimed = !claimed || val_is_true(claimed),
		.orphan = val_is_true(val_get(input, "orphan")),
		.last_digest = val_get_text(input, "last_digest"),
		.retry = val_is_true(val_get(input, "retry")),
		.on_drift = on_drift_of(val_get_text(input, "on_drift")),
		.strategy = val_is_true(val_get(input, "changed"))
				    ? PLAN_REDEPLOY_CHANGED
				    : PLAN_REDEPLOY_ALL,
		.want = out->want.items,
		.want_count = out->want.count,
		.digest = val_get_text(input, "digest"),
		.shape = val_get_text(input, "shape"),
		.config = val_get_text(input, "config"),
		.waits_for_user = val_is_true(val_get(input, "waits_for_user")),
		.stopped = val_is_true(val_get(input, "stopped")),
		.intact = val_is_true(val_get(input, "intact")),
		.records = out->records.items,
		.record_count = out->records.count,
		.old_known = old != NULL,
		.old = out->old.items,
		.old_count = out->old.count,
		.noted = out->noted.items,
		.noted_count = out->noted.count,
		.hooks = events_of(val_get(input, "hooks")),
		.hooks_changed = val_is_true(val_get(input, "hooks_changed")),
		.old_hooks = events_of(val_get(input, "old_hooks")),
		.back = back_of(val_get_text(input, "back")),
		.live = out->live.items,
		.live_count = out->live.count,
	};
}

void plan_case_done(struct plan_case *c)
{
	VEC_DONE(&c->want);
	VEC_DONE(&c->old);
	VEC_DONE(&c->noted);
	VEC_DONE(&c->records);
	VEC_DONE(&c->live);
	val_list_drop(&c->owned);
}

char *plan_case_step(const struct step *s)
{
	const char *word = step_kind_text(s->kind);

	if (s->kind == STEP_HOOKS)
		return alloc_print("%s %s %" PRId64, word,
				   hook_event_text(s->event), s->revision);
	if (s->item)
		return alloc_print("%s %s", word, s->item->id);
	if (s->live)
		return alloc_print("%s %s", word, s->live->id);
	if (s->revision)
		return alloc_print("%s %" PRId64, word, s->revision);
	return alloc_copy(word);
}
