/*
 * Drift where no captured object goes: what rendering may hold, who wrote
 * what, and patches. What a real server answers: test_drift_live.c.
 */
#include "release/drift.h"
#include "release/fields.h"

#include "base/alloc.h"
#include "base/buf.h"
#include "base/limits.h"

#include "unit/release/given.h"
#include "unit/release/patched.h"
#include "unit/rows.h"

#define POD "apiVersion: v1, kind: Pod, "
#define MAP "apiVersion: v1, kind: ConfigMap, "
#define SECRET "apiVersion: v1, kind: Secret, "
#define CUSTOM "apiVersion: a.example.com/v1, kind: X, "
#define BY(manager, fields) \
	"{manager: " manager ", operation: Update, fieldsV1: {" fields "}}"
#define WROTE(entries) "metadata: {managedFields: [" entries "]}, "

static const struct row {
	const char *name;
	const char *want, *live; /* without braces */
	const char *found;       /* "kind path; …" */
} rows[] = {
	{ "nothing", POD, POD, "" },
	{ "changed", POD "spec: {a: 1}", POD "spec: {a: 2}",
	  "changed spec.a; " },
	{ "numbers by value", POD "spec: {a: 1, b: 1000}",
	  POD "spec: {a: 1.0, b: 1e3}", "" },
	{ "another type", POD "spec: {a: 1}", POD "spec: {a: '1'}",
	  "changed spec.a; " },
	{ "truth", POD "spec: {a: true}", POD "spec: {a: false}",
	  "changed spec.a; " },
	{ "a map for a text", POD "spec: {a: {b: 1}}", POD "spec: {a: x}",
	  "changed spec.a; " },
	{ "a list for a map", POD "spec: {a: {b: 1}}", POD "spec: {a: [1]}",
	  "changed spec.a; " },
	{ "spec is gone", POD "spec: {a: 1}", POD, "missing spec; " },
	{ "spec is null", POD "spec: {a: 1}", POD "spec: null",
	  "missing spec; " },
	{ "null is wanted of nobody", POD "spec: {a: null}", POD "spec: {a: 1}",
	  "" },
	{ "empty is wanted of nobody", POD "spec: {a: {}, b: [], c: ''}", POD,
	  "" },
	{ "empty within empty", POD "spec: {affinity: {node: {a: null}}}", POD,
	  "" },
	{ "empty, and the server's default", POD "spec: {schedulerName: ''}",
	  POD "spec: {schedulerName: default-scheduler}", "" },
	{ "zero that is nothing", POD "spec: {hostNetwork: false}", POD, "" },
	{ "zero that is something", POD "spec: {hostUsers: false, n: 0}", POD,
	  "missing spec; " },
	{ "keys with dots", MAP "data: {a.b: x, c/d: y}", MAP "data: {a.b: z}",
	  "changed data[a.b]; missing data[c/d]; " },
	{ "an empty text in a free map", MAP "data: {a: ''}", MAP,
	  "missing data; " },
	/* Values that mean the same. */
	{ "quantities",
	  POD "spec: {containers: [{name: a, resources: "
	      "{limits: {cpu: 1, memory: 1.0e9}}}]}",
	  POD "spec: {containers: [{name: a, resources: {limits: "
	      "{cpu: '1000m', memory: 1G}}}]}",
	  "" },
	{ "no quantity elsewhere", POD "spec: {a: 1000m}", POD "spec: {a: '1'}",
	  "changed spec.a; " },
	{ "no quantities at all",
	  POD "spec: {containers: [{name: a, resources: {limits: {cpu: x}}}]}",
	  POD "spec: {containers: [{name: a, resources: {limits: {cpu: y}}}]}",
	  "changed spec.containers[name=a].resources.limits.cpu; " },
	{ "a number or a text", POD "spec: {a: {httpGet: {port: 80}}}",
	  POD "spec: {a: {httpGet: {port: '80'}}}", "" },
	{ "no text elsewhere", POD "spec: {a: {x: {port: 80}}}",
	  POD "spec: {a: {x: {port: '80'}}}", "changed spec.a.x.port; " },
	{ "bytes with lines", SECRET "data: {a: \"YWJj\\nZGVm\\n\"}",
	  SECRET "data: {a: YWJjZGVm}", "" },
	{ "other bytes", SECRET "data: {a: YWJj}", SECRET "data: {a: YWJk}",
	  "changed data.a; " },
	{ "no bytes", SECRET "data: {a: '!'}", SECRET "data: {a: '?'}",
	  "changed data.a; " },
	{ "texts over bytes", SECRET "data: {a: eA==}, stringData: {a: abc}",
	  SECRET "data: {a: YWJj}", "" },
	{ "texts that are no map", SECRET "stringData: [1]", SECRET, "" },
	/* Custom resources: what is written stays. */
	{ "a custom zero",
	  CUSTOM "spec: {a: 0, b: '', c: {}, d: [], e: null, f: false}",
	  CUSTOM "spec: {}",
	  "missing spec.a; missing spec.b; missing spec.c; missing spec.d; "
	  "missing spec.f; " },
	{ "custom labels", CUSTOM "metadata: {labels: {}, annotations: {}}",
	  CUSTOM, "" },
	{ "custom gateway", "apiVersion: gateway.networking.k8s.io/v1, a: {}",
	  "apiVersion: gateway.networking.k8s.io/v1", "missing a; " },
	{ "custom list by name", CUSTOM "spec: {a: [{id: p, v: 1}, {id: q}]}",
	  CUSTOM WROTE(BY(
		  "devmachine-operator",
		  "'f:spec': {'f:a': {'k:{\"id\":\"p\"}': {'.': {}}}}")) "spec: {a: [{id: r}, {id: q}, {id: p, v: 2}]}",
	  "changed spec.a[id=p].v; " },
	{ "custom set", CUSTOM "spec: {a: [x, y]}",
	  CUSTOM WROTE(
		  BY("devmachine-operator", "'f:spec': {'f:a': {'v:\"x\"': {}}}") ", " BY(
			  "kubectl",
			  "'f:spec': {'f:a': {'v:\"z\"': {}}}")) "spec: {a: [z, y]}",
	  "missing spec.a[x]; added spec.a[z]; " },
	/* Lists. */
	{ "named, in any order",
	  POD "spec: {containers: [{name: a}, {name: b}]}",
	  POD "spec: {containers: [{name: b}, {name: a}]}", "" },
	{ "a key's default",
	  POD "spec: {containers: [{name: a, ports: "
	      "[{containerPort: 1}, {containerPort: 2}]}]}",
	  POD "spec: {containers: [{name: a, ports: "
	      "[{containerPort: 2, protocol: TCP}, {containerPort: 1, "
	      "protocol: UDP}]}]}",
	  "missing spec.containers[name=a].ports[containerPort=1,protocol=TCP]"
	  "; " },
	{ "a name twice: by position",
	  POD "spec: {containers: [{name: a, image: x}, {name: a, image: y}]}",
	  POD "spec: {containers: [{name: a, image: x}, {name: a, image: z}]}",
	  "changed spec.containers[1].image; " },
	{ "no name: by position", POD "spec: {containers: [{image: x}, a]}",
	  POD "spec: {containers: [{image: x}, b]}",
	  "changed spec.containers[1]; " },
	{ "longer, and nobody says who", POD "spec: {a: [1]}",
	  POD "spec: {a: [1, 2]}", "added spec.a[1]; " },
	{ "longer by admission", POD "spec: {a: [1, 3]}",
	  POD WROTE(BY("devmachine-operator",
		       "'f:spec': {'f:a': {}}")) "spec: {a: [0, 1, 2, 3, 4]}",
	  "" },
	{ "longer, but one is gone", POD "spec: {a: [1, 3]}",
	  POD WROTE(BY("devmachine-operator",
		       "'f:spec': {'f:a': {}}")) "spec: {a: [1, 2, 4]}",
	  "changed spec.a; " },
	{ "shorter in the middle", POD "spec: {a: [1, 2, 3, 4]}",
	  POD "spec: {a: [1, 4]}", "missing spec.a[1]; missing spec.a[2]; " },
	{ "some others", POD "spec: {a: [1, 2, 3, 4]}",
	  POD "spec: {a: [1, 5, 6, 4]}",
	  "changed spec.a[1]; changed spec.a[2]; " },
	{ "lists of lists", POD "spec: {a: [[1, [2]], [3]]}",
	  POD "spec: {a: [[1, [4]], [3]]}", "changed spec.a[0][1][0]; " },
	{ "null as an item", POD "spec: {a: [null, 1]}",
	  POD "spec: {a: [1, 1]}", "changed spec.a[0]; " },
	{ "one for null", POD "spec: {a: [1]}", POD "spec: {a: [null]}",
	  "changed spec.a[0]; " },
	/* Who wrote it. */
	{ "added by others", MAP "data: {a: x}",
	  MAP WROTE(BY("kubectl-edit",
		       "'f:data': {'f:b': {}}")) "data: {a: x, b: y}",
	  "added data.b; " },
	{ "added by us", MAP "data: {a: x}",
	  MAP WROTE(BY("devmachine-operator",
		       "'f:data': {'f:b': {}}")) "data: {a: x, b: y}",
	  "" },
	{ "added by both", MAP "data: {a: x}",
	  MAP WROTE(BY("kubectl-edit", "'f:data': {'f:b': {}}") ", " BY(
		  "devmachine-operator",
		  "'f:data': {'f:b': {}}")) "data: {a: x, b: y}",
	  "" },
	{ "added by whom nobody knows", MAP "data: {a: x}",
	  MAP "data: {a: x, b: y}", "" },
	{ "added by who reports the status", CUSTOM "spec: {a: x}",
	  CUSTOM WROTE(BY("its-operator", "'f:spec': {'f:b': {}}") ", " BY(
		  "its-operator",
		  "'f:status': {'f:c': {}}")) "spec: {a: x, b: y}, status: {c: 1}",
	  "" },
	{ "added as a whole", CUSTOM "spec: {}",
	  CUSTOM WROTE(BY(
		  "kubectl",
		  "'f:spec': {'f:b': {'.': {}, 'f:c': {}}}")) "spec: {b: {c: 1, d: 2}}",
	  "added spec.b; " },
	{ "added where nothing of ours is left",
	  "kind: Service, apiVersion: v1, spec: {ports: [{port: 80}]}",
	  "kind: Service, apiVersion: v1, " WROTE(
		  BY("devmachine-operator", "'f:spec': {'f:ports': {}}") ", " BY(
			  "kubectl",
			  "'f:spec': {'f:ports': {'k:{\"port\":81,\"protocol\":"
			  "\"TCP\"}': {'.': {}, 'f:port': {}}}}")) "spec: {ports: "
								   "[{port: 81, "
								   "protocol: TCP}]}",
	  "missing spec.ports[port=80,protocol=TCP]; "
	  "added spec.ports[port=81,protocol=TCP]; " },
	{ "added in part", CUSTOM "spec: {}",
	  CUSTOM WROTE(BY(
		  "kubectl",
		  "'f:spec': {'f:b': {'f:c': {}}}")) "spec: {b: {c: 1, d: 2}}",
	  "added spec.b.c; " },
	{ "added at the top", CUSTOM,
	  CUSTOM WROTE(BY("kubectl", "'f:more': {}")) "more: 1",
	  "added more; " },
	{ "metadata and status are others'", CUSTOM,
	  CUSTOM
	  "metadata: {labels: {a: b}, finalizers: [x], managedFields: [" BY(
		  "kubectl",
		  "'f:metadata': {'f:labels': {'f:a': {}}, 'f:finalizers': "
		  "{'v:\"x\"': {}}}, 'f:status': {}") "]}, status: {a: 1}",
	  "" },
	{ "fields that make no sense", MAP "data: {a: x}",
	  MAP "metadata: {managedFields: [1, null, {}, {manager: 1, fieldsV1: "
	      "x}, {manager: kubectl, fieldsV1: {'f:data': 1}}]}, "
	      "data: {a: x, b: y}",
	  "added data.b; " },
	{ "entries that are no list", MAP "data: {a: x}",
	  MAP "metadata: {managedFields: x}, data: {a: x, b: y}", "" },
	{ "metadata that nobody takes", MAP "metadata: x",
	  MAP "metadata: {labels: {a: b}}", "" },
	{ "metadata of no sense", MAP "metadata: {labels: [1]}",
	  MAP "metadata: []", "changed metadata; " },
	/* Never. */
	{ "another version of it", "apiVersion: a/v1, kind: X",
	  "apiVersion: a/v2, kind: Y", "" },
	{ "its name", POD "metadata: {name: a, namespace: b}",
	  POD "metadata: {name: a}", "" },
	{ "its revision",
	  POD "metadata: {annotations: {ide.example.com/revision: '2'}}",
	  POD "metadata: {annotations: {ide.example.com/revision: '1'}}", "" },
	{ "its status", POD "status: {a: 1}", POD "status: {b: 1}", "" },
	{ "a bundle", CUSTOM "a: {clientConfig: {caBundle: x, url: y}}",
	  CUSTOM "a: {clientConfig: {caBundle: z, url: y}}", "" },
};

