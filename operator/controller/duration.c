#include "controller/duration.h"

#include "base/attr.h"

static const int64_t longest_ns = 10LL * 366 * 24 * 3600 * 1000000000;

static bool read_unit(struct str *text, int64_t *out_ns)
{
	static const struct {
		const char *text;
		int64_t ns;
	} units[] = {
		{ "ns", 1 },           { "us", 1000 },
		{ "\xc2\xb5s", 1000 }, /* the micro sign */
		{ "\xce\xbcs", 1000 }, /* the Greek letter */
		{ "ms", 1000000 },     { "s", 1000000000 },
		{ "m", 60000000000 },  { "h", 3600000000000 },
	};

	for (size_t i = 0; i < ARRAY_LEN(units); i++)
		if (str_starts(*text, units[i].text)) {
			size_t n = strlen(units[i].text);

			*text = str_cut(text->p + n, text->n - n);
			*out_ns = units[i].ns;
			return true;
		}
	return false;
}

static bool is_digit(struct str text, size_t i)
{
	return i < text.n && text.p[i] >= '0' && text.p[i] <= '9';
}

/* Returns how many digits there are. What is too long stays too long. */
static size_t read_whole(struct str text, int64_t *out)
{
	size_t i = 0;

	for (*out = 0; is_digit(text, i); i++)
		if (*out <= longest_ns)
			*out = *out * 10 + (text.p[i] - '0');
	return i;
}

/* The same behind a point; digits that make no difference are passed over. */
static size_t read_fraction(struct str text, int64_t *out, int64_t *scale)
{
	size_t i = 0;

	for (*out = 0, *scale = 1; is_digit(text, i); i++)
		if (*scale < longest_ns) {
			*out = *out * 10 + (text.p[i] - '0');
			*scale *= 10;
		}
	return i;
}

/* A number and its unit, such as 1.5h. */
static bool read_part(struct str *text, int64_t *total)
{
	int64_t n, scale = 1, fraction = 0, unit;
	size_t whole = read_whole(*text, &n), parts = 0;

	*text = str_cut(text->p + whole, text->n - whole);
	if (str_starts(*text, ".")) {
		struct str rest = str_cut(text->p + 1, text->n - 1);

		parts = read_fraction(rest, &fraction, &scale);
		*text = str_cut(rest.p + parts, rest.n - parts);
	}
	if (whole + parts == 0 || !read_unit(text, &unit))
		return false;
	if (__builtin_mul_overflow(n, unit, &n) || n > longest_ns)
		return false;
	*total += n + (int64_t)((__int128)fraction * unit / scale);
	return *total <= longest_ns;
}

/* In nanoseconds; 0 is one as well. */
static bool read_duration(struct str text, int64_t *out_ns)
{
	int64_t total = 0;

	if (str_starts(text, "+"))
		text = str_cut(text.p + 1, text.n - 1);
	if (text.n == 0)
		return false;
	/* The one duration that needs no unit. */
	if (!str_is(text, "0"))
		while (text.n)
			if (!read_part(&text, &total))
				return false;
	*out_ns = total;
	return true;
}

bool duration_parse(struct str text, int64_t *out_ms)
{
	int64_t ns;

	if (!read_duration(text, &ns) || ns < 1000000)
		return false;
	*out_ms = ns / 1000000;
	return true;
}

bool duration_parse_period(struct str text, int64_t *out_ms)
{
	int64_t ns;

	if (!read_duration(text, &ns) || ns != 0)
		return duration_parse(text, out_ms);
	*out_ms = DURATION_NEVER;
	return true;
}
