/*
 * Chart and values to objects, to notes, to status: pure functions.
 *
 * The same arguments always give the same result; no clock, randomness,
 * network or environment takes part. Templates see:
 *
 *   Values         what chart_values_new() made; a subchart's templates see
 *                  only what is theirs, and global
 *   Release        Name Namespace Revision Service IsInstall IsUpgrade
 *   Chart          Chart.yaml, its keys as written; a subchart's own, with
 *                  its alias as name
 *   Capabilities   KubeVersion {Version Major Minor}, APIVersions
 *   Template       Name ("devmachine/templates/x.yaml") and BasePath
 *   Files          the chart's other files: map from path to {Path Name Folder
 *                  Text}, or Base64 in place of Text for what is no text
 *
 * Templates are rendered structurally (chart/structure.h): a value can never
 * change the structure, the type or the number of the objects.
 */
#ifndef CHART_RENDER_H
#define CHART_RENDER_H

#include "chart/chart.h"
#include "chart/manifest.h"

struct chart_values;

struct chart_release {
	const char *name;
	const char *namespace;
	int64_t revision;
	bool is_install;
	bool is_upgrade;
};

struct chart_capabilities {
	const char *kube_version;       /* "v1.36.1" */
	const struct val *api_versions; /* list of "apps/v1"; NULL: unknown */
};

/**
 * Renders all templates, hooks apart. The caller frees *out.
 *
 * Errors: ERR_INVALID "templates/x.yaml:line:column: …" with the chain of
 *         partials; ERR_LIMIT for a limit.
 */
MUST_USE bool chart_render(const struct chart *chart,
			   const struct chart_values *values,
			   const struct chart_release *release,
			   const struct chart_capabilities *capabilities,
			   struct manifest **out, struct err *err);

/** Appends the rendered NOTES.txt to out; nothing when there is none. */
MUST_USE bool chart_notes(const struct chart *chart,
			  const struct chart_values *values,
			  const struct chart_release *release,
			  const struct chart_capabilities *capabilities,
			  struct buf *out, struct err *err);

/**
 * Renders status.yaml, whose templates also see Live and Health.
 *
 * @param live    map: kind → what is known of that live object
 * @param health  map: health of the release as a whole
 * @param out     a map, empty when the chart has no status.yaml; the caller
 *                drops it
 */
MUST_USE bool chart_status(const struct chart *chart,
			   const struct chart_values *values,
			   const struct chart_release *release,
			   const struct chart_capabilities *capabilities,
			   const struct val *live, const struct val *health,
			   struct val **out, struct err *err);

#endif
