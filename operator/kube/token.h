/*
 * A credential that may change while we run: fixed, read from a file, or
 * bought from an exec plug-in. Any thread; when several ask at once one of
 * them fetches and the others wait for it, for at most LIMIT_EXEC_MS.
 */
#ifndef KUBE_TOKEN_H
#define KUBE_TOKEN_H

#include "base/attr.h"
#include "base/err.h"

#include <stdbool.h>
#include <stdint.h>

struct kube_exec;

/* What one fetch gave. Never changed; shared by counting. */
struct kube_cred {
	char *token;      /* bearer token, or NULL */
	char *cert_pem;   /* client certificate of a plug-in, or NULL */
	char *key_pem;    /* NULL exactly when cert_pem is */
	int64_t until_ns; /* wall time at which it ends; 0: not known */
	unsigned uses;    /* guarded by the lock of its token */
};

struct kube_token;

/** Takes nothing: copies the text. */
MUST_USE struct kube_token *kube_token_fixed(const char *text);
/** Read again when older than a minute, as the kubelet rotates it. */
MUST_USE struct kube_token *kube_token_file(const char *path);
/** @param take  the plug-in; freed with the token */
MUST_USE struct kube_token *kube_token_exec(struct kube_exec *take);

/**
 * The credential to use now; give it back with kube_token_put(). A file that
 * cannot be read, or a plug-in that fails, while the last credential is not
 * known to be refused, gives the last one.
 *
 * Errors: of the file or the plug-in.
 */
MUST_USE bool kube_token_get(struct kube_token *t, const struct kube_cred **out,
			     struct err *err);
void kube_token_put(struct kube_token *t, const struct kube_cred *cred);

/**
 * Says that the API server answered 401 to cred. Returns whether the next
 * kube_token_get() may give another one, so that a second try makes sense.
 */
bool kube_token_refused(struct kube_token *t, const struct kube_cred *cred);

/** Frees and wipes. NULL is allowed. */
void kube_token_free(struct kube_token *t);
DEFINE_AUTO(struct kube_token *, kube_token_free)

#endif
