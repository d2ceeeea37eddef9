/*
 * What the stores remember of an object, as compact JSON text. Pure.
 *
 * Custom resources and template objects are kept whole but for managedFields.
 * Of an object of a release:
 *   id kind name uid rev    as in release/plan.h
 *   live                    its digest (release/live.h)
 *   del keep reaps          true, or left out
 *   finalizer               the first, of an object that is being deleted
 *   storage                 of a claim
 *   health                  what health.c looks at, by kind; left out for
 *                           kinds without any, and for objects of hooks
 *   run                     of a hook: as in release/hook_plan.h, and of its
 *   state message started   end; left out for all others
 *   completed
 * Of a record: the fields of struct record_head; lock and created only of
 * those that are at work, failure and hooks only where there are any.
 */
#ifndef CONTROLLER_SUMMARY_H
#define CONTROLLER_SUMMARY_H

#include "controller/watches.h"
#include "data/val.h"

/** metadata.namespace "/" metadata.name. The caller frees it. */
MUST_USE char *summary_key(const struct val *object);

/** metadata.resourceVersion as a number; 0 when it is none. */
uint64_t summary_version(const struct val *object);

/** The text of a summary as a value. The caller drops it. */
MUST_USE struct val *summary_whole(const struct val *object);
MUST_USE struct val *summary_live(const char *api_version, const char *kind,
				  const struct val *item);
/** NULL when the object is no record. */
MUST_USE struct val *summary_record(const struct val *secret);

/** Reads a summary back. The caller drops it. */
MUST_USE struct val *summary_read(const struct val *text);
/** The same of an object of a release: id, kind and name come from where it
 * is kept. */
MUST_USE struct val *summary_read_live(const char *api_version,
				       const char *kind, struct str key,
				       const struct val *text);

/** Puts those of objects into the order of their ids: what is said of several
 * must not depend on which of them was seen first. */
void summary_sort(struct val_list *list);

/**
 * The key of the custom resource that an object belongs to, by its
 * ownerReferences or annotations. The caller frees it; "" when there is none.
 */
MUST_USE char *summary_owner(const struct watches *watches,
			     const struct val *object);

/** "group/Kind/namespace/name". The caller frees it. */
MUST_USE char *summary_id(const char *api_version, const char *kind,
			  const char *namespace, const char *name);

#endif
