/* What the parts of lint share; chart/lint.h is what others need. */
#ifndef CHART_LINT_JOB_H
#define CHART_LINT_JOB_H

#include "chart/chart.h"
#include "chart/lint.h"
#include "chart/locate.h"
#include "mustache/tags.h"

struct chart_source;

struct lint_job {
	const struct chart *chart; /* NULL for lint_syntax() */
	const struct chart_source *source;
	const struct lint_options *options;
	struct lint *lint;
	const char *folder; /* in front of the chart's files: "charts/x/" */
};

/** Adds a finding at a place of a file of the chart. */
void lint_say(const struct lint_job *job, enum lint_rule rule, const char *file,
	      unsigned line, unsigned column, const char *fmt, ...)
	PRINTF_LIKE(6, 7);

/* A file of the chart as YAML (JSON is YAML), for places in it. */
struct lint_file {
	const char *path;
	struct yaml_stream *stream;   /* NULL: there is no such file */
	const struct yaml_node *root; /* NULL: it is empty, or no YAML */
};

void lint_file_init(struct lint_file *f, const struct lint_job *job,
		    const char *path);
void lint_file_done(struct lint_file *f);

/** Whether something stands at a JSON pointer. */
bool lint_file_has(const struct lint_file *f, const char *pointer);

/** Adds a finding at a JSON pointer of a file. */
void lint_say_in(const struct lint_job *job, enum lint_rule rule,
		 const struct lint_file *f, const char *pointer,
		 enum locate_what what, const char *fmt, ...) PRINTF_LIKE(6, 7);

/** "a.b[2].c", as data/schema.h has it, to "/a/b/2/c". free() it. */
char *lint_pointer_of(struct str path);

/** The values that any set or the schema's properties may have: one map of
 * the defaults, all presets and all sets. The caller drops it. */
MUST_USE struct val *lint_known_values(const struct lint_job *job);

/** values.schema.json as a value, a new reference; NULL when there is none. */
MUST_USE struct val *lint_schema(const struct lint_job *job);

/** What a schema says of a property, $ref followed; NULL: nothing. A schema
 * that allows anything by that name gives an empty map. */
const struct val *lint_schema_property(const struct val *root,
				       const struct val *schema,
				       struct str key);

/* The parts, each in a file of its own. */

/** Dependencies and templates one by one, so that one mistake does not hide
 * another. */
void lint_syntax(const struct lint_job *job);
/** Chart.yaml, values.yaml, presets, values.schema.json. */
void lint_files(const struct lint_job *job);
/** How templates are written: what YAML or mustache take otherwise. */
void lint_text(const struct lint_job *job);
/** Variables and partials: what is used, and what is there. */
void lint_names(const struct lint_job *job);
/** Renders with every set of values, and looks at the objects. */
void lint_tries(const struct lint_job *job);

#endif
