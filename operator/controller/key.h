/* Keys of custom resources: "2/team-a/web", the number of the entry in
 * watches.yaml, namespace ("" for a cluster-scoped one) and name. */
#ifndef CONTROLLER_KEY_H
#define CONTROLLER_KEY_H

#include "base/attr.h"
#include "base/str.h"

/** The caller frees it. */
MUST_USE char *key_print(size_t entry, const char *namespace, const char *name);

/** Borrows from key; false for what key_print() does not print. */
bool key_parse(const char *key, size_t *entry, struct str *namespace,
	       struct str *name);

/** The number of the entry; 0 for what is no key. */
size_t key_entry(const char *key);

/** The "namespace/name" of a key. Borrowed from it. */
const char *key_object(const char *key);

#endif
