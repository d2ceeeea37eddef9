/* The endpoints, asked over real sockets of 127.0.0.1. */
#include "serve/server.h"

#include "base/alloc.h"
#include "base/buf.h"
#include "base/limits.h"

#include "unit/rows.h"

#include <netinet/in.h>
#include <stdatomic.h>
#include <sys/socket.h>
#include <unistd.h>

/* A port that nobody listens on right now. */
static int free_port(void)
{
	struct sockaddr_in a = { .sin_family = AF_INET,
				 .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t n = sizeof(a);
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	assert_int_equal(bind(fd, (struct sockaddr *)&a, n), 0);
	assert_int_equal(getsockname(fd, (struct sockaddr *)&a, &n), 0);
	close(fd);
	return ntohs(a.sin_port);
}

/* Sends bytes and reads all that comes back. */
static void talk(int port, const char *request, struct buf *out)
{
	struct sockaddr_in a = { .sin_family = AF_INET,
				 .sin_port = htons((uint16_t)port),
				 .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	int fd = socket(AF_INET, SOCK_STREAM, 0);
	char part[4096];
	ssize_t n;

	assert_int_equal(connect(fd, (struct sockaddr *)&a, sizeof(a)), 0);
	n = (ssize_t)strlen(request);
	assert_int_equal(send(fd, request, (size_t)n, MSG_NOSIGNAL), n);
	while ((n = recv(fd, part, sizeof(part), 0)) > 0)
		buf_add(out, part, (size_t)n);
	close(fd);
}

static atomic_bool healthy, ready;

static bool ask_healthy(void *ctx)
{
	return ctx == &healthy && atomic_load(&healthy);
}

static bool ask_ready(void *ctx)
{
	return ctx == &healthy && atomic_load(&ready);
}

static const struct serve_probes probes = { ask_healthy, ask_ready, &healthy };

static const struct row {
	const char *name, *method, *path;
	bool metrics; /* of the other server */
	bool healthy, ready;
	int code;
	const char *body;
} rows[] = {
	{ "healthy", "GET", "/healthz", false, true, false, 200, "ok\n" },
	{ "not healthy", "GET", "/healthz", false, false, true, 503,
	  "not yet\n" },
	{ "ready", "GET", "/readyz", false, false, true, 200, "ok\n" },
	{ "not ready", "GET", "/readyz", false, true, false, 503, "not yet\n" },
	{ "head", "HEAD", "/healthz", false, true, true, 200, "" },
	{ "with a query", "GET", "/healthz?verbose", false, true, true, 200,
	  "ok\n" },
	{ "metrics", "GET", "/metrics", true, true, true, 200, NULL },
	{ "no metrics among the probes", "GET", "/metrics", false, true, true,
	  404, "not found\n" },
	{ "no probes among the metrics", "GET", "/healthz", true, true, true,
	  404, "not found\n" },
	{ "nothing at the root", "GET", "/", false, true, true, 404,
	  "not found\n" },
	{ "nothing below a probe", "GET", "/healthz/x", false, true, true, 404,
	  "not found\n" },
	{ "post", "POST", "/healthz", false, true, true, 405, "only GET\n" },
	{ "put", "PUT", "/metrics", true, true, true, 405, "only GET\n" },
	{ "delete", "DELETE", "/nothing", false, true, true, 405,
	  "only GET\n" },
};

static struct server *start_with(struct serve_options o, int port)
{
	AUTO_FREE char *address = alloc_print("127.0.0.1:%d", port);
	AUTO_ERR err = ERR_INIT;
	struct server *s = NULL;

	o.address = address;
	if (!server_start(&o, &s, &err))
		fail_msg("%s", err.msg);
	return s;
}

static struct server *start(bool metrics, int port)
{
	struct serve_options o = { .probes = metrics ? NULL : &probes };

	return start_with(o, port);
}

static void answers(void **state)
{
	const struct row *row = *state;
	int port = free_port();
	AUTO(server_stop) struct server *s = start(row->metrics, port);
	AUTO_FREE char *request =
		alloc_print("%s %s HTTP/1.1\r\nHost: x\r\nConnection: close\r\n"
			    "\r\n",
			    row->method, row->path);
	AUTO_FREE char *first = alloc_print("HTTP/1.1 %d ", row->code);
	AUTO_BUF got = BUF_INIT(LIMIT_MIB(2));

	assert_non_null(s);
	atomic_store(&healthy, row->healthy);
	atomic_store(&ready, row->ready);
	talk(port, request, &got);
	assert_memory_equal(buf_text(&got), first, strlen(first));
	const char *body = strstr(buf_text(&got), "\r\n\r\n");
	assert_non_null(body);
	if (row->body)
		assert_string_equal(body + 4, row->body);
	else
		assert_non_null(strstr(body, "\nworkqueue_depth "));
}

static void metrics_type(void **state)
{
	(void)state;
	int port = free_port();
	AUTO(server_stop) struct server *s = start(true, port);
	AUTO_BUF got = BUF_INIT(LIMIT_MIB(2));

	assert_non_null(s);
	talk(port, "GET /metrics HTTP/1.0\r\n\r\n", &got);
	assert_non_null(strstr(buf_text(&got),
			       "Content-Type: text/plain; version=0.0.4\r\n"));
}

/* Lets in who says "open", and answers others with the number they say. */
static int judge(void *ctx, const char *token)
{
	assert_ptr_equal(ctx, &ready);
	return strcmp(token, "open") == 0 ? 200 : *token ? atoi(token) : 401;
}

static const struct guard_row {
	const char *name;
	const char *header;
	int code;
} guard_rows[] = {
	{ "allowed", "Authorization: Bearer open\r\n", 200 },
	{ "in any case", "authorization: bearer open\r\n", 200 },
	{ "forbidden", "Authorization: Bearer 403\r\n", 403 },
	{ "unknown", "Authorization: Bearer 401\r\n", 401 },
	{ "not to be told", "Authorization: Bearer 500\r\n", 500 },
	{ "no token", "", 401 },
	{ "an empty one", "Authorization: Bearer \r\n", 401 },
	{ "another scheme", "Authorization: Basic open\r\n", 401 },
	{ "no scheme", "Authorization: open\r\n", 401 },
};

static void guarded(void **state)
{
	const struct guard_row *row = *state;
	const struct serve_guard guard = { judge, &ready };
	struct serve_options o = { .guard = &guard };
	int port = free_port();
	AUTO(server_stop) struct server *s = start_with(o, port);
	AUTO_FREE char *request =
		alloc_print("GET /metrics HTTP/1.0\r\n%s\r\n", row->header);
	AUTO_FREE char *code = alloc_print(" %d ", row->code);
	AUTO_BUF got = BUF_INIT(LIMIT_MIB(2));

	assert_non_null(s);
	talk(port, request, &got);
	assert_non_null(strstr(buf_text(&got), code));
	assert_int_equal(strstr(buf_text(&got), "workqueue") != NULL,
			 row->code == 200);
}

/* In the clear nothing is told. */
static void secure(void **state)
{
	(void)state;
	struct serve_options o = { .secure = true };
	int port = free_port();
	AUTO(server_stop) struct server *s = start_with(o, port);
	AUTO_BUF got = BUF_INIT(LIMIT_MIB(2));

	assert_non_null(s);
	talk(port, "GET /metrics HTTP/1.0\r\n\r\n", &got);
	assert_null(strstr(buf_text(&got), "workqueue"));
}

/* A body is not read. */
static void upload(void **state)
{
	(void)state;
	int port = free_port();
	AUTO(server_stop) struct server *s = start(false, port);
	AUTO_BUF got = BUF_INIT(LIMIT_MIB(1));

	assert_non_null(s);
	talk(port,
	     "POST /healthz HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n"
	     "Connection: close\r\n\r\nhello",
	     &got);
	assert_null(strstr(buf_text(&got), " 200 "));
}

static void no_http(void **state)
{
	(void)state;
	int port = free_port();
	AUTO(server_stop) struct server *s = start(false, port);
	AUTO_BUF got = BUF_INIT(LIMIT_MIB(1));
	AUTO_BUF after = BUF_INIT(LIMIT_MIB(1));

	assert_non_null(s);
	talk(port, "what\r\n\r\n", &got);
	assert_null(strstr(buf_text(&got), " 200 "));
	/* The next one is answered. */
	atomic_store(&healthy, true);
	talk(port, "GET /healthz HTTP/1.0\r\n\r\n", &after);
	assert_non_null(strstr(buf_text(&after), " 200 "));
}

/* ":port" listens on all addresses, IPv4 among them. */
static void all_addresses(void **state)
{
	(void)state;
	int port = free_port();
	AUTO_FREE char *address = alloc_print(":%d", port);
	AUTO_BUF got = BUF_INIT(LIMIT_MIB(1));
	AUTO_ERR err = ERR_INIT;
	AUTO(server_stop) struct server *s = NULL;

	const struct serve_options o = { .address = address,
					 .probes = &probes };
	assert_true(server_start(&o, &s, &err));
	atomic_store(&healthy, true);
	talk(port, "GET /healthz HTTP/1.0\r\n\r\n", &got);
	assert_non_null(strstr(buf_text(&got), " 200 "));
}

static void port_taken(void **state)
{
	(void)state;
	int port = free_port();
	AUTO(server_stop) struct server *s = start(false, port);
	AUTO_FREE char *address = alloc_print("127.0.0.1:%d", port);
	AUTO_ERR err = ERR_INIT;
	const struct serve_options o = { .address = address };
	struct server *other = NULL;

	assert_non_null(s);
	assert_false(server_start(&o, &other, &err));
	assert_null(other);
	assert_int_equal(err.kind, ERR_UNAVAILABLE);
	assert_non_null(strstr(err.msg, address));
}

static const struct address_row {
	const char *name;
	bool ok;
} address_rows[] = {
	{ "", true }, /* nothing is served */
	{ "0", true },
	{ "8080", false },
	{ "localhost", false },
	{ "127.0.0.1:http-no-such", false },
	{ "127.0.0.1:port", false },
	{ "no such host:80", false },
	{ "[::1:80", false },
};

static void addresses(void **state)
{
	const struct address_row *row = *state;
	AUTO_ERR err = ERR_INIT;
	const struct serve_options o = { .address = row->name };
	struct server *s = NULL;

	assert_int_equal(server_start(&o, &s, &err), row->ok);
	assert_null(s);
	assert_int_equal(err.kind, row->ok ? ERR_NONE : ERR_INVALID);
	if (!row->ok)
		assert_memory_equal(err.msg, row->name, strlen(row->name));
	server_stop(s);
}

int main(void)
{
	const struct CMUnitTest others[] = {
		cmocka_unit_test(metrics_type), cmocka_unit_test(upload),
		cmocka_unit_test(no_http),      cmocka_unit_test(all_addresses),
		cmocka_unit_test(port_taken),   cmocka_unit_test(secure),
	};

	return ROWS_RUN("server", rows, answers) +
	       ROWS_RUN("server guard", guard_rows, guarded) +
	       ROWS_RUN("server address", address_rows, addresses) +
	       cmocka_run_group_tests_name("server more", others, NULL, NULL);
}
