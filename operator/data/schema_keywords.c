/* What each keyword of a schema becomes; the order of the table is the one in
 * which a value is checked. */
#include "data/schema_keywords.h"

#include "base/limits.h"

bool schema_fail_keyword(const struct schema_compile *c,
			 const struct schema_keyword *k, struct err *err,
			 const char *what)
{
	return schema_fail(c, c->node, k->name, err, "%s", what);
}

static bool is_number(const struct val *v)
{
	return val_is(v, VAL_INT) || val_is(v, VAL_REAL);
}

bool schema_are_texts(const struct val *v)
{
	if (!val_is(v, VAL_LIST))
		return false;
	for (size_t i = 0; i < val_count(v); i++)
		if (!val_is(val_at(v, i), VAL_TEXT))
			return false;
	return true;
}

static bool read_type_name(const struct val *v, unsigned *types)
{
	static const struct {
		const char *name;
		unsigned types;
	} names[] = {
		{ "null", SCHEMA_NULL },       { "boolean", SCHEMA_BOOLEAN },
		{ "integer", SCHEMA_INTEGER }, { "number", SCHEMA_NUMBER },
		{ "string", SCHEMA_STRING },   { "array", SCHEMA_ARRAY },
		{ "object", SCHEMA_OBJECT },
	};

	for (size_t i = 0; val_is(v, VAL_TEXT) && i < ARRAY_LEN(names); i++)
		if (str_is(val_str(v), names[i].name)) {
			*types |= names[i].types;
			return true;
		}
	return false;
}

static bool read_type(struct schema_compile *c, const struct schema_keyword *k,
		      const struct val *v, struct err *err)
{
	static const char why[] =
		"must be one of null, boolean, integer, number, string, array, "
		"object, or a list of these";
	unsigned types = 0;

	if (!val_is(v, VAL_LIST) && !read_type_name(v, &types))
		return schema_fail_keyword(c, k, err, why);
	for (size_t i = 0; i < val_count(v); i++)
		if (!read_type_name(val_at(v, i), &types))
			return schema_fail_keyword(c, k, err, why);
	if (!types)
		return schema_fail_keyword(c, k, err, why);
	schema_add_op(c, OP_TYPE)->types = types;
	return true;
}

static bool read_const(struct schema_compile *c, const struct schema_keyword *k,
		       const struct val *v, struct err *err)
{
	(void)k;
	(void)err;
	schema_add_op(c, OP_CONST)->v = v;
	return true;
}

static bool read_enum(struct schema_compile *c, const struct schema_keyword *k,
		      const struct val *v, struct err *err)
{
	if (!val_is(v, VAL_LIST))
		return schema_fail_keyword(c, k, err,
					   "must be a list of values");
	schema_add_op(c, OP_ENUM)->v = v;
	return true;
}

static bool read_format(struct schema_compile *c,
			const struct schema_keyword *k, const struct val *v,
			struct err *err)
{
	if (!val_is(v, VAL_TEXT))
		return schema_fail_keyword(c, k, err, "must be a string");
	enum schema_format format = schema_format_find(val_str(v));
	if (format != FORMAT_NONE)
		schema_add_op(c, OP_FORMAT)->format = format;
	return true;
}

static bool read_ref(struct schema_compile *c, const struct schema_keyword *k,
		     const struct val *v, struct err *err)
{
	if (!val_is(v, VAL_TEXT))
		return schema_fail_keyword(c, k, err, "must be a string");
	*VEC_ADD(&c->refs) = c->schema->ops.count;
	*VEC_ADD(&c->ref_nodes) = c->node;
	schema_add_op(c, OP_REF)->when.key = val_str(v);
	return true;
}

static bool refuse(struct schema_compile *c, const struct schema_keyword *k,
		   const struct val *v, struct err *err)
{
	(void)v;
	return schema_fail_keyword(c, k, err, "is not supported: use $ref");
}

static bool read_number(struct schema_compile *c,
			const struct schema_keyword *k, const struct val *v,
			struct err *err)
{
	if (!is_number(v))
		return schema_fail_keyword(
			c, k, err,
			val_is(v, VAL_BOOL)
				? "must be a number; true and false are "
				  "of draft 4"
				: "must be a number");
	struct decimal d = decimal_of(val_str(v));
	if (k->op == OP_MULTIPLE_OF && (d.negative || d.count == 0))
		return schema_fail_keyword(c, k, err, "must be more than 0");
	if (k->op == OP_MULTIPLE_OF && d.count > DECIMAL_DIVISOR_DIGITS)
		return schema_fail_keyword(
			c, k, err, "of more than 18 digits is not supported");
	struct schema_op *op = schema_add_op(c, k->op);
	op->bound.value = d;
	op->bound.source = val_str(v);
	return true;
}

