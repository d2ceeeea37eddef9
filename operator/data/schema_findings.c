/* What is wrong with a value, in words, without the value. */
#include "data/schema_run.h"

#include "data/json.h"

/* What a schema or a key may add to a message. */
enum { SHOWN_BYTES = 80, KEY_BYTES = 64, WHAT_BYTES = 600, PATH_BYTES = 300 };

static bool is_plain(struct str key)
{
	for (size_t i = 0; i < key.n; i++) {
		char c = key.p[i];

		if (!((c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') ||
		      (c >= 'A' && c <= 'Z') || c == '_' || c == '-'))
			return false;
	}
	return key.n > 0;
}

static void print_step(const struct schema_path *step, struct buf *out)
{
	struct str key = str_clip(step->key, KEY_BYTES);

	if (!step->key.p) {
		buf_addf(out, "[%zu]", step->index);
	} else if (is_plain(step->key)) {
		buf_add_text(out, out->len ? "." : "");
		buf_add_str(out, key);
	} else {
		buf_add_char(out, '[');
		json_write_text(key, out);
		buf_add_char(out, ']');
	}
	if (key.n < step->key.n)
		buf_add_text(out, "…");
}

void schema_path_print(const struct schema_path *path, struct buf *out)
{
	const struct schema_path *steps[LIMIT_NESTING + 1];
	size_t n = 0;

	for (; path && n < ARRAY_LEN(steps); path = path->up)
		steps[n++] = path;
	while (n)
		print_step(steps[--n], out);
}

size_t schema_path_depth(const struct schema_path *path)
{
	size_t depth = 0;

	for (; path; path = path->up)
		depth++;
	return depth;
}

static struct schema_finding *add(struct schema_findings *f)
{
	if (f->count < LIMIT_SCHEMA_FINDINGS)
		return &f->items[f->count++];
	f->more = true;
	return NULL;
}

static bool is_there(const struct schema_findings *f, const char *path,
		     const char *what)
{
	for (size_t i = 0; i < f->count; i++)
		if (strcmp(f->items[i].path, path) == 0 &&
		    strcmp(f->items[i].what, what) == 0)
			return true;
	return false;
}

static void note(struct schema_run *r, const struct schema_path *path,
		 const char *what, unsigned types)
{
	struct schema_findings *f = r->findings;
	size_t depth = schema_path_depth(path);
	AUTO_BUF text = BUF_INIT(LIMIT_KIB(64));

	schema_path_print(path, &text);
	if (is_there(f, buf_text(&text), what))
		return;
	struct schema_finding *item = add(f);
	if (!item)
		return;
	item->path = alloc_copy(buf_text(&text));
	item->what = alloc_copy(what);
	item->types = types;
	if (depth > f->depth)
		f->depth = depth;
}

bool schema_found(struct schema_run *r, const struct schema_path *path,
		  const char *fmt, ...)
{
	AUTO_BUF what = BUF_INIT(LIMIT_KIB(8));
	va_list args;

	if (!r->findings || r->stopped)
		return false;
	va_start(args, fmt);
	buf_addv(&what, fmt, args);
	va_end(args);
	note(r, path, buf_text(&what), 0);
	return false;
}

bool schema_found_type(struct schema_run *r, const struct schema_spot *spot,
		       unsigned types)
{
	static const struct {
		unsigned type;
		const char *text;
	} names[] = {
		{ SCHEMA_STRING, "a string" }, { SCHEMA_INTEGER, "an integer" },
		{ SCHEMA_NUMBER, "a number" }, { SCHEMA_BOOLEAN, "a boolean" },
		{ SCHEMA_ARRAY, "a list" },    { SCHEMA_OBJECT, "a map" },
		{ SCHEMA_NULL, "null" },
	};
	AUTO_BUF what = BUF_INIT(LIMIT_KIB(1)), found = BUF_INIT(200);
	unsigned left = types;

	if (!r->findings || r->stopped)
		return false;
	/* Every integer is a number. */
	if (left & SCHEMA_NUMBER)
		left &= ~(unsigned)SCHEMA_INTEGER;
	buf_add_text(&what, "must be ");
	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		if (!(left & names[i].type))
			continue;
		left &= ~names[i].type;
		buf_add_text(&what, names[i].text);
		if (left)
			buf_add_text(&what, left & (left - 1) ? ", " : " or ");
	}
	schema_describe(spot->v, &found);
	buf_addf(&what, ", found %s", buf_text(&found));
	note(r, spot->path, buf_text(&what), types);
	return false;
}

