/*
 * Who leads, as one candidate sees it: what it has to do next about a Lease,
 * from what it was answered. Pure: no request, no clock.
 *
 *   WAITING ── read: held, and not long enough unchanged ──▶ wait, read again
 *      │
 *      └── free, released, or unchanged for its duration ──▶ take ──▶ LEADING
 *
 *   LEADING ── renewed every 2 s ──▶ LEADING
 *      │
 *      └── 10 s without a renewal, or another holder ──▶ LOST, for good
 *
 * Whether a lease has run out is judged by how long we have seen it unchanged,
 * by our own clock: what its holder's clock says is not asked. Periods and
 * fields are those of client-go's leaderelection and of controller-runtime.
 */
#ifndef CONTROLLER_ELECTION_H
#define CONTROLLER_ELECTION_H

#include "kube/lease.h"

#define ELECTION_LEASE_S 15
#define ELECTION_RENEW_MS 10000 /* without renewal it is given up */
#define ELECTION_RETRY_MS 2000
/* Half the time to renew, so that one hung request cannot lose the lease. */
#define ELECTION_REQUEST_MS 5000

enum election_role { ELECTION_WAITING, ELECTION_LEADING, ELECTION_LOST };

enum election_step {
	ELECTION_WAIT,   /* until at_ms */
	ELECTION_READ,   /* the Lease */
	ELECTION_CREATE, /* one that is ours */
	ELECTION_HOLD    /* take it, or renew it: over what was seen */
};

/* Zero, but for the identity, to begin with. */
struct election {
	const char *identity; /* borrowed */
	enum election_role role;
	enum election_step due; /* at next_ms; ELECTION_WAIT: read */
	int64_t next_ms;
	struct kube_lease seen; /* as last answered; version NULL: none */
	int64_t seen_ms;        /* since when it has not changed */
	int64_t sent_ms;        /* when the last write of ours was sent */
};

void election_done(struct election *e);

struct election_next {
	enum election_step step;
	int64_t at_ms;      /* of ELECTION_WAIT */
	int64_t timeout_ms; /* of a request */
};

/** What to do now. A leader that has not renewed in time is LOST by this. */
struct election_next election_next(struct election *e, int64_t now_ms);

/**
 * What was read.
 *
 * @param take_lease  emptied; NULL: there is none
 * @param jitter      0 … UINT32_MAX: candidates must not come all at once
 */
void election_read(struct election *e, struct kube_lease *take_lease,
		   int64_t now_ms, uint32_t jitter);

/** A create or hold that was sent at a time has been answered with this. */
void election_held(struct election *e, struct kube_lease *take_lease,
		   int64_t sent_ms);

/** A step that was begun at a time has failed. */
void election_failed(struct election *e, enum election_step step,
		     enum err_kind kind, int64_t sent_ms, uint32_t jitter);

/** Until when a leader may begin to write; INT64_MIN for others. */
int64_t election_writes_until_ms(const struct election *e);

#endif
