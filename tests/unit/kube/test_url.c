#include "kube/url.h"

#include "kube/kinds.h"

#include "unit/rows.h"

static const struct kube_kind deployment = {
	.api_version = "apps/v1",
	.kind = "Deployment",
	.plural = "deployments",
	.namespaced = true,
};
static const struct kube_kind node = {
	.api_version = "v1",
	.kind = "Node",
	.plural = "nodes",
};

static const struct row {
	const char *name;
	const struct kube_kind *kind;
	const char *ns, *object, *subresource;
	const char *want;
} rows[] = {
	{ "one object", &deployment, "a", "web", NULL,
	  "/apis/apps/v1/namespaces/a/deployments/web" },
	{ "status", &deployment, "a", "web", "status",
	  "/apis/apps/v1/namespaces/a/deployments/web/status" },
	{ "collection", &deployment, "a", NULL, "",
	  "/apis/apps/v1/namespaces/a/deployments" },
	{ "all namespaces", &deployment, "", "", NULL,
	  "/apis/apps/v1/deployments" },
	{ "core, no namespaces", &node, "a", "n1", NULL, "/api/v1/nodes/n1" },
	{ "slash in a name", &node, NULL, "a/b?c=d#e", NULL,
	  "/api/v1/nodes/a%2Fb%3Fc%3Dd%23e" },
	{ "percent is encoded again", &node, NULL, "%2e%2e", NULL,
	  "/api/v1/nodes/%252e%252e" },
	{ "blank, plus, UTF-8", &node, NULL, "a +\xc3\xa4", NULL,
	  "/api/v1/nodes/a%20%2B%C3%A4" },
	{ "line break", &node, NULL, "a\r\nHost: x", NULL,
	  "/api/v1/nodes/a%0D%0AHost%3A%20x" },
	{ "names of RBAC", &node, NULL, "system:node~a_b.c-d", NULL,
	  "/api/v1/nodes/system%3Anode~a_b.c-d" },
};

static void builds(void **state)
{
	const struct row *row = *state;
	AUTO_BUF out = BUF_INIT(URL_BYTES);
	AUTO_ERR err = ERR_INIT;

	url_object(&out, row->kind, row->ns, row->object, row->subresource);
	assert_string_equal(buf_text(&out), row->want);
	assert_true(url_check(&out, &err));
}

static void query(void **state)
{
	(void)state;
	AUTO_BUF out = BUF_INIT(URL_BYTES);

	url_group(&out, "a.b/v1");
	url_query(&out, "none", NULL);
	url_query(&out, "empty", "");
	url_query(&out, "labelSelector", "a in (b,c),!d");
	url_query_int(&out, "limit", -500);
	url_query(&out, "continue", "x=?&%");
	assert_string_equal(buf_text(&out),
			    "/apis/a.b/v1?labelSelector=a%20in%20%28b%2Cc%29"
			    "%2C%21d&limit=-500&continue=x%3D%3F%26%25");
}

static const struct bad {
	const char *name, *target;
	enum err_kind want;
} bads[] = {
	{ "dot", "/api/v1/nodes/.", ERR_INVALID },
	{ "two dots", "/api/v1/namespaces/../nodes/x", ERR_INVALID },
	{ "dots at the end before a query", "/api/..?a=b", ERR_INVALID },
	{ "three dots are a name", "/api/v1/nodes/...", ERR_NONE },
	{ "dots in a query", "/api/v1?a=/../", ERR_NONE },
};

static void checks(void **state)
{
	const struct bad *row = *state;
	AUTO_BUF out = BUF_INIT(100);
	AUTO_ERR err = ERR_INIT;

	buf_add_text(&out, row->target);
	assert_int_equal(url_check(&out, &err), row->want == ERR_NONE);
	assert_int_equal(err.kind, row->want);
}

static void too_long(void **state)
{
	(void)state;
	AUTO_BUF out = BUF_INIT(10);
	AUTO_ERR err = ERR_INIT;

	url_segment(&out, "123456789");
	assert_true(url_check(&out, &err));
	url_query(&out, "a", "b");
	assert_false(url_check(&out, &err));
	assert_int_equal(err.kind, ERR_LIMIT);
}

static const struct server {
	const char *name, *server;
	const char *want; /* authority host port prefix */
} servers[] = {
	{ "name", "https://a.b", "a.b a.b 443 " },
	{ "port", "https://a:6443", "a:6443 a 6443 " },
	{ "prefix", "https://a:1/b/c", "a:1 a 1 /b/c" },
	{ "colon in the prefix", "https://a/b:1", "a a 443 /b:1" },
	{ "address of six", "https://[::1]", "[::1] [::1] 443 " },
	{ "and its port", "https://[::1]:2/x", "[::1]:2 [::1] 2 /x" },
};

static void splits(void **state)
{
	const struct server *row = *state;
	struct url_server s = url_server(row->server);
	AUTO_BUF got = BUF_INIT(100);

	buf_addf(&got, STR_FMT " " STR_FMT " " STR_FMT " " STR_FMT,
		 STR_ARG(s.authority), STR_ARG(s.host), STR_ARG(s.port),
		 STR_ARG(s.prefix));
	assert_string_equal(buf_text(&got), row->want);
}

static void local(void **state)
{
	(void)state;
	assert_true(url_is_local("https://127.0.0.1:6443"));
	assert_true(url_is_local("https://[::1]"));
	assert_true(url_is_local("https://localhost:6443"));
	assert_false(url_is_local("https://10.127.0.1"));
}

int main(void)
{
	const struct CMUnitTest others[] = {
		cmocka_unit_test(query),
		cmocka_unit_test(local),
		cmocka_unit_test(too_long),
	};

	return ROWS_RUN("url", rows, builds) +
	       ROWS_RUN("url server", servers, splits) +
	       ROWS_RUN("url check", bads, checks) +
	       cmocka_run_group_tests_name("url more", others, NULL, NULL);
}
