#include "controller/leader.h"

#include "base/alloc.h"
#include "base/clock.h"
#include "base/digest.h"
#include "base/log.h"
#include "base/metric.h"
#include "base/str.h"
#include "base/thread.h"
#include "controller/election.h"

struct leader {
	struct leader_options options;
	char *identity;
	struct thread thread;
	atomic_bool lost;
	struct mtx lock; /* guards stopping */
	struct cond wake;
	bool stopping;
	struct kube_fence patience; /* of our own connection: ends requests */
	/* Of the thread: */
	struct election election;
	struct kube_lease_name of;
	int64_t said_ms; /* when it was last said why it fails; 0: not yet */
	bool told;       /* whom we wait for */
};

/* What fails is said at once, and then each minute. */
static const int64_t say_again_ms = 60000;
/* Stopping waits no longer for the server. */
static const int64_t last_words_ms = 2000;

static uint32_t jitter(void)
{
	uint64_t x = (uint64_t)clock_wall_ns() * 0x9e3779b97f4a7c15u;

	return (uint32_t)(x >> 32);
}

/* How long requests of ours may take; when stopping, that is settled. */
static void set_patience(struct leader *l, int64_t until_ms)
{
	mtx_lock(&l->lock);
	if (!l->stopping)
		kube_fence_cut(&l->patience, until_ms);
	mtx_unlock(&l->lock);
}

static bool is_stopping(struct leader *l)
{
	mtx_lock(&l->lock);
	bool stopping = l->stopping;
	mtx_unlock(&l->lock);
	return stopping;
}

static void wait_until(struct leader *l, int64_t at_ms)
{
	/* Another clock, which stands still while the machine sleeps: then
	 * this wakes late, and finds that it has lost. */
	int64_t end_ms = clock_now_ms() + at_ms - clock_elapsed_ms();

	mtx_lock(&l->lock);
	while (!l->stopping && clock_now_ms() < end_ms)
		cond_wait_until(&l->wake, &l->lock, end_ms);
	mtx_unlock(&l->lock);
}

static void tell_failure(struct leader *l, const struct err *err)
{
	int64_t now_ms = clock_elapsed_ms();

	if (l->said_ms && now_ms - l->said_ms < say_again_ms)
		return;
	l->said_ms = now_ms;
	log_warn("lease not read or written", S("lease", l->of.name),
		 S("namespace", l->of.ns), S("error", err->msg));
}

static void tell_holder(struct leader *l)
{
	const struct kube_lease *seen = &l->election.seen;

	if (l->told || l->election.role != ELECTION_WAITING || !seen->version ||
	    l->election.due != ELECTION_READ)
		return;
	l->told = true;
	log_info("waiting for the lease", S("lease", l->of.name),
		 S("namespace", l->of.ns), S("holder", seen->holder));
}

/* Somebody may read it; nothing depends on it. */
static void tell_people(struct leader *l, const struct kube_client *client)
{
	AUTO_ERR err = ERR_INIT;

	set_patience(l, clock_elapsed_ms() + ELECTION_RETRY_MS);
	if (!kube_lease_tell(client, &l->of, &l->election.seen, &err))
		log_warn("event lost", S("reason", "LeaderElection"),
			 S("error", err.msg));
}

static void win(struct leader *l, const struct kube_client *client)
{
	log_info("lease acquired", S("lease", l->of.name),
		 S("namespace", l->of.ns), S("identity", l->identity),
		 N("transitions", l->election.seen.transitions));
	metric_set_leader(l->of.name, true);
	l->options.won(l->options.ctx);
	if (!is_stopping(l))
		tell_people(l, client);
}

static void lose(struct leader *l)
{
	const char *holder = l->election.seen.holder;

	kube_fence_close(l->options.fence);
	kube_fence_cut(l->options.fence, INT64_MIN);
	atomic_store(&l->lost, true);
	metric_set_leader(l->of.name, false);
	log_error("lease lost", S("lease", l->of.name),
		  S("namespace", l->of.ns), S("identity", l->identity),
		  S("reason", strcmp(holder, l->identity) == 0
				      ? "not renewed in time"
				      : "somebody else has changed it"),
		  S("holder", holder));
	l->options.lost(l->options.ctx);
}

static void read_lease(struct leader *l, const struct kube_client *client,
		       struct err *err)
{
	AUTO_LEASE lease = { 0 };

