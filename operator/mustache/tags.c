#include "mustache/tags.h"

#include "base/limits.h"
#include "mustache/program.h"

static const enum tag_kind kinds[] = {
	[OP_VALUE] = TAG_VALUE,       [OP_SECTION] = TAG_SECTION,
	[OP_INVERTED] = TAG_INVERTED, [OP_PARTIAL] = TAG_PARTIAL,
	[OP_PARENT] = TAG_PARENT,     [OP_BLOCK] = TAG_BLOCK,
	[OP_END] = TAG_END,
};

static bool is_tag(const struct op *op)
{
	return op->kind != OP_TEXT && op->kind != OP_RETURN;
}

static bool opens(enum tag_kind kind)
{
	return kind == TAG_SECTION || kind == TAG_INVERTED ||
	       kind == TAG_PARENT || kind == TAG_BLOCK;
}

static bool is_alone(struct str source, size_t begin, size_t end)
{
	while (begin > 0 && strchr(" \t", source.p[begin - 1]))
		begin--;
	while (end < source.n && strchr(" \t\r", source.p[end]))
		end++;
	return (begin == 0 || source.p[begin - 1] == '\n') &&
	       (end == source.n || source.p[end] == '\n');
}

/* Between the delimiters, without the sign of the tag's kind. The program
 * does not keep the name of a partial. */
static struct str written_name(const struct mustache_template *t,
			       const struct op_detail *d)
{
	const struct delimiters *with = &t->delimiters.items[d->delimiters];
	size_t open = with->open.n, close = with->close.n;
	struct str text = str_cut(t->source + d->begin + open,
				  d->end - d->begin - open - close);

	text = str_trim(text);
	if (text.n && strchr("><", *text.p))
		text = str_trim(str_cut(text.p + 1, text.n - 1));
	if (text.n && *text.p == '*')
		text = str_trim(str_cut(text.p + 1, text.n - 1));
	return text;
}

static void fill(const struct mustache_template *t, size_t i, struct tag *tag)
{
	const struct op *op = &t->ops.items[i];
	const struct op_detail *d = &t->details.items[i];

	tag->kind = kinds[op->kind];
	tag->line = d->line;
	tag->column = d->column;
	tag->begin = d->begin;
	tag->end = d->end;
	tag->alone =
		is_alone(str_cut(t->source, t->source_len), d->begin, d->end);
	tag->raw = op->flags & OP_RAW;
	tag->other = TAG_NONE;
	switch (tag->kind) {
	case TAG_PARTIAL:
	case TAG_PARENT:
		tag->dynamic = op->flags & OP_DYNAMIC;
		tag->name = written_name(t, d);
		if (tag->dynamic)
			tag->means = &t->names.items[op->name];
		else if (op->target)
			tag->target = &t->set->templates[op->target - 1];
		break;
	case TAG_END:
		break;
	case TAG_BLOCK:
		tag->name = t->names.items[op->name].text;
		break;
	default:
		tag->means = &t->names.items[op->name];
		tag->name = tag->means->text;
	}
}

void tags_read(const struct mustache_template *t, struct tags *out)
{
	size_t open[LIMIT_TEMPLATE_NESTING] = { 0 }, depth = 0;

	for (size_t i = 0; i < t->ops.count; i++) {
		size_t at = out->count;

		if (!is_tag(&t->ops.items[i]))
			continue;
		struct tag *tag = VEC_ADD(out);
		fill(t, i, tag);
		if (tag->kind == TAG_END) {
			tag->other = open[--depth];
			tag->name = out->items[tag->other].name;
			out->items[tag->other].other = at;
		}
		tag->outer = depth ? open[depth - 1] : TAG_NONE;
		if (opens(tag->kind))
			open[depth++] = at;
	}
}

const struct path *tag_path(const struct tag *tag)
{
	const struct name *name = tag->means;

	if (!name)
		return NULL;
	if (name->query != QUERY_NONE)
		return &name->subject;
	if (name->has_path)
		return &name->path;
	return name->literal.count == PATH_NONE ? NULL : &name->literal;
}

struct str tag_part(const struct mustache_template *t, const struct path *path,
		    size_t i)
{
	const struct val_lookup *key = &t->parts.items[path->first + i].key;

	return str_cut(key->text, key->tag >> 32);
}

const struct mustache_template *tags_template(const struct mustache_set *set,
					      size_t i)
{
	return i < set->count ? &set->templates[i] : NULL;
}

const char *tags_file(const struct mustache_template *t)
{
	return t->file;
}

struct str tags_source(const struct mustache_template *t)
{
	return str_cut(t->source, t->source_len);
}
