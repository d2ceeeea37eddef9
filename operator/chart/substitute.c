/*
 * Values into scalars, once the structure is fixed. See the table at the head
 * of chart/structure.h; what follows from it here:
 *
 * A scalar that is one mark and nothing else, plain and without a tag, becomes
 * the value itself. In any other scalar the values' texts are joined with the
 * text around them, and the result is never read again: without a tag it is a
 * string.
 */
#include "chart/structure.h"

#include "base/limits.h"
#include "data/scalar.h"
#include "data/yaml_read.h"

static bool blame(struct structure *s, const struct expand_slot *slot)
{
	s->blamed = slot;
	return false;
}

static bool is_missing(struct structure *s, const struct expand_slot *slot,
		       struct err *err)
{
	blame(s, slot);
	return err_set(err, ERR_INVALID, STR_FMT " is missing",
		       STR_ARG(slot->name));
}

/* A value as part of a string. */
static bool add_text(struct structure *s, const struct expand_slot *slot,
		     struct buf *out, struct err *err)
{
	const struct val *v = slot->value;

	switch (val_type(v)) {
	case VAL_NULL:
		if (!slot->strict)
			return true;
		if (!v)
			return is_missing(s, slot, err);
		blame(s, slot);
		return err_set(err, ERR_INVALID,
			       STR_FMT " is null, which is no part of a string",
			       STR_ARG(slot->name));
	case VAL_BOOL:
		buf_add_text(out, val_is_true(v) ? "true" : "false");
		return true;
	case VAL_LIST:
	case VAL_MAP:
		blame(s, slot);
		return err_set(err, ERR_INVALID,
			       STR_FMT
			       " is a %s, which is no part of a "
			       "string: insert it alone and without quotes",
			       STR_ARG(slot->name), val_type_text(val_type(v)));
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

/* Whether a plain scalar was put together from several lines. */
static bool is_folded(const struct structure *s, const struct yaml_node *node)
{
	struct str line = expand_line(&s->expand, node->line, node->column);

	return !memmem(line.p, line.n, node->text.p, node->text.n);
}

static bool join(struct structure *s, const struct yaml_node *node,
		 struct buf *out, struct err *err)
{
	const struct expand_slot *slot;
	struct str rest = node->text, text;

	for (;;) {
		switch (expand_cut(&s->expand, &rest, &text, &slot)) {
		case EXPAND_END:
			chomp(node, out);
			return buf_check(out, err);
		case EXPAND_TEXT:
			buf_add_str(out, text);
			break;
		case EXPAND_SLOT:
			if (!add_text(s, slot, out, err))
				return false;
			break;
		}
	}
}

/* The slot that a scalar consists of; NULL when there is more to it. */
static const struct expand_slot *only_slot(const struct structure *s,
					   const struct yaml_node *node)
{
	const struct expand_slot *slot = NULL;
	struct str rest = node->text, text;

	if (node->style != YAML_PLAIN || node->tag ||
	    expand_cut(&s->expand, &rest, &text, &slot) != EXPAND_SLOT ||
	    rest.n)
		return NULL;
	return slot;
}

static bool new_text(struct structure *s, const struct yaml_node *node,
		     struct val **out, struct err *err)
{
	/* Of all scalars together: a loop repeats a long value. */
	if (s->joined >= LIMIT_RENDER_BYTES)
		return err_set(err, ERR_LIMIT,
			       "values make strings of more than %zu bytes",
			       LIMIT_RENDER_BYTES);
	AUTO_BUF text = BUF_INIT(LIMIT_RENDER_BYTES - s->joined);
	if (!join(s, node, &text, err))
		return false;
	s->joined += text.len;
	if (node->tag)
		return scalar_read_tagged(node->tag, buf_str(&text), out, err);
	*out = val_new_text(buf_str(&text));
	return true;
}

bool substitute(void *ctx, const struct yaml_node *node, struct val **out,
		struct err *err)
{
	struct structure *s = ctx;
	const struct expand_slot *slot;

	s->blamed = NULL;
	if (!expand_has_slot(&s->expand, node->text))
		return yaml_scalar(node, out, err);
	slot = only_slot(s, node);
	if (slot && !slot->value && slot->strict)
		return is_missing(s, slot, err);
	if (slot) {
		*out = val_ref(slot->value ? slot->value : val_null());
		return true;
	}
	if (node->style == YAML_PLAIN && is_folded(s, node))
		return err_set(err, ERR_INVALID,
			       "text with a variable goes on over several "
			       "lines: quote it, or use a block (|)");
	return new_text(s, node, out, err);
}
