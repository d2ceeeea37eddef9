#include "data/schema_format.h"

#include "data/regex.h"
#include "data/uri.h"

static struct str from(struct str s, size_t i)
{
	return str_cut(s.p + i, s.n - i);
}

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool is_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static bool is_hex(char c)
{
	return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

static size_t digits(struct str s)
{
	size_t n = 0;

	while (n < s.n && is_digit(s.p[n]))
		n++;
	return n;
}

/* Two digits at i; -1 when they are none. */
static int two(struct str s, size_t i)
{
	if (i + 2 > s.n || !is_digit(s.p[i]) || !is_digit(s.p[i + 1]))
		return -1;
	return (s.p[i] - '0') * 10 + s.p[i + 1] - '0';
}

/* "0" in the shape is a digit, any other character itself. */
static bool is_shaped(struct str s, const char *shape)
{
	if (s.n != strlen(shape))
		return false;
	for (size_t i = 0; i < s.n; i++)
		if (shape[i] == '0' ? !is_digit(s.p[i]) : s.p[i] != shape[i])
			return false;
	return true;
}

static bool is_date(struct str s)
{
	static const int days[] = { 31, 29, 31, 30, 31, 30,
				    31, 31, 30, 31, 30, 31 };

	if (!is_shaped(s, "0000-00-00"))
		return false;
	int year = two(s, 0) * 100 + two(s, 2), month = two(s, 5);
	int day = two(s, 8);
	bool leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
	return month >= 1 && month <= 12 && day >= 1 &&
	       day <= days[month - 1] && (month != 2 || day < 29 || leap);
}

static bool is_time(struct str s)
{
	int hour = two(s, 0), minute = two(s, 3), second = two(s, 6);
	int offset = 0;

	if (s.n < 9 || !is_shaped(str_cut(s.p, 8), "00:00:00") || hour > 23 ||
	    minute > 59 || second > 60)
		return false;
	s = from(s, 8);
	if (s.p[0] == '.') {
		size_t n = digits(from(s, 1));

		if (n == 0)
			return false;
		s = from(s, n + 1);
	}
	if (!str_is(s, "z") && !str_is(s, "Z")) {
		if (s.n != 6 || (s.p[0] != '+' && s.p[0] != '-') ||
		    !is_shaped(from(s, 1), "00:00") || two(s, 1) > 23 ||
		    two(s, 4) > 59)
			return false;
		offset = two(s, 1) * 60 + two(s, 4);
		if (s.p[0] == '+')
			offset = -offset;
	}
	/* A leap second ends a day of UTC. */
	return second < 60 ||
	       (hour * 60 + minute + offset + 1440) % 1440 == 1439;
}

static bool is_date_time(struct str s)
{
	return s.n >= 20 && (s.p[10] == 'T' || s.p[10] == 't') &&
	       is_date(str_cut(s.p, 10)) && is_time(from(s, 11));
}

/* Numbers with units that come in this order. */
static bool are_units(struct str s, const char *units)
{
	while (s.n) {
		size_t n = digits(s);
		const char *unit;

		if (n == 0 || n == s.n || !(unit = strchr(units, s.p[n])))
			return false;
		units = unit + 1;
		s = from(s, n + 1);
	}
	return true;
}

static bool is_duration(struct str s)
{
	struct str days, time;

	if (s.n < 2 || s.p[0] != 'P')
		return false;
	s = from(s, 1);
	if (s.p[s.n - 1] == 'W')
		return s.n > 1 && digits(s) == s.n - 1;
	bool has_time = str_split(s, 'T', &days, &time);
	return are_units(days, "YMD") &&
	       (!has_time || (time.n && are_units(time, "HMS")));
}

static bool is_period(struct str s)
{
	struct str start, end;

	if (!str_split(s, '/', &start, &end))
		return false;
	if (str_starts(start, "P"))
		return is_duration(start) && is_date_time(end);
	return is_date_time(start) &&
	       (str_starts(end, "P") ? is_duration(end) : is_date_time(end));
}

static bool is_ipv4(struct str s)
{
	struct str part;
	size_t parts = 0;
	bool more;

	do {
		more = str_split(s, '.', &part, &s);
		if (part.n == 0 || part.n > 3 || digits(part) != part.n ||
		    (part.n > 1 && part.p[0] == '0') ||
		    (part.n == 3 && str_compare(part, str_of("255")) > 0))
			return false;
		parts++;
	} while (more);
	return parts == 4;
}

static bool is_ipv6(struct str s)
{
	size_t groups = 0;
	bool gap = false;

	if (str_starts(s, "::")) {
		gap = true;
		s = from(s, 2);
	}
	while (s.n) {
		size_t n = 0;

		while (n < s.n && is_hex(s.p[n]))
			n++;
		if (n < s.n && s.p[n] == '.') {
			groups += 2;
			return groups <= (gap ? 7 : 8) &&
			       (gap || groups == 8) && is_ipv4(s);
		}
		if (n == 0 || n > 4)
			return false;
		groups++;
		s = from(s, n);
		if (s.n == 0)
			break;
		if (str_starts(s, "::")) {
			if (gap)
				return false;
			gap = true;
			s = from(s, 2);
		} else if (s.p[0] == ':' && s.n > 1) {
			s = from(s, 1);
		} else {
			return false;
		}
	}
	return gap ? groups < 8 : groups == 8;
}

static bool is_hostname(struct str s)
{
	struct str label;
	bool more;

	if (str_ends(s, "."))
		s.n--;
	if (s.n > 253)
		return false;
	do {
		more = str_split(s, '.', &label, &s);
		if (label.n < 1 || label.n > 63 || label.p[0] == '-' ||
		    label.p[label.n - 1] == '-')
			return false;
		for (size_t i = 0; i < label.n; i++)
			if (!is_letter(label.p[i]) && !is_digit(label.p[i]) &&
			    label.p[i] != '-')
				return false;
	} while (more);
	return true;
}

static bool is_mailbox(struct str s)
{
	if (s.n > 64)
		return false;
	if (s.n > 1 && s.p[0] == '"' && s.p[s.n - 1] == '"') {
		s = str_cut(s.p + 1, s.n - 2);
		return s.n == 0 ||
		       (!memchr(s.p, '"', s.n) && !memchr(s.p, '\\', s.n));
	}
	for (size_t i = 0; i < s.n; i++) {
		if (!is_letter(s.p[i]) && !is_digit(s.p[i]) &&
		    !strchr(".!#$%&'*+-/=?^_`{|}~", s.p[i]))
			return false;
		if (s.p[i] == '.' &&
		    (i == 0 || i + 1 == s.n || s.p[i + 1] == '.'))
			return false;
	}
	return true;
}

static bool is_email(struct str s)
{
	size_t at = s.n;

	while (at && s.p[at - 1] != '@')
		at--;
	if (at == 0 || s.n > 254 || !is_mailbox(str_cut(s.p, at - 1)))
		return false;
	s = from(s, at);
	if (!str_starts(s, "[") || !str_ends(s, "]"))
		return is_hostname(s);
	s = str_cut(s.p + 1, s.n - 2);
	return str_starts(s, "IPv6:") ? is_ipv6(from(s, 5)) : is_ipv4(s);
}

static bool is_json_pointer(struct str s)
{
	if (s.n && s.p[0] != '/')
		return false;
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] == '~' &&
		    (i + 1 == s.n || (s.p[i + 1] != '0' && s.p[i + 1] != '1')))
			return false;
	return true;
}

