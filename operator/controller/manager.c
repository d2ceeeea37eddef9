#include "controller/manager.h"

#include "base/alloc.h"
#include "base/clock.h"
#include "base/limits.h"
#include "controller/worker.h"

struct manager {
	struct manager_options options;
	struct kube_kinds *kinds;
	struct kube_watcher *watcher;
	struct queue *queue;
	struct sources *sources;
	struct pass_env env;
	struct cluster cluster;
	struct thread watch_thread;
	bool watching;
	struct worker *workers;
	unsigned started; /* workers that run */
};

/* A pass is a few dozen requests at most; longer means that it is stuck. */
static const int64_t stuck_ms = 10LL * LIMIT_REQUEST_MS;

static void watch(void *ctx)
{
	kube_watcher_run(ctx);
}

static bool start_all(struct manager *m, struct err *err)
{
	if (!thread_start(&m->watch_thread, "watch", watch, m->watcher, err))
		return false;
	m->watching = true;
	m->workers = alloc_zero(m->options.workers * sizeof(*m->workers));
	for (unsigned i = 0; i < m->options.workers; i++) {
		struct worker *w = &m->workers[i];

		w->env = &m->env;
		w->config = m->options.config;
		w->kinds = m->kinds;
		if (!worker_start(w, err))
			return false;
		m->started++;
	}
	return true;
}

static struct queue *new_queue(const struct manager_options *o)
{
	AUTO_FREE unsigned *most =
		alloc_zero(o->watches->count * sizeof(*most));

	for (size_t i = 0; i < o->watches->count; i++)
		most[i] = o->watches->entries[i].workers;
	return queue_new(most, o->watches->count, o->workers);
}

bool manager_start(const struct manager_options *options, struct manager **out,
		   struct err *err)
{
	struct manager *m = NEW(struct manager);

	m->options = *options;
	cluster_init(&m->cluster);
	m->kinds = kube_kinds_new();
	m->watcher = kube_watcher_new(options->config, m->kinds);
	m->queue = new_queue(options);
	m->sources = sources_new(options->watches, m->watcher, m->queue,
				 options->namespaces);
	m->env = (struct pass_env){
		.watches = options->watches,
		.namespaces = options->namespaces,
		.sources = m->sources,
		.queue = m->queue,
		.cluster = &m->cluster,
		.identity = options->identity,
		.default_period_ms = options->period_ms,
	};
	if (!start_all(m, err)) {
		manager_stop(m);
		return false;
	}
	*out = m;
	return true;
}

bool manager_is_ready(struct manager *m)
{
	return sources_are_synced(m->sources);
}

bool manager_is_healthy(struct manager *m)
{
	int64_t now_ms = clock_now_ms();

	for (unsigned i = 0; i < m->started; i++) {
		int64_t since = atomic_load(&m->workers[i].busy_since_ms);

		if (since && now_ms - since > stuck_ms)
			return false;
	}
	return true;
}

const struct pass_env *manager_env(const struct manager *m)
{
	return &m->env;
}

struct kube_client manager_client(const struct manager *m,
				  struct kube_conn *conn)
{
	return kube_client_of(conn, m->kinds);
}

void manager_stop(struct manager *m)
{
	if (!m)
		return;
	queue_stop(m->queue);
	for (unsigned i = 0; i < m->started; i++)
		worker_join(&m->workers[i]);
	if (m->watching) {
		kube_watcher_stop(m->watcher);
		thread_join(&m->watch_thread);
	}
	kube_watcher_free(m->watcher);
	sources_free(m->sources);
	queue_free(m->queue);
	kube_kinds_free(m->kinds);
	free(m->workers);
	cluster_done(&m->cluster);
	free(m);
}
