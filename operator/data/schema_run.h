/*
 * A value while it is checked. A run without findings only answers yes or no
 * and ends at the first no; it allocates nothing but what patterns,
 * uniqueItems and unevaluated… work in. Only when the answer is no, a second
 * run collects what is wrong.
 *
 * For the files of the module schema only.
 */
#ifndef DATA_SCHEMA_RUN_H
#define DATA_SCHEMA_RUN_H

#include "base/buf.h"
#include "base/limits.h"
#include "data/schema_program.h"

/* Where a value stands: the frames of the run hold the path to it. */
struct schema_path {
	const struct schema_path *up; /* NULL: the whole */
	struct str key;               /* .p NULL: the item `index` */
	size_t index;
};

/* The entries or items of one value that a schema has looked at. */
struct schema_seen {
	uint64_t *bits;
	size_t count;
};

/* What is looked at. */
struct schema_spot {
	const struct val *v;
	const struct schema_path *path; /* NULL: the whole */
	struct schema_seen *seen;       /* NULL: nobody asks */
};

struct schema_finding {
	char *path, *what; /* owned */
	unsigned types;    /* what it must be, when that is all; else 0 */
};

struct schema_findings {
	struct schema_finding items[LIMIT_SCHEMA_FINDINGS];
	size_t count;
	bool more;
	size_t depth; /* of the deepest path */
};

struct schema_run {
	const struct schema *schema;
	struct schema_findings *findings; /* NULL: a yes or no is enough */
	struct regex_space *space;        /* made for the first pattern */
	size_t steps;                     /* left */
	unsigned depth;
	const char *stopped; /* why it ended early: every answer is void */
};

/** Whether a value fits a node. */
bool schema_run_node(struct schema_run *r, uint32_t node,
		     const struct schema_spot *spot);

/** Takes a step; false when there is none left. */
static inline bool schema_step(struct schema_run *r)
{
	if (r->steps == 0) {
		r->stopped = "takes too many steps";
		return false;
	}
	r->steps--;
	return true;
}

typedef bool schema_check_fn(struct schema_run *r, const struct schema_op *op,
			     const struct schema_spot *spot);

/* What is said about the value alone (schema_assert.c). */
schema_check_fn schema_check_types, schema_check_const, schema_check_enum,
	schema_check_format, schema_check_number, schema_check_length,
	schema_check_pattern, schema_check_count, schema_check_unique,
	schema_check_required, schema_check_dependent_required;

/* What is said about its entries and items (schema_children.c). */
schema_check_fn schema_check_items, schema_check_contains,
	schema_check_properties, schema_check_names,
	schema_check_unevaluated_items, schema_check_unevaluated_properties;

/** Searches a text; false when it does not match or the run is stopped. */
bool schema_matches(struct schema_run *r, const struct regex *regex,
		    struct str text);

/*
 * Findings (schema_findings.c).
 */

/** The whole value's path, "" for the whole: image.ports[0].name */
void schema_path_print(const struct schema_path *path, struct buf *out);
size_t schema_path_depth(const struct schema_path *path);

/** Notes what is wrong, if anybody asks. Always returns false. */
bool schema_found(struct schema_run *r, const struct schema_path *path,
		  const char *fmt, ...) PRINTF_LIKE(3, 4);
/** The same for a value that is of none of these types. */
bool schema_found_type(struct schema_run *r, const struct schema_spot *spot,
		       unsigned types);

/** Moves the findings of one of count alternatives behind others. */
void schema_findings_take(struct schema_findings *to,
			  struct schema_findings *from, size_t alternatives);
/** Whether a is closer to what was meant than b. */
bool schema_findings_closer(const struct schema_findings *a,
			    const struct schema_findings *b);
void schema_findings_done(struct schema_findings *f);

/** Makes an error of findings. Always returns false. */
bool schema_findings_fail(const struct schema_findings *f, struct err *err);

/** What a value is, without itself: "a string of 3 characters". */
void schema_describe(const struct val *v, struct buf *out);

/** A value of the schema, clipped. */
void schema_show(const struct val *v, struct buf *out);

#endif
