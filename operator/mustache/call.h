/* From one template into another and back: partials, parents with their
 * blocks, and the texts that lambdas return. */
#ifndef MUSTACHE_CALL_H
#define MUSTACHE_CALL_H

#include "mustache/run.h"

/** Another frame; NULL, with the error set, when there are too many. */
struct frame *run_push(struct mustache_run *run, const struct op *op,
		       enum frame_kind kind, struct err *err);

/** Counts steps ahead, in front of op. Errors: LIMIT_RENDER_STEPS. */
MUST_USE bool run_count(struct mustache_run *run, const struct op *op,
			size_t steps, struct err *err);

MUST_USE bool run_partial(struct mustache_run *run, const struct op *op,
			  struct err *err);
MUST_USE bool run_block(struct mustache_run *run, const struct op *op,
			struct err *err);
/** Back from an argument, at its end. */
void run_block_end(struct mustache_run *run);

/** The lambda that a name calls; NULL when it calls none. */
const struct mustache_lambda *run_lambda(const struct mustache_run *run,
					 const struct name *name);
/** Calls a lambda for a section or a variable, and renders its text. */
MUST_USE bool run_lambda_call(struct mustache_run *run, const struct op *op,
			      const struct mustache_lambda *lambda,
			      struct err *err);

/** Back from a template to the one that included it. */
MUST_USE bool run_return(struct mustache_run *run, struct err *err);

#endif
