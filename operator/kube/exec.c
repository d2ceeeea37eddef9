#include "kube/exec.h"

#include "base/alloc.h"
#include "base/base64.h"
#include "base/clock.h"
#include "base/file.h"
#include "base/limits.h"
#include "base/vec.h"
#include "data/json.h"
#include "kube/config.h"
#include "kube/token.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

struct texts {
	VEC(char *);
};

struct kube_exec {
	char *command; /* a path, or a name to find in $PATH */
	char *hint;    /* how to install it, or NULL */
	char *api_version;
	struct texts args;   /* the command first, NULL last */
	struct texts env;    /* "NAME=value" */
	struct val *cluster; /* for provideClusterInfo, else NULL */
	char *ca_path;       /* to be added to cluster, or NULL */
};

static void texts_free(struct texts *t)
{
	for (size_t i = 0; i < t->count; i++)
		free(t->items[i]);
	VEC_DONE(t);
}

void kube_exec_free(struct kube_exec *e)
{
	if (!e)
		return;
	free(e->command);
	free(e->hint);
	free(e->api_version);
	free(e->ca_path);
	texts_free(&e->args);
	texts_free(&e->env);
	val_unref(e->cluster);
	free(e);
}

static bool read_args(const struct val *args, struct texts *out,
		      struct err *err)
{
	for (size_t i = 0; i < val_count(args); i++) {
		if (!val_is(val_at(args, i), VAL_TEXT))
			return err_set(err, ERR_INVALID,
				       "exec.args[%zu]: must be a string", i);
		*VEC_ADD(out) = alloc_copy(val_text(val_at(args, i)));
	}
	return true;
}

static bool read_env(const struct val *env, struct texts *out, struct err *err)
{
	for (size_t i = 0; i < val_count(env); i++) {
		const char *name = val_get_text(val_at(env, i), "name");

		if (!*name || strchr(name, '='))
			return err_set(err, ERR_INVALID,
				       "exec.env[%zu].name: must be the name "
				       "of a variable",
				       i);
		*VEC_ADD(out) = alloc_print(
			"%s=%s", name, val_get_text(val_at(env, i), "value"));
	}
	return true;
}

static bool check(const struct val *spec, struct err *err)
{
	const char *api_version = val_get_text(spec, "apiVersion");

	if (strcmp(api_version, "client.authentication.k8s.io/v1") != 0 &&
	    strcmp(api_version, "client.authentication.k8s.io/v1beta1") != 0)
		return err_set(err, ERR_INVALID,
			       "exec.apiVersion: \"%s\" is not supported, only "
			       "client.authentication.k8s.io/v1 and v1beta1",
			       api_version);
	if (!*val_get_text(spec, "command"))
		return err_set(err, ERR_INVALID, "exec.command: is missing");
	if (strcmp(val_get_text(spec, "interactiveMode"), "Always") == 0)
		return err_set(err, ERR_INVALID,
			       "exec.interactiveMode: Always is not supported, "
			       "there is nobody to ask");
	return true;
}

static void put_text(struct val_map *m, const char *key, const char *text)
{
	if (text && *text)
		val_map_set_text(m, key, text);
}

static void put_base64(struct val_map *m, const char *key, struct str data)
{
	AUTO_BUF text = BUF_INIT(2 * LIMIT_CONFIG_BYTES);

	base64_write(data, &text);
	val_map_put_take(m, key, val_new_text(buf_str(&text)));
}

static struct val *cluster_info(const struct kube_config *config,
				const struct val *extension)
{
	AUTO_VAL_MAP m = { 0 };

	put_text(&m, "server", config->server);
	put_text(&m, "tls-server-name", config->tls_server_name);
	put_text(&m, "proxy-url", config->proxy_url);
	if (config->ca.text)
		put_base64(&m, "certificate-authority-data",
			   str_of(config->ca.text));
	if (extension)
		val_map_put(&m, "config", extension);
	return val_map_take(&m);
}

bool kube_exec_new(const struct val *spec, const char *dir,
		   const struct kube_config *config,
		   const struct val *extension, struct kube_exec **out,
		   struct err *err)
{
	AUTO(kube_exec_free) struct kube_exec *e = NEW(struct kube_exec);
	const char *command = val_get_text(spec, "command");

	if (!check(spec, err))
		return false;
	e->command = strchr(command, '/') && command[0] != '/'
			     ? alloc_print("%s/%s", dir, command)
			     : alloc_copy(command);
	e->api_version = alloc_copy(val_get_text(spec, "apiVersion"));
	if (*val_get_text(spec, "installHint"))
		e->hint = alloc_copy(val_get_text(spec, "installHint"));
	*VEC_ADD(&e->args) = alloc_copy(e->command);
	if (!read_args(val_get(spec, "args"), &e->args, err) ||
	    !read_env(val_get(spec, "env"), &e->env, err))
		return false;
	*VEC_ADD(&e->args) = NULL;
	if (val_is_true(val_get(spec, "provideClusterInfo"))) {
		e->cluster = cluster_info(config, extension);
		e->ca_path = alloc_copy(config->ca.path);
	}
	*out = TAKE(e);
	return true;
}

