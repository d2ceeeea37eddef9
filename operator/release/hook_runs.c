#include "release/hook_runs.h"

#include "base/alloc.h"
#include "base/limits.h"
#include "data/json.h"
#include "release/names.h"

#include <inttypes.h>

static const char *const phase_text[] = {
#define X(name, text) [HOOK_PHASE_##name] = text,
	HOOK_PHASES(X)
#undef X
};

const char *hook_phase_text(enum hook_phase phase)
{
	return phase_text[phase];
}

static enum hook_phase phase_of(const char *text)
{
	for (size_t i = 0; i < ARRAY_LEN(phase_text); i++)
		if (strcmp(text, phase_text[i]) == 0)
			return (enum hook_phase)i;
	return HOOK_PHASE_NONE;
}

struct val *hook_runs_read(const char *text)
{
	struct val_map none = { 0 };
	struct val *runs = NULL;
	AUTO_ERR err = ERR_INIT;

	if (json_read(str_of(text), &runs, &err) && val_is(runs, VAL_MAP))
		return runs;
	val_unref(runs);
	return val_map_take(&none);
}

static struct hook_run run_of(const struct val *run)
{
	return (struct hook_run){
		.phase = phase_of(val_get_text(run, "phase")),
		.started_at = val_get_text(run, "started_at"),
		.completed_at = val_get_text(run, "completed_at"),
		.message = val_get_text(run, "message"),
	};
}

void hook_runs_find(const struct val *runs, enum hook_event event,
		    const char *id, struct hook_run *out)
{
	*out = run_of(val_get(val_get(runs, hook_event_text(event)), id));
}

static void set(struct val_map *m, const char *key, const char *text)
{
	if (*text)
		val_map_set_text(m, key, text);
}

struct val *hook_runs_with(const struct val *runs, enum hook_event event,
			   const char *id, const struct hook_run *run)
{
	const char *name = hook_event_text(event);
	const struct val *before = val_get(runs, name);
	struct val_map map = { 0 };

	set(&map, "phase", hook_phase_text(run->phase));
	set(&map, "started_at", run->started_at);
	set(&map, "completed_at", run->completed_at);
	set(&map, "message", run->message);
	AUTO(val_unref) struct val *one = val_map_take(&map);
	AUTO(val_unref) struct val *all =
		val_with(val_is(before, VAL_MAP) ? before : NULL, id, one);
	return val_with(runs, name, all);
}

bool hook_runs_failed(const struct val *runs, unsigned events,
		      struct hook_run *out)
{
	for (int e = 0; e < HOOK_EVENT_COUNT; e++) {
		const char *name = hook_event_text((enum hook_event)e);
		const struct val *of = val_get(runs, name);

		for (size_t i = 0; events & 1U << e && i < val_count(of); i++) {
			*out = run_of(val_at(of, i));
			if (out->phase == HOOK_PHASE_FAILED)
				return true;
		}
	}
	return false;
}

int64_t hook_runs_number(const struct val *runs, const char *key)
{
	int64_t n;

	return val_int(val_get(runs, key), &n) ? n : 0;
}

struct val *hook_runs_with_number(const struct val *runs, const char *key,
				  int64_t n)
{
	AUTO(val_unref) struct val *number = val_new_int(n);

	return val_with(runs, key, number);
}

struct val *hook_runs_again(const struct val *runs, enum hook_event event)
{
	AUTO(val_unref) struct val *without =
		val_without(runs, hook_event_text(event));

	return hook_runs_with_number(without, HOOK_RUNS_TRIES,
				     hook_runs_number(runs, HOOK_RUNS_TRIES) +
					     1);
}

char *hook_runs_uid(const struct val *runs, const char *record_uid)
{
	int64_t tries = hook_runs_number(runs, HOOK_RUNS_TRIES);

	return tries ? alloc_print("%s.%" PRId64, record_uid, tries)
		     : alloc_copy(record_uid);
}

struct val *hook_runs_patch(const struct val *runs)
{
	struct val_map patch = { 0 }, meta = { 0 }, annotations = { 0 };
	AUTO_BUF text = BUF_INIT(LIMIT_MIB(1));

	json_write(runs, &text);
	val_map_put_take(&annotations, NAME_HOOKS,
			 val_new_text(buf_str(&text)));
	val_map_put_take(&meta, "annotations", val_map_take(&annotations));
	val_map_put_take(&patch, "metadata", val_map_take(&meta));
	return val_map_take(&patch);
}
