/*
 * A document becomes pieces: JSON text, and what follows it. Nearly all that
 * follows is a value, or part of a string; of a map with keys that are
 * variables it is asked first whether they differ. What the pieces cannot say,
 * keys that are partly variables, merge keys and tags, is a subtree that is
 * made as a value each time.
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
	PIECE_KEYS,   /* nothing, if the keys of a node differ */
	PIECE_TEXT,   /* nothing: there was too much text */
	PIECE_NONE    /* the end */
};

/* In the order of the text. */
struct piece {
	uint16_t len;  /* of the JSON in front of it, bytes */
	uint16_t slot; /* PIECE_TREE, PIECE_KEYS: number of the node */
	uint8_t kind;  /* enum piece_kind */
	uint8_t depth; /* containers around it */
};

_Static_assert(LIMIT_RENDER_SLOTS <= UINT16_MAX && LIMIT_NESTING <= UINT8_MAX,
	       "a piece has room for less");

struct shape {
	atomic_uint refs;
	struct yaml_stream *yaml;
	size_t slots;    /* that it has room for */
	struct buf text; /* of all pieces; BUF_PAD bytes follow */
	struct {
		VEC(struct piece);
	} pieces;
	struct {
		VEC(const struct yaml_node *);
	} nodes; /* that pieces are about */
};

/* Room made at once, for most templates enough. */
enum { USUAL_SLOTS = 250, USUAL_BYTES = 8 * 1024 - 1 };
/* Of a map with variables among them, beyond which it is a PIECE_TREE. */
enum { MOST_KEYS = 64 };

struct maker {
	struct shape *shape;
	size_t begin; /* of the text that is no piece's yet */
	size_t nodes;
	size_t depth;
};

static void add_piece(struct maker *m, enum piece_kind kind, size_t slot)
{
	struct shape *shape = m->shape;
	size_t len = shape->text.len - m->begin;

	for (; len > UINT16_MAX; len -= UINT16_MAX)
		*VEC_ADD(&shape->pieces) = (struct piece){
			.len = UINT16_MAX,
			.kind = PIECE_TEXT,
		};
	*VEC_ADD(&shape->pieces) = (struct piece){
		.len = (uint16_t)len,
		.slot = (uint16_t)slot,
		.kind = (uint8_t)kind,
		.depth = (uint8_t)m->depth,
	};
	m->begin = shape->text.len;
}

