/*
 * What is there: the custom resource, its release's records and live objects,
 * from the stores; the old manifest by one GET, when a plan asks for it.
 */
#ifndef CONTROLLER_OBSERVE_H
#define CONTROLLER_OBSERVE_H

#include "controller/pass.h"

enum observed {
	OBSERVED,       /* the pass is filled */
	OBSERVED_GONE,  /* there is no such custom resource (any more) */
	OBSERVED_EARLY, /* a store is not complete: the key will come back */
	OBSERVED_ERROR  /* err is set */
};

/**
 * Fills the first part of a pass whose env, client and key are set, but for
 * the live objects: which of them are known depends on what is wanted.
 */
enum observed observe(struct pass *p, struct err *err);

/** Reads the live objects from the stores. */
void observe_live(struct pass *p);

/**
 * Fills p->noted with what the status remembers of the release. *watched is
 * false when a kind in it was not watched so far.
 */
MUST_USE bool observe_noted(struct pass *p, bool *watched, struct err *err);

/**
 * Whether the release is this custom resource's own, once its live objects
 * are known.
 *
 * Errors: ERR_EXISTS when its name belongs to somebody else.
 */
MUST_USE bool observe_ownership(struct pass *p, struct err *err);

/** What runs: the newest deployed record, else the newest one; NULL when there
 * is none. */
const struct plan_record *observe_running(const struct pass *p);

/**
 * Reads the manifest of the newest deployed record, or of the newest one, into
 * p->old, its hooks into p->old_hooks, and behind it that of a pending record which is given up. *watched
 * is false when a kind in it was not watched so far: its live objects are not
 * known then, and the key will come back. Of a record that is damaged or gone
 * nothing is known.
 */
MUST_USE bool observe_old(struct pass *p, bool *watched, struct err *err);

#endif
