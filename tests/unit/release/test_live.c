/* What the digest of a live object covers. Of real ones: test_drift_live.c. */
#include "release/live.h"

#include "base/alloc.h"

#include "unit/release/given.h"
#include "unit/rows.h"

#define OBJECT                                                     \
	"{apiVersion: v1, kind: Pod, metadata: {name: a, uid: u, " \
	"resourceVersion: '1', generation: 1, labels: {a: b}, "    \
	"annotations: {c: d}, ownerReferences: [{uid: o}]}, spec: {e: 1}}"
#define SECRET(version, data)                                               \
	"{kind: Secret, metadata: {resourceVersion: '" version "'}, data: " \
	"{a: " data "}}"

#define OURS                                                                 \
	"[{manager: other, fieldsV1: {f:metadata: {f:labels: {f:c: {}}}}}, " \
	"{manager: devmachine-operator, fieldsV1: {f:metadata: {f:labels: "  \
	"{.: {}, f:a: {}}, f:annotations: {f:a: {}}}}}]"

static const struct row {
	const char *name, *a, *b;
	bool same;
} rows[] = {
	{ "itself", OBJECT, OBJECT, true },
	{ "keys in another order", "{a: 1, b: {c: 2, d: 3}}",
	  "{b: {d: 3, c: 2}, a: 1}", true },
	{ "what the server writes", OBJECT,
	  "{apiVersion: v1, kind: Pod, metadata: {name: a, uid: w, "
	  "resourceVersion: '2', generation: 2, creationTimestamp: x, "
	  "deletionTimestamp: y, finalizers: [z], managedFields: [{}], "
	  "labels: {a: b}, annotations: {c: d}, ownerReferences: [{uid: o}]}, "
	  "spec: {e: 1, nodeName: n}, status: {f: 1}}",
	  true },
	{ "spec", "{spec: {a: 1}}", "{spec: {a: 2}}", false },
	{ "a list's order", "{a: [1, 2]}", "{a: [2, 1]}", false },
	{ "data", "{data: {a: x}}", "{data: {a: y}}", false },
	{ "a label", "{metadata: {labels: {a: b}}}",
	  "{metadata: {labels: {a: c}}}", false },
	{ "a label of others",
	  "{metadata: {labels: {a: b}, managedFields: " OURS "}}",
	  "{metadata: {labels: {a: b, c: d}, managedFields: " OURS "}}", true },
	{ "an annotation of others",
	  "{metadata: {annotations: {a: b}, managedFields: " OURS "}}",
	  "{metadata: {annotations: {a: b, c: d}, managedFields: " OURS "}}",
	  true },
	{ "a label of ours that is gone",
	  "{metadata: {labels: {a: b}, managedFields: " OURS "}}",
	  "{metadata: {labels: {}, managedFields: " OURS "}}", false },
	{ "a label of ours that others wrote",
	  "{metadata: {labels: {a: b}, managedFields: " OURS "}}",
	  "{metadata: {labels: {a: c}, managedFields: [{manager: "
	  "devmachine-operator, fieldsV1: {f:metadata: {f:labels: {}}}}]}}",
	  false },
	{ "an annotation", "{metadata: {annotations: {a: b}}}",
	  "{metadata: {annotations: {}}}", false },
	{ "an owner", "{metadata: {ownerReferences: [{uid: a}]}}",
	  "{metadata: {}}", false },
	{ "a revision of pods", "{metadata: {annotations: {a: b}}}",
	  "{metadata: {annotations: {a: b, "
	  "deployment.kubernetes.io/revision: '2'}}}",
	  true },
	{ "a volume that was bound",
	  "{kind: PersistentVolumeClaim, metadata: {annotations: {}}, "
	  "spec: {a: 1}}",
	  "{kind: PersistentVolumeClaim, metadata: {annotations: "
	  "{pv.kubernetes.io/bind-completed: 'yes'}}, "
	  "spec: {a: 1, volumeName: v}}",
	  true },
	{ "volumeName of another kind", "{kind: X, spec: {}}",
	  "{kind: X, spec: {volumeName: v}}", false },
	{ "a secret, not its data", SECRET("1", "eA=="), SECRET("1", "eQ=="),
	  true },
	{ "a secret that was written", SECRET("1", "eA=="), SECRET("2", "eA=="),
	  false },
	{ "of no sense", "{metadata: [], spec: x, kind: Pod}",
	  "{metadata: 1, spec: x, kind: Pod}", true },
};

static const char *digest_of(const struct val *object,
			     char out[LIVE_DIGEST_BYTES])
{
	return live_digest(val_get_text(object, "kind"), object, out);
}

/* What comes in a list has neither. */
static void kind_is_told(void **state)
{
	(void)state;
	AUTO(val_unref) struct val *a = given(
		"{apiVersion: v1, kind: Secret, metadata: {}, data: {a: x}}");
	AUTO(val_unref) struct val *b = given("{metadata: {}, data: {a: y}}");
	char x[LIVE_DIGEST_BYTES], y[LIVE_DIGEST_BYTES];

	live_digest("Secret", a, x);
	live_digest("Secret", b, y);
	assert_string_equal(x, y);
}

static void is_compared(void **state)
{
	const struct row *row = *state;
	AUTO(val_unref) struct val *a = given(row->a);
	AUTO(val_unref) struct val *b = given(row->b);
	char x[LIVE_DIGEST_BYTES], y[LIVE_DIGEST_BYTES];

	assert_ptr_equal(digest_of(a, x), x);
	digest_of(b, y);
	assert_int_equal(strcmp(x, y) == 0, row->same);
	assert_int_equal(strspn(x, "0123456789abcdef"), LIVE_DIGEST_BYTES - 1);
}

int main(void)
{
	const struct CMUnitTest others[] = { cmocka_unit_test(kind_is_told) };

	return ROWS_RUN("live", rows, is_compared) +
	       cmocka_run_group_tests_name("live more", others, NULL, NULL);
}