/* False when there are too many, which is as good as no shape. */
static bool add_node(struct maker *m, enum piece_kind kind,
		     const struct yaml_node *node)
{
	size_t number = m->shape->nodes.count;

	if (number > UINT16_MAX)
		return false;
	*VEC_ADD(&m->shape->nodes) = node;
	add_piece(m, kind, number);
	return true;
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
			add_piece(m, PIECE_INSIDE, slot);
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
		add_piece(m, PIECE_TYPED, only);
	else
		return node->tag || is_chomped(node)
			       ? add_node(m, PIECE_TREE, node)
			       : make_string(m, node);
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

enum keys {
	KEYS_FIXED,    /* the same texts every time */
	KEYS_VARIABLE, /* some are variables and nothing else */
	KEYS_OTHER
};

static enum keys kind_of_key(const struct yaml_node *key, size_t slots)
{
	if (key->kind != YAML_SCALAR || key->tag)
		return KEYS_OTHER;
	if (mark_is_in(key->text))
		return fill_only_slot(key, slots) < slots ? KEYS_VARIABLE
							  : KEYS_OTHER;
	if (str_is(key->text, "<<") ||
	    (key->style == YAML_PLAIN && !scalar_is_text(key->text)))
		return KEYS_OTHER;
	return KEYS_FIXED;
}

static enum keys kind_of_keys(const struct yaml_node *map, size_t slots)
{
	enum keys kind = KEYS_FIXED;

	for (const struct yaml_node *key = map->first; key;
	     key = key->next->next) {
		enum keys other = kind_of_key(key, slots);

		if (other > kind)
			kind = other;
	}
	return kind == KEYS_VARIABLE && map->count > MOST_KEYS ? KEYS_OTHER
							       : kind;
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

/* What may be a slip: a variable in plain text of several lines, or in a key
 * without a value. structure.c looks at it. Recursion: LIMIT_NESTING. */
static bool is_doubtful(const struct yaml_node *node)
{
	const struct yaml_node *n = node->first;

	if (node->kind == YAML_SCALAR)
		return node->is_folded && mark_is_in(node->text);
	for (; n; n = n->next) {
		if (node->kind == YAML_MAP) {
			if (is_doubtful(n) ||
			    (n->kind == YAML_SCALAR && mark_is_in(n->text) &&
			     yaml_is_empty(n->next)))
				return true;
			n = n->next;
		}
		if (is_doubtful(n))
			return true;
	}
	return false;
}

/* Of a variable, what follows a PIECE_KEYS has looked at already. */
static bool make_key(struct maker *m, const struct yaml_node *key)
{
	struct buf *out = &m->shape->text;

	if (!mark_is_in(key->text))
		json_write_text(key->text, out);
	else if (yaml_is_empty(key->next))
		return false;
	else
		make_string(m, key);
	buf_add_char(out, ':');
	return true;
}

static bool make_map(struct maker *m, const struct yaml_node *node)
{
	enum keys keys = kind_of_keys(node, m->shape->slots);
	struct buf *out = &m->shape->text;

	if (keys == KEYS_OTHER)
		return !is_doubtful(node) && add_node(m, PIECE_TREE, node);
	if (keys == KEYS_VARIABLE && !add_node(m, PIECE_KEYS, node))
		return false;
	if (has_duplicate(node))
		return false;
	buf_add_char(out, '{');
	for (const struct yaml_node *key = node->first; key;
	     key = key->next->next) {
		if (key != node->first)
			buf_add_char(out, ',');
		if (!make_key(m, key) || !make(m, key->next))
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
	if (node->tag || m->depth == LIMIT_NESTING)
		return !is_doubtful(node) && add_node(m, PIECE_TREE, node);
	m->depth++;
	ok = node->kind == YAML_MAP ? make_map(m, node) : make_list(m, node);
	m->depth--;
	return ok;
}

static bool make_documents(struct maker *m)
{
	struct shape *shape = m->shape;

	for (size_t i = 0; i < shape->yaml->count; i++) {
		if (yaml_is_empty(shape->yaml->roots[i]))
			continue;
		if (!make(m, shape->yaml->roots[i]))
			return false;
		buf_add_char(&shape->text, '\n');
	}
	add_piece(m, PIECE_NONE, 0);
	buf_reserve(&shape->text, BUF_PAD);
	return !buf_overflowed(&shape->text);
}

struct shape *shape_new(struct mustache_run *run,
			const struct mustache_template *t,
			const struct val *root, struct mustache_trace *trace)
{
	AUTO(shape_unref) struct shape *shape = NEW(struct shape);
	AUTO_BUF text = BUF_INIT(LIMIT_RENDER_BYTES);
	struct maker m = { .shape = shape };
	AUTO_ERR err = ERR_INIT;

	shape->refs = 1;
	shape->text = BUF_INIT(LIMIT_RENDER_BYTES);
	VEC_RESERVE(&trace->slots, USUAL_SLOTS);
	buf_reserve(&text, USUAL_BYTES);
	trace->text = &text;
	trace->mark = mark_add;
	bool traced = mustache_trace(run, t, root, trace, &err);
	trace->text = NULL;
	if (!traced || !yaml_parse(buf_str(&text), "", &shape->yaml, &err))
		return NULL;
	shape->slots = trace->slots.count;
	VEC_RESERVE(&shape->pieces, shape->slots + 1);
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
	VEC_DONE(&shape->nodes);
	free(shape);
}

size_t shape_bytes(const struct shape *shape)
{
	return sizeof(*shape) + yaml_stream_bytes(shape->yaml) +
	       shape->text.cap + shape->pieces.cap * sizeof(struct piece) +
	       shape->nodes.cap * sizeof(const void *);
}

static inline char *copy_padded(char *to, const char *from, size_t n)
{
	for (size_t i = 0; i < n; i += BUF_PAD)
		memcpy(to + i, from + i, BUF_PAD);
	return to + n;
}

/* Most pieces: little text, and then a text or a number that JSON takes as it
 * is. False when it is something else. */
static inline bool add_simple(const struct piece *p, const char *text,
			      const struct val *const *values, struct buf *out)
{
	const struct val *v = p->kind <= PIECE_INSIDE ? values[p->slot] : NULL;
	size_t quotes;
	char *to;

	if (!v || v->type < VAL_INT || v->type > VAL_TEXT || !v->truth ||
	    out->cap - out->len <= p->len + v->n + (size_t)3 * BUF_PAD)
		return false;
	quotes = p->kind == PIECE_TYPED && v->type == VAL_TEXT;
	to = copy_padded(out->p + out->len, text, p->len);
	*to = '"';
	to = copy_padded(to + quotes, val_chars(v), v->n);
	*to = '"';
	to += quotes;
	*to = '\0';
	out->len = (size_t)(to - out->p);
	return true;
}

static bool put_value(const struct val *v, size_t depth, struct buf *out)
{
	if (!path_nests_within(v, LIMIT_NESTING - depth))
		return false;
	json_write(v, out);
	return true;
}

static bool put_typed(const struct val *v, size_t depth, struct fill *fill,
		      struct buf *out)
{
	AUTO_ERR err = ERR_INIT;

	return v && yaml_spend(&fill->spent, v, &err) &&
	       put_value(v, depth, out);
}

static bool put_inside(const struct val *v, struct buf *out)
{
	switch (val_type(v)) {
	case VAL_NULL:
		return v == val_absent();
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

static bool put_tree(const struct shape *shape, const struct piece *p,
		     struct fill *fill, struct buf *out)
{
	AUTO(val_unref) struct val *v = NULL;
	AUTO_ERR err = ERR_INIT;

	return yaml_value_with(shape->yaml, shape->nodes.items[p->slot],
			       fill_scalar, fill, &fill->spent, &v, &err) &&
	       put_value(v, p->depth, out);
}

/* The text of a key; false when scalar_key() has more to do than to copy. */
static bool read_key(const struct yaml_node *key, const struct fill *fill,
		     struct str *out)
{
	size_t slot = fill_only_slot(key, fill->count);
	const struct val *v;

	*out = key->text;
	if (slot == fill->count)
		return true;
	v = fill->values[slot];
	*out = val_str(v);
	return val_is(v, VAL_TEXT) ||
	       (val_is(v, VAL_INT) && !str_is(*out, "-0"));
}

static bool is_among(const struct str *texts, size_t count, struct str text)
{
	for (size_t i = 0; i < count; i++)
		if (str_equal(texts[i], text))
			return true;
	return false;
}

/* Whether the keys of a map differ, at most MOST_KEYS. */
static bool are_different(const struct yaml_node *map, const struct fill *fill)
{
	struct str texts[MOST_KEYS], text;
	uint64_t lasts = 0; /* a bit for what a text ends with */
	size_t count = 0;

	for (const struct yaml_node *key = map->first; key;
	     key = key->next->next) {
		if (!read_key(key, fill, &text))
			return false;
		unsigned last = text.n ? (unsigned char)text.p[text.n - 1] : 0;
		uint64_t bit = (uint64_t)1 << ((last + text.n) % 64);

		if (lasts & bit && is_among(texts, count, text))
			return false;
		lasts |= bit;
		texts[count++] = text;
	}
	return true;
}

static bool put_piece(const struct shape *shape, const struct piece *p,
		      const char *text, struct fill *fill, struct buf *out)
{
	buf_add_padded(out, text, p->len);
	switch ((enum piece_kind)p->kind) {
	case PIECE_TYPED:
		return put_typed(fill->values[p->slot], p->depth, fill, out);
	case PIECE_INSIDE:
		return put_inside(fill->values[p->slot], out);
	case PIECE_TREE:
		return put_tree(shape, p, fill, out);
	case PIECE_KEYS:
		return are_different(shape->nodes.items[p->slot], fill);
	case PIECE_TEXT:
	case PIECE_NONE:
		break;
	}
	return true;
}

bool shape_json(const struct shape *shape, const struct val *const *values,
		size_t count, struct buf *out)
{
	struct fill fill = { .values = values, .count = count };
	const struct piece *p = shape->pieces.items;
	const char *text = buf_text(&shape->text);

	if (count != shape->slots)
		return false;
	for (; p->kind != PIECE_NONE; text += p->len, p++)
		if (!add_simple(p, text, values, out) &&
		    !put_piece(shape, p, text, &fill, out))
			return false;
	buf_add_padded(out, text, p->len);
	return !buf_overflowed(out);
}

bool shape_values(const struct shape *shape, const struct val *const *values,
		  size_t count, struct val_list *docs)
{
	struct fill fill = { .values = values, .count = count };
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
