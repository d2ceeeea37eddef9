/*
 * The objects of a manifest made ready for a plan: each with the kind that the
 * server knows it by, its namespace filled in, an id, in install order.
 */
#ifndef CONTROLLER_ITEMS_H
#define CONTROLLER_ITEMS_H

#include "controller/pass.h"

/**
 * Fills zeroed items.
 *
 * @param ns       namespace of objects that name none
 * @param lenient  leave out objects whose kind the server does not know (any
 *                 more): nothing of them can be live
 * Errors: ERR_NOT_FOUND for an unknown kind, those of discovery.
 */
MUST_USE bool items_make(const struct kube_client *client,
			 const struct manifest *manifest, const char *ns,
			 bool lenient, struct pass_items *out, struct err *err);

/**
 * Digests of the items, with and without the sizes of workloads. What a
 * chart's order of templates does to the order of items does not matter.
 */
void items_digest(const struct pass_items *items,
		  char digest[DIGEST_TEXT_BYTES],
		  char shape[DIGEST_TEXT_BYTES]);

/** The kind of an item. */
const struct kube_kind *items_kind(const struct pass_items *items,
				   const struct plan_item *item);

/** Starts the watches of all kinds; false while one is not complete. */
bool items_are_watched(const struct pass_items *items, struct sources *s);

void items_done(struct pass_items *items);

#endif
