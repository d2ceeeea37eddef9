/*
 * A document becomes pieces: JSON text, and what follows it. Nearly all that
 * follows is a value, or part of a string. What the pieces cannot say, keys
 * that are variables, merge keys and tags, is a subtree that is made as a
 * value each time.
 */
#include "chart/shape.h"

#include "base/limits.h"
#include "chart/fill.h"
#include "chart/marks.h"
#include "data/json.h"
#include "data/path.h"
#include "data/scalar.h"
#include "data/val_layout.h"
#include "data/yaml_read.h"

#include <stdatomic.h>

enum piece_kind {
	PIECE_TYPED,  /* the value of a slot */
	PIECE_INSIDE, /* its text, within a string */
	PIECE_TREE,   /* the value of a node */
	PIECE_NONE
};

struct piece {
	uint32_t text, len; /* JSON in front of it: offset, bytes */
	uint32_t slot;
	uint16_t depth;               /* containers around it */
	uint8_t kind;                 /* enum piece_kind */
	const struct yaml_node *node; /* PIECE_TREE */
};

struct shape {
	atomic_uint refs;
	struct yaml_stream *yaml;
	size_t slots;    /* that it has room for */
	struct buf text; /* of all pieces; BUF_PAD bytes follow */
	struct {
		VEC(struct piece);
	} pieces;
};

struct maker {
	struct shape *shape;
	size_t begin; /* of the text that is no piece's yet */
	size_t nodes;
	size_t depth;
};

static void add_piece(struct maker *m, enum piece_kind kind, size_t slot,
		      const struct yaml_node *node)
{
	struct shape *shape = m->shape;

	*VEC_ADD(&shape->pieces) = (struct piece){
		.text = (uint32_t)m->begin,
		.len = (uint32_t)(shape->text.len - m->begin),
		.slot = (uint32_t)slot,
		.depth = (uint16_t)m->depth,
		.kind = (uint8_t)kind,
		.node = node,
	};
	m->begin = shape->text.len;
}

/* Whether YAML has chomped marks at the end of a block: their values may end
 * with line ends that the header does not want. */
static bool is_chomped(const struct yaml_node *node)
{
	struct str text = node->text;

	if ((node->style != YAML_LITERAL && node->style != YAML_FOLDED) ||
	    node->chomp == YAML_KEEP)
		return false;
	while (text.n && text.p[text.n - 1] == '\n')
		text.n--;
	return text.n >= MARK_BYTES && text.p[text.n - MARK_BYTES] == MARK_LEAD;
}

static bool make_string(struct maker *m, const struct yaml_node *node)
{
	struct buf *out = &m->shape->text;
	struct str rest = node->text, text;
	size_t slot = 0;

	buf_add_char(out, '"');
	for (;;) {
		switch (mark_cut(&rest, m->shape->slots, &text, &slot)) {
		case MARK_END:
			buf_add_char(out, '"');
			return true;
		case MARK_TEXT:
			json_write_inside(text, out);
			break;
		case MARK_SLOT:
			add_piece(m, PIECE_INSIDE, slot, NULL);
			break;
		}
	}
}

static bool make_constant(struct maker *m, const struct yaml_node *node)
{
	AUTO(val_unref) struct val *v = NULL;
	AUTO_ERR err = ERR_INIT;

	if (!node->tag &&
	    (node->style != YAML_PLAIN || scalar_is_text(node->text))) {
		json_write_text(node->text, &m->shape->text);
		return true;
	}
	if (!yaml_scalar(node, &v, &err))
		return false;
	json_write(v, &m->shape->text);
	return true;
}

static bool make_scalar(struct maker *m, const struct yaml_node *node)
{
	size_t slots = m->shape->slots, only;

	if (!mark_is_in(node->text))
		return make_constant(m, node);
	if (node->is_folded)
		return false;
	only = fill_only_slot(node, slots);
	if (only < slots)
		add_piece(m, PIECE_TYPED, only, NULL);
	else if (node->tag || is_chomped(node))
		add_piece(m, PIECE_TREE, 0, node);
	else
		return make_string(m, node);
	return true;
}

static bool make(struct maker *m, const struct yaml_node *node);

static bool make_list(struct maker *m, const struct yaml_node *node)
{
	buf_add_char(&m->shape->text, '[');
	for (const struct yaml_node *n = node->first; n; n = n->next) {
		if (n != node->first)
			buf_add_char(&m->shape->text, ',');
		if (!make(m, n))
			return false;
	}
	buf_add_char(&m->shape->text, ']');
	return true;
}

