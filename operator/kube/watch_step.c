#include "kube/watch_step.h"

/* What makes no sense in a state starts over from the beginning, slowly. */
/* clang-format off */
static const struct watch_step steps[WATCH_STATES][WATCH_EVENTS] = {
	[WATCH_FINDING] = {
		[GOT_KIND]    = {.next = WATCH_LISTING, .restart_list = true},
		[GOT_PAGE]    = {.next = WATCH_FINDING, .wait = true},
		[GOT_LAST]    = {.next = WATCH_FINDING, .wait = true},
		[GOT_CHANGE]  = {.next = WATCH_FINDING, .wait = true},
		[GOT_EOF]     = {.next = WATCH_FINDING, .wait = true},
		[GOT_GONE]    = {.next = WATCH_FINDING, .wait = true},
		[GOT_MISSING] = {.next = WATCH_FINDING, .wait = true},
		[GOT_FAILURE] = {.next = WATCH_FINDING, .wait = true},
	},
	[WATCH_LISTING] = {
		[GOT_PAGE]    = {.next = WATCH_LISTING},
		[GOT_LAST]    = {.next = WATCH_WATCHING, .synced = true},
		[GOT_GONE]    = {.next = WATCH_LISTING, .restart_list = true},
		[GOT_MISSING] = {.next = WATCH_FINDING, .wait = true},
		[GOT_KIND]    = {.next = WATCH_LISTING, .restart_list = true, .wait = true},
		[GOT_CHANGE]  = {.next = WATCH_LISTING, .restart_list = true, .wait = true},
		[GOT_EOF]     = {.next = WATCH_LISTING, .restart_list = true, .wait = true},
		[GOT_FAILURE] = {.next = WATCH_LISTING, .restart_list = true, .wait = true},
	},
	[WATCH_WATCHING] = {
		[GOT_CHANGE]  = {.next = WATCH_WATCHING},
		[GOT_EOF]     = {.next = WATCH_WATCHING},
		[GOT_FAILURE] = {.next = WATCH_WATCHING, .wait = true},
		[GOT_GONE]    = {.next = WATCH_LISTING, .restart_list = true},
		[GOT_MISSING] = {.next = WATCH_FINDING, .wait = true},
		[GOT_KIND]    = {.next = WATCH_LISTING, .restart_list = true, .wait = true},
		[GOT_PAGE]    = {.next = WATCH_LISTING, .restart_list = true, .wait = true},
		[GOT_LAST]    = {.next = WATCH_LISTING, .restart_list = true, .wait = true},
	},
};
/* clang-format on */

struct watch_step watch_step(enum watch_state now, enum watch_event event)
{
	return steps[now][event];
}

int64_t watch_backoff_next(struct watch_backoff *b, int64_t now_ms,
			   unsigned random)
{
	if (b->delay_ms == 0 || now_ms - b->failed_ms >= WATCH_BACKOFF_RESET_MS)
		b->delay_ms = WATCH_BACKOFF_LEAST_MS;
	else if (b->delay_ms < WATCH_BACKOFF_MOST_MS / 2)
		b->delay_ms *= 2;
	else
		b->delay_ms = WATCH_BACKOFF_MOST_MS;
	b->failed_ms = now_ms;
	/* From a half of it to one and a half. */
	return b->delay_ms / 2 +
	       (int64_t)(random % (unsigned)(b->delay_ms + 1));
}
