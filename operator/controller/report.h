/*
 * Tells the outcome of a pass: the status subresource, patched only when it
 * differs, and an Event for what was done or went wrong.
 */
#ifndef CONTROLLER_REPORT_H
#define CONTROLLER_REPORT_H

#include "controller/pass.h"
#include "controller/status.h"

/**
 * Reports a pass. Errors of the report itself are those of the API; a custom
 * resource that is gone meanwhile is none.
 *
 * @param outcome  error of the pass, ERR_NONE when it went well; borrowed
 */
MUST_USE bool report(struct pass *p, enum status_stage stage,
		     const struct err *outcome, struct err *err);

#endif
