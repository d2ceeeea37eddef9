#include "kube/config.h"

#include "base/alloc.h"
#include "base/base64.h"
#include "base/file.h"
#include "base/limits.h"
#include "data/yaml_read.h"
#include "kube/exec.h"
#include "kube/token.h"

#include <unistd.h>

#define SERVICE_ACCOUNT_DIR "/var/run/secrets/kubernetes.io/serviceaccount"

/* One kubeconfig being read. */
struct reader {
	const char *path;
	char *dir; /* what its relative paths are relative to */
	const struct val *doc;
	struct kube_config *config;
};

/* An entry of clusters, users or contexts. */
struct section {
	const char *list; /* "clusters" */
	const char *key;  /* "cluster" */
	const char *name;
	const struct val *map; /* what stands under key */
};

static void pem_done(struct kube_pem *pem)
{
	if (pem->text)
		explicit_bzero(pem->text, strlen(pem->text));
	free(pem->text);
	free(pem->path);
}

void kube_config_free(struct kube_config *config)
{
	if (!config)
		return;
	free(config->server);
	free(config->source);
	free(config->context);
	free(config->ns);
	free(config->tls_server_name);
	free(config->proxy_url);
	pem_done(&config->ca);
	pem_done(&config->cert);
	pem_done(&config->key);
	kube_token_free(config->token);
	free(config);
}

/* "kubeconfig: users[admin].user.token: why" */
static bool fail(const struct reader *r, const struct section *s,
		 const char *field, const char *why, struct err *err)
{
	return err_set(err, ERR_INVALID, "%s: %s[%s].%s.%s: %s", r->path,
		       s->list, s->name, s->key, field, why);
}

static bool wrap(const struct reader *r, const struct section *s,
		 const char *field, struct err *err)
{
	return err_wrap(err, "%s: %s[%s].%s.%s", r->path, s->list, s->name,
			s->key, field);
}

/* An unquoted number, say, must not silently be no token at all. */
static bool check_texts(const struct reader *r, const struct section *s,
			struct err *err)
{
	static const char *const fields[] = {
		"namespace",
		"cluster",
		"user",
		"server",
		"tls-server-name",
		"proxy-url",
		"certificate-authority",
		"certificate-authority-data",
		"client-certificate",
		"client-certificate-data",
		"client-key",
		"client-key-data",
		"token",
		"tokenFile",
	};

	for (size_t i = 0; i < ARRAY_LEN(fields); i++) {
		const struct val *v = val_get(s->map, fields[i]);

		if (v && !val_is(v, VAL_TEXT) && !val_is(v, VAL_NULL))
			return fail(r, s, fields[i],
				    "must be a string: quote it", err);
	}
	return true;
}

/* Finds the entry called name of a list. */
static bool find(const struct reader *r, const char *list, const char *key,
		 const char *name, struct section *out, struct err *err)
{
	const struct val *entries = val_get(r->doc, list);

	for (size_t i = 0; i < val_count(entries); i++) {
		const struct val *entry = val_at(entries, i);

		if (strcmp(val_get_text(entry, "name"), name) != 0)
			continue;
		*out = (struct section){ list, key, name, val_get(entry, key) };
		if (!val_is(out->map, VAL_MAP))
			return err_set(err, ERR_INVALID,
				       "%s: %s[%s].%s: must be a map", r->path,
				       list, name, key);
		return check_texts(r, out, err);
	}
	return err_set(err, ERR_INVALID, "%s: %s: none is called \"%s\"",
		       r->path, list, name);
}

static char *resolve(const struct reader *r, const char *path)
{
	return path[0] == '/' ? alloc_copy(path)
			      : alloc_print("%s/%s", r->dir, path);
}

static bool is_pem(struct str text)
{
	return !memchr(text.p ? text.p : "", '\0', text.n) &&
	       memmem(text.p ? text.p : "", text.n, "-----BEGIN ", 11);
}

static bool read_pem_data(struct str data, struct kube_pem *out,
			  struct err *err)
{
	struct buf text = BUF_INIT(LIMIT_CONFIG_BYTES);

	bool ok = base64_read(data, &text, err) && buf_check(&text, err);
	if (ok && !is_pem(buf_str(&text)))
		ok = err_set(err, ERR_INVALID, "does not hold PEM");
	if (ok)
		out->text = alloc_text(text.p, text.len);
	buf_wipe(&text);
	return ok;
}

