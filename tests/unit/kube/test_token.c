#include "kube/token.h"

#include "base/alloc.h"
#include "base/clock.h"
#include "base/thread.h"
#include "data/json.h"
#include "kube/config.h"
#include "kube/exec.h"

#include "unit/kube/scratch.h"
#include "unit/rows.h"

#include <unistd.h>

static struct kube_config config = {
	.server = (char *)(uintptr_t) "https://h:1",
	.ca = { .text = (char *)(uintptr_t) "-----BEGIN X-----\n" },
};

/* A plug-in that runs a shell script of ours. */
static struct kube_exec *plugin_of(const char *script, const char *more)
{
	AUTO_FREE char *text = alloc_print("#!/bin/sh\n%s\n", script);
	AUTO_FREE char *path = scratch_write("plugin", text, 0700);
	AUTO_FREE char *spec = alloc_print(
		"{\"apiVersion\":\"client.authentication.k8s.io/v1\","
		"\"command\":\"%s\",\"args\":[\"one\",\"two words\",\"$(id)\"],"
		"\"env\":[{\"name\":\"TRY\",\"value\":\"a=b\"}]%s}",
		path, more);
	AUTO(val_unref) struct val *v = NULL;
	AUTO_ERR err = ERR_INIT;
	struct kube_exec *e = NULL;

	assert_true(json_read(str_of(spec), &v, &err));
	assert_true(kube_exec_new(v, "/", &config, NULL, &e, &err));
	return e;
}

#define CRED(status)                                         \
	"echo '{\"kind\":\"ExecCredential\",\"apiVersion\":" \
	"\"client.authentication.k8s.io/v1\",\"status\":{" status "}}'"

static const struct row {
	const char *name, *script;
	int timeout_ms;
	const char *want; /* the token, or a part of the message */
	enum err_kind kind;
} rows[] = {
	{ "token", CRED("\"token\":\"abc\""), 20000, "abc", ERR_NONE },
	{ "arguments are no shell's",
	  "[ \"$#\" = 3 ] && [ \"$2\" = 'two words' ] && [ \"$3\" = "
	  "'$(id)' ] && [ \"$TRY\" = a=b ] || exit 9\n" CRED("\"token\":\"x\""),
	  20000, "x", ERR_NONE },
	{ "information",
	  "case \"$KUBERNETES_EXEC_INFO\" in *'\"interactive\":false'*) ;; *) "
	  "exit 8;; esac\n" CRED("\"token\":\"x\""),
	  20000, "x", ERR_NONE },
	{ "no input", "read -r x && exit 7\n" CRED("\"token\":\"x\""), 20000,
	  "x", ERR_NONE },
	{ "certificate",
	  CRED("\"clientCertificateData\":\"c\",\"clientKeyData\":\"k\""),
	  20000, "", ERR_NONE },
	{ "fails", "echo nothing; exit 3", 20000, "ended with status 3",
	  ERR_UNAVAILABLE },
	{ "dies", "kill -9 $$", 20000, "ended by signal 9", ERR_UNAVAILABLE },
	{ "hangs", "exec sleep 100", 200, "did not end within 200 ms",
	  ERR_UNAVAILABLE },
	{ "hangs without output", "exec >&-; exec sleep 100", 200,
	  "did not end within 200 ms", ERR_UNAVAILABLE },
	{ "leaves somebody behind", CRED("\"token\":\"x\"") "\nsleep 2 &", 1500,
	  "x", ERR_NONE },
	{ "prints too much", "head -c 2000000 /dev/zero", 20000,
	  "larger than 1048576 bytes", ERR_LIMIT },
	{ "prints no JSON", "echo hello", 20000, "printed no ExecCredential",
	  ERR_INVALID },
	{ "prints nothing", ":", 20000, "printed no ExecCredential",
	  ERR_INVALID },
	{ "other version",
	  "echo '{\"kind\":\"ExecCredential\",\"apiVersion\":\"x/v1\","
	  "\"status\":{\"token\":\"x\"}}'",
	  20000,
	  "printed no ExecCredential of apiVersion "
	  "client.authentication.k8s.io/v1",
	  ERR_INVALID },
	{ "neither", CRED(""), 20000, "printed neither token nor certificate",
	  ERR_INVALID },
	{ "no key", CRED("\"clientCertificateData\":\"c\",\"token\":\"x\""),
	  20000, "printed a certificate without its key", ERR_INVALID },
	{ "no time",
	  CRED("\"token\":\"x\",\"expirationTimestamp\":\"tomorrow\""), 20000,
	  "expirationTimestamp: \"tomorrow\" is no time", ERR_INVALID },
};

