/*
 * Blocks of 512 bytes: a header, then the data of the entry. What does not fit
 * a header stands in front of it as an entry of its own, whose data holds the
 * name (GNU) or "length key=value" lines (pax, POSIX.1-2001).
 */
#include "data/tar.h"

#include "base/buf.h"
#include "base/limits.h"

enum { BLOCK = 512, MAX_NAME = 4096, MAX_EXTRA = 64 * 1024 };

/* Where the fields of a header are. */
enum {
	NAME = 0,
	SIZE = 124,
	CHECKSUM = 148,
	TYPE = 156,
	MAGIC = 257,
	PREFIX = 345,
	NAME_BYTES = 100,
	NUMBER_BYTES = 12,
	CHECKSUM_BYTES = 8,
	PREFIX_BYTES = 155
};

struct walk {
	struct str archive;
	size_t at;
	const struct tar_limits *limits;
	size_t entries, total;
	/* What stood in front of the header in hand. */
	struct str long_name; /* empty: nothing */
	bool has_size;
	size_t size;
};

static struct str until_nul(const char *p, size_t n)
{
	return str_cut(p, strnlen(p, n));
}

/* Octal digits between blanks, or, with the highest bit set, big-endian. */
static bool read_number(const char *p, size_t n, size_t *out)
{
	struct str s = str_trim(until_nul(p, n));
	size_t v = 0;

	if (p[0] & 0x80) {
		v = (unsigned char)p[0] & 0x7f;
		for (size_t i = 1; i < n; i++) {
			if (v >> (8 * sizeof(v) - 8))
				return false;
			v = v << 8 | (unsigned char)p[i];
		}
		*out = v;
		return true;
	}
	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] < '0' || s.p[i] > '7')
			return false;
		v = v << 3 | (size_t)(s.p[i] - '0');
	}
	*out = v;
	return true;
}

static bool checksum_fits(const char *header)
{
	size_t want, sum = 0;

	for (size_t i = 0; i < BLOCK; i++) {
		bool blank = i >= CHECKSUM && i < CHECKSUM + CHECKSUM_BYTES;

		sum += blank ? ' ' : (unsigned char)header[i];
	}
	return read_number(header + CHECKSUM, CHECKSUM_BYTES, &want) &&
	       want == sum;
}

static bool is_zero(const char *block)
{
	for (size_t i = 0; i < BLOCK; i++)
		if (block[i])
			return false;
	return true;
}

static bool fail(const struct walk *w, struct err *err, enum err_kind kind,
		 const char *what)
{
	return err_set(err, kind, "tar: %s at byte %zu", what, w->at);
}

/* Shows a name that is refused, in printable characters. */
static bool fail_name(const struct walk *w, struct err *err, struct str name)
{
	char shown[60];
	size_t n = 0;

	for (; n < name.n && n < sizeof(shown); n++) {
		shown[n] = name.p[n];
		if (shown[n] < ' ' || shown[n] == 0x7f)
			shown[n] = '?';
	}
	return err_set(err, ERR_INVALID,
		       "tar: \"%.*s\": name that is not allowed at byte %zu",
		       (int)n, shown, w->at);
}

/* One "length key=value\n" of pax; *rest moves behind it. */
static bool pax_record(struct str *rest, struct str *key, struct str *value)
{
	size_t n = 0, digits = 0;

	while (digits < rest->n && digits < 8 && rest->p[digits] >= '0' &&
	       rest->p[digits] <= '9')
		n = n * 10 + (size_t)(rest->p[digits++] - '0');
	if (digits == 0 || n > rest->n || n < digits + 2 ||
	    rest->p[digits] != ' ' || rest->p[n - 1] != '\n')
		return false;
	struct str record = str_cut(rest->p + digits + 1, n - digits - 2);
	*rest = str_cut(rest->p + n, rest->n - n);
	return str_split(record, '=', key, value);
}

static bool read_pax(struct walk *w, struct str data, struct err *err)
{
	struct str key, value;
	uint64_t size;

	while (data.n) {
		if (!pax_record(&data, &key, &value))
			return fail(w, err, ERR_INVALID, "damaged pax header");
		if (str_is(key, "path"))
			w->long_name = value;
		else if (str_starts(key, "GNU.sparse."))
			return fail(w, err, ERR_INVALID, "sparse file");
		else if (str_is(key, "size")) {
			if (!str_number(value, SIZE_MAX, &size))
				return fail(w, err, ERR_INVALID,
					    "damaged pax header");
			w->size = size;
			w->has_size = true;
		}
	}
	return true;
}

