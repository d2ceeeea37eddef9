#include "data/scalar.h"

#include "base/base64.h"
#include "base/limits.h"
#include "data/num.h"

#include <inttypes.h>
#include <stdio.h>

enum meaning { NO_WORD, WORD_TRUE, WORD_FALSE, WORD_NULL, WORD_NO_JSON };

/* Words with a meaning; each also Capitalised and in UPPER case. */
static const struct {
	const char *text;
	enum meaning meaning;
} words[] = {
	{ "y", WORD_TRUE },    { "yes", WORD_TRUE },    { "on", WORD_TRUE },
	{ "true", WORD_TRUE }, { "n", WORD_FALSE },     { "no", WORD_FALSE },
	{ "off", WORD_FALSE }, { "false", WORD_FALSE }, { "null", WORD_NULL },
};

static bool is_upper(char c)
{
	return c >= 'A' && c <= 'Z';
}

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static char lower(char c)
{
	if (is_upper(c))
		return (char)(c - 'A' + 'a');
	return c;
}

/* True for null, Null and NULL when the word is "null", but not for nUll. */
static bool spells(struct str s, const char *word)
{
	size_t n = strlen(word), uppers = 0;

	if (s.n != n)
		return false;
	for (size_t i = 0; i < n; i++) {
		if (lower(s.p[i]) != word[i])
			return false;
		uppers += is_upper(s.p[i]);
	}
	return uppers == 0 || uppers == n || (uppers == 1 && is_upper(s.p[0]));
}

static enum meaning word_meaning(struct str s)
{
	static const char *const no_json[] = { ".inf", ".Inf", ".INF",
					       ".nan", ".NaN", ".NAN" };

	if (s.n == 0 || str_is(s, "~"))
		return WORD_NULL;
	if (s.n > 5)
		return NO_WORD;
	for (size_t i = 0; i < ARRAY_LEN(words); i++)
		if (spells(s, words[i].text))
			return words[i].meaning;
	bool sign = s.p[0] == '+' || s.p[0] == '-';
	/* Only infinity has a sign. */
	for (size_t i = 0; i < (sign ? 3 : ARRAY_LEN(no_json)); i++)
		if (str_is(str_cut(s.p + sign, s.n - sign), no_json[i]))
			return WORD_NO_JSON;
	return NO_WORD;
}

/* A number without its underscores: sign and the rest. */
struct plain {
	bool minus, plus;
	struct str rest;
	char text[LIMIT_NUMBER_DIGITS + 2]; /* one more than is allowed */
};

static void read_plain(struct str s, struct plain *out)
{
	size_t n = 0;

	for (size_t i = 0; i < s.n && n < sizeof(out->text); i++)
		if (s.p[i] != '_')
			out->text[n++] = s.p[i];
	out->minus = n && out->text[0] == '-';
	out->plus = n && out->text[0] == '+';
	size_t sign = out->minus || out->plus;
	out->rest = str_cut(out->text + sign, n - sign);
}

static struct str skip(struct str s, size_t n)
{
	return str_cut(s.p + n, s.n - n);
}

static int digit_value(char c)
{
	if (is_digit(c))
		return c - '0';
	c = lower(c);
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : 99;
}

static bool parse_base(struct str s, int base, uint64_t *out)
{
	uint64_t n = 0;

	for (size_t i = 0; i < s.n; i++) {
		int digit = digit_value(s.p[i]);

		if (digit >= base ||
		    __builtin_mul_overflow(n, (uint64_t)base, &n) ||
		    __builtin_add_overflow(n, (uint64_t)digit, &n))
			return false;
	}
	*out = n;
	return s.n > 0;
}

/* 0x1f, 0o17, 017 or 0b11; NULL when it is none or needs over 64 bits. */
static struct val *read_other_base(const struct plain *p)
{
	struct str s = p->rest;
	char text[24];
	uint64_t n;

	if (s.n < 2 || s.p[0] != '0')
		return NULL;
	char letter = lower(s.p[1]);
	bool named = letter == 'x' || letter == 'o' || letter == 'b';
	int base = letter == 'x' ? 16 : letter == 'b' ? 2 : 8;
	if (!parse_base(skip(s, named ? 2 : 1), base, &n))
		return NULL;
	/* Go reads numbers beyond int64 without a sign only. */
	if ((p->plus && n > INT64_MAX) || (p->minus && n > 1ULL << 63))
		return NULL;
	int len = snprintf(text, sizeof(text), "%s%" PRIu64,
			   p->minus && n ? "-" : "", n);
	return val_new_number(str_cut(text, (size_t)len));
}