/* In draft 4 true makes the bound beside it exclusive. */
static bool read_bound(struct schema_compile *c, const struct schema_keyword *k,
		       const struct val *v, struct err *err)
{
	bool lower = k->op == OP_MINIMUM;
	const char *name = lower ? "exclusiveMinimum" : "exclusiveMaximum";
	const struct val *exclusive = val_get(schema_map_of(c), name);

	if (!read_number(c, k, v, err))
		return false;
	if (c->schema->draft > DRAFT_4 || !exclusive)
		return true;
	if (val_is_true(exclusive))
		c->schema->ops.items[c->schema->ops.count - 1].kind =
			lower ? OP_ABOVE : OP_BELOW;
	return true;
}

/* Read with the bound beside it. */
static bool read_exclusive(struct schema_compile *c,
			   const struct schema_keyword *k, const struct val *v,
			   struct err *err)
{
	return val_is(v, VAL_BOOL) ||
	       schema_fail_keyword(c, k, err,
				   "must be true or false in draft 4");
}

bool schema_read_size_of(const struct schema_compile *c, const char *keyword,
			 const struct val *v, size_t *out, struct err *err)
{
	struct decimal d;

	if (is_number(v)) {
		d = decimal_of(val_str(v));
		if (decimal_size(&d, out))
			return true;
	}
	return schema_fail(c, c->node, keyword, err,
			   "must be an integer that is not negative");
}

static bool read_size(struct schema_compile *c, const struct schema_keyword *k,
		      const struct val *v, struct err *err)
{
	size_t size = 0;

	if (!schema_read_size_of(c, k->name, v, &size, err))
		return false;
	schema_add_op(c, k->op)->size = size;
	return true;
}

/* Counts what the patterns of one schema take together. */
bool schema_compile_pattern(struct schema_compile *c, const char *keyword,
			    struct str source, struct regex **out,
			    struct err *err)
{
	AUTO_ERR why = ERR_INIT;

	if (!regex_compile(source, out, &why))
		return schema_fail(c, c->node, keyword, err,
				   "no regular expression: " STR_FMT ": %s",
				   STR_ARG(str_clip(source, 100)), why.msg);
	c->schema->regex_bytes += regex_size(*out);
	if (c->schema->regex_bytes <= LIMIT_SCHEMA_REGEX_BYTES)
		return true;
	regex_free(TAKE(*out));
	return err_set(err, ERR_LIMIT,
		       "the patterns take more than %zu bytes together",
		       LIMIT_SCHEMA_REGEX_BYTES);
}

static bool read_pattern(struct schema_compile *c,
			 const struct schema_keyword *k, const struct val *v,
			 struct err *err)
{
	struct regex *regex;

	if (!val_is(v, VAL_TEXT))
		return schema_fail_keyword(c, k, err, "must be a string");
	if (!schema_compile_pattern(c, k->name, val_str(v), &regex, err))
		return false;
	struct schema_op *op = schema_add_op(c, OP_PATTERN);
	op->pattern.regex = regex;
	op->pattern.source = val_str(v);
	return true;
}

static bool read_unique(struct schema_compile *c,
			const struct schema_keyword *k, const struct val *v,
			struct err *err)
{
	if (!val_is(v, VAL_BOOL))
		return schema_fail_keyword(c, k, err, "must be true or false");
	if (val_is_true(v))
		schema_add_op(c, OP_UNIQUE);
	return true;
}

static bool read_required(struct schema_compile *c,
			  const struct schema_keyword *k, const struct val *v,
			  struct err *err)
{
	if (!schema_are_texts(v))
		return schema_fail_keyword(
			c, k, err,
			val_is(v, VAL_BOOL)
				? "must be a list of keys; true and false "
				  "are of draft 3"
				: "must be a list of keys");
	schema_add_op(c, OP_REQUIRED)->v = v;
	return true;
}

