/* What a schema says about a value alone. */
#include "data/schema_run.h"

static unsigned types_of(const struct val *v)
{
	struct decimal d;

	switch (val_type(v)) {
	case VAL_NULL:
		return SCHEMA_NULL;
	case VAL_BOOL:
		return SCHEMA_BOOLEAN;
	case VAL_INT:
		return SCHEMA_INTEGER | SCHEMA_NUMBER;
	case VAL_REAL:
		d = decimal_of(val_str(v));
		return decimal_is_integer(&d) ? SCHEMA_INTEGER | SCHEMA_NUMBER
					      : SCHEMA_NUMBER;
	case VAL_TEXT:
		return SCHEMA_STRING;
	case VAL_LIST:
		return SCHEMA_ARRAY;
	case VAL_MAP:
		return SCHEMA_OBJECT;
	}
	return 0;
}

bool schema_check_types(struct schema_run *r, const struct schema_op *op,
			const struct schema_spot *spot)
{
	if (types_of(spot->v) & op->types)
		return true;
	return schema_found_type(r, spot, op->types);
}

static bool is_number(const struct val *v)
{
	return val_is(v, VAL_INT) || val_is(v, VAL_REAL);
}

/* Equal as JSON: numbers by their value. */
static bool are_equal(struct schema_run *r, const struct val *a,
		      const struct val *b)
{
	if (!schema_step(r))
		return false;
	if (is_number(a) && is_number(b)) {
		struct decimal x = decimal_of(val_str(a));
		struct decimal y = decimal_of(val_str(b));

		return decimal_compare(&x, &y) == 0;
	}
	if (val_type(a) != val_type(b) || val_count(a) != val_count(b))
		return false;
	if (!val_is(a, VAL_LIST) && !val_is(a, VAL_MAP))
		return val_equal(a, b);
	for (size_t i = 0; i < val_count(a); i++) {
		const struct val *other =
			val_is(a, VAL_LIST) ? val_at(b, i)
					    : val_get_str(b, val_key(a, i));

		if (!other || !are_equal(r, val_at(a, i), other))
			return false;
	}
	return true;
}

bool schema_check_const(struct schema_run *r, const struct schema_op *op,
			const struct schema_spot *spot)
{
	AUTO_BUF found = BUF_INIT(200), wanted = BUF_INIT(LIMIT_KIB(1));

	if (are_equal(r, spot->v, op->v))
		return true;
	if (!r->findings)
		return false;
	schema_show(op->v, &wanted);
	schema_describe(spot->v, &found);
	return schema_found(r, spot->path, "must be %s, found %s",
			    buf_text(&wanted), buf_text(&found));
}

bool schema_check_enum(struct schema_run *r, const struct schema_op *op,
		       const struct schema_spot *spot)
{
	enum { SHOWN_BYTES = 300 };
	AUTO_BUF found = BUF_INIT(200), wanted = BUF_INIT(LIMIT_KIB(1));
	size_t count = val_count(op->v);

	for (size_t i = 0; i < count; i++)
		if (are_equal(r, spot->v, val_at(op->v, i)))
			return true;
	if (!r->findings)
		return false;
	for (size_t i = 0; i < count; i++) {
		if (wanted.len > SHOWN_BYTES) {
			buf_addf(&wanted, " and %zu more", count - i);
			break;
		}
		buf_add_text(&wanted, i ? ", " : "");
		schema_show(val_at(op->v, i), &wanted);
	}
	schema_describe(spot->v, &found);
	return schema_found(r, spot->path, "must be %s%s, found %s",
			    count > 1 ? "one of " : "",
			    count ? buf_text(&wanted) : "one of nothing",
			    buf_text(&found));
}

bool schema_check_format(struct schema_run *r, const struct schema_op *op,
			 const struct schema_spot *spot)
{
	AUTO_BUF found = BUF_INIT(200);

	if (!val_is(spot->v, VAL_TEXT) ||
	    schema_format_matches(op->format, val_str(spot->v)))
		return true;
	if (!r->findings)
		return false;
	schema_describe(spot->v, &found);
	return schema_found(r, spot->path, "must be %s, found %s",
			    schema_format_text(op->format), buf_text(&found));
}

bool schema_check_number(struct schema_run *r, const struct schema_op *op,
			 const struct schema_spot *spot)
{
	static const char *const wanted[] = {
		[OP_MULTIPLE_OF] = "a multiple of", [OP_MINIMUM] = "at least",
		[OP_MAXIMUM] = "at most",           [OP_ABOVE] = "more than",
		[OP_BELOW] = "less than",
	};
	const struct decimal *bound = &op->bound.value;
	struct decimal d;
	bool ok = false;

	if (!is_number(spot->v))
		return true;
	d = decimal_of(val_str(spot->v));
	if (op->kind == OP_MULTIPLE_OF)
		ok = decimal_is_multiple(&d, bound);
	else if (op->kind == OP_MINIMUM)
		ok = decimal_compare(&d, bound) >= 0;
	else if (op->kind == OP_MAXIMUM)
		ok = decimal_compare(&d, bound) <= 0;
	else if (op->kind == OP_ABOVE)
		ok = decimal_compare(&d, bound) > 0;
	else if (op->kind == OP_BELOW)
		ok = decimal_compare(&d, bound) < 0;
	return ok || schema_found(r, spot->path, "must be %s " STR_FMT,
				  wanted[op->kind],
				  STR_ARG(str_clip(op->bound.source, 60)));
}

