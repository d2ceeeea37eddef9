/*
 * One pass: observe, render, plan, act, report. Gets only a key, reads the
 * state of the world, and moves it one stretch towards what is wanted.
 */
#ifndef CONTROLLER_RECONCILE_H
#define CONTROLLER_RECONCILE_H

#include "controller/pass.h"

/* What becomes of the key. */
struct outcome {
	enum plan_action action;
	unsigned steps;    /* that were carried out */
	bool rerun;        /* again at once */
	bool waiting;      /* events bring it back */
	int64_t wait_ms;   /* at the latest then; 0: in a while */
	bool gone;         /* there is no such custom resource */
	int64_t period_ms; /* come back then, should nothing happen */
	int64_t revision;
};

/**
 * @param failures  how many passes over this key have failed in a row; what
 *                  may mend itself is told in the status only after a few
 * Errors: whatever a part of the pass met; already reported in the status of
 * the custom resource as far as that was possible.
 */
MUST_USE bool reconcile(const struct pass_env *env,
			const struct kube_client *client, const char *key,
			unsigned failures, struct outcome *out,
			struct err *err);

/**
 * What a pass would do for a custom resource as given, which need not exist;
 * nothing is changed. *out is a description (release/describe.h), or NULL when
 * stores are not complete yet: ask again. The caller drops it.
 */
MUST_USE bool reconcile_preview(const struct pass_env *env,
				const struct kube_client *client,
				const char *key, const struct val *cr,
				struct val **out, struct err *err);

#endif
