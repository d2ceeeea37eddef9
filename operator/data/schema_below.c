/* Keywords that hold schemas. */
#include "data/schema_keywords.h"

#include "data/val_layout.h"

/* A node below the one being compiled; its number is one more than that of
 * the node before. */
static bool add_child(struct schema_compile *c, const char *keyword,
		      struct str key, size_t index, const struct val *v,
		      struct err *err)
{
	const struct schema_origin origin = {
		.v = v,
		.resource = c->origins.items[c->node].resource,
		.parent = c->node,
		.keyword = keyword,
		.key = key,
		.index = index,
	};
	uint32_t node;

	return schema_add_node(c, &origin, &node, err);
}

static uint32_t next_node(const struct schema_compile *c)
{
	return (uint32_t)c->schema->nodes.count;
}

static bool add_schema(struct schema_compile *c, const char *keyword,
		       const struct val *v, struct err *err)
{
	return add_child(c, keyword, str_of(NULL), SIZE_MAX, v, err);
}

static bool add_list(struct schema_compile *c, const struct schema_keyword *k,
		     const struct val *v, struct err *err)
{
	if (!val_is(v, VAL_LIST))
		return schema_fail_keyword(c, k, err,
					   "must be a list of schemas");
	for (size_t i = 0; i < val_count(v); i++)
		if (!add_child(c, k->name, str_of(NULL), i, val_at(v, i), err))
			return false;
	return true;
}

static bool add_map(struct schema_compile *c, const char *keyword,
		    const struct val *v, struct err *err)
{
	if (!val_is(v, VAL_MAP))
		return schema_fail(c, c->node, keyword, err,
				   "must be a map of schemas");
	for (size_t i = 0; i < val_count(v); i++)
		if (!add_child(c, keyword, val_key(v, i), SIZE_MAX,
			       val_at(v, i), err))
			return false;
	return true;
}

/* The first items, a schema each, and one for all behind them. */
static bool add_items(struct schema_compile *c, const struct schema_keyword *k,
		      const struct val *first, const char *rest_name,
		      struct err *err)
{
	const struct val *rest = val_get(schema_map_of(c), rest_name);
	uint32_t node = next_node(c), behind = SCHEMA_NO_NODE;

	if (first && !add_list(c, k, first, err))
		return false;
	if (rest) {
		behind = next_node(c);
		if (!add_schema(c, rest_name, rest, err))
			return false;
	}
	struct schema_op *op = schema_add_op(c, OP_ITEMS);
	op->node = node;
	op->count = (uint32_t)val_count(first);
	op->rest = behind;
	return true;
}

bool schema_read_items(struct schema_compile *c, const struct schema_keyword *k,
		       const struct val *v, struct err *err)
{
	if (val_is(v, VAL_LIST))
		return add_items(c, k, v, "additionalItems", err);
	return add_items(c, k, NULL, k->name, err);
}

bool schema_read_items_2020(struct schema_compile *c,
			    const struct schema_keyword *k, const struct val *v,
			    struct err *err)
{
	if (val_is(v, VAL_LIST))
		return schema_fail_keyword(
			c, k, err,
			"must be a schema: from 2020-12 on a list of "
			"schemas is called prefixItems");
	/* Read together with those. */
	return val_get(schema_map_of(c), "prefixItems") ||
	       add_items(c, k, NULL, k->name, err);
}

bool schema_read_prefix_items(struct schema_compile *c,
			      const struct schema_keyword *k,
			      const struct val *v, struct err *err)
{
	return add_items(c, k, v, "items", err);
}

bool schema_read_contains(struct schema_compile *c,
			  const struct schema_keyword *k, const struct val *v,
			  struct err *err)
{
	const struct val *min = NULL, *max = NULL;
	size_t least = 1, most = SIZE_MAX;
	uint32_t node = next_node(c);

	if (c->schema->draft >= DRAFT_2019) {
		min = val_get(schema_map_of(c), "minContains");
		max = val_get(schema_map_of(c), "maxContains");
	}
	if ((min && !schema_read_size_of(c, "minContains", min, &least, err)) ||
	    (max && !schema_read_size_of(c, "maxContains", max, &most, err)) ||
	    !add_schema(c, k->name, v, err))
		return false;
	struct schema_op *op = schema_add_op(c, OP_CONTAINS);
	op->node = node;
	op->range.min = least;
	op->range.max = most;
	return true;
}

