/* The steps of a plan that write release records. Errors as of the API. */
#ifndef CONTROLLER_RECORDS_H
#define CONTROLLER_RECORDS_H

#include "controller/pass.h"

/** Creates the pending record of a new revision: the lock and inventory. */
MUST_USE bool records_pending(struct pass *p, int64_t revision,
			      struct err *err);

/** The pending record becomes the deployed one. */
MUST_USE bool records_deployed(struct pass *p, int64_t revision,
			       struct err *err);

/** The deployed record no longer tells the sizes of workloads. */
MUST_USE bool records_resizing(struct pass *p, int64_t revision,
			       struct err *err);

/** The deployed record tells new sizes of workloads. */
MUST_USE bool records_resized(struct pass *p, int64_t revision,
			      struct err *err);

/** The record of another operator becomes ours, and tells what is wanted,
 * which is what is live. */
MUST_USE bool records_adopt(struct pass *p, int64_t revision, struct err *err);

/** Marks a record as superseded. */
MUST_USE bool records_supersede(struct pass *p, int64_t revision,
				struct err *err);

/**
 * Marks a record as failed.
 *
 * @param failure  why trying it again is of no use; NULL: it was given up
 */
MUST_USE bool records_fail(struct pass *p, int64_t revision,
			   const char *failure, struct err *err);

/** Writes how the hooks of a revision went into its record. */
MUST_USE bool records_runs(struct pass *p, int64_t revision,
			   const struct val *runs, struct err *err);

/** Deletes a record; one that is gone is fine. */
MUST_USE bool records_forget(struct pass *p, int64_t revision, struct err *err);

#endif
