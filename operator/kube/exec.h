/*
 * Credential plug-ins (client.authentication.k8s.io/v1 and v1beta1): a
 * program named by the kubeconfig that prints an ExecCredential. It is
 * started by its argument list, never by a shell, and without a terminal.
 */
#ifndef KUBE_EXEC_H
#define KUBE_EXEC_H

#include "base/attr.h"
#include "base/err.h"

#include <stdbool.h>

struct val;
struct kube_cred;
struct kube_config;
struct kube_exec;

/**
 * Reads a user's `exec` map.
 *
 * @param spec    borrowed
 * @param dir     directory of the kubeconfig: a command with a '/' is
 *                relative to it
 * @param config  server, authority, name and proxy are copied from it for
 *                `provideClusterInfo`
 * @param extension  the cluster's extension for plug-ins; may be NULL
 * Errors: ERR_INVALID naming the field.
 */
MUST_USE bool kube_exec_new(const struct val *spec, const char *dir,
			    const struct kube_config *config,
			    const struct val *extension, struct kube_exec **out,
			    struct err *err);

/**
 * Runs the plug-in and waits for it, for at most timeout_ms; then it is
 * killed. What it writes to stderr is passed on to ours.
 *
 * Errors: ERR_UNAVAILABLE  could not be started, failed, or took too long
 *         ERR_INVALID      printed no credential
 *         ERR_LIMIT        printed more than LIMIT_EXEC_BYTES
 */
MUST_USE bool kube_exec_run(const struct kube_exec *e, int timeout_ms,
			    struct kube_cred *out, struct err *err);

/** NULL is allowed. */
void kube_exec_free(struct kube_exec *e);
DEFINE_AUTO(struct kube_exec *, kube_exec_free)

#endif