/* A file is only tried here: it is read again for each connection. */
static bool try_pem_file(const char *path, struct err *err)
{
	struct buf text = BUF_INIT(LIMIT_CONFIG_BYTES);

	bool ok = file_read(path, &text, err);
	if (ok && !is_pem(buf_str(&text)))
		ok = err_set(err, ERR_INVALID, "%s: does not hold PEM", path);
	buf_wipe(&text);
	return ok;
}

/* Reads field, a path, or field + "-data", which wins as it does elsewhere. */
static bool read_pem(const struct reader *r, const struct section *s,
		     const char *field, struct kube_pem *out, struct err *err)
{
	AUTO_FREE char *data_field = alloc_print("%s-data", field);
	const char *data = val_get_text(s->map, data_field);
	const char *path = val_get_text(s->map, field);

	if (*data)
		return read_pem_data(str_of(data), out, err) ||
		       wrap(r, s, data_field, err);
	if (!*path)
		return true;
	out->path = resolve(r, path);
	return try_pem_file(out->path, err) || wrap(r, s, field, err);
}

static bool is_on(const struct val *v)
{
	return val_is_true(v) || str_is(val_str(v), "true");
}

/* "https://host[:port][/prefix]" without a '/' at the end, or NULL. */
static char *server_of(struct str url)
{
	if (!str_starts(url, "https://") || url.n > 2048)
		return NULL;
	for (size_t i = 0; i < url.n; i++)
		if (url.p[i] <= ' ' || url.p[i] > '~' ||
		    strchr("@?#\\\"<>", url.p[i]))
			return NULL;
	while (url.n && url.p[url.n - 1] == '/')
		url.n--;
	return url.n > strlen("https://") ? alloc_text(url.p, url.n) : NULL;
}

static bool is_proxy(const char *url)
{
	static const char *const schemes[] = { "http://", "https://",
					       "socks5://", "socks5h://" };

	for (size_t i = 0; i < ARRAY_LEN(schemes); i++)
		if (str_starts(str_of(url), schemes[i]))
			return true;
	return false;
}

static bool read_cluster(const struct reader *r, const struct section *s,
			 struct err *err)
{
	struct kube_config *c = r->config;
	struct str server = val_str(val_get(s->map, "server"));
	const char *name = val_get_text(s->map, "tls-server-name");
	const char *proxy = val_get_text(s->map, "proxy-url");

	if (is_on(val_get(s->map, "insecure-skip-tls-verify")))
		return fail(r, s, "insecure-skip-tls-verify",
			    "is not supported, the server's certificate is "
			    "always verified: name its authority in "
			    "certificate-authority-data",
			    err);
	if (str_starts(server, "http://"))
		return fail(r, s, "server",
			    "http is not supported, TLS always is: use https",
			    err);
	c->server = server_of(server);
	if (!c->server)
		return fail(r, s, "server",
			    "must be a URL such as https://host:6443", err);
	for (const char *p = name; *p; p++)
		if (!((*p >= 'a' && *p <= 'z') || (*p >= 'A' && *p <= 'Z') ||
		      (*p >= '0' && *p <= '9') || *p == '-' || *p == '.'))
			return fail(r, s, "tls-server-name",
				    "must be a host name", err);
	if (*name)
		c->tls_server_name = alloc_copy(name);
	if (*proxy && !is_proxy(proxy))
		return fail(r, s, "proxy-url",
			    "must begin with http://, https:// or socks5://",
			    err);
	if (*proxy)
		c->proxy_url = alloc_copy(proxy);
	return read_pem(r, s, "certificate-authority", &c->ca, err);
}

/* Ways to log in that we do not have, and what to do instead. */
static const struct {
	const char *field, *why;
} refused[] = {
	{ "username", "basic authentication is not supported: use a token or a "
		      "client certificate" },
	{ "password", "basic authentication is not supported: use a token or a "
		      "client certificate" },
	{ "auth-provider", "auth providers are not supported: use an exec "
			   "plug-in" },
	{ "as", "impersonation is not supported here: use the identity that is "
		"meant" },
	{ "as-uid",
	  "impersonation is not supported here: use the identity that "
	  "is meant" },
	{ "as-groups", "impersonation is not supported here: use the identity "
		       "that is meant" },
};

