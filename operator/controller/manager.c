#include "controller/manager.h"

#include "base/alloc.h"
#include "base/clock.h"
#include "base/limits.h"
#include "base/metric.h"
#include "controller/leader.h"
#include "controller/worker.h"

struct manager {
	struct manager_options options;
	struct kube_kinds *kinds;
	struct kube_watcher *watcher;
	struct queue *queue;
	struct sources *sources;
	struct pass_env env;
	struct cluster cluster;
	struct kube_fence fence; /* of the workers */
	struct leader *leader;   /* NULL: no leader election */
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

static void on_won(void *ctx)
{
	struct manager *m = ctx;

	queue_let_go(m->queue);
}

static void on_lost(void *ctx)
{
	const struct manager *m = ctx;

	m->options.lost();
}

/* Until the lease is ours all is watched, and nothing done. */
static bool start_election(struct manager *m, struct err *err)
{
	const struct leader_options options = {
		.config = m->options.config,
		.kinds = m->kinds,
		.fence = &m->fence,
		.ns = m->options.lease_ns,
		.name = m->options.lease_name,
		.host = m->options.identity,
		.won = on_won,
		.lost = on_lost,
		.ctx = m,
	};

	if (!m->options.lease_name)
		return true;
	queue_hold(m->queue);
	return leader_start(&options, &m->leader, err);
}

static bool start_all(struct manager *m, struct err *err)
{
	if (!thread_start(&m->watch_thread, "watch", watch, m->watcher, err))
		return false;
	m->watching = true;
	if (!start_election(m, err))
		return false;
	m->workers = alloc_zero(m->options.workers * sizeof(*m->workers));
	for (unsigned i = 0; i < m->options.workers; i++) {
		struct worker *w = &m->workers[i];

		w->env = &m->env;
		w->config = m->options.config;
		w->kinds = m->kinds;
		w->fence = &m->fence;
		if (!worker_start(w, err))
			return false;
		m->started++;
	}
	return true;
}

/* "DevMachine" is "devmachine-controller", as helm-operator has it. */
static char *controller_name(const struct watch_entry *e)
{
	char *name = alloc_print("%s-controller", e->kind);

	for (char *c = name; *c; c++)
		if (*c >= 'A' && *c <= 'Z')
			*c = (char)(*c - 'A' + 'a');
	return name;
}

static void setup_metrics(const struct manager_options *o)
{
	size_t n = o->watches->count;
	AUTO_FREE struct metric_controller *list =
		alloc_zero(n * sizeof(*list));
	AUTO_FREE char **names = alloc_zero(n * sizeof(*names));

	for (size_t i = 0; i < n; i++) {
		const struct watch_entry *e = &o->watches->entries[i];

		names[i] = controller_name(e);
		list[i] = (struct metric_controller){ names[i], e->chart->name,
						      e->chart->version };
	}
	metric_setup(list, n);
	for (size_t i = 0; i < n; i++) {
		unsigned most = o->watches->entries[i].workers;

		metric_set(i, METRIC_RECONCILE_MOST, most ? most : o->workers);
		free(names[i]);
	}
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
	setup_metrics(options);
	kube_fence_init(&m->fence);
	cluster_init(&m->cluster);
	m->kinds = kube_kinds_new();
	m->watcher = kube_watcher_new(options->config, m->kinds);
	m->queue = new_queue(options);
	m->sources = sources_new(options->watches, m->watcher, m->queue,
				 options->namespaces, &m->options.shard);
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
	return sources_are_synced(m->sources) && !manager_has_lost(m);
}

bool manager_has_lost(const struct manager *m)
{
	return m->leader && leader_has_lost(m->leader);
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
	kube_fence_close(&m->fence);
	/* With the lease lost, they have been cut already. */
	if (!manager_has_lost(m))
		kube_fence_cut(&m->fence, clock_elapsed_ms() + LIMIT_STOP_MS);
	for (unsigned i = 0; i < m->started; i++)
		worker_join(&m->workers[i]);
	leader_stop(m->leader);
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
