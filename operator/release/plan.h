/*
 * What is to be done for one release, decided from what is wanted, recorded
 * and live. Pure: no network, no clock. A plan says what remains to be done,
 * so a pass that was interrupted anywhere is continued by the next one.
 *
 * An object belongs to a revision: the one whose install or redeploy created
 * or last patched it (annotation NAME_REVISION). During a redeploy to
 * revision N, what belongs to an earlier one and is not kept is deleted; what
 * belongs to N is done. A rollback to revision N treats later ones so.
 */
#ifndef RELEASE_PLAN_H
#define RELEASE_PLAN_H

#include "base/vec.h"
#include "release/plan_input.h"

enum plan_action {
	PLAN_NOTHING,
	PLAN_INSTALL,
	PLAN_REDEPLOY,
	PLAN_PATCH, /* a redeploy of nothing but what is never deleted */
	PLAN_SCALE,
	PLAN_REPAIR,   /* what is missing or has drifted is put back */
	PLAN_RECOVER,  /* records were lost: they are written anew */
	PLAN_ADOPT,    /* a release of another operator, which is what is wanted
			* already: its record becomes ours */
	PLAN_ROLLBACK, /* the newest revision failed: what is deployed is put
			* back, or what an install has made is taken away */
	PLAN_UNINSTALL
};

enum step_kind {
	STEP_CLAIM,       /* finalizer and release name on the CR */
	STEP_CHECK,       /* have the server judge item, changing nothing */
	STEP_CHECK_ALL,   /* the same of all that is created together */
	STEP_CHECK_HOOKS, /* the same of the hooks of an upgrade */
	STEP_PENDING,     /* create record `revision` as pending */
	STEP_ABANDON,     /* mark pending record `revision` as failed */
	STEP_PATCH,       /* patch live item to what is wanted */
	STEP_MEND,        /* patch away the drift of live item */
	STEP_RESIZING,    /* take the digest off record `revision`: from here on
			  * nobody knows what sizes are live */
	STEP_SCALE,       /* patch the size of live item */
	STEP_GROW,        /* patch the storage that claim `live` asks for */
	STEP_RETAIN,      /* have StatefulSet `live` keep its claims */
	STEP_DELETE,      /* delete live `live` */
	STEP_CHECK_GONE,  /* prove that old item is absent, else delete it */
	STEP_WAIT,        /* end the pass: events will continue it */
	STEP_CREATE,      /* create item */
	STEP_HOOKS,       /* run what is left of the hooks of `event`; ends the
			  * pass until all have ended. Record `revision`
			  * tells how they go */
	STEP_DEPLOYED,    /* mark record `revision` as deployed */
	STEP_ADOPT,       /* make record `revision`, somebody else's, ours */
	STEP_RESIZED,     /* put the wanted manifest into record `revision` */
	STEP_SUPERSEDE,   /* mark record `revision` as superseded */
	STEP_FORGET,      /* delete record `revision` */
	STEP_DISCLAIM     /* take the finalizer off the CR */
};

struct step {
	enum step_kind kind;
	int64_t revision;             /* of the record, or of the object */
	enum hook_event event;        /* of STEP_HOOKS */
	const struct plan_item *item; /* borrowed from the input */
	const struct plan_live *live; /* borrowed from the input */
};

struct plan {
	enum plan_action action;
	int64_t revision; /* the revision that is or becomes deployed */
	/* What is wanted waits for the user; steps are about old items. */
	bool pending;
	/* The newest revision has failed for good: it stays so until another
	 * one is wanted, or in->retry. */
	bool failed;
	/* A claim that is to grow once it is bound; NULL: none. */
	const struct plan_live *unbound;
	/* One that has drifted, and can neither be patched nor deleted. */
	const struct plan_live *stuck;
	/* The steps cannot be told without the old manifest: read it, set
	 * old_known and plan again. No steps then. */
	bool need_old;
	/* The same without what live objects whose drift is unknown are like:
	 * compare them with what is wanted and plan again. No steps then. */
	bool need_live;
	/* The steps deploy, and do not tell whether all that was there before
	 * them is as it should be: plan again when they are done. */
	bool unsure;
	VEC(struct step) steps;
};

/** Fills a zeroed plan. The input must outlive it. */
void plan_make(const struct plan_input *in, struct plan *out);
void plan_done(struct plan *plan);

const char *plan_action_text(enum plan_action action);
const char *step_kind_text(enum step_kind kind);

/** Whether a step changes nothing by itself: a check, a wait, or hooks, which
 * have steps of their own. */
bool step_is_look(enum step_kind kind);

/** The group of an id, for order_is_kept(). The caller frees it. */
MUST_USE char *plan_group(const char *id);

#endif
