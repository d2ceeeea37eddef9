/* Whose a pending record is, from its head alone. */
#include "release/lock.h"

#include "base/alloc.h"
#include "base/clock.h"
#include "base/limits.h"
#include "release/names.h"

#include "unit/release/given.h"
#include "unit/rows.h"

/* 2026-11-21T03:06:18Z */
#define AT 1795230378
static const int64_t now_ns = (int64_t)AT * 1000000000;

static const struct lock_lease lease = {
	.holder = "pod-b",
	.uid = "u1",
	.transitions = 4,
};

#define OURS "by pod-b lease u1/4"

static const struct lock_row {
	const char *name;
	const char *status;
	const char *lock;    /* annotation; NULL: none */
	int64_t written_ago; /* seconds since createdAt or modifiedAt */
	int64_t created_ago; /* the same since creationTimestamp */
	bool elected;
	enum lock_state state;
	int64_t wait_ms;
} lock_rows[] = {
	{ "deployed", "deployed", NULL, 1, 1, true, LOCK_NONE, 0 },
	{ "deployed, a mark was left", "deployed", OURS, 1, 1, true, LOCK_NONE,
	  0 },
	{ "superseded", "superseded", NULL, 1, 1, true, LOCK_NONE, 0 },
	{ "failed", "failed", NULL, 1, 1, true, LOCK_NONE, 0 },
	{ "uninstalled", "uninstalled", NULL, 1, 1, true, LOCK_NONE, 0 },
	{ "unknown status", "great", NULL, 1, 1, true, LOCK_NONE, 0 },

	{ "ours, alive", "pending-upgrade", OURS, 1, 1, true, LOCK_ALIVE, 0 },
	{ "ours, alive for hours", "pending-upgrade", OURS, 9999, 9999, true,
	  LOCK_ALIVE, 0 },
	{ "ours, uninstalling", "uninstalling", OURS, 1, 1, true, LOCK_ALIVE,
	  0 },
	{ "another holder", "pending-install", "by pod-a lease u1/4", 1, 1,
	  true, LOCK_DEAD, 0 },
	{ "the same holder again", "pending-install", "by pod-b lease u1/3", 1,
	  1, true, LOCK_DEAD, 0 },
	{ "another lease", "pending-rollback", "by pod-b lease u0/4", 1, 1,
	  true, LOCK_DEAD, 0 },
	{ "the beginning of ours", "pending-upgrade", "by pod-b lease u1/", 1,
	  1, true, LOCK_DEAD, 0 },
	{ "more than ours", "pending-upgrade", OURS "2", 1, 1, true, LOCK_DEAD,
	  0 },
	{ "before there was election", "pending-upgrade", "by pod-b", 1, 1,
	  true, LOCK_DEAD, 0 },
	{ "no election", "pending-upgrade", "by pod-b", 1, 1, false, LOCK_DEAD,
	  0 },
	{ "no election any more", "pending-upgrade", OURS, 1, 1, false,
	  LOCK_DEAD, 0 },

	{ "helm install", "pending-install", NULL, 1, 1, true, LOCK_PERSON,
	  599000 },
	{ "helm upgrade", "pending-upgrade", NULL, 30, 30, true, LOCK_PERSON,
	  570000 },
	{ "helm rollback, no election", "pending-rollback", NULL, 0, 0, false,
	  LOCK_PERSON, 600000 },
	{ "helm uninstall of an old record", "uninstalling", NULL, 5, 86400,
	  true, LOCK_PERSON, 595000 },
	{ "an empty mark is none", "pending-upgrade", "", 5, 5, true,
	  LOCK_PERSON, 595000 },
	{ "9:59", "pending-upgrade", NULL, 599, 700, true, LOCK_PERSON, 1000 },
	{ "10:00", "pending-upgrade", NULL, 600, 700, true, LOCK_ABANDONED, 0 },
	{ "hours", "uninstalling", NULL, 9999, 99999, false, LOCK_ABANDONED,
	  0 },
	{ "no label, created just now", "pending-upgrade", NULL, AT, 10, true,
	  LOCK_PERSON, 590000 },
	{ "no times at all", "pending-upgrade", NULL, AT, AT, true,
	  LOCK_ABANDONED, 0 },

	{ "a clock that is behind", "pending-upgrade", NULL, 3600, 10, true,
	  LOCK_PERSON, 590000 },
	{ "a clock that is ahead", "pending-upgrade", NULL, -300, 10, true,
	  LOCK_PERSON, 600000 },
	{ "a clock that is far ahead", "pending-upgrade", NULL, -86400, 10,
	  true, LOCK_PERSON, 590000 },
	{ "far ahead, and created long ago", "uninstalling", NULL, -86400,
	  86400, true, LOCK_ABANDONED, 0 },
	{ "the API server's clock is ahead", "pending-upgrade", NULL, 10, -5,
	  true, LOCK_PERSON, 600000 },
};

static struct val *secret_of(const struct lock_row *row)
{
	char created[CLOCK_TEXT_BYTES];
	AUTO_FREE char *mark =
		row->lock ? alloc_print("{%s: '%s'}", NAME_LOCK, row->lock)
			  : alloc_copy("null");
	AUTO_FREE char *text = alloc_print(
		"{metadata: {creationTimestamp: '%s', annotations: %s, "
		"labels: {owner: helm, version: '3', status: %s, %s: '%lld'}}}",
		clock_print(now_ns - row->created_ago * 1000000000, created),
		mark, row->status,
		strcmp(row->status, "uninstalling") == 0 ? "modifiedAt"
							 : "createdAt",
		(long long)(AT - row->written_ago));

	return given(text);
}

static void states(void **state)
{
	const struct lock_row *row = *state;
	AUTO(val_unref) struct val *secret = secret_of(row);
	struct record_head head;
	int64_t wait_ms = -1;

	assert_true(record_head_read(secret, &head));
	assert_int_equal(lock_state(&head, row->elected ? &lease : NULL, now_ns,
				    &wait_ms),
			 row->state);
	assert_int_equal(wait_ms, row->wait_ms);
	record_head_done(&head);
}

static void mark(void **state)
{
	(void)state;
	AUTO_FREE char *elected = lock_mark(&lease);
	AUTO_FREE char *alone = lock_mark_alone("pod-b");

	assert_string_equal(elected, "by pod-b lease u1/4");
	assert_string_equal(alone, "by pod-b");
}

/* At the last millisecond it is still helm's, and asked again after it. */
static void edge(void **state)
{
	(void)state;
	AUTO(val_unref)
	struct val *secret = given("{metadata: {labels: {owner: helm, "
				   "version: '3', status: pending-upgrade, "
				   "createdAt: '1795230378'}}}");
	int64_t end = now_ns + LIMIT_HELM_MS * (int64_t)1000000, wait_ms = 0;
	struct record_head head;

	assert_true(record_head_read(secret, &head));
	assert_int_equal(lock_state(&head, NULL, end - 1000000, &wait_ms),
			 LOCK_PERSON);
	assert_int_equal(wait_ms, 1);
	assert_int_equal(lock_state(&head, NULL, end, &wait_ms),
			 LOCK_ABANDONED);
	assert_int_equal(wait_ms, 0);
	record_head_done(&head);
}

int main(void)
{
	const struct CMUnitTest others[] = {
		cmocka_unit_test(mark),
		cmocka_unit_test(edge),
	};

	return ROWS_RUN("lock", lock_rows, states) +
	       cmocka_run_group_tests_name("lock more", others, NULL, NULL);
}
