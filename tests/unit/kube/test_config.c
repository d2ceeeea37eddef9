#include "kube/config.h"

#include "base/alloc.h"
#include "base/buf.h"
#include "kube/token.h"

#include "unit/kube/scratch.h"
#include "unit/rows.h"

/* base64 of "-----BEGIN X-----\n", and of "no PEM". */
#define PEM64 "LS0tLS1CRUdJTiBYLS0tLS0K"
#define NO_PEM64 "bm8gUEVN"

/* A kubeconfig with one cluster and one user; both are flow maps. */
#define FILE_OF(cluster, user)                                                 \
	"apiVersion: v1\nkind: Config\ncurrent-context: main\n"                \
	"contexts:\n- {name: main, context: {cluster: c, user: u}}\n"          \
	"- {name: other, context: {cluster: c, user: u, namespace: team-a}}\n" \
	"- {name: lost, context: {cluster: nowhere, user: u}}\n"               \
	"- {name: nobody, context: {cluster: c}}\n"                            \
	"- {name: ghost, context: {cluster: c, user: g}}\n"                    \
	"clusters:\n- name: c\n  cluster: {" cluster "}\n"                     \
	"users:\n- name: u\n  user: {" user "}\n"

#define SERVER "server: 'https://h:6443/'"

static const struct row {
	const char *name, *text, *context;
	/* What is read, as "server ns ca cert key token", or the error without
	 * its path. */
	const char *want;
	enum err_kind kind;
} rows[] = {
	{ "token", FILE_OF(SERVER, "token: abc"), NULL,
	  "https://h:6443 default - - - abc", ERR_NONE },
	{ "number as a token", FILE_OF(SERVER, "token: 123456"), NULL,
	  "users[u].user.token: must be a string: quote it", ERR_INVALID },
	{ "certificate",
	  FILE_OF(SERVER ", certificate-authority-data: " PEM64,
		  "client-certificate-data: " PEM64
		  ", client-key-data: " PEM64),
	  NULL, "https://h:6443 default text text text -", ERR_NONE },
	{ "certificate in files",
	  FILE_OF(SERVER ", certificate-authority: pem",
		  "client-certificate: pem, client-key: ./pem"),
	  NULL, "https://h:6443 default path path path -", ERR_NONE },
	{ "data before files",
	  FILE_OF(SERVER ", certificate-authority: nope, "
			 "certificate-authority-data: " PEM64,
		  "token: a"),
	  NULL, "https://h:6443 default text - - a", ERR_NONE },
	{ "certificate and token",
	  FILE_OF(SERVER, "client-certificate-data: " PEM64
			  ", client-key-data: " PEM64 ", token: a"),
	  NULL, "https://h:6443 default - text text a", ERR_NONE },
	{ "token file before token",
	  FILE_OF(SERVER, "tokenFile: token, token: a"), NULL,
	  "https://h:6443 default - - - from-file", ERR_NONE },
	{ "other context", FILE_OF(SERVER, "token: a"), "other",
	  "https://h:6443 team-a - - - a", ERR_NONE },
	{ "no user", FILE_OF(SERVER, "token: a"), "nobody",
	  "https://h:6443 default - - - -", ERR_NONE },
	{ "prefix",
	  FILE_OF("server: 'https://h/k8s/clusters/c-1/'", "token: a"), NULL,
	  "https://h/k8s/clusters/c-1 default - - - a", ERR_NONE },
	{ "proxy and name",
	  FILE_OF(SERVER ", tls-server-name: kubernetes.default, "
			 "proxy-url: 'socks5://p:1'",
		  "token: a"),
	  NULL, "https://h:6443 default - - - a", ERR_NONE },

	{ "http", FILE_OF("server: 'http://h:80'", "token: a"), NULL,
	  "clusters[c].cluster.server: http is not supported, TLS always is: "
	  "use https",
	  ERR_INVALID },
	{ "no server", FILE_OF("", "token: a"), NULL,
	  "clusters[c].cluster.server: must be a URL such as "
	  "https://host:6443",
	  ERR_INVALID },
	{ "no scheme", FILE_OF("server: 'h:6443'", "token: a"), NULL,
	  "clusters[c].cluster.server: must be a URL such as "
	  "https://host:6443",
	  ERR_INVALID },
	{ "user in the URL", FILE_OF("server: 'https://a:b@h'", "token: a"),
	  NULL,
	  "clusters[c].cluster.server: must be a URL such as "
	  "https://host:6443",
	  ERR_INVALID },
	{ "no verification",
	  FILE_OF(SERVER ", insecure-skip-tls-verify: true", "token: a"), NULL,
	  "clusters[c].cluster.insecure-skip-tls-verify: is not supported, the "
	  "server's certificate is always verified: name its authority in "
	  "certificate-authority-data",
	  ERR_INVALID },
	{ "verification",
	  FILE_OF(SERVER ", insecure-skip-tls-verify: false", "token: a"), NULL,
	  "https://h:6443 default - - - a", ERR_NONE },
	{ "no host name",
	  FILE_OF(SERVER ", tls-server-name: 'a b'", "token: a"), NULL,
	  "clusters[c].cluster.tls-server-name: must be a host name",
	  ERR_INVALID },
	{ "no proxy", FILE_OF(SERVER ", proxy-url: 'ftp://p'", "token: a"),
	  NULL,
	  "clusters[c].cluster.proxy-url: must begin with http://, "
	  "https:// or socks5://",
	  ERR_INVALID },
	{ "authority of no base64",
	  FILE_OF(SERVER ", certificate-authority-data: '?'", "token: a"), NULL,
	  "clusters[c].cluster.certificate-authority-data: no base64 at byte "
	  "0",
	  ERR_INVALID },
	{ "authority of no PEM",
	  FILE_OF(SERVER ", certificate-authority-data: " NO_PEM64, "token: a"),
	  NULL,
	  "clusters[c].cluster.certificate-authority-data: does not hold "
	  "PEM",
	  ERR_INVALID },
	{ "basic authentication", FILE_OF(SERVER, "username: a, password: b"),
	  NULL,
	  "users[u].user.username: basic authentication is not "
	  "supported: use a token or a client certificate",
	  ERR_INVALID },
	{ "auth provider", FILE_OF(SERVER, "auth-provider: {name: gcp}"), NULL,
	  "users[u].user.auth-provider: auth providers are not supported: use "
	  "an exec plug-in",
	  ERR_INVALID },
	{ "impersonation", FILE_OF(SERVER, "token: a, as: b"), NULL,
	  "users[u].user.as: impersonation is not supported here: use the "
	  "identity that is meant",
	  ERR_INVALID },
	{ "certificate without key",
	  FILE_OF(SERVER, "client-certificate-data: " PEM64), NULL,
	  "users[u].user.client-key: is missing beside its client-certificate",
	  ERR_INVALID },
	{ "key without certificate", FILE_OF(SERVER, "client-key-data: " PEM64),
	  NULL,
	  "users[u].user.client-certificate: is missing beside its client-key",
	  ERR_INVALID },
	{ "token of two lines", FILE_OF(SERVER, "token: \"a\\nb\""), NULL,
	  "users[u].user.token: must be printable text", ERR_INVALID },
	{ "exec beside a token",
	  FILE_OF(SERVER, "token: a, exec: {command: x, apiVersion: "
			  "client.authentication.k8s.io/v1}"),
	  NULL, "users[u].user.exec: cannot be used beside a token",
	  ERR_INVALID },
	{ "exec of an old version",
	  FILE_OF(SERVER, "exec: {command: x, apiVersion: "
			  "client.authentication.k8s.io/v1alpha1}"),
	  NULL,
	  "users[u].user: exec.apiVersion: "
	  "\"client.authentication.k8s.io/v1alpha1\" is not supported, only "
	  "client.authentication.k8s.io/v1 and v1beta1",
	  ERR_INVALID },
	{ "exec without command",
	  FILE_OF(SERVER, "exec: {apiVersion: client.authentication.k8s.io/v1"
			  "}"),
	  NULL, "users[u].user: exec.command: is missing", ERR_INVALID },
	{ "exec that asks",
	  FILE_OF(SERVER,
		  "exec: {command: x, apiVersion: "
		  "client.authentication.k8s.io/v1, interactiveMode: Always}"),
	  NULL,
	  "users[u].user: exec.interactiveMode: Always is not supported, "
	  "there is nobody to ask",
	  ERR_INVALID },
	{ "exec with a nameless variable",
	  FILE_OF(SERVER,
		  "exec: {command: x, apiVersion: "
		  "client.authentication.k8s.io/v1, env: [{value: a}]}"),
	  NULL,
	  "users[u].user: exec.env[0].name: must be the name of a "
	  "variable",
	  ERR_INVALID },
	{ "exec with a map as argument",
	  FILE_OF(SERVER, "exec: {command: x, apiVersion: "
			  "client.authentication.k8s.io/v1, args: [a, {}]}"),
	  NULL, "users[u].user: exec.args[1]: must be a string", ERR_INVALID },
	{ "unknown context", FILE_OF(SERVER, "token: a"), "none",
	  "contexts: none is called \"none\"", ERR_INVALID },
	{ "unknown cluster", FILE_OF(SERVER, "token: a"), "lost",
	  "clusters: none is called \"nowhere\"", ERR_INVALID },
	{ "unknown user", FILE_OF(SERVER, "token: a"), "ghost",
	  "users: none is called \"g\"", ERR_INVALID },
	{ "no context", "apiVersion: v1\n", NULL,
	  "current-context: is missing, and no context was given",
	  ERR_INVALID },
	{ "empty", "", NULL, "must be a map", ERR_INVALID },
	{ "a list", "- a\n", NULL, "must be a map", ERR_INVALID },
};

