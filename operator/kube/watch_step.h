/*
 * What a watch does next: a table, and a clock for failures. Pure.
 */
#ifndef KUBE_WATCH_STEP_H
#define KUBE_WATCH_STEP_H

#include <stdbool.h>
#include <stdint.h>

enum watch_state {
	WATCH_FINDING, /* asking what the kind is called in paths */
	WATCH_LISTING,
	WATCH_WATCHING,
	WATCH_STATES
};

enum watch_event {
	GOT_KIND,   /* discovery knows the kind */
	GOT_PAGE,   /* a list page that names a continue token */
	GOT_LAST,   /* the last list page: it carries the resourceVersion */
	GOT_CHANGE, /* added, modified, deleted or bookmark */
	GOT_EOF,    /* the server closed the watch: normal, every few minutes */
	GOT_GONE,   /* 410, as the HTTP status or as an ERROR event */
	GOT_MISSING, /* 404: the kind is not there, or no longer */
	GOT_FAILURE, /* anything else, transport or API */
	WATCH_EVENTS
};

struct watch_step {
	enum watch_state next;
	bool restart_list; /* forget the continue token and what was listed */
	bool synced;       /* the listed set replaces the old one in one move */
	bool wait;         /* for the back-off before going on */
};

struct watch_step watch_step(enum watch_state now, enum watch_event event);

/* How long to wait after a failure. */
struct watch_backoff {
	int64_t delay_ms;  /* of the last failure; 0: none yet */
	int64_t failed_ms; /* clock at the last failure */
};

#define WATCH_BACKOFF_LEAST_MS 800
#define WATCH_BACKOFF_MOST_MS 30000
/* Not on the first good event: a connection that dies after each would spin. */
#define WATCH_BACKOFF_RESET_MS 120000

/**
 * The delay after one more failure: 800 ms, doubled up to 30 s, started over
 * after 120 s without one, and varied by ±50 %.
 *
 * @param now_ms  clock_now_ms()
 * @param random  any number, all equally likely
 */
int64_t watch_backoff_next(struct watch_backoff *b, int64_t now_ms,
			   unsigned random);

#endif
