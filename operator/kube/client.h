/*
 * The verbs of the API, for any kind, over values.
 *
 * A client is two pointers and costs nothing; it belongs to the thread of its
 * transport. Writes are patches of what we own, never read-modify-PUT. Each
 * error names the object: "Deployment team-a/web: …"; see kube/status.h for
 * the kinds. All calls block for at most LIMIT_REQUEST_MS a request.
 */
#ifndef KUBE_CLIENT_H
#define KUBE_CLIENT_H

#include "kube/http.h"
#include "kube/kinds.h"

struct val;

/* Sends one request. Tests of the floors above put their own here. */
struct kube_transport {
	bool (*send)(void *ctx, const struct http_request *req,
		     struct http_response *out, struct err *err);
	void *ctx;
};

struct kube_client {
	struct kube_transport transport;
	struct kube_kinds *kinds; /* shared by all clients; for kube_find_kind */
	const char *as;           /* user to impersonate in writes, or NULL */
};

/** A client over a connection; both are borrowed. */
struct kube_client kube_client_of(struct kube_conn *conn,
				  struct kube_kinds *kinds);

/* Which object. Texts are borrowed. */
struct kube_ref {
	const struct kube_kind *kind;
	const char *ns;   /* NULL or "" for a kind without namespaces */
	const char *name; /* NULL or "" where the object brings it (create) */
};

/**
 * Finds a kind, asking the server when it is not known.
 *
 * Errors: ERR_NOT_FOUND "no kind X in apiVersion Y on this server (is its
 *         CRD installed?)"; those of a GET.
 */
MUST_USE bool kube_find_kind(const struct kube_client *c,
			     const char *api_version, const char *kind,
			     const struct kube_kind **out, struct err *err);

/**
 * @param out  receives the object; the caller's to unref
 * Errors: those of kube/status.h, but never ERR_INVALID for an answer: that
 *         would be taken for the last word on an object
 */
MUST_USE bool kube_get(const struct kube_client *c, const struct kube_ref *ref,
		       struct val **out, struct err *err);

struct kube_list {
	const struct kube_kind *kind;
	const char *ns;     /* NULL or "": all namespaces */
	const char *labels; /* selector, or NULL */
	const char *fields; /* selector, or NULL */
	bool metadata_only; /* items are PartialObjectMetadata */
	int page_items;     /* 0: LIMIT_PAGE_ITEMS */
};

#define KUBE_ACCEPT_METADATA \
	"application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1"
#define KUBE_ACCEPT_METADATA_LIST \
	"application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1"

/** Appends the query of a list's page; more is "" or a continue token. */
void kube_list_query(struct buf *target, const struct kube_list *list,
		     const char *more);

/**
 * Lists page by page, one callback per item, which lacks apiVersion and kind.
 * When the server forgets the list half-way (410) it is read anew from its
 * start once, and restart() is called so that the owner drops what it has.
 *
 * @param item     false, with err set, ends the list with this error
 * @param restart  may be NULL: then a 410 half-way is an error
 */
MUST_USE bool kube_list(const struct kube_client *c,
			const struct kube_list *list,
			bool (*item)(void *ctx, const struct val *item,
				     struct err *err),
			void (*restart)(void *ctx), void *ctx, struct err *err);

enum kube_validation {
	KUBE_VALIDATION_DEFAULT, /* the server's: Warn */
	KUBE_VALIDATION_IGNORE,
	KUBE_VALIDATION_WARN,
	KUBE_VALIDATION_STRICT /* unknown and duplicate fields: ERR_INVALID */
};

enum kube_patch_type {
	KUBE_PATCH_MERGE, /* RFC 7386 */
	KUBE_PATCH_JSON,  /* RFC 6902 */
	KUBE_PATCH_APPLY  /* server-side apply; creates the object as well */
};

/* Options of create and patch. Zero means: the default. */
struct kube_write {
	bool dry_run; /* the server validates and admits, and stores nothing */
	bool force;   /* apply: take fields over from other managers */
	enum kube_validation validation;
	const char *subresource; /* "status", "scale"; NULL or "": the object */
	const char *manager;     /* NULL: "devmachine-operator" */
};

/**
 * Creates an object.
 *
 * @param opt  may be NULL
 * @param out  receives what the server stored; may be NULL: not wanted
 * Errors: ERR_EXISTS, and those of kube/status.h
 */
MUST_USE bool kube_create(const struct kube_client *c,
			  const struct kube_ref *ref, const struct val *object,
			  const struct kube_write *opt, struct val **out,
			  struct err *err);

/** Patches an object; parameters as of kube_create(). */
MUST_USE bool kube_patch(const struct kube_client *c,
			 const struct kube_ref *ref, enum kube_patch_type type,
			 const struct val *patch, const struct kube_write *opt,
			 struct val **out, struct err *err);

enum kube_propagation {
	KUBE_PROPAGATION_DEFAULT, /* the kind's */
	KUBE_FOREGROUND,          /* dependents first */
	KUBE_BACKGROUND,          /* dependents later */
	KUBE_ORPHAN               /* dependents stay */
};

struct kube_delete {
	enum kube_propagation propagation;
	const char *uid;              /* precondition, or NULL */
	const char *resource_version; /* precondition, or NULL */
	bool dry_run;
};

/**
 * Deletes an object. That it succeeds does not mean that the object is gone:
 * it may wait for its finalizers or its dependents.
 *
 * @param opt  may be NULL
 * @param out  receives the object, when it is still there, or a Status; may
 *             be NULL
 * Errors: ERR_NOT_FOUND  it is gone: this proves its absence
 *         ERR_CONFLICT   a precondition does not hold
 */
MUST_USE bool kube_delete(const struct kube_client *c,
			  const struct kube_ref *ref,
			  const struct kube_delete *opt, struct val **out,
			  struct err *err);

/**
 * For crash tests: the process kills itself after the answer to the n-th
 * get, create, patch or delete from now on; 0: never. Does something only
 * when compiled with -DFAULT_HOOK.
 */
void kube_fault_after(unsigned n);

#endif
