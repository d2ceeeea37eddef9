/*
 * The lines of parents and blocks (specification, ~inheritance).
 *
 * A parent tag with all up to its end is standalone like a partial: what
 * stands between is no text. Of a block within a parent tag, the argument, the
 * line of its tag and the blanks before its end are no content, and what its
 * first line is indented by is taken off all its lines. Where a block stands
 * alone on its line, what takes its place is indented as its own content was.
 */
#include "mustache/compile.h"

static bool is_blank(char c)
{
	return c == ' ' || c == '\t';
}

/* What text and dedent begin with alike. */
static size_t shared(struct str text, struct str dedent)
{
	size_t n = 0;

	while (n < text.n && n < dedent.n && text.p[n] == dedent.p[n])
		n++;
	return n;
}

static struct str without(struct str indent, struct str dedent)
{
	size_t n = shared(indent, dedent);

	return str_cut(indent.p + n, indent.n - n);
}

/* Line by line, each a text of its own: literals are slices of the source. */
static bool dedented(struct compile *c, const struct token *token,
		     struct err *err)
{
	struct token piece = *token;
	struct str rest = token->text, line;
	bool more;

	do {
		more = str_split(rest, '\n', &line, &rest);
		size_t n = piece.line_start ? shared(line, c->dedent) : 0;
		piece.text = str_cut(line.p + n, line.n + more - n);
		piece.column += (uint32_t)n;
		if (piece.text.n && !compile_text(c, &piece, err))
			return false;
		piece.line++;
		piece.column = 1;
		piece.line_start = true;
	} while (more && rest.n);
	return true;
}

bool layout_text(struct compile *c, const struct token *token, struct err *err)
{
	return c->dedent.n ? dedented(c, token, err)
			   : compile_text(c, token, err);
}

static struct op_detail *detail(struct compile *c, const struct op *op)
{
	return &c->t->details.items[op - c->t->ops.items];
}

void layout_indent(struct compile *c, const struct op *op, struct str indent)
{
	detail(c, op)->indent = without(indent, c->dedent);
}

/* Takes the blanks of the tag's own line off the text in front of it. */
static void trim(struct op *op)
{
	while (op->text_len && is_blank(op->text[op->text_len - 1]))
		op->text_len--;
	op->flags &= (uint16_t)~OP_TAG_STARTS;
}

static void stand_alone(struct compile *c, struct op *op, struct str indent)
{
	op->flags |= OP_ALONE;
	layout_indent(c, op, indent);
	trim(op);
}

void layout_open_parent(struct compile *c, struct op *op,
			const struct token *token)
{
	if (token->first && scan_is_line_over(&c->scan))
		stand_alone(c, op, token->indent);
}

void layout_close_parent(struct compile *c, const struct open *open,
			 struct op *parent, const struct token *token)
{
	if (token->alone || !open->tag.first || !scan_is_line_over(&c->scan))
		return;
	stand_alone(c, parent, open->tag.indent);
	scan_skip_line(&c->scan);
}

void layout_open_argument(struct compile *c, struct op *op,
			  const struct token *token)
{
	c->dedent = str_cut(NULL, 0);
	if (!token->alone && !scan_is_line_over(&c->scan))
		return;
	if (!token->alone)
		scan_skip_line(&c->scan);
	op->flags |= OP_OPENS_LINE;
	c->dedent = scan_next_indent(&c->scan);
}

void layout_open_block(struct compile *c, struct op *op,
		       const struct token *token)
{
	if (!token->alone)
		return;
	op->flags |= OP_ALONE;
	layout_indent(c, op, scan_next_indent(&c->scan));
}

/* The end of an argument loses the blanks before it; a block that ends on the
 * line on which it stands alone keeps its line end. */
void layout_close_block(struct compile *c, const struct open *open,
			struct op *block, struct op *end,
			const struct token *token)
{
	if (compile_in_parent(c)) {
		if (token->first)
			trim(end);
	} else if (open->tag.first && !(block->flags & OP_ALONE) &&
		   open->tag.line == token->line &&
		   scan_is_line_over(&c->scan)) {
		stand_alone(c, block, open->tag.indent);
		block->flags |= OP_PAIR;
	}
}
