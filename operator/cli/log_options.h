/*
 * What is logged, and how: our options, and those that programs built on
 * controller-runtime's zap have, so that their arguments go on working.
 */
#ifndef CLI_LOG_OPTIONS_H
#define CLI_LOG_OPTIONS_H

#include "cli/options.h"

/* Texts are NULL until they are given; ours win. */
struct log_options {
	const char *format, *level;
	const char *encoder, *zap_level; /* --zap-encoder, --zap-log-level */
	bool devel;                      /* text, from debug on */
	/* Of what is never printed, or looks different here. */
	const char *stacktrace, *time;
};

/* The rows of a table of options that fill the struct. */
#define LOG_OPTIONS(o)                                                         \
	{ "--log-format", OPTION_TEXT, &(o)->format, "json|text",              \
	  "one JSON object a line, or text for people (default json)" },       \
		{ "--log-level", OPTION_TEXT, &(o)->level,                     \
		  "debug|info|warn|error", "what is logged (default info)" },  \
		{ "--zap-encoder", OPTION_TEXT, &(o)->encoder, "json|console", \
		  "as --log-format json or text" },                            \
		{ "--zap-log-level", OPTION_TEXT, &(o)->zap_level,             \
		  "debug|info|error|panic|N",                                  \
		  "as --log-level; a number from 1 on is debug, panic is "     \
		  "error" },                                                   \
		{ "--zap-devel", OPTION_FLAG, &(o)->devel, NULL,               \
		  "as --log-format text --log-level debug" },                  \
		{ "--zap-stacktrace-level", OPTION_TEXT, &(o)->stacktrace,     \
		  "LEVEL", "accepted; there are no stack traces" },            \
	{                                                                      \
		"--zap-time-encoding", OPTION_TEXT, &(o)->time, "ENCODING",    \
			"accepted; times are always RFC 3339"                  \
	}

/**
 * Sets up the log, and says there what was given in vain.
 *
 * Errors: ERR_INVALID names the option and what it may be.
 */
MUST_USE bool log_options_apply(const struct log_options *o, struct err *err);

#endif