/* The extension of a cluster that is meant for plug-ins. */
static const struct val *plugin_extension(const struct section *cluster)
{
	const struct val *list = val_get(cluster->map, "extensions");

	for (size_t i = 0; i < val_count(list); i++)
		if (strcmp(val_get_text(val_at(list, i), "name"),
			   "client.authentication.k8s.io/exec") == 0)
			return val_get(val_at(list, i), "extension");
	return NULL;
}

static bool read_token(const struct reader *r, const struct section *s,
		       struct err *err)
{
	const char *token = val_get_text(s->map, "token");
	const char *path = val_get_text(s->map, "tokenFile");

	/* As elsewhere, the file wins: its token is the newer one. */
	if (*path) {
		AUTO_FREE char *full = resolve(r, path);
		struct buf text = BUF_INIT(LIMIT_CONFIG_BYTES);
		bool ok = file_read(full, &text, err);

		buf_wipe(&text);
		r->config->token = kube_token_file(full);
		return ok || wrap(r, s, "tokenFile", err);
	}
	for (const char *p = token; *p; p++)
		if (*p <= ' ' || *p > '~')
			return fail(r, s, "token", "must be printable text",
				    err);
	if (*token)
		r->config->token = kube_token_fixed(token);
	return true;
}

static bool read_exec(const struct reader *r, const struct section *s,
		      const struct section *cluster, struct err *err)
{
	const struct val *spec = val_get(s->map, "exec");
	struct kube_exec *exec = NULL;

	if (!spec || val_is(spec, VAL_NULL))
		return true;
	if (r->config->token)
		return fail(r, s, "exec", "cannot be used beside a token", err);
	if (!kube_exec_new(spec, r->dir, r->config, plugin_extension(cluster),
			   &exec, err))
		return err_wrap(err, "%s: users[%s].user", r->path, s->name);
	r->config->token = kube_token_exec(exec);
	return true;
}

static bool read_user(const struct reader *r, const struct section *s,
		      const struct section *cluster, struct err *err)
{
	struct kube_config *c = r->config;

	for (size_t i = 0; i < ARRAY_LEN(refused); i++)
		if (val_get(s->map, refused[i].field))
			return fail(r, s, refused[i].field, refused[i].why,
				    err);
	if (!read_pem(r, s, "client-certificate", &c->cert, err) ||
	    !read_pem(r, s, "client-key", &c->key, err) ||
	    !read_token(r, s, err) || !read_exec(r, s, cluster, err))
		return false;
	bool has_cert = c->cert.text || c->cert.path;
	bool has_key = c->key.text || c->key.path;
	if (has_cert && !has_key)
		return fail(r, s, "client-key",
			    "is missing beside its "
			    "client-certificate",
			    err);
	if (has_key && !has_cert)
		return fail(r, s, "client-certificate",
			    "is missing beside its "
			    "client-key",
			    err);
	return true;
}

static bool read_context(struct reader *r, const char *name, struct err *err)
{
	struct section context = { 0 }, cluster = { 0 }, user = { 0 };

	if (!name || !*name)
		name = val_get_text(r->doc, "current-context");
	if (!*name)
		return err_set(err, ERR_INVALID,
			       "%s: current-context: is missing, and no "
			       "context was given",
			       r->path);
	if (!find(r, "contexts", "context", name, &context, err) ||
	    !find(r, "clusters", "cluster",
		  val_get_text(context.map, "cluster"), &cluster, err) ||
	    !read_cluster(r, &cluster, err))
		return false;
	const char *ns = val_get_text(context.map, "namespace");
	const char *user_name = val_get_text(context.map, "user");
	r->config->context = alloc_copy(name);
	r->config->ns = alloc_copy(*ns ? ns : "default");
	/* Without a user the server sees somebody unknown. */
	if (!*user_name)
		return true;
	return find(r, "users", "user", user_name, &user, err) &&
	       read_user(r, &user, &cluster, err);
}

static char *dir_of(const char *path)
{
	const char *slash = strrchr(path, '/');

	if (!slash)
		return alloc_copy(".");
	return slash == path ? alloc_copy("/")
			     : alloc_text(path, (size_t)(slash - path));
}