static bool check_size(struct schema_run *r, const struct schema_op *op,
		       const struct schema_spot *spot, size_t size,
		       const char *one)
{
	bool least = op->kind == OP_MIN_LENGTH || op->kind == OP_MIN_ITEMS ||
		     op->kind == OP_MIN_PROPERTIES;

	if (least ? size >= op->size : size <= op->size)
		return true;
	return schema_found(r, spot->path, "must have at %s %zu %s%s, has %zu",
			    least ? "least" : "most", op->size, one,
			    op->size == 1 ? "" : "s", size);
}

bool schema_check_length(struct schema_run *r, const struct schema_op *op,
			 const struct schema_spot *spot)
{
	return !val_is(spot->v, VAL_TEXT) ||
	       check_size(r, op, spot, str_characters(val_str(spot->v)),
			  "character");
}

bool schema_check_count(struct schema_run *r, const struct schema_op *op,
			const struct schema_spot *spot)
{
	bool items = op->kind == OP_MIN_ITEMS || op->kind == OP_MAX_ITEMS;

	return !val_is(spot->v, items ? VAL_LIST : VAL_MAP) ||
	       check_size(r, op, spot, val_count(spot->v),
			  items ? "item" : "key");
}

bool schema_check_pattern(struct schema_run *r, const struct schema_op *op,
			  const struct schema_spot *spot)
{
	AUTO_BUF found = BUF_INIT(200);

	if (!val_is(spot->v, VAL_TEXT) ||
	    schema_matches(r, op->pattern.regex, val_str(spot->v)))
		return true;
	if (!r->findings || r->stopped)
		return false;
	schema_describe(spot->v, &found);
	return schema_found(r, spot->path, "must match " STR_FMT ", found %s",
			    STR_ARG(str_clip(op->pattern.source, 200)),
			    buf_text(&found));
}

/* Equal values have equal hashes. */
static unsigned hash_of(const struct val *v)
{
	struct decimal d;

	switch (val_type(v)) {
	case VAL_NULL:
	case VAL_BOOL:
		return val_is_true(v);
	case VAL_INT:
	case VAL_REAL:
		d = decimal_of(val_str(v));
		return decimal_hash(&d);
	case VAL_TEXT:
		return str_hash(val_str(v));
	case VAL_LIST:
	case VAL_MAP:
		break;
	}
	return (unsigned)val_count(v);
}

struct hashed {
	unsigned hash;
	size_t index;
};

static int by_hash(const void *a, const void *b)
{
	const struct hashed *x = a, *y = b;

	if (x->hash != y->hash)
		return x->hash < y->hash ? -1 : 1;
	return x->index < y->index ? -1 : x->index > y->index;
}

/* Only items of equal hash are compared with one another. */
static bool find_equal(struct schema_run *r, const struct val *list,
		       const struct hashed *sorted, size_t *first,
		       size_t *second)
{
	size_t count = val_count(list);

	for (size_t i = 0; i < count; i++)
		for (size_t j = i + 1;
		     j < count && sorted[j].hash == sorted[i].hash; j++) {
			*first = sorted[i].index;
			*second = sorted[j].index;
			if (are_equal(r, val_at(list, *first),
				      val_at(list, *second)))
				return true;
			if (r->stopped)
				return false;
		}
	return false;
}

bool schema_check_unique(struct schema_run *r, const struct schema_op *op,
			 const struct schema_spot *spot)
{
	size_t count = val_count(spot->v), first, second;

	(void)op;
	if (!val_is(spot->v, VAL_LIST) || count < 2)
		return true;
	AUTO_FREE struct hashed *sorted = alloc_zero(count * sizeof(*sorted));
	for (size_t i = 0; i < count; i++)
		sorted[i] = (struct hashed){ hash_of(val_at(spot->v, i)), i };
	qsort(sorted, count, sizeof(*sorted), by_hash);
	if (!find_equal(r, spot->v, sorted, &first, &second))
		return true;
	return schema_found(r, spot->path,
			    "must not hold equal items, and [%zu] and [%zu] "
			    "are equal",
			    first, second);
}

/* Notes a key that is not there at its own place. */
static bool miss(struct schema_run *r, const struct schema_spot *spot,
		 const struct val *key, const char *why, struct str who)
{
	const struct schema_path path = { .up = spot->path,
					  .key = val_str(key) };

	return schema_found(r, &path, "is required%s" STR_FMT ", and missing",
			    why, STR_ARG(str_clip(who, 60)));
}

static bool check_keys(struct schema_run *r, const struct schema_spot *spot,
		       const struct val *keys, const char *why, struct str who)
{
	bool ok = true;

	for (size_t i = 0; i < val_count(keys) && (ok || r->findings); i++) {
		const struct val *key = val_at(keys, i);

		if (!schema_step(r))
			return false;
		if (!val_get_str(spot->v, val_str(key)))
			ok = miss(r, spot, key, why, who);
	}
	return ok;
}

bool schema_check_required(struct schema_run *r, const struct schema_op *op,
			   const struct schema_spot *spot)
{
	return !val_is(spot->v, VAL_MAP) ||
	       check_keys(r, spot, op->v, "", str_of(""));
}

bool schema_check_dependent_required(struct schema_run *r,
				     const struct schema_op *op,
				     const struct schema_spot *spot)
{
	return !val_is(spot->v, VAL_MAP) ||
	       !val_get_str(spot->v, op->when.key) ||
	       check_keys(r, spot, op->when.keys, " beside ", op->when.key);
}
