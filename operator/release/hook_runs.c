#include "release/hook_runs.h"

#include "base/alloc.h"
#include "base/limits.h"
#include "data/json.h"
#include "release/names.h"

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

void hook_runs_find(const struct val *runs, enum hook_event event,
		    const char *id, struct hook_run *out)
{
	const struct val *run =
		val_get(val_get(runs, hook_event_text(event)), id);

	*out = (struct hook_run){
		.phase = phase_of(val_get_text(run, "phase")),
		.started_at = val_get_text(run, "started_at"),
		.completed_at = val_get_text(run, "completed_at"),
		.message = val_get_text(run, "message"),
	};
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
