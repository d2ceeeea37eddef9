/*
 * `struct line` is what one request at a time needs: an easy handle, credential
 * and headers. A kube_conn is a line that waits; a http_call one in a pool.
 */
#include "kube/http.h"

#include "base/alloc.h"
#include "base/clock.h"
#include "base/limits.h"
#include "base/metric.h"
#include "base/str.h"
#include "kube/config.h"
#include "kube/fence.h"
#include "kube/token.h"
#include "kube/url.h"

#include <assert.h>
#include <curl/curl.h>
#include <sys/socket.h>

/* A dead peer is noticed after 30 s of silence and three unanswered probes. */
#define KEEPALIVE_IDLE_S 30
#define KEEPALIVE_PROBE_S 10
/* A file of authorities may be replaced: read again after ten minutes. */
#define CA_CACHE_S 600

struct line {
	CURL *easy;
	const struct kube_config *config; /* borrowed */
	const struct kube_cred *cred;     /* in use, or NULL */
	struct curl_slist *headers;       /* of the request under way */
	struct curl_slist *connect_to;    /* for tls_server_name, or NULL */
	char *origin;                     /* "https://host:port/prefix" */
	char *host;                       /* for tls_server_name, else NULL */
	char why[CURL_ERROR_SIZE];
};

struct kube_conn {
	struct line line;
	const struct kube_fence *fence; /* borrowed, or NULL */
	/* Of the request under way, borrowed: */
	struct buf *body;
	const char *method;
	struct err *err;
};

struct http_pool {
	CURLM *multi;
	const struct kube_config *config; /* borrowed */
};

struct http_call {
	struct line line;
	struct http_pool *pool;
	const struct http_call_fns *fns; /* borrowed */
	void *ctx;
	const char *method; /* a constant, while running */
	bool running;
	struct err err; /* what data() said */
};

void http_start(void)
{
	CURLcode rc = curl_global_init(CURL_GLOBAL_DEFAULT);

	assert(rc == CURLE_OK);
	(void)rc;
}

void http_stop(void)
{
	curl_global_cleanup();
}

void http_response_done(struct http_response *r)
{
	/* It may have been a Secret. */
	buf_wipe(&r->body);
}

/* Setting an option fails only for want of memory, or in a libcurl that was
 * built without it; either would make us less safe than we promise. */
static void must(CURLcode rc)
{
	assert(rc == CURLE_OK);
	(void)rc;
}

static void set_pem(CURL *easy, CURLoption blob, CURLoption file,
		    const char *text, const char *path)
{
	struct curl_blob b = { NULL, 0, CURL_BLOB_NOCOPY };

	if (text) {
		/* Only read; the type is not const because it may be copied to. */
		b.data = (void *)(uintptr_t)text;
		b.len = strlen(text);
		must(curl_easy_setopt(easy, blob, &b));
	} else if (path) {
		must(curl_easy_setopt(easy, file, path));
	}
}

static void set_trust(CURL *easy, const struct kube_config *config)
{
	must(curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "https"));
	must(curl_easy_setopt(easy, CURLOPT_FOLLOWLOCATION, 0L));
	must(curl_easy_setopt(easy, CURLOPT_SSLVERSION,
			      (long)CURL_SSLVERSION_TLSv1_2));
	must(curl_easy_setopt(easy, CURLOPT_SSL_VERIFYPEER, 1L));
	must(curl_easy_setopt(easy, CURLOPT_SSL_VERIFYHOST, 2L));
	must(curl_easy_setopt(easy, CURLOPT_CA_CACHE_TIMEOUT,
			      (long)CA_CACHE_S));
	if (config->ca.text || config->ca.path) {
		/* Who is named is trusted, and nobody besides. */
		must(curl_easy_setopt(easy, CURLOPT_CAPATH, NULL));
		must(curl_easy_setopt(easy, CURLOPT_CAINFO, NULL));
	}
	set_pem(easy, CURLOPT_CAINFO_BLOB, CURLOPT_CAINFO, config->ca.text,
		config->ca.path);
	set_pem(easy, CURLOPT_SSLCERT_BLOB, CURLOPT_SSLCERT, config->cert.text,
		config->cert.path);
	set_pem(easy, CURLOPT_SSLKEY_BLOB, CURLOPT_SSLKEY, config->key.text,
		config->key.path);
}

