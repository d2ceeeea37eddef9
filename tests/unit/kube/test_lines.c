#include "kube/lines.h"

#include "unit/rows.h"

static const struct row {
	const char *name;
	const char *chunks[5]; /* NULL-terminated */
	const char *want;      /* the lines, each followed by '|' */
	enum err_kind err;
} rows[] = {
	{ "empty", { NULL }, "", ERR_NONE },
	{ "empty chunk", { "", "a\n", NULL }, "a|", ERR_NONE },
	{ "one line", { "abc\n", NULL }, "abc|", ERR_NONE },
	{ "split in a line", { "a", "b", "c\n", NULL }, "abc|", ERR_NONE },
	{ "split at the newline", { "abc", "\n", NULL }, "abc|", ERR_NONE },
	{ "two in a chunk", { "a\nb\nc", NULL }, "a|b|", ERR_NONE },
	{ "end and beginning",
	  { "a", "b\nc", "d\n", NULL },
	  "ab|cd|",
	  ERR_NONE },
	{ "blank skipped", { "a\n\n\nb\n", NULL }, "a|b|", ERR_NONE },
	{ "longest allowed", { "12345678\n", NULL }, "12345678|", ERR_NONE },
	{ "longest in parts",
	  { "1234", "5678\n", NULL },
	  "12345678|",
	  ERR_NONE },
	{ "too long", { "123456789\n", NULL }, "", ERR_LIMIT },
	{ "too long in parts", { "1234", "56789", NULL }, "", ERR_LIMIT },
	{ "too long behind", { "a\n", "123456789", NULL }, "a|", ERR_LIMIT },
	{ "callback fails", { "a\nstop\nb\n", NULL }, "a|", ERR_CANCELLED },
	{ "not the tail", { "a\ntail", NULL }, "a|", ERR_NONE },
};

static bool collect(void *ctx, struct str line, struct err *err)
{
	if (str_is(line, "stop"))
		return err_set(err, ERR_CANCELLED, "stop");
	buf_add_str(ctx, line);
	buf_add_char(ctx, '|');
	return true;
}

static void cuts(void **state)
{
	const struct row *row = *state;
	AUTO_BUF got = BUF_INIT(1000);
	AUTO_ERR err = ERR_INIT;
	struct lines l;
	bool ok = true;

	lines_init(&l, 8);
	for (size_t i = 0; ok && row->chunks[i]; i++)
		ok = lines_feed(&l, str_of(row->chunks[i]), collect, &got,
				&err);
	lines_done(&l);
	assert_int_equal(err.kind, row->err);
	assert_int_equal(ok, row->err == ERR_NONE);
	assert_string_equal(buf_text(&got), row->want);
}

int main(void)
{
	return ROWS_RUN("lines", rows, cuts);
}
