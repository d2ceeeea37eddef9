/* Which Lease the options mean, and what is no name of one. */
#include "cli/lease_options.h"

#include "base/alloc.h"
#include "base/buf.h"

#include "unit/rows.h"

#define LONG "0123456789012345678901234567890123456789012345678901234567890123"
#define BAD "is no name: lower-case letters, digits, \"-\" and \".\""

static const struct row {
	const char *name;
	struct lease_options options;
	const char *operator_name;
	const char *want; /* namespace/name, "" for none, or the error */
} rows[] = {
	{ "not wanted", { false, "a", "b", NULL }, "c", "" },
	{ "by default",
	  { true, NULL, NULL, NULL },
	  NULL,
	  "home/devmachine-operator" },
	{ "named", { true, "a.b-c", "team-a", NULL }, "x", "team-a/a.b-c" },
	{ "by the environment", { true, NULL, NULL, NULL }, "op", "home/op" },
	{ "by an empty environment",
	  { true, NULL, NULL, NULL },
	  "",
	  "home/devmachine-operator" },
	{ "one letter", { true, "a", NULL, NULL }, NULL, "home/a" },
	{ "empty",
	  { true, "", NULL, NULL },
	  NULL,
	  "--leader-election-id: \"\" " BAD },
	{ "capitals",
	  { true, "Op", NULL, NULL },
	  NULL,
	  "--leader-election-id: \"Op\" " BAD },
	{ "a path",
	  { true, "a/b", NULL, NULL },
	  NULL,
	  "--leader-election-id: \"a/b\" " BAD },
	{ "dash first",
	  { true, "-a", NULL, NULL },
	  NULL,
	  "--leader-election-id: \"-a\" " BAD },
	{ "dash last",
	  { true, "a-", NULL, NULL },
	  NULL,
	  "--leader-election-id: \"a-\" " BAD },
	{ "dash behind a dot",
	  { true, "a.-b", NULL, NULL },
	  NULL,
	  "--leader-election-id: \"a.-b\" " BAD },
	{ "two dots",
	  { true, "a..b", NULL, NULL },
	  NULL,
	  "--leader-election-id: \"a..b\" " BAD },
	{ "dot behind a dash",
	  { true, "a-.b", NULL, NULL },
	  NULL,
	  "--leader-election-id: \"a-.b\" " BAD },
	{ "253 characters are most",
	  { true, LONG LONG LONG LONG, NULL, NULL },
	  NULL,
	  "--leader-election-id: \"" LONG LONG LONG LONG "\" " BAD },
	{ "of the environment",
	  { true, NULL, NULL, NULL },
	  "a_b",
	  "OPERATOR_NAME: \"a_b\" " BAD },
	{ "namespace",
	  { true, NULL, "A", NULL },
	  NULL,
	  "--leader-election-namespace: \"A\" " BAD },
};

static void applies(void **state)
{
	const struct row *row = *state;
	AUTO_FREE char *name = NULL;
	char home[] = "home";
	const struct kube_config config = { .ns = home };
	struct manager_options out = { 0 };
	AUTO_BUF got = BUF_INIT(1000);
	AUTO_ERR err = ERR_INIT;

	if (!lease_options_apply(&row->options, &config, row->operator_name,
				 &out, &name, &err))
		buf_add_text(&got, err.msg);
	else if (out.lease_name)
		buf_addf(&got, "%s/%s", out.lease_ns, out.lease_name);
	if (out.shard.count)
		buf_addf(&got, " %u of %u", out.shard.number, out.shard.count);
	assert_string_equal(buf_text(&got), row->want);
	assert_int_equal(err.kind,
			 strchr(row->want, ':') ? ERR_INVALID : ERR_NONE);
}

int main(void)
{
	return ROWS_RUN("lease options", rows, applies);
}
