/*
 * libyaml's events become nodes; the containers that are open stand on a stack
 * of our own, so nesting costs no C stack. Nodes and texts are cut from blocks
 * that only grow, and freed together.
 *
 * An event of libyaml lacks one thing: the chomping of a block scalar. It is
 * read from the text where the event begins. Marks count characters, so a
 * cursor turns their index into an offset in bytes, moving forward only.
 */
#include "data/yaml.h"

#include "base/alloc.h"
#include "base/limits.h"
#include "base/map.h"

#include <yaml.h>

enum {
	FIRST_BLOCK_BYTES = 4 * 1024,
	LAST_BLOCK_BYTES = 1024 * 1024,
	/* Of a manifest, nodes and texts take about so many bytes for each of
	 * its bytes. */
	BYTES_PER_BYTE = 9
};

struct yaml_block {
	struct yaml_block *next;
	size_t used, cap;
	void *bytes[]; /* aligned as nodes need it */
};

struct open_node {
	struct yaml_node *node;
	struct yaml_node *last; /* its newest child */
	size_t children;
};

struct reader {
	yaml_parser_t parser;
	struct str text;
	struct yaml_stream *stream;
	struct map anchors; /* name to node, of this document */
	size_t depth;       /* containers open */
	size_t nodes;
	size_t cap;       /* of stream->roots */
	size_t at, index; /* the cursor, in bytes and in characters */
	struct open_node open[LIMIT_NESTING]; /* last */
};

static void add_block(struct yaml_stream *s, size_t cap)
{
	struct yaml_block *b = alloc_resize(NULL, 1, sizeof(*b) + cap);

	*b = (struct yaml_block){ .next = s->blocks, .cap = cap };
	s->blocks = b;
}

static size_t least(size_t a, size_t b)
{
	return a < b ? a : b;
}

static void *take_bytes(struct yaml_stream *s, size_t n)
{
	struct yaml_block *b = s->blocks;

	n = (n + sizeof(void *) - 1) / sizeof(void *) * sizeof(void *);
	if (b->cap - b->used < n) {
		size_t cap = least(b->cap * 2, LAST_BLOCK_BYTES);

		add_block(s, cap < n ? n : cap);
		b = s->blocks;
	}
	void *p = (char *)b->bytes + b->used;
	b->used += n;
	return p;
}

static char *take_text(struct yaml_stream *s, const void *text, size_t n)
{
	char *copy = take_bytes(s, n + 1);

	if (n)
		memcpy(copy, text, n);
	copy[n] = '\0';
	return copy;
}

static const char *take_name(struct yaml_stream *s, const yaml_char_t *text)
{
	return text ? take_text(s, text, strlen((const char *)text)) : NULL;
}

static void add_place(const struct yaml_stream *s, size_t line, size_t column,
		      struct buf *out)
{
	if (s->places)
		s->places->print(s->places, (unsigned)line, (unsigned)column,
				 out);
	else
		buf_addf(out, "%s:%zu:%zu", s->name, line, column);
}

static bool wrap_at(const struct yaml_stream *s, size_t line, size_t column,
		    struct err *err)
{
	AUTO_BUF place = BUF_INIT(LIMIT_KIB(64));

	add_place(s, line, column, &place);
	return err_wrap(err, "%s", buf_text(&place));
}

void yaml_place(const struct yaml_stream *s, const struct yaml_node *node,
		struct buf *out)
{
	add_place(s, node->line, node->column, out);
}

bool yaml_wrap(const struct yaml_stream *s, const struct yaml_node *node,
	       struct err *err)
{
	return wrap_at(s, node->line, node->column, err);
}

bool yaml_fail(const struct yaml_stream *s, const struct yaml_node *node,
	       struct err *err, enum err_kind kind, const char *fmt, ...)
{
	AUTO_BUF text = BUF_INIT(LIMIT_KIB(64));
	va_list args;

	va_start(args, fmt);
	buf_addv(&text, fmt, args);
	va_end(args);
	err_set(err, kind, "%s", buf_text(&text));
	return yaml_wrap(s, node, err);
}

/* A failure at an offset in bytes. */
static bool fail_at_byte(struct reader *r, size_t at, const char *what,
			 struct err *err)
{
	struct str_place place = str_place_of(r->text, at);

	err_set(err, ERR_INVALID, "%s", what);
	return wrap_at(r->stream, place.line, place.column, err);
}

/* Reports what libyaml found. */
static bool fail_parse(struct reader *r, struct err *err)
{
	const yaml_parser_t *p = &r->parser;
	const char *problem = p->problem ? p->problem : "no YAML";
	AUTO_BUF where = BUF_INIT(LIMIT_KIB(64));

	if (p->error == YAML_MEMORY_ERROR)
		return err_set(err, ERR_INTERNAL, "libyaml: out of memory");
	if (p->error == YAML_READER_ERROR && str_utf8_len(r->text) < r->text.n)
		return fail_at_byte(r, str_utf8_len(r->text), "no UTF-8", err);
	if (p->error == YAML_READER_ERROR)
		return fail_at_byte(r, p->problem_offset, problem, err);
	if (p->context) {
		add_place(r->stream, p->context_mark.line + 1,
			  p->context_mark.column + 1, &where);
		err_set(err, ERR_INVALID, "%s, %s that begins at %s", problem,
			p->context, buf_text(&where));
	} else {
		err_set(err, ERR_INVALID, "%s", problem);
	}
	return wrap_at(r->stream, p->problem_mark.line + 1,
		       p->problem_mark.column + 1, err);
}

