#include "random_val.h"

#include "base/buf.h"

static const char *const pieces[] = {
	"a",
	"b",
	" ",
	"\n",
	"\n",
	"  ",
	"\t",
	":",
	": ",
	" #",
	"#",
	"-",
	"- ",
	"---",
	"...",
	"'",
	"\"",
	"\\",
	"1",
	"0",
	"x",
	"e",
	"_",
	".",
	"+",
	"yes",
	"no",
	"null",
	"~",
	"<<",
	"=",
	"{",
	"}",
	"[",
	"]",
	",",
	"&",
	"*",
	"!",
	"|",
	">",
	"%",
	"@",
	"`",
	"?",
	"? ",
	"/",
	"~1",
	"\r",
	"\xc2\x85",
	"\xe2\x80\xa8",
	"\xef\xbb\xbf",
	"\xc3\xa9",
	"\xf0\x9f\x98\x80",
	"\x7f",
	"\x01",
	"\xef\xbf\xbe",
	"\xc2\xa0",
	"12:30",
	"2001-01-01",
	"0x1f",
	"1e3",
	"1e400",
	".inf",
	"\xee\x80\x80",
};

static const char *const numbers[] = {
	"0",
	"-0",
	"1",
	"-1",
	"1e3",
	"1E3",
	"0.5",
	"-0.0",
	"1e400",
	"-1e999",
	"1e-400",
	"1.10",
	"9007199254740993",
	"9223372036854775807",
	"-9223372036854775808",
	"18446744073709551616",
	"123456789012345678901234567890",
	"1e+5",
	"1000000000000000",
};

unsigned random_below(struct random_val *r, unsigned n)
{
	r->seed ^= r->seed << 13;
	r->seed ^= r->seed >> 7;
	r->seed ^= r->seed << 17;
	return (unsigned)((r->seed >> 11) % n);
}

struct val *random_text(struct random_val *r)
{
	AUTO_BUF text = BUF_INIT(100000);
	unsigned n = random_below(r, 6);

	/* Longer than a key that YAML can have on one line. */
	if (random_below(r, 300) == 0)
		n = 600;
	for (unsigned i = 0; i < n; i++)
		buf_add_text(&text, pieces[random_below(r, ARRAY_LEN(pieces))]);
	return val_new_text(buf_str(&text));
}

static struct val *scalar(struct random_val *r)
{
	unsigned n = ARRAY_LEN(numbers);

	switch (random_below(r, 6)) {
	case 0:
		if (!r->no_nulls)
			return val_ref(val_null());
		return val_new_int(7);
	case 1:
		return val_ref(val_bool(random_below(r, 2)));
	case 2:
		return val_new_number(str_of(numbers[random_below(r, n)]));
	default:
		return random_text(r);
	}
}

static struct val *any(struct random_val *r, unsigned levels)
{
	unsigned kind = levels ? random_below(r, 3) : 0;
	unsigned n = random_below(r, 4);
	struct val_list list = { 0 };
	struct val_map map = { 0 };

	if (kind == 0)
		return scalar(r);
	while (n--) {
		AUTO(val_unref) struct val *key = random_text(r);

		if (kind == 1)
			val_list_add_take(&list, any(r, levels - 1));
		else
			val_map_set_take(&map, val_str(key),
					 any(r, levels - 1));
	}
	return kind == 1 ? val_list_take(&list) : val_map_take(&map);
}

struct val *random_val(struct random_val *r)
{
	return any(r, 5);
}

struct val *random_map(struct random_val *r, unsigned levels)
{
	struct val_map map = { 0 };

	for (const char *key = "abcde"; *key; key++) {
		unsigned kind = random_below(r, 4);

		if (kind == 0)
			continue;
		struct val *item = kind == 1 && levels
					   ? random_map(r, levels - 1)
					   : any(r, 1);
		val_map_set_take(&map, str_cut(key, 1), item);
	}
	return val_map_take(&map);
}