static void set_network(CURL *easy, const struct kube_config *config)
{
	must(curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L));
	must(curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS,
			      (long)LIMIT_CONNECT_MS));
	must(curl_easy_setopt(easy, CURLOPT_TCP_KEEPALIVE, 1L));
	must(curl_easy_setopt(easy, CURLOPT_TCP_KEEPIDLE,
			      (long)KEEPALIVE_IDLE_S));
	must(curl_easy_setopt(easy, CURLOPT_TCP_KEEPINTVL,
			      (long)KEEPALIVE_PROBE_S));
	must(curl_easy_setopt(easy, CURLOPT_USERAGENT, "devmachine-operator"));
	if (config->proxy_url)
		must(curl_easy_setopt(easy, CURLOPT_PROXY, config->proxy_url));
	else if (url_is_local(config->server))
		must(curl_easy_setopt(easy, CURLOPT_PROXY, ""));
}

/*
 * libcurl takes the name for SNI and for the certificate from the URL. To use
 * another one, the URL names it and the connection goes where we say; the
 * Host header stays the server's.
 */
static void set_server_name(struct line *l, const struct kube_config *config)
{
	struct url_server s = url_server(config->server);
	AUTO_FREE char *to = alloc_print("%s:" STR_FMT ":" STR_FMT ":" STR_FMT,
					 config->tls_server_name,
					 STR_ARG(s.port), STR_ARG(s.host),
					 STR_ARG(s.port));

	l->connect_to = curl_slist_append(NULL, to);
	must(curl_easy_setopt(l->easy, CURLOPT_CONNECT_TO, l->connect_to));
	l->host = alloc_text(s.authority.p, s.authority.n);
	l->origin = alloc_print("https://%s:" STR_FMT STR_FMT,
				config->tls_server_name, STR_ARG(s.port),
				STR_ARG(s.prefix));
}

static void line_init(struct line *l, const struct kube_config *config)
{
	l->config = config;
	l->easy = curl_easy_init();
	assert(l->easy);
	set_trust(l->easy, config);
	set_network(l->easy, config);
	must(curl_easy_setopt(l->easy, CURLOPT_ERRORBUFFER, l->why));
	if (config->tls_server_name)
		set_server_name(l, config);
	else
		l->origin = alloc_copy(config->server);
}

static void drop_headers(struct line *l)
{
	for (struct curl_slist *h = l->headers; h; h = h->next)
		explicit_bzero(h->data, strlen(h->data));
	curl_slist_free_all(l->headers);
	l->headers = NULL;
}

static void line_done(struct line *l)
{
	curl_easy_cleanup(l->easy);
	drop_headers(l);
	curl_slist_free_all(l->connect_to);
	if (l->cred)
		kube_token_put(l->config->token, l->cred);
	free(l->origin);
	free(l->host);
}

/* Makes cred, NULL or lent by the token, the one this line uses. */
static void use_cred(struct line *l, const struct kube_cred *cred)
{
	if (cred == l->cred) {
		kube_token_put(l->config->token, cred);
		return;
	}
	if (cred->cert_pem || (l->cred && l->cred->cert_pem)) {
		const struct kube_config *c = l->config;

		/* The old one's memory goes away with it. */
		must(curl_easy_setopt(l->easy, CURLOPT_SSLCERT_BLOB, NULL));
		must(curl_easy_setopt(l->easy, CURLOPT_SSLKEY_BLOB, NULL));
		set_pem(l->easy, CURLOPT_SSLCERT_BLOB, CURLOPT_SSLCERT,
			cred->cert_pem ? cred->cert_pem : c->cert.text,
			cred->cert_pem ? NULL : c->cert.path);
		set_pem(l->easy, CURLOPT_SSLKEY_BLOB, CURLOPT_SSLKEY,
			cred->key_pem ? cred->key_pem : c->key.text,
			cred->key_pem ? NULL : c->key.path);
	}
	if (l->cred)
		kube_token_put(l->config->token, l->cred);
	l->cred = cred;
}

