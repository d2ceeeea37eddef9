/*
 * Carries out the steps of a plan, one request after the other, until one must
 * wait for the cluster. Each step is idempotent and named deterministically:
 * the process may be killed between any two requests.
 */
#ifndef CONTROLLER_ACT_H
#define CONTROLLER_ACT_H

#include "controller/pass.h"

/**
 * Sets p->waiting when the plan's end was not reached, and p->rerun when what
 * would be waited for has already happened.
 *
 * Errors: ERR_EXISTS when an object belongs to somebody else, naming whom;
 *         those of the API.
 */
MUST_USE bool act(struct pass *p, struct err *err);

#endif