static size_t char_len(char lead)
{
	unsigned char c = (unsigned char)lead;

	return c < 0x80 ? 1 : c < 0xe0 ? 2 : c < 0xf0 ? 3 : 4;
}

static size_t byte_of(struct reader *r, const yaml_mark_t *mark)
{
	for (; r->index < mark->index && r->at < r->text.n; r->index++)
		r->at += char_len(r->text.p[r->at]);
	return r->at;
}

/* The header of a block scalar, which may stand behind a tag, an anchor, line
 * ends and comments. */
static enum yaml_chomp read_chomp(struct reader *r, const yaml_mark_t *mark)
{
	const char *p = r->text.p + byte_of(r, mark);
	const char *end = r->text.p + r->text.n;

	while (p < end && *p != '|' && *p != '>') {
		bool comment = *p == '#', property = *p == '&' || *p == '!';

		while (comment && p < end && *p != '\n')
			p++;
		while (property && p < end && !strchr(" \t\r\n", *p))
			p++;
		p += p < end;
	}
	for (p++; p < end && strchr("+-123456789", *p); p++)
		if (*p == '+' || *p == '-')
			return *p == '+' ? YAML_KEEP : YAML_STRIP;
	return YAML_CLIP;
}

static void add_root(struct reader *r, const struct yaml_node *node)
{
	struct yaml_stream *s = r->stream;

	if (s->count == r->cap) {
		r->cap = r->cap ? r->cap * 2 : 4;
		s->roots = alloc_resize(s->roots, r->cap, sizeof(*s->roots));
	}
	s->roots[s->count++] = node;
}

static void attach(struct reader *r, struct yaml_node *node)
{
	if (r->depth == 0) {
		add_root(r, node);
		return;
	}
	struct open_node *top = &r->open[r->depth - 1];
	if (top->last)
		top->last->next = node;
	else
		top->node->first = node;
	top->last = node;
	top->children++;
	bool map = top->node->kind == YAML_MAP;
	top->node->count = map ? top->children / 2 : top->children;
}

/* A new node in its place, or NULL. */
static struct yaml_node *add_node(struct reader *r, enum yaml_kind kind,
				  const yaml_event_t *e,
				  const yaml_char_t *anchor, struct err *err)
{
	struct yaml_stream *s = r->stream;
	struct yaml_node *node = take_bytes(s, sizeof(*node));

	*node = (struct yaml_node){
		.kind = (uint8_t)kind,
		.line = (unsigned)e->start_mark.line + 1,
		.column = (unsigned)e->start_mark.column + 1,
		.anchor = take_name(s, anchor),
	};
	if (++r->nodes > LIMIT_YAML_NODES) {
		yaml_fail(s, node, err, ERR_LIMIT, "more than %d nodes",
			  LIMIT_YAML_NODES);
		return NULL;
	}
	attach(r, node);
	if (anchor && kind != YAML_ALIAS)
		map_set(&r->anchors, str_of(node->anchor), node);
	return node;
}

static bool add_scalar(struct reader *r, const yaml_event_t *e, struct err *err)
{
	static const enum yaml_style styles[] = {
		[YAML_ANY_SCALAR_STYLE] = YAML_PLAIN,
		[YAML_PLAIN_SCALAR_STYLE] = YAML_PLAIN,
		[YAML_SINGLE_QUOTED_SCALAR_STYLE] = YAML_SINGLE,
		[YAML_DOUBLE_QUOTED_SCALAR_STYLE] = YAML_DOUBLE,
		[YAML_LITERAL_SCALAR_STYLE] = YAML_LITERAL,
		[YAML_FOLDED_SCALAR_STYLE] = YAML_FOLDED,
	};
	const void *text = e->data.scalar.value;
	size_t n = e->data.scalar.length;
	struct yaml_node *node =
		add_node(r, YAML_SCALAR, e, e->data.scalar.anchor, err);

	if (!node)
		return false;
	node->style = (uint8_t)styles[e->data.scalar.style];
	/* Nothing but an escape can make one. */
	if (node->style == YAML_DOUBLE && n && memchr(text, '\0', n))
		return yaml_fail(r->stream, node, err, ERR_INVALID,
				 "NUL character in a text");
	node->is_folded = node->style == YAML_PLAIN &&
			  e->end_mark.line > e->start_mark.line;
	if (node->style == YAML_LITERAL || node->style == YAML_FOLDED)
		node->chomp = (uint8_t)read_chomp(r, &e->start_mark);
	node->text = str_cut(take_text(r->stream, text, n), n);
	node->tag = take_name(r->stream, e->data.scalar.tag);
	return true;
}

