/*
 * The operator at work: one manager after the other, each with watches.yaml
 * and its charts as they were when it was told to read them (SIGHUP). What has
 * not changed is looked at by the next manager, and not written.
 */
#ifndef CLI_OPERATION_H
#define CLI_OPERATION_H

#include "base/thread.h"
#include "controller/manager.h"

struct operation {
	const char *watches_file;
	struct manager_options options; /* but for the watches */
	struct mtx lock;                /* guards the following */
	struct cond asked;
	struct manager *manager; /* NULL: none at the moment */
	unsigned asking;         /* threads that ask it */
};

/** Both arguments are borrowed for its life. */
void operation_init(struct operation *o, const char *watches_file,
		    const struct manager_options *options);
void operation_done(struct operation *o);

/** For probes: ctx is the operation. Between two managers it is healthy, and
 * not ready. */
bool operation_is_healthy(void *ctx);
bool operation_is_ready(void *ctx);

/** Reads watches.yaml, and checks that what it names is watched. The caller
 * frees *out. */
MUST_USE bool operation_read(const struct operation *o, struct watches **out,
			     struct err *err);

/**
 * Works until it is told to stop. Takes the watches. A file that does not do
 * any more is told, and work goes on with what was read before.
 *
 * Errors: ERR_UNAVAILABLE, ERR_CANCELLED when the lease is lost.
 */
MUST_USE bool operation_run(struct operation *o, struct watches *take,
			    struct err *err);

#endif
