/* What a custom resource says of itself, after passes of every outcome. */
#include "controller/status.h"

#include "release/names.h"

#include "base/alloc.h"
#include "base/buf.h"
#include "base/limits.h"

#include "unit/release/given.h"
#include "unit/rows.h"

/* 2026-11-21T03:06:17Z */
static const int64_t now_ns = 1795230377000000000;

enum { WAITING = 1, DEPLOYED = 2, DELETING = 4, PAUSED = 8 };

static char no_text[] = "", why[] = "Why", what[] = "what it is";

static struct health health_of(enum health_phase phase)
{
	return (struct health){ .phase = phase,
				.reason = why,
				.message = what,
				.pod = no_text,
				.started_at = no_text };
}

/* One row a pass: the phase, message and what each condition says. Conditions
 * are "Ready Reconciling Stalled", each + or - and its reason. */
static const struct row {
	const char *name;
	int flags;
	enum err_kind err;
	enum status_stage stage;
	enum health_phase health; /* HEALTH_PENDING: not looked at */
	int64_t revision;
	const char *phase, *message, *conditions;
} rows[] = {
	{ "running", DEPLOYED, ERR_NONE, 0, HEALTH_RUNNING, 1, "Running",
	  "what it is",
	  "Ready+Why Reconciling-Settled Stalled-Progressing "
	  "Initialized+Initialized Deployed+InstallSuccessful " },
	{ "running after an upgrade", DEPLOYED, ERR_NONE, 0, HEALTH_RUNNING, 2,
	  "Running", "what it is",
	  "Ready+Why Reconciling-Settled Stalled-Progressing "
	  "Initialized+Initialized Deployed+UpgradeSuccessful " },
	{ "on its way up", DEPLOYED, ERR_NONE, 0, HEALTH_PROVISIONING, 1,
	  "Provisioning", "what it is",
	  "Ready-Why Reconciling+Why Stalled-Progressing "
	  "Initialized+Initialized Deployed+InstallSuccessful " },
	{ "paused", DEPLOYED | PAUSED, ERR_NONE, 0, HEALTH_RUNNING, 1,
	  "Running", "what it is",
	  "Ready+Why Reconciling-Paused Stalled-Progressing "
	  "Initialized+Initialized Deployed+InstallSuccessful " },
	{ "paused before it was installed", PAUSED, ERR_NONE, 0, HEALTH_PENDING,
	  0, "Pending", "nothing is installed",
	  "Ready-Paused Reconciling-Paused Stalled-Progressing "
	  "Initialized+Initialized " },
	{ "a claim's class cannot expand", DEPLOYED, ERR_DENIED, STATUS_GROW,
	  HEALTH_RUNNING, 1, "Running", "what it is",
	  "Ready+Why Reconciling-Settled Stalled+ExpansionNotSupported "
	  "Initialized+Initialized Deployed+InstallSuccessful "
	  "ReleaseFailed+InstallError " },
	{ "stopped", DEPLOYED, ERR_NONE, 0, HEALTH_STOPPED, 1, "Stopped",
	  "what it is",
	  "Ready-Why Reconciling-Settled Stalled-Progressing "
	  "Initialized+Initialized Deployed+InstallSuccessful " },
	{ "on its way down", DEPLOYED, ERR_NONE, 0, HEALTH_STOPPING, 1,
	  "Stopping", "what it is",
	  "Ready-Why Reconciling+Why Stalled-Progressing "
	  "Initialized+Initialized Deployed+InstallSuccessful " },
	{ "its pod fails", DEPLOYED, ERR_NONE, 0, HEALTH_FAILED, 1, "Failed",
	  "what it is",
	  "Ready-Why Reconciling-Settled Stalled-Progressing "
	  "Initialized+Initialized Deployed+InstallSuccessful " },
	{ "steps are to come", WAITING, ERR_NONE, 0, HEALTH_RUNNING, 2,
	  "Provisioning", "replacing its objects",
	  "Ready-Deploying Reconciling+Deploying Stalled-Progressing "
	  "Initialized+Initialized " },
	{ "nothing is recorded", 0, ERR_NONE, 0, HEALTH_RUNNING, 0,
	  "Provisioning", "replacing its objects",
	  "Ready-Deploying Reconciling+Deploying Stalled-Progressing "
	  "Initialized+Initialized " },
	{ "being deleted", DELETING | WAITING, ERR_NONE, 0, HEALTH_RUNNING, 1,
	  "Terminating", "deleting its objects",
	  "Ready-Terminating Reconciling+Terminating Stalled-Progressing "
	  "Initialized+Initialized " },
	{ "cannot be deleted", DELETING, ERR_DENIED, STATUS_ACT, HEALTH_RUNNING,
	  1, "Terminating", "no",
	  "Ready-Terminating Reconciling-Settled Stalled+Forbidden "
	  "Initialized+Initialized ReleaseFailed+UninstallError " },
	{ "cannot be deleted yet", DELETING, ERR_UNAVAILABLE, STATUS_ACT,
	  HEALTH_RUNNING, 2, "Terminating", "no",
	  "Ready-Terminating Reconciling+Terminating Stalled-Progressing "
	  "Initialized+Initialized ReleaseFailed+UninstallError " },
	{ "its first chart is wrong", 0, ERR_INVALID, STATUS_DESIRE,
	  HEALTH_RUNNING, 0, "Failed", "no",
	  "Ready-RenderFailed Reconciling-Settled Stalled+RenderFailed "
	  "Initialized+Initialized Irreconcilable+ReconcileError " },
	{ "a change is refused, it runs on", DEPLOYED, ERR_INVALID,
	  STATUS_DESIRE, HEALTH_RUNNING, 1, "Running", "what it is",
	  "Ready+Why Reconciling-Settled Stalled+RenderFailed "
	  "Initialized+Initialized Deployed+InstallSuccessful "
	  "Irreconcilable+ReconcileError " },
	{ "an object is refused", 0, ERR_INVALID, STATUS_ACT, HEALTH_RUNNING, 1,
	  "Failed", "no",
	  "Ready-InvalidObject Reconciling-Settled Stalled+InvalidObject "
	  "Initialized+Initialized ReleaseFailed+InstallError " },
	{ "a hook has failed", 0, ERR_INVALID, STATUS_HOOK, HEALTH_RUNNING, 1,
	  "Failed", "no",
	  "Ready-HookFailed Reconciling-Settled Stalled+HookFailed "
	  "Initialized+Initialized ReleaseFailed+InstallError " },
	{ "a hook has failed, the revision before runs", DEPLOYED, ERR_INVALID,
	  STATUS_HOOK, HEALTH_RUNNING, 1, "Running", "what it is",
	  "Ready+Why Reconciling-Settled Stalled+HookFailed "
	  "Initialized+Initialized Deployed+InstallSuccessful "
	  "ReleaseFailed+InstallError " },
	{ "a definition may not be created", 0, ERR_DENIED, STATUS_DESIRE,
	  HEALTH_RUNNING, 0, "Failed", "no",
	  "Ready-Forbidden Reconciling-Settled Stalled+Forbidden "
	  "Initialized+Initialized Irreconcilable+ReconcileError " },
	{ "its template is not there yet", 0, ERR_NOT_FOUND, STATUS_DESIRE,
	  HEALTH_RUNNING, 0, "Pending", "no",
	  "Ready-TemplateNotFound Reconciling-Settled "
	  "Stalled+TemplateNotFound Initialized+Initialized "
	  "Irreconcilable+ReconcileError " },
	{ "the API server is away", 0, ERR_UNAVAILABLE, STATUS_ACT,
	  HEALTH_RUNNING, 0, "Pending", "no",
	  "Ready-ReconcileError Reconciling+ReconcileError "
	  "Stalled-Progressing Initialized+Initialized "
	  "ReleaseFailed+InstallError " },
	{ "the API server is away while it runs", DEPLOYED, ERR_UNAVAILABLE,
	  STATUS_ACT, HEALTH_RUNNING, 1, "Running", "what it is",
	  "Ready+Why Reconciling+Why Stalled-Progressing "
	  "Initialized+Initialized Deployed+InstallSuccessful "
	  "ReleaseFailed+InstallError " },
	{ "the name is taken", 0, ERR_EXISTS, STATUS_OBSERVE, HEALTH_PENDING, 0,
	  "Failed", "no",
	  "Ready-ReleaseNameTaken Reconciling-Settled "
	  "Stalled+ReleaseNameTaken Initialized+Initialized "
	  "Irreconcilable+ReconcileError " },
	{ "not looked at", DEPLOYED, ERR_NONE, 0, HEALTH_PENDING, 1,
	  "Provisioning", "replacing its objects",
	  "Ready-Deploying Reconciling+Deploying Stalled-Progressing "
	  "Initialized+Initialized Deployed+InstallSuccessful " },
};

