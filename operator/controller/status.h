/*
 * The status of a custom resource, from what a pass saw and did. Pure.
 *
 * The engine gives phase, message, startedAt, observedGeneration, release,
 * plan and conditions; the chart's status.yaml gives the rest and cannot override
 * these. Conditions: Ready, Reconciling, Stalled (kstatus), and helm-operator's
 * Initialized, Deployed, ReleaseFailed, Irreconcilable; Drifted, while drift
 * is told and not mended; and Warning, while an annotation is of no use.
 *
 * Where the chart says nothing of its own (in->plain), the status has what
 * helm-operator's users read: NOTES.txt as the message of Deployed, and
 * deployedRelease.name. The manifest is never told, for it may hold Secrets.
 */
#ifndef CONTROLLER_STATUS_H
#define CONTROLLER_STATUS_H

#include "base/err.h"
#include "controller/health.h"
#include "data/val.h"

/* Which part of a pass failed; decides the reason of an error. */
enum status_stage {
	STATUS_OBSERVE,
	STATUS_DESIRE,
	STATUS_ACT,
	STATUS_HOOK, /* a hook has failed */
	STATUS_GROW  /* all is done, but a claim does not grow */
};

struct status_input {
	const struct val *cr;
	bool deleting;
	const char *held; /* an annotation that held it back; NULL: none */
	const struct val *plan;  /* what would be done, when it was asked for */
	bool waiting;            /* steps are still to come */
	const char *awaited;     /* what for, a sentence; NULL: nothing known */
	const struct err *err;   /* ERR_NONE: nothing failed */
	enum status_stage stage; /* of the error */
	bool deployed;           /* the newest record is deployed */
	bool pending;            /* what is wanted waits for the user */
	int64_t revision;        /* of that record, 0: none */
	const char *release;
	const char *chart;  /* "devmachine-0.1.0" */
	const char *digest; /* of the manifest, "" unknown */
	/* Of the release, as in controller/inventory.h; NULL: as they were. */
	const struct val *objects;
	const char *drift; /* what of them has drifted and stays so, or NULL */
	const char *warning;         /* what is passed over, or NULL */
	bool plain;                  /* the chart has no status.yaml */
	const char *notes;           /* its NOTES.txt; NULL: not rendered */
	const struct health *health; /* NULL: not looked at */
	const struct val *extra;     /* from the chart; map or NULL */
	int64_t now_ns;              /* wall clock */
};

/** The new status. The caller drops it. */
MUST_USE struct val *status_make(const struct status_input *in);

/** UpperCamelCase reason of an error, for conditions and events. Constant. */
const char *status_reason(enum status_stage stage, const struct err *err);

/** Whether only a change of input can mend an error: then it is Stalled. */
bool status_is_stalled(const struct err *err);

/**
 * What a pass ends with that has failed, or could not tell how it went, or
 * both: *out receives one of the two. What was not told is tried again soon,
 * even where nothing but a change can mend the failure: until then people go
 * by what the status said before.
 */
void status_outcome(struct err *failure, struct err *unsaid, struct err *out);

#endif
