/*
 * The files of a chart, read whole from a directory or an archive.
 *
 * What limits a chart counts over all that is read for it, archives within
 * archives included: one budget goes through everything.
 */
#ifndef CHART_FILES_H
#define CHART_FILES_H

#include "base/vec.h"
#include "chart/chart.h"

struct chart_budget {
	size_t files;     /* read so far */
	size_t bytes;     /* in these */
	size_t tar_bytes; /* unpacked so far, with what tar adds */
};

struct chart_files {
	VEC(struct chart_file);
	struct chart_budget *budget;
};

/**
 * Reads every file below directory path that .helmignore does not exclude, in
 * path order. Unpacked subcharts may have a .helmignore of their own.
 *
 * Errors: ERR_LIMIT beyond LIMIT_CHART_FILES, LIMIT_CHART_FILE_BYTES and
 *         LIMIT_CHART_BYTES, and for folders too deep; ERR_INVALID for a path
 *         that is no text and for a bad .helmignore; ERR_NOT_FOUND,
 *         ERR_DENIED, ERR_UNAVAILABLE from the system.
 */
MUST_USE bool files_read_dir(struct chart_files *files, const char *path,
			     struct err *err);

/**
 * Reads the files of a gzipped tar, which must lie in one folder, in path
 * order; their paths begin behind that folder.
 *
 * @param at  goes in front of their full names: "charts/redis-1.2.3.tgz/"
 * Errors: ERR_INVALID for what is no archive, is damaged, or holds a link, an
 *         absolute path, one with "..", a backslash or a drive, or the same
 *         file twice; ERR_LIMIT as above and beyond LIMIT_CHART_TAR_BYTES.
 */
MUST_USE bool files_read_archive(struct chart_files *files, struct str archive,
				 const char *at, struct err *err);

/**
 * Adds one file, a copy, without its byte order mark.
 *
 * @param at  folder in front of path, for its full name
 */
MUST_USE bool files_add(struct chart_files *files, const char *at,
			const char *path, struct str data, struct err *err);

/** Sorts by path; the same path twice is ERR_INVALID. */
MUST_USE bool files_sort(struct chart_files *files, struct err *err);

void files_done(struct chart_files *files);

/** Whether a path of a chart has this ending and lies in this folder, given
 * with its slash. */
bool chart_path_is(const char *path, const char *folder, const char *ending);

#endif
