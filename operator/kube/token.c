/* The fetch itself runs without the lock: `fetching` keeps others from
 * starting a second one, and whoever has no usable credential waits. */
#include "kube/token.h"

#include "base/alloc.h"
#include "base/clock.h"
#include "base/file.h"
#include "base/limits.h"
#include "base/thread.h"
#include "kube/exec.h"

/* The kubelet replaces a token that has reached 80 % of its life. */
#define FILE_AGE_MS 60000
/* After a failed fetch the last credential serves for this long. */
#define RETRY_MS 10000

struct kube_token {
	struct mtx lock; /* guards everything below but path and exec */
	struct cond fetched;
	char *path;             /* a file, or NULL */
	struct kube_exec *exec; /* a plug-in, or NULL; both NULL: fixed */
	struct kube_cred *now;  /* in use here, too; may be NULL */
	int64_t fetch_at_ms;    /* when a file is read again, at the latest */
	bool fetching;
	bool refused; /* the server did not accept now */
};

static void wipe(char *text)
{
	if (text)
		explicit_bzero(text, strlen(text));
	free(text);
}

static void cred_free(struct kube_cred *cred)
{
	if (!cred)
		return;
	wipe(cred->token);
	wipe(cred->cert_pem);
	wipe(cred->key_pem);
	free(cred);
}
DEFINE_AUTO(struct kube_cred *, cred_free)

static struct kube_token *token_new(void)
{
	struct kube_token *t = NEW(struct kube_token);

	mtx_init(&t->lock);
	cond_init(&t->fetched);
	return t;
}

struct kube_token *kube_token_fixed(const char *text)
{
	struct kube_token *t = token_new();

	t->now = NEW(struct kube_cred);
	t->now->token = alloc_copy(text);
	t->now->uses = 1;
	return t;
}

struct kube_token *kube_token_file(const char *path)
{
	struct kube_token *t = token_new();

	t->path = alloc_copy(path);
	return t;
}

struct kube_token *kube_token_exec(struct kube_exec *take)
{
	struct kube_token *t = token_new();

	t->exec = take;
	return t;
}

void kube_token_free(struct kube_token *t)
{
	if (!t)
		return;
	cred_free(t->now);
	kube_exec_free(t->exec);
	free(t->path);
	cond_done(&t->fetched);
	mtx_done(&t->lock);
	free(t);
}

/* A header must stay one line. */
static bool is_printable(struct str text)
{
	for (size_t i = 0; i < text.n; i++)
		if (text.p[i] <= ' ' || text.p[i] > '~')
			return false;
	return text.n > 0;
}

static bool read_file(const char *path, struct kube_cred *out, struct err *err)
{
	struct buf text = BUF_INIT(LIMIT_CONFIG_BYTES);
	bool ok = file_read(path, &text, err);
	struct str token = str_trim(buf_str(&text));

	if (ok && !is_printable(token))
		ok = err_set(err, ERR_INVALID, "%s: holds no token", path);
	if (ok)
		out->token = alloc_text(token.p, token.n);
	buf_wipe(&text);
	return ok;
}

static bool fetch(const struct kube_token *t, struct kube_cred **out,
		  struct err *err)
{
	AUTO(cred_free) struct kube_cred *cred = NEW(struct kube_cred);

	if (t->exec ? !kube_exec_run(t->exec, LIMIT_EXEC_MS, cred, err)
		    : !read_file(t->path, cred, err))
		return false;
	if (cred->token && !is_printable(str_of(cred->token)))
		return err_set(err, ERR_INVALID,
			       "the plug-in's token is no token");
	*out = TAKE(cred);
	return true;
}

static bool is_due_locked(const struct kube_token *t) NEEDS(t->lock);
static bool is_due_locked(const struct kube_token *t)
{
	if (!t->path && !t->exec)
		return false;
	if (!t->now || t->refused)
		return true;
	if (clock_now_ms() < t->fetch_at_ms)
		return false;
	return t->path ||
	       (t->now->until_ns > 0 && clock_wall_ns() >= t->now->until_ns);
}

static void drop_locked(struct kube_cred *cred)
{
	if (cred && --cred->uses == 0)
		cred_free(cred);
}

/* Puts what a fetch gave (NULL: it failed) in place of what we had. */
static void store_locked(struct kube_token *t, struct kube_cred *cred)
	NEEDS(t->lock);
static void store_locked(struct kube_token *t, struct kube_cred *cred)
{
	int64_t now_ms = clock_now_ms();

	t->fetching = false;
	cond_broadcast(&t->fetched);
	if (!cred) {
		t->fetch_at_ms = now_ms + RETRY_MS;
		return;
	}
	drop_locked(t->now);
	cred->uses = 1;
	t->now = cred;
	t->refused = false;
	t->fetch_at_ms = now_ms + (t->path ? FILE_AGE_MS : 0);
}

/* Waits until the credential may be used; false when the caller has to fetch
 * one, and nobody else will. */
static bool wait_locked(struct kube_token *t) NEEDS(t->lock);
static bool wait_locked(struct kube_token *t)
{
	while (is_due_locked(t)) {
		if (!t->fetching) {
			t->fetching = true;
			return false;
		}
		if (t->now && !t->refused)
			return true;
		cond_wait(&t->fetched, &t->lock);
	}
	return true;
}

bool kube_token_get(struct kube_token *t, const struct kube_cred **out,
		    struct err *err)
{
	AUTO_ERR failure = ERR_INIT;
	struct kube_cred *fresh = NULL;

	mtx_lock(&t->lock);
	if (!wait_locked(t)) {
		mtx_unlock(&t->lock);
		if (!fetch(t, &fresh, &failure))
			fresh = NULL;
		mtx_lock(&t->lock);
		store_locked(t, fresh);
	}
	struct kube_cred *cred = t->now && !t->refused ? t->now : NULL;
	if (cred)
		cred->uses++;
	mtx_unlock(&t->lock);
	if (!cred) {
		err_move(err, &failure);
		return err_wrap(err, "credential");
	}
	*out = cred;
	return true;
}

void kube_token_put(struct kube_token *t, const struct kube_cred *cred)
{
	if (!cred)
		return;
	mtx_lock(&t->lock);
	/* What we lent is ours to change. */
	drop_locked((struct kube_cred *)(uintptr_t)cred);
	mtx_unlock(&t->lock);
}

bool kube_token_refused(struct kube_token *t, const struct kube_cred *cred)
{
	if (!t->path && !t->exec)
		return false;
	mtx_lock(&t->lock);
	if (t->now == cred)
		t->refused = true;
	mtx_unlock(&t->lock);
	return true;
}
