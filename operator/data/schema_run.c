#include "data/schema_run.h"

static void seen_start(struct schema_seen *s, size_t count)
{
	s->count = count;
	s->bits = alloc_zero((count + 63) / 64 * sizeof(*s->bits));
}

/* Adds what from has, frees it. */
static void seen_merge(struct schema_seen *to, struct schema_seen *from)
{
	for (size_t i = 0; to && i < (from->count + 63) / 64; i++)
		to->bits[i] |= from->bits[i];
	free(from->bits);
}

/* A node whose looks count only when the value fits it. */
static bool run_branch(struct schema_run *r, uint32_t node,
		       const struct schema_spot *spot)
{
	struct schema_spot inner = *spot;
	struct schema_seen seen;

	if (!spot->seen)
		return schema_run_node(r, node, spot);
	seen_start(&seen, spot->seen->count);
	inner.seen = &seen;
	bool ok = schema_run_node(r, node, &inner);
	seen_merge(ok ? spot->seen : NULL, &seen);
	return ok;
}

/* A node that is only asked. */
static bool ask(struct schema_run *r, uint32_t node,
		const struct schema_spot *spot)
{
	struct schema_findings *findings = r->findings;

	r->findings = NULL;
	bool ok = run_branch(r, node, spot);
	r->findings = findings;
	return ok;
}

static bool check_false(struct schema_run *r, const struct schema_op *op,
			const struct schema_spot *spot)
{
	(void)op;
	return schema_found(r, spot->path, "is not allowed here");
}

static bool check_node(struct schema_run *r, const struct schema_op *op,
		       const struct schema_spot *spot)
{
	return schema_run_node(r, op->node, spot);
}

static bool check_dependent_schema(struct schema_run *r,
				   const struct schema_op *op,
				   const struct schema_spot *spot)
{
	return !val_get_str(spot->v, op->when.key) ||
	       schema_run_node(r, op->node, spot);
}

static bool check_not(struct schema_run *r, const struct schema_op *op,
		      const struct schema_spot *spot)
{
	const struct schema_spot alone = { .v = spot->v, .path = spot->path };

	if (!ask(r, op->node, &alone))
		return true;
	return schema_found(r, spot->path,
			    "is what the schema excludes with \"not\"");
}

static bool check_all_of(struct schema_run *r, const struct schema_op *op,
			 const struct schema_spot *spot)
{
	bool ok = true;

	for (uint32_t i = 0; i < op->count && (ok || r->findings); i++)
		ok = schema_run_node(r, op->node + i, spot) && ok;
	return ok;
}

static bool check_if(struct schema_run *r, const struct schema_op *op,
		     const struct schema_spot *spot)
{
	uint32_t next = ask(r, op->node, spot) ? op->then.yes : op->then.no;

	return next == SCHEMA_NO_NODE || schema_run_node(r, next, spot);
}

/* Of several branches, each of which found nothing but a wrong type, all
 * types are wanted. */
static unsigned types_wanted(const struct schema_findings *f, size_t depth)
{
	return f->count == 1 && !f->more && f->depth == depth
		       ? f->items[0].types
		       : 0;
}

/* The branches of anyOf and oneOf, and what to say when none fits. */
struct branches {
	struct schema_findings *closest;
	unsigned types;
	bool only_types;
	uint32_t fitting, first;
};

static void try_branch(struct schema_run *r, const struct schema_op *op,
		       uint32_t i, const struct schema_spot *spot,
		       struct branches *b)
{
	struct schema_findings *outer = r->findings, *trial = NULL;

	if (outer)
		r->findings = trial = NEW(struct schema_findings);
	bool ok = run_branch(r, op->node + i, spot);
	r->findings = outer;
	if (ok) {
		if (b->fitting++ == 0)
			b->first = i;
	} else if (trial) {
		unsigned types =
			types_wanted(trial, schema_path_depth(spot->path));

		b->types |= types;
		b->only_types = b->only_types && types;
		if (!b->closest || schema_findings_closer(trial, b->closest)) {
			struct schema_findings *worse = b->closest;

			b->closest = trial;
			trial = worse;
		}
	}
	if (trial)
		schema_findings_done(trial);
	free(trial);
}

static bool check_branches(struct schema_run *r, const struct schema_op *op,
			   const struct schema_spot *spot)
{
	struct branches b = { .only_types = true };
	bool one = op->kind == OP_ONE_OF;
	uint32_t i;

	for (i = 0; i < op->count && !r->stopped; i++) {
		try_branch(r, op, i, spot, &b);
		/* Where somebody asks what was seen, each that fits counts. */
		if (one ? b.fitting > 1 : b.fitting && !spot->seen)
			break;
	}
	bool ok = one ? b.fitting == 1 : b.fitting > 0;
	if (one && b.fitting > 1)
		schema_found(r, spot->path,
			     "fits alternatives %u and %u of \"oneOf\", and "
			     "must fit exactly one",
			     b.first + 1, i + 1);
	else if (!ok && r->findings && b.only_types)
		schema_found_type(r, spot, b.types);
	else if (!ok && r->findings && b.closest)
		schema_findings_take(r->findings, b.closest, op->count);
	if (b.closest)
		schema_findings_done(b.closest);
	free(b.closest);
	return ok;
}

