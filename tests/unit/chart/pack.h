/* Chart archives as tests need them: right ones, and any wrong one. */
#ifndef UNIT_CHART_PACK_H
#define UNIT_CHART_PACK_H

#include "base/buf.h"
#include "unit/chart/folder.h"

/** Appends one entry: a header and the data, which may hold any byte. */
void pack_entry(struct buf *tar, char type, const char *name, struct str data);

/** Appends the two blocks of zeros that end a tar, and gzips all of it. */
void pack_end(struct buf *tar, struct buf *out);

/** The files in a folder of the name, as `helm package` has them. */
void pack_files(const char *folder, const struct folder_file *files,
		struct buf *out);

#endif