static struct status_input input_of(const struct row *row,
				    const struct err *err,
				    const struct health *health)
{
	return (struct status_input){
		.deleting = row->flags & DELETING,
		.held = row->flags & PAUSED ? NAME_PAUSED : NULL,
		.waiting = row->flags & WAITING,
		.deployed = row->flags & DEPLOYED,
		.err = err,
		.stage = row->stage,
		.revision = row->revision,
		.release = "bob",
		.chart = "c-1.2.3",
		.digest = "d",
		.health = row->health == HEALTH_PENDING ? NULL : health,
		.now_ns = now_ns,
	};
}

static void write_conditions(const struct val *status, struct buf *out)
{
	const struct val *list = val_get(status, "conditions");

	for (size_t i = 0; i < val_count(list); i++) {
		const struct val *c = val_at(list, i);
		bool is = strcmp(val_get_text(c, "status"), "True") == 0;

		buf_addf(out, "%s%c%s ", val_get_text(c, "type"),
			 is ? '+' : '-', val_get_text(c, "reason"));
		assert_string_equal(val_get_text(c, "lastTransitionTime"),
				    "2026-11-21T03:06:17Z");
		/* metav1.Condition: a reason is never empty. */
		assert_true(*val_get_text(c, "reason") != '\0');
	}
}

