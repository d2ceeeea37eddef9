/* References: the examples of RFC 3986 section 5.4 among others. */
#include "data/uri.h"

#include "unit/rows.h"

#define BASE "http://a/b/c/d;p?q"

static const struct row {
	const char *name; /* is the reference */
	const char *base, *want;
} rows[] = {
	{ "g:h", BASE, "g:h" },
	{ "g", BASE, "http://a/b/c/g" },
	{ "./g", BASE, "http://a/b/c/g" },
	{ "g/", BASE, "http://a/b/c/g/" },
	{ "/g", BASE, "http://a/g" },
	{ "//g", BASE, "http://g" },
	{ "?y", BASE, "http://a/b/c/d;p?y" },
	{ "g?y", BASE, "http://a/b/c/g?y" },
	{ ";x", BASE, "http://a/b/c/;x" },
	{ "", BASE, "http://a/b/c/d;p?q" },
	{ ".", BASE, "http://a/b/c/" },
	{ "./", BASE, "http://a/b/c/" },
	{ "..", BASE, "http://a/b/" },
	{ "../", BASE, "http://a/b/" },
	{ "../g", BASE, "http://a/b/g" },
	{ "../..", BASE, "http://a/" },
	{ "../../g", BASE, "http://a/g" },
	{ "../../../g", BASE, "http://a/g" },
	{ "/./g", BASE, "http://a/g" },
	{ "/../g", BASE, "http://a/g" },
	{ "g.", BASE, "http://a/b/c/g." },
	{ "..g", BASE, "http://a/b/c/..g" },
	{ "./../g", BASE, "http://a/b/g" },
	{ "g/./h", BASE, "http://a/b/c/g/h" },
	{ "g/../h", BASE, "http://a/b/c/h" },
	{ "x/", "http://a", "http://a/x/" },
	{ "n.json", "", "n.json" },
	{ "n.json", "values.json", "n.json" },
	{ "/n.json", "a/b", "/n.json" },
	{ "urn:a:b", BASE, "urn:a:b" },
	{ "", "urn:a:b", "urn:a:b" },
};

static void test_row(void **state)
{
	const struct row *row = *state;
	AUTO_BUF out = BUF_INIT(1000);

	uri_resolve(str_of(row->base), str_of(row->name), &out);
	assert_string_equal(buf_text(&out), row->want);
}

static void test_unescape(void **state)
{
	static const char *const broken[] = { "%", "%4", "a%4g", "%%41" };
	AUTO_BUF out = BUF_INIT(100);

	(void)state;
	assert_true(uri_unescape(str_of("a%20%C3%a9/b"), &out));
	assert_string_equal(buf_text(&out), "a é/b");
	for (size_t i = 0; i < sizeof(broken) / sizeof(broken[0]); i++)
		assert_false(uri_unescape(str_of(broken[i]), &out));
}

int main(void)
{
	static const struct CMUnitTest more[] = {
		cmocka_unit_test(test_unescape),
	};

	return ROWS_RUN("uri", rows, test_row) +
	       cmocka_run_group_tests_name("escapes", more, NULL, NULL);
}
