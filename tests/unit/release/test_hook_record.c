/* How hooks went: the annotation of a record, and what its body tells. */
#include "release/hook_record.h"

#include "data/json.h"
#include "release/names.h"

#include "unit/release/given.h"
#include "unit/release/hook_case.h"
#include "unit/rows.h"

#define A "batch/Job/ns/a"

static const struct read_row {
	const char *name, *text;
	enum hook_phase phase; /* of A at pre-install */
} read_rows[] = {
	{ "nothing", "", HOOK_PHASE_NONE },
	{ "another event", "{\"test\":{\"" A "\":{\"phase\":\"Failed\"}}}",
	  HOOK_PHASE_NONE },
	{ "another hook", "{\"pre-install\":{\"b\":{\"phase\":\"Failed\"}}}",
	  HOOK_PHASE_NONE },
	{ "running", "{\"pre-install\":{\"" A "\":{\"phase\":\"Running\"}}}",
	  HOOK_PHASE_RUNNING },
	{ "succeeded",
	  "{\"pre-install\":{\"" A "\":{\"phase\":\"Succeeded\"}}}",
	  HOOK_PHASE_SUCCEEDED },
	{ "failed", "{\"pre-install\":{\"" A "\":{\"phase\":\"Failed\"}}}",
	  HOOK_PHASE_FAILED },
	{ "no phase that there is",
	  "{\"pre-install\":{\"" A "\":{\"phase\":\"Unknown\"}}}",
	  HOOK_PHASE_NONE },
	{ "no JSON", "{", HOOK_PHASE_NONE },
	{ "no map", "[]", HOOK_PHASE_NONE },
	{ "an event that is none", "{\"pre-install\":1}", HOOK_PHASE_NONE },
	{ "a run that is none", "{\"pre-install\":{\"" A "\":[]}}",
	  HOOK_PHASE_NONE },
};

/* Whatever is there, a run can be added and is read back. */
static void reads(void **state)
{
	const struct read_row *row = *state;
	const struct hook_run run = { HOOK_PHASE_FAILED, "t0", "t1", "no" };
	AUTO(val_unref) struct val *runs = hook_runs_read(row->text);
	struct hook_run got;

	hook_runs_find(runs, HOOK_PRE_INSTALL, A, &got);
	assert_int_equal(got.phase, row->phase);
	AUTO(val_unref) struct val *with =
		hook_runs_with(runs, HOOK_PRE_INSTALL, A, &run);
	AUTO(val_unref) struct val *patch = hook_runs_patch(with);
	AUTO(val_unref) struct val *back = hook_runs_read(
		val_get_text(val_get(val_get(patch, "metadata"), "annotations"),
			     NAME_HOOKS));
	hook_runs_find(back, HOOK_PRE_INSTALL, A, &got);
	assert_int_equal(got.phase, HOOK_PHASE_FAILED);
	assert_string_equal(got.started_at, "t0");
	assert_string_equal(got.completed_at, "t1");
	assert_string_equal(got.message, "no");
}

static const struct record_row {
	const char *name, *hook, *runs;
	const char *want; /* what the record says, but for the manifest */
} record_rows[] = {
	{ "not run", "[{id: " A ", events: 'pre-install'}]", "{}",
	  "{name: a, kind: Job, events: [pre-install], weight: 0, started: 0, "
	  "completed: 0, delete: null, log: null, phase: null}" },
	{ "as Helm keeps names",
	  "[{id: " A ", events: ' Pre-Install,test-success', weight: '-3', "
	  "policy: 'hook-failed, HOOK-succeeded,x', log: hook-failed}]",
	  "{}",
	  "{name: a, kind: Job, events: [pre-install, test], weight: -3, "
	  "started: 0, completed: 0, "
	  "delete: [hook-failed, hook-succeeded, x], log: [hook-failed], "
	  "phase: null}" },
	{ "running", "[{id: " A ", events: 'pre-install'}]",
	  "{pre-install: {" A ": {phase: Running, "
	  "started_at: '1970-01-01T00:00:07Z'}}}",
	  "{name: a, kind: Job, events: [pre-install], weight: 0, "
	  "started: 7000000000, completed: 0, "
	  "delete: [before-hook-creation], log: null, phase: Running}" },
	{ "the last of two runs",
	  "[{id: " A ", events: 'pre-install,post-install'}]",
	  "{post-install: {" A ": {phase: Failed, "
	  "started_at: '1970-01-01T00:00:09Z', "
	  "completed_at: '1970-01-01T00:00:10Z'}}, "
	  "pre-install: {" A ": {phase: Succeeded, "
	  "started_at: '1970-01-01T00:00:07Z', "
	  "completed_at: '1970-01-01T00:00:08Z'}}}",
	  "{name: a, kind: Job, events: [pre-install, post-install], "
	  "weight: 0, started: 9000000000, completed: 10000000000, "
	  "delete: [before-hook-creation], log: null, phase: Failed}" },
};

static void put(struct val_map *map, const char *key, const struct val *v)
{
	val_map_put(map, key, v ? v : val_null());
}

static struct val *told(const struct record_hook *hook)
{
	struct val_map map = { 0 };

	val_map_set_text(&map, "name", hook->name);
	val_map_set_text(&map, "kind", hook->kind);
	put(&map, "events", hook->events);
	put(&map, "delete", hook->delete_policies);
	put(&map, "log", hook->log_policies);
	val_map_set_int(&map, "weight", hook->weight);
	val_map_set_int(&map, "started", hook->started_ns);
	val_map_set_int(&map, "completed", hook->completed_ns);
	if (hook->phase)
		val_map_set_text(&map, "phase", hook->phase);
	else
		val_map_put(&map, "phase", val_null());
	return val_map_take(&map);
}