static struct val *object_of(const char *text)
{
	AUTO_FREE char *braced = alloc_print("{%s}", text);

	return given(braced);
}

static void print(const struct drift *d, struct buf *out)
{
	for (size_t i = 0; i < d->count; i++) {
		const struct drift_finding *f = &d->items[i];

		buf_addf(out, "%s %s; ", drift_kind_text(f->kind), f->path);
		assert_int_equal(f->want == NULL, f->kind == DRIFT_ADDED);
		assert_int_equal(f->live == NULL, f->kind == DRIFT_MISSING);
	}
}

static void is_found(void **state)
{
	const struct row *row = *state;
	AUTO(val_unref) struct val *want = object_of(row->want);
	AUTO(val_unref) struct val *live = object_of(row->live);
	AUTO_BUF got = BUF_INIT(10000);
	AUTO_DRIFT d = { 0 }, after = { 0 };

	drift_find(want, live, DRIFT_SCALER_NONE, &d);
	print(&d, &got);
	assert_string_equal(buf_text(&got), row->found);
	AUTO(val_unref) struct val *patch = drift_patch(&d);
	AUTO(val_unref) struct val *mended = patched(live, patch);
	drift_find(want, mended, DRIFT_SCALER_NONE, &after);
	assert_int_equal(after.count, 0);
}

