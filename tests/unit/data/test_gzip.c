#include "data/gzip.h"

#include "base/limits.h"

#include "unit/rows.h"

/* What Go's compress/gzip makes of "hello\n" at its best level. */
static const char hello[] =
	"\x1f\x8b\x08\x00\x00\x00\x00\x00\x02\xff\xca\x48\xcd\xc9\xc9\xe7\x02"
	"\x04\x00\x00\xff\xff\x20\x30\x3a\x36\x06\x00\x00\x00";
enum { HELLO_BYTES = sizeof(hello) - 1 };

static void fill(struct buf *b, size_t n)
{
	uint32_t seed = 1;

	for (size_t i = 0; i < n; i++) {
		seed = seed * 1664525 + 1013904223;
		buf_add_char(b, (char)(seed >> (i % 3 ? 24 : 30)));
	}
}

static const struct size_row {
	const char *name;
	size_t n;
} size_rows[] = {
	{ "empty", 0 },
	{ "one byte", 1 },
	{ "a chunk less one", 16383 },
	{ "a chunk", 16384 },
	{ "a chunk and one", 16385 },
	{ "large", 3000000 },
};

static void both_ways(void **state)
{
	const struct size_row *row = *state;
	static const int levels[] = { 1, 6, GZIP_BEST };
	AUTO_BUF data = BUF_INIT(LIMIT_MIB(4));

	fill(&data, row->n);
	for (size_t i = 0; i < ARRAY_LEN(levels); i++) {
		AUTO_BUF packed = BUF_INIT(LIMIT_MIB(4));
		AUTO_BUF back = BUF_INIT(row->n + 1);
		AUTO_ERR err = ERR_INIT;

		assert_true(
			gzip_write(buf_str(&data), levels[i], &packed, &err));
		assert_true(gzip_is(buf_str(&packed)));
		assert_true(gzip_read(buf_str(&packed), &back, &err));
		assert_true(str_equal(buf_str(&data), buf_str(&back)));
	}
}

static void header_is_that_of_go(void **state)
{
	(void)state;
	AUTO_BUF out = BUF_INIT(1000);
	AUTO_ERR err = ERR_INIT;

	assert_true(gzip_write(str_of("hello\n"), GZIP_BEST, &out, &err));
	assert_memory_equal(out.p, hello, 10);
}

static const struct begin_row {
	const char *name, *text;
	bool want;
} begin_rows[] = {
	{ "empty", "", false },
	{ "cut short", "\x1f\x8b", false },
	{ "three bytes", "\x1f\x8b\x08", true },
	{ "other method", "\x1f\x8b\x07", false },
	{ "JSON", "{\"name\":\"a\"}", false },
};

static void knows_beginning(void **state)
{
	const struct begin_row *row = *state;

	assert_int_equal(gzip_is(str_of(row->text)), row->want);
}

static const struct bad_row {
	const char *name;
	size_t n;        /* bytes of hello */
	size_t flip;     /* this one is changed; 0: none */
	const char *add; /* behind it */
	const char *msg; /* NULL: fine */
} bad_rows[] = {
	{ "whole", HELLO_BYTES, 0, "", NULL },
	{ "empty", 0, 0, "", "end is missing" },
	{ "one byte", 1, 0, "", "end is missing" },
	{ "header only", 10, 0, "", "end is missing" },
	{ "without a checksum", HELLO_BYTES - 8, 0, "", "end is missing" },
	{ "last byte missing", HELLO_BYTES - 1, 0, "", "end is missing" },
	{ "one byte behind", HELLO_BYTES, 0, "x", "behind the end" },
	{ "zeros behind", HELLO_BYTES, 0, "0", "behind the end" },
	{ "no gzip", HELLO_BYTES, 1, "", "gzip: " },
	{ "other method", HELLO_BYTES, 2, "", "gzip: " },
	{ "damaged data", HELLO_BYTES, 12, "", "gzip: " },
	{ "wrong checksum", HELLO_BYTES, HELLO_BYTES - 8, "", "gzip: " },
	{ "wrong length", HELLO_BYTES, HELLO_BYTES - 1, "", "gzip: " },
};

static void refuses(void **state)
{
	const struct bad_row *row = *state;
	AUTO_BUF in = BUF_INIT(1000), out = BUF_INIT(1000);
	AUTO_ERR err = ERR_INIT;

	buf_add(&in, hello, row->n);
	if (row->flip)
		in.p[row->flip] ^= 0x55;
	buf_add_text(&in, row->add);
	bool ok = gzip_read(buf_str(&in), &out, &err);
	assert_int_equal(ok, row->msg == NULL);
	if (ok) {
		assert_string_equal(buf_text(&out), "hello\n");
		return;
	}
	assert_int_equal(err.kind, ERR_INVALID);
	assert_non_null(strstr(err.msg, row->msg));
}

static void two_members(void **state)
{
	(void)state;
	AUTO_BUF in = BUF_INIT(1000), out = BUF_INIT(1000);
	AUTO_ERR err = ERR_INIT;

	buf_add(&in, hello, HELLO_BYTES);
	buf_add(&in, hello, HELLO_BYTES);
	assert_false(gzip_read(buf_str(&in), &out, &err));
	assert_int_equal(err.kind, ERR_INVALID);
}

/* 100 MiB of zeros are 100 KiB: reading stops at the limit. */
static void bombs(void **state)
{
	(void)state;
	AUTO_BUF zeros = BUF_INIT(LIMIT_MIB(100)),
		 bomb = BUF_INIT(LIMIT_MIB(1));
	AUTO_BUF fits = BUF_INIT(LIMIT_MIB(100));
	AUTO_BUF small = BUF_INIT(LIMIT_MIB(100) - 1);
	AUTO_ERR err = ERR_INIT;

	buf_reserve(&zeros, LIMIT_MIB(100));
	memset(zeros.p, 0, LIMIT_MIB(100));
	zeros.len = LIMIT_MIB(100);
	assert_true(gzip_write(buf_str(&zeros), 1, &bomb, &err));
	assert_true(gzip_read(buf_str(&bomb), &fits, &err));
	assert_int_equal(fits.len, LIMIT_MIB(100));
	assert_false(gzip_read(buf_str(&bomb), &small, &err));
	assert_int_equal(err.kind, ERR_LIMIT);
}

static void no_room_to_write(void **state)
{
	(void)state;
	AUTO_BUF out = BUF_INIT(20);
	AUTO_ERR err = ERR_INIT;

	assert_false(gzip_write(str_of("hello\n"), GZIP_BEST, &out, &err));
	assert_int_equal(err.kind, ERR_LIMIT);
}

int main(void)
{
	const struct CMUnitTest others[] = {
		cmocka_unit_test(header_is_that_of_go),
		cmocka_unit_test(two_members),
		cmocka_unit_test(bombs),
		cmocka_unit_test(no_room_to_write),
	};

	return ROWS_RUN("gzip", size_rows, both_ways) +
	       ROWS_RUN("gzip_is", begin_rows, knows_beginning) +
	       ROWS_RUN("gzip refused", bad_rows, refuses) +
	       cmocka_run_group_tests_name("gzip more", others, NULL, NULL);
}