static const char *pem_text(const struct kube_pem *pem)
{
	assert_true(!pem->text || !pem->path);
	if (pem->text)
		assert_string_equal(pem->text, "-----BEGIN X-----\n");
	return pem->text ? "text" : pem->path ? "path" : "-";
}

static void check_config(const struct kube_config *c, const char *want)
{
	AUTO_BUF got = BUF_INIT(1000);
	AUTO_ERR err = ERR_INIT;
	const struct kube_cred *cred = NULL;

	buf_addf(&got, "%s %s %s %s %s ", c->server, c->ns, pem_text(&c->ca),
		 pem_text(&c->cert), pem_text(&c->key));
	if (c->token)
		assert_true(kube_token_get(c->token, &cred, &err));
	buf_add_text(&got, cred ? cred->token : "-");
	if (c->token)
		kube_token_put(c->token, cred);
	assert_string_equal(buf_text(&got), want);
}

static void reads(void **state)
{
	const struct row *row = *state;
	free(scratch_write("pem", "-----BEGIN X-----\n", 0600));
	free(scratch_write("token", "from-file\n", 0600));
	AUTO_FREE char *path = scratch_write("kubeconfig", row->text, 0600);
	AUTO(kube_config_free) struct kube_config *config = NULL;
	AUTO_ERR err = ERR_INIT;
	bool ok = kube_config_read(path, row->context, &config, &err);

	assert_int_equal(err.kind, row->kind);
	assert_int_equal(ok, row->kind == ERR_NONE);
	if (ok) {
		check_config(config, row->want);
		return;
	}
	assert_true(str_starts(str_of(err.msg), path));
	assert_string_equal(err.msg + strlen(path) + 2, row->want);
}

