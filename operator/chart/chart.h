/*
 * A chart, loaded and compiled: what does not depend on any release.
 *
 * A chart is a Helm chart whose templates are mustache: a directory, or the
 * .tgz that `helm package` makes of one. All its files are read and compiled
 * at once; afterwards it never changes, is counted and may be used by any
 * thread.
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
 *   crds/x.yaml         custom resource definitions, never rendered (also .yml
 *                       and .json): chart/crds.h
 *   charts/NAME/        subcharts, unpacked
 *   charts/x.tgz        or packed; .helmignore: chart/ignore.h
 *
 * Other files are for templates, as Files. What is neither file nor directory
 * is skipped, and so is what begins with "..", which is how a mounted
 * ConfigMap keeps its versions.
 *
 * A subchart is used once for each entry of Chart.yaml's `dependencies` that
 * names it, under its alias, or once when none does: these are the chart's
 * parts. A subchart's presets, status.yaml and NOTES.txt do not count.
 */
#ifndef CHART_CHART_H
#define CHART_CHART_H

#include "base/err.h"
#include "base/str.h"
#include "data/val.h"

#include <stdatomic.h>

struct chart_source;
struct chart_dependency;
struct mustache_set;
struct shapes;
struct schema;
struct mustache_template;

#define CHART_ENGINE_ANNOTATION "ide.example.com/template-engine"
/* Templates in which {{{x}}} is allowed: "templates/a.yaml templates/b.yaml" */
#define CHART_RAW_ANNOTATION "ide.example.com/raw-templates"

struct chart_file {
	char *full;       /* for messages: "charts/redis/templates/a.yaml" */
	const char *path; /* inside its own chart: "templates/a.yaml" */
	struct str data;  /* without a byte order mark; NUL-terminated */
	char *owned;      /* what data looks at */
};

/* The chart itself, or a subchart as its parent uses it. */
struct chart_part {
	const struct chart_source *source;
	const struct chart_dependency *entry; /* NULL: no entry lists it */
	const char *name;                     /* the alias, or the chart's */
	char *scope;           /* of its partials: "", "redis/" */
	char *at;              /* "", "charts/redis/" */
	size_t parent, depth;  /* of the chart itself: 0, 0 */
	size_t first, count;   /* its subcharts, among the parts */
	struct val *meta;      /* Chart.yaml, its name changed to the alias */
	struct val *subcharts; /* map whose keys are the subcharts' names */
	/* Default values with what import-values adds when all are enabled. */
	struct val *values;
};

/* A template that is rendered to objects. */
struct chart_template {
	const struct chart_file *file;
	const struct mustache_template *compiled;
	char *source; /* "devmachine/templates/service.yaml" */
	size_t part;
};

/* Read only. */
struct chart {
	atomic_uint refs;
	const char *name;         /* of Chart.yaml */
	const char *version;      /* of Chart.yaml */
	const char *app_version;  /* of Chart.yaml; "" when it has none */
	const struct val *meta;   /* Chart.yaml as written: a map */
	const struct val *values; /* values.yaml: a map */
	struct val *presets;      /* map: name → values */
	/* Its own files, without those of subcharts, in path order. */
	const struct chart_file *files;
	size_t file_count;
	struct chart_source *source;
	struct chart_part *parts; /* the chart itself; parents before children */
	size_t part_count;
	struct chart_template *templates; /* of all parts, in order of source */
	size_t template_count;
	const struct chart_file *notes;  /* NULL: none */
	const struct chart_file *status; /* NULL: none */
	struct mustache_set *set; /* templates and notes, named by their path */
	struct shapes *shapes;    /* of what the templates rendered to */
};

/**
 * Loads the chart at path, a directory or a .tgz. The caller drops it with
 * chart_unref().
 *
 * Errors: ERR_INVALID "path: file:line:column: …" for anything that is wrong
 *         with the chart; ERR_LIMIT beyond LIMIT_CHART_* and LIMIT_SUBCHART*;
 *         ERR_NOT_FOUND, ERR_DENIED and ERR_UNAVAILABLE from the system.
 */
MUST_USE bool chart_load(const char *path, struct chart **out, struct err *err);

/** The same from the bytes of a .tgz; errors without the path in front. */
MUST_USE bool chart_read(struct str archive, struct chart **out,
			 struct err *err);

struct chart *chart_ref(struct chart *chart);
/** NULL is allowed. */
void chart_unref(struct chart *chart);
DEFINE_AUTO(struct chart *, chart_unref)

/** A file of the chart itself by its path; NULL when it has none. */
const struct chart_file *chart_find(const struct chart *chart,
				    const char *path);

#endif
