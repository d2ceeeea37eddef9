/*
 * Names to values.
 *
 * The first part of a dotted name is looked for from the innermost context
 * outwards; the first map that has it decides, even if the rest of the name
 * then leads nowhere (specification, "Context Precedence").
 */
#include "mustache/run.h"

#include "data/num.h"

/* Numbers that are made to be looked at live until the run's next use. */
static const struct val *keep(struct mustache_run *run, struct val *v)
{
	*VEC_ADD(&run->made) = v;
	return v;
}

static const struct val *loop_fact(struct mustache_run *run, uint8_t fact)
{
	const struct frame *f = NULL;

	for (size_t i = run->depth; !f && i-- > 0;)
		if (run->frames[i].kind == FRAME_CONTEXT && run->frames[i].list)
			f = &run->frames[i];
	if (!f)
		return NULL;
	switch ((enum loop_fact)fact) {
	case LOOP_FIRST:
		return val_bool(f->item == 0);
	case LOOP_LAST:
		return val_bool(f->item + 1 == val_count(f->list));
	case LOOP_INDEX:
		return keep(run, val_new_int((int64_t)f->item + 1));
	case LOOP_INDEX0:
		return keep(run, val_new_int((int64_t)f->item));
	case LOOP_LENGTH:
		return keep(run, val_new_int((int64_t)val_count(f->list)));
	case LOOP_KEY:
		return val_is(f->list, VAL_MAP) ? val_key_at(f->list, f->item)
						: NULL;
	}
	return NULL;
}

static const struct val *part_of(struct mustache_run *run, const struct val *v,
				 const struct part *part)
{
	const struct val *item = val_look(v, &part->key);
	int64_t count = (int64_t)val_count(v), at = part->item;

	if (item || part->item == PART_KEY)
		return item;
	if (part->item == PART_LENGTH)
		return val_is(v, VAL_LIST) || val_is(v, VAL_MAP)
			       ? keep(run, val_new_int(count))
			       : NULL;
	if (at < 0)
		at += count;
	return val_is(v, VAL_LIST) && at >= 0 && at < count
		       ? val_at(v, (size_t)at)
		       : NULL;
}

static const struct val *find_path(struct mustache_run *run,
				   const struct path *path)
{
	const struct part *parts = run->t->parts.items;
	const struct val *v = NULL;
	uint32_t i = 0;

	switch ((enum path_from)path->from) {
	case PATH_CONTEXT:
		v = run_find(run, &parts[path->first].key);
		i = 1;
		break;
	case PATH_TOP:
		v = run->contexts[run->context_count - 1];
		break;
	case PATH_ROOT:
		v = run->contexts[0];
		break;
	case PATH_LOOP:
		v = loop_fact(run, path->fact);
		break;
	}
	for (; v && i < path->count; i++)
		v = part_of(run, v, &parts[path->first + i]);
	return v;
}

const struct val *run_extended(struct mustache_run *run,
			       const struct name *name)
{
	return name->has_path ? find_path(run, &name->path) : NULL;
}

const struct val *run_subject(struct mustache_run *run, const struct name *name)
{
	return find_path(run, &name->subject);
}

static bool is_number(const struct val *v)
{
	return val_is(v, VAL_INT) || val_is(v, VAL_REAL);
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

/* Numbers by their value; all else has no order. */
static bool is_ordered(const struct val *v, const struct name *name)
{
	struct str operand = name->operand;
	int order;

	if (!is_number(v) || operand.n == 0 ||
	    num_json_len(operand) != operand.n)
		return false;
	order = num_compare(val_str(v), operand);
	switch (name->query) {
	case QUERY_LESS:
		return order < 0;
	case QUERY_LESS_EQUAL:
		return order <= 0;
	case QUERY_GREATER:
		return order > 0;
	default:
		return order >= 0;
	}
}

bool run_query(struct mustache_run *run, const struct name *name)
{
	const struct val *v = run_subject(run, name);

	switch (name->query) {
	case QUERY_NONE:
		return false;
	case QUERY_EXISTS:
		return v && !val_is(v, VAL_NULL);
	case QUERY_IS:
		return is_equal(v, name->operand);
	case QUERY_IS_NOT:
		return !is_equal(v, name->operand);
	default:
		return is_ordered(v, name);
	}
}
