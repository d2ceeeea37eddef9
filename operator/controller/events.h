/*
 * Events about a custom resource: what was done or would be, and what is wrong.
 * What the status says already was sent before. One that is lost is no error.
 */
#ifndef CONTROLLER_EVENTS_H
#define CONTROLLER_EVENTS_H

#include "controller/pass.h"
#include "controller/status.h"

/** Sends what a pass has to tell, before its status says it. */
void events_of_outcome(struct pass *p, enum status_stage stage,
		       const struct err *outcome);

/** Sends that objects have drifted and stay so. */
void events_of_drift(struct pass *p, const char *drift);

#endif
