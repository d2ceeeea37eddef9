#include "cli/guard.h"

#include "base/alloc.h"
#include "base/clock.h"
#include "base/digest.h"
#include "base/log.h"
#include "data/path.h"
#include "kube/client.h"

/* Prometheus, and whoever looks at it by hand. A verdict is good for as long
 * as controller-runtime's. */
enum { KNOWN = 8, GOOD_MS = 60000 };

struct verdict {
	char token[DIGEST_TEXT_BYTES]; /* never the token itself */
	int64_t until_ms;
	int code;
};

struct guard {
	struct kube_conn *conn;
	struct kube_kinds *kinds;
	struct verdict known[KNOWN];
	size_t next; /* the one to give up */
};

struct guard *guard_new(const struct kube_config *config)
{
	struct guard *g = NEW(struct guard);

	g->conn = kube_conn_new(config);
	g->kinds = kube_kinds_new();
	return g;
}

void guard_free(struct guard *g)
{
	if (!g)
		return;
	kube_conn_free(g->conn);
	kube_kinds_free(g->kinds);
	free(g);
}

/* Has the server fill in the status of what is never stored. */
static bool review(const struct guard *g, const char *api_version,
		   const char *kind, struct val *spec, struct val **out,
		   struct err *err)
{
	struct kube_client client = kube_client_of(g->conn, g->kinds);
	struct kube_ref ref = { 0 };
	struct val_map map = { 0 };

	val_map_set_text(&map, "apiVersion", api_version);
	val_map_set_text(&map, "kind", kind);
	val_map_put_take(&map, "spec", spec);
	AUTO(val_unref) struct val *body = val_map_take(&map);
	return kube_find_kind(&client, api_version, kind, &ref.kind, err) &&
	       kube_create(&client, &ref, body, NULL, out, err);
}

static bool review_token(const struct guard *g, const char *token,
			 struct val **out, struct err *err)
{
	struct val_map spec = { 0 };

	val_map_set_text(&spec, "token", token);
	return review(g, "authentication.k8s.io/v1", "TokenReview",
		      val_map_take(&spec), out, err);
}

static bool review_access(const struct guard *g, const struct val *user,
			  struct val **out, struct err *err)
{
	static const char *const fields[] = { "uid", "groups", "extra" };
	struct val_map spec = { 0 }, what = { 0 };

	val_map_set_text(&what, "path", "/metrics");
	val_map_set_text(&what, "verb", "get");
	val_map_put_take(&spec, "nonResourceAttributes", val_map_take(&what));
	val_map_set_text(&spec, "user", val_get_text(user, "username"));
	for (size_t i = 0; i < ARRAY_LEN(fields); i++)
		if (val_get(user, fields[i]))
			val_map_put(&spec, fields[i], val_get(user, fields[i]));
	return review(g, "authorization.k8s.io/v1", "SubjectAccessReview",
		      val_map_take(&spec), out, err);
}

/* 0 with err set when the API server does not tell. */
static int judge(const struct guard *g, const char *token, struct err *err)
{
	AUTO(val_unref) struct val *who = NULL;
	AUTO(val_unref) struct val *access = NULL;

	if (!review_token(g, token, &who, err))
		return 0;
	if (!val_is_true(path_get(who, "status.authenticated")))
		return 401;
	if (!review_access(g, path_get(who, "status.user"), &access, err))
		return 0;
	return val_is_true(path_get(access, "status.allowed")) ? 200 : 403;
}

static void learn(struct guard *g, const char *digest, int code)
{
	struct verdict *v = &g->known[g->next];

	g->next = (g->next + 1) % KNOWN;
	*v = (struct verdict){ .until_ms = clock_now_ms() + GOOD_MS,
			       .code = code };
	memcpy(v->token, digest, DIGEST_TEXT_BYTES);
}

static int ask(void *ctx, const char *token)
{
	char digest[DIGEST_TEXT_BYTES];
	struct guard *g = ctx;
	AUTO_ERR err = ERR_INIT;

	if (!*token)
		return 401;
	digest_sha256(str_of(token), digest);
	for (size_t i = 0; i < KNOWN; i++)
		if (strcmp(g->known[i].token, digest) == 0 &&
		    clock_now_ms() < g->known[i].until_ms)
			return g->known[i].code;
	int code = judge(g, token, &err);
	if (!code) {
		log_warn("nobody may see metrics", S("error", err.msg));
		return 500;
	}
	learn(g, digest, code);
	return code;
}

struct serve_guard guard_for_server(struct guard *g)
{
	return (struct serve_guard){ ask, g };
}
