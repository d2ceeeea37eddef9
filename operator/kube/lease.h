/*
 * Leases (coordination.k8s.io/v1) as client-go uses them for leader election:
 * whoever is named as its holder leads, and a write that was not preceded by a
 * look at what it overwrites is refused by the server.
 */
#ifndef KUBE_LEASE_H
#define KUBE_LEASE_H

#include "kube/client.h"

/* What a Lease says. */
struct kube_lease {
	char *holder;         /* owned; "" when nobody holds it */
	char *version;        /* owned: its resourceVersion */
	char *uid;            /* owned */
	int64_t duration_s;   /* how long it is valid unrenewed; 0: not said */
	int64_t transitions;  /* how often its holder has changed */
	struct val *acquired; /* acquireTime as it was written, or NULL */
};

void kube_lease_done(struct kube_lease *lease);
static inline void kube_lease_auto_(struct kube_lease *lease)
{
	kube_lease_done(lease);
}
#define AUTO_LEASE __attribute__((cleanup(kube_lease_auto_))) struct kube_lease

/* A Lease, and as whom it is written. All borrowed. */
struct kube_lease_name {
	const char *ns, *name;
	const char *identity;
};

/**
 * Reads a Lease into *out, which holds nothing.
 *
 * Errors: ERR_NOT_FOUND, those of kube_get()
 */
MUST_USE bool kube_lease_get(const struct kube_client *c,
			     const struct kube_lease_name *of,
			     struct kube_lease *out, struct err *err);

/**
 * Creates a Lease that is held by us.
 *
 * Errors: ERR_EXISTS, those of kube_create()
 */
MUST_USE bool kube_lease_create(const struct kube_client *c,
				const struct kube_lease_name *of,
				int64_t duration_s, struct kube_lease *out,
				struct err *err);

/**
 * Makes us the holder of a Lease, or says that we still are.
 *
 * @param seen  what it says as far as we know
 * Errors: ERR_CONFLICT when it says something else by now, ERR_NOT_FOUND,
 *         those of kube_patch()
 */
MUST_USE bool kube_lease_hold(const struct kube_client *c,
			      const struct kube_lease_name *of,
			      const struct kube_lease *seen, int64_t duration_s,
			      struct kube_lease *out, struct err *err);

/** Gives a Lease back, so that the next one need not wait. Errors as above. */
MUST_USE bool kube_lease_release(const struct kube_client *c,
				 const struct kube_lease_name *of,
				 const struct kube_lease *seen,
				 struct err *err);

/** Tells people by an Event of the Lease that we hold it. */
MUST_USE bool kube_lease_tell(const struct kube_client *c,
			      const struct kube_lease_name *of,
			      const struct kube_lease *lease, struct err *err);

#endif