static void add_header(struct line *l, const char *fmt, ...) PRINTF_LIKE(2, 3);
static void add_header(struct line *l, const char *fmt, ...)
{
	struct buf text = BUF_INIT(LIMIT_CONFIG_BYTES);
	va_list args;

	va_start(args, fmt);
	buf_addv(&text, fmt, args);
	va_end(args);
	struct curl_slist *headers =
		curl_slist_append(l->headers, buf_text(&text));
	assert(headers);
	l->headers = headers;
	buf_wipe(&text);
}

/* A header's value must not start another header. */
static bool is_header_text(const char *text)
{
	return !strpbrk(text, "\r\n");
}

static bool set_headers(struct line *l, const struct http_request *req,
			struct err *err)
{
	drop_headers(l);
	if (req->as && !is_header_text(req->as))
		return err_set(err, ERR_INVALID, "no user name to impersonate");
	add_header(l, "Accept: %s",
		   req->accept ? req->accept : "application/json");
	if (l->host)
		add_header(l, "Host: %s", l->host);
	if (l->cred && l->cred->token)
		add_header(l, "Authorization: Bearer %s", l->cred->token);
	if (req->body.n) {
		add_header(l, "Content-Type: %s",
			   req->content_type ? req->content_type
					     : "application/json");
		/* Without this libcurl waits for a 100 before a large body. */
		add_header(l, "Expect:");
	}
	if (req->as)
		add_header(l, "Impersonate-User: %s", req->as);
	must(curl_easy_setopt(l->easy, CURLOPT_HTTPHEADER, l->headers));
	return true;
}

static void set_method(struct line *l, const struct http_request *req)
{
	bool is_get = strcmp(req->method, "GET") == 0;

	if (req->body.n) {
		must(curl_easy_setopt(l->easy, CURLOPT_POSTFIELDSIZE_LARGE,
				      (curl_off_t)req->body.n));
		must(curl_easy_setopt(l->easy, CURLOPT_POSTFIELDS,
				      req->body.p));
	} else {
		must(curl_easy_setopt(l->easy, CURLOPT_HTTPGET, 1L));
	}
	must(curl_easy_setopt(l->easy, CURLOPT_CUSTOMREQUEST,
			      is_get ? NULL : req->method));
}

/* Makes the easy handle ready for a request. */
static bool prepare(struct line *l, const struct http_request *req,
		    struct err *err)
{
	const struct kube_cred *cred = NULL;
	int64_t timeout_ms = req->timeout_ms ? req->timeout_ms
					     : LIMIT_REQUEST_MS;

	if (l->config->token) {
		if (!kube_token_get(l->config->token, &cred, err))
			return false;
		use_cred(l, cred);
	}
	if (!set_headers(l, req, err))
		return false;
	AUTO_FREE char *url = alloc_print("%s%s", l->origin, req->target);
	must(curl_easy_setopt(l->easy, CURLOPT_URL, url));
	must(curl_easy_setopt(l->easy, CURLOPT_TIMEOUT_MS, (long)timeout_ms));
	set_method(l, req);
	l->why[0] = '\0';
	return true;
}

static int answer_code(struct line *l)
{
	long code = 0;

	curl_easy_getinfo(l->easy, CURLINFO_RESPONSE_CODE, &code);
	return (int)code;
}

static int64_t answer_retry_after_ms(struct line *l)
{
	curl_off_t seconds = 0;

	curl_easy_getinfo(l->easy, CURLINFO_RETRY_AFTER, &seconds);
	/* An hour is more than anybody means. */
	return seconds > 0 && seconds <= 3600 ? (int64_t)seconds * 1000 : 0;
}

static bool transport_error(struct line *l, CURLcode rc, struct err *err)
{
	return err_set(err, ERR_UNAVAILABLE, "%s: %s%s%s", l->config->server,
		       curl_easy_strerror(rc), l->why[0] ? ": " : "", l->why);
}

struct kube_conn *kube_conn_new(const struct kube_config *config)
{
	struct kube_conn *conn = NEW(struct kube_conn);

	line_init(&conn->line, config);
	/* One connection suffices one thread, and needs no multiplexing. */
	must(curl_easy_setopt(conn->line.easy, CURLOPT_HTTP_VERSION,
			      (long)CURL_HTTP_VERSION_1_1));
	must(curl_easy_setopt(conn->line.easy, CURLOPT_MAXCONNECTS, 1L));
	return conn;
}

