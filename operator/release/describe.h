/*
 * What a plan comes to, for people: a value that goes into a status, and lines
 * of text. Pure.
 *
 *   action    redeploy             as plan_action_text()
 *   revision  3                    that is or becomes deployed
 *   objects   - {apiVersion kind namespace name, change: recreate,
 *                fields: [{path change from to}]}
 *   more      7                    objects that were left out
 *   pending   true                 what is wanted waits for the user
 *   unbound   id                   of a claim that grows once it is bound
 *
 * `change` of an object is create, delete, recreate, patch, scale or grow;
 * what stays as it is is not told. Of a field it is changed, added (it is
 * live, or will be) or removed. Values are JSON, cut when they are long; those
 * of Secrets are "***".
 */
#ifndef RELEASE_DESCRIBE_H
#define RELEASE_DESCRIBE_H

#include "base/buf.h"
#include "release/plan.h"

/**
 * The caller drops it.
 *
 * @param live  the live objects whose fields are to be told, as a map from id;
 *              of others only the change is
 * @param most  how many objects are told
 */
MUST_USE struct val *describe_plan(const struct plan_input *in,
				   const struct plan *plan,
				   const struct val *live, size_t most);

/** Whether the plan changes anything. */
bool describe_is_change(const struct val *description);

/** The same as text: one line an object, one indented line a field. */
void describe_text(const struct val *description, struct buf *out);

/** Whether a step's live object is to be in `live`. */
bool describe_wants_live(const struct step *step);

#endif
