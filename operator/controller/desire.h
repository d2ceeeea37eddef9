/*
 * What is wanted: the values of a custom resource, and the objects that its
 * chart renders from them. Reads the stores, and sends nothing but discovery
 * and the definitions in crds/ (definitions.h).
 */
#ifndef CONTROLLER_DESIRE_H
#define CONTROLLER_DESIRE_H

#include "controller/pass.h"

/**
 * Fills values, manifest, want and the digests of a pass, or sets p->waiting
 * when a definition must be served before. The manifest is
 * rendered as the newest record's was, so that a chart which prints its
 * revision does not differ for ever; when it differs all the same beyond the
 * sizes of workloads, as the next revision's.
 *
 * Errors: ERR_NOT_FOUND with field "template" when nothing has the template's
 *         name; ERR_INVALID of the templates; ERR_NOT_FOUND of a kind; those
 *         of definitions_install().
 */
MUST_USE bool desire(struct pass *p, struct err *err);

/** Lays chart, template, spec and overrides into p->values. */
MUST_USE bool desire_values(struct pass *p, struct err *err);

/** The record that a pass compares with; NULL when there is none. */
const struct plan_record *desire_newest(const struct pass *p);

/** Whether any revision was deployed, now or before. */
bool desire_is_deployed(const struct pass *p);

/** What templates see of the cluster. */
struct chart_capabilities desire_capabilities(const struct pass *p);

#endif
