/* What the answers of a dry-run mean for a redeploy that has deleted nothing
 * yet. The messages are those of kube-apiserver. */
#include "release/preflight.h"

#include "unit/release/given.h"
#include "unit/rows.h"

#define QUOTA(requested, used, limited)                                  \
	"Service ns/x: services \"x\" is forbidden: exceeded quota: q, " \
	"requested: " requested ", used: " used ", limited: " limited

static const struct row {
	const char *name, *msg;
	enum err_kind kind;
	struct preflight_kind counts;
	bool brings_namespace, passes;
} rows[] = {
	{ "an invalid field",
	  "Service \"x\" is invalid: spec.type: Unsupported value: \"a\"",
	  ERR_INVALID,
	  { 1, 1 },
	  true,
	  false },
	{ "a webhook without dry-run",
	  "admission webhook \"w.example.com\" does not support dry run",
	  ERR_INVALID,
	  { 1, 1 },
	  false,
	  true },
	{ "a namespace that the release brings",
	  "Service a/x: namespaces \"a\" not found",
	  ERR_NOT_FOUND,
	  { 0, 1 },
	  true,
	  true },
	{ "a namespace that nobody brings",
	  "Service a/x: namespaces \"a\" not found",
	  ERR_NOT_FOUND,
	  { 0, 1 },
	  false,
	  false },
	{ "something else that is not found",
	  "Service a/x: the server could not find the requested resource",
	  ERR_NOT_FOUND,
	  { 0, 1 },
	  true,
	  false },
	{ "a quota that the deletes make room in",
	  QUOTA("services=1", "services=1", "services=1"),
	  ERR_DENIED,
	  { 1, 1 },
	  false,
	  true },
	{ "a quota that is too small for all",
	  QUOTA("services=1", "services=1", "services=1"),
	  ERR_DENIED,
	  { 1, 2 },
	  false,
	  false },
	{ "a quota that others have used up",
	  QUOTA("count/services=1", "count/services=7", "count/services=7"),
	  ERR_DENIED,
	  { 0, 1 },
	  false,
	  false },
	{ "a quota beyond its limit already",
	  QUOTA("services=1", "services=9", "services=7"),
	  ERR_DENIED,
	  { 1, 1 },
	  false,
	  false },
	{ "two counts, one of which stays exceeded",
	  QUOTA("a=1,services=1", "a=1,services=9", "a=1,services=7"),
	  ERR_DENIED,
	  { 1, 1 },
	  false,
	  false },
	{ "a quota of storage",
	  QUOTA("requests.storage=5Gi", "requests.storage=5Gi",
		"requests.storage=6Gi"),
	  ERR_DENIED,
	  { 1, 1 },
	  false,
	  false },
	{ "fewer used than are deleted: not ours to understand",
	  QUOTA("services=1", "services=1", "services=1"),
	  ERR_DENIED,
	  { 2, 1 },
	  false,
	  false },
	{ "a quota whose message is cut",
	  "exceeded quota: q, requested: services=1, used",
	  ERR_DENIED,
	  { 1, 1 },
	  false,
	  false },
	{ "a policy", "denied by policy", ERR_DENIED, { 1, 1 }, false, false },
	{ "the network",
	  "could not connect",
	  ERR_UNAVAILABLE,
	  { 1, 1 },
	  true,
	  false },
};

static void passes(void **state)
{
	const struct row *row = *state;
	AUTO_ERR err = ERR_INIT;

	err_set(&err, row->kind, "%s", row->msg);
	assert_int_equal(preflight_passes(&err, &row->counts,
					  row->brings_namespace),
			 row->passes);
}

static const struct object_row {
	const char *name, *obj, *old, *want;
} object_rows[] = {
	{ "no service", "{kind: Ingress, spec: {clusterIP: a}}",
	  "{kind: Ingress, spec: {clusterIP: a}}",
	  "{kind: Ingress, spec: {clusterIP: a}}" },
	{ "its own address", "{kind: Service, spec: {clusterIP: a, b: 1}}",
	  "{kind: Service, spec: {clusterIP: a}}",
	  "{kind: Service, spec: {b: 1}}" },
	{ "another address", "{kind: Service, spec: {clusterIP: a}}",
	  "{kind: Service, spec: {clusterIP: b}}",
	  "{kind: Service, spec: {clusterIP: a}}" },
	{ "its own ports",
	  "{kind: Service, spec: {clusterIPs: [a], ports: [{port: 1, nodePort: "
	  "2}, {port: 3, nodePort: 4}, {port: 5}]}}",
	  "{kind: Service, spec: {clusterIPs: [a], ports: [{port: 9, nodePort: "
	  "4}]}}",
	  "{kind: Service, spec: {ports: [{port: 1, nodePort: 2}, {port: 3}, "
	  "{port: 5}]}}" },
	{ "nothing known",
	  "{kind: Service, spec: {clusterIP: a, ports: "
	  "[{nodePort: 2}]}}",
	  NULL,
	  "{kind: Service, spec: {clusterIP: a, ports: [{nodePort: 2}]}}" },
	{ "nonsense", "{kind: Service, spec: {ports: {a: 1}}}",
	  "{kind: Service, spec: 1}",
	  "{kind: Service, spec: {ports: {a: 1}}}" },
	{ "no spec", "{kind: Service, spec: [1]}", "{kind: Service}",
	  "{kind: Service, spec: [1]}" },
};

static void object(void **state)
{
	const struct object_row *row = *state;
	AUTO(val_unref) struct val *obj = given(row->obj);
	AUTO(val_unref) struct val *old = given(row->old);
	AUTO(val_unref) struct val *got = preflight_object(obj, old);

	assert_given(got, row->want);
}

static const struct held_row {
	const char *name, *msg;
	enum err_kind kind;
	bool held;
} held_rows[] = {
	{ "a class that cannot",
	  "only dynamically provisioned pvc can be resized and the storageclass "
	  "that provisions the pvc must support resize",
	  ERR_DENIED, true },
	{ "not bound",
	  "spec: Forbidden: spec is immutable after creation except "
	  "resources.requests and volumeAttributesClassName for bound claims",
	  ERR_INVALID, true },
	{ "smaller",
	  "spec.resources.requests.storage: Forbidden: field can not be less "
	  "than status.capacity",
	  ERR_INVALID, false },
	{ "not allowed", "may not patch resource", ERR_DENIED, false },
};

static void held(void **state)
{
	const struct held_row *row = *state;
	AUTO_ERR err = ERR_INIT;

	err_set(&err, row->kind, "%s", row->msg);
	assert_int_equal(preflight_is_held(&err), row->held);
}

static void ending(void **state)
{
	(void)state;
	AUTO_ERR err = ERR_INIT, other = ERR_INIT;

	err_set(&err, ERR_UNAVAILABLE,
		"Job a/x: jobs.batch \"x\" is forbidden: unable to create new "
		"content in namespace a because it is being terminated");
	err_set(&other, ERR_UNAVAILABLE, "the server failed");
	assert_true(preflight_is_ending(&err));
	assert_false(preflight_is_ending(&other));
}

int main(void)
{
	const struct CMUnitTest others[] = { cmocka_unit_test(ending) };

	return ROWS_RUN("preflight passes", rows, passes) +
	       ROWS_RUN("preflight object", object_rows, object) +
	       ROWS_RUN("preflight held", held_rows, held) +
	       cmocka_run_group_tests_name("preflight more", others, NULL,
					   NULL);
}