static void says(void **state)
{
	const struct row *row = *state;
	struct health health = health_of(row->health);
	AUTO_ERR err = ERR_INIT;
	AUTO_BUF conditions = BUF_INIT(10000);

	if (row->err != ERR_NONE) {
		err_set(&err, row->err, "no");
		if (row->err == ERR_NOT_FOUND)
			err_at_field(&err, "spec.template");
	}
	struct status_input in = input_of(row, &err, &health);
	AUTO(val_unref) struct val *status = status_make(&in);
	assert_string_equal(val_get_text(status, "phase"), row->phase);
	assert_string_equal(val_get_text(status, "message"), row->message);
	write_conditions(status, &conditions);
	assert_string_equal(buf_text(&conditions), row->conditions);
	const struct val *release = val_get(status, "release");
	if (!row->revision)
		assert_null(release);
	else
		assert_string_equal(val_get_text(release, "chart"), "c-1.2.3");
}

static const struct reason_row {
	const char *name;
	enum status_stage stage;
	enum err_kind kind;
	const char *field, *reason;
	bool stalled;
} reason_rows[] = {
	{ "name taken", STATUS_OBSERVE, ERR_EXISTS, NULL, "ReleaseNameTaken",
	  true },
	{ "nothing to observe with", STATUS_OBSERVE, ERR_UNAVAILABLE, NULL,
	  "ReconcileError", false },
	{ "no template", STATUS_DESIRE, ERR_NOT_FOUND, "spec.template",
	  "TemplateNotFound", true },
	{ "no kind", STATUS_DESIRE, ERR_NOT_FOUND, NULL, "KindNotInstalled",
	  true },
	{ "wrong chart", STATUS_DESIRE, ERR_INVALID, NULL, "RenderFailed",
	  true },
	{ "chart too large", STATUS_DESIRE, ERR_LIMIT, NULL, "RenderFailed",
	  true },
	{ "discovery away", STATUS_DESIRE, ERR_UNAVAILABLE, NULL,
	  "ReconcileError", false },
	{ "another's object", STATUS_ACT, ERR_EXISTS, NULL, "OwnedByAnother",
	  true },
	{ "invalid object", STATUS_ACT, ERR_INVALID, NULL, "InvalidObject",
	  true },
	{ "record too large", STATUS_ACT, ERR_LIMIT, NULL, "TooLarge", true },
	{ "not allowed", STATUS_ACT, ERR_DENIED, NULL, "Forbidden", true },
	{ "conflict", STATUS_ACT, ERR_CONFLICT, NULL, "ReconcileError", false },
	{ "server away", STATUS_ACT, ERR_UNAVAILABLE, NULL, "ReconcileError",
	  false },
	{ "our own mistake", STATUS_ACT, ERR_INTERNAL, NULL, "ReconcileError",
	  false },
	{ "too old", STATUS_ACT, ERR_GONE, NULL, "ReconcileError", false },
};