static bool is_relative_json_pointer(struct str s)
{
	size_t n = digits(s);

	if (n == 0 || (n > 1 && s.p[0] == '0'))
		return false;
	s = from(s, n);
	return str_is(s, "#") || is_json_pointer(s);
}

static bool is_regex(struct str s)
{
	AUTO(regex_free) struct regex *regex = NULL;
	AUTO_ERR err = ERR_INIT;

	return regex_compile(s, &regex, &err);
}

/* Words between points; of digits alone without a zero before them. */
static bool are_words(struct str s, bool numbers)
{
	struct str word;
	bool more;

	do {
		more = str_split(s, '.', &word, &s);
		if (word.n == 0)
			return false;
		for (size_t i = 0; i < word.n; i++)
			if (!is_letter(word.p[i]) && !is_digit(word.p[i]) &&
			    word.p[i] != '-')
				return false;
		if (numbers && digits(word) == word.n && word.n > 1 &&
		    word.p[0] == '0')
			return false;
	} while (more);
	return true;
}

static bool is_semver(struct str s)
{
	struct str rest, number;
	size_t numbers = 0;
	bool more;

	if (str_split(s, '+', &s, &rest) && !are_words(rest, false))
		return false;
	if (str_split(s, '-', &s, &rest) && !are_words(rest, true))
		return false;
	do {
		more = str_split(s, '.', &number, &s);
		if (number.n == 0 || digits(number) != number.n ||
		    (number.n > 1 && number.p[0] == '0'))
			return false;
		numbers++;
	} while (more);
	return numbers == 3;
}

