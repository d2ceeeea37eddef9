#include "data/schema_compile.h"

#include "base/alloc.h"
#include "base/limits.h"
#include "data/pointer.h"

#include <stdarg.h>

/* The JSON pointer of a node, as far as it fits. */
static void add_pointer(const struct schema_compile *c, uint32_t node,
			struct buf *out)
{
	uint32_t path[LIMIT_NESTING];
	size_t depth = 0;

	/* Schemas are not deeper than their value: two steps a node. */
	for (; node != SCHEMA_NO_NODE && depth < LIMIT_NESTING; depth++) {
		path[depth] = node;
		node = c->origins.items[node].parent;
	}
	while (depth) {
		const struct schema_origin *o =
			&c->origins.items[path[--depth]];

		if (o->parent == SCHEMA_NO_NODE) {
			buf_add_text(out, o->keyword);
			buf_add_str(out, str_clip(o->key, 200));
			continue;
		}
		pointer_add(out, str_of(o->keyword));
		if (o->key.p)
			pointer_add(out, str_clip(o->key, 100));
		if (o->index != SIZE_MAX)
			pointer_add_index(out, o->index);
	}
}

bool schema_fail(const struct schema_compile *c, uint32_t node,
		 const char *keyword, struct err *err, const char *fmt, ...)
{
	AUTO_BUF pointer = BUF_INIT(LIMIT_KIB(64));
	AUTO_BUF text = BUF_INIT(LIMIT_KIB(4));
	va_list args;

	add_pointer(c, node, &pointer);
	if (keyword)
		pointer_add(&pointer, str_of(keyword));
	va_start(args, fmt);
	buf_addv(&text, fmt, args);
	va_end(args);
	return err_set(err, ERR_INVALID, "%s: %s",
		       pointer.len ? buf_text(&pointer) : "the schema",
		       buf_text(&text));
}

bool schema_is_hidden(const struct schema_compile *c, const struct val *map)
{
	return c->schema->draft < DRAFT_2019 && val_get(map, "$ref");
}

bool schema_add_node(struct schema_compile *c,
		     const struct schema_origin *origin, uint32_t *out,
		     struct err *err)
{
	uint32_t node = (uint32_t)c->schema->nodes.count;
	const char *keyword = origin->keyword;

	if (node == LIMIT_SCHEMA_NODES)
		return err_set(err, ERR_LIMIT, "holds more than %d schemas",
			       LIMIT_SCHEMA_NODES);
	*VEC_ADD(&c->origins) = *origin;
	VEC_ADD(&c->schema->nodes);
	*out = node;
	/* Draft 4 has booleans in two places only. */
	if (val_is(origin->v, VAL_MAP) ||
	    (val_is(origin->v, VAL_BOOL) &&
	     (c->schema->draft > DRAFT_4 ||
	      strcmp(keyword, "additionalItems") == 0 ||
	      strcmp(keyword, "additionalProperties") == 0)))
		return true;
	return schema_fail(c, node, NULL, err, "must be a schema, found %s",
			   val_type_text(val_type(origin->v)));
}

struct schema_op *schema_add_op(struct schema_compile *c,
				enum schema_op_kind kind)
{
	struct schema_op *op = VEC_ADD(&c->schema->ops);

	op->kind = kind;
	c->schema->nodes.items[c->node].count++;
	return op;
}

static const struct {
	const char *name;
	enum schema_draft draft;
} drafts[] = {
	{ "json-schema.org/draft/2020-12/schema", DRAFT_2020 },
	{ "json-schema.org/draft/2019-09/schema", DRAFT_2019 },
	{ "json-schema.org/draft-07/schema", DRAFT_7 },
	{ "json-schema.org/draft-06/schema", DRAFT_6 },
	{ "json-schema.org/draft-04/schema", DRAFT_4 },
	{ "json-schema.org/schema", DRAFT_2020 },
};

static bool read_draft(const struct schema_compile *c, const struct val *v,
		       enum schema_draft *out, struct err *err)
{
	struct str name = val_str(v);

	if (str_ends(name, "#"))
		name.n--;
	for (size_t i = 0; i < ARRAY_LEN(drafts); i++) {
		AUTO_FREE char *http = alloc_print("http://%s", drafts[i].name);
		AUTO_FREE char *https =
			alloc_print("https://%s", drafts[i].name);

		if (str_is(name, http) || str_is(name, https)) {
			*out = drafts[i].draft;
			return true;
		}
	}
	return schema_fail(c, c->node, "$schema", err,
			   "\"" STR_FMT "\" is not known: drafts 4, 6, 7, "
			   "2019-09 and 2020-12 are, such as "
			   "http://json-schema.org/draft-07/schema#",
			   STR_ARG(str_clip(name, 200)));
}

static bool check_draft(struct schema_compile *c, const struct val *map,
			struct err *err)
{
	const struct val *v = val_get(map, "$schema");
	enum schema_draft draft = c->schema->draft;

	if (!v)
		return true;
	if (!read_draft(c, v, &draft, err))
		return false;
	if (c->node == 0)
		c->schema->draft = draft;
	return draft == c->schema->draft ||
	       schema_fail(c, c->node, "$schema", err,
			   "parts of another draft are not supported");
}

static void remember_place(struct schema_compile *c)
{
	const struct schema_origin *o = &c->origins.items[c->node];
	const struct schema_place place = { o->v, o->resource };
	struct str key = schema_place_key(&place);

	if (!map_get(&c->by_place, key))
		map_set(&c->by_place, key, schema_number(c->node));
}

