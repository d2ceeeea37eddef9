#include "data/pointer.h"

void pointer_add(struct buf *pointer, struct str key)
{
	size_t done = 0;

	buf_add_char(pointer, '/');
	for (size_t i = 0; i < key.n; i++) {
		if (key.p[i] != '~' && key.p[i] != '/')
			continue;
		buf_add(pointer, key.p + done, i - done);
		buf_add_text(pointer, key.p[i] == '~' ? "~0" : "~1");
		done = i + 1;
	}
	if (done < key.n)
		buf_add(pointer, key.p + done, key.n - done);
}

void pointer_add_index(struct buf *pointer, size_t i)
{
	buf_addf(pointer, "/%zu", i);
}

bool pointer_next(struct str *pointer, struct buf *key)
{
	struct str head, rest;

	if (pointer->n == 0 || pointer->p[0] != '/')
		return false;
	rest = str_cut(pointer->p + 1, pointer->n - 1);
	if (str_split(rest, '/', &head, &rest))
		/* What follows begins with its slash. */
		rest = str_cut(rest.p - 1, rest.n + 1);
	*pointer = rest;
	buf_clear(key);
	for (size_t i = 0; i < head.n; i++) {
		struct str from_here = str_cut(head.p + i, head.n - i);
		bool slash = str_starts(from_here, "~1");

		if (slash || str_starts(from_here, "~0")) {
			buf_add_char(key, slash ? '/' : '~');
			i++;
		} else {
			buf_add_char(key, head.p[i]);
		}
	}
	return true;
}

bool pointer_index(struct str key, size_t *out)
{
	uint64_t n;

	if ((key.n > 1 && key.p[0] == '0') || !str_number(key, SIZE_MAX, &n))
		return false;
	*out = n;
	return true;
}

const struct val *pointer_get(const struct val *v, const char *pointer)
{
	struct str rest = str_of(pointer);
	AUTO_BUF key = BUF_INIT(rest.n + 1);
	size_t i;

	while (v && pointer_next(&rest, &key)) {
		if (!val_is(v, VAL_LIST))
			v = val_get_str(v, buf_str(&key));
		else if (pointer_index(buf_str(&key), &i) && i < val_count(v))
			v = val_at(v, i);
		else
			v = NULL;
	}
	return rest.n == 0 ? v : NULL;
}