/* A key that wants other keys, or that the value fits a schema. */
bool schema_read_dependencies(struct schema_compile *c,
			      const struct schema_keyword *k,
			      const struct val *v, struct err *err)
{
	if (!val_is(v, VAL_MAP))
		return schema_fail_keyword(c, k, err, "must be a map");
	for (size_t i = 0; i < val_count(v); i++) {
		const struct val *want = val_at(v, i);
		bool keys = k->op == OP_DEPENDENT_REQUIRED ||
			    (k->op == OP_REF && val_is(want, VAL_LIST));
		uint32_t node = next_node(c);

		if (keys && !schema_are_texts(want))
			return schema_fail_keyword(c, k, err,
						   "must hold lists of keys");
		if (!keys &&
		    !add_child(c, k->name, val_key(v, i), SIZE_MAX, want, err))
			return false;
		struct schema_op *op = schema_add_op(
			c, keys ? OP_DEPENDENT_REQUIRED : OP_DEPENDENT_SCHEMA);
		op->node = node;
		op->when.key = val_key(v, i);
		op->when.keys = keys ? want : NULL;
	}
	return true;
}

static bool add_names(struct schema_compile *c, struct schema_properties *p,
		      const struct val *names, struct err *err)
{
	p->first = next_node(c);
	if (!add_map(c, "properties", names, err))
		return false;
	p->names = names;
	p->keys = alloc_zero(val_count(names) * sizeof(*p->keys));
	for (size_t i = 0; i < val_count(names); i++) {
		struct str key = val_key(names, i);

		p->keys[i] = val_lookup_of(key, str_hash(key));
	}
	return true;
}

static bool add_patterns(struct schema_compile *c, struct schema_properties *p,
			 const struct val *patterns, struct err *err)
{
	p->first_pattern = next_node(c);
	p->sources = patterns;
	if (!add_map(c, "patternProperties", patterns, err))
		return false;
	p->patterns = alloc_zero(val_count(patterns) * sizeof(*p->patterns));
	for (; p->pattern_count < val_count(patterns); p->pattern_count++)
		if (!schema_compile_pattern(c, "patternProperties",
					    val_key(patterns, p->pattern_count),
					    &p->patterns[p->pattern_count],
					    err))
			return false;
	return true;
}

/* Reads all three keywords when it is called for the first that is there. */
bool schema_read_properties(struct schema_compile *c,
			    const struct schema_keyword *k, const struct val *v,
			    struct err *err)
{
	const struct val *names = val_get(schema_map_of(c), "properties");
	const struct val *patterns =
		val_get(schema_map_of(c), "patternProperties");
	const struct val *rest =
		val_get(schema_map_of(c), "additionalProperties");
	struct schema_properties *p;

	(void)k;
	if (v != (names ? names : patterns ? patterns : rest))
		return true;
	p = NEW(struct schema_properties);
	p->additional = SCHEMA_NO_NODE;
	schema_add_op(c, OP_PROPERTIES)->properties = p;
	if ((names && !add_names(c, p, names, err)) ||
	    (patterns && !add_patterns(c, p, patterns, err)))
		return false;
	if (!rest)
		return true;
	p->additional = next_node(c);
	return add_schema(c, "additionalProperties", rest, err);
}

/* A schema below, which is all that the operation needs. */
bool schema_read_below(struct schema_compile *c, const struct schema_keyword *k,
		       const struct val *v, struct err *err)
{
	uint32_t node = next_node(c);

	if (!add_schema(c, k->name, v, err))
		return false;
	struct schema_op *op = schema_add_op(c, k->op);
	op->node = node;
	if (k->op >= OP_UNEVALUATED_ITEMS)
		c->schema->nodes.items[c->node].unevaluated = true;
	return true;
}

bool schema_read_list(struct schema_compile *c, const struct schema_keyword *k,
		      const struct val *v, struct err *err)
{
	uint32_t node = next_node(c);

	if (!add_list(c, k, v, err))
		return false;
	if (val_count(v) == 0)
		return schema_fail_keyword(c, k, err,
					   "must hold at least one schema");
	struct schema_op *op = schema_add_op(c, k->op);
	op->node = node;
	op->count = (uint32_t)val_count(v);
	return true;
}

bool schema_read_if(struct schema_compile *c, const struct schema_keyword *k,
		    const struct val *v, struct err *err)
{
	static const char *const names[] = { "then", "else" };
	uint32_t node = next_node(c), then[2];

	if (!add_schema(c, k->name, v, err))
		return false;
	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		const struct val *branch = val_get(schema_map_of(c), names[i]);

		then[i] = branch ? next_node(c) : SCHEMA_NO_NODE;
		if (branch && !add_schema(c, names[i], branch, err))
			return false;
	}
	struct schema_op *op = schema_add_op(c, OP_IF);
	op->node = node;
	op->count = next_node(c) - node;
	op->then.yes = then[0];
	op->then.no = then[1];
	return true;
}

/* Means nothing without "if", yet a $ref may point to it. */
bool schema_read_branch(struct schema_compile *c,
			const struct schema_keyword *k, const struct val *v,
			struct err *err)
{
	return val_get(schema_map_of(c), "if") ||
	       add_schema(c, k->name, v, err);
}

/* Only a place for a $ref to point to; checked all the same. */
bool schema_read_definitions(struct schema_compile *c,
			     const struct schema_keyword *k,
			     const struct val *v, struct err *err)
{
	return add_map(c, k->name, v, err);
}