/* A key that is the same text every time. */
static bool is_fixed(const struct yaml_node *key)
{
	return key->kind == YAML_SCALAR && !key->tag &&
	       !str_is(key->text, "<<") && !mark_is_in(key->text) &&
	       (key->style != YAML_PLAIN || scalar_is_text(key->text));
}

static bool are_fixed(const struct yaml_node *map)
{
	for (const struct yaml_node *key = map->first; key;
	     key = key->next->next)
		if (!is_fixed(key))
			return false;
	return true;
}

/* Few keys, nearly always: what is left of the pairs is cheap to compare. */
static bool has_duplicate(const struct yaml_node *map)
{
	const struct yaml_node *a, *b;
	size_t compared = 0;

	for (a = map->first; a; a = a->next->next)
		for (b = a->next->next; b; b = b->next->next)
			if (++compared > LIMIT_SHAPE_PAIRS ||
			    str_equal(a->text, b->text))
				return true;
	return false;
}

/* A key with a variable and no value may be a slip: structure.c looks. */
static bool has_empty_value(const struct yaml_node *map)
{
	for (const struct yaml_node *key = map->first; key;
	     key = key->next->next)
		if (yaml_is_empty(key->next))
			return true;
	return false;
}

static bool make_map(struct maker *m, const struct yaml_node *node)
{
	struct buf *out = &m->shape->text;

	if (!are_fixed(node)) {
		add_piece(m, PIECE_TREE, 0, node);
		return !has_empty_value(node);
	}
	if (has_duplicate(node))
		return false;
	buf_add_char(out, '{');
	for (const struct yaml_node *key = node->first; key;
	     key = key->next->next) {
		if (key != node->first)
			buf_add_char(out, ',');
		json_write_text(key->text, out);
		buf_add_char(out, ':');
		if (!make(m, key->next))
			return false;
	}
	buf_add_char(out, '}');
	return true;
}

/* Recursion: LIMIT_NESTING. What is tagged is checked as a value is made. */
static bool make(struct maker *m, const struct yaml_node *node)
{
	bool ok;

	if (++m->nodes > LIMIT_YAML_NODES || buf_overflowed(&m->shape->text))
		return false;
	node = yaml_resolve(node);
	if (node->kind == YAML_SCALAR)
		return make_scalar(m, node);
	if (node->tag || m->depth == LIMIT_NESTING) {
		add_piece(m, PIECE_TREE, 0, node);
		return true;
	}
	m->depth++;
	ok = node->kind == YAML_MAP ? make_map(m, node) : make_list(m, node);
	m->depth--;
	return ok;
}

static bool make_documents(struct maker *m)
{
	struct shape *shape = m->shape;
	struct str text;

	for (size_t i = 0; i < shape->yaml->count; i++) {
		if (yaml_is_empty(shape->yaml->roots[i]))
			continue;
		if (!make(m, shape->yaml->roots[i]))
			return false;
		buf_add_char(&shape->text, '\n');
	}
	add_piece(m, PIECE_NONE, 0, NULL);
	buf_reserve(&shape->text, BUF_PAD);
	text = buf_str(&shape->text);
	return !buf_overflowed(&shape->text) && text.n <= UINT32_MAX;
}

struct shape *shape_new(struct mustache_run *run,
			const struct mustache_template *t,
			const struct val *root, size_t slots,
			struct mustache_trace *trace)
{
	AUTO(shape_unref) struct shape *shape = NEW(struct shape);
	AUTO_BUF text = BUF_INIT(LIMIT_RENDER_BYTES);
	struct maker m = { .shape = shape };
	AUTO_ERR err = ERR_INIT;

	shape->refs = 1;
	shape->text = BUF_INIT(LIMIT_RENDER_BYTES);
	shape->slots = slots;
	VEC_RESERVE(&shape->pieces, slots + 1);
	VEC_RESERVE(&trace->slots, slots);
	buf_reserve(&text, LIMIT_KIB(8) - 1);
	trace->text = &text;
	trace->mark = mark_add;
	if (!mustache_trace(run, t, root, trace, &err) ||
	    !yaml_parse(buf_str(&text), "", &shape->yaml, &err))
		return NULL;
	buf_reserve(&shape->text, text.len);
	return make_documents(&m) ? TAKE(shape) : NULL;
}

struct shape *shape_ref(struct shape *shape)
{
	atomic_fetch_add_explicit(&shape->refs, 1, memory_order_relaxed);
	return shape;
}