void kube_conn_free(struct kube_conn *conn)
{
	if (!conn)
		return;
	line_done(&conn->line);
	free(conn);
}

static size_t on_body(char *p, size_t size, size_t n, void *ctx)
{
	struct kube_conn *conn = ctx;

	buf_add(conn->body, p, size * n);
	/* Any other count ends the transfer. */
	return buf_overflowed(conn->body) ? 0 : size * n;
}

/* The connection stands; nothing has been sent yet. */
static int on_begin(void *ctx, char *to, char *from, int to_port, int from_port)
{
	struct kube_conn *conn = ctx;

	(void)to, (void)from, (void)to_port, (void)from_port;
	return kube_fence_check(conn->fence, conn->method, clock_elapsed_ms(),
				conn->err)
		       ? CURL_PREREQFUNC_OK
		       : CURL_PREREQFUNC_ABORT;
}

/* Comes once a second at least. */
static int on_progress(void *ctx, curl_off_t to_read, curl_off_t read,
		       curl_off_t to_send, curl_off_t sent)
{
	struct kube_conn *conn = ctx;

	(void)to_read, (void)read, (void)to_send, (void)sent;
	return kube_fence_breaks(conn->fence, clock_elapsed_ms(), conn->err);
}

/* What is closed is reset: the kernel sends nothing that was left behind. */
static int on_socket(void *ctx, curl_socket_t fd, curlsocktype purpose)
{
	const struct linger at_once = { .l_onoff = 1 };

	(void)ctx, (void)purpose;
	return setsockopt(fd, SOL_SOCKET, SO_LINGER, &at_once,
			  sizeof(at_once)) == 0
		       ? CURL_SOCKOPT_OK
		       : CURL_SOCKOPT_ERROR;
}

void kube_conn_set_fence(struct kube_conn *conn, const struct kube_fence *fence)
{
	CURL *easy = conn->line.easy;

	conn->fence = fence;
	must(curl_easy_setopt(easy, CURLOPT_PREREQFUNCTION, on_begin));
	must(curl_easy_setopt(easy, CURLOPT_PREREQDATA, conn));
	must(curl_easy_setopt(easy, CURLOPT_XFERINFOFUNCTION, on_progress));
	must(curl_easy_setopt(easy, CURLOPT_XFERINFODATA, conn));
	must(curl_easy_setopt(easy, CURLOPT_NOPROGRESS, 0L));
	must(curl_easy_setopt(easy, CURLOPT_SOCKOPTFUNCTION, on_socket));
}

static bool send_once(struct kube_conn *conn, const struct http_request *asked,
		      struct http_response *out, struct err *err)
{
	CURL *easy = conn->line.easy;
	struct http_request admitted;
	const struct http_request *req = conn->fence ? &admitted : asked;
	AUTO_FREE char *target = NULL;

	if (conn->fence &&
	    !kube_fence_admit(conn->fence, asked, clock_elapsed_ms(), &admitted,
			      &target, err))
		return false;
	if (!prepare(&conn->line, req, err))
		return false;
	buf_clear(&out->body);
	conn->body = &out->body;
	conn->method = req->method;
	conn->err = err;
	must(curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, on_body));
	must(curl_easy_setopt(easy, CURLOPT_WRITEDATA, conn));
	int64_t began_ms = clock_now_ms();
	CURLcode rc = curl_easy_perform(easy);
	conn->body = NULL;
	conn->err = NULL;
	drop_headers(&conn->line);
	metric_request(req->method,
		       rc == CURLE_OK ? answer_code(&conn->line) : 0,
		       (clock_now_ms() - began_ms) * 1000);
	if (err->kind == ERR_CANCELLED)
		return false;
	if (!buf_check(&out->body, err))
		return err_wrap(err, "%s: answer", conn->line.config->server);
	if (rc != CURLE_OK)
		return transport_error(&conn->line, rc, err);
	out->code = answer_code(&conn->line);
	out->retry_after_ms = answer_retry_after_ms(&conn->line);
	return true;
}

bool kube_conn_send(struct kube_conn *conn, const struct http_request *req,
		    struct http_response *out, struct err *err)
{
	out->body.max = req->max_bytes ? req->max_bytes : LIMIT_BODY_BYTES;
	if (!send_once(conn, req, out, err))
		return false;
	if (out->code == 401 && conn->line.cred &&
	    kube_token_refused(conn->line.config->token, conn->line.cred))
		return send_once(conn, req, out, err);
	return true;
}

