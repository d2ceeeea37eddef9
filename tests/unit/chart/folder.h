/* Charts on disk, for as long as a test runs. */
#ifndef UNIT_CHART_FOLDER_H
#define UNIT_CHART_FOLDER_H

struct folder_file {
	const char *path; /* NULL ends a list */
	const char *text;
};

/** A Chart.yaml: what it must hold, and more. */
#define FOLDER_CHART(name, version, more)                        \
	"apiVersion: v2\nname: " name "\nversion: " version "\n" \
	"annotations: {ide.example.com/template-engine: mustache}\n" more
#define FOLDER_META FOLDER_CHART("c", "1.2.3", "")

/** The Chart.yaml of the chart itself, of a subchart, and of that one's. */
#define FOLDER_ROOT(more)                      \
	{                                      \
		"Chart.yaml", FOLDER_META more \
	}
#define FOLDER_SUB(name, more)                                 \
	{                                                      \
		"charts/" name "/Chart.yaml",                  \
			FOLDER_CHART(name, "1.2.3", more "\n") \
	}
#define FOLDER_SUBSUB(up, name)                             \
	{                                                   \
		"charts/" up "/charts/" name "/Chart.yaml", \
			FOLDER_CHART(name, "1.2.3", "")     \
	}

/** Makes a directory with these files; free() its path. */
char *folder_make(const struct folder_file *files);

/** Removes what folder_make() made, files added by it included. */
void folder_remove(const char *path);

#endif