	if (kube_lease_get(client, &l->of, &lease, err))
		election_read(&l->election, &lease, clock_elapsed_ms(),
			      jitter());
	else if (err->kind == ERR_NOT_FOUND)
		election_read(&l->election, NULL, clock_elapsed_ms(), jitter());
	else
		return;
	err_clear(err);
}

static void hold_lease(struct leader *l, const struct kube_client *client,
		       enum election_step step, int64_t now_ms, struct err *err)
{
	AUTO_LEASE lease = { 0 };
	bool led = l->election.role == ELECTION_LEADING;

	if (step == ELECTION_CREATE
		    ? !kube_lease_create(client, &l->of, ELECTION_LEASE_S,
					 &lease, err)
		    : !kube_lease_hold(client, &l->of, &l->election.seen,
				       ELECTION_LEASE_S, &lease, err))
		return;
	election_held(&l->election, &lease, now_ms);
	kube_fence_lend(l->options.fence,
			election_writes_until_ms(&l->election));
	if (!led)
		win(l, client);
}

static void take_step(struct leader *l, const struct kube_client *client,
		      const struct election_next *next, int64_t now_ms)
{
	AUTO_ERR err = ERR_INIT;

	set_patience(l, now_ms + next->timeout_ms);
	if (next->step == ELECTION_READ)
		read_lease(l, client, &err);
	else
		hold_lease(l, client, next->step, now_ms, &err);
	if (err.kind == ERR_NONE) {
		l->said_ms = 0;
		tell_holder(l);
		return;
	}
	election_failed(&l->election, next->step, err.kind, now_ms, jitter());
	if (err.kind != ERR_CONFLICT && err.kind != ERR_EXISTS &&
	    err.kind != ERR_CANCELLED)
		tell_failure(l, &err);
}

/* A lease that may have passed on is not ours to give. */
static void give_back(struct leader *l, const struct kube_client *client)
{
	AUTO_ERR err = ERR_INIT;

	if (l->election.role != ELECTION_LEADING)
		return;
	metric_set_leader(l->of.name, false);
	if (kube_lease_release(client, &l->of, &l->election.seen, &err))
		log_info("lease released", S("lease", l->of.name),
			 S("namespace", l->of.ns));
	else
		log_warn("lease not released: others wait until it runs out",
			 S("lease", l->of.name), S("namespace", l->of.ns),
			 S("error", err.msg));
}

static void run(void *ctx)
{
	struct leader *l = ctx;
	AUTO(kube_conn_free)
	struct kube_conn *conn = kube_conn_new(l->options.config);
	struct kube_client client = kube_client_of(conn, l->options.kinds);

	kube_conn_set_fence(conn, &l->patience);
	while (!is_stopping(l)) {
		int64_t now_ms = clock_elapsed_ms();
		struct election_next next = election_next(&l->election, now_ms);

		if (l->election.role == ELECTION_LOST) {
			lose(l);
			return;
		}
		if (next.step == ELECTION_WAIT)
			wait_until(l, next.at_ms);
		else
			take_step(l, &client, &next, now_ms);
	}
	give_back(l, &client);
}

static void leader_free(struct leader *l)
{
	election_done(&l->election);
	cond_done(&l->wake);
	mtx_done(&l->lock);
	free(l->identity);
	free(l);
}

bool leader_start(const struct leader_options *options, struct leader **out,
		  struct err *err)
{
	const size_t unique = 16;
	AUTO_FREE char *more = NULL;

	if (!digest_random_text(unique, &more, err))
		return false;
	struct leader *l = NEW(struct leader);
	l->options = *options;
	l->identity = alloc_print("%s_%s", options->host, more);
	l->election.identity = l->identity;
	l->of = (struct kube_lease_name){ options->ns, options->name,
					  l->identity };
	mtx_init(&l->lock);
	cond_init(&l->wake);
	kube_fence_init(&l->patience);
	kube_fence_lend(options->fence, INT64_MIN);
	metric_set_leader(options->name, false);
	if (!thread_start(&l->thread, "lease", run, l, err)) {
		leader_free(l);
		return false;
	}
	*out = l;
	return true;
}

bool leader_has_lost(const struct leader *l)
{
	return atomic_load(&l->lost);
}

void leader_stop(struct leader *l)
{
	if (!l)
		return;
	mtx_lock(&l->lock);
	l->stopping = true;
	kube_fence_cut(&l->patience, clock_elapsed_ms() + last_words_ms);
	cond_broadcast(&l->wake);
	mtx_unlock(&l->lock);
	thread_join(&l->thread);
	leader_free(l);
}
