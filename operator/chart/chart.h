/*
 * A chart, loaded and compiled: what does not depend on any release.
 *
 * A chart is a Helm chart directory whose templates are mustache. All its
 * files are read and compiled at once; afterwards it never changes, is counted
 * and may be used by any thread.
 *
 *   Chart.yaml          Helm's v2 format, with the annotation
 *                       ide.example.com/template-engine: mustache
 *   values.yaml         default values
 *   values.schema.json  what the values must be like (JSON Schema)
 *   presets/NAME.yaml   values laid over the defaults by name
 *   templates/x.yaml    rendered in path order (also .yml), in subfolders too
 *   templates/_x.mustache   partial, {{> x}}; in a subfolder {{> folder/x}}
 *   templates/NOTES.txt text for people
 *   status.yaml         what the chart adds to the status of its owner
 *   crds/x.yaml         custom resource definitions, never rendered
 *
 * Other files are kept, for records. Hidden files and what is neither file nor
 * directory are skipped.
 */
#ifndef CHART_CHART_H
#define CHART_CHART_H

#include "base/err.h"
#include "base/str.h"
#include "data/val.h"

#include <stdatomic.h>

struct mustache_set;
struct schema;
struct mustache_template;

#define CHART_ENGINE_ANNOTATION "ide.example.com/template-engine"

struct chart_file {
	char *path;      /* inside the chart: "templates/service.yaml" */
	struct str data; /* without a byte order mark; NUL-terminated */
	char *owned;     /* what data looks at */
};

/* A template that is rendered to objects. */
struct chart_template {
	const struct chart_file *file;
	const struct mustache_template *compiled;
	char *source; /* "devmachine/templates/service.yaml" */
};

/* Read only. */
struct chart {
	atomic_uint refs;
	const char *name;         /* of Chart.yaml */
	const char *version;      /* of Chart.yaml */
	const char *app_version;  /* of Chart.yaml; "" when it has none */
	struct val *meta;         /* Chart.yaml as written: a map */
	struct val *values;       /* values.yaml: a map */
	struct val *presets;      /* map: name → values */
	struct val *crds;         /* list of objects, in path order */
	struct chart_file *files; /* every file, in path order */
	size_t file_count;
	struct chart_template *templates; /* in path order */
	size_t template_count;
	const struct chart_file *notes;  /* NULL: none */
	const struct chart_file *status; /* NULL: none */
	struct schema *schema;           /* of the values; NULL: none */
	struct mustache_set *set; /* templates and notes, named by their path */
};

/**
 * Loads the chart in directory path. The caller drops it with chart_unref().
 *
 * Errors: ERR_INVALID "path: file:line:column: …" for anything that is wrong
 *         with the chart; ERR_LIMIT beyond LIMIT_CHART_*; ERR_NOT_FOUND,
 *         ERR_DENIED and ERR_UNAVAILABLE from the system.
 */
MUST_USE bool chart_load(const char *path, struct chart **out, struct err *err);

struct chart *chart_ref(struct chart *chart);
/** NULL is allowed. */
void chart_unref(struct chart *chart);
DEFINE_AUTO(struct chart *, chart_unref)

/** A file of the chart by its path; NULL when it has none. */
const struct chart_file *chart_find(const struct chart *chart,
				    const char *path);

#endif
