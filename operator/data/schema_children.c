/* What a schema says about the entries of a map and the items of a list. */
#include "data/schema_run.h"

#include "data/json.h"
#include "data/val_layout.h"

static void see(const struct schema_spot *spot, size_t i)
{
	if (spot->seen)
		spot->seen->bits[i / 64] |= UINT64_C(1) << i % 64;
}

static bool is_seen(const struct schema_seen *seen, size_t i)
{
	return seen->bits[i / 64] >> i % 64 & 1;
}

static bool run_item(struct schema_run *r, uint32_t node,
		     const struct schema_spot *spot, size_t i)
{
	const struct schema_path path = { .up = spot->path, .index = i };
	const struct schema_spot item = { .v = val_at(spot->v, i),
					  .path = &path };

	return schema_step(r) && schema_run_node(r, node, &item);
}

static bool run_entry(struct schema_run *r, uint32_t node,
		      const struct schema_spot *spot, struct str key,
		      const struct val *v)
{
	const struct schema_path path = { .up = spot->path, .key = key };
	const struct schema_spot entry = { .v = v, .path = &path };

	return schema_run_node(r, node, &entry);
}

bool schema_check_items(struct schema_run *r, const struct schema_op *op,
			const struct schema_spot *spot)
{
	size_t count = val_count(spot->v);
	bool ok = true;

	if (!val_is(spot->v, VAL_LIST))
		return true;
	for (size_t i = 0; i < count && (ok || r->findings); i++) {
		uint32_t node = i < op->count ? op->node + (uint32_t)i
					      : op->rest;

		if (node == SCHEMA_NO_NODE || r->stopped)
			break;
		ok = run_item(r, node, spot, i) && ok;
		see(spot, i);
	}
	return ok;
}

bool schema_check_contains(struct schema_run *r, const struct schema_op *op,
			   const struct schema_spot *spot)
{
	struct schema_findings *findings = r->findings;
	size_t fitting = 0;

	if (!val_is(spot->v, VAL_LIST))
		return true;
	r->findings = NULL;
	for (size_t i = 0; i < val_count(spot->v) && !r->stopped; i++)
		if (run_item(r, op->node, spot, i)) {
			fitting++;
			/* In 2019-09 contains does not count as a look. */
			if (r->schema->draft > DRAFT_2019)
				see(spot, i);
		}
	r->findings = findings;
	if (fitting >= op->range.min && fitting <= op->range.max)
		return true;
	bool few = fitting < op->range.min;
	return schema_found(r, spot->path,
			    "must hold at %s %zu items of the kind that "
			    "\"contains\" describes, holds %zu",
			    few ? "least" : "most",
			    few ? op->range.min : op->range.max, fitting);
}

/* Names what is known in place of what is not. */
static bool unknown(struct schema_run *r, const struct val *names,
		    const struct schema_spot *spot, struct str key)
{
	enum { SHOWN_BYTES = 300 };
	const struct schema_path path = { .up = spot->path, .key = key };
	AUTO_BUF known = BUF_INIT(LIMIT_KIB(1));
	size_t count = val_count(names);

	if (!r->findings)
		return false;
	for (size_t i = 0; i < count; i++) {
		if (known.len > SHOWN_BYTES) {
			buf_addf(&known, " and %zu more", count - i);
			break;
		}
		buf_add_text(&known, i ? ", " : "");
		buf_add_str(&known, str_clip(val_key(names, i), 60));
	}
	return schema_found(r, &path, "is not known here%s%s",
			    count ? "; known are " : "", buf_text(&known));
}

static bool is_false(const struct schema_run *r, uint32_t node)
{
	const struct schema_node *n = &r->schema->nodes.items[node];

	return n->count && r->schema->ops.items[n->first].kind == OP_FALSE;
}

/* An entry against the patterns, and, when nothing else looks at it, against
 * additionalProperties. */
