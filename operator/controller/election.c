#include "controller/election.h"

#include <string.h>

void election_done(struct election *e)
{
	kube_lease_done(&e->seen);
}

static bool is_known(const struct election *e)
{
	return e->seen.version != NULL;
}

static bool is_ours(const struct election *e)
{
	return is_known(e) && strcmp(e->seen.holder, e->identity) == 0;
}

/* When the lease of another has run out, as far as we can know. */
static int64_t end_of_other(const struct election *e)
{
	int64_t duration_s = e->seen.duration_s ? e->seen.duration_s
						: ELECTION_LEASE_S;

	if (!is_known(e) || !*e->seen.holder || is_ours(e))
		return INT64_MIN;
	return e->seen_ms + duration_s * 1000;
}

static int64_t retry_at(const struct election *e, int64_t now_ms,
			uint32_t jitter)
{
	const int64_t fifth_ms = ELECTION_RETRY_MS / 5;

	/* Who leads is alone, and has no time to lose. */
	if (e->role == ELECTION_LEADING)
		return now_ms + ELECTION_RETRY_MS;
	return now_ms + ELECTION_RETRY_MS +
	       (int64_t)((uint64_t)fifth_ms * jitter / UINT32_MAX);
}

static void lose(struct election *e)
{
	e->role = ELECTION_LOST;
}

static void do_next(struct election *e, enum election_step step, int64_t at_ms)
{
	e->due = step;
	e->next_ms = at_ms;
}

struct election_next election_next(struct election *e, int64_t now_ms)
{
	struct election_next next = { .step = ELECTION_WAIT,
				      .at_ms = e->next_ms };
	int64_t left_ms = ELECTION_REQUEST_MS;

	if (e->role == ELECTION_LEADING) {
		int64_t end_ms = election_writes_until_ms(e);

		left_ms = end_ms - now_ms;
		if (left_ms <= 0)
			lose(e);
		if (end_ms < next.at_ms)
			next.at_ms = end_ms;
	}
	if (e->role == ELECTION_LOST || now_ms < e->next_ms)
		return next;
	next.step = e->due == ELECTION_WAIT ? ELECTION_READ : e->due;
	next.timeout_ms = left_ms < ELECTION_REQUEST_MS ? left_ms
							: ELECTION_REQUEST_MS;
	return next;
}

static void saw(struct election *e, struct kube_lease *take_lease,
		int64_t now_ms)
{
	if (!is_known(e) || strcmp(e->seen.version, take_lease->version) != 0)
		e->seen_ms = now_ms;
	kube_lease_done(&e->seen);
	e->seen = *take_lease;
	*take_lease = (struct kube_lease){ 0 };
}

void election_read(struct election *e, struct kube_lease *take_lease,
		   int64_t now_ms, uint32_t jitter)
{
	if (take_lease)
		saw(e, take_lease, now_ms);
	/* Somebody has it, or had it: what we do now may not be ours to do. */
	if (e->role == ELECTION_LEADING && !is_ours(e))
		lose(e);
	/* Also of a Lease that was deleted: its holder may not know yet. */
	else if (now_ms < end_of_other(e))
		do_next(e, ELECTION_READ, retry_at(e, now_ms, jitter));
	else
		do_next(e, take_lease ? ELECTION_HOLD : ELECTION_CREATE,
			now_ms);
}

void election_held(struct election *e, struct kube_lease *take_lease,
		   int64_t sent_ms)
{
	saw(e, take_lease, sent_ms);
	e->role = ELECTION_LEADING;
	e->sent_ms = sent_ms;
	do_next(e, ELECTION_HOLD, sent_ms + ELECTION_RETRY_MS);
}

void election_failed(struct election *e, enum election_step step,
		     enum err_kind kind, int64_t sent_ms, uint32_t jitter)
{
	bool beaten = kind == ERR_CONFLICT || kind == ERR_EXISTS ||
		      kind == ERR_NOT_FOUND;

	if (e->role != ELECTION_LEADING || step == ELECTION_READ)
		do_next(e, ELECTION_READ, retry_at(e, sent_ms, jitter));
	/* Somebody was faster, or an answer to us was lost: who was it? */
	else if (beaten)
		do_next(e, ELECTION_READ, sent_ms);
	else
		do_next(e, ELECTION_HOLD, retry_at(e, sent_ms, jitter));
}

int64_t election_writes_until_ms(const struct election *e)
{
	return e->role == ELECTION_LEADING ? e->sent_ms + ELECTION_RENEW_MS
					   : INT64_MIN;
}
