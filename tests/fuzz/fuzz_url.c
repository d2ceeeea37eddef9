/* No name becomes a path or a query: what was put into a target as segments
 * and a value can be read out of it again, decoded. */
#include "kube/url.h"

#include "base/alloc.h"

#include <stdint.h>
#include <stdlib.h>

static int digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

static void decode(struct str text, struct buf *out)
{
	for (size_t i = 0; i < text.n; i++) {
		if (text.p[i] != '%') {
			if (text.p[i] <= ' ' || text.p[i] > '~' ||
			    strchr("/?#&=+", text.p[i]))
				abort();
			buf_add_char(out, text.p[i]);
			continue;
		}
		if (text.n - i < 3 || digit(text.p[i + 1]) < 0 ||
		    digit(text.p[i + 2]) < 0)
			abort();
		buf_add_char(out, (char)(digit(text.p[i + 1]) * 16 +
					 digit(text.p[i + 2])));
		i += 2;
	}
}

static void expect(struct str encoded, const char *want)
{
	AUTO_BUF plain = BUF_INIT(URL_BYTES);

	decode(encoded, &plain);
	if (!str_is(buf_str(&plain), want))
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct str text = str_cut((const char *)data, size), one, two;
	AUTO_BUF target = BUF_INIT(URL_BYTES);
	AUTO_ERR err = ERR_INIT;

	if (size > URL_BYTES / 4)
		return 0;
	str_split(text, '\0', &one, &two);
	AUTO_FREE char *name = alloc_text(one.p, one.n);
	AUTO_FREE char *value = alloc_text(two.p, two.n);
	url_segment(&target, name);
	url_query(&target, "k", value);

	struct str path, query;
	bool has_query = str_split(buf_str(&target), '?', &path, &query);
	if (path.n < 1 || path.p[0] != '/' || has_query != (*value != '\0'))
		abort();
	expect(str_cut(path.p + 1, path.n - 1), name);
	if (has_query) {
		if (!str_starts(query, "k="))
			abort();
		expect(str_cut(query.p + 2, query.n - 2), value);
	}
	bool is_dots = strcmp(name, ".") == 0 || strcmp(name, "..") == 0;
	if (url_check(&target, &err) == is_dots)
		abort();
	return 0;
}