static void records(void **state)
{
	const struct record_row *row = *state;
	AUTO(val_unref) struct val *list = given(row->hook);
	AUTO(val_unref) struct val *runs = given(row->runs);
	struct hook_case hooks = { 0 };
	struct hook_record record = { 0 };

	hook_case_make(&hooks, list, "");
	hook_record_make(hooks.items, hooks.count, runs, &record);
	assert_int_equal(record.count, 1);
	AUTO(val_unref) struct val *got = told(&record.items[0]);
	assert_given(got, row->want);
	assert_string_equal(record.items[0].path, "c/t.yaml");
	hook_record_done(&record);
	hook_case_done(&hooks);
}

static struct val *body_of(const struct hook_record *record)
{
	struct val_list list = { 0 };

	for (size_t i = 0; i < record->count; i++) {
		struct val_map map = { 0 };

		val_map_set_text(&map, "path", record->items[i].path);
		val_map_put_take(&map, "manifest",
				 val_new_text(record->items[i].manifest));
		val_list_add_take(&list, val_map_take(&map));
	}
	return val_list_take(&list);
}

/* What is recorded gives the same hooks again. */
static void round_trip(void **state)
{
	AUTO(val_unref) struct val *list =
		given("[{id: " A ", weight: '7', policy: hook-failed}, "
		      "{id: /ConfigMap//b}]");
	AUTO(manifest_free) struct manifest *m = NEW(struct manifest);
	struct hook_case hooks = { 0 };
	struct hook_record record = { 0 };
	AUTO_ERR err = ERR_INIT;

	(void)state;
	hook_case_make(&hooks, list, "post-delete");
	hook_record_make(hooks.items, hooks.count, NULL, &record);
	AUTO(val_unref) struct val *body = body_of(&record);
	assert_true(hook_record_read(body, "ns", m, &err));
	assert_true(hook_record_read(NULL, "ns", m, &err));
	assert_int_equal(m->count, 0);
	assert_int_equal(m->hooks.count, 2);
	for (size_t i = 0; i < 2; i++) {
		const struct manifest_hook *h = &m->hooks.items[i];

		assert_true(val_equal(h->object.object, hooks.items[i].object));
		assert_string_equal(h->object.source, "c/t.yaml");
		assert_memory_equal(&h->rules, &hooks.items[i].hook->rules,
				    sizeof(h->rules));
	}
	hook_record_done(&record);
	hook_case_done(&hooks);
}

static const struct damage_row {
	const char *name, *list, *want;
} damage_rows[] = {
	{ "text", "[a]", "hooks[0]: no hook of Helm" },
	{ "no manifest", "[{path: a}]", "hooks[0]: no hook of Helm" },
	{ "no YAML", "[{manifest: 'a: b: c'}]",
	  "hooks[0]: manifest:1:5: mapping values are not allowed in this "
	  "context" },
	{ "no hook",
	  "[{manifest: '{apiVersion: v1, kind: A, metadata: {name: a}}'}]",
	  "hooks[0]: manifest without the annotation helm.sh/hook" },
	{ "no object",
	  "[{manifest: '{metadata: {annotations: {helm.sh/hook: test}}}'}]",
	  "hooks[0]: object has no apiVersion" },
};

static void damages(void **state)
{
	const struct damage_row *row = *state;
	AUTO(val_unref) struct val *list = given(row->list);
	AUTO(manifest_free) struct manifest *m = NEW(struct manifest);
	AUTO_ERR err = ERR_INIT;

	assert_false(hook_record_read(list, "ns", m, &err));
	assert_string_equal(err.msg, row->want);
}

/* What else is remembered beside the runs. */
static void remembers(void **state)
{
	(void)state;
	AUTO(val_unref) struct val *none = hook_runs_read("");
	AUTO(val_unref) struct val *runs = hook_runs_read(
		"{\"pre-delete\": {\"a\": {\"phase\": \"Succeeded\"}, "
		"\"b\": {\"phase\": \"Failed\", \"message\": \"no\"}}}");
	const unsigned event = 1U << HOOK_PRE_DELETE;
	struct hook_run failed;

	assert_false(hook_runs_failed(none, event, &failed));
	assert_false(hook_runs_failed(runs, 1U << HOOK_TEST, &failed));
	assert_true(hook_runs_failed(runs, event | 1U << HOOK_TEST, &failed));
	assert_string_equal(failed.message, "no");
	AUTO_FREE char *first = hook_runs_uid(runs, "u");
	assert_string_equal(first, "u");
	AUTO(val_unref) struct val *again =
		hook_runs_again(runs, HOOK_PRE_DELETE);
	assert_given(again, "{tries: 1}");
	AUTO_FREE char *second = hook_runs_uid(again, "u");
	assert_string_equal(second, "u.1");
	AUTO(val_unref) struct val *thrice =
		hook_runs_again(again, HOOK_PRE_DELETE);
	AUTO(val_unref) struct val *at =
		hook_runs_with_number(thrice, HOOK_RUNS_GENERATION, 7);
	assert_given(at, "{tries: 2, generation: 7}");
	assert_int_equal(hook_runs_number(at, HOOK_RUNS_GENERATION), 7);
	assert_int_equal(hook_runs_number(none, HOOK_RUNS_GENERATION), 0);
	/* They are no events. */
	assert_false(hook_runs_failed(at, ~0U, &failed));
}

int main(void)
{
	const struct CMUnitTest others[] = { cmocka_unit_test(round_trip),
					     cmocka_unit_test(remembers) };

	return ROWS_RUN("hook runs", read_rows, reads) +
	       ROWS_RUN("hook record", record_rows, records) +
	       ROWS_RUN("hook record: damage", damage_rows, damages) +
	       cmocka_run_group_tests_name("hook record more", others, NULL,
					   NULL);
}
