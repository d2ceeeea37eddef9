/* Charts on disk, for as long as a test runs. */
#ifndef UNIT_CHART_FOLDER_H
#define UNIT_CHART_FOLDER_H

struct folder_file {
	const char *path; /* NULL ends a list */
	const char *text;
};

/** What a Chart.yaml must hold. */
#define FOLDER_META                                 \
	"apiVersion: v2\nname: c\nversion: 1.2.3\n" \
	"annotations: {ide.example.com/template-engine: mustache}\n"

/** Makes a directory with these files; free() its path. */
char *folder_make(const struct folder_file *files);

/** Removes what folder_make() made, files added by it included. */
void folder_remove(const char *path);

#endif
