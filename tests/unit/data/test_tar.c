#include "data/tar.h"

#include "base/buf.h"
#include "base/limits.h"

#include "unit/rows.h"

#include <stdio.h>

enum { BLOCK = 512 };

/* One entry as it stands in an archive. */
struct made {
	char type;
	const char *name, *data;
	const char *prefix; /* makes it ustar; NULL: old format */
};

static void seal(char header[BLOCK])
{
	unsigned sum = 0;

	memset(header + 148, ' ', 8);
	for (size_t i = 0; i < BLOCK; i++)
		sum += (unsigned char)header[i];
	snprintf(header + 148, 8, "%06o", sum);
}

static void add_made(struct buf *out, const struct made *m)
{
	char header[BLOCK] = { 0 };
	size_t n = m->data ? strlen(m->data) : 0;

	memcpy(header, m->name, strnlen(m->name, 100));
	snprintf(header + 100, 8, "%07o", 0644u);
	snprintf(header + 124, 12, "%011o", (unsigned)n);
	header[156] = m->type;
	if (m->prefix) {
		memcpy(header + 257,
		       "ustar\0"
		       "00",
		       8);
		memcpy(header + 345, m->prefix, strlen(m->prefix));
	}
	seal(header);
	buf_add(out, header, BLOCK);
	buf_add(out, m->data, n);
	while (out->len % BLOCK)
		buf_add_char(out, '\0');
}

static void add_end(struct buf *out)
{
	static const char zeros[2 * BLOCK];

	buf_add(out, zeros, sizeof(zeros));
}

static bool collect(void *ctx, const struct tar_entry *e, struct err *err)
{
	static const char *const types[] = { "", "/", "@", "?" };

	if (str_is(e->name, "stop"))
		return err_set(err, ERR_CANCELLED, "stopped");
	buf_addf(ctx, STR_FMT "%s=" STR_FMT ";", STR_ARG(e->name),
		 types[e->type], STR_ARG(e->data));
	return true;
}

static const struct tar_limits limits = { 5, 20, 30 };

#define TEN "0123456789"
#define NAME_100 TEN TEN TEN TEN TEN TEN TEN TEN TEN TEN

