/*
 * A chart as it was written: its files, what they say, and the charts in its
 * charts/ folder. Several parts of a chart may use one source, as aliases.
 */
#ifndef CHART_SOURCE_H
#define CHART_SOURCE_H

#include "chart/chart.h"
#include "chart/crds.h"
#include "chart/depend.h"

struct chart_source {
	char *at; /* where it lies: "", "charts/redis-1.2.3.tgz/" */
	struct chart_file *files; /* without those of charts/, in path order */
	size_t file_count;
	struct val *meta;      /* Chart.yaml: a map */
	struct val *values;    /* values.yaml: a map */
	struct schema *schema; /* of the values; NULL: none */
	struct crds crds;
	struct val *visible; /* what templates see as Files: a map */
	struct chart_dependency *dependencies; /* Chart.yaml's */
	size_t dependency_count;
	struct chart_source **subcharts; /* in path order */
	size_t subchart_count;
};

/**
 * Reads the chart at path, a directory or an archive, and checks all of it
 * but its templates. The caller frees *out.
 *
 * Errors: as chart_load(), without the path in front.
 */
MUST_USE bool source_read(const char *path, struct chart_source **out,
			  struct err *err);

/** The same from the bytes of an archive. */
MUST_USE bool source_read_archive(struct str archive, struct chart_source **out,
				  struct err *err);

void source_free(struct chart_source *source);
DEFINE_AUTO(struct chart_source *, source_free)

/** A file of the source by its path; NULL when it has none. */
const struct chart_file *source_find(const struct chart_source *source,
				     const char *path);

/** Whether it only has partials, for other charts. */
bool source_is_library(const struct chart_source *source);

/** Reads a file that must hold a map, or nothing. The caller drops *out. */
MUST_USE bool source_read_map(const struct chart_file *file, struct val **out,
			      struct err *err);

#endif
