/* Charts on disk, looked at by lint. */
#ifndef UNIT_CHART_LINTED_H
#define UNIT_CHART_LINTED_H

#include "chart/lint.h"
#include "unit/chart/folder.h"

#define META_OF(more)                                                       \
	{                                                                   \
		"Chart.yaml",                                               \
			FOLDER_CHART("c", "1.2.3", "description: d\n") more \
	}
#define META META_OF("")
#define OBJECT "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n"

/** Looks at the chart in a directory. */
void lint_folder(const char *path, const struct lint_try *tries, size_t count,
		 struct lint *lint);

/** Asserts what is found in a chart of these files: "file:line:column rule" of
 * each finding, with semicolons between them. */
void linted(const struct folder_file *files, const char *want);

#endif