static const struct row {
	const char *name;
	struct made made[7];
	const char *want;
	enum err_kind err;
} rows[] = {
	{ "empty", { { 0 } }, "", ERR_NONE },
	{ "one file", { { '0', "a", "data", "" } }, "a=data;", ERR_NONE },
	{ "old format", { { '\0', "a", "data", NULL } }, "a=data;", ERR_NONE },
	{ "empty file", { { '0', "a", "", "" } }, "a=;", ERR_NONE },
	{ "files and a directory",
	  { { '5', "d/", NULL, "" },
	    { '0', "d/a", "1", "" },
	    { '0', "b", "2", "" } },
	  "d/=;d/a=1;b=2;",
	  ERR_NONE },
	{ "directory by its name",
	  { { '0', "d/", NULL, "" } },
	  "d/=;",
	  ERR_NONE },
	{ "prefix", { { '0', "b", "x", "p/q" } }, "p/q/b=x;", ERR_NONE },
	{ "name that fills its field",
	  { { '0', NAME_100, "x", "" } },
	  NAME_100 "=x;",
	  ERR_NONE },
	{ "GNU long name",
	  { { 'L', "././@LongLink", "long/" NAME_100, NULL },
	    { '0', "long/0123", "x", NULL },
	    { '0', "b", "y", NULL } },
	  "long/" NAME_100 "=x;b=y;",
	  ERR_NONE },
	{ "GNU long link",
	  { { 'K', "././@LongLink", "t", NULL }, { '2', "l", NULL, NULL } },
	  "l@=;",
	  ERR_NONE },
	{ "pax path",
	  { { 'x', "PaxHeaders/a", "12 path=p/a\n", "" },
	    { '0', "a", "x", "" },
	    { '0', "b", "y", "" } },
	  "p/a=x;b=y;",
	  ERR_NONE },
	{ "pax, other keys",
	  { { 'x', "PaxHeaders/a", "11 mtime=1\n12 path=p/a\n", "" },
	    { '0', "a", "x", "" } },
	  "p/a=x;",
	  ERR_NONE },
	{ "global pax header",
	  { { 'g', "pax_global_header", "13 comment=a\n", "" },
	    { '0', "a", "x", "" } },
	  "a=x;",
	  ERR_NONE },
	{ "links and devices",
	  { { '2', "s", NULL, "" },
	    { '1', "h", NULL, "" },
	    { '3', "c", NULL, "" },
	    { '6', "f", NULL, "" } },
	  "s@=;h@=;c?=;f?=;",
	  ERR_NONE },
	{ "dots that are no names",
	  { { '5', "./", NULL, "" }, { '0', "./a//b/./c", "x", "" } },
	  "a/b/c=x;",
	  ERR_NONE },
	{ "dots in names",
	  { { '0', "..a/b..", "x", "" } },
	  "..a/b..=x;",
	  ERR_NONE },
	{ "other letters",
	  { { '0', "\xc3\xa9", "x", "" } },
	  "\xc3\xa9=x;",
	  ERR_NONE },
	{ "absolute", { { '0', "/etc/x", "x", "" } }, "", ERR_INVALID },
	{ "parent", { { '0', "../x", "x", "" } }, "", ERR_INVALID },
	{ "parent inside", { { '0', "a/../x", "x", "" } }, "", ERR_INVALID },
	{ "parent at the end", { { '5', "a/..", NULL, "" } }, "", ERR_INVALID },
	{ "parent in the prefix", { { '0', "x", "x", ".." } }, "", ERR_INVALID },
	{ "absolute link", { { '2', "/x", NULL, "" } }, "", ERR_INVALID },
	{ "absolute pax path",
	  { { 'x', "h", "11 path=/a\n", "" }, { '0', "a", "x", "" } },
	  "",
	  ERR_INVALID },
	{ "parent in a long name",
	  { { 'L', "l", "a/../../b", NULL }, { '0', "a", "x", NULL } },
	  "",
	  ERR_INVALID },
	{ "backslash", { { '0', "a\\b", "x", "" } }, "", ERR_INVALID },
	{ "line end in a name", { { '0', "a\nb", "x", "" } }, "", ERR_INVALID },
	{ "no UTF-8", { { '0', "\xff", "x", "" } }, "", ERR_INVALID },
	{ "no name", { { '0', "", "x", "" } }, "", ERR_INVALID },
	{ "file that is the root", { { '0', ".", "x", "" } }, "", ERR_INVALID },
	{ "damaged pax: length",
	  { { 'x', "h", "99 path=a\n", "" } },
	  "",
	  ERR_INVALID },
	{ "damaged pax: no line end",
	  { { 'x', "h", "9 path=ab", "" } },
	  "",
	  ERR_INVALID },
	{ "damaged pax: no key",
	  { { 'x', "h", "5 ab\n", "" } },
	  "",
	  ERR_INVALID },
	{ "damaged pax: zero",
	  { { 'x', "h", "0 path=a\n", "" } },
	  "",
	  ERR_INVALID },
	{ "damaged pax: size",
	  { { 'x', "h", "10 size=x\n", "" } },
	  "",
	  ERR_INVALID },
	{ "pax size beyond the end",
	  { { 'x', "h", "16 size=9999999\n", "" }, { '0', "a", "x", "" } },
	  "",
	  ERR_INVALID },
	{ "sparse", { { 'S', "a", "x", "" } }, "", ERR_INVALID },
	{ "sparse in pax",
	  { { 'x', "h", "22 GNU.sparse.major=1\n", "" } },
	  "",
	  ERR_INVALID },
	{ "fn's own error",
	  { { '0', "a", "x", "" },
	    { '0', "stop", "x", "" },
	    { '0', "b", "x", "" } },
	  "a=x;",
	  ERR_CANCELLED },
	{ "largest file",
	  { { '0', "a", TEN TEN, "" } },
	  "a=" TEN TEN ";",
	  ERR_NONE },
	{ "file too large", { { '0', "a", TEN TEN "x", "" } }, "", ERR_LIMIT },
	{ "largest archive",
	  { { '0', "a", TEN TEN, "" }, { '0', "b", TEN, "" } },
	  "a=" TEN TEN ";b=" TEN ";",
	  ERR_NONE },
	{ "archive too large",
	  { { '0', "a", TEN TEN, "" }, { '0', "b", TEN "x", "" } },
	  "a=" TEN TEN ";",
	  ERR_LIMIT },
	{ "most entries",
	  { { '0', "a", "", "" },
	    { '5', "b", "", "" },
	    { '2', "c", "", "" },
	    { '0', "d", "", "" },
	    { '0', "e", "", "" } },
	  "a=;b/=;c@=;d=;e=;",
	  ERR_NONE },
	{ "too many entries",
	  { { '0', "a", "", "" },
	    { '5', "b", "", "" },
	    { '2', "c", "", "" },
	    { '0', "d", "", "" },
	    { '0', "e", "", "" },
	    { '0', "f", "", "" } },
	  "a=;b/=;c@=;d=;e=;",
	  ERR_LIMIT },
};

