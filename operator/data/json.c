/*
 * The reader lets cJSON parse, and mends what cJSON loses (1.7.15, measured):
 * numbers beyond 2^53 or printed as 1e+15, a string cut at \u0000, "01",
 * duplicate keys, invalid UTF-8. First a scan of the text refuses what must
 * not pass; then cJSON's tree is turned into values, in document order, while
 * a cursor over the same text supplies the digits of each number.
 *
 * cJSON's parser writes a static error position, so one lock is held around
 * the call. Its tree lives in an arena, and ends with that: hundreds of nodes
 * are neither allocated nor freed one by one. Nothing else of cJSON is used,
 * and no other file includes it.
 */
#include "data/json.h"

#include "base/alloc.h"
#include "base/arena.h"
#include "base/limits.h"
#include "base/thread.h"
#include "data/num.h"

#include <stdint.h>
#include <cjson/cJSON.h>

static struct mtx parser_lock = { PTHREAD_MUTEX_INITIALIZER };

static bool fail_at(struct str text, size_t at, const char *what,
		    struct err *err)
{
	struct str_place place = str_place_of(text, at);

	return err_set(err, ERR_INVALID, "line %zu column %zu: %s", place.line,
		       place.column, what);
}

/* Moves *at from the opening quote behind the closing one. */
static bool scan_string(struct str text, size_t *at, struct err *err)
{
	size_t i = *at + 1;

	for (; i < text.n && text.p[i] != '"'; i++) {
		if ((unsigned char)text.p[i] < 0x20)
			return fail_at(text, i, "control character in a string",
				       err);
		if (text.p[i] != '\\')
			continue;
		if (text.n - i > 5 && memcmp(text.p + i, "\\u0000", 6) == 0)
			return fail_at(text, i, "NUL character in a string",
				       err);
		i++;
	}
	if (i >= text.n)
		return fail_at(text, *at, "string without end", err);
	*at = i + 1;
	return true;
}

static bool scan_number(struct str text, size_t *at, struct err *err)
{
	struct str rest = str_cut(text.p + *at, text.n - *at);
	size_t n = num_json_len(rest);

	if (n == 0 || (n < rest.n && strchr("0123456789.+-eE", rest.p[n])))
		return fail_at(text, *at, "malformed number", err);
	if (n > LIMIT_NUMBER_DIGITS)
		return err_set(err, ERR_LIMIT, "number of %zu digits", n);
	*at += n;
	return true;
}

static bool is_number_start(char c)
{
	return c == '-' || (c >= '0' && c <= '9');
}

static bool scan(struct str text, struct err *err)
{
	size_t valid = str_utf8_len(text), depth = 0, i = 0;

	if (valid < text.n)
		return fail_at(text, valid, "no UTF-8", err);
	while (i < text.n) {
		char c = text.p[i];

		if (c == '"') {
			if (!scan_string(text, &i, err))
				return false;
			continue;
		}
		if (is_number_start(c)) {
			if (!scan_number(text, &i, err))
				return false;
			continue;
		}
		if (c == '\0')
			return fail_at(text, i, "NUL character", err);
		if ((c == '{' || c == '[') && ++depth > LIMIT_NESTING)
			return err_set(err, ERR_LIMIT,
				       "nested deeper than %d levels",
				       LIMIT_NESTING);
		if ((c == '}' || c == ']') && depth > 0)
			depth--;
		i++;
	}
	return true;
}

/* Finds the numbers of a scanned text one after the other. */
struct cursor {
	struct str text;
	size_t at;
	struct val_keys keys;
};

static struct str next_number(struct cursor *c)
{
	while (!is_number_start(c->text.p[c->at])) {
		if (c->text.p[c->at] == '"')
			while (c->text.p[++c->at] != '"')
				c->at += c->text.p[c->at] == '\\';
		c->at++;
	}
	struct str rest = str_cut(c->text.p + c->at, c->text.n - c->at);
	size_t n = num_json_len(rest);
	c->at += n;
	return str_cut(rest.p, n);
}

static struct val *convert(const cJSON *node, struct cursor *c,
			   struct err *err);

static struct val *convert_list(const cJSON *node, struct cursor *c,
				struct err *err)
{
	AUTO_VAL_LIST list = { 0 };

	for (const cJSON *n = node->child; n; n = n->next) {
		struct val *item = convert(n, c, err);

		if (!item)
			return NULL;
		val_list_add_take(&list, item);
	}
	return val_list_take(&list);
}

static struct val *convert_map(const cJSON *node, struct cursor *c,
			       struct err *err)
{
	AUTO_VAL_MAP map = { .keys = &c->keys };

