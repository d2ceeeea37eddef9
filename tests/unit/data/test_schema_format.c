/* What each format accepts and refuses. */
#include "data/schema_format.h"

#include "unit/rows.h"

static const struct row {
	const char *name; /* is the format */
	const char *fits[8], *others[12];
} rows[] = {
	{ "date",
	  { "2024-02-29", "1999-12-31", "2000-02-29" },
	  { "2023-02-29", "1900-02-29", "2024-13-01", "2024-00-01",
	    "2024-04-31", "2024-1-1", "24-01-01", "", "2024-01-01 ",
	    "2024/01/01" } },
	{ "time",
	  { "15:04:05Z", "00:00:00z", "23:59:60Z", "12:00:00.123+05:30",
	    "22:59:60-01:00", "00:29:60+00:30" },
	  { "15:04:05", "24:00:00Z", "12:60:00Z", "12:00:61Z", "12:00:60Z",
	    "12:00:00.Z", "12:00:00+5:30", "12:00:00+24:00", "1:2:3Z",
	    "12:00:00Zx", "" } },
	{ "date-time",
	  { "2024-02-29T15:04:05Z", "2024-02-29t15:04:05.5+01:00" },
	  { "2024-02-29 15:04:05Z", "2024-02-30T15:04:05Z",
	    "2024-02-29T25:04:05Z", "2024-02-29", "" } },
	{ "duration",
	  { "P1D", "P4Y1M2DT3H4M5S", "PT1M", "P4W", "P1Y" },
	  { "P", "PT", "1D", "P1", "P1H", "PT1D", "P2D1Y", "P1D2W", "PW",
	    "P1YT", "" } },
	{ "period",
	  { "2024-01-01T00:00:00Z/P1D", "P1D/2024-01-01T00:00:00Z",
	    "2024-01-01T00:00:00Z/2024-01-02T00:00:00Z" },
	  { "P1D", "P1D/P1D", "2024-01-01/P1D", "/", "" } },
	{ "email",
	  { "a@b.example", "a.b+c@d", "\"a b\"@c", "a@[127.0.0.1]",
	    "a@[IPv6:::1]" },
	  { "a", "@", "a.@b", ".a@b", "a..b@c", "a b@c", "a@b_c", "a@[1.2.3]",
	    "\"a\"b\"@c", "a@" } },
	{ "hostname",
	  { "a", "a.b.example", "A-1.b", "a." },
	  { "", ".", "a..b", "-a", "a-", "a_b", "a b",
	    "a234567890123456789012345678901234567890123456789012345678901234" } },
	{ "ipv4",
	  { "1.2.3.4", "0.0.0.0", "255.255.255.255" },
	  { "1.2.3", "1.2.3.4.5", "256.1.1.1", "01.2.3.4", "1.2.3.", "a.b.c.d",
	    "1.2.3.4 ", "1.2.3.1000", "" } },
	{ "ipv6",
	  { "::", "::1", "1::", "1:2:3:4:5:6:7:8", "fe80::1:2",
	    "::ffff:1.2.3.4", "1:2:3:4:5:6:1.2.3.4", "1::3:4:5:6:7:8" },
	  { "", ":", ":::", "1:2:3:4:5:6:7", "1:2:3:4:5:6:7:8:9", "1::2::3",
	    "12345::", "::1.2.3", "1:2:3:4:5:6:7:1.2.3.4", "fe80::1%eth0",
	    "1:2:", "1:2:3:4:5:6:7::8" } },
	{ "uri",
	  { "http://a/b?c#d", "urn:a:b", "mailto:a@b", "http://[::1]:80/" },
	  { "/a", "a b:c", "http://a b", "http://[::x]/", "http://a/%zz",
	    "http://a#b#c", "http://a]", "" } },
	{ "uri-reference",
	  { "http://a", "/a", "#b", "", "?x" },
	  { "\\a", "a b", "%", "<a>" } },
	{ "iri", { "http://ä/ö", "http://a" }, { "/ä", "a b" } },
	{ "iri-reference", { "/ä", "" }, { "\\ä" } },
	{ "uri-template",
	  { "http://a/{b}/{c,d}", "", "a" },
	  { "{", "}", "{{a}}", "a b", "{a" } },
	{ "json-pointer",
	  { "", "/", "/a/b~0~1", "/ä" },
	  { "a", "/~", "/~2", "#/a" } },
	{ "relative-json-pointer",
	  { "0", "1/a", "2#", "10/~1" },
	  { "", "/a", "01/a", "-1", "0##", "1a" } },
	{ "regex", { "^a$", "", "[a-z]+" }, { "(a", "*", "[" } },
	{ "semver",
	  { "1.2.3", "0.0.0", "1.2.3-rc.1", "1.2.3+b.01", "1.2.3-0a.b+c" },
	  { "1.2", "v1.2.3", "1.2.03", "1.2.3-", "1.2.3-01", "1.2.3+",
	    "1.2.3-a..b", "1.2.3.4", "" } },
	{ "uuid",
	  { "00000000-0000-0000-0000-000000000000",
	    "2EB8AA08-aa98-11ea-b4aa-73b441d16380" },
	  { "2EB8AA08-aa98-11ea-b4aa-73b441d1638",
	    "2EB8AA08aa98-11ea-b4aa-73b441d16380-",
	    "2EB8AA08-aa98-11ea-b4aa-73b441d1638g", "" } },
};

static void test_row(void **state)
{
	const struct row *row = *state;
	enum schema_format format = schema_format_find(str_of(row->name));

	assert_int_not_equal(format, FORMAT_NONE);
	assert_non_null(schema_format_text(format));
	for (size_t i = 0; i < 8 && row->fits[i]; i++)
		if (!schema_format_matches(format, str_of(row->fits[i])))
			fail_msg("\"%s\" is refused", row->fits[i]);
	for (size_t i = 0; i < 12 && row->others[i]; i++)
		if (schema_format_matches(format, str_of(row->others[i])))
			fail_msg("\"%s\" is accepted", row->others[i]);
}

static void test_all(void **state)
{
	(void)state;
	assert_int_equal(sizeof(rows) / sizeof(rows[0]), FORMAT_COUNT - 1);
	assert_int_equal(schema_format_find(str_of("idn-email")), FORMAT_NONE);
	assert_int_equal(schema_format_find(str_of("")), FORMAT_NONE);
}

int main(void)
{
	static const struct CMUnitTest more[] = { cmocka_unit_test(test_all) };

	return ROWS_RUN("schema_format", rows, test_row) +
	       cmocka_run_group_tests_name("formats", more, NULL, NULL);
}