static void runs(void **state)
{
	const struct row *row = *state;
	AUTO(kube_exec_free) struct kube_exec *e = plugin_of(row->script, "");
	struct kube_cred cred = { 0 };
	AUTO_ERR err = ERR_INIT;
	bool ok = kube_exec_run(e, row->timeout_ms, &cred, &err);

	if (err.kind != row->kind && err.msg)
		print_message("%s\n", err.msg);
	assert_int_equal(err.kind, row->kind);
	assert_int_equal(ok, row->kind == ERR_NONE);
	if (ok)
		assert_string_equal(cred.token ? cred.token : "", row->want);
	else
		assert_non_null(strstr(err.msg, row->want));
	free(cred.token);
	free(cred.cert_pem);
	free(cred.key_pem);
}

static void cluster_info(void **state)
{
	(void)state;
	AUTO(kube_exec_free) struct kube_exec *e = plugin_of(
		"case \"$KUBERNETES_EXEC_INFO\" in *'\"cluster\":{\"server\":"
		"\"https://h:1\",\"certificate-authority-data\":"
		"\"LS0tLS1CRUdJTiBYLS0tLS0K\"}'*) ;; *) exit 6;; esac\n" CRED(
			"\"token\":\"x\""),
		",\"provideClusterInfo\":true");
	struct kube_cred cred = { 0 };
	AUTO_ERR err = ERR_INIT;

	assert_true(kube_exec_run(e, 20000, &cred, &err));
	free(cred.token);
}

static void not_installed(void **state)
{
	(void)state;
	AUTO(kube_exec_free) struct kube_exec *e = NULL;
	AUTO(val_unref) struct val *v = NULL;
	AUTO_ERR err = ERR_INIT;
	struct kube_cred cred = { 0 };

	assert_true(json_read(
		str_of("{\"apiVersion\":\"client.authentication.k8s.io/v1\","
		       "\"command\":\"no-such-plugin\",\"installHint\":\"try "
		       "harder\"}"),
		&v, &err));
	assert_true(kube_exec_new(v, "/", &config, NULL, &e, &err));
	assert_false(kube_exec_run(e, 20000, &cred, &err));
	assert_int_equal(err.kind, ERR_UNAVAILABLE);
	assert_string_equal(err.msg,
			    "credential plug-in no-such-plugin: try harder: "
			    "cannot be started: No such file or directory");
}

/* Gets a token, gives it back, and says whether it was the one wanted. */
static void expect(struct kube_token *t, const char *want)
{
	const struct kube_cred *cred = NULL;
	AUTO_ERR err = ERR_INIT;

	assert_true(kube_token_get(t, &cred, &err));
	assert_string_equal(cred->token, want);
	kube_token_put(t, cred);
}

static void refuse(struct kube_token *t, bool want)
{
	const struct kube_cred *cred = NULL;
	AUTO_ERR err = ERR_INIT;

	assert_true(kube_token_get(t, &cred, &err));
	assert_int_equal(kube_token_refused(t, cred), want);
	kube_token_put(t, cred);
}

static void fixed(void **state)
{
	(void)state;
	AUTO(kube_token_free) struct kube_token *t = kube_token_fixed("abc");

	expect(t, "abc");
	refuse(t, false);
	expect(t, "abc");
}

