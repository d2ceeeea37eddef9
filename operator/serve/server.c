#include "serve/server.h"

#include "base/alloc.h"
#include "base/limits.h"
#include "base/metric.h"
#include "serve/certificate.h"

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
	const struct serve_guard *guard;
	struct certificate certificate; /* empty without HTTPS */
};

/* libmicrohttpd's names for GnuTLS's priorities; what is older is broken. */
static const char ciphers[] = "NORMAL:-VERS-ALL:+VERS-TLS1.3:+VERS-TLS1.2";

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

/* "Bearer TOKEN", as Kubernetes has it; "" for anything else. */
static const char *token_of(struct MHD_Connection *c)
{
	static const char scheme[] = "Bearer ";
	const char *said = MHD_lookup_connection_value(c, MHD_HEADER_KIND,
						       "Authorization");

	return said && strncasecmp(said, scheme, strlen(scheme)) == 0
		       ? said + strlen(scheme)
		       : "";
}

/* Answers who may not see it; MHD_NO: nothing was answered. */
static bool turn_away(const struct server *s, struct MHD_Connection *c,
		      enum MHD_Result *out)
{
	int code = s->guard ? s->guard->ask(s->guard->ctx, token_of(c))
			    : MHD_HTTP_OK;

	if (code == MHD_HTTP_OK)
		return false;
	*out = answer_text(c, (unsigned)code,
			   code == MHD_HTTP_UNAUTHORIZED ? "who are you?\n"
			   : code == MHD_HTTP_FORBIDDEN
				   ? "not allowed\n"
				   : "the API server could not be asked\n");
	return true;
}

static enum MHD_Result handle(void *ctx, struct MHD_Connection *c,
			      const char *url, const char *method,
			      const char *version, const char *upload,
			      size_t *upload_size, void **state)
{
	const struct server *s = ctx;
	const struct serve_probes *p = s->probes;
	enum MHD_Result done;

	(void)version;
	(void)upload;
	(void)state;
	if (*upload_size)
		return MHD_NO;
	if (strcmp(method, "GET") != 0 && strcmp(method, "HEAD") != 0)
		return answer_text(c, MHD_HTTP_METHOD_NOT_ALLOWED,
				   "only GET\n");
	if (turn_away(s, c, &done))
		return done;
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

static void free_server(struct server *s)
{
	certificate_done(&s->certificate);
	free(s);
}

static bool listen_on(struct server *s, const struct addrinfo *where)
{
	unsigned flags = MHD_USE_INTERNAL_POLLING_THREAD | MHD_USE_AUTO;
	union {
		const char *in;
		void *out;
	} priorities = { .in = ciphers };
	struct MHD_OptionItem tls[] = {
		{ MHD_OPTION_HTTPS_MEM_CERT, 0, s->certificate.cert },
		{ MHD_OPTION_HTTPS_MEM_KEY, 0, s->certificate.key },
		{ MHD_OPTION_HTTPS_PRIORITIES, 0, priorities.out },
		{ MHD_OPTION_END, 0, NULL },
	};

	if (where->ai_family == AF_INET6)
		flags |= MHD_USE_DUAL_STACK;
	if (s->certificate.key)
		flags |= MHD_USE_TLS;
	else
		tls[0].option = MHD_OPTION_END;
	errno = 0;
	s->daemon = MHD_start_daemon(
		flags, 0, NULL, NULL, handle, s, MHD_OPTION_SOCK_ADDR,
		where->ai_addr, MHD_OPTION_CONNECTION_LIMIT,
		(unsigned)MAX_CONNECTIONS, MHD_OPTION_CONNECTION_TIMEOUT,
		(unsigned)IDLE_S, MHD_OPTION_THREAD_STACK_SIZE,
		LIMIT_STACK_BYTES, MHD_OPTION_ARRAY, tls, MHD_OPTION_END);
	return s->daemon != NULL;
}

bool server_start(const struct serve_options *o, struct server **out,
		  struct err *err)
{
	struct addrinfo *where = NULL;

	*out = NULL;
	if (!*o->address || strcmp(o->address, "0") == 0)
		return true;
	if (!resolve(o->address, &where, err))
		return false;
	assert(where);
	struct server *s = NEW(struct server);
	s->probes = o->probes;
	s->guard = o->guard;
	bool ok = !o->secure || certificate_make(&s->certificate, err);
	if (ok && !listen_on(s, where))
		ok = err_sys(err, errno, "listen on %s", o->address);
	freeaddrinfo(where);
	if (!ok) {
		free_server(s);
		return false;
	}
	*out = s;
	return true;
}

void server_stop(struct server *s)
{
	if (!s)
		return;
	MHD_stop_daemon(s->daemon);
	free_server(s);
}
