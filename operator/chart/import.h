/*
 * import-values: what a chart copies from its subcharts into its own defaults,
 * below what its own values.yaml says (Helm's processImportValues). What the
 * subchart has imported itself is there to be copied.
 */
#ifndef CHART_IMPORT_H
#define CHART_IMPORT_H

#include "chart/coalesce.h"

enum import_missing {
	IMPORT_MISSING_FAILS,
	IMPORT_MISSING_SKIPS /* as Helm: a disabled subchart may lack it */
};

/** Whether any part imports anything. */
bool import_is_used(const struct chart *chart);

/**
 * The defaults of every part with what it imports.
 *
 * @param c      bases do not count
 * @param bases  as many as parts, all NULL; the caller drops each, also after
 *               an error
 * Errors: ERR_INVALID for a map that is not there; ERR_LIMIT for what nests
 *         too deep.
 */
MUST_USE bool import_bases(const struct coalesce *c,
			   enum import_missing missing, struct val **bases,
			   struct err *err);

#endif
