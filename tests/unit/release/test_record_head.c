/* What the labels of a record say, without its body. */
#include "release/record.h"

#include "unit/release/given.h"
#include "unit/rows.h"

#define HEAD(labels) "{metadata: {labels: {" labels "}}}"

static const struct head_row {
	const char *name, *secret;
	int64_t revision; /* 0: no record */
	enum record_status status;
} head_rows[] = {
	{ "deployed", HEAD("owner: helm, version: '3', status: deployed"), 3,
	  RECORD_DEPLOYED },
	{ "unknown status", HEAD("owner: helm, version: '3', status: great"), 3,
	  RECORD_UNKNOWN },
	{ "no status", HEAD("owner: helm, version: '3'"), 3, RECORD_UNKNOWN },
	{ "other owner", HEAD("owner: me, version: '3'"), 0, RECORD_UNKNOWN },
	{ "no owner", HEAD("version: '3'"), 0, RECORD_UNKNOWN },
	{ "no version", HEAD("owner: helm"), 0, RECORD_UNKNOWN },
	{ "version 0", HEAD("owner: helm, version: '0'"), 0, RECORD_UNKNOWN },
	{ "version is text", HEAD("owner: helm, version: v1"), 0,
	  RECORD_UNKNOWN },
	{ "version is far too large",
	  HEAD("owner: helm, version: '99999999999999999999'"), 0,
	  RECORD_UNKNOWN },
	{ "nothing", "{}", 0, RECORD_UNKNOWN },
};

static void heads(void **state)
{
	const struct head_row *row = *state;
	AUTO(val_unref) struct val *secret = given(row->secret);
	struct record_head head = { 0 };

	assert_int_equal(record_head_read(secret, &head), row->revision != 0);
	assert_int_equal(head.revision, row->revision);
	assert_int_equal(head.status, row->status);
	record_head_done(&head);
}

static const struct status_row {
	const char *name;
	enum record_status status;
	bool pending;
} status_rows[] = {
	{ "unknown", RECORD_UNKNOWN, false },
	{ "deployed", RECORD_DEPLOYED, false },
	{ "uninstalled", RECORD_UNINSTALLED, false },
	{ "superseded", RECORD_SUPERSEDED, false },
	{ "failed", RECORD_FAILED, false },
	{ "uninstalling", RECORD_UNINSTALLING, false },
	{ "pending-install", RECORD_PENDING_INSTALL, true },
	{ "pending-upgrade", RECORD_PENDING_UPGRADE, true },
	{ "pending-rollback", RECORD_PENDING_ROLLBACK, true },
};

static void statuses(void **state)
{
	const struct status_row *row = *state;

	assert_string_equal(record_status_text(row->status), row->name);
	assert_int_equal(record_is_pending(row->status), row->pending);
}

/* What a pass needs of it to go on with its hooks. */
static void hooks(void **state)
{
	(void)state;
	AUTO(val_unref) struct val *secret = given(
		"{metadata: {uid: u, labels: {owner: helm, version: '1'}, "
		"annotations: {ide.example.com/hooks: runs}}}");
	AUTO(val_unref) struct val *bare = given(HEAD("owner: helm, "
						      "version: '1'"));
	struct record_head head = { 0 };

	assert_true(record_head_read(secret, &head));
	assert_string_equal(head.uid, "u");
	assert_string_equal(head.hooks, "runs");
	record_head_done(&head);
	assert_true(record_head_read(bare, &head));
	assert_string_equal(head.hooks, "");
	record_head_done(&head);
}

int main(void)
{
	const struct CMUnitTest others[] = { cmocka_unit_test(hooks) };

	return ROWS_RUN("record head", head_rows, heads) +
	       ROWS_RUN("record status", status_rows, statuses) +
	       cmocka_run_group_tests_name("record head more", others, NULL,
					   NULL);
}
