#include "base/base64.h"

#include "unit/rows.h"

/* RFC 4648 section 10, and texts that both directions agree on. */
static const struct pair {
	const char *name, *plain, *text;
} pairs[] = {
	{ "empty", "", "" },
	{ "f", "f", "Zg==" },
	{ "fo", "fo", "Zm8=" },
	{ "foo", "foo", "Zm9v" },
	{ "foob", "foob", "Zm9vYg==" },
	{ "fooba", "fooba", "Zm9vYmE=" },
	{ "foobar", "foobar", "Zm9vYmFy" },
	{ "high bits", "\xff\xfe\xfd\xfc", "//79/A==" },
	{ "plus", "\xfb\xef\xbe", "++++" },
};

static void both_ways(void **state)
{
	const struct pair *p = *state;
	AUTO_BUF text = BUF_INIT(100), plain = BUF_INIT(100);
	AUTO_ERR err = ERR_INIT;

	base64_write(str_of(p->plain), &text);
	assert_true(str_is(buf_str(&text), p->text));
	assert_true(base64_read(str_of(p->text), &plain, &err));
	assert_true(str_is(buf_str(&plain), p->plain));
}

static const struct reading {
	const char *name, *text, *want; /* NULL: refused */
} readings[] = {
	{ "line breaks", "Zm9v\r\nYmFy\n", "foobar" },
	{ "break in the padding", "Zg=\n=", "f" },
	{ "only breaks", "\n\n", "" },
	{ "no padding", "Zg", NULL },
	{ "half a padding", "Zg=", NULL },
	{ "padding alone", "====", NULL },
	{ "one digit", "Z", NULL },
	{ "one digit and padding", "Z===", NULL },
	{ "too much padding", "Zm9v=", NULL },
	{ "three pads", "Zg===", NULL },
	{ "text behind the padding", "Zg==Zg==", NULL },
	{ "bits that no byte takes", "Zh==", NULL },
	{ "such bits of two", "Zm9=", NULL },
	{ "blank", "Zm 9v", NULL },
	{ "URL alphabet", "-_-_", NULL },
	{ "high byte", "Zm9\xff", NULL },
};

static void reads(void **state)
{
	const struct reading *r = *state;
	AUTO_BUF plain = BUF_INIT(100);
	AUTO_ERR err = ERR_INIT;
	bool ok = base64_read(str_of(r->text), &plain, &err);

	assert_int_equal(ok, r->want != NULL);
	assert_int_equal(err.kind, r->want ? ERR_NONE : ERR_INVALID);
	if (r->want)
		assert_true(str_is(buf_str(&plain), r->want));
}

static void every_length(void **state)
{
	(void)state;
	char data[100];

	for (size_t i = 0; i < sizeof(data); i++)
		data[i] = (char)(i * 37);
	for (size_t n = 0; n <= sizeof(data); n++) {
		AUTO_BUF text = BUF_INIT(200), back = BUF_INIT(200);
		AUTO_ERR err = ERR_INIT;

		base64_write(str_cut(data, n), &text);
		assert_int_equal(text.len, (n + 2) / 3 * 4);
		assert_true(base64_read(buf_str(&text), &back, &err));
		assert_true(str_equal(buf_str(&back), str_cut(data, n)));
	}
}

int main(void)
{
	const struct CMUnitTest others[] = { cmocka_unit_test(every_length) };

	return ROWS_RUN("base64", pairs, both_ways) +
	       ROWS_RUN("base64 read", readings, reads) +
	       cmocka_run_group_tests_name("base64 more", others, NULL, NULL);
}
