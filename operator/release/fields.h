/*
 * Who wrote which field of a live object: metadata.managedFields, as two
 * trees of paths (FieldsV1, sigs.k8s.io/structured-merge-diff). Pure.
 *
 * "Ours" is what we wrote, Helm, one of Kubernetes' own controllers, or
 * whoever reports the object's status, which is the controller of its kind;
 * "theirs" is what anybody else wrote.
 */
#ifndef RELEASE_FIELDS_H
#define RELEASE_FIELDS_H

#include "data/val.h"

#include <stdint.h>

/* The manager of all our requests. */
#define FIELDS_MANAGER "devmachine-operator"

/* Both trees of an object. NULL: nothing. */
struct fields_trees {
	struct val *theirs, *ours;
};

/** Reads a live object's managedFields; what is malformed says nothing. */
void fields_read(const struct val *live, struct fields_trees *out);
void fields_done(struct fields_trees *trees);

/* Both trees at one place of the object. NULL: nothing at or below it. */
struct fields {
	const struct val *theirs, *ours;
};

/** The trees at an entry of a map. Below what was written as a whole, all is
 * of who wrote it. */
struct fields fields_key(struct fields at, struct str key);

/** The same at an item of a list, by the name that it has there, such as
 * k:{"containerPort":80,"protocol":"TCP"} or v:"text". */
struct fields fields_item(struct fields at, struct str name);

/** The name of one of a list's items, for how its items are named: empty when
 * they are not. */
struct str fields_any_item(struct fields at);

/** Whether others put here what is here, and we did not. */
bool fields_are_theirs(struct fields at);

/** When we last wrote a live object, Unix time in seconds as the server tells
 * it; 0: it does not. */
int64_t fields_written_s(const struct val *live);

#endif