static bool is_uri_reference(struct str s)
{
	const char *open = s.n ? memchr(s.p, '[', s.n) : NULL;

	if (!uri_is_reference(s))
		return false;
	if (!open)
		return s.n == 0 || !memchr(s.p, ']', s.n);
	/* Only an address of IPv6 stands in brackets. */
	struct str address = from(s, (size_t)(open + 1 - s.p)), rest;
	return str_split(address, ']', &address, &rest) && is_ipv6(address);
}

static bool is_uri(struct str s)
{
	return uri_scheme(s) && is_uri_reference(s);
}

static bool is_uri_template(struct str s)
{
	bool open = false;

	for (size_t i = 0; i < s.n; i++) {
		if (strchr(" \"'<>\\^`|", s.p[i]) || (s.p[i] == '{' && open) ||
		    (s.p[i] == '}' && !open))
			return false;
		if (s.p[i] == '{' || s.p[i] == '}')
			open = !open;
	}
	return !open;
}

static bool is_uuid(struct str s)
{
	if (s.n != 36)
		return false;
	for (size_t i = 0; i < s.n; i++) {
		bool dash = i == 8 || i == 13 || i == 18 || i == 23;

		if (dash ? s.p[i] != '-' : !is_hex(s.p[i]))
			return false;
	}
	return true;
}

static const struct {
	const char *name, *text;
	bool (*matches)(struct str s);
} formats[FORMAT_COUNT] = {
	[FORMAT_DATE] = { "date", "a date such as 2006-01-02", is_date },
	[FORMAT_DATE_TIME] = { "date-time",
			       "a time such as 2006-01-02T15:04:05Z",
			       is_date_time },
	[FORMAT_DURATION] = { "duration", "a duration such as P1DT12H",
			      is_duration },
	[FORMAT_EMAIL] = { "email", "an email address", is_email },
	[FORMAT_HOSTNAME] = { "hostname", "a host name", is_hostname },
	[FORMAT_IPV4] = { "ipv4", "an IPv4 address", is_ipv4 },
	[FORMAT_IPV6] = { "ipv6", "an IPv6 address", is_ipv6 },
	[FORMAT_IRI] = { "iri", "an IRI with its scheme", is_uri },
	[FORMAT_IRI_REFERENCE] = { "iri-reference", "an IRI",
				   is_uri_reference },
	[FORMAT_JSON_POINTER] = { "json-pointer", "a JSON pointer",
				  is_json_pointer },
	[FORMAT_PERIOD] = { "period", "a period such as START/P1D", is_period },
	[FORMAT_REGEX] = { "regex", "a regular expression", is_regex },
	[FORMAT_RELATIVE_JSON_POINTER] = { "relative-json-pointer",
					   "a relative JSON pointer",
					   is_relative_json_pointer },
	[FORMAT_SEMVER] = { "semver", "a version such as 1.2.3", is_semver },
	[FORMAT_TIME] = { "time", "a time of day such as 15:04:05Z", is_time },
	[FORMAT_URI] = { "uri", "a URI with its scheme", is_uri },
	[FORMAT_URI_REFERENCE] = { "uri-reference", "a URI", is_uri_reference },
	[FORMAT_URI_TEMPLATE] = { "uri-template", "a URI template",
				  is_uri_template },
	[FORMAT_UUID] = { "uuid", "a UUID", is_uuid },
};

enum schema_format schema_format_find(struct str name)
{
	for (enum schema_format f = FORMAT_NONE + 1; f < FORMAT_COUNT; f++)
		if (str_is(name, formats[f].name))
			return f;
	return FORMAT_NONE;
}

const char *schema_format_text(enum schema_format format)
{
	return formats[format].text;
}

bool schema_format_matches(enum schema_format format, struct str text)
{
	return formats[format].matches(text);
}
