/*
 * Labels, annotations and names that releases use on the wire, in one place.
 * Sources: Helm pkg/action/validate.go and pkg/storage (release-*, owner=helm),
 * operator-sdk helm-operator (chart label, primary-resource, finalizer). Those
 * of hooks: chart/hook.h.
 */
#ifndef RELEASE_NAMES_H
#define RELEASE_NAMES_H

#define NAME_MANAGED_BY "app.kubernetes.io/managed-by"
#define NAME_MANAGER "Helm"
#define NAME_CHART_LABEL "helm.sdk.operatorframework.io/chart"
#define NAME_RELEASE_NAME "meta.helm.sh/release-name"
#define NAME_RELEASE_NAMESPACE "meta.helm.sh/release-namespace"
#define NAME_RESOURCE_POLICY "helm.sh/resource-policy"

/* Owner of an object that cannot carry an ownerReference: "namespace/name"
 * and "Kind.group" of the custom resource. */
#define NAME_PRIMARY "operator-sdk/primary-resource"
#define NAME_PRIMARY_TYPE "operator-sdk/primary-resource-type"

/* The same of a record, which is the owner's as long as it is this one. */
#define NAME_OWNER_UID "ide.example.com/owner-uid"

#define NAME_FINALIZER "helm.sdk.operatorframework.io/uninstall-release"
/* Its older name, which the hybrid helm-operator still has. */
#define NAME_FINALIZER_OLD "uninstall-helm-release"

/* Ours. The revision that created or last patched an object; on a record, the
 * digests of its manifest with and without workload sizes and of the user's
 * values, and why it failed for good. */
#define NAME_REVISION "ide.example.com/revision"
#define NAME_DIGEST "ide.example.com/digest"
#define NAME_FAILURE "ide.example.com/failure"
#define NAME_SHAPE_DIGEST "ide.example.com/shape-digest"
#define NAME_CONFIG_DIGEST "ide.example.com/config-digest"
/* On a pending record: who is at work (release/lock.h). */
#define NAME_LOCK "ide.example.com/lock"
/* On a record: how the hooks of its revision went (release/hook_runs.h). On an
 * object of a hook and on its pods: what it was created for, "EVENT/UID" with
 * the uid of that record. */
#define NAME_HOOKS "ide.example.com/hooks"
#define NAME_HOOK_RUN "ide.example.com/hook-run"
/* The release's name, fixed on the custom resource with the finalizer. */
#define NAME_RELEASE_FIXED "ide.example.com/release-name"
/* "true" on a custom resource: nothing is written but its status. */
#define NAME_PAUSED "ide.example.com/paused"
/* "true" on a custom resource: what would be done is told, and not done. */
#define NAME_PLAN "ide.example.com/plan"
/* "password": the key of a Secret that is filled when it is created. */
#define NAME_GENERATE "ide.example.com/generate"

/* On a custom resource, helm-operator's and the hybrid one's: see
 * controller/annotations.h. */
#define NAME_PERIOD "helm.sdk.operatorframework.io/reconcile-period"
#define NAME_UNINSTALL_WAIT "helm.sdk.operatorframework.io/uninstall-wait"
#define NAME_UPGRADE_FORCE "helm.sdk.operatorframework.io/upgrade-force"
#define NAME_ROLLBACK_FORCE "helm.sdk.operatorframework.io/rollback-force"
#define NAME_NO_INSTALL_HOOKS \
	"helm.sdk.operatorframework.io/install-disable-hooks"
#define NAME_NO_UPGRADE_HOOKS \
	"helm.sdk.operatorframework.io/upgrade-disable-hooks"
#define NAME_NO_DELETE_HOOKS \
	"helm.sdk.operatorframework.io/uninstall-disable-hooks"
#define NAME_INSTALL_TEXT "helm.sdk.operatorframework.io/install-description"
#define NAME_UPGRADE_TEXT "helm.sdk.operatorframework.io/upgrade-description"

#define NAME_RECORD_PREFIX "sh.helm.release.v1."
#define NAME_RECORD_TYPE "helm.sh/release.v1"

#endif
