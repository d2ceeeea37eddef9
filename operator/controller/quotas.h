/* Preflight of all that a redeploy adds, against the quotas that there are. */
#ifndef CONTROLLER_QUOTAS_H
#define CONTROLLER_QUOTAS_H

#include "controller/pass.h"

/**
 * Reads the quotas of each namespace that the plan adds objects to. Who may not
 * read them finds out by the creates.
 *
 * Errors: ERR_DENIED when one of them is too small; those of a list.
 */
MUST_USE bool quotas_check(struct pass *p, struct err *err);

#endif