	for (const cJSON *n = node->child; n; n = n->next) {
		struct str key = str_of(n->string);

		if (val_map_find(&map, key)) {
			err_set(err, ERR_INVALID, "duplicate key \"%s\"",
				n->string);
			return NULL;
		}
		struct val *item = convert(n, c, err);
		if (!item)
			return NULL;
		val_map_set_take(&map, key, item);
	}
	return val_map_take(&map);
}

static struct val *convert(const cJSON *node, struct cursor *c, struct err *err)
{
	if (cJSON_IsArray(node))
		return convert_list(node, c, err);
	if (cJSON_IsObject(node))
		return convert_map(node, c, err);
	if (cJSON_IsString(node))
		return val_new_textz(node->valuestring);
	if (cJSON_IsNumber(node))
		return val_new_number(next_number(c));
	if (cJSON_IsBool(node))
		return val_ref(val_bool(cJSON_IsTrue(node)));
	return val_ref(val_null());
}

/* Where the parser's nodes come from; the lock guards it. */
static struct arena *parser_arena;

static void *take_node(size_t n)
{
	return arena_take(parser_arena, n);
}

static void leave_node(void *p)
{
	(void)p;
}

static cJSON *parse(struct str text, struct arena *arena, const char **end)
{
	cJSON_Hooks hooks = { .malloc_fn = take_node, .free_fn = leave_node };

	mtx_lock(&parser_lock);
	parser_arena = arena;
	cJSON_InitHooks(&hooks);
	cJSON *root = cJSON_ParseWithLengthOpts(text.p, text.n, end, false);
	mtx_unlock(&parser_lock);
	return root;
}

/* What the tree of a text of n bytes mostly comes to: a node of 64 bytes for
 * each 20 of them, and the texts. */
static size_t tree_bytes(size_t n)
{
	return 5 * n;
}

bool json_read(struct str text, struct val **out, struct err *err)
{
	const char *end = NULL;

	if (str_trim(text).n == 0)
		return err_set(err, ERR_INVALID, "no JSON: empty");
	if (!scan(text, err))
		return false;
	AUTO_ARENA arena = arena_of(tree_bytes(text.n));
	cJSON *root = parse(text, &arena, &end);
	if (!root)
		return fail_at(text, end ? (size_t)(end - text.p) : 0,
			       "no JSON", err);
	size_t rest = (size_t)(end - text.p);
	struct cursor cursor = { .text = text };
	struct val *v = NULL;
	if (str_trim(str_cut(end, text.n - rest)).n)
		fail_at(text, rest, "text after the value", err);
	else
		v = convert(root, &cursor, err);
	val_keys_drop(&cursor.keys);
	if (!v)
		return false;
	*out = v;
	return true;
}

struct style {
	bool pretty;
	bool go;     /* Go's HTML-safe escapes */
	bool sorted; /* keys by bytes */
};

/* The escape of c, which is no plain character, in out; its length. */
static size_t escape(unsigned char c, char out[8])
{
	static const char hex[] = "0123456789abcdef";
	static const char from[] = "\"\\\b\f\n\r\t", to[] = "\"\\bfnrt";
	const char *at = c ? strchr(from, c) : NULL;

	out[0] = '\\';
	if (at) {
		out[1] = to[at - from];
		return 2;
	}
	memcpy(out + 1, "u00", 3);
	out[4] = hex[c >> 4];
	out[5] = hex[c & 15];
	return 6;
}

/* Bytes at p that Go writes as \u2028 or \u2029: three or none. */
static bool is_line_separator(const char *p, size_t left)
{
	return left >= 3 && memcmp(p, "\xe2\x80", 2) == 0 &&
	       (p[2] == '\xa8' || p[2] == '\xa9');
}

/* Texts that are copied byte by byte. */
enum { SHORT_BYTES = 32 };

/* What every writer escapes. */
static const bool is_special[256] = {
	[0 ... 0x1f] = true,
	['"'] = true,
	['\\'] = true,
};

/* Bytes at the start of s that are written as they are: at least those in
 * front of the first group of eight that holds one which is not. */
static size_t plain_len(struct str s)
{
	const uint64_t ones = 0x0101010101010101, high = ones << 7;
	size_t i = 0;

	for (; i + sizeof(uint64_t) <= s.n; i += sizeof(uint64_t)) {
		uint64_t x, quote, slash;

		memcpy(&x, s.p + i, sizeof(x));
		quote = x ^ (ones * '"');
		slash = x ^ (ones * '\\');
		/* Below 0x20, or the byte itself; never wrong to say so. */
		if (((x - ones * 0x20) & ~x & high) |
		    ((quote - ones) & ~quote & high) |
		    ((slash - ones) & ~slash & high))
			break;
	}
	return i;
}

