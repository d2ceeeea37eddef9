#include "base/base64.h"

static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
			       "abcdefghijklmnopqrstuvwxyz0123456789+/";

void base64_write(struct str data, struct buf *out)
{
	const unsigned char *p = (const unsigned char *)data.p;

	buf_reserve(out, base64_size(data.n));
	for (size_t i = 0; i < data.n; i += 3) {
		size_t n = data.n - i < 3 ? data.n - i : 3;
		unsigned v = (unsigned)p[i] << 16;
		char four[4];

		if (n > 1)
			v |= (unsigned)p[i + 1] << 8;
		if (n > 2)
			v |= p[i + 2];
		four[0] = alphabet[v >> 18];
		four[1] = alphabet[(v >> 12) & 63];
		four[2] = alphabet[(v >> 6) & 63];
		four[3] = alphabet[v & 63];
		memset(four + n + 1, '=', 3 - n);
		buf_add(out, four, 4);
	}
}

static int value_of(char c)
{
	if (c >= 'A' && c <= 'Z')
		return c - 'A';
	if (c >= 'a' && c <= 'z')
		return c - 'a' + 26;
	if (c >= '0' && c <= '9')
		return c - '0' + 52;
	if (c == '+')
		return 62;
	return c == '/' ? 63 : -1;
}

/* Writes the bytes of a group of four: n digits, the rest padding. Bits that
 * no byte takes must be zero, so that each value has one spelling. */
static bool add_group(const int v[4], int n, struct buf *out)
{
	unsigned bits = 0;
	char three[3];

	for (int i = 0; i < 4; i++)
		bits = bits << 6 | (unsigned)(i < n ? v[i] : 0);
	if ((n == 2 && (bits & 0xffff)) || (n == 3 && (bits & 0xff)))
		return false;
	three[0] = (char)(bits >> 16);
	three[1] = (char)(bits >> 8);
	three[2] = (char)bits;
	buf_add(out, three, (size_t)(n - 1));
	return true;
}

bool base64_read(struct str text, struct buf *out, struct err *err)
{
	int v[4], n = 0, pads = 0;
	size_t i;

	buf_reserve(out, text.n / 4 * 3);
	for (i = 0; i < text.n; i++) {
		char c = text.p[i];

		if (c == '\n' || c == '\r')
			continue;
		if (c == '=' && n >= 2 && n + pads < 4) {
			pads++;
			continue;
		}
		int digit = value_of(c);
		if (digit < 0 || pads)
			break;
		if (n == 4) {
			add_group(v, 4, out);
			n = 0;
		}
		v[n++] = digit;
	}
	bool whole = n == 0 || n + pads == 4;
	if (i < text.n || !whole || (n && !add_group(v, n, out)))
		return err_set(err, ERR_INVALID, "no base64 at byte %zu", i);
	return true;
}