static bool compile_node(struct schema_compile *c, struct err *err)
{
	struct schema_node *node = &c->schema->nodes.items[c->node];
	const struct val *v = c->origins.items[c->node].v;

	node->first = (uint32_t)c->schema->ops.count;
	if (val_is(v, VAL_BOOL)) {
		if (!val_is_true(v))
			schema_add_op(c, OP_FALSE);
		remember_place(c);
		return true;
	}
	if (!check_draft(c, v, err) ||
	    (!schema_is_hidden(c, v) && !schema_read_ids(c, v, err)))
		return false;
	remember_place(c);
	return schema_read_keywords(c, v, err);
}

static bool compile_nodes(struct schema_compile *c, struct err *err)
{
	size_t ref = 0;

	do {
		for (; c->node < c->schema->nodes.count; c->node++)
			if (!compile_node(c, err))
				return false;
		for (; ref < c->refs.count; ref++) {
			size_t op = c->refs.items[ref];
			struct str text = c->schema->ops.items[op].when.key;
			uint32_t node;

			if (!schema_resolve(c, c->ref_nodes.items[ref], text,
					    &node, err))
				return false;
			c->schema->ops.items[op].node = node;
		}
	} while (c->node < c->schema->nodes.count);
	return true;
}

uint32_t schema_next_edge(const struct schema *schema, uint32_t node,
			  struct schema_edges *at)
{
	const struct schema_node *n = &schema->nodes.items[node];

	for (; at->op < n->count; at->op++, at->child = 0) {
		const struct schema_op *op =
			&schema->ops.items[n->first + at->op];
		uint32_t count = 0;

		if (op->kind == OP_REF || op->kind == OP_NOT ||
		    op->kind == OP_DEPENDENT_SCHEMA)
			count = 1;
		else if (op->kind >= OP_ALL_OF && op->kind <= OP_IF)
			count = op->count;
		if (at->child < count)
			return op->node + at->child++;
	}
	return SCHEMA_NO_NODE;
}

/* Depth first along the edges: one that leads to a node that is still open
 * would never end. */
static bool check_cycles(const struct schema_compile *c, struct err *err)
{
	enum { NEW_NODE, OPEN, DONE };
	const struct schema *s = c->schema;
	AUTO_FREE unsigned char *state = alloc_zero(s->nodes.count);
	struct {
		VEC(struct {
			uint32_t node;
			struct schema_edges at;
		});
	} open = { 0 };
	bool ok = true;

	for (uint32_t start = 0; ok && start < s->nodes.count; start++) {
		if (state[start] != NEW_NODE)
			continue;
		VEC_ADD(&open)->node = start;
		state[start] = OPEN;
		while (ok && open.count) {
			uint32_t node = open.items[open.count - 1].node;
			uint32_t next = schema_next_edge(
				s, node, &open.items[open.count - 1].at);

			if (next == SCHEMA_NO_NODE) {
				state[node] = DONE;
				open.count--;
			} else if (state[next] == OPEN) {
				ok = schema_fail(c, node, NULL, err,
						 "leads back to itself without "
						 "a step into the value: it "
						 "would never end");
			} else if (state[next] == NEW_NODE) {
				VEC_ADD(&open)->node = next;
				state[next] = OPEN;
			}
		}
	}
	VEC_DONE(&open);
	return ok;
}

static void compile_done(struct schema_compile *c)
{
	for (size_t i = 0; i < c->resources.count; i++)
		free(c->resources.items[i].uri);
	VEC_DONE(&c->resources);
	VEC_DONE(&c->origins);
	VEC_DONE(&c->refs);
	VEC_DONE(&c->ref_nodes);
	map_done(&c->by_place);
	map_done(&c->by_root);
	map_done(&c->by_uri);
	map_done(&c->anchors);
}

bool schema_compile(const struct val *v, struct schema **out, struct err *err)
{
	AUTO(schema_free) struct schema *schema = NEW(struct schema);
	struct schema_compile c = { .schema = schema };
	const struct schema_origin whole = {
		.v = v,
		.parent = SCHEMA_NO_NODE,
		.keyword = "",
		.index = SIZE_MAX,
	};
	uint32_t node;

	schema->draft = DRAFT_2020;
	schema->source = val_ref(v);
	schema_start_ids(&c, v);
	bool ok = schema_add_node(&c, &whole, &node, err) &&
		  compile_nodes(&c, err) && check_cycles(&c, err);
	compile_done(&c);
	if (ok)
		*out = TAKE(schema);
	return ok;
}

static void op_done(struct schema_op *op)
{
	struct schema_properties *p = op->properties;

	if (op->kind == OP_PATTERN)
		regex_free(op->pattern.regex);
	if (op->kind != OP_PROPERTIES)
		return;
	for (size_t i = 0; i < p->pattern_count; i++)
		regex_free(p->patterns[i]);
	free(p->patterns);
	free(p->keys);
	free(p);
}

void schema_free(struct schema *schema)
{
	if (!schema)
		return;
	for (size_t i = 0; i < schema->ops.count; i++)
		op_done(&schema->ops.items[i]);
	VEC_DONE(&schema->ops);
	VEC_DONE(&schema->nodes);
	val_unref(schema->source);
	free(schema);
}
