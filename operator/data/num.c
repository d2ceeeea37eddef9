#include "data/num.h"

static size_t skip_digits(struct str s, size_t at)
{
	while (at < s.n && s.p[at] >= '0' && s.p[at] <= '9')
		at++;
	return at;
}

size_t num_json_len(struct str s)
{
	size_t at = s.n && s.p[0] == '-', end;

	if (at < s.n && s.p[at] == '0')
		end = at + 1;
	else
		end = skip_digits(s, at);
	if (end == at)
		return 0;
	if (end < s.n && s.p[end] == '.') {
		at = end + 1;
		end = skip_digits(s, at);
		if (end == at)
			return 0;
	}
	if (end < s.n && (s.p[end] == 'e' || s.p[end] == 'E')) {
		at = end + 1;
		if (at < s.n && (s.p[at] == '+' || s.p[at] == '-'))
			at++;
		end = skip_digits(s, at);
		if (end == at)
			return 0;
	}
	return end;
}