static void file(void **state)
{
	(void)state;
	AUTO_FREE char *path = scratch_write("rotated", "one\n", 0600);
	AUTO(kube_token_free) struct kube_token *t = kube_token_file(path);
	const struct kube_cred *old = NULL;
	AUTO_ERR err = ERR_INIT;

	expect(t, "one");
	assert_true(kube_token_get(t, &old, &err));
	free(scratch_write("rotated", "two", 0600));
	expect(t, "one"); /* for a minute, unless it is refused */
	refuse(t, true);
	expect(t, "two");
	/* Who still has the old one may say so late, and may still read it. */
	assert_true(kube_token_refused(t, old));
	assert_string_equal(old->token, "one");
	kube_token_put(t, old);
	expect(t, "two");
	free(scratch_write("rotated", "no token\n", 0600));
	refuse(t, true);
	assert_false(kube_token_get(t, &old, &err));
	assert_int_equal(err.kind, ERR_INVALID);
	assert_non_null(strstr(err.msg, "holds no token"));
}

/* Each run of the plug-in gives another token: the number of the run. */
#define COUNTED(until)                                                            \
	"n=$(cat \"$0.n\" 2>/dev/null || echo 0); n=$((n + 1)); echo $n >"        \
	"\"$0.n\"\n"                                                              \
	"printf '{\"kind\":\"ExecCredential\",\"apiVersion\":"                    \
	"\"client.authentication.k8s.io/v1\",\"status\":{\"token\":\"t%s\"" until \
	"}}' $n"

static void cached(void **state)
{
	(void)state;
	AUTO_FREE char *counter = scratch_path("plugin.n");
	unlink(counter);
	AUTO(kube_token_free) struct kube_token *t = kube_token_exec(plugin_of(
		COUNTED(",\"expirationTimestamp\":\"2200-01-01T00:00:00Z\""),
		""));

	expect(t, "t1");
	expect(t, "t1");
	refuse(t, true);
	expect(t, "t2");
	expect(t, "t2");
}

static void expired(void **state)
{
	(void)state;
	AUTO_FREE char *counter = scratch_path("plugin.n");
	unlink(counter);
	AUTO(kube_token_free) struct kube_token *t = kube_token_exec(plugin_of(
		COUNTED(",\"expirationTimestamp\":\"2001-01-01T00:00:00Z\""),
		""));

	expect(t, "t1");
	expect(t, "t2");
}

struct asker {
	struct kube_token *token;
	struct thread thread;
	bool ok;
};

static void ask(void *ctx)
{
	struct asker *a = ctx;
	const struct kube_cred *cred = NULL;
	AUTO_ERR err = ERR_INIT;

	a->ok = kube_token_get(a->token, &cred, &err) &&
		strcmp(cred->token, "t1") == 0;
	kube_token_put(a->token, cred);
}

/* Threads that ask together run the plug-in once. */
static void together(void **state)
{
	(void)state;
	AUTO_FREE char *counter = scratch_path("plugin.n");
	unlink(counter);
	AUTO(kube_token_free) struct kube_token *t =
		kube_token_exec(plugin_of("sleep 0.2\n" COUNTED(""), ""));
	AUTO_ERR err = ERR_INIT;
	struct asker askers[4];

	for (int i = 0; i < 4; i++) {
		askers[i] = (struct asker){ .token = t };
		assert_true(thread_start(&askers[i].thread, "ask", ask,
					 &askers[i], &err));
	}
	for (int i = 0; i < 4; i++)
		thread_join(&askers[i].thread);
	for (int i = 0; i < 4; i++)
		assert_true(askers[i].ok);
}

int main(void)
{
	const struct CMUnitTest others[] = {
		cmocka_unit_test(cluster_info), cmocka_unit_test(not_installed),
		cmocka_unit_test(fixed),        cmocka_unit_test(file),
		cmocka_unit_test(cached),       cmocka_unit_test(expired),
		cmocka_unit_test(together),
	};

	if (scratch_make(NULL) != 0)
		return 1;
	int failed = ROWS_RUN("exec", rows, runs) +
		     cmocka_run_group_tests_name("token", others, NULL, NULL);
	return scratch_remove(NULL) == 0 ? failed : failed + 1;
}
