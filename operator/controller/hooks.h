/*
 * Runs the hooks of one event, as far as that goes in one pass: carries out
 * what release/hook_plan.h decides. What has happened stands in the record
 * before anything relies on it, so the process may be killed between any two
 * requests.
 *
 * A hook of an install or an upgrade that fails makes the revision fail. One
 * of pre-delete holds the uninstall up: it runs again after ten minutes, or
 * when the custom resource has changed. An annotation leaves the hooks of an
 * install, an upgrade or a deletion out (controller/annotations.h). One of post-delete or of a rollback is told, and all goes on. In a
 * namespace that is being terminated there are no hooks of a deletion.
 */
#ifndef CONTROLLER_HOOKS_H
#define CONTROLLER_HOOKS_H

#include "controller/pass.h"

/**
 * Carries out STEP_HOOKS. Sets p->waiting or p->rerun when the event is not
 * over: nothing else may be done then.
 *
 * Errors: ERR_INVALID, and p->hook_failed, for a hook that has failed; those
 *         of the API.
 */
MUST_USE bool hooks_run(struct pass *p, const struct step *s, struct err *err);

/** Has the server judge the hooks of an upgrade. Errors as of check_item(). */
MUST_USE bool hooks_check(struct pass *p, const struct step *s,
			  struct err *err);

/** Whether the hooks that are wanted differ from those that have run for the
 * newest revision, which is not deployed. */
bool hooks_have_changed(struct pass *p);

/** How the hooks of a revision went, as its record tells. Borrowed from p. */
const struct val *hooks_runs(struct pass *p, int64_t revision);

#endif