/* "KUBERNETES_EXEC_INFO=<an ExecCredential that says what is wanted>" */
static bool exec_info(const struct kube_exec *e, char **out, struct err *err)
{
	AUTO_BUF ca = BUF_INIT(LIMIT_CONFIG_BYTES);
	AUTO_BUF text = BUF_INIT(4 * LIMIT_CONFIG_BYTES);
	AUTO_VAL_MAP spec = { 0 }, cred = { 0 }, cluster = { 0 };

	if (e->ca_path && !file_read(e->ca_path, &ca, err))
		return false;
	for (size_t i = 0; i < val_count(e->cluster); i++)
		val_map_set(&cluster, val_key(e->cluster, i),
			    val_at(e->cluster, i));
	if (e->ca_path)
		put_base64(&cluster, "certificate-authority-data",
			   buf_str(&ca));
	if (e->cluster)
		val_map_put_take(&spec, "cluster", val_map_take(&cluster));
	val_map_put(&spec, "interactive", val_bool(false));
	val_map_set_text(&cred, "kind", "ExecCredential");
	val_map_set_text(&cred, "apiVersion", e->api_version);
	val_map_put_take(&cred, "spec", val_map_take(&spec));
	AUTO(val_unref) struct val *v = val_map_take(&cred);
	buf_add_text(&text, "KUBERNETES_EXEC_INFO=");
	json_write(v, &text);
	return buf_take(&text, out, NULL, err);
}

static bool is_set(const struct texts *env, const char *entry)
{
	size_t n = strcspn(entry, "=") + 1;

	for (size_t i = 0; i < env->count; i++)
		if (strncmp(env->items[i], entry, n) == 0)
			return true;
	return false;
}

/* Our environment with the plug-in's variables. The texts are borrowed. */
static void make_env(const struct kube_exec *e, char *info, struct texts *out)
{
	for (char **at = environ; *at; at++)
		if (!is_set(&e->env, *at) &&
		    strncmp(*at, "KUBERNETES_EXEC_INFO=", 21) != 0)
			*VEC_ADD(out) = *at;
	for (size_t i = 0; i < e->env.count; i++)
		*VEC_ADD(out) = e->env.items[i];
	*VEC_ADD(out) = info;
	*VEC_ADD(out) = NULL;
}

/* Starts the plug-in in a process group of its own, so that it can be killed
 * with all it started. Our threads block signals; it must not inherit that. */
static int spawn(const struct kube_exec *e, char **env, int out_fd, pid_t *pid)
{
	posix_spawn_file_actions_t files;
	posix_spawnattr_t attr;
	sigset_t none, all;

	sigemptyset(&none);
	sigfillset(&all);
	posix_spawnattr_init(&attr);
	posix_spawnattr_setsigmask(&attr, &none);
	posix_spawnattr_setsigdefault(&attr, &all);
	posix_spawnattr_setpgroup(&attr, 0);
	posix_spawnattr_setflags(&attr, POSIX_SPAWN_SETSIGMASK |
						POSIX_SPAWN_SETSIGDEF |
						POSIX_SPAWN_SETPGROUP);
	posix_spawn_file_actions_init(&files);
	posix_spawn_file_actions_addopen(&files, 0, "/dev/null", O_RDONLY, 0);
	posix_spawn_file_actions_adddup2(&files, out_fd, 1);
	int rc = posix_spawnp(pid, e->command, &files, &attr, e->args.items,
			      env);
	posix_spawn_file_actions_destroy(&files);
	posix_spawnattr_destroy(&attr);
	return rc;
}

/* Reads what the plug-in prints until it has ended, or closed its output, or
 * the time is over; the last returns false. */
static bool collect(int fd, int pidfd, int64_t deadline_ms, struct buf *out)
{
	struct pollfd fds[] = { { fd, POLLIN, 0 }, { pidfd, POLLIN, 0 } };
	char chunk[4096];

	while (!buf_overflowed(out)) {
		int64_t left_ms = deadline_ms - clock_now_ms();
		int n = left_ms > 0 ? poll(fds, 2, (int)left_ms) : 0;

		if (n == 0)
			return false;
		if (n < 0)
			continue; /* EINTR: nothing else can be wrong */
		if (!fds[0].revents)
			return true;
		ssize_t got = read(fd, chunk, sizeof(chunk));
		if (got == 0 || (got < 0 && errno != EINTR))
			return true;
		if (got > 0)
			buf_add(out, chunk, (size_t)got);
	}
	return true;
}

