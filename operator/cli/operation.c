#include "cli/operation.h"

#include "base/log.h"
#include "cli/stop.h"

#include <signal.h>

void operation_init(struct operation *o, const char *watches_file,
		    const struct manager_options *options)
{
	*o = (struct operation){ .watches_file = watches_file,
				 .options = *options };
	mtx_init(&o->lock);
	cond_init(&o->asked);
}

void operation_done(struct operation *o)
{
	cond_done(&o->asked);
	mtx_done(&o->lock);
}

/* Keeps the manager from being freed while it is asked. */
static struct manager *begin_to_ask(struct operation *o)
{
	mtx_lock(&o->lock);
	struct manager *manager = o->manager;
	o->asking += manager != NULL;
	mtx_unlock(&o->lock);
	return manager;
}

static void end_to_ask(struct operation *o)
{
	mtx_lock(&o->lock);
	o->asking--;
	cond_signal(&o->asked);
	mtx_unlock(&o->lock);
}

bool operation_is_healthy(void *ctx)
{
	struct manager *manager = begin_to_ask(ctx);

	if (!manager)
		return true;
	bool healthy = manager_is_healthy(manager);
	end_to_ask(ctx);
	return healthy;
}

bool operation_is_ready(void *ctx)
{
	struct manager *manager = begin_to_ask(ctx);

	if (!manager)
		return false;
	bool ready = manager_is_ready(manager);
	end_to_ask(ctx);
	return ready;
}

/* The manager that is asked from now on; nobody asks the one before then. */
static void show(struct operation *o, struct manager *manager)
{
	mtx_lock(&o->lock);
	o->manager = manager;
	while (o->asking)
		cond_wait(&o->asked, &o->lock);
	mtx_unlock(&o->lock);
}

/* What is not watched cannot be looked after. */
static bool check_targets(const struct operation *o,
			  const struct watches *watches, struct err *err)
{
	for (size_t i = 0; i < watches->count; i++) {
		const struct watch_entry *e = &watches->entries[i];

		if (e->target_namespace &&
		    !namespaces_has(o->options.namespaces, e->target_namespace))
			return err_set(err, ERR_INVALID,
				       "%s: targetNamespace %s of kind %s is "
				       "not in WATCH_NAMESPACE",
				       o->watches_file, e->target_namespace,
				       e->kind);
	}
	return true;
}

/* What helm-operator would do otherwise. */
static void tell_of_differences(const struct watches *watches)
{
	for (size_t i = 0; i < watches->count; i++)
		if (watches->entries[i].ignores_dependents)
			log_warn("watchDependentResources: false is ignored: "
				 "objects of releases are always watched",
				 S("kind", watches->entries[i].kind));
}

bool operation_read(const struct operation *o, struct watches **out,
		    struct err *err)
{
	AUTO(watches_free) struct watches *watches = NULL;

	if (!watches_load(o->watches_file, getenv, &watches, err) ||
	    !check_targets(o, watches, err))
		return false;
	tell_of_differences(watches);
	*out = TAKE(watches);
	return true;
}

/* Waits until this manager has to end: *next is what the next one works with,
 * NULL when there is to be none. */
static void wait_for_end(const struct operation *o, struct watches **next)
{
	while (stop_wait() == SIGHUP) {
		AUTO_ERR err = ERR_INIT;

		if (operation_read(o, next, &err)) {
			log_info("reloading", S("file", o->watches_file),
				 N("kinds", (*next)->count));
			return;
		}
		log_error("not reloaded: goes on as before",
			  S("error", err.msg));
	}
}

/* Works with what was read until SIGHUP brings something else. */
static bool run_one(struct operation *o, const struct watches *watches,
		    struct watches **next, struct err *err)
{
	struct manager_options options = o->options;
	struct manager *manager = NULL;

	options.watches = watches;
	if (!manager_start(&options, &manager, err))
		return false;
	show(o, manager);
	wait_for_end(o, next);
	show(o, NULL);
	bool lost = manager_has_lost(manager);
	manager_stop(manager);
	return !lost || err_set(err, ERR_CANCELLED,
				"the lease is lost: ended, to start anew");
}

bool operation_run(struct operation *o, struct watches *take, struct err *err)
{
	bool ok = true;

	while (ok && take) {
		AUTO(watches_free) struct watches *watches = TAKE(take);

		ok = run_one(o, watches, &take, err);
	}
	watches_free(take);
	return ok;
}