static schema_check_fn *const checks[OP_COUNT] = {
	[OP_FALSE] = check_false,
	[OP_TYPE] = schema_check_types,
	[OP_CONST] = schema_check_const,
	[OP_ENUM] = schema_check_enum,
	[OP_FORMAT] = schema_check_format,
	[OP_REF] = check_node,
	[OP_MULTIPLE_OF] = schema_check_number,
	[OP_MINIMUM] = schema_check_number,
	[OP_MAXIMUM] = schema_check_number,
	[OP_ABOVE] = schema_check_number,
	[OP_BELOW] = schema_check_number,
	[OP_MIN_LENGTH] = schema_check_length,
	[OP_MAX_LENGTH] = schema_check_length,
	[OP_PATTERN] = schema_check_pattern,
	[OP_MIN_ITEMS] = schema_check_count,
	[OP_MAX_ITEMS] = schema_check_count,
	[OP_UNIQUE] = schema_check_unique,
	[OP_ITEMS] = schema_check_items,
	[OP_CONTAINS] = schema_check_contains,
	[OP_MIN_PROPERTIES] = schema_check_count,
	[OP_MAX_PROPERTIES] = schema_check_count,
	[OP_REQUIRED] = schema_check_required,
	[OP_DEPENDENT_REQUIRED] = schema_check_dependent_required,
	[OP_DEPENDENT_SCHEMA] = check_dependent_schema,
	[OP_PROPERTIES] = schema_check_properties,
	[OP_NAMES] = schema_check_names,
	[OP_NOT] = check_not,
	[OP_ALL_OF] = check_all_of,
	[OP_ANY_OF] = check_branches,
	[OP_ONE_OF] = check_branches,
	[OP_IF] = check_if,
	[OP_UNEVALUATED_ITEMS] = schema_check_unevaluated_items,
	[OP_UNEVALUATED_PROPERTIES] = schema_check_unevaluated_properties,
};

static bool run_ops(struct schema_run *r, const struct schema_node *node,
		    const struct schema_spot *spot)
{
	bool ok = true;

	for (uint32_t i = 0; i < node->count; i++) {
		const struct schema_op *op =
			&r->schema->ops.items[node->first + i];

		if (!ok && op->kind >= OP_UNEVALUATED_ITEMS)
			break;
		if (!schema_step(r))
			return false;
		bool holds = checks[op->kind](r, op, spot);
		if (r->stopped)
			return false;
		if (!holds && (!r->findings || op->kind <= OP_FORMAT))
			return false;
		ok = ok && holds;
	}
	return ok;
}

bool schema_run_node(struct schema_run *r, uint32_t node,
		     const struct schema_spot *spot)
{
	const struct schema_node *n = &r->schema->nodes.items[node];
	struct schema_spot inner = *spot;
	struct schema_seen seen;
	bool ok;

	if (r->depth == LIMIT_SCHEMA_DEPTH) {
		r->stopped = "nests too deep";
		return false;
	}
	r->depth++;
	if (!n->unevaluated) {
		ok = run_ops(r, n, spot);
	} else {
		/* Counts what this schema and those it applies have seen, not
		 * what stands beside it. */
		seen_start(&seen, val_count(spot->v));
		inner.seen = &seen;
		ok = run_ops(r, n, &inner);
		seen_merge(ok ? spot->seen : NULL, &seen);
	}
	r->depth--;
	return ok;
}

bool schema_matches(struct schema_run *r, const struct regex *regex,
		    struct str text)
{
	if (!r->space)
		r->space = regex_space_new();
	switch (regex_match(regex, text, r->space, &r->steps)) {
	case REGEX_YES:
		return true;
	case REGEX_TOO_HARD:
		r->stopped = "takes too many steps in a pattern";
		return false;
	case REGEX_NO:
		break;
	}
	return false;
}

static bool run(struct schema_run *r, const struct val *v)
{
	const struct schema_spot whole = { .v = v };

	r->steps = LIMIT_SCHEMA_STEPS;
	bool ok = schema_run_node(r, 0, &whole);
	regex_space_free(r->space);
	r->space = NULL;
	return ok && !r->stopped;
}

bool schema_check(const struct schema *schema, const struct val *v,
		  struct err *err)
{
	struct schema_run r = { .schema = schema };
	struct schema_findings findings = { .count = 0 };

	if (run(&r, v))
		return true;
	if (!r.stopped) {
		r.findings = &findings;
		run(&r, v);
	}
	if (findings.count)
		schema_findings_fail(&findings, err);
	else
		err_set(err, ERR_LIMIT, "the check against the schema %s",
			r.stopped);
	schema_findings_done(&findings);
	return false;
}
