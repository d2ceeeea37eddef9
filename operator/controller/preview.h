/*
 * What a pass would do: read, judged by the server, told; nothing is changed.
 */
#ifndef CONTROLLER_PREVIEW_H
#define CONTROLLER_PREVIEW_H

#include "controller/pass.h"

/**
 * Fills p->description from the plan that was made (release/describe.h), with
 * the key `refused` when the server would refuse a part of it.
 *
 * Errors: those of a GET.
 */
MUST_USE bool preview(struct pass *p, const struct plan_input *in,
		      struct err *err);

#endif