bool kube_config_read(const char *path, const char *context,
		      struct kube_config **out, struct err *err)
{
	struct buf text = BUF_INIT(LIMIT_CONFIG_BYTES);
	AUTO(val_unref) struct val *doc = NULL;
	AUTO_FREE char *dir = dir_of(path);
	AUTO(kube_config_free) struct kube_config *config =
		NEW(struct kube_config);

	bool ok = file_read(path, &text, err) &&
		  yaml_read(buf_str(&text), path, &doc, err);
	buf_wipe(&text);
	if (!ok)
		return false;
	config->source = alloc_copy(path);
	struct reader r = { path, dir, doc, config };
	if (!val_is(doc, VAL_MAP))
		return err_set(err, ERR_INVALID, "%s: must be a map", path);
	if (!read_context(&r, context, err))
		return false;
	*out = TAKE(config);
	return true;
}

bool kube_config_in_cluster(const char *dir, const char *host, const char *port,
			    struct kube_config **out, struct err *err)
{
	AUTO(kube_config_free) struct kube_config *config =
		NEW(struct kube_config);
	AUTO_FREE char *token_path = alloc_print("%s/token", dir);
	AUTO_FREE char *ns_path = alloc_print("%s/namespace", dir);
	AUTO_BUF ns = BUF_INIT(LIMIT_KIB(1));
	struct buf token = BUF_INIT(LIMIT_CONFIG_BYTES);
	bool v6 = strchr(host, ':') && host[0] != '[';
	AUTO_FREE char *url = alloc_print("https://%s%s%s:%s", v6 ? "[" : "",
					  host, v6 ? "]" : "", port);

	config->source = alloc_copy("in-cluster");
	config->server = server_of(str_of(url));
	if (!config->server)
		return err_set(err, ERR_INVALID,
			       "in-cluster: KUBERNETES_SERVICE_HOST and "
			       "KUBERNETES_SERVICE_PORT make no address: %s",
			       url);
	config->ca.path = alloc_print("%s/ca.crt", dir);
	config->token = kube_token_file(token_path);
	bool ok = try_pem_file(config->ca.path, err) &&
		  file_read(token_path, &token, err) &&
		  file_read(ns_path, &ns, err);
	buf_wipe(&token);
	if (!ok)
		return err_wrap(err, "in-cluster");
	struct str name = str_trim(buf_str(&ns));
	config->ns = name.n ? alloc_text(name.p, name.n)
			    : alloc_copy("default");
	*out = TAKE(config);
	return true;
}

/* The first file of $KUBECONFIG's list that exists; NULL when none does. */
static char *first_file(const char *list)
{
	struct str rest = str_of(list), one;

	while (rest.n) {
		str_split(rest, ':', &one, &rest);
		AUTO_FREE char *path = alloc_text(one.p, one.n);
		if (one.n && access(path, F_OK) == 0)
			return TAKE(path);
	}
	return NULL;
}

static const char *env(const char *name)
{
	const char *value = getenv(name);

	return value ? value : "";
}

bool kube_config_load(const char *path, const char *context,
		      struct kube_config **out, struct err *err)
{
	const char *host = env("KUBERNETES_SERVICE_HOST");
	const char *port = env("KUBERNETES_SERVICE_PORT");
	const char *list = env("KUBECONFIG");

	if (path && *path)
		return kube_config_read(path, context, out, err);
	if (*list) {
		AUTO_FREE char *file = first_file(list);
		if (file)
			return kube_config_read(file, context, out, err);
		return err_set(err, ERR_NOT_FOUND,
			       "KUBECONFIG=%s: no such file", list);
	}
	if (*host && *port && access(SERVICE_ACCOUNT_DIR "/token", F_OK) == 0) {
		if (context && *context)
			return err_set(err, ERR_INVALID,
				       "in-cluster: there is no context \"%s\"",
				       context);
		return kube_config_in_cluster(SERVICE_ACCOUNT_DIR, host, port,
					      out, err);
	}
	AUTO_FREE char *home = alloc_print("%s/.kube/config", env("HOME"));
	if (access(home, F_OK) == 0)
		return kube_config_read(home, context, out, err);
	return err_set(err, ERR_NOT_FOUND,
		       "no cluster is configured: no --kubeconfig, no "
		       "KUBECONFIG, not in a pod, no %s",
		       home);
}