static bool run_rest(struct schema_run *r, const struct schema_properties *p,
		     const struct schema_spot *spot, size_t i)
{
	const struct val *v = val_at(spot->v, i);
	struct str key = val_key(spot->v, i);
	bool looked = val_get_str(p->names, key) != NULL, ok = true;

	for (size_t n = 0; n < p->pattern_count && !r->stopped; n++)
		if (schema_matches(r, p->patterns[n], key)) {
			looked = true;
			ok = run_entry(r, p->first_pattern + (uint32_t)n, spot,
				       key, v) &&
			     ok;
		}
	if (!looked && p->additional != SCHEMA_NO_NODE && !r->stopped) {
		looked = true;
		ok = is_false(r, p->additional)
			     ? unknown(r, p->names, spot, key)
			     : run_entry(r, p->additional, spot, key, v);
	}
	if (looked)
		see(spot, i);
	return ok && !r->stopped;
}

/* Asks for the names of the schema, which are hashed already; *rest is how
 * many entries have none of them. */
static bool run_names(struct schema_run *r, const struct schema_properties *p,
		      const struct schema_spot *spot, size_t *rest)
{
	bool ok = true;

	*rest = val_count(spot->v);
	for (size_t i = 0; i < val_count(p->names) && (ok || r->findings);
	     i++) {
		const struct val *v = val_look(spot->v, &p->keys[i]);

		if (!schema_step(r))
			return false;
		if (!v)
			continue;
		--*rest;
		ok = run_entry(r, p->first + (uint32_t)i, spot,
			       val_key(p->names, i), v) &&
		     ok;
	}
	return ok;
}

bool schema_check_properties(struct schema_run *r, const struct schema_op *op,
			     const struct schema_spot *spot)
{
	const struct schema_properties *p = op->properties;
	size_t rest;

	if (!val_is(spot->v, VAL_MAP))
		return true;
	bool ok = run_names(r, p, spot, &rest);
	if (!ok && !r->findings)
		return false;
	if (!spot->seen && p->pattern_count == 0 &&
	    (rest == 0 || p->additional == SCHEMA_NO_NODE))
		return ok;
	for (size_t i = 0; i < val_count(spot->v) && (ok || r->findings); i++)
		ok = schema_step(r) && run_rest(r, p, spot, i) && ok;
	return ok;
}

bool schema_check_names(struct schema_run *r, const struct schema_op *op,
			const struct schema_spot *spot)
{
	struct schema_findings *outer = r->findings;
	bool all = true;

	if (!val_is(spot->v, VAL_MAP))
		return true;
	for (size_t i = 0; i < val_count(spot->v) && (all || outer); i++) {
		struct str key = val_key(spot->v, i);
		const struct schema_path path = { .up = spot->path,
						  .key = key };
		const struct schema_spot entry = {
			.v = val_key_at(spot->v, i),
			.path = &path,
		};
		struct schema_findings trial = { .count = 0 };

		if (!schema_step(r))
			return false;
		r->findings = outer ? &trial : NULL;
		bool ok = schema_run_node(r, op->node, &entry);
		r->findings = outer;
		if (trial.count)
			schema_found(r, &path, "its name %s",
				     trial.items[0].what);
		schema_findings_done(&trial);
		all = all && ok;
	}
	return all;
}

bool schema_check_unevaluated_items(struct schema_run *r,
				    const struct schema_op *op,
				    const struct schema_spot *spot)
{
	bool ok = true;

	for (size_t i = 0; val_is(spot->v, VAL_LIST) && i < spot->seen->count &&
			   (ok || r->findings);
	     i++)
		if (!is_seen(spot->seen, i)) {
			ok = run_item(r, op->node, spot, i) && ok;
			see(spot, i);
		}
	return ok;
}

static bool run_unevaluated(struct schema_run *r, const struct schema_op *op,
			    const struct schema_spot *spot, size_t i)
{
	struct str key = val_key(spot->v, i);

	if (!schema_step(r))
		return false;
	return is_false(r, op->node)
		       ? unknown(r, NULL, spot, key)
		       : run_entry(r, op->node, spot, key, val_at(spot->v, i));
}

bool schema_check_unevaluated_properties(struct schema_run *r,
					 const struct schema_op *op,
					 const struct schema_spot *spot)
{
	bool ok = true;

	for (size_t i = 0; val_is(spot->v, VAL_MAP) && i < spot->seen->count &&
			   (ok || r->findings);
	     i++)
		if (!is_seen(spot->seen, i)) {
			ok = run_unevaluated(r, op, spot, i) && ok;
			see(spot, i);
		}
	return ok;
}
