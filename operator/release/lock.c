#include "release/lock.h"

#include "base/alloc.h"
#include "base/limits.h"

#include <inttypes.h>

char *lock_mark(const struct lock_lease *lease)
{
	return alloc_print("by %s lease %s/%" PRId64, lease->holder, lease->uid,
			   lease->transitions);
}

char *lock_mark_alone(const char *identity)
{
	return alloc_print("by %s", identity);
}

static bool is_alive(const char *mark, const struct lock_lease *lease)
{
	if (!lease)
		return false;
	AUTO_FREE char *live = lock_mark(lease);
	return strcmp(mark, live) == 0;
}

/*
 * How long a person's helm may still take, from the time that it wrote last.
 * That is told by the clock of a person's machine: one that is far ahead would
 * hold the release for as long, so the API server's time of the record's
 * creation counts then.
 */
static int64_t left_ms(const struct record_head *head, int64_t now_ms)
{
	int64_t written_ms = head->written_s * 1000;
	int64_t created_ms = head->created_s * 1000;
	int64_t since_ms = written_ms > created_ms ? written_ms : created_ms;

	if (since_ms - now_ms > LIMIT_HELM_MS)
		since_ms = created_ms;
	if (since_ms > now_ms)
		since_ms = now_ms;
	int64_t left = since_ms + LIMIT_HELM_MS - now_ms;
	return left > 0 ? left : 0;
}

enum lock_state lock_state(const struct record_head *head,
			   const struct lock_lease *lease, int64_t now_ns,
			   int64_t *out_wait_ms)
{
	*out_wait_ms = 0;
	if (!record_is_pending(head->status) &&
	    head->status != RECORD_UNINSTALLING)
		return LOCK_NONE;
	if (*head->lock)
		return is_alive(head->lock, lease) ? LOCK_ALIVE : LOCK_DEAD;
	*out_wait_ms = left_ms(head, now_ns / 1000000);
	return *out_wait_ms ? LOCK_PERSON : LOCK_ABANDONED;
}