static void reasons(void **state)
{
	const struct reason_row *row = *state;
	AUTO_ERR err = ERR_INIT;

	err_set(&err, row->kind, "no");
	if (row->field)
		err_at_field(&err, row->field);
	assert_string_equal(status_reason(row->stage, &err), row->reason);
	assert_int_equal(status_is_stalled(&err), row->stalled);
}

/* A status after the pass of the first row, of a resource with a past. */
static struct val *status_over(const char *cr_yaml, const char *extra_yaml,
			       enum health_phase phase)
{
	AUTO(val_unref) struct val *cr = given(cr_yaml);
	AUTO(val_unref) struct val *extra = given(extra_yaml);
	struct health health = health_of(phase);
	AUTO_ERR err = ERR_INIT;
	struct status_input in = input_of(&rows[0], &err, &health);
	char started[] = "2026-01-01T00:00:00Z";

	health.started_at = started;
	in.cr = cr;
	in.extra = extra;
	return status_make(&in);
}

static const struct val *condition(const struct val *status, const char *type)
{
	const struct val *list = val_get(status, "conditions");

	for (size_t i = 0; i < val_count(list); i++)
		if (strcmp(val_get_text(val_at(list, i), "type"), type) == 0)
			return val_at(list, i);
	fail_msg("no condition %s", type);
	return NULL;
}

#define PAST                                                 \
	"{metadata: {generation: 4}, status: {conditions: [" \
	"{type: Ready, status: 'True', reason: Before, "     \
	"lastTransitionTime: '2025-01-01T00:00:00Z'}, "      \
	"{type: Stalled, status: 'True', "                   \
	"lastTransitionTime: '2025-01-01T00:00:00Z'}, "      \
	"{type: ReleaseFailed, status: 'True'}, "            \
	"{type: Custom, status: 'True'}], "                  \
	"phase: Failed, url: https://x, release: {name: y}}}"

static void transitions(void **state)
{
	(void)state;
	AUTO(val_unref) struct val *s = status_over(PAST, "{}", HEALTH_RUNNING);
	static const struct {
		const char *type, *since;
	} want[] = {
		/* Still true, though for another reason. */
		{ "Ready", "2025-01-01T00:00:00Z" },
		/* No longer true. */
		{ "Stalled", "2026-11-21T03:06:17Z" },
		/* New. */
		{ "Reconciling", "2026-11-21T03:06:17Z" },
	};

	for (size_t i = 0; i < ARRAY_LEN(want); i++)
		assert_string_equal(val_get_text(condition(s, want[i].type),
						 "lastTransitionTime"),
				    want[i].since);
	/* Failures that are over leave, as helm-operator has it. */
	assert_int_equal(val_count(val_get(s, "conditions")), 5);
	assert_given(val_get(s, "observedGeneration"), "4");
	assert_given(val_get(condition(s, "Ready"), "observedGeneration"), "4");
}