void shape_unref(struct shape *shape)
{
	if (!shape || atomic_fetch_sub_explicit(&shape->refs, 1,
						memory_order_acq_rel) != 1)
		return;
	yaml_stream_free(shape->yaml);
	buf_free(&shape->text);
	VEC_DONE(&shape->pieces);
	free(shape);
}

size_t shape_bytes(const struct shape *shape)
{
	return sizeof(*shape) + yaml_stream_bytes(shape->yaml) +
	       shape->text.cap + shape->pieces.cap * sizeof(struct piece);
}

static inline char *copy_padded(char *to, const char *from, size_t n)
{
	for (size_t i = 0; i < n; i += BUF_PAD)
		memcpy(to + i, from + i, BUF_PAD);
	return to + n;
}

/* Most pieces: little text, and then another that JSON takes as it is. False
 * when it is something else. */
static inline bool add_simple(const struct piece *p, const char *text,
			      const struct mustache_slot *slots,
			      struct buf *out)
{
	const struct val *v = p->kind <= PIECE_INSIDE ? slots[p->slot].value
						      : NULL;
	size_t quotes = p->kind == PIECE_TYPED ? 2 : 0;
	char *to = out->p + out->len;

	if (!v || v->type != VAL_TEXT || !v->truth ||
	    out->cap - out->len <= p->len + v->n + quotes + (size_t)2 * BUF_PAD)
		return false;
	to = copy_padded(to, text + p->text, p->len);
	*to = '"';
	to = copy_padded(to + quotes / 2, val_chars(v), v->n);
	*to = '"';
	to += quotes / 2;
	*to = '\0';
	out->len = (size_t)(to - out->p);
	return true;
}

static bool add_typed(const struct mustache_slot *slot, size_t depth,
		      struct fill *fill, struct buf *out)
{
	const struct val *v = slot->value;
	AUTO_ERR err = ERR_INIT;

	if (!v && slot->strict)
		return false;
	if (val_count(v) && (!yaml_spend(&fill->spent, v, &err) ||
			     !path_nests_within(v, LIMIT_NESTING - depth)))
		return false;
	json_write(v, out);
	return true;
}

static bool add_inside(const struct mustache_slot *slot, struct buf *out)
{
	const struct val *v = slot->value;

	switch (val_type(v)) {
	case VAL_NULL:
		return !slot->strict;
	case VAL_BOOL:
		buf_add_text(out, val_is_true(v) ? "true" : "false");
		return true;
	case VAL_LIST:
	case VAL_MAP:
		return false;
	default:
		json_write_inside(val_str(v), out);
		return true;
	}
}

static bool add_tree(const struct shape *shape, const struct piece *p,
		     struct fill *fill, struct buf *out)
{
	AUTO(val_unref) struct val *v = NULL;
	AUTO_ERR err = ERR_INIT;

	if (!yaml_value_with(shape->yaml, p->node, fill_scalar, fill,
			     &fill->spent, &v, &err) ||
	    !path_nests_within(v, LIMIT_NESTING - p->depth))
		return false;
	json_write(v, out);
	return true;
}

bool shape_json(const struct shape *shape, const struct mustache_slot *slots,
		size_t count, struct buf *out)
{
	struct fill fill = { .slots = slots, .count = count };
	const struct piece *p = shape->pieces.items;
	const char *text = buf_text(&shape->text);
	bool ok = count == shape->slots;

	for (; ok && p->kind != PIECE_NONE; p++) {
		if (add_simple(p, text, slots, out))
			continue;
		buf_add_padded(out, text + p->text, p->len);
		if (p->kind == PIECE_TYPED)
			ok = add_typed(&slots[p->slot], p->depth, &fill, out);
		else if (p->kind == PIECE_INSIDE)
			ok = add_inside(&slots[p->slot], out);
		else
			ok = add_tree(shape, p, &fill, out);
	}
	if (ok)
		buf_add_padded(out, text + p->text, p->len);
	return ok && !buf_overflowed(out);
}

bool shape_values(const struct shape *shape, const struct mustache_slot *slots,
		  size_t count, struct val_list *docs)
{
	struct fill fill = { .slots = slots, .count = count };
	AUTO_ERR err = ERR_INIT;

	if (count != shape->slots)
		return false;
	for (size_t i = 0; i < shape->yaml->count; i++) {
		const struct yaml_node *root = shape->yaml->roots[i];
		struct val *v = NULL;

		if (yaml_is_empty(root))
			continue;
		if (!yaml_value_with(shape->yaml, root, fill_scalar, &fill,
				     &fill.spent, &v, &err))
			return false;
		val_list_add_take(docs, v);
	}
	return true;
}