static size_t count_digits(struct str s)
{
	size_t n = 0;

	while (n < s.n && is_digit(s.p[n]))
		n++;
	return n;
}

/* [digits][.digits][e[sign]digits] as a JSON number. Its length, 0 when it is
 * none. out has room for p->text, a zero on either side of the point and the
 * NUL that is not written. */
static size_t print_decimal(const struct plain *p,
			    char out[sizeof(p->text) + 2])
{
	struct str s = p->rest;
	size_t whole = count_digits(s), fraction = 0, zeros = 0, n = 0;

	if (p->minus)
		out[n++] = '-';
	while (zeros + 1 < whole && s.p[zeros] == '0')
		zeros++;
	if (whole == 0)
		out[n++] = '0';
	memcpy(out + n, s.p + zeros, whole - zeros);
	n += whole - zeros;
	s = skip(s, whole);
	if (s.n && s.p[0] == '.') {
		s = skip(s, 1);
		fraction = count_digits(s);
		out[n++] = '.';
		memcpy(out + n, s.p, fraction);
		n += fraction;
		if (fraction == 0)
			out[n++] = '0';
		s = skip(s, fraction);
	}
	memcpy(out + n, s.p, s.n);
	n += s.n;
	return whole + fraction && num_json_len(str_cut(out, n)) == n ? n : 0;
}

/* Behind a leading point Go wants each underscore between two digits; behind
 * a digit or a sign it does not care. */
static bool has_good_underscores(struct str s)
{
	for (size_t i = 1; i < s.n; i++)
		if (s.p[i] == '_' && (!is_digit(s.p[i - 1]) || i + 1 == s.n ||
				      !is_digit(s.p[i + 1])))
			return false;
	return true;
}

static bool starts_number(struct str s)
{
	bool sign = s.p[0] == '+' || s.p[0] == '-';

	if (s.p[0] == '.')
		return s.n > 1 && has_good_underscores(s);
	if (sign)
		return s.n > 1 && (is_digit(s.p[1]) || strchr("._", s.p[1]));
	return is_digit(s.p[0]);
}

/* Whether s holds only characters of the set, and at most one dot. */
static bool is_made_of(struct str s, const char *set)
{
	bool dot = false;

	for (size_t i = 0; i < s.n; i++) {
		if ((s.p[i] == '.' && dot) || !strchr(set, s.p[i]))
			return false;
		dot |= s.p[i] == '.';
	}
	return true;
}

/* Sets *out to the number, or to NULL when it is too long for one. Returns
 * false when s is text. */
static bool read_number(struct str s, struct val **out)
{
	struct plain p;
	char text[sizeof(p.text) + 2];

	if (!starts_number(s))
		return false;
	if (s.n > sizeof(p.text) && !is_made_of(s, "0123456789_eE+-."))
		return false;
	read_plain(s, &p);
	*out = read_other_base(&p);
	if (*out)
		return true;
	size_t n = print_decimal(&p, text);
	if (n == 0)
		return false;
	if (n > LIMIT_NUMBER_DIGITS)
		return true;
	if (!num_is_finite(str_cut(text, n)))
		return false;
	*out = val_new_number(str_cut(text, n));
	return true;
}

struct val *scalar_read(struct str plain)
{
	struct val *number = NULL;

	switch (word_meaning(plain)) {
	case WORD_NULL:
		return val_ref(val_null());
	case WORD_TRUE:
		return val_ref(val_bool(true));
	case WORD_FALSE:
		return val_ref(val_bool(false));
	case WORD_NO_JSON:
		return NULL;
	case NO_WORD:
		break;
	}
	if (read_number(plain, &number))
		return number;
	return val_new_text(plain);
}

static bool read_binary(struct str text, struct val **out, struct err *err)
{
	AUTO_BUF data = BUF_INIT(text.n + 1);

	if (!base64_read(text, &data, err))
		return err_wrap(err, "!!binary");
	struct str s = buf_str(&data);
	if (str_utf8_len(s) < s.n || (s.n && memchr(s.p, '\0', s.n)))
		return err_set(err, ERR_INVALID,
			       "!!binary: the bytes are no text");
	*out = val_new_text(s);
	return true;
}

static bool type_fits(const char *name, enum val_type type)
{
	if (type == VAL_NULL)
		return strcmp(name, "null") == 0;
	if (type == VAL_BOOL)
		return strcmp(name, "bool") == 0;
	if (type == VAL_INT && strcmp(name, "int") == 0)
		return true;
	return (type == VAL_INT || type == VAL_REAL) &&
	       strcmp(name, "float") == 0;
}

