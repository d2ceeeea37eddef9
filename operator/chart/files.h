/* The files of a chart directory, read whole, bounded. */
#ifndef CHART_FILES_H
#define CHART_FILES_H

#include "chart/chart.h"

/**
 * Reads every file below directory path into chart->files, in path order.
 * Hidden files and what is neither file nor directory are left out. What was
 * read before an error stays in the chart.
 *
 * Errors: ERR_LIMIT beyond LIMIT_CHART_FILES, LIMIT_CHART_FILE_BYTES and
 *         LIMIT_CHART_BYTES, and for folders too deep; ERR_INVALID for a path
 *         that is no text; ERR_NOT_FOUND, ERR_DENIED, ERR_UNAVAILABLE from the
 *         system.
 */
MUST_USE bool chart_read_files(struct chart *chart, const char *path,
			       struct err *err);

/** Whether a path of a chart has this ending and lies in this folder, given
 * with its slash. */
bool chart_path_is(const char *path, const char *folder, const char *ending);

#endif
