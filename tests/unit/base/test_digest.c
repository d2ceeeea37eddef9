#include "base/digest.h"

#include "base/alloc.h"
#include "base/buf.h"

#include "unit/rows.h"

/* FIPS 180-4: the examples that NIST publishes with it. */
static const struct row {
	const char *name, *text;
	size_t times;
	const char *want;
} rows[] = {
	{ "empty", "", 0,
	  "e3b0c44298fc1c149afbf4c8996fb924"
	  "27ae41e4649b934ca495991b7852b855" },
	{ "one block", "abc", 1,
	  "ba7816bf8f01cfea414140de5dae2223"
	  "b00361a396177a9cb410ff61f20015ad" },
	{ "two blocks",
	  "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq", 1,
	  "248d6a61d20638b8e5c026930c3e6039"
	  "a33ce45964ff2167f6ecedd419db06c1" },
	{ "a million", "a", 1000000,
	  "cdc76e5c9914fb9281a1c7e284d73e67"
	  "f1809a48a497200e046d39ccc7112cd0" },
};

static void sums(void **state)
{
	const struct row *row = *state;
	AUTO_BUF data = BUF_INIT(1000000);
	char out[DIGEST_TEXT_BYTES];

	for (size_t i = 0; i < row->times; i++)
		buf_add_text(&data, row->text);
	assert_string_equal(digest_sha256(buf_str(&data), out), row->want);
}

static void random_texts(void **state)
{
	(void)state;
	AUTO_ERR err = ERR_INIT;
	AUTO_FREE char *a = NULL, *b = NULL, *none = NULL;

	assert_true(digest_random_text(32, &a, &err));
	assert_true(digest_random_text(32, &b, &err));
	assert_true(digest_random_text(0, &none, &err));
	assert_string_equal(none, "");
	assert_int_equal(strlen(a), 32);
	assert_string_not_equal(a, b);
	assert_int_equal(strspn(a, "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
				   "abcdefghijklmnopqrstuvwxyz0123456789-_"),
			 32);
}

int main(void)
{
	const struct CMUnitTest others[] = { cmocka_unit_test(random_texts) };

	return ROWS_RUN("digest", rows, sums) +
	       cmocka_run_group_tests_name("digest more", others, NULL, NULL);
}