/* Waits for the end of the plug-in; after the deadline it is killed. */
static bool reap(pid_t pid, int pidfd, bool in_time, int64_t deadline_ms,
		 int *status)
{
	struct pollfd end = { pidfd, POLLIN, 0 };
	int64_t left_ms = deadline_ms - clock_now_ms();

	/* Kernels before 5.3 have no pidfd: then only a plug-in that closes
	 * its output and stays can make us wait longer. */
	if (in_time && pidfd >= 0 &&
	    poll(&end, 1, left_ms > 0 ? (int)left_ms : 0) == 0)
		in_time = false;
	if (!in_time)
		kill(-pid, SIGKILL);
	while (waitpid(pid, status, 0) < 0 && errno == EINTR)
		;
	return in_time;
}

static bool run(const struct kube_exec *e, char **env, int timeout_ms,
		struct buf *out, struct err *err)
{
	int64_t deadline_ms = clock_now_ms() + timeout_ms;
	int fds[2], status = 0;
	pid_t pid;

	if (pipe2(fds, O_CLOEXEC) != 0)
		return err_sys(err, errno, "pipe");
	int rc = spawn(e, env, fds[1], &pid);
	close(fds[1]);
	if (rc != 0) {
		close(fds[0]);
		err_sys(err, rc, "cannot be started");
		err->kind = ERR_UNAVAILABLE;
		return e->hint ? err_wrap(err, "%s", e->hint) : false;
	}
	int pidfd = (int)syscall(SYS_pidfd_open, pid, 0);
	bool in_time = collect(fds[0], pidfd, deadline_ms, out);
	close(fds[0]);
	in_time = reap(pid, pidfd, in_time && !buf_overflowed(out), deadline_ms,
		       &status);
	if (pidfd >= 0)
		close(pidfd);
	if (!buf_check(out, err))
		return false;
	if (!in_time)
		return err_set(err, ERR_UNAVAILABLE, "did not end within %d ms",
			       timeout_ms);
	if (WIFSIGNALED(status))
		return err_set(err, ERR_UNAVAILABLE, "ended by signal %d",
			       WTERMSIG(status));
	if (WEXITSTATUS(status) != 0)
		return err_set(err, ERR_UNAVAILABLE, "ended with status %d",
			       WEXITSTATUS(status));
	return true;
}

static char *copy_text(const struct val *map, const char *key)
{
	const char *text = val_get_text(map, key);

	return *text ? alloc_copy(text) : NULL;
}

static bool parse(const struct kube_exec *e, struct str text,
		  struct kube_cred *out, struct err *err)
{
	AUTO(val_unref) struct val *v = NULL;
	int64_t until_ns = 0;

	/* Its message would quote nothing of the text. */
	if (!json_read(text, &v, err))
		return err_wrap(err, "printed no ExecCredential");
	const struct val *status = val_get(v, "status");
	struct str until = val_str(val_get(status, "expirationTimestamp"));
	bool has_cert = *val_get_text(status, "clientCertificateData");
	if (strcmp(val_get_text(v, "kind"), "ExecCredential") != 0 ||
	    strcmp(val_get_text(v, "apiVersion"), e->api_version) != 0)
		return err_set(err, ERR_INVALID,
			       "printed no ExecCredential of apiVersion %s",
			       e->api_version);
	if (has_cert != (*val_get_text(status, "clientKeyData") != '\0'))
		return err_set(err, ERR_INVALID,
			       "printed a certificate without its key, or a "
			       "key without its certificate");
	if (!has_cert && !*val_get_text(status, "token"))
		return err_set(err, ERR_INVALID,
			       "printed neither token nor certificate");
	if (until.n && !clock_parse(until, &until_ns))
		return err_set(err, ERR_INVALID,
			       "expirationTimestamp: \"" STR_FMT
			       "\" is no time",
			       STR_ARG(until));
	out->token = copy_text(status, "token");
	out->cert_pem = copy_text(status, "clientCertificateData");
	out->key_pem = copy_text(status, "clientKeyData");
	out->until_ns = until_ns;
	return true;
}

bool kube_exec_run(const struct kube_exec *e, int timeout_ms,
		   struct kube_cred *out, struct err *err)
{
	struct buf text = BUF_INIT(LIMIT_EXEC_BYTES);
	struct texts env = { 0 };
	AUTO_FREE char *info = NULL;

	bool ok = exec_info(e, &info, err);
	if (ok) {
		make_env(e, info, &env);
		ok = run(e, env.items, timeout_ms, &text, err) &&
		     parse(e, buf_str(&text), out, err);
	}
	VEC_DONE(&env);
	buf_wipe(&text);
	return ok || err_wrap(err, "credential plug-in %s", e->command);
}
