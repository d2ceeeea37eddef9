/* The values that -f and the --set options of a command give. */
#ifndef CLI_INPUT_H
#define CLI_INPUT_H

#include "cli/options.h"
#include "data/val.h"

struct input_options {
	struct option_list files;
	/* Applied in this order, as Helm does, whatever the order of the
	 * arguments. */
	struct option_list jsons, sets, strings, texts;
};

/* The rows of a command's table of options that fill struct input_options. */
#define INPUT_OPTIONS(o)                                                       \
	{ "-f", OPTION_LIST, &(o)->files, "FILE",                              \
	  "values, or a custom resource whose spec are the values; may be "    \
	  "given again, later files win" },                                    \
		{ "--values", OPTION_LIST, &(o)->files, "FILE", "the same" },  \
		{ "--set", OPTION_LIST, &(o)->sets, "PATH=VALUE,...",          \
		  "values: a.b=1,c=x  a[0]=x  a={x,y}  a=null; true, false, "  \
		  "null and integers have their types, all else is a string; " \
		  "wins over files" },                                         \
		{ "--set-string", OPTION_LIST, &(o)->strings,                  \
		  "PATH=VALUE,...", "the same, always strings" },              \
		{ "--set-file", OPTION_LIST, &(o)->texts, "PATH=FILE,...",     \
		  "the text of a file as a string" },                          \
	{                                                                      \
		"--set-json", OPTION_LIST, &(o)->jsons, "PATH=JSON,...",       \
			"values as JSON, or one JSON object"                   \
	}

struct input {
	struct val *values;     /* a map */
	char *name, *namespace; /* of a custom resource among the files */
};

/**
 * Reads the files and lays over them what the other options say. in is all
 * zeros; input_done() frees it, after an error as well.
 *
 * Errors: those of the files; ERR_INVALID for what is no map of values.
 */
MUST_USE bool input_read(const struct input_options *o, struct input *in,
			 struct err *err);
void input_done(struct input *in);
void input_options_done(struct input_options *o);

/** Whether any option was given. */
bool input_is_given(const struct input_options *o);

#endif