static void walks(void **state)
{
	const struct row *row = *state;
	AUTO_BUF archive = BUF_INIT(LIMIT_MIB(1)), got = BUF_INIT(10000);
	AUTO_ERR err = ERR_INIT;

	for (size_t i = 0; row->made[i].name; i++)
		add_made(&archive, &row->made[i]);
	add_end(&archive);
	bool ok = tar_walk(buf_str(&archive), &limits, collect, &got, &err);
	assert_int_equal(err.kind, row->err);
	assert_int_equal(ok, row->err == ERR_NONE);
	assert_string_equal(buf_text(&got), row->want);
}

static void make_one(struct buf *archive)
{
	add_made(archive, &(struct made){ '0', "a", "data", "" });
	add_end(archive);
}

/* Cut anywhere, an archive is damaged, except between entries. */
static void cut_anywhere(void **state)
{
	(void)state;
	AUTO_BUF archive = BUF_INIT(LIMIT_MIB(1));

	make_one(&archive);
	for (size_t n = 0; n <= archive.len; n++) {
		/* A copy of its own, so that a sanitizer sees over-reads. */
		char *copy = malloc(n + !n);
		AUTO_BUF got = BUF_INIT(1000);
		AUTO_ERR err = ERR_INIT;

		memcpy(copy, archive.p, n);
		bool ok = tar_walk(str_cut(copy, n), &limits, collect, &got,
				   &err);
		free(copy);
		bool whole = n % BLOCK == 0 && n != BLOCK;
		/* The padding of the last entry may be missing. */
		bool padding = n >= BLOCK + 4 && n < 2 * BLOCK;
		bool end = n > 3 * BLOCK;
		assert_int_equal(ok, whole || padding || end);
	}
}

static void any_flipped_bit_in_a_header(void **state)
{
	(void)state;
	for (size_t i = 0; i < BLOCK; i++) {
		AUTO_BUF archive = BUF_INIT(LIMIT_MIB(1));
		AUTO_BUF got = BUF_INIT(1000);
		AUTO_ERR err = ERR_INIT;

		make_one(&archive);
		archive.p[i] ^= 1;
		/* The two bytes behind the checksum's digits are not looked at. */
		if (i == 154 || i == 155)
			continue;
		assert_false(tar_walk(buf_str(&archive), &limits, collect, &got,
				      &err));
		assert_int_equal(err.kind, ERR_INVALID);
	}
}

static void size_in_base_256(void **state)
{
	(void)state;
	AUTO_BUF archive = BUF_INIT(LIMIT_MIB(1)), got = BUF_INIT(1000);
	AUTO_ERR err = ERR_INIT, other = ERR_INIT;

	make_one(&archive);
	memset(archive.p + 124, 0, 12);
	archive.p[124] = (char)0x80;
	archive.p[135] = 4;
	seal(archive.p);
	assert_true(tar_walk(buf_str(&archive), &limits, collect, &got, &err));
	assert_string_equal(buf_text(&got), "a=data;");
	memset(archive.p + 125, 0xff, 11);
	seal(archive.p);
	assert_false(
		tar_walk(buf_str(&archive), &limits, collect, &got, &other));
	assert_int_equal(other.kind, ERR_INVALID);
}

int main(void)
{
	const struct CMUnitTest others[] = {
		cmocka_unit_test(cut_anywhere),
		cmocka_unit_test(any_flipped_bit_in_a_header),
		cmocka_unit_test(size_in_base_256),
	};

	return ROWS_RUN("tar", rows, walks) +
	       cmocka_run_group_tests_name("tar more", others, NULL, NULL);
}