void schema_findings_take(struct schema_findings *to,
			  struct schema_findings *from, size_t alternatives)
{
	for (size_t i = 0; i < from->count; i++) {
		struct schema_finding *item = add(to);

		if (!item)
			break;
		*item = from->items[i];
		from->items[i] = (struct schema_finding){ .path = NULL };
		if (alternatives > 1) {
			char *what =
				alloc_print("%s (closest of %zu alternatives)",
					    item->what, alternatives);

			free(item->what);
			item->what = what;
			item->types = 0;
		}
	}
	to->more = to->more || from->more;
	if (from->depth > to->depth)
		to->depth = from->depth;
}

bool schema_findings_closer(const struct schema_findings *a,
			    const struct schema_findings *b)
{
	/* What went deeper into the value was more likely meant. */
	if (a->depth != b->depth)
		return a->depth > b->depth;
	return a->count < b->count;
}

void schema_findings_done(struct schema_findings *f)
{
	for (size_t i = 0; i < f->count; i++) {
		free(f->items[i].path);
		free(f->items[i].what);
	}
	f->count = 0;
}

static void print_clipped(struct str s, size_t max, struct buf *out)
{
	buf_add_str(out, str_clip(s, max));
	if (s.n > max)
		buf_add_text(out, "…");
}

bool schema_findings_fail(const struct schema_findings *f, struct err *err)
{
	static const char more[] = "; and more";
	AUTO_BUF text = BUF_INIT(LIMIT_KIB(4)), one = BUF_INIT(LIMIT_KIB(2));

	for (size_t i = 0; i < f->count; i++) {
		const struct schema_finding *item = &f->items[i];
		struct str path =
			str_of(*item->path ? item->path : "the values");

		buf_clear(&one);
		print_clipped(path, PATH_BYTES, &one);
		buf_add_text(&one, ": ");
		print_clipped(str_of(item->what), WHAT_BYTES, &one);
		/* Room for what callers put before it. */
		if (i && text.len + one.len + sizeof(more) >
				 LIMIT_MESSAGE_BYTES - 100) {
			buf_add_text(&text, more);
			break;
		}
		buf_add_text(&text, i ? "; " : "");
		buf_add_str(&text, buf_str(&one));
		if (i + 1 == f->count && f->more)
			buf_add_text(&text, more);
	}
	err_set(err, ERR_INVALID, "%s", buf_text(&text));
	return err_at_field(err, f->items[0].path);
}

void schema_describe(const struct val *v, struct buf *out)
{
	size_t n = val_count(v);

	switch (val_type(v)) {
	case VAL_TEXT:
		n = str_characters(val_str(v));
		if (n == 0)
			buf_add_text(out, "an empty string");
		else
			buf_addf(out, "a string of %zu character%s", n,
				 n == 1 ? "" : "s");
		break;
	case VAL_LIST:
	case VAL_MAP:
		buf_addf(out, "%s %s", n ? "a" : "an empty",
			 val_type_text(val_type(v)));
		break;
	case VAL_INT:
		buf_add_text(out, "an integer");
		break;
	case VAL_BOOL:
	case VAL_REAL:
		buf_addf(out, "a %s", val_type_text(val_type(v)));
		break;
	case VAL_NULL:
		buf_add_text(out, "null");
		break;
	}
}

void schema_show(const struct val *v, struct buf *out)
{
	AUTO_BUF text = BUF_INIT(LIMIT_OBJECT_BYTES);

	json_write(v, &text);
	if (buf_overflowed(&text))
		buf_add_text(out, "…");
	else
		print_clipped(buf_str(&text), SHOWN_BYTES, out);
}
