/* What is sent about a Lease, and what is read of one. Times are the clock's
 * and stand as T here. */
#include "kube/lease.h"

#include "base/alloc.h"
#include "base/limits.h"
#include "data/json.h"

#include "unit/rows.h"

struct script {
	int code;
	const char *body;
	struct buf sent;
};

/* Every text that looks like a time becomes a T. */
static void add_timeless(struct buf *out, struct str text)
{
	static const char like[] = "2026-01-01T00:00:00.000000Z";
	const size_t n = sizeof(like) - 1;

	for (size_t i = 0; i < text.n; i++) {
		bool is_time = i + n <= text.n && text.p[i + 4] == '-' &&
			       text.p[i + 10] == 'T' && text.p[i + 19] == '.' &&
			       text.p[i + n - 1] == 'Z';

		buf_add_char(out, is_time ? 'T' : text.p[i]);
		i += is_time ? n - 1 : 0;
	}
}

static bool play(void *ctx, const struct http_request *req,
		 struct http_response *out, struct err *err)
{
	struct script *s = ctx;

	(void)err;
	buf_addf(&s->sent, "%s %s ", req->method, req->target);
	add_timeless(&s->sent, req->body);
	out->code = s->code;
	out->body = BUF_INIT(LIMIT_BODY_BYTES);
	buf_add_text(&out->body, s->body);
	return true;
}

#define TARGET "/apis/coordination.k8s.io/v1/namespaces/ns/leases"
#define MANAGER "fieldManager=devmachine-operator"
#define STORED                                                               \
	"{\"metadata\":{\"resourceVersion\":\"7\",\"uid\":\"u\"},\"spec\":{" \
	"\"holderIdentity\":\"me\",\"leaseDurationSeconds\":15,"             \
	"\"acquireTime\":\"a\",\"leaseTransitions\":3}}"

enum verb { GET, CREATE, TAKE, RENEW, RELEASE };

static const struct row {
	const char *name;
	enum verb verb;
	int code;
	const char *body;
	const char *sent;
	const char *read; /* holder version uid duration transitions acquired,
			   * or the kind of the error */
} rows[] = {
	{ "read", GET, 200, STORED, "GET " TARGET "/x ", "me 7 u 15 3 a" },
	{ "read: says nothing", GET, 200, "{\"spec\":{}}", "GET " TARGET "/x ",
	  "   0 0 " },
	{ "read: nonsense", GET, 200,
	  "{\"spec\":{\"holderIdentity\":5,\"leaseDurationSeconds\":-1,"
	  "\"leaseTransitions\":\"x\"}}",
	  "GET " TARGET "/x ", "   0 0 " },
	{ "read: none", GET, 404, "", "GET " TARGET "/x ", "not_found" },
	{ "create", CREATE, 201, STORED,
	  "POST " TARGET "?" MANAGER " {\"apiVersion\":"
	  "\"coordination.k8s.io/v1\",\"kind\":\"Lease\",\"metadata\":{"
	  "\"namespace\":\"ns\",\"name\":\"x\"},\"spec\":{"
	  "\"holderIdentity\":\"me\",\"leaseDurationSeconds\":15,"
	  "\"acquireTime\":\"T\",\"renewTime\":\"T\",\"leaseTransitions\":0}}",
	  "me 7 u 15 3 a" },
	{ "create: it is there", CREATE, 409,
	  "{\"kind\":\"Status\",\"reason\":\"AlreadyExists\"}", NULL,
	  "exists" },
	{ "take", TAKE, 200, STORED,
	  "PATCH " TARGET "/x?" MANAGER " {\"metadata\":{\"resourceVersion\":"
	  "\"6\"},\"spec\":{\"holderIdentity\":\"me\","
	  "\"leaseDurationSeconds\":15,\"acquireTime\":\"T\",\"renewTime\":"
	  "\"T\",\"leaseTransitions\":3}}",
	  "me 7 u 15 3 a" },
	{ "take: somebody was faster", TAKE, 409, "{}", NULL, "conflict" },
	{ "renew", RENEW, 200, STORED,
	  "PATCH " TARGET "/x?" MANAGER " {\"metadata\":{\"resourceVersion\":"
	  "\"6\"},\"spec\":{\"holderIdentity\":\"me\","
	  "\"leaseDurationSeconds\":15,\"acquireTime\":\"then\","
	  "\"renewTime\":\"T\",\"leaseTransitions\":2}}",
	  "me 7 u 15 3 a" },
	{ "renew: gone", RENEW, 404, "", NULL, "not_found" },
	{ "release", RELEASE, 200, STORED,
	  "PATCH " TARGET "/x?" MANAGER " {\"metadata\":{\"resourceVersion\":"
	  "\"6\"},\"spec\":{\"holderIdentity\":\"\",\"leaseDurationSeconds\":"
	  "1,\"acquireTime\":\"T\",\"renewTime\":\"T\",\"leaseTransitions\":2}"
	  "}",
	  "-" },
};

static bool act(enum verb verb, const struct kube_client *c,
		struct kube_lease *out, struct err *err)
{
	const struct kube_lease_name of = { "ns", "x", "me" };
	AUTO_LEASE seen = {
		.holder = alloc_copy(verb == TAKE ? "you" : "me"),
		.version = alloc_copy("6"),
		.transitions = 2,
		.acquired = val_new_textz("then"),
	};

	switch (verb) {
	case GET:
		return kube_lease_get(c, &of, out, err);
	case CREATE:
		return kube_lease_create(c, &of, 15, out, err);
	case TAKE:
	case RENEW:
		return kube_lease_hold(c, &of, &seen, 15, out, err);
	case RELEASE:
		return kube_lease_release(c, &of, &seen, err);
	}
	return false;
}

static void sends(void **state)
{
	const struct row *row = *state;
	struct script s = { row->code, row->body, BUF_INIT(10000) };
	const struct kube_client c = { .transport = { play, &s } };
	AUTO_LEASE lease = { 0 };
	AUTO_BUF got = BUF_INIT(1000);
	AUTO_ERR err = ERR_INIT;

	if (!act(row->verb, &c, &lease, &err))
		buf_add_text(&got, err_kind_text(err.kind));
	else if (row->verb == RELEASE)
		buf_add_text(&got, "-");
	else
		buf_addf(&got, "%s %s %s %d %d %s", lease.holder, lease.version,
			 lease.uid, (int)lease.duration_s,
			 (int)lease.transitions,
			 lease.acquired ? val_text(lease.acquired) : "");
	if (row->sent)
		assert_string_equal(buf_text(&s.sent), row->sent);
	assert_string_equal(buf_text(&got), row->read);
	buf_free(&s.sent);
}

int main(void)
{
	return ROWS_RUN("lease", rows, sends);
}