#define ANY DRAFT_4, DRAFT_2020
#define SINCE(draft) draft, DRAFT_2020
static const struct schema_keyword keywords[] = {
	{ "type", ANY, read_type, 0 },
	{ "const", SINCE(DRAFT_6), read_const, 0 },
	{ "enum", ANY, read_enum, 0 },
	{ "format", DRAFT_4, DRAFT_7, read_format, 0 },
	{ "$ref", ANY, read_ref, 0 },
	{ "$recursiveRef", DRAFT_2019, DRAFT_2019, refuse, 0 },
	{ "$dynamicRef", SINCE(DRAFT_2020), refuse, 0 },
	{ "multipleOf", ANY, read_number, OP_MULTIPLE_OF },
	{ "minimum", ANY, read_bound, OP_MINIMUM },
	{ "maximum", ANY, read_bound, OP_MAXIMUM },
	{ "exclusiveMinimum", DRAFT_4, DRAFT_4, read_exclusive, 0 },
	{ "exclusiveMaximum", DRAFT_4, DRAFT_4, read_exclusive, 0 },
	{ "exclusiveMinimum", SINCE(DRAFT_6), read_number, OP_ABOVE },
	{ "exclusiveMaximum", SINCE(DRAFT_6), read_number, OP_BELOW },
	{ "minLength", ANY, read_size, OP_MIN_LENGTH },
	{ "maxLength", ANY, read_size, OP_MAX_LENGTH },
	{ "pattern", ANY, read_pattern, 0 },
	{ "minItems", ANY, read_size, OP_MIN_ITEMS },
	{ "maxItems", ANY, read_size, OP_MAX_ITEMS },
	{ "uniqueItems", ANY, read_unique, 0 },
	{ "items", DRAFT_4, DRAFT_2019, schema_read_items, 0 },
	{ "items", SINCE(DRAFT_2020), schema_read_items_2020, 0 },
	{ "prefixItems", SINCE(DRAFT_2020), schema_read_prefix_items, 0 },
	{ "contains", SINCE(DRAFT_6), schema_read_contains, 0 },
	{ "minProperties", ANY, read_size, OP_MIN_PROPERTIES },
	{ "maxProperties", ANY, read_size, OP_MAX_PROPERTIES },
	{ "required", ANY, read_required, 0 },
	/* Either: OP_REF stands for none of the two. */
	{ "dependencies", ANY, schema_read_dependencies, OP_REF },
	{ "dependentRequired", SINCE(DRAFT_2019), schema_read_dependencies,
	  OP_DEPENDENT_REQUIRED },
	{ "dependentSchemas", SINCE(DRAFT_2019), schema_read_dependencies,
	  OP_DEPENDENT_SCHEMA },
	{ "properties", ANY, schema_read_properties, 0 },
	{ "patternProperties", ANY, schema_read_properties, 0 },
	{ "additionalProperties", ANY, schema_read_properties, 0 },
	{ "propertyNames", SINCE(DRAFT_6), schema_read_below, OP_NAMES },
	{ "not", ANY, schema_read_below, OP_NOT },
	{ "allOf", ANY, schema_read_list, OP_ALL_OF },
	{ "anyOf", ANY, schema_read_list, OP_ANY_OF },
	{ "oneOf", ANY, schema_read_list, OP_ONE_OF },
	{ "if", SINCE(DRAFT_7), schema_read_if, 0 },
	{ "then", SINCE(DRAFT_7), schema_read_branch, 0 },
	{ "else", SINCE(DRAFT_7), schema_read_branch, 0 },
	{ "definitions", ANY, schema_read_definitions, 0 },
	{ "$defs", SINCE(DRAFT_2019), schema_read_definitions, 0 },
	{ "unevaluatedItems", SINCE(DRAFT_2019), schema_read_below,
	  OP_UNEVALUATED_ITEMS },
	{ "unevaluatedProperties", SINCE(DRAFT_2019), schema_read_below,
	  OP_UNEVALUATED_PROPERTIES },
};

bool schema_read_keywords(struct schema_compile *c, const struct val *map,
			  struct err *err)
{
	enum schema_draft draft = c->schema->draft;

	for (size_t i = 0; i < ARRAY_LEN(keywords); i++) {
		const struct schema_keyword *k = &keywords[i];
		const struct val *v = val_get(map, k->name);

		if (v && draft >= k->since && draft <= k->until &&
		    (k->read == read_ref || !schema_is_hidden(c, map)) &&
		    !k->read(c, k, v, err))
			return false;
	}
	return true;
}