#define LEFT                                                        \
	"{status: {conditions: [{type: Deployed, status: 'True', "  \
	"message: notes of before}], deployedRelease: {name: bob, " \
	"manifest: secret}}}"

/* What helm-operator's users read, where the chart says nothing of its own. */
static const struct plain_row {
	const char *name;
	bool plain;
	const char *notes;
	int64_t revision;
	const char *message, *deployed; /* NULL: not told */
} plain_rows[] = {
	{ "notes", true, "open x", 1, "open x", "{name: bob}" },
	{ "no notes", true, "", 1, "", "{name: bob}" },
	{ "not rendered", true, NULL, 1, "notes of before", "{name: bob}" },
	{ "nothing recorded", true, "", 0, "", NULL },
	{ "the chart says it", false, "open x", 1, "", NULL },
};

static void plain(void **state)
{
	const struct plain_row *row = *state;
	AUTO(val_unref) struct val *cr = given(LEFT);
	struct health health = health_of(HEALTH_RUNNING);
	AUTO_ERR err = ERR_INIT;
	struct status_input in = input_of(&rows[0], &err, &health);

	in.cr = cr;
	in.plain = row->plain;
	in.notes = row->notes;
	in.revision = row->revision;
	AUTO(val_unref) struct val *s = status_make(&in);
	assert_string_equal(val_get_text(condition(s, "Deployed"), "message"),
			    row->message);
	if (row->deployed)
		assert_given(val_get(s, "deployedRelease"), row->deployed);
	else
		assert_null(val_get(s, "deployedRelease"));
}

static void warning(void **state)
{
	(void)state;
	struct health health = health_of(HEALTH_RUNNING);
	AUTO_ERR err = ERR_INIT;
	struct status_input in = input_of(&rows[0], &err, &health);

	in.warning = "period";
	AUTO(val_unref) struct val *s = status_make(&in);
	assert_string_equal(val_get_text(condition(s, "Warning"), "message"),
			    "period");
	assert_string_equal(val_get_text(condition(s, "Ready"), "status"),
			    "True");
}

static void extra_adds(void **state)
{
	(void)state;
	AUTO(val_unref) struct val *s = status_over(
		PAST, "{url: https://new, deep: {a: [1]}}", HEALTH_RUNNING);

	assert_string_equal(val_get_text(s, "url"), "https://new");
	assert_given(val_get(s, "deep"), "{a: [1]}");
	assert_string_equal(val_get_text(s, "startedAt"),
			    "2026-01-01T00:00:00Z");
	assert_given(val_get(s, "release"),
		     "{name: bob, revision: 1, chart: c-1.2.3, digest: d}");
}

static void extra_cannot_override(void **state)
{
	(void)state;
	AUTO(val_unref) struct val *s = status_over(
		"{}",
		"{phase: Mine, message: mine, startedAt: mine, "
		"observedGeneration: 9, release: mine, conditions: []}",
		HEALTH_STOPPED);

	assert_string_equal(val_get_text(s, "phase"), "Stopped");
	assert_string_equal(val_get_text(s, "message"), "what it is");
	assert_null(val_get(s, "startedAt"));
	assert_null(val_get(s, "observedGeneration"));
	assert_int_equal(val_count(val_get(s, "conditions")), 5);
	assert_string_equal(val_get_text(val_get(s, "release"), "name"), "bob");
}

static void drops_what_the_chart_no_longer_says(void **state)
{
	(void)state;
	AUTO(val_unref) struct val *s = status_over(PAST, "{}", HEALTH_RUNNING);

	assert_null(val_get(s, "url"));
}

