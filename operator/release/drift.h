/*
 * Whether a live object is still what was rendered, field by field. Pure.
 *
 * Drift is a rendered path whose live value means something else or is gone,
 * and a path beside metadata and status that others added
 * (release/fields.h). What the server adds, controllers write, or is written
 * differently but means the same is none: release/drift_rules.h. Items of a
 * list that the API names by keys are compared by name, in any order.
 *
 * Not decided here: the annotation NAME_REVISION and a claim's storage, which
 * the plan compares.
 */
#ifndef RELEASE_DRIFT_H
#define RELEASE_DRIFT_H

#include "data/val.h"

enum drift_kind {
	DRIFT_CHANGED, /* the live value is another */
	DRIFT_MISSING, /* there is none */
	DRIFT_ADDED    /* nobody asked for it */
};

/* Values may be a Secret's: who shows them must look at the object's kind. */
struct drift_finding {
	char *path; /* spec.containers[name=web].image, data[app.conf] */
	enum drift_kind kind;
	const struct val *want; /* NULL when it was added */
	const struct val *live; /* NULL when it is missing */
};

/** Owns its findings and, in `want` and `live`, what they borrow from. */
struct drift {
	struct drift_finding *items; /* at most LIMIT_DRIFT_FINDINGS */
	size_t count, cap;
	bool more;          /* there were more */
	struct val *want;   /* of a Secret with all in `data` */
	struct val *live;   /* as given */
	struct val *mended; /* live without the drift; equal when none */
};

/* Who decides how many replicas a workload has. */
enum drift_scaler {
	DRIFT_SCALER_NONE,
	DRIFT_SCALER_AUTO /* an autoscaler: spec.replicas is not compared */
};

/**
 * Compares a rendered object, stamped as it was sent (release/owner.h), with
 * what the server returned. Fills a zeroed struct; drift_done() after.
 */
void drift_find(const struct val *want, const struct val *live,
		enum drift_scaler scaler, struct drift *out);
void drift_done(struct drift *drift);

/** A rendered object as the server stores it: a Secret's stringData becomes
 * data. New reference. */
MUST_USE struct val *drift_stored(const struct val *want);

/** Whether there is drift, and only of size (release/size.h). */
bool drift_is_size(const struct drift *drift);

/**
 * The JSON patch (RFC 6902) that puts the object back in place, if it still
 * has its uid and each list that is replaced is as it was. The caller drops
 * it.
 */
MUST_USE struct val *drift_patch(const struct drift *drift);

/** "changed", "missing", "added". */
const char *drift_kind_text(enum drift_kind kind);

static inline void drift_auto_(struct drift *drift)
{
	drift_done(drift);
}
#define AUTO_DRIFT __attribute__((cleanup(drift_auto_))) struct drift

#endif
