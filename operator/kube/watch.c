/*
 * The thread: it takes commands, asks every watch to go on, and waits while
 * the pool calls back. Other threads only ever touch the list of commands.
 */
#include "kube/watch.h"

#include "base/alloc.h"
#include "base/clock.h"
#include "base/thread.h"
#include "kube/watch_one.h"

#include <stdatomic.h>

/* A wait without anything due still ends now and then. */
#define IDLE_MS 60000

struct command {
	struct watch_one *add; /* NULL: remove */
	uint64_t remove;
};

struct commands {
	VEC(struct command);
};

struct kube_watcher {
	struct mtx lock; /* guards commands and last_id */
	struct commands commands;
	uint64_t last_id;
	atomic_bool stopping;
	struct watch_set set; /* of the watcher's thread */
};

static void remove_watch(struct watch_set *set, uint64_t id)
{
	for (size_t i = 0; i < set->count; i++) {
		struct watch_one *watch = set->items[i];

		if (watch_one_id(watch) != id)
			continue;
		set->items[i] = set->items[--set->count];
		watch_one_free(watch);
		return;
	}
}

static void push_command(struct kube_watcher *w, struct command command)
{
	mtx_lock(&w->lock);
	*VEC_ADD(&w->commands) = command;
	mtx_unlock(&w->lock);
	http_pool_wake(w->set.pool);
}

static void take_commands(struct kube_watcher *w)
{
	mtx_lock(&w->lock);
	struct commands commands = w->commands;
	w->commands = (struct commands){ 0 };
	mtx_unlock(&w->lock);
	for (size_t i = 0; i < commands.count; i++) {
		const struct command *c = &commands.items[i];

		if (c->add)
			watch_one_join(c->add, &w->set);
		else
			remove_watch(&w->set, c->remove);
	}
	VEC_DONE(&commands);
}

struct kube_watcher *kube_watcher_new(const struct kube_config *config,
				      struct kube_kinds *kinds)
{
	struct kube_watcher *w = NEW(struct kube_watcher);

	mtx_init(&w->lock);
	w->set.pool = http_pool_new(config);
	w->set.kinds = kinds;
	w->set.random = (uint64_t)clock_wall_ns() | 1;
	return w;
}

void kube_watcher_free(struct kube_watcher *w)
{
	if (!w)
		return;
	take_commands(w);
	for (size_t i = 0; i < w->set.count; i++)
		watch_one_free(w->set.items[i]);
	VEC_DONE(&w->set);
	http_pool_free(w->set.pool);
	VEC_DONE(&w->commands);
	mtx_done(&w->lock);
	free(w);
}

uint64_t kube_watcher_add(struct kube_watcher *w,
			  const struct kube_watch_spec *spec)
{
	mtx_lock(&w->lock);
	uint64_t id = ++w->last_id;
	mtx_unlock(&w->lock);
	push_command(w, (struct command){ .add = watch_one_new(spec, id) });
	return id;
}

void kube_watcher_remove(struct kube_watcher *w, uint64_t id)
{
	push_command(w, (struct command){ .remove = id });
}

void kube_watcher_run(struct kube_watcher *w)
{
	while (!atomic_load(&w->stopping)) {
		take_commands(w);
		int64_t now_ms = clock_now_ms(), next_ms = now_ms + IDLE_MS;

		for (size_t i = 0; i < w->set.count; i++) {
			int64_t at_ms = watch_one_go(w->set.items[i], now_ms);

			if (at_ms < next_ms)
				next_ms = at_ms;
		}
		http_pool_wait(w->set.pool,
			       next_ms > now_ms ? next_ms - now_ms : 0);
	}
}

void kube_watcher_stop(struct kube_watcher *w)
{
	atomic_store(&w->stopping, true);
	http_pool_wake(w->set.pool);
}