static bool is_known(const char *name)
{
	static const char *const known[] = { "str",  "int",  "float",
					     "bool", "null", "binary" };

	for (size_t i = 0; i < ARRAY_LEN(known); i++)
		if (strcmp(known[i], name) == 0)
			return true;
	return false;
}

bool scalar_read_tagged(const char *tag, struct str text, struct val **out,
			struct err *err)
{
	static const char prefix[] = "tag:yaml.org,2002:";

	if (!str_starts(str_of(tag), prefix))
		return err_set(err, ERR_INVALID, "unknown tag %s", tag);
	const char *name = tag + sizeof(prefix) - 1;
	if (!is_known(name))
		return err_set(err, ERR_INVALID, "unknown tag !!%s", name);
	if (strcmp(name, "binary") == 0)
		return read_binary(text, out, err);
	if (strcmp(name, "str") == 0) {
		*out = val_new_text(text);
		return true;
	}
	AUTO(val_unref) struct val *v = NULL;
	/* With its tag a number may be larger than any float64. */
	if (text.n && text.n <= LIMIT_NUMBER_DIGITS &&
	    num_json_len(text) == text.n)
		v = val_new_number(text);
	else
		v = scalar_read(text);
	if (!v || !type_fits(name, val_type(v)))
		return err_set(err, ERR_INVALID, "\"" STR_FMT "\" is no !!%s",
			       STR_ARG(str_clip(text, 40)), name);
	*out = TAKE(v);
	return true;
}

bool scalar_key(const struct val *v, struct val **out, struct err *err)
{
	char text[NUM_SHORT_BYTES];

	switch (val_type(v)) {
	case VAL_TEXT:
		*out = val_ref(v);
		return true;
	case VAL_INT:
		*out = val_new_textz(str_is(val_str(v), "-0") ? "0"
							      : val_text(v));
		return true;
	case VAL_REAL:
		*out = val_new_textz(num_print_short(val_str(v), text));
		return true;
	case VAL_BOOL:
		*out = val_new_textz(val_is_true(v) ? "true" : "false");
		return true;
	case VAL_NULL:
	case VAL_LIST:
	case VAL_MAP:
		break;
	}
	return err_set(err, ERR_INVALID, "a %s cannot be a key",
		       val_type_text(val_type(v)));
}

/* No word that means something, and no number, begins with these. */
static bool begins_text(struct str s)
{
	static const bool letters[256] = {
		['a'] = 1, ['b'] = 1, ['c'] = 1, ['d'] = 1, ['e'] = 1,
		['g'] = 1, ['h'] = 1, ['i'] = 1, ['j'] = 1, ['k'] = 1,
		['l'] = 1, ['m'] = 1, ['p'] = 1, ['q'] = 1, ['r'] = 1,
		['s'] = 1, ['u'] = 1, ['v'] = 1, ['w'] = 1, ['x'] = 1,
		['z'] = 1, ['A'] = 1, ['B'] = 1, ['C'] = 1, ['D'] = 1,
		['E'] = 1, ['G'] = 1, ['H'] = 1, ['I'] = 1, ['J'] = 1,
		['K'] = 1, ['L'] = 1, ['M'] = 1, ['P'] = 1, ['Q'] = 1,
		['R'] = 1, ['S'] = 1, ['U'] = 1, ['V'] = 1, ['W'] = 1,
		['X'] = 1, ['Z'] = 1, ['/'] = 1,
	};

	return s.n && letters[(unsigned char)s.p[0]];
}

bool scalar_is_text(struct str s)
{
	AUTO(val_unref) struct val *number = NULL;

	if (begins_text(s))
		return true;
	if (word_meaning(s) != NO_WORD || str_is(s, "=") || str_is(s, "<<") ||
	    read_number(s, &number))
		return false;
	bool sign = s.p[0] == '+' || s.p[0] == '-';
	struct str rest = skip(s, sign);
	if (rest.n == 0 || !strchr(".0123456789_", rest.p[0]))
		return true;
	/* Dates, 1e400 and whatever else looks like a number to somebody. */
	if (is_made_of(rest, "0123456789_eE+-."))
		return false;
	if (rest.n > 1 && rest.p[0] == '0' && strchr("xXoObB", rest.p[1]) &&
	    is_made_of(skip(rest, 2), "0123456789abcdefABCDEF_+-"))
		return false;
	/* Numbers to the base 60, and times. */
	return !memchr(rest.p, ':', rest.n) ||
	       !is_made_of(rest, "0123456789_:.+-TtZz ");
}