struct http_pool *http_pool_new(const struct kube_config *config)
{
	struct http_pool *pool = NEW(struct http_pool);

	pool->config = config;
	pool->multi = curl_multi_init();
	assert(pool->multi);
	return pool;
}

void http_pool_free(struct http_pool *pool)
{
	if (!pool)
		return;
	curl_multi_cleanup(pool->multi);
	free(pool);
}

static size_t on_data(char *p, size_t size, size_t n, void *ctx)
{
	struct http_call *call = ctx;
	int code = answer_code(&call->line);

	if (!call->fns->data(call->ctx, code, p, size * n, &call->err))
		return 0;
	return size * n;
}

struct http_call *http_call_new(struct http_pool *pool,
				const struct http_call_fns *fns, void *ctx)
{
	struct http_call *call = NEW(struct http_call);
	CURL *easy;

	call->pool = pool;
	call->fns = fns;
	call->ctx = ctx;
	line_init(&call->line, pool->config);
	easy = call->line.easy;
	must(curl_easy_setopt(easy, CURLOPT_HTTP_VERSION,
			      (long)CURL_HTTP_VERSION_1_1));
	must(curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, on_data));
	must(curl_easy_setopt(easy, CURLOPT_WRITEDATA, call));
	must(curl_easy_setopt(easy, CURLOPT_PRIVATE, call));
	return call;
}

void http_call_cancel(struct http_call *call)
{
	if (!call->running)
		return;
	curl_multi_remove_handle(call->pool->multi, call->line.easy);
	call->running = false;
	err_clear(&call->err);
}

int http_call_code(struct http_call *call)
{
	return answer_code(&call->line);
}

void http_call_free(struct http_call *call)
{
	if (!call)
		return;
	http_call_cancel(call);
	line_done(&call->line);
	free(call);
}

bool http_call_start(struct http_call *call, const struct http_request *req,
		     struct err *err)
{
	assert(!call->running && req->body.n == 0);
	if (!prepare(&call->line, req, err))
		return false;
	CURLMcode rc =
		curl_multi_add_handle(call->pool->multi, call->line.easy);
	if (rc != CURLM_OK)
		return err_set(err, ERR_INTERNAL, "%s",
			       curl_multi_strerror(rc));
	call->method = req->method;
	call->running = true;
	return true;
}

static void finish(struct http_call *call, CURLcode rc)
{
	AUTO_ERR err = ERR_INIT;
	int code = answer_code(&call->line);
	int64_t retry_after_ms = answer_retry_after_ms(&call->line);

	curl_multi_remove_handle(call->pool->multi, call->line.easy);
	call->running = false;
	drop_headers(&call->line);
	metric_request(call->method, code, -1);
	if (call->err.kind != ERR_NONE)
		err_move(&err, &call->err);
	else if (rc != CURLE_OK)
		transport_error(&call->line, rc, &err);
	else if (code == 401 && call->line.cred)
		kube_token_refused(call->line.config->token, call->line.cred);
	call->fns->done(call->ctx, code, retry_after_ms, &err);
}

/* Tells the calls that have ended so; returns whether there was one. */
static bool finish_all(struct http_pool *pool)
{
	bool any = false;
	CURLMsg *m;
	int left;

	while ((m = curl_multi_info_read(pool->multi, &left))) {
		char *private = NULL;
		CURLcode rc = m->data.result; /* m dies in finish() */

		if (m->msg != CURLMSG_DONE)
			continue;
		curl_easy_getinfo(m->easy_handle, CURLINFO_PRIVATE, &private);
		finish((struct http_call *)(void *)private, rc);
		any = true;
	}
	return any;
}

void http_pool_wait(struct http_pool *pool, int64_t timeout_ms)
{
	int running;

	curl_multi_perform(pool->multi, &running);
	if (finish_all(pool))
		return;
	curl_multi_poll(pool->multi, NULL, 0, (int)timeout_ms, NULL);
	curl_multi_perform(pool->multi, &running);
	finish_all(pool);
}

void http_pool_wake(struct http_pool *pool)
{
	curl_multi_wakeup(pool->multi);
}
