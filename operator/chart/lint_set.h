/* The objects that one set of values renders, for lint to look at. */
#ifndef CHART_LINT_SET_H
#define CHART_LINT_SET_H

#include "base/vec.h"
#include "chart/lint_job.h"

struct lint_object {
	struct val *v;
	struct structure *s; /* where it was read from, and its document there */
	size_t doc;
	char *at; /* within the document: "", "/items/0" */
	bool own; /* of the chart itself, not of a subchart */
	char *group;
	/* Lent by v; "" what it does not say. */
	const char *version, *kind, *name; /* version: apiVersion as written */
};

struct lint_set {
	const struct lint_job *job;
	const char *with; /* "" the defaults, "preset a" */
	struct {
		VEC(struct lint_object);
	} objects;
};

/** Adds a finding at a JSON pointer of an object. */
void lint_object_say(const struct lint_set *set, const struct lint_object *o,
		     enum lint_rule rule, const char *pointer,
		     enum locate_what what, const char *fmt, ...)
	PRINTF_LIKE(6, 7);

/** What an object says of its pods, and where: a map with metadata and spec;
 * NULL for kinds that have none. */
const struct val *lint_pod_template(const struct lint_object *o,
				    const char **out_pointer);

/** Whether a kind of Kubernetes' own has pods of its own. */
bool lint_object_is(const struct lint_object *o, const char *group,
		    const char *kind);

/* What is looked at, in files of their own. */

/** One object: its names, labels, fields, apiVersion, Service ports. */
void lint_object(const struct lint_set *set, const struct lint_object *o);
/** The annotations of hooks. */
void lint_hook(const struct lint_set *set, const struct lint_object *o);
/** The pods of one object: containers, volumes, images, texts. */
void lint_pod(const struct lint_set *set, const struct lint_object *o);
/** What objects say of one another. */
void lint_links(const struct lint_set *set);

#endif
