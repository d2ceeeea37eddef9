/*
 * A scalar that is one mark and nothing else, plain and without a tag, becomes
 * the value itself. In any other scalar the values' texts are joined with the
 * text around them, and the result is never read again: without a tag it is a
 * string.
 */
#include "chart/fill.h"

#include "base/limits.h"
#include "chart/marks.h"
#include "data/scalar.h"
#include "data/yaml_read.h"

static bool blame(struct fill *f, size_t slot, struct err *err,
		  const char *what)
{
	f->blamed = slot;
	return err_set(err, ERR_INVALID, "%s", what);
}

/* A value as part of a string. */
static bool add_text(struct fill *f, size_t slot, struct buf *out,
		     struct err *err)
{
	const struct val *v = f->values[slot];

	switch (val_type(v)) {
	case VAL_NULL:
		if (v == val_absent())
			return true;
		return blame(f, slot, err,
			     v ? "is null, which is no part of a string"
			       : "is missing");
	case VAL_BOOL:
		buf_add_text(out, val_is_true(v) ? "true" : "false");
		return true;
	case VAL_LIST:
		return blame(f, slot, err,
			     "is a list, which is no part of a string: insert "
			     "it alone and without quotes");
	case VAL_MAP:
		return blame(f, slot, err,
			     "is a map, which is no part of a string: insert "
			     "it alone and without quotes");
	default:
		buf_add_str(out, val_str(v));
		return true;
	}
}

/*
 * The line ends that the block's header asks for, whatever the values in it
 * end with: YAML has chomped the marks, not the values.
 */
static void chomp(const struct yaml_node *node, struct buf *text)
{
	bool is_block = node->style == YAML_LITERAL ||
			node->style == YAML_FOLDED;
	size_t n = text->len;

	if (!is_block || node->chomp == YAML_KEEP)
		return;
	while (n && text->p[n - 1] == '\n')
		n--;
	buf_trim(text, n);
	/* A block at the very end of the text has no line end to keep. */
	if (n && node->chomp == YAML_CLIP && str_ends(node->text, "\n"))
		buf_add_char(text, '\n');
}

/* Of all scalars together: a loop repeats a long value. */
static bool too_large(struct err *err)
{
	return err_set(err, ERR_LIMIT,
		       "values make strings of more than %zu bytes",
		       LIMIT_RENDER_BYTES);
}

static bool join(struct fill *f, const struct yaml_node *node, struct buf *out,
		 struct err *err)
{
	struct str rest = node->text, text;
	size_t slot = 0;

	for (;;) {
		switch (mark_cut(&rest, f->count, &text, &slot)) {
		case MARK_END:
			chomp(node, out);
			return !buf_overflowed(out) || too_large(err);
		case MARK_TEXT:
			buf_add_str(out, text);
			break;
		case MARK_SLOT:
			if (!add_text(f, slot, out, err))
				return false;
			break;
		}
	}
}

size_t fill_only_slot(const struct yaml_node *node, size_t slots)
{
	struct str rest = node->text, text;
	size_t slot = slots;

	if (node->style != YAML_PLAIN || node->tag ||
	    mark_cut(&rest, slots, &text, &slot) != MARK_SLOT || rest.n)
		return slots;
	return slot;
}

static bool new_text(struct fill *f, const struct yaml_node *node,
		     struct val **out, struct err *err)
{
	if (f->joined >= LIMIT_RENDER_BYTES)
		return too_large(err);
	AUTO_BUF text = BUF_INIT(LIMIT_RENDER_BYTES - f->joined);
	if (!join(f, node, &text, err))
		return false;
	f->joined += text.len;
	if (node->tag)
		return scalar_read_tagged(node->tag, buf_str(&text), out, err);
	*out = val_new_text(buf_str(&text));
	return true;
}

bool fill_scalar(void *ctx, const struct yaml_node *node, struct val **out,
		 struct err *err)
{
	struct fill *f = ctx;
	const struct val *v;
	size_t only;

	if (!mark_is_in(node->text))
		return yaml_scalar(node, out, err);
	only = fill_only_slot(node, f->count);
	if (only == f->count)
		return new_text(f, node, out, err);
	v = f->values[only];
	if (!v)
		return blame(f, only, err, "is missing");
	if (!yaml_spend(&f->spent, v, err)) {
		f->blamed = only;
		return false;
	}
	*out = val_ref(val_is_null(v) ? val_null() : v);
	return true;
}
