/*
 * Command-line options from a table: one row gives name, what it takes, where
 * it goes and what --help says.
 */
#ifndef CLI_OPTIONS_H
#define CLI_OPTIONS_H

#include "base/err.h"
#include "base/vec.h"

struct option_list {
	VEC(const char *);
};

enum option_type {
	OPTION_FLAG,   /* bool; --flag=false and its like are understood */
	OPTION_TEXT,   /* const char *, borrowed from argv */
	OPTION_NUMBER, /* unsigned, at least 1 */
	OPTION_PERIOD, /* int64_t, milliseconds; 0s is DURATION_NEVER */
	OPTION_LIST    /* struct option_list: may be given again */
};

struct option {
	const char *name; /* with its dashes: "--watches-file", "-f" */
	enum option_type type;
	void *target;
	const char *value; /* what the value is called in help; NULL: a flag */
	const char *help;
};

/**
 * Reads options and operands; "--" ends the options. Both --name=value and
 * --name value are understood.
 *
 * @param operands  receives what is no option; borrowed from argv
 * @return false with err set for what the table does not know
 */
MUST_USE bool options_read(const struct option *table, size_t count,
			   char **argv, struct option_list *operands,
			   struct err *err);

/** Prints the table to standard output. */
void options_print(const struct option *table, size_t count);

#endif