static const struct patch_row {
	const char *name, *want, *live, *patch;
} patches[] = {
	{ "nothing", "spec: {a: 1}", "spec: {a: 1}", "" },
	{ "a field", "spec: {a: 1}", "spec: {a: 2, b: 3}",
	  ", {op: replace, path: /spec/a, value: 1}" },
	{ "a field that is gone", "spec: {a: {b: 1}}", "spec: {c: 1}",
	  ", {op: add, path: /spec/a, value: {b: 1}}" },
	{ "a list, with what the server added",
	  "spec: {containers: [{name: a, image: x}]}",
	  "spec: {containers: [{name: a, image: y, pull: Always}]}",
	  ", {op: test, path: /spec/containers, value: "
	  "[{name: a, image: y, pull: Always}]}, "
	  "{op: replace, path: /spec/containers, value: "
	  "[{name: a, image: x, pull: Always}]}" },
	{ "items in their place",
	  "spec: {containers: [{name: a}, {name: b}, {name: c}, {name: d}]}",
	  "spec: {containers: [{name: d}, {name: b, p: 1}]}",
	  ", {op: test, path: /spec/containers, value: "
	  "[{name: d}, {name: b, p: 1}]}, "
	  "{op: replace, path: /spec/containers, value: [{name: a}, "
	  "{name: d}, {name: b, p: 1}, {name: c}]}" },
	{ "a list by position, with defaults made anew",
	  "spec: {a: [{b: 1}, {b: 2}, {b: 3}]}",
	  "spec: {a: [{b: 1, c: 1}, {b: 9, c: 9}, {b: 3, c: 3}]}",
	  ", {op: test, path: /spec/a, value: [{b: 1, c: 1}, {b: 9, c: 9}, "
	  "{b: 3, c: 3}]}, {op: replace, path: /spec/a, value: "
	  "[{b: 1, c: 1}, {b: 2}, {b: 3, c: 3}]}" },
	{ "a key with a slash", "metadata: {annotations: {a/b~c: x}}",
	  "metadata: {uid: u, annotations: {}}",
	  ", {op: add, path: /metadata/annotations/a~1b~0c, value: x}" },
};

