#include "release/hook_record.h"

#include "base/clock.h"
#include "base/limits.h"
#include "data/path.h"
#include "data/yaml_read.h"
#include "data/yaml_write.h"

/* A value that lives as long as the list. */
static const struct val *hold(struct hook_record *list, struct val *take)
{
	val_list_add_take(&list->owned, take);
	return take;
}

/* One name of an annotation as Helm keeps it: in small letters, and Helm 2's
 * name of tests replaced. */
static struct val *name_value(struct str name, bool is_event)
{
	struct str s = str_trim(name);
	AUTO_FREE char *text = alloc_text(s.p, s.n);
	enum hook_event event;

	if (is_event && hook_event_find(s, &event))
		return val_new_textz(hook_event_text(event));
	for (char *p = text; *p; p++)
		if (*p >= 'A' && *p <= 'Z')
			*p = (char)(*p + ('a' - 'A'));
	return val_new_textz(text);
}

/* The names in an annotation; NULL when there is none. */
static const struct val *names_of(struct hook_record *list,
				  const struct hook_item *item, const char *key)
{
	const struct val *annotations =
		path_get(item->hook->object.object, "metadata.annotations");
	const struct val *v = val_get(annotations, key);
	struct str name, rest = val_str(v);
	struct val_list names = { 0 };
	bool more = true;

	if (!v)
		return NULL;
	while (more) {
		more = str_split(rest, ',', &name, &rest);
		val_list_add_take(
			&names,
			name_value(name, strcmp(key, HOOK_ANNOTATION) == 0));
	}
	return hold(list, val_list_take(&names));
}

/* Helm writes the policy that is meant without one when a hook first runs. */
static const struct val *policies_of(struct hook_record *list,
				     const struct hook_item *item, bool has_run)
{
	const struct val *names = names_of(list, item, HOOK_ANNOTATION_DELETE);
	struct val_list meant = { 0 };

	if (names || !has_run)
		return names;
	val_list_add_take(&meant, val_new_textz(hook_policy_text(
					  HOOK_IF_BEFORE_CREATION)));
	return hold(list, val_list_take(&meant));
}

static int64_t time_of(const char *text)
{
	int64_t ns;

	return clock_parse(str_of(text), &ns) ? ns : 0;
}

/* The run that began last. */
static struct hook_run last_run(const struct hook_item *item,
				const struct val *runs)
{
	struct hook_run last = { HOOK_PHASE_NONE, "", "", "" };

	for (int i = 0; i < HOOK_EVENT_COUNT; i++) {
		struct hook_run run;

		hook_runs_find(runs, (enum hook_event)i, item->id, &run);
		if (run.phase != HOOK_PHASE_NONE &&
		    time_of(run.started_at) >= time_of(last.started_at))
			last = run;
	}
	return last;
}

static const struct val *manifest_of(struct hook_record *list,
				     const struct manifest_object *o)
{
	AUTO_BUF text = BUF_INIT(LIMIT_RECORD_TEXT_BYTES);

	yaml_write(o->object, &text);
	return hold(list, val_new_text(buf_str(&text)));
}

void hook_record_make(const struct hook_item *items, size_t count,
		      const struct val *runs, struct hook_record *out)
{
	for (size_t i = 0; i < count; i++) {
		const struct hook_item *item = &items[i];
		const struct manifest_object *o = &item->hook->object;
		struct hook_run run = last_run(item, runs);
		bool has_run = run.phase != HOOK_PHASE_NONE;

		*VEC_ADD(out) = (struct record_hook){
			.name = o->name,
			.kind = o->kind,
			.path = o->source,
			.manifest = val_str(manifest_of(out, o)),
			.events = names_of(out, item, HOOK_ANNOTATION),
			.delete_policies = policies_of(out, item, has_run),
			.log_policies =
				names_of(out, item, HOOK_ANNOTATION_LOG),
			.weight = item->hook->rules.weight,
			.started_ns = time_of(run.started_at),
			.completed_ns = time_of(run.completed_at),
			.phase = has_run ? hook_phase_text(run.phase) : NULL,
		};
	}
}

void hook_record_done(struct hook_record *list)
{
	VEC_DONE(list);
	val_list_drop(&list->owned);
}

static bool read_one(const struct val *hook, const char *namespace,
		     struct manifest *m, struct err *err)
{
	const struct val *text = val_get(hook, "manifest");
	AUTO(val_unref) struct val *object = NULL;
	struct hook_rules rules;

	if (!val_is(text, VAL_TEXT))
		return err_set(err, ERR_INVALID, "no hook of Helm");
	if (!yaml_read(val_str(text), "manifest", &object, err))
		return false;
	if (hook_read(object, &rules) == HOOK_NONE)
		return err_set(
			err, ERR_INVALID,
			"manifest without the annotation " HOOK_ANNOTATION);
	return manifest_add_rendered(m, object, val_get_text(hook, "path"),
				     namespace, err);
}

bool hook_record_read(const struct val *list, const char *namespace,
		      struct manifest *m, struct err *err)
{
	for (size_t i = 0; i < val_count(list); i++)
		if (!read_one(val_at(list, i), namespace, m, err))
			return err_wrap(err, "hooks[%zu]", i);
	return true;
}
