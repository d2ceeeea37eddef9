/* What annotations of hooks say. */
#include "chart/hook.h"

#include "base/alloc.h"
#include "base/buf.h"
#include "data/yaml_read.h"

#include "unit/rows.h"

#include <inttypes.h>

#define HOOK(text) "helm.sh/hook: " text

static const struct row {
	const char *name;
	const char *annotations; /* YAML, in braces; NULL: none */
	const char *want;        /* "events; weight; delete; log" */
} rows[] = {
	{ "no annotations", NULL, "none" },
	{ "others", "helm.sh/hook-weight: '1'", "none" },
	{ "one", HOOK("pre-install"),
	  "pre-install; 0; before-hook-creation; " },
	{ "all",
	  HOOK("'post-rollback,pre-rollback,post-delete,pre-delete,"
	       "post-upgrade,pre-upgrade,post-install,pre-install,test'"),
	  "pre-install post-install pre-upgrade post-upgrade pre-delete "
	  "post-delete pre-rollback post-rollback test; 0; "
	  "before-hook-creation; " },
	{ "blanks and capitals", HOOK("' Pre-Install ,\tTEST '"),
	  "pre-install test; 0; before-hook-creation; " },
	{ "twice", HOOK("'test,test'"), "test; 0; before-hook-creation; " },
	{ "Helm 2's name of tests", HOOK("test-success"),
	  "test; 0; before-hook-creation; " },
	{ "what there was in Helm 2", HOOK("test-failure"), "unknown" },
	{ "definitions", HOOK("crd-install"), "unknown" },
	{ "one of two is none", HOOK("'pre-install,pre-instal'"), "unknown" },
	{ "comma at the end", HOOK("'pre-install,'"), "unknown" },
	{ "a beginning", HOOK("pre"), "unknown" },
	{ "empty", HOOK("''"), "unknown" },
	{ "null", HOOK("null"), "unknown" },
	{ "no text", HOOK("[pre-install]"), "unknown" },
	{ "weight", HOOK("test") ", helm.sh/hook-weight: '-5'",
	  "test; -5; before-hook-creation; " },
	{ "weight that is a number", HOOK("test") ", helm.sh/hook-weight: 7",
	  "test; 7; before-hook-creation; " },
	{ "weight that is none", HOOK("test") ", helm.sh/hook-weight: first",
	  "test; 0; before-hook-creation; " },
	{ "policies",
	  HOOK("test") ", helm.sh/hook-delete-policy: "
		       "'hook-failed, Before-Hook-Creation,hook-succeeded', "
		       "helm.sh/hook-output-log-policy: 'hook-failed'",
	  "test; 0; before-hook-creation hook-succeeded hook-failed; "
	  "hook-failed" },
	{ "a policy of three",
	  HOOK("test") ", helm.sh/hook-delete-policy: hook-succeeded",
	  "test; 0; hook-succeeded; " },
	/* What Helm does not know is no reason for its default. */
	{ "unknown policy",
	  HOOK("test") ", helm.sh/hook-delete-policy: hook-done",
	  "test; 0; ; " },
	{ "empty policy", HOOK("test") ", helm.sh/hook-delete-policy: ''",
	  "test; 0; ; " },
};

static void write_policies(unsigned set, struct buf *out)
{
	const char *blank = "";

	for (int i = 0; i < HOOK_POLICY_COUNT; i++)
		if (set & 1U << i) {
			buf_addf(out, "%s%s", blank,
				 hook_policy_text((enum hook_policy)i));
			blank = " ";
		}
}

static void write_rules(const struct hook_rules *rules, struct buf *out)
{
	for (int i = 0; i < HOOK_EVENT_COUNT; i++)
		if (hook_runs_at(rules, (enum hook_event)i))
			buf_addf(out, "%s%s", out->len ? " " : "",
				 hook_event_text((enum hook_event)i));
	buf_addf(out, "; %" PRId64 "; ", rules->weight);
	write_policies(rules->delete_if, out);
	buf_add_text(out, "; ");
	write_policies(rules->log_if, out);
}

static void reads(void **state)
{
	const struct row *row = *state;
	AUTO_FREE char *text =
		row->annotations
			? alloc_print("{metadata: {annotations: {%s}}}",
				      row->annotations)
			: alloc_copy("{metadata: {}}");
	AUTO(val_unref) struct val *object = NULL;
	AUTO_BUF got = BUF_INIT(1000);
	AUTO_ERR err = ERR_INIT;
	struct hook_rules rules;

	assert_true(yaml_read(str_of(text), "", &object, &err));
	switch (hook_read(object, &rules)) {
	case HOOK_NONE:
		buf_add_text(&got, "none");
		break;
	case HOOK_UNKNOWN:
		buf_add_text(&got, "unknown");
		break;
	case HOOK_KNOWN:
		write_rules(&rules, &got);
		break;
	}
	assert_string_equal(buf_text(&got), row->want);
}

/* As Go 1.24's strconv.Atoi reads them. */
static const struct weight_row {
	const char *name;
	bool valid;
	int64_t want;
} weights[] = {
	{ "0", true, 0 },
	{ "-0", true, 0 },
	{ "+12", true, 12 },
	{ "-12", true, -12 },
	{ "007", true, 7 },
	{ "9223372036854775807", true, INT64_MAX },
	{ "-9223372036854775808", true, INT64_MIN },
	{ "9223372036854775808", false, 0 },
	{ "-9223372036854775809", false, 0 },
	{ "92233720368547758070", false, 0 },
	{ "", false, 0 },
	{ "-", false, 0 },
	{ "+", false, 0 },
	{ "+-1", false, 0 },
	{ " 1", false, 0 },
	{ "1 ", false, 0 },
	{ "1.0", false, 0 },
	{ "1_0", false, 0 },
	{ "0x1", false, 0 },
};

static void reads_weight(void **state)
{
	const struct weight_row *row = *state;
	int64_t got = 0;

	assert_int_equal(hook_weight_find(str_of(row->name), &got), row->valid);
	assert_true(got == row->want);
}

int main(void)
{
	return ROWS_RUN("hook", rows, reads) +
	       ROWS_RUN("hook: weight", weights, reads_weight);
}