static void keeps_unseen(void **state)
{
	(void)state;
	AUTO(val_unref) struct val *s = status_over(PAST, NULL, HEALTH_RUNNING);

	assert_string_equal(val_get_text(s, "url"), "https://x");
	assert_string_equal(val_get_text(s, "phase"), "Running");
	assert_string_equal(val_get_text(val_get(s, "release"), "name"), "bob");
}

/* Again over its own result: nothing is to be written. */
static void settles(void **state)
{
	(void)state;
	AUTO(val_unref) struct val *cr = given(PAST);
	AUTO(val_unref) struct val *extra = given("{url: x}");
	struct health health = health_of(HEALTH_RUNNING);
	AUTO_ERR err = ERR_INIT;
	struct status_input in = input_of(&rows[0], &err, &health);

	in.cr = cr;
	in.extra = extra;
	AUTO(val_unref) struct val *first = status_make(&in);
	AUTO(val_unref) struct val *after = val_with(cr, "status", first);
	in.cr = after;
	in.now_ns += 1000000000000;
	AUTO(val_unref) struct val *second = status_make(&in);
	assert_true(val_equal(first, second));
}

static void cuts_messages(void **state)
{
	(void)state;
	AUTO_BUF text = BUF_INIT(10000);
	AUTO_ERR err = ERR_INIT;

	for (int i = 0; i < 2000; i++)
		buf_add_text(&text, "é");
	err_set(&err, ERR_INVALID, "%s", buf_text(&text));
	struct status_input in = input_of(&rows[11], &err, NULL);
	AUTO(val_unref) struct val *s = status_make(&in);
	assert_int_equal(strlen(val_get_text(s, "message")),
			 LIMIT_MESSAGE_BYTES);
	assert_int_equal(
		strlen(val_get_text(condition(s, "Stalled"), "message")),
		LIMIT_MESSAGE_BYTES);
}

static const struct outcome_row {
	const char *name;
	enum err_kind failure, unsaid, want;
} outcome_rows[] = {
	{ "it failed", ERR_INVALID, ERR_NONE, ERR_INVALID },
	{ "it was not told", ERR_NONE, ERR_CONFLICT, ERR_CONFLICT },
	{ "that it failed was not told", ERR_INVALID, ERR_GONE, ERR_GONE },
	{ "what fails now is tried again all the same", ERR_UNAVAILABLE,
	  ERR_CONFLICT, ERR_UNAVAILABLE },
	{ "the status is refused", ERR_NONE, ERR_INVALID, ERR_INTERNAL },
	{ "a failure and its status are refused", ERR_LIMIT, ERR_INVALID,
	  ERR_INTERNAL },
};

static void outcomes(void **state)
{
	const struct outcome_row *row = *state;
	AUTO_ERR failure = ERR_INIT, unsaid = ERR_INIT, err = ERR_INIT;

	if (row->failure != ERR_NONE)
		err_set(&failure, row->failure, "failure");
	if (row->unsaid != ERR_NONE)
		err_set(&unsaid, row->unsaid, "unsaid");
	status_outcome(&failure, &unsaid, &err);
	assert_int_equal(err.kind, row->want);
	assert_string_equal(err.msg,
			    row->want == row->failure ? "failure" : "unsaid");
}

int main(void)
{
	const struct CMUnitTest others[] = {
		cmocka_unit_test(transitions),
		cmocka_unit_test(warning),
		cmocka_unit_test(extra_adds),
		cmocka_unit_test(extra_cannot_override),
		cmocka_unit_test(drops_what_the_chart_no_longer_says),
		cmocka_unit_test(keeps_unseen),
		cmocka_unit_test(settles),
		cmocka_unit_test(cuts_messages),
	};

	return ROWS_RUN("status", rows, says) +
	       ROWS_RUN("plain status", plain_rows, plain) +
	       ROWS_RUN("status reason", reason_rows, reasons) +
	       ROWS_RUN("status outcome", outcome_rows, outcomes) +
	       cmocka_run_group_tests_name("status more", others, NULL, NULL);
}