/* A file that is named and is not there. */
static void lost_files(void **state)
{
	static const struct {
		const char *text, *at;
	} lost[] = {
		{ FILE_OF(SERVER ", certificate-authority: nope", "token: a"),
		  "clusters[c].cluster.certificate-authority: " },
		{ FILE_OF(SERVER, "client-certificate: nope, client-key: pem"),
		  "users[u].user.client-certificate: " },
		{ FILE_OF(SERVER, "tokenFile: nope"),
		  "users[u].user.tokenFile: " },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(lost); i++) {
		AUTO_FREE char *path =
			scratch_write("kubeconfig", lost[i].text, 0600);
		AUTO(kube_config_free) struct kube_config *config = NULL;
		AUTO_ERR err = ERR_INIT;

		assert_false(kube_config_read(path, NULL, &config, &err));
		assert_int_equal(err.kind, ERR_NOT_FOUND);
		assert_non_null(strstr(err.msg, lost[i].at));
		assert_non_null(strstr(err.msg, "/nope: "));
	}
}

static void no_file(void **state)
{
	(void)state;
	AUTO(kube_config_free) struct kube_config *config = NULL;
	AUTO_ERR err = ERR_INIT;

	assert_false(kube_config_load("/nonexistent/x", NULL, &config, &err));
	assert_int_equal(err.kind, ERR_NOT_FOUND);
	assert_true(str_starts(str_of(err.msg), "/nonexistent/x: "));
}

static void in_cluster(void **state)
{
	(void)state;
	free(scratch_write("ca.crt", "-----BEGIN X-----", 0600));
	free(scratch_write("token", "one\n", 0600));
	free(scratch_write("namespace", "team-a", 0600));
	AUTO_FREE char *dir = scratch_path(".");
	AUTO(kube_config_free) struct kube_config *config = NULL;
	AUTO(kube_config_free) struct kube_config *v6 = NULL;
	AUTO(kube_config_free) struct kube_config *none = NULL;
	AUTO_ERR err = ERR_INIT;

	assert_true(
		kube_config_in_cluster(dir, "10.0.0.1", "443", &config, &err));
	check_config(config, "https://10.0.0.1:443 team-a path - - one");
	assert_true(kube_config_in_cluster(dir, "fd00::1", "6443", &v6, &err));
	assert_string_equal(v6->server, "https://[fd00::1]:6443");
	assert_false(kube_config_in_cluster(dir, "a b", "1", &none, &err));
	assert_int_equal(err.kind, ERR_INVALID);
	err_clear(&err);
	assert_false(
		kube_config_in_cluster("/nonexistent", "h", "1", &none, &err));
	assert_int_equal(err.kind, ERR_NOT_FOUND);
}

int main(void)
{
	const struct CMUnitTest others[] = {
		cmocka_unit_test(lost_files),
		cmocka_unit_test(no_file),
		cmocka_unit_test(in_cluster),
	};

	if (scratch_make(NULL) != 0)
		return 1;
	int failed =
		ROWS_RUN("config", rows, reads) +
		cmocka_run_group_tests_name("config more", others, NULL, NULL);
	return scratch_remove(NULL) == 0 ? failed : failed + 1;
}
