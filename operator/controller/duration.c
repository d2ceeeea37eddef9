#include "controller/duration.h"

#include "base/attr.h"

static const int64_t longest_ms = 10LL * 366 * 24 * 3600 * 1000;

static bool read_unit(struct str *text, int64_t *out_ms)
{
	static const struct {
		const char *text;
		int64_t ms;
	} units[] = {
		{ "ms", 1 }, { "s", 1000 }, { "m", 60000 }, { "h", 3600000 }
	};

	for (size_t i = 0; i < ARRAY_LEN(units); i++)
		if (str_starts(*text, units[i].text)) {
			size_t n = strlen(units[i].text);

			*text = str_cut(text->p + n, text->n - n);
			*out_ms = units[i].ms;
			return true;
		}
	return false;
}

bool duration_parse(struct str text, int64_t *out_ms)
{
	int64_t total = 0, unit;

	while (text.n) {
		int64_t n = 0;
		size_t i = 0;

		while (i < text.n && text.p[i] >= '0' && text.p[i] <= '9' &&
		       n < longest_ms)
			n = n * 10 + (text.p[i++] - '0');
		text = str_cut(text.p + i, text.n - i);
		if (i == 0 || !read_unit(&text, &unit))
			return false;
		if (__builtin_mul_overflow(n, unit, &n) || n > longest_ms ||
		    (total += n) > longest_ms)
			return false;
	}
	if (total < 1)
		return false;
	*out_ms = total;
	return true;
}
