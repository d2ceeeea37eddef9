/* What helm-operator's annotations ask for, and what of it is of no use. */
#include "controller/annotations.h"

#include "base/buf.h"
#include "chart/hook.h"

#include "unit/release/given.h"
#include "unit/rows.h"

#define SDK "helm.sdk.operatorframework.io/"

enum {
	OF_INSTALL = 1U << HOOK_PRE_INSTALL | 1U << HOOK_POST_INSTALL,
	OF_UPGRADE = 1U << HOOK_PRE_UPGRADE | 1U << HOOK_POST_UPGRADE,
	OF_DELETION = 1U << HOOK_PRE_DELETE | 1U << HOOK_POST_DELETE
};

static const struct row {
	const char *name; /* the annotations */
	int64_t period_ms;
	unsigned no_hooks;
	const char *wrong; /* the beginning of what is said of them */
} rows[] = {
	{ "{}", 0, 0, NULL },
	{ "{other: 1}", 0, 0, NULL },
	{ "{" SDK "reconcile-period: 5m}", 300000, 0, NULL },
	{ "{" SDK "reconcile-period: 1.5h}", 5400000, 0, NULL },
	{ "{" SDK "reconcile-period: 0s}", -1, 0, NULL },
	{ "{" SDK "reconcile-period: 1ms}", 1000, 0, NULL },
	{ "{" SDK "reconcile-period: ''}", 0, 0, NULL },
	{ "{" SDK "reconcile-period: soon}", 0, 0,
	  "metadata.annotations[" SDK "reconcile-period]: wants a duration "
	  "such as 90s, 5m or 1h30m, or 0 for never, not \"soon\"" },
	{ "{" SDK "install-disable-hooks: 'true'}", 0, OF_INSTALL, NULL },
	{ "{" SDK "upgrade-disable-hooks: '1'}", 0, OF_UPGRADE, NULL },
	{ "{" SDK "uninstall-disable-hooks: T}", 0, OF_DELETION, NULL },
	{ "{" SDK "install-disable-hooks: 'false'}", 0, 0, NULL },
	{ "{" SDK "install-disable-hooks: 'yes'}", 0, 0,
	  "metadata.annotations[" SDK "install-disable-hooks]: wants true or "
	  "false, not \"yes\"" },
	{ "{" SDK "upgrade-force: 'true', " SDK "rollback-force: 'false', " SDK
	  "uninstall-wait: 'true'}",
	  0, 0, NULL },
	{ "{" SDK "uninstall-wait: maybe, " SDK "reconcile-period: 1s}", 1000,
	  0, "metadata.annotations[" SDK "uninstall-wait]: wants true" },
};

static void reads(void **state)
{
	const struct row *row = *state;
	AUTO_BUF text = BUF_INIT(10000);
	struct annotations a;

	buf_addf(&text, "{metadata: {annotations: %s}}", row->name);
	AUTO(val_unref) struct val *cr = given(buf_text(&text));
	annotations_read(cr, &a);
	assert_int_equal(a.period_ms, row->period_ms);
	assert_int_equal(a.no_hooks, row->no_hooks);
	if (!row->wrong)
		assert_null(a.wrong);
	else
		assert_memory_equal(a.wrong, row->wrong, strlen(row->wrong));
	annotations_done(&a);
}

static void descriptions(void **state)
{
	(void)state;
	AUTO(val_unref) struct val *cr = given("{metadata: {annotations: {" SDK
					       "install-description: a, " SDK
					       "upgrade-description: b}}}");
	AUTO(val_unref) struct val *bare = given("{}");
	struct annotations a;

	annotations_read(cr, &a);
	assert_string_equal(a.install_text, "a");
	assert_string_equal(a.upgrade_text, "b");
	annotations_done(&a);
	annotations_read(bare, &a);
	assert_string_equal(a.install_text, "");
	annotations_done(&a);
}

int main(void)
{
	const struct CMUnitTest others[] = {
		cmocka_unit_test(descriptions),
	};

	return ROWS_RUN("annotations", rows, reads) +
	       cmocka_run_group_tests_name("annotations more", others, NULL,
					   NULL);
}
