#include "serve/server.h"

#include "base/alloc.h"
#include "base/limits.h"
#include "base/metric.h"

#include <arpa/inet.h>
#include <assert.h>
#include <errno.h>
#include <microhttpd.h>
#include <netdb.h>
#include <sys/socket.h>

/* A scrape is a few KiB; connections are those of probes and Prometheus. */
enum { MAX_CONNECTIONS = 32, IDLE_S = 15 };

struct server {
	struct MHD_Daemon *daemon;
	const struct serve_probes *probes;
};

static enum MHD_Result answer(struct MHD_Connection *c, unsigned code,
			      const char *type, struct str body)
{
	struct MHD_Response *r;
	union {
		const char *in;
		void *out;
	} u = { .in = body.p };

	r = MHD_create_response_from_buffer(body.n, u.out,
					    MHD_RESPMEM_MUST_COPY);
	if (!r)
		return MHD_NO;
	MHD_add_response_header(r, "Content-Type", type);
	enum MHD_Result sent = MHD_queue_response(c, code, r);
	MHD_destroy_response(r);
	return sent;
}

static enum MHD_Result answer_text(struct MHD_Connection *c, unsigned code,
				   const char *text)
{
	return answer(c, code, "text/plain; charset=utf-8", str_of(text));
}

static enum MHD_Result answer_probe(struct MHD_Connection *c, bool ok)
{
	return ok ? answer_text(c, MHD_HTTP_OK, "ok\n")
		  : answer_text(c, MHD_HTTP_SERVICE_UNAVAILABLE, "not yet\n");
}

static enum MHD_Result answer_metrics(struct MHD_Connection *c)
{
	AUTO_BUF text = BUF_INIT(LIMIT_MIB(1));

	metric_write(&text);
	return answer(c, MHD_HTTP_OK, "text/plain; version=0.0.4",
		      buf_str(&text));
}

static enum MHD_Result handle(void *ctx, struct MHD_Connection *c,
			      const char *url, const char *method,
			      const char *version, const char *upload,
			      size_t *upload_size, void **state)
{
	const struct server *s = ctx;
	const struct serve_probes *p = s->probes;

	(void)version;
	(void)upload;
	(void)state;
	if (*upload_size)
		return MHD_NO;
	if (strcmp(method, "GET") != 0 && strcmp(method, "HEAD") != 0)
		return answer_text(c, MHD_HTTP_METHOD_NOT_ALLOWED,
				   "only GET\n");
	if (!p && strcmp(url, "/metrics") == 0)
		return answer_metrics(c);
	if (p && strcmp(url, "/healthz") == 0)
		return answer_probe(c, p->is_healthy(p->ctx));
	if (p && strcmp(url, "/readyz") == 0)
		return answer_probe(c, p->is_ready(p->ctx));
	return answer_text(c, MHD_HTTP_NOT_FOUND, "not found\n");
}

/* Looks up "host:port"; the caller frees *out with freeaddrinfo(). */
static bool resolve(const char *address, struct addrinfo **out, struct err *err)
{
	const char *colon = strrchr(address, ':');
	struct addrinfo hints = { .ai_flags = AI_PASSIVE | AI_NUMERICSERV,
				  .ai_socktype = SOCK_STREAM };

	if (!colon)
		return err_set(err, ERR_INVALID,
			       "%s: an address is host:port or :port", address);
	size_t n = (size_t)(colon - address);
	bool brackets = n > 1 && address[0] == '[' && colon[-1] == ']';
	AUTO_FREE char *host = brackets ? alloc_text(address + 1, n - 2)
					: alloc_text(address, n);
	int rc = getaddrinfo(*host ? host : NULL, colon + 1, &hints, out);
	if (rc != 0)
		return err_set(err, ERR_INVALID, "%s: %s", address,
			       gai_strerror(rc));
	return true;
}

bool server_start(const char *address, const struct serve_probes *probes,
		  struct server **out, struct err *err)
{
	struct addrinfo *where = NULL;

	*out = NULL;
	if (!*address || strcmp(address, "0") == 0)
		return true;
	if (!resolve(address, &where, err))
		return false;
	assert(where);
	struct server *s = NEW(struct server);
	unsigned flags = MHD_USE_INTERNAL_POLLING_THREAD | MHD_USE_AUTO;
	if (where->ai_family == AF_INET6)
		flags |= MHD_USE_DUAL_STACK;
	s->probes = probes;
	errno = 0;
	s->daemon = MHD_start_daemon(
		flags, 0, NULL, NULL, handle, s, MHD_OPTION_SOCK_ADDR,
		where->ai_addr, MHD_OPTION_CONNECTION_LIMIT,
		(unsigned)MAX_CONNECTIONS, MHD_OPTION_CONNECTION_TIMEOUT,
		(unsigned)IDLE_S, MHD_OPTION_THREAD_STACK_SIZE,
		LIMIT_STACK_BYTES, MHD_OPTION_END);
	int failed = errno;
	freeaddrinfo(where);
	if (!s->daemon) {
		free(s);
		return err_sys(err, failed, "listen on %s", address);
	}
	*out = s;
	return true;
}

void server_stop(struct server *s)
{
	if (!s)
		return;
	MHD_stop_daemon(s->daemon);
	free(s);
}
