/*
 * What is wrong with a chart, or only looks wrong, each with its place.
 *
 * A chart is looked at as it is written, and tried: rendered with its default
 * values, with every preset and with the sets of values that are given. Only
 * what one of them renders is looked at as objects.
 *
 * chart/lint_rules.h has the rules. Where one can err, it is a warning.
 *
 * No message holds a value of a set of values: they may be secrets.
 */
#ifndef CHART_LINT_H
#define CHART_LINT_H

#include "base/err.h"
#include "chart/chart.h"
#include "chart/lint_rules.h"
#include "data/val.h"

struct lint_finding {
	char *file; /* as it can be opened: the chart's path in front */
	unsigned line, column; /* from 1; columns in characters */
	enum lint_rule rule;
	char *message;
	char *with; /* "preset a": the values that show it; "" the defaults */
};

/* The findings, one of each kind at each place. */
struct lint {
	struct lint_finding *items;
	size_t count, cap;
	size_t left_out; /* beyond LIMIT_LINT_FINDINGS */
	size_t of[3];    /* how many of each severity, those left out too */
};

/* A set of values to try. */
struct lint_try {
	const char *name;            /* for messages: "-f values.yaml" */
	const struct val *values;    /* a map; or NULL */
	const struct val *overrides; /* a map; or NULL */
};

struct lint_options {
	const char *name, *namespace; /* of the release */
	const char *kube_version;
	const struct val *health; /* what status.yaml sees as Health */
	const struct lint_try *tries;
	size_t try_count;
	/* Top keys of the values that the operator itself acts on; ends with
	 * NULL. */
	const char *const *acted_on;
};

/**
 * Looks at the chart at path, a directory or a .tgz, and adds what it finds to
 * out, which is all zeros or was used before.
 *
 * Errors: those of the system, when the chart cannot be read.
 */
MUST_USE bool lint_chart(const char *path, const struct lint_options *options,
			 struct lint *out, struct err *err);

/** Whether a dotted path leads to something that a chart's values may have:
 * where they are null, empty or no map, anything. */
bool lint_has_value(const struct chart *chart, const char *path);

/**
 * Adds one finding.
 *
 * @param file  copied, as is message
 * @param with  "" or the name of a set of values
 */
void lint_add(struct lint *lint, enum lint_rule rule, const char *file,
	      unsigned line, unsigned column, const char *with,
	      const char *message);

/**
 * Adds an error whose message begins with a place, "file:line:column: ", or
 * only with a file of the chart.
 *
 * @param folder  goes in front of the file: "charts/x/", or ""
 * @param file    where it is when the message does not say
 */
void lint_add_error(struct lint *lint, enum lint_rule rule, const char *folder,
		    const char *file, const char *with, const struct err *err);

/** Sorts by file, line, column, then rule. */
void lint_sort(struct lint *lint);

void lint_done(struct lint *lint);

#endif
