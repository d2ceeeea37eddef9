/*
 * Names to values.
 *
 * The first part of a dotted name is looked for from the innermost context
 * outwards; the first map that has it decides, even if the rest of the name
 * then leads nowhere (specification, "Context Precedence").
 */
#include "mustache/run.h"

static const struct val *find(const struct mustache_run *run, struct path path)
{
	const struct part *part;
	const struct val *v = NULL;

	if (path.count == 0)
		return run->contexts[run->context_count - 1];
	part = &run->t->parts.items[path.first];
	for (size_t i = run->context_count; !v && i-- > 0;)
		v = val_get_hashed(run->contexts[i], part->text, part->hash);
	for (uint32_t i = 1; v && i < path.count; i++)
		v = val_get_hashed(v, part[i].text, part[i].hash);
	return v;
}

const struct val *run_lookup(const struct mustache_run *run,
			     const struct name *name)
{
	return name->is_path ? find(run, name->path) : NULL;
}

const struct val *run_subject(const struct mustache_run *run,
			      const struct name *name)
{
	return find(run, name->subject);
}

static bool is_equal(const struct val *v, struct str operand)
{
	switch (val_type(v)) {
	case VAL_NULL:
		return operand.n == 0;
	case VAL_BOOL:
		return str_is(operand, val_is_true(v) ? "true" : "false");
	case VAL_INT:
	case VAL_REAL:
	case VAL_TEXT:
		return str_equal(val_str(v), operand);
	default:
		return false;
	}
}

bool run_query(const struct mustache_run *run, const struct name *name)
{
	const struct val *v = run_subject(run, name);

	switch (name->query) {
	case QUERY_EXISTS:
		return v && !val_is(v, VAL_NULL);
	case QUERY_IS:
		return is_equal(v, name->operand);
	case QUERY_IS_NOT:
		return !is_equal(v, name->operand);
	default:
		return false;
	}
}
