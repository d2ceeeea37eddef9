/* Whether what is created together fits into a quota. */
#include "release/quota.h"

#include "unit/release/given.h"
#include "unit/rows.h"

#define QUOTA(hard, used)                                                      \
	"{metadata: {name: q, namespace: ns}, spec: {}, status: {hard: {" hard \
	"}, used: {" used "}}}"
#define GIB ((__int128)1024 * 1024 * 1024 * 1000000000)

static const struct row {
	const char *name, *quota;
	struct quota_demand demands[2];
	const char *message; /* NULL: it fits */
} rows[] = {
	{ "room for all",
	  QUOTA("services: '3'", "services: '1'"),
	  { { "services", "", 2, 0, { 0 } } },
	  NULL },
	{ "too many by name",
	  QUOTA("services: '3'", "services: '2'"),
	  { { "services", "", 2, 0, { 0 } } },
	  "exceeded quota: ResourceQuota ns/q limits services to 3; 2 are "
	  "used, and what is asked for needs more than is left" },
	{ "too many counted",
	  QUOTA("count/services: '3'", "count/services: '2'"),
	  { { "services", "", 2, 0, { 0 } } },
	  "exceeded quota: ResourceQuota ns/q limits count/services to 3; 2 "
	  "are used, and what is asked for needs more than is left" },
	{ "too many of a group",
	  QUOTA("count/deployments.apps: '3'", "count/deployments.apps: '3'"),
	  { { "services", "", 5, 0, { 0 } },
	    { "deployments", "apps", 1, 0, { 0 } } },
	  "exceeded quota: ResourceQuota ns/q limits count/deployments.apps to "
	  "3; 3 are used, and what is asked for needs more than is left" },
	{ "deletes make room",
	  QUOTA("services: '3'", "services: '3'"),
	  { { "services", "", 2, 2, { 0 } } },
	  NULL },
	{ "not room enough",
	  QUOTA("services: '3'", "services: '3'"),
	  { { "services", "", 2, 1, { 0 } } },
	  "exceeded quota: ResourceQuota ns/q limits services to 3; 3 are "
	  "used, and what is asked for needs more than is left" },
	{ "storage of all claims",
	  QUOTA("requests.storage: 5Gi", "requests.storage: 4096Mi"),
	  { { "persistentvolumeclaims", "", 2, 0, { 2 * GIB } } },
	  "exceeded quota: ResourceQuota ns/q limits requests.storage to 5Gi; "
	  "4096Mi are used, and what is asked for needs more than is left" },
	{ "storage that fits",
	  QUOTA("requests.storage: 6Gi", "requests.storage: 4096Mi"),
	  { { "persistentvolumeclaims", "", 2, 0, { 2 * GIB } } },
	  NULL },
	{ "more than is allowed already, and nothing comes",
	  QUOTA("services: '1'", "services: '3'"),
	  { { "services", "", 0, 0, { 0 } } },
	  NULL },
	{ "other kinds",
	  QUOTA("count/jobs.batch: '0', cpu: '1'", "cpu: '1'"),
	  { { "jobs", "other", 2, 0, { 0 } } },
	  NULL },
	{ "of pods with a scope",
	  "{metadata: {name: q, namespace: ns}, spec: {scopes: [BestEffort]}, "
	  "status: {hard: {pods: '1'}, used: {pods: '1'}}}",
	  { { "pods", "", 2, 0, { 0 } } },
	  NULL },
	{ "not counted yet",
	  "{metadata: {name: q}, spec: {hard: {pods: '1'}}}",
	  { { "pods", "", 2, 0, { 0 } } },
	  NULL },
	{ "of no sense",
	  "{status: {hard: {pods: x}, used: 1}}",
	  { { "pods", "", 2, 0, { 0 } } },
	  NULL },
};

static void is_judged(void **state)
{
	const struct row *row = *state;
	AUTO(val_unref) struct val *quota = given(row->quota);
	size_t count = row->demands[1].plural ? 2 : 1;
	AUTO_ERR err = ERR_INIT;

	assert_int_equal(quota_allows(quota, row->demands, count, &err),
			 row->message == NULL);
	if (!row->message)
		return;
	assert_int_equal(err.kind, ERR_DENIED);
	assert_string_equal(err.msg, row->message);
}

int main(void)
{
	return ROWS_RUN("quota", rows, is_judged);
}
