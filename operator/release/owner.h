/*
 * Whose an object is: what a release puts on its objects, and how it is read
 * back. Pure. Keys: release/names.h; rules: Helm pkg/action/validate.go,
 * helm-operator's ownerReferences.
 */
#ifndef RELEASE_OWNER_H
#define RELEASE_OWNER_H

#include "chart/hook.h"
#include "data/val.h"

/* The custom resource that a release belongs to, and the release. All texts
 * are borrowed and outlive the struct's users. */
struct owner {
	const char *api_version;
	const char *kind;
	const char *namespace; /* of the custom resource */
	const char *name;
	const char *uid;
	const char *release;           /* the release's name */
	const char *release_namespace; /* where its records and objects are */
	const char *chart;             /* the chart's name */
};

/**
 * A rendered object as it is sent: with the labels and annotations of the
 * release and the revision that writes it, and an ownerReference; an object
 * that outlives its owner (kept, or in another namespace) gets annotations
 * in its place. Pod templates get chart label and owner too, so that pods
 * can be watched and belong to the release by themselves; but not at revision
 * 0, which is what another operator has made: it is compared as it is, and
 * pods that run need not be made anew.
 */
MUST_USE struct val *owner_stamp(const struct owner *owner, int64_t revision,
				 const struct val *obj);

/**
 * What the object of a hook was created for: "pre-install/UID". The revision
 * would not do, since a release that is installed again begins at 1. The
 * caller frees it.
 */
MUST_USE char *owner_hook_run(enum hook_event event, const char *record_uid);

/**
 * A rendered object of a hook as it is sent: as above, and with what it is
 * created for, on the object and on its pods. At the events of a deletion it
 * gets no ownerReference: the garbage collector would delete it before it has
 * run when the owner is deleted in the foreground. Nor does what no update
 * deletes: a claim that a hook has made outlives the release, as with Helm.
 */
MUST_USE struct val *owner_stamp_hook(const struct owner *owner,
				      int64_t revision, enum hook_event event,
				      const char *record_uid,
				      const struct val *obj);

/** A controller reference to the owner, as metadata.ownerReferences. */
MUST_USE struct val *owner_references(const struct owner *owner);

/** Annotations that tell the owner where no reference can. */
void owner_set_primary(const struct owner *owner, struct val_map *annotations);

/** Whether a live object belongs to this release of this owner. */
bool owner_has(const struct owner *owner, const struct val *live);

/** Whether it is of this release as Helm has it (pkg/action/validate.go), and
 * no owner's: a person's helm has made it, or somebody has taken it off us. */
bool owner_may_claim(const struct owner *owner, const struct val *live);

/**
 * Who else a live object belongs to, for people: `Deployment web`, `release
 * "x" in namespace "y"`, or `nobody that is known`. The caller frees it.
 */
MUST_USE char *owner_describe(const struct val *live);

/** The revision that wrote a live object; 0 when it does not say. */
int64_t owner_revision(const struct val *live);

/** What a live object says of that; "" for no hook's. */
const char *owner_run(const struct val *live);

/** Whether an object's policy is to stay when its release goes. */
bool owner_is_kept(const struct val *obj);

/** The group of an apiVersion: "ide.example.com" of "ide.example.com/v1", ""
 * of "v1". Borrowed from it. */
struct str owner_group(const char *api_version);

#endif
