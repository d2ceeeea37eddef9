/*
 * The objects of a manifest made ready for a plan: each with the kind that the
 * server knows it by, its namespace filled in, and an id; in the order of the manifest.
 */
#ifndef CONTROLLER_OBJECTS_H
#define CONTROLLER_OBJECTS_H

#include "controller/pass.h"

/**
 * Fills zeroed items.
 *
 * @param ns       namespace of objects that name none
 * @param lenient  leave out objects whose kind the server does not know (any
 *                 more): nothing of them can be live. Else such a kind may
 *                 be one that the manifest itself defines: it is coming
 * Errors: ERR_NOT_FOUND for an unknown kind, those of discovery.
 */
MUST_USE bool objects_make(const struct kube_client *client,
			   const struct manifest *manifest, const char *ns,
			   bool lenient, struct pass_objects *out,
			   struct err *err);

/**
 * Adds an object of which only apiVersion, kind, namespace and name are known
 * (controller/inventory.h). One whose kind is not known is left out.
 */
MUST_USE bool objects_add(const struct kube_client *client,
			  const struct val *entry, struct pass_objects *out,
			  struct err *err);

/**
 * As objects_make() for the hooks of a manifest. Nothing is asked about those
 * that are only tests, which the operator does not run.
 */
MUST_USE bool objects_make_hooks(const struct kube_client *client,
				 const struct manifest *manifest,
				 const char *ns, bool lenient,
				 struct pass_hooks *out, struct err *err);

/** A digest of the hooks. */
void objects_hooks_digest(const struct pass_hooks *hooks,
			  char digest[DIGEST_TEXT_BYTES]);

/** The events that there are hooks for, 1 << enum hook_event. */
unsigned objects_hook_events(const struct pass_hooks *hooks);

/**
 * Digests of the items, with and without the sizes of workloads. What a
 * chart's order of templates does to the order of items does not matter.
 */
void objects_digest(const struct pass_objects *items,
		    char digest[DIGEST_TEXT_BYTES],
		    char shape[DIGEST_TEXT_BYTES]);

/** The item of an id; NULL when there is none. */
const struct plan_item *objects_find(const struct pass_objects *items,
				     const char *id);

/** The kind of an item. */
const struct kube_kind *objects_kind(const struct pass_objects *items,
				     const struct plan_item *item);

/** Starts the watches of all kinds that are served; false while one is not
 * complete. */
bool objects_are_watched(const struct pass_objects *items, struct sources *s);

/** The same of a manifest's objects and its hooks. */
bool objects_all_watched(const struct pass_objects *items,
			 const struct pass_hooks *hooks, struct sources *s);

void objects_done(struct pass_objects *items);
void objects_hooks_done(struct pass_hooks *hooks);

#endif
