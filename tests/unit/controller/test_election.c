#include "controller/election.h"

#include "base/alloc.h"

#include "unit/rows.h"

#include <inttypes.h>

/* What the API server answers to the step before, at a time. */
enum answer {
	END,
	LATER,    /* nothing: time passes */
	SAW,      /* a read: holder and version */
	ABSENT,   /* a read: there is none */
	WROTE,    /* a create or hold: version */
	CONFLICT, /* of a create or hold */
	BROKEN    /* no answer, after two seconds */
};

struct move {
	int64_t ms;
	enum answer answer;
	const char *holder, *version;
	int64_t duration_s;
};

#define AT(ms, answer)                    \
	{                                 \
		ms, answer, NULL, NULL, 0 \
	}
#define SEEN(ms, holder, version, duration_s)        \
	{                                            \
		ms, SAW, holder, version, duration_s \
	}
#define HELD(ms, version)                   \
	{                                   \
		ms, WROTE, NULL, version, 0 \
	}

/* After each move what is next: R(ead), C(reate), H(old) or w(ait) until; a
 * leader is told by L before it, and that it has lost by X. */
static const struct row {
	const char *name;
	struct move moves[12];
	const char *want;
} rows[] = {
	{ "the first of all",
	  { AT(0, LATER), AT(0, ABSENT), HELD(10, "1"), AT(2010, LATER),
	    HELD(2010, "2") },
	  "R C Lw2010 LH Lw4010 " },
	{ "given back: taken at once",
	  { SEEN(0, "", "5", 1), HELD(0, "6") },
	  "H Lw2000 " },
	{ "held by another: waited for, by our clock alone",
	  { SEEN(1000, "b", "1", 15), AT(3000, LATER), SEEN(3000, "b", "1", 15),
	    SEEN(15999, "b", "1", 15), SEEN(16000, "b", "1", 15) },
	  "w3000 R w5000 w17999 H " },
	{ "renewed by another: waited for anew",
	  { SEEN(0, "b", "1", 15), SEEN(14000, "b", "2", 15),
	    SEEN(28999, "b", "2", 15), SEEN(29000, "b", "2", 15) },
	  "w2000 w16000 w30999 H " },
	{ "another promises longer",
	  { SEEN(0, "b", "1", 60), SEEN(59999, "b", "1", 60),
	    SEEN(60000, "b", "1", 60) },
	  "w2000 w61999 H " },
	{ "another says nothing of its duration",
	  { SEEN(0, "b", "1", 0), SEEN(14999, "b", "1", 0),
	    SEEN(15000, "b", "1", 0) },
	  "w2000 w16999 H " },
	{ "taken over: another was faster",
	  { SEEN(0, "", "1", 1), AT(0, CONFLICT), SEEN(2000, "b", "2", 15) },
	  "H w2000 w4000 " },
	{ "created: another was faster",
	  { AT(0, ABSENT), AT(5, CONFLICT) },
	  "C w2005 " },
	{ "deleted while another holds it: it may not know",
	  { SEEN(0, "b", "1", 15), AT(2000, ABSENT), AT(14999, ABSENT),
	    AT(15000, ABSENT) },
	  "w2000 w4000 w16999 C " },
	{ "an answer that was lost made it ours",
	  { SEEN(0, "", "1", 1), AT(0, BROKEN), SEEN(2000, "me", "2", 15),
	    HELD(2000, "3") },
	  "H w2000 H Lw4000 " },
	{ "the server is away",
	  { AT(0, BROKEN), AT(2000, BROKEN) },
	  "w2000 "
	  "w4000 " },

	{ "leading: not renewed",
	  { SEEN(0, "", "1", 1), HELD(0, "2"), AT(2000, BROKEN),
	    AT(4000, LATER), AT(4000, BROKEN), AT(8500, BROKEN),
	    AT(9999, LATER), AT(10000, LATER) },
	  "H Lw2000 Lw4000 LH Lw6000 Lw10000 Lw10000 X " },
	{ "leading: renewed in the last moment",
	  { SEEN(0, "", "1", 1), HELD(0, "2"), HELD(9999, "3"),
	    AT(10001, LATER) },
	  "H Lw2000 Lw11999 Lw11999 " },
	{ "leading: halted, and woken too late",
	  { SEEN(0, "", "1", 1), HELD(0, "2"), AT(60000, LATER) },
	  "H Lw2000 X " },
	{ "leading: an answer that was lost",
	  { SEEN(0, "", "1", 1), HELD(0, "2"), AT(2000, BROKEN),
	    AT(4000, CONFLICT), SEEN(4000, "me", "3", 15), HELD(4000, "4") },
	  "H Lw2000 Lw4000 LR LH Lw6000 " },
	{ "leading: taken by somebody",
	  { SEEN(0, "", "1", 1), HELD(0, "2"), AT(2000, CONFLICT),
	    SEEN(2000, "b", "3", 15) },
	  "H Lw2000 LR X " },
	{ "leading: emptied by somebody",
	  { SEEN(0, "", "1", 1), HELD(0, "2"), AT(2000, CONFLICT),
	    SEEN(2000, "", "3", 15) },
	  "H Lw2000 LR X " },
	{ "leading: deleted, and nobody else came",
	  { SEEN(0, "", "1", 1), HELD(0, "2"), AT(2000, CONFLICT),
	    AT(2000, ABSENT), HELD(2000, "9") },
	  "H Lw2000 LR LC Lw4000 " },
	{ "leading: deleted, and somebody came",
	  { SEEN(0, "", "1", 1), HELD(0, "2"), AT(2000, CONFLICT),
	    AT(2000, ABSENT), AT(2000, CONFLICT), SEEN(2000, "b", "9", 15) },
	  "H Lw2000 LR LC LR X " },
	{ "lost: for good",
	  { SEEN(0, "", "1", 1), HELD(0, "2"), AT(10000, LATER),
	    AT(12000, LATER) },
	  "H Lw2000 X X " },
};

