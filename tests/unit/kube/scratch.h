/* A directory of a test's own, for the files that it needs. */
#ifndef TESTS_UNIT_KUBE_SCRATCH_H
#define TESTS_UNIT_KUBE_SCRATCH_H

/** cmocka setup and teardown of a group: makes it, removes it with all files
 * that were written below it. */
int scratch_make(void **state);
int scratch_remove(void **state);

/** The path of a file in it; the caller frees. */
char *scratch_path(const char *name);

/** Writes a file, executable when mode says so. Returns its path. */
char *scratch_write(const char *name, const char *text, unsigned mode);

#endif
