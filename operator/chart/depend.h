/*
 * `dependencies` of Chart.yaml:
 *
 *   - name: redis                 the name in the other chart's Chart.yaml
 *     version: ^1.2               chart/version.h; none: any version
 *     alias: cache                what it is called here; its values' key
 *     condition: cache.enabled,global.cache
 *     tags: [storage]
 *     import-values: [data, {child: default.port, parent: cachePort}]
 *
 * Other keys do not count: the charts lie in charts/, wherever they came from.
 */
#ifndef CHART_DEPEND_H
#define CHART_DEPEND_H

#include "base/err.h"
#include "data/val.h"

struct chart_source;

/* All of it is lent by Chart.yaml's value. */
struct chart_dependency {
	const char *name;
	const char *alias;         /* the name when there is none */
	struct str version;        /* empty: any */
	const char *condition;     /* paths with commas between them, or "" */
	const struct val *tags;    /* list of texts, or NULL */
	const struct val *imports; /* list, or NULL */
};

/**
 * Reads source->meta into source->dependencies, and checks them.
 *
 * Errors: ERR_INVALID "Chart.yaml: dependencies.N…: …"; ERR_LIMIT for too many
 *         of them.
 */
MUST_USE bool depend_read(struct chart_source *source, struct err *err);

/**
 * Finds the subchart that a dependency means.
 *
 * Errors: ERR_INVALID when there is none, none in the range of versions, or
 *         more than one.
 */
MUST_USE bool depend_find(const struct chart_source *source,
			  const struct chart_dependency *d,
			  const struct chart_source **out, struct err *err);

/**
 * Whether a subchart is used: the first path of its condition that leads to a
 * boolean decides; otherwise its tags do, of which one that is true outweighs
 * all that are false; otherwise it is.
 *
 * @param values  of the chart that has the dependency, all defaults included
 * @param tags    a map, or NULL
 */
bool depend_is_enabled(const struct chart_dependency *d,
		       const struct val *values, const struct val *tags);

/** What an import copies: {child, parent}, or a text NAME for exports.NAME to
 * the top, where parent is ".". child is to be freed. */
void depend_import(const struct val *import, char **child, const char **parent);

#endif
