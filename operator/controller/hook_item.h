/*
 * The object of a hook on its way to the API server.
 */
#ifndef CONTROLLER_HOOK_ITEM_H
#define CONTROLLER_HOOK_ITEM_H

#include "controller/pass.h"

/* The hooks of one event, in the course of one step. */
struct hook_course {
	struct pass *p;
	enum hook_event event;
	int64_t revision; /* of the record that tells of them */
	const struct pass_hooks *hooks;
	char *uid; /* of that record and this try */
	struct {
		VEC(struct hook_live);
	} live;
};

/* What becomes of the pass. */
enum hook_progress {
	HOOK_OVER,    /* all steps are done, and with them the event */
	HOOK_STOPPED, /* the pass ends here */
	HOOK_AGAIN,   /* plan once more */
	HOOK_SKIPPED, /* there are no hooks, all the same */
	HOOK_BROKEN   /* err is set */
};

/** Of a deletion, as opposed to deploys and rollbacks. */
bool hook_is_of_deletion(enum hook_event event);

/** Which object it is. */
struct kube_ref hook_ref(const struct hook_course *c,
			 const struct hook_item *item);

/** A rendered object as it is sent. The caller drops it. */
MUST_USE struct val *hook_stamped(const struct hook_course *c,
				  const struct val *object);

/** Creates it: HOOK_OVER when that is done. */
enum hook_progress hook_create(struct hook_course *c,
			       const struct hook_item *item, struct err *err);

/** Whether the old record lists it. */
bool hook_is_recorded(const struct pass *p, const char *id);

/** Whether the namespace refuses whatever is new. */
bool hook_is_ending(const struct hook_course *c);

#endif
