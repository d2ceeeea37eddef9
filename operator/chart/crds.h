/*
 * The definitions of custom resources in the crds/ folders of a chart and its
 * subcharts: YAML or JSON as it is, never rendered.
 *
 * As in Helm (pkg/chart/chart.go, pkg/action/install.go) they are created
 * before all else when a release is installed, what exists already is left
 * alone, and nothing ever changes or deletes them.
 */
#ifndef CHART_CRDS_H
#define CHART_CRDS_H

#include "base/vec.h"
#include "chart/chart.h"

struct chart_values;
struct manifest;

struct crd {
	const struct chart_file *file; /* borrowed */
	struct val *object;
};

/* Those of one chart, in path order. */
struct crds {
	VEC(struct crd);
};

/** Whether a file of a chart holds definitions: in crds/, and .yaml, .yml or
 * .json. */
bool crds_is_file(const char *path);

/**
 * Adds the definitions of a file.
 *
 * Errors: ERR_INVALID "file:line:column: …" for what is no
 *         CustomResourceDefinition of apiextensions.k8s.io/v1, has no name or
 *         one that its spec does not want, or is there already.
 */
MUST_USE bool crds_read(struct crds *crds, const struct chart_file *file,
			struct err *err);
void crds_done(struct crds *crds);

/**
 * The definitions of a chart and of the subcharts that the values enable, a
 * parent's before those of its subcharts. Where several bring the same one the
 * first counts. The caller frees *out.
 *
 * Errors: ERR_LIMIT beyond LIMIT_RELEASE_OBJECTS.
 */
MUST_USE bool chart_crds(const struct chart *chart,
			 const struct chart_values *values,
			 struct manifest **out, struct err *err);

#endif