static void is_patched(void **state)
{
	const struct patch_row *row = *state;
	AUTO_FREE char *want_text =
		alloc_print("kind: Pod, apiVersion: v1, %s", row->want);
	AUTO_FREE char *live_text = alloc_print(
		"%s%s",
		strstr(row->live, "metadata") ? "" : "metadata: {uid: u}, ",
		row->live);
	AUTO_FREE char *patch_text = alloc_print(
		"[{op: test, path: /metadata/uid, value: u}%s]", row->patch);
	AUTO(val_unref) struct val *want = object_of(want_text);
	AUTO(val_unref) struct val *live = object_of(live_text);
	AUTO_DRIFT d = { 0 };

	drift_find(want, live, DRIFT_SCALER_NONE, &d);
	AUTO(val_unref) struct val *patch = drift_patch(&d);
	assert_given(patch, patch_text);
}

static void autoscaled(void **state)
{
	(void)state;
	AUTO(val_unref) struct val *want =
		object_of("kind: Deployment, apiVersion: apps/v1, "
			  "spec: {replicas: 1, a: 1}");
	AUTO(val_unref) struct val *live =
		object_of("kind: Deployment, spec: {replicas: 5, a: 1}");
	AUTO_DRIFT found = { 0 }, none = { 0 };

	drift_find(want, live, DRIFT_SCALER_NONE, &found);
	assert_int_equal(found.count, 1);
	assert_true(drift_is_size(&found));
	drift_find(want, live, DRIFT_SCALER_AUTO, &none);
	assert_int_equal(none.count, 0);
	assert_false(drift_is_size(&none));
}