static void write_inside(struct str s, struct style style, struct buf *out)
{
	size_t done = 0;
	char esc[8];

	for (size_t i = style.go ? 0 : plain_len(s); i < s.n; i++) {
		unsigned char c = (unsigned char)s.p[i];
		bool html = style.go && (c == '<' || c == '>' || c == '&');

		if (style.go && is_line_separator(s.p + i, s.n - i)) {
			buf_add(out, s.p + done, i - done);
			buf_addf(out, "\\u202%c",
				 s.p[i + 2] == '\xa8' ? '8' : '9');
			i += 2;
			done = i + 1;
		} else if (c < 0x20 || c == '"' || c == '\\' || html) {
			buf_add(out, s.p + done, i - done);
			buf_add(out, esc, escape(c, esc));
			done = i + 1;
		}
	}
	if (done < s.n)
		buf_add_str(out, str_cut(s.p + done, s.n - done));
}

/* Copies while it looks; false, with nothing written, when there is something
 * to escape or no room yet. */
static bool write_plain(struct str s, struct buf *out)
{
	char *to = out->p + out->len;
	bool plain = true;

	if (out->cap - out->len < s.n + sizeof("\"\""))
		return false;
	*to++ = '"';
	for (size_t i = 0; i < s.n; i++) {
		to[i] = s.p[i];
		plain &= !is_special[(unsigned char)s.p[i]];
	}
	to[s.n] = '"';
	to[s.n + 1] = '\0';
	if (plain)
		out->len += s.n + 2;
	else
		out->p[out->len] = '\0';
	return plain;
}

static void write_text(struct str s, struct style style, struct buf *out)
{
	if (!style.go && s.n < SHORT_BYTES && out->p && write_plain(s, out))
		return;
	buf_add_char(out, '"');
	write_inside(s, style, out);
	buf_add_char(out, '"');
}

static void new_line(struct style style, size_t depth, struct buf *out)
{
	if (style.pretty)
		buf_addf(out, "\n%*s", (int)(2 * depth), "");
}

static int by_key(const void *a, const void *b, void *ctx)
{
	const struct val *map = ctx;

	return str_compare(val_key(map, *(const size_t *)a),
			   val_key(map, *(const size_t *)b));
}

/* The entries of a map in the order of their keys. The caller frees it. */
static size_t *sort_keys(const struct val *map)
{
	size_t n = val_count(map);
	size_t *order = alloc_resize(NULL, n, sizeof(*order));
	union {
		const struct val *in;
		void *ctx;
	} u = { .in = map };

	for (size_t i = 0; i < n; i++)
		order[i] = i;
	qsort_r(order, n, sizeof(*order), by_key, u.ctx);
	return order;
}

static void write(const struct val *v, struct style style, size_t depth,
		  struct buf *out)
{
	size_t n = val_count(v);
	bool map = val_is(v, VAL_MAP);

	switch (val_type(v)) {
	case VAL_NULL:
		buf_add(out, "null", 4);
		return;
	case VAL_BOOL:
		buf_add_text(out, val_is_true(v) ? "true" : "false");
		return;
	case VAL_INT:
	case VAL_REAL:
		buf_add_str(out, val_str(v));
		return;
	case VAL_TEXT:
		write_text(val_str(v), style, out);
		return;
	case VAL_LIST:
	case VAL_MAP:
		break;
	}
	AUTO_FREE size_t *order = map && style.sorted ? sort_keys(v) : NULL;
	buf_add_char(out, map ? '{' : '[');
	for (size_t i = 0; i < n && !buf_overflowed(out); i++) {
		size_t at = order ? order[i] : i;

		if (i)
			buf_add_char(out, ',');
		new_line(style, depth + 1, out);
		if (map) {
			write_text(val_key(v, at), style, out);
			buf_add_text(out, style.pretty ? ": " : ":");
		}
		write(val_at(v, at), style, depth + 1, out);
	}
	if (n)
		new_line(style, depth, out);
	buf_add_char(out, map ? '}' : ']');
}

void json_write(const struct val *v, struct buf *out)
{
	write(v, (struct style){ 0 }, 0, out);
}

void json_write_pretty(const struct val *v, struct buf *out)
{
	write(v, (struct style){ .pretty = true }, 0, out);
}

void json_write_sorted(const struct val *v, struct buf *out)
{
	write(v, (struct style){ .sorted = true }, 0, out);
}

void json_write_go(const struct val *v, struct buf *out)
{
	write(v, (struct style){ .go = true }, 0, out);
}

void json_write_inside(struct str text, struct buf *out)
{
	write_inside(text, (struct style){ 0 }, out);
}

void json_write_text(struct str text, struct buf *out)
{
	write_text(text, (struct style){ 0 }, out);
}
