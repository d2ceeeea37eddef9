#include "mustache/helper_case.h"

#include <stdint.h>

/* Capitals from first to last, every step-th one, and how far away their small
 * letters are. The simple case mappings of UnicodeData.txt, Unicode 14. */
static const struct range {
	uint32_t first, last;
	int32_t to_lower;
	uint32_t step;
} ranges[] = {
	/* clang-format off */
	{ 0x0041, 0x005a, 32, 1 },   /* A-Z */
	{ 0x00c0, 0x00d6, 32, 1 },   /* À-Ö */
	{ 0x00d8, 0x00de, 32, 1 },   /* Ø-Þ */
	{ 0x0100, 0x012e, 1, 2 },    /* Ā-Į */
	{ 0x0132, 0x0136, 1, 2 },    /* Ĳ-Ķ */
	{ 0x0139, 0x0147, 1, 2 },    /* Ĺ-Ň */
	{ 0x014a, 0x0176, 1, 2 },    /* Ŋ-Ŷ */
	{ 0x0178, 0x0178, -121, 1 }, /* Ÿ */
	{ 0x0179, 0x017d, 1, 2 },    /* Ź-Ž */
	{ 0x01a0, 0x01a4, 1, 2 },    /* Ơ-Ƥ */
	{ 0x01af, 0x01af, 1, 1 },    /* Ư */
	{ 0x01cd, 0x01db, 1, 2 },    /* Ǎ-Ǜ */
	{ 0x01de, 0x01ee, 1, 2 },    /* Ǟ-Ǯ */
	{ 0x01f8, 0x021e, 1, 2 },    /* Ǹ-Ȟ */
	{ 0x0222, 0x0232, 1, 2 },    /* Ȣ-Ȳ */
	{ 0x0386, 0x0386, 38, 1 },   /* Ά */
	{ 0x0388, 0x038a, 37, 1 },   /* Έ-Ί */
	{ 0x038c, 0x038c, 64, 1 },   /* Ό */
	{ 0x038e, 0x038f, 63, 1 },   /* Ύ-Ώ */
	{ 0x0391, 0x03a1, 32, 1 },   /* Α-Ρ */
	{ 0x03a3, 0x03ab, 32, 1 },   /* Σ-Ϋ */
	{ 0x0400, 0x040f, 80, 1 },   /* Ѐ-Џ */
	{ 0x0410, 0x042f, 32, 1 },   /* А-Я */
	{ 0x0460, 0x0480, 1, 2 },    /* Ѡ-Ҁ */
	{ 0x048a, 0x04be, 1, 2 },    /* Ҋ-Ҿ */
	{ 0x04c0, 0x04c0, 15, 1 },   /* Ӏ */
	{ 0x04c1, 0x04cd, 1, 2 },    /* Ӂ-Ӎ */
	{ 0x04d0, 0x052e, 1, 2 },    /* Ӑ-Ԯ */
	{ 0x0531, 0x0556, 48, 1 },   /* Ա-Ֆ */
	{ 0x1e00, 0x1e94, 1, 2 },    /* Ḁ-Ẕ */
	{ 0x1ea0, 0x1efe, 1, 2 },    /* Ạ-Ỿ */
	/* clang-format on */
};

/* A Greek word ends with a small letter of its own. */
enum { FINAL_SIGMA = 0x03c2, CAPITAL_SIGMA = 0x03a3 };

static uint32_t other_case(uint32_t c, enum letter_case to)
{
	if (to == CASE_UPPER && c == FINAL_SIGMA)
		return CAPITAL_SIGMA;
	for (size_t i = 0; i < ARRAY_LEN(ranges); i++) {
		const struct range *r = &ranges[i];
		int32_t shift = to == CASE_UPPER ? r->to_lower : 0;
		int64_t capital = (int64_t)c - shift;

		if (capital >= r->first && capital <= r->last &&
		    (capital - r->first) % r->step == 0)
			return (uint32_t)(to == CASE_UPPER ? capital
							   : c + r->to_lower);
	}
	return c;
}

/* Every letter above has at most three bytes, in both cases. */
static size_t decode(const char *p, uint32_t *out)
{
	const unsigned char *b = (const unsigned char *)p;

	if (b[0] < 0x80) {
		*out = b[0];
		return 1;
	}
	if (b[0] < 0xe0) {
		*out = (b[0] & 0x1fu) << 6 | (b[1] & 0x3fu);
		return 2;
	}
	*out = (b[0] & 0x0fu) << 12 | (b[1] & 0x3fu) << 6 | (b[2] & 0x3fu);
	return 3;
}

static void encode(uint32_t c, struct buf *out)
{
	if (c < 0x80) {
		buf_add_char(out, (char)c);
		return;
	}
	if (c < 0x800) {
		buf_add_char(out, (char)(0xc0 | c >> 6));
	} else {
		buf_add_char(out, (char)(0xe0 | c >> 12));
		buf_add_char(out, (char)(0x80 | (c >> 6 & 0x3f)));
	}
	buf_add_char(out, (char)(0x80 | (c & 0x3f)));
}

void case_write(struct str s, enum letter_case to, struct buf *out)
{
	enum { FOUR_BYTES = 0xf0 };
	uint32_t c;

	buf_reserve(out, s.n);
	for (size_t i = 0; i < s.n;) {
		if ((unsigned char)s.p[i] >= FOUR_BYTES) {
			buf_add(out, s.p + i, 4);
			i += 4;
			continue;
		}
		i += decode(s.p + i, &c);
		encode(other_case(c, to), out);
	}
}
