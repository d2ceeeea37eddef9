#include "chart/marks.h"

/* U+100000 + slot in UTF-8: f4, and three bytes of six bits each. */
void mark_add(struct buf *out, size_t slot)
{
	const char mark[MARK_BYTES] = {
		MARK_LEAD,
		(char)(0x80 | slot >> 12),
		(char)(0x80 | (slot >> 6 & 0x3f)),
		(char)(0x80 | (slot & 0x3f)),
	};

	buf_add_str(out, str_cut(mark, MARK_BYTES));
}

static size_t slot_at(const char *p)
{
	return (size_t)(p[1] & 0x3f) << 12 | (size_t)(p[2] & 0x3f) << 6 |
	       (size_t)(p[3] & 0x3f);
}

enum mark_piece mark_cut(struct str *rest, size_t slots, struct str *out_text,
			 size_t *out_slot)
{
	size_t n = 0;

	if (rest->n == 0)
		return MARK_END;
	if (rest->n >= MARK_BYTES && rest->p[0] == MARK_LEAD) {
		*out_slot = slot_at(rest->p);
		if (*out_slot < slots) {
			*rest = str_cut(rest->p + MARK_BYTES,
					rest->n - MARK_BYTES);
			return MARK_SLOT;
		}
		n = MARK_BYTES;
	}
	while (n < rest->n && rest->p[n] != MARK_LEAD)
		n++;
	*out_text = str_cut(rest->p, n);
	*rest = str_cut(rest->p + n, rest->n - n);
	return MARK_TEXT;
}