/* A stopped daemon set is one of size; with another field it is not. */
static void daemon_set(void **state)
{
	(void)state;
	AUTO(val_unref) struct val *want = object_of(
		"kind: DaemonSet, apiVersion: apps/v1, spec: {a: 1, template: "
		"{spec: {nodeSelector: {ide.example.com/stopped: 'true'}}}}");
	AUTO(val_unref) struct val *live =
		object_of("kind: DaemonSet, spec: {a: 1, template: {spec: "
			  "{nodeSelector: {}}}}");
	AUTO(val_unref) struct val *other =
		object_of("kind: DaemonSet, spec: {a: 2, template: {spec: "
			  "{nodeSelector: {}}}}");
	AUTO_DRIFT size = { 0 }, more = { 0 };

	drift_find(want, live, DRIFT_SCALER_NONE, &size);
	assert_int_equal(size.count, 1);
	assert_true(drift_is_size(&size));
	drift_find(want, other, DRIFT_SCALER_NONE, &more);
	assert_int_equal(more.count, 2);
	assert_false(drift_is_size(&more));
}

/* Of more findings than are kept, all are mended. */
static void findings(size_t count)
{
	AUTO_BUF text = BUF_INIT(10000);
	AUTO_DRIFT d = { 0 }, after = { 0 };

	buf_add_text(&text, MAP "data: {");
	for (size_t i = 0; i < count; i++)
		buf_addf(&text, "k%zu: x, ", i);
	buf_add_text(&text, "}");
	AUTO(val_unref) struct val *want = object_of(buf_text(&text));
	AUTO(val_unref) struct val *live = object_of(MAP "data: {a: x}");

	drift_find(want, live, DRIFT_SCALER_NONE, &d);
	assert_int_equal(d.count, count < LIMIT_DRIFT_FINDINGS
					  ? count
					  : LIMIT_DRIFT_FINDINGS);
	assert_int_equal(d.more, count > LIMIT_DRIFT_FINDINGS);
	drift_find(want, d.mended, DRIFT_SCALER_NONE, &after);
	assert_int_equal(after.count, 0);
}

static void many(void **state)
{
	(void)state;
	findings(LIMIT_DRIFT_FINDINGS);
	findings(LIMIT_DRIFT_FINDINGS + 1);
}

/* As deep as a value may be, each level a list that differs. */
static void deep(void **state)
{
	(void)state;
	AUTO_BUF a = BUF_INIT(10000), b = BUF_INIT(10000);
	AUTO_DRIFT d = { 0 };

	for (size_t i = 0; i < LIMIT_NESTING - 1; i++) {
		buf_add_text(&a, "[1,");
		buf_add_text(&b, "[1,");
	}
	buf_add_text(&a, "2");
	buf_add_text(&b, "3");
	for (size_t i = 0; i < LIMIT_NESTING - 1; i++) {
		buf_add_char(&a, ']');
		buf_add_char(&b, ']');
	}
	AUTO_FREE char *want_text = alloc_print("{\"a\":%s}", buf_text(&a));
	AUTO_FREE char *live_text = alloc_print("{\"a\":%s}", buf_text(&b));
	AUTO(val_unref) struct val *want = given(want_text);
	AUTO(val_unref) struct val *live = given(live_text);

	drift_find(want, live, DRIFT_SCALER_NONE, &d);
	assert_int_equal(d.count, 1);
	assert_int_equal(strlen(d.items[0].path), 1 + 3 * (LIMIT_NESTING - 1));
}

static void is_dated(void **state)
{
	(void)state;
	AUTO(val_unref) struct val *live = given(
		"{metadata: {managedFields: ["
		"{manager: devmachine-operator, time: '2026-11-21T19:16:02Z'}, "
		"{manager: devmachine-operator, time: '2026-11-21T19:16:01Z'}, "
		"{manager: kubectl, time: '2026-11-21T19:20:00Z'}, "
		"{manager: devmachine-operator, time: soon}, 1]}}");
	AUTO(val_unref) struct val *none = given("{metadata: {}}");

	assert_int_equal(fields_written_s(live), 1795288562);
	assert_int_equal(fields_written_s(none), 0);
}

int main(void)
{
	const struct CMUnitTest others[] = {
		cmocka_unit_test(autoscaled), cmocka_unit_test(is_dated),
		cmocka_unit_test(daemon_set), cmocka_unit_test(many),
		cmocka_unit_test(deep),
	};

	return ROWS_RUN("drift", rows, is_found) +
	       ROWS_RUN("drift patch", patches, is_patched) +
	       cmocka_run_group_tests_name("drift more", others, NULL, NULL);
}
