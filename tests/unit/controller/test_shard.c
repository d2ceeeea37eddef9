/* What is a shard, and whose a custom resource is: that must never change. */
#include "controller/shard.h"

#include "base/buf.h"

#include "unit/rows.h"

#include <stdio.h>

#define WRONG \
	"a shard is i/n, such as 0/3, 1/3 and 2/3, with at most 1000, not "

static const struct row {
	const char *name, *text;
	const char *want; /* "i of n", or the error */
} rows[] = {
	{ "one of one", "0/1", "0 of 1" },
	{ "last of three", "2/3", "2 of 3" },
	{ "most", "999/1000", "999 of 1000" },
	{ "more than most", "999/1001", WRONG "\"999/1001\"" },
	{ "counted from 1", "3/3",
	  "shard 3/3: shards count from 0, so the first number is less than "
	  "the second" },
	{ "none of none", "0/0",
	  "shard 0/0: shards count from 0, so the first number is less than "
	  "the second" },
	{ "empty", "", WRONG "\"\"" },
	{ "one number", "1", WRONG "\"1\"" },
	{ "nothing behind", "1/", WRONG "\"1/\"" },
	{ "nothing before", "/1", WRONG "\"/1\"" },
	{ "negative", "-1/2", WRONG "\"-1/2\"" },
	{ "blank", "0 /2", WRONG "\"0 /2\"" },
	{ "three numbers", "0/2/3", WRONG "\"0/2/3\"" },
	{ "a name", "a/b", WRONG "\"a/b\"" },
};

static void parses(void **state)
{
	const struct row *row = *state;
	struct shard shard = { 7, 8 };
	AUTO_BUF got = BUF_INIT(200);
	AUTO_ERR err = ERR_INIT;

	if (shard_parse(str_of(row->text), &shard, &err)) {
		buf_addf(&got, "%u of %u", shard.number, shard.count);
	} else {
		buf_add_text(&got, err.msg);
		assert_int_equal(shard.count, 8);
	}
	assert_string_equal(buf_text(&got), row->want);
}

static const struct whose {
	const char *name, *uid;
	unsigned count, want;
} whose[] = {
	/* FNV-1a: 0xcbf29ce484222325, 0xaf63dc4c8601ec8c, 0x85944171f73967e8 */
	{ "no uid", "", 10, 7 },
	{ "a letter", "a", 10, 6 },
	{ "a word", "foobar", 10, 8 },
	{ "a word, of two", "foobar", 2, 0 },
	{ "a word, of 1000", "foobar", 1000, 968 },
	{ "alone", "foobar", 1, 0 },
};

static void belongs(void **state)
{
	const struct whose *row = *state;

	for (unsigned i = 0; i < row->count; i++) {
		const struct shard shard = { i, row->count };

		assert_int_equal(shard_has(&shard, str_of(row->uid)),
				 i == row->want);
	}
}

static void without_shards(void **state)
{
	(void)state;
	const struct shard all = { 0 };

	assert_true(shard_has(&all, str_of("a")));
	assert_true(shard_has(&all, str_of("b")));
}

/* Three shards of 3000 have about 1000 each. */
static void is_even(void **state)
{
	(void)state;
	unsigned found[3] = { 0 };
	char uid[40];

	for (unsigned n = 0; n < 3000; n++) {
		snprintf(uid, sizeof(uid), "%08x-8ad0-4b40-9b51-0242ac%06x",
			 n * 2654435761u, n);
		for (unsigned i = 0; i < 3; i++) {
			const struct shard shard = { i, 3 };

			found[i] += shard_has(&shard, str_of(uid));
		}
	}
	assert_int_equal(found[0] + found[1] + found[2], 3000);
	for (unsigned i = 0; i < 3; i++)
		assert_in_range(found[i], 900, 1100);
}

int main(void)
{
	const struct CMUnitTest others[] = {
		cmocka_unit_test(without_shards),
		cmocka_unit_test(is_even),
	};

	return ROWS_RUN("shard", rows, parses) +
	       ROWS_RUN("shard of", whose, belongs) +
	       cmocka_run_group_tests_name("shard more", others, NULL, NULL);
}