static struct kube_lease lease_of(const struct move *m)
{
	return (struct kube_lease){
		.holder = alloc_copy(m->holder ? m->holder : "me"),
		.version = alloc_copy(m->version),
		.uid = alloc_copy("u"),
		.duration_s = m->holder ? m->duration_s : ELECTION_LEASE_S,
	};
}

static void make(struct election *e, enum election_step step,
		 const struct move *m)
{
	switch (m->answer) {
	case SAW:
	case WROTE: {
		AUTO_LEASE lease = lease_of(m);

		if (m->answer == SAW)
			election_read(e, &lease, m->ms, 0);
		else
			election_held(e, &lease, m->ms);
		return;
	}
	case ABSENT:
		election_read(e, NULL, m->ms, 0);
		return;
	case CONFLICT:
		election_failed(e, step, ERR_CONFLICT, m->ms, 0);
		return;
	case BROKEN:
		election_failed(e, step, ERR_UNAVAILABLE, m->ms, 0);
		return;
	case LATER:
	case END:
		return;
	}
}

static void walks(void **state)
{
	const struct row *row = *state;
	struct election e = { .identity = "me" };
	enum election_step step = ELECTION_READ;
	AUTO_BUF got = BUF_INIT(1000);

	for (const struct move *m = row->moves; m->answer != END; m++) {
		make(&e, step, m);
		struct election_next next = election_next(&e, m->ms);

		if (e.role == ELECTION_LOST) {
			buf_add_text(&got, "X ");
			continue;
		}
		step = next.step;
		buf_addf(&got, "%s%c", e.role == ELECTION_LEADING ? "L" : "",
			 "wRCH"[next.step]);
		if (next.step == ELECTION_WAIT)
			buf_addf(&got, "%" PRId64, next.at_ms);
		buf_add_char(&got, ' ');
	}
	election_done(&e);
	assert_string_equal(buf_text(&got), row->want);
}

/* Writes end when the time to renew does, counted from what was sent. */
static void writes(void **state)
{
	(void)state;
	struct election e = { .identity = "me" };
	const struct move m = { .version = "1" };
	AUTO_LEASE lease = lease_of(&m);

	assert_true(election_writes_until_ms(&e) == INT64_MIN);
	election_held(&e, &lease, 500);
	assert_int_equal(election_writes_until_ms(&e), 10500);
	election_next(&e, 10500);
	assert_int_equal(e.role, ELECTION_LOST);
	assert_true(election_writes_until_ms(&e) == INT64_MIN);
	election_done(&e);
}

/* A request may not take longer than what is left to renew. */
static void times_out(void **state)
{
	(void)state;
	struct election e = { .identity = "me" };
	const struct move m = { .version = "1" };
	AUTO_LEASE lease = lease_of(&m);

	assert_int_equal(election_next(&e, 0).timeout_ms, 5000);
	election_held(&e, &lease, 0);
	assert_int_equal(election_next(&e, 2000).timeout_ms, 5000);
	assert_int_equal(election_next(&e, 9000).timeout_ms, 1000);
	election_done(&e);
}

/* Those who wait do not all come at once; who leads comes in time. */
static void varies(void **state)
{
	(void)state;
	struct election e = { .identity = "me" };
	const struct move m = { .version = "1" };
	AUTO_LEASE lease = lease_of(&m);

	election_failed(&e, ELECTION_READ, ERR_UNAVAILABLE, 0, UINT32_MAX);
	assert_int_equal(election_next(&e, 0).at_ms, 2400);
	election_held(&e, &lease, 0);
	election_failed(&e, ELECTION_HOLD, ERR_UNAVAILABLE, 0, UINT32_MAX);
	assert_int_equal(election_next(&e, 0).at_ms, 2000);
	election_done(&e);
}

int main(void)
{
	const struct CMUnitTest others[] = {
		cmocka_unit_test(writes),
		cmocka_unit_test(times_out),
		cmocka_unit_test(varies),
	};

	return ROWS_RUN("election", rows, walks) +
	       cmocka_run_group_tests_name("election more", others, NULL, NULL);
}