/* Adds the parts of a name that name something. */
static bool clean_name(struct str raw, struct buf *out)
{
	struct str part, rest = raw;

	if (raw.n == 0 || raw.n > MAX_NAME || raw.p[0] == '/' ||
	    str_utf8_len(raw) < raw.n)
		return false;
	for (size_t i = 0; i < raw.n; i++)
		if ((unsigned char)raw.p[i] < 0x20 || raw.p[i] == '\\' ||
		    raw.p[i] == 0x7f)
			return false;
	for (bool more = true; more;) {
		more = str_split(rest, '/', &part, &rest);
		if (str_is(part, ".."))
			return false;
		if (part.n == 0 || str_is(part, "."))
			continue;
		if (out->len)
			buf_add_char(out, '/');
		buf_add_str(out, part);
	}
	return true;
}

static void read_name(const struct walk *w, const char *header, struct buf *out)
{
	struct str prefix = until_nul(header + PREFIX, PREFIX_BYTES);

	if (w->long_name.n) {
		buf_add_str(out, w->long_name);
		return;
	}
	/* GNU's own format has other fields where POSIX has the prefix. */
	if (prefix.n && memcmp(header + MAGIC, "ustar", 6) == 0) {
		buf_add_str(out, prefix);
		buf_add_char(out, '/');
	}
	buf_add_str(out, until_nul(header + NAME, NAME_BYTES));
}

static enum tar_type type_of(char flag, struct str raw_name)
{
	switch (flag) {
	case '\0':
	case '0':
	case '7':
		/* How a directory was written before there were types. */
		return str_ends(raw_name, "/") ? TAR_DIR : TAR_FILE;
	case '1':
	case '2':
		return TAR_LINK;
	case '5':
		return TAR_DIR;
	default:
		return TAR_OTHER;
	}
}

/* One entry that is no prefix of another. */
static bool emit(struct walk *w, const char *header, struct str data,
		 tar_fn *fn, void *ctx, struct err *err)
{
	AUTO_BUF raw = BUF_INIT(MAX_EXTRA + 1), name = BUF_INIT(MAX_NAME);

	if (++w->entries > w->limits->entries)
		return err_set(err, ERR_LIMIT, "tar: more than %zu entries",
			       w->limits->entries);
	read_name(w, header, &raw);
	struct tar_entry entry = { .type = type_of(header[TYPE],
						   buf_str(&raw)) };
	if (!clean_name(buf_str(&raw), &name))
		return fail_name(w, err, buf_str(&raw));
	entry.name = buf_str(&name);
	if (entry.type == TAR_FILE) {
		if (name.len == 0)
			return fail(w, err, ERR_INVALID, "file without a name");
		w->total += data.n;
		if (data.n > w->limits->file_bytes ||
		    w->total > w->limits->total_bytes)
			return err_set(err, ERR_LIMIT,
				       "tar: %s: beyond the limit of %zu bytes "
				       "a file and %zu in all",
				       buf_text(&name), w->limits->file_bytes,
				       w->limits->total_bytes);
		entry.data = data;
	}
	/* The archive's own root is nothing to tell. */
	return name.len == 0 || fn(ctx, &entry, err);
}

static bool read_entry(struct walk *w, const char *header, tar_fn *fn,
		       void *ctx, struct err *err)
{
	size_t left = w->archive.n - w->at - BLOCK, size;
	char type = header[TYPE];
	bool extra = type == 'x' || type == 'g' || type == 'L' || type == 'K';

	if (!checksum_fits(header))
		return fail(w, err, ERR_INVALID, "wrong checksum");
	if (!read_number(header + SIZE, NUMBER_BYTES, &size))
		return fail(w, err, ERR_INVALID, "wrong size");
	if (type == 'S')
		return fail(w, err, ERR_INVALID, "sparse file");
	if (!extra && w->has_size)
		size = w->size;
	/* Links may state the size of what they name, and hold nothing. */
	if (type == '1' || type == '2')
		size = 0;
	if (size > left)
		return fail(w, err, ERR_INVALID, "entry that is cut off");
	if (extra && size > MAX_EXTRA)
		return fail(w, err, ERR_LIMIT, "very long header");
	struct str data = str_cut(header + BLOCK, size);
	if (type == 'x') {
		if (!read_pax(w, data, err))
			return false;
	} else if (type == 'L') {
		w->long_name = until_nul(data.p, data.n);
	} else if (!extra) {
		if (!emit(w, header, data, fn, ctx, err))
			return false;
		w->long_name = str_of(NULL);
		w->has_size = false;
	}
	size_t padded = (size + BLOCK - 1) / BLOCK * BLOCK;
	w->at += BLOCK + (padded < left ? padded : left);
	return true;
}

bool tar_walk(struct str archive, const struct tar_limits *limits, tar_fn *fn,
	      void *ctx, struct err *err)
{
	struct walk w = { .archive = archive, .limits = limits };

	while (w.at < archive.n) {
		const char *header = archive.p + w.at;

		if (archive.n - w.at < BLOCK)
			return fail(&w, err, ERR_INVALID,
				    "header that is cut off");
		/* Two such blocks end an archive; one is enough of a sign. */
		if (is_zero(header))
			return true;
		if (!read_entry(&w, header, fn, ctx, err))
			return false;
	}
	return true;
}