static bool add_alias(struct reader *r, const yaml_event_t *e, struct err *err)
{
	struct yaml_node *node =
		add_node(r, YAML_ALIAS, e, e->data.alias.anchor, err);

	if (!node)
		return false;
	node->target = map_get(&r->anchors, str_of(node->anchor));
	if (!node->target)
		return yaml_fail(r->stream, node, err, ERR_INVALID,
				 "unknown anchor \"%s\"", node->anchor);
	for (size_t i = 0; i < r->depth; i++)
		if (r->open[i].node == node->target)
			return yaml_fail(r->stream, node, err, ERR_INVALID,
					 "anchor \"%s\" contains itself",
					 node->anchor);
	return true;
}

static bool open_container(struct reader *r, const yaml_event_t *e,
			   struct err *err)
{
	bool map = e->type == YAML_MAPPING_START_EVENT;
	const yaml_char_t *anchor = map ? e->data.mapping_start.anchor
					: e->data.sequence_start.anchor;
	const yaml_char_t *tag = map ? e->data.mapping_start.tag
				     : e->data.sequence_start.tag;
	struct yaml_node *node =
		add_node(r, map ? YAML_MAP : YAML_LIST, e, anchor, err);

	if (!node)
		return false;
	if (r->depth == LIMIT_NESTING)
		return yaml_fail(r->stream, node, err, ERR_LIMIT,
				 "nested deeper than %d levels", LIMIT_NESTING);
	node->tag = take_name(r->stream, tag);
	r->open[r->depth++] = (struct open_node){ .node = node };
	return true;
}

static bool add_event(struct reader *r, const yaml_event_t *e, struct err *err)
{
	switch (e->type) {
	case YAML_SCALAR_EVENT:
		return add_scalar(r, e, err);
	case YAML_ALIAS_EVENT:
		return add_alias(r, e, err);
	case YAML_SEQUENCE_START_EVENT:
	case YAML_MAPPING_START_EVENT:
		return open_container(r, e, err);
	case YAML_SEQUENCE_END_EVENT:
	case YAML_MAPPING_END_EVENT:
		r->depth--;
		return true;
	case YAML_DOCUMENT_START_EVENT:
		map_done(&r->anchors);
		return true;
	default:
		return true;
	}
}

static bool read_events(struct reader *r, struct err *err)
{
	yaml_event_t event;
	bool ok = true, end = false;

	while (ok && !end) {
		if (!yaml_parser_parse(&r->parser, &event))
			return fail_parse(r, err);
		ok = add_event(r, &event, err);
		end = event.type == YAML_STREAM_END_EVENT;
		yaml_event_delete(&event);
	}
	return ok;
}

bool yaml_parse_places(struct str text, const char *name,
		       const struct yaml_places *places,
		       struct yaml_stream **out, struct err *err)
{
	AUTO(yaml_stream_free) struct yaml_stream *s = NEW(struct yaml_stream);

	add_block(s, FIRST_BLOCK_BYTES +
			     least(text.n, LAST_BLOCK_BYTES / BYTES_PER_BYTE) *
				     BYTES_PER_BYTE);
	s->name = take_text(s, name, strlen(name));
	s->places = places;
	if (str_starts(text, "\xef\xbb\xbf"))
		text = str_cut(text.p + 3, text.n - 3);
	/* The stack of open nodes is large and needs no zeros. */
	struct reader *r = alloc_resize(NULL, 1, sizeof(*r));
	memset(r, 0, offsetof(struct reader, open));
	r->text = text;
	r->stream = s;
	bool ok = false;
	if (!yaml_parser_initialize(&r->parser)) {
		err_set(err, ERR_INTERNAL, "libyaml: out of memory");
	} else {
		const char *p = text.p ? text.p : "";

		yaml_parser_set_encoding(&r->parser, YAML_UTF8_ENCODING);
		yaml_parser_set_input_string(&r->parser,
					     (const unsigned char *)p, text.n);
		ok = read_events(r, err);
		yaml_parser_delete(&r->parser);
	}
	map_done(&r->anchors);
	free(r);
	if (ok)
		*out = TAKE(s);
	return ok;
}

bool yaml_parse(struct str text, const char *name, struct yaml_stream **out,
		struct err *err)
{
	return yaml_parse_places(text, name, NULL, out, err);
}

size_t yaml_stream_bytes(const struct yaml_stream *s)
{
	size_t bytes = sizeof(*s) + s->count * sizeof(const void *);

	for (const struct yaml_block *b = s->blocks; b; b = b->next)
		bytes += sizeof(*b) + b->cap;
	return bytes;
}

void yaml_stream_free(struct yaml_stream *s)
{
	if (!s)
		return;
	for (struct yaml_block *b = s->blocks, *next; b; b = next) {
		next = b->next;
		free(b);
	}
	free(s->roots);
	free(s);
}
