/*
 * Release records as Helm 3 and 4 read them: one Secret a revision, holding
 * base64(gzip(JSON)). Pure.
 *
 * Sources: Helm pkg/storage/driver/{secrets,util}.go, pkg/release/release.go.
 * Ours besides: annotations with the manifest's digests, by which a restart
 * compares without reading the body, and an ownerReference to the custom
 * resource when it lives in the same namespace.
 */
#ifndef RELEASE_RECORD_H
#define RELEASE_RECORD_H

#include "base/err.h"
#include "chart/chart.h"
#include "data/val.h"
#include "release/owner.h"

/* status, its text in labels and JSON (Helm pkg/release/status.go) */
#define RECORD_STATUSES(X)                    \
	X(UNKNOWN, "unknown")                 \
	X(DEPLOYED, "deployed")               \
	X(UNINSTALLED, "uninstalled")         \
	X(SUPERSEDED, "superseded")           \
	X(FAILED, "failed")                   \
	X(UNINSTALLING, "uninstalling")       \
	X(PENDING_INSTALL, "pending-install") \
	X(PENDING_UPGRADE, "pending-upgrade") \
	X(PENDING_ROLLBACK, "pending-rollback")

enum record_status {
#define X(name, text) RECORD_##name,
	RECORD_STATUSES(X)
#undef X
};

const char *record_status_text(enum record_status status);
bool record_is_pending(enum record_status status);

/* What the metadata of a record's Secret says. */
struct record_head {
	char *release;   /* owned */
	char *digest;    /* owned, "" when it does not say */
	char *shape;     /* owned, the same */
	char *config;    /* owned, the same, of the user's values */
	char *owner_uid; /* owned, "" when nobody owns it */
	char *lock;      /* owned, release/lock.h; "" when it has none */
	char *failure;   /* owned, why it failed for good, "" when not */
	char *uid;       /* owned, of the Secret */
	char *hooks;     /* owned, release/hook_runs.h; "" when none has run */
	int64_t revision;
	/* Unix time, 0: unknown. Its last change as told by who made it, and
	 * its creation as told by the API server. */
	int64_t written_s, created_s;
	enum record_status status;
};

/** Reads labels and annotations. False when obj is no record of a release. */
bool record_head_read(const struct val *secret, struct record_head *out);
void record_head_done(struct record_head *head);

/* A hook as a record tells of it. All borrowed. */
struct record_hook {
	const char *name;
	const char *kind;
	const char *path;    /* "devmachine/templates/job.yaml" */
	struct str manifest; /* YAML of the object, no mark before it */
	/* Lists of texts, as in the annotations: [pre-install, pre-upgrade].
	 * NULL: none. Helm fills in before-hook-creation when the first hook
	 * without a policy is run. */
	const struct val *events, *delete_policies, *log_policies;
	int64_t weight;
	int64_t started_ns, completed_ns; /* its last run; 0: not yet */
	const char *phase; /* of its last run: Succeeded; NULL: not yet */
};

/* What a new record says. All borrowed. */
struct record_spec {
	const struct owner *owner;
	const struct chart *chart;
	const bool *enabled; /* of each part of the chart; NULL: all */
	/* The chart's values, those of its subcharts among them, without the
	 * user's; NULL: those of values.yaml. */
	const struct val *defaults;
	int64_t revision;
	enum record_status status;
	int64_t first_deployed_ns; /* wall clock */
	int64_t last_deployed_ns;
	const char *description;
	/* Whose operation it is while it is pending (release/lock.h), told in
	 * the description and in an annotation; NULL: none. */
	const char *lock;
	struct str notes;
	struct str manifest;      /* as manifest_text() writes it */
	const struct val *config; /* the user's values only */
	const struct record_hook *hooks;
	size_t hook_count;
	const char *digest; /* of the manifest */
	const char *shape;  /* of the manifest without sizes */
};

/** The JSON of a record, as Helm 3 prints it. The caller drops it. */
MUST_USE struct val *record_new(const struct record_spec *spec);

/** Body as it is, but for status and description (NULL: kept). */
MUST_USE struct val *record_with_status(const struct val *body,
					enum record_status status,
					const char *description);

/** "sh.helm.release.v1.NAME.vN". The caller frees it. */
MUST_USE char *record_name(const char *release, int64_t revision);

/**
 * The Secret of a new record.
 *
 * Errors: ERR_LIMIT when the encoded body exceeds LIMIT_RECORD_BYTES, also
 *         without the chart's templates and files, which are left out first.
 */
MUST_USE bool record_secret(const struct record_spec *spec,
			    const struct val *body, int64_t now_ns,
			    struct val **out, struct err *err);

/** The merge patch that replaces a stored record's body, status, digests and
 * lock. */
MUST_USE bool record_patch(const struct val *body,
			   const struct record_spec *spec, int64_t now_ns,
			   struct val **out, struct err *err);

/** The same for a record that another operator has written: it gets its owner,
 * too. */
MUST_USE bool record_patch_adopted(const struct val *body,
				   const struct record_spec *spec,
				   int64_t now_ns, struct val **out,
				   struct err *err);

/**
 * The merge patch that changes only the status.
 *
 * @param body  as it is stored; NULL when it cannot be read: it stays so
 */
MUST_USE bool record_patch_status(const struct val *body,
				  enum record_status status, int64_t now_ns,
				  struct val **out, struct err *err);

/**
 * The merge patch for a record that failed.
 *
 * @param body     as of record_patch_status()
 * @param failure  why, when trying the same again is of no use; NULL: it was
 *                 given up, and the digest goes, so that nothing compares
 *                 equal to it any more
 */
MUST_USE bool record_patch_failed(const struct val *body, const char *failure,
				  int64_t now_ns, struct val **out,
				  struct err *err);

/**
 * The merge patch that takes the digest off a stored record, but not that of
 * its shape: whatever is wanted differs in size then. The caller drops it.
 */
MUST_USE struct val *record_patch_resizing(void);

/**
 * The body of a stored record: it has a map `info` and a map `chart`, and its
 * `manifest` is a text or left out, which Helm does when it is empty.
 *
 * Errors: ERR_INVALID when it cannot be decoded, ERR_LIMIT for a bomb. Nothing
 *         of what it holds is in the message.
 */
MUST_USE bool record_read(const struct val *secret, struct val **out,
			  struct err *err);

#endif
