#include "base/err.h"

#include "unit/rows.h"

#include <errno.h>

static void untouched_when_new(void **state)
{
	(void)state;
	AUTO_ERR err = ERR_INIT;

	assert_int_equal(err.kind, ERR_NONE);
	assert_null(err.msg);
	err_clear(&err);
}

static void set_and_wrap(void **state)
{
	(void)state;
	AUTO_ERR err = ERR_INIT;

	assert_false(err_set(&err, ERR_INVALID, "key %d", 7));
	assert_false(err_wrap(&err, "read %s", "a.yaml"));
	assert_false(err_at_field(&err, "/spec/a"));
	assert_false(err_at_field(&err, "/spec/b"));
	assert_int_equal(err.kind, ERR_INVALID);
	assert_string_equal(err.msg, "read a.yaml: key 7");
	assert_string_equal(err.field, "/spec/b");
	err_clear(&err);
	assert_int_equal(err.kind, ERR_NONE);
	assert_null(err.msg);
	assert_null(err.field);
}

static void moves(void **state)
{
	(void)state;
	AUTO_ERR a = ERR_INIT;
	AUTO_ERR b = ERR_INIT;

	err_set(&a, ERR_GONE, "a");
	err_set(&b, ERR_CONFLICT, "b");
	b.retry_after_ms = 5;
	err_move(&a, &b);
	assert_int_equal(a.kind, ERR_CONFLICT);
	assert_string_equal(a.msg, "b");
	assert_int_equal(a.retry_after_ms, 5);
	assert_int_equal(b.kind, ERR_NONE);
	assert_null(b.msg);
}

static const struct sys_row {
	const char *name;
	int errnum;
	enum err_kind kind;
} sys_rows[] = {
	{ "ENOENT", ENOENT, ERR_NOT_FOUND },
	{ "ENOTDIR", ENOTDIR, ERR_NOT_FOUND },
	{ "EACCES", EACCES, ERR_DENIED },
	{ "EPERM", EPERM, ERR_DENIED },
	{ "EFBIG", EFBIG, ERR_LIMIT },
	{ "EIO", EIO, ERR_UNAVAILABLE },
	{ "unknown", 99999, ERR_UNAVAILABLE },
};

static void describes_errno(void **state)
{
	const struct sys_row *row = *state;
	AUTO_ERR err = ERR_INIT;

	assert_false(err_sys(&err, row->errnum, "open %s", "f"));
	assert_int_equal(err.kind, row->kind);
	assert_true(strncmp(err.msg, "open f: ", 8) == 0);
	assert_true(strlen(err.msg) > 8);
}

static const struct kind_row {
	const char *name;
	enum err_kind kind;
	enum err_retry retry;
} kind_rows[] = {
	{ "none", ERR_NONE, RETRY_NEVER },
	{ "invalid", ERR_INVALID, RETRY_ON_CHANGE },
	{ "limit", ERR_LIMIT, RETRY_ON_CHANGE },
	{ "not_found", ERR_NOT_FOUND, RETRY_BACKOFF },
	{ "exists", ERR_EXISTS, RETRY_BACKOFF },
	{ "conflict", ERR_CONFLICT, RETRY_NOW },
	{ "gone", ERR_GONE, RETRY_RELIST },
	{ "denied", ERR_DENIED, RETRY_BACKOFF },
	{ "unavailable", ERR_UNAVAILABLE, RETRY_BACKOFF },
	{ "cancelled", ERR_CANCELLED, RETRY_NEVER },
	{ "internal", ERR_INTERNAL, RETRY_BACKOFF },
};

static void kinds(void **state)
{
	const struct kind_row *row = *state;

	assert_string_equal(err_kind_text(row->kind), row->name);
	assert_int_equal(err_kind_retry(row->kind), row->retry);
}

int main(void)
{
	const struct CMUnitTest others[] = {
		cmocka_unit_test(untouched_when_new),
		cmocka_unit_test(set_and_wrap),
		cmocka_unit_test(moves),
	};

	return cmocka_run_group_tests_name("err", others, NULL, NULL) +
	       ROWS_RUN("err_sys", sys_rows, describes_errno) +
	       ROWS_RUN("err kinds", kind_rows, kinds);
}
