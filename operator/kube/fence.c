#include "kube/fence.h"

#include "base/alloc.h"
#include "base/limits.h"

#include <inttypes.h>
#include <string.h>

void kube_fence_init(struct kube_fence *f)
{
	atomic_init(&f->closed, false);
	atomic_init(&f->writes_until_ms, INT64_MAX);
	atomic_init(&f->cut_ms, INT64_MAX);
}

void kube_fence_lend(struct kube_fence *f, int64_t until_ms)
{
	atomic_store(&f->writes_until_ms, until_ms);
}

void kube_fence_cut(struct kube_fence *f, int64_t at_ms)
{
	atomic_store(&f->cut_ms, at_ms);
}

void kube_fence_close(struct kube_fence *f)
{
	atomic_store(&f->closed, true);
}

bool kube_fence_breaks(const struct kube_fence *f, int64_t now_ms,
		       struct err *err)
{
	if (now_ms < atomic_load(&f->cut_ms))
		return false;
	/* Whoever ends the request may ask again until it has ended. */
	if (err->kind == ERR_NONE)
		err_set(err, ERR_CANCELLED, "cut short: stopping");
	return true;
}

static bool is_write(const char *method)
{
	return strcmp(method, "GET") != 0;
}

static int64_t earlier(int64_t a, int64_t b)
{
	return a < b ? a : b;
}

/* Another thread may move the bounds: they are looked at once. */
static bool check(bool closed, int64_t cut_ms, int64_t writes_until_ms,
		  const char *method, int64_t now_ms, struct err *err)
{
	if (closed || now_ms >= cut_ms)
		return err_set(err, ERR_CANCELLED, "not sent: stopping");
	if (is_write(method) && now_ms >= writes_until_ms)
		return err_set(err, ERR_CANCELLED,
			       "not sent: the lease may be somebody else's by "
			       "now");
	return true;
}

bool kube_fence_check(const struct kube_fence *f, const char *method,
		      int64_t now_ms, struct err *err)
{
	return check(atomic_load(&f->closed), atomic_load(&f->cut_ms),
		     atomic_load(&f->writes_until_ms), method, now_ms, err);
}

static char *with_timeout(const struct http_request *req)
{
	return alloc_print("%s%ctimeout=%" PRId64 "ms", req->target,
			   strchr(req->target, '?') ? '&' : '?',
			   req->timeout_ms);
}

bool kube_fence_admit(const struct kube_fence *f,
		      const struct http_request *req, int64_t now_ms,
		      struct http_request *out, char **target, struct err *err)
{
	int64_t end_ms = atomic_load(&f->cut_ms);
	int64_t until_ms = atomic_load(&f->writes_until_ms);
	bool bounded = is_write(req->method) && until_ms != INT64_MAX;

	if (!check(atomic_load(&f->closed), end_ms, until_ms, req->method,
		   now_ms, err))
		return false;
	if (bounded)
		end_ms = earlier(end_ms, until_ms + KUBE_FENCE_GRACE_MS);
	*out = *req;
	out->timeout_ms =
		earlier(req->timeout_ms ? req->timeout_ms : LIMIT_REQUEST_MS,
			end_ms - now_ms);
	if (bounded) {
		*target = with_timeout(out);
		out->target = *target;
	}
	return true;
}
