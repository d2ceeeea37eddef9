/* Stopping, comparing and scaling workloads of every kind. */
#include "release/size.h"

#include "base/alloc.h"
#include "chart/manifest.h"
#include "data/merge.h"

#include "unit/release/given.h"
#include "unit/rows.h"

#define SELECTOR "{spec: {template: {spec: {nodeSelector: "

static const struct row {
	const char *name, *kind;
	const char *spec;     /* of the object; NULL: it has none */
	const char *stopped;  /* its spec when stopped; NULL: as it is */
	const char *stripped; /* its spec without size; NULL: as it is */
	const char *patch;    /* NULL: the kind has no size */
} rows[] = {
	{ "deployment", "Deployment", "{replicas: 3, a: 1}",
	  "{replicas: 0, a: 1}", "{a: 1}", "{spec: {replicas: 3}}" },
	{ "deployment of default size", "Deployment", "{a: 1}",
	  "{a: 1, replicas: 0}", NULL, "{spec: {replicas: 1}}" },
	{ "deployment at zero", "Deployment", "{replicas: 0}", NULL, "{}",
	  "{spec: {replicas: 0}}" },
	{ "deployment without spec", "Deployment", NULL, "{replicas: 0}", NULL,
	  "{spec: {replicas: 1}}" },
	{ "stateful set", "StatefulSet", "{replicas: 2}", "{replicas: 0}", "{}",
	  "{spec: {replicas: 2, persistentVolumeClaimRetentionPolicy: "
	  "null}}" },
	{ "stateful set that takes its claims along", "StatefulSet",
	  "{persistentVolumeClaimRetentionPolicy: {whenDeleted: Delete}}",
	  "{replicas: 0, persistentVolumeClaimRetentionPolicy: "
	  "{whenDeleted: Delete, whenScaled: Retain}}",
	  "{}",
	  "{spec: {replicas: 1, persistentVolumeClaimRetentionPolicy: "
	  "{whenDeleted: Delete, whenScaled: null}}}" },
	{ "replica set", "ReplicaSet", "{replicas: 2}", "{replicas: 0}", "{}",
	  "{spec: {replicas: 2}}" },
	{ "replication controller", "ReplicationController", "{replicas: 2}",
	  "{replicas: 0}", "{}", "{spec: {replicas: 2}}" },
	{ "job", "Job", "{a: 1}", "{a: 1, suspend: true}", NULL,
	  "{spec: {suspend: false}}" },
	{ "suspended job", "Job", "{suspend: true}", NULL, "{}",
	  "{spec: {suspend: true}}" },
	{ "cron job", "CronJob", "{suspend: false, schedule: x}",
	  "{suspend: true, schedule: x}", "{schedule: x}",
	  "{spec: {suspend: false}}" },
	{ "parallelism is no size", "Job", "{parallelism: 2}",
	  "{parallelism: 2, suspend: true}", NULL, "{spec: {suspend: false}}" },
	{ "daemon set", "DaemonSet", "{template: {spec: {a: 1}}}",
	  "{template: {spec: {a: 1, nodeSelector: "
	  "{ide.example.com/stopped: 'true'}}}}",
	  NULL, SELECTOR "{ide.example.com/stopped: null}}}}}" },
	{ "daemon set with selector", "DaemonSet",
	  "{template: {spec: {nodeSelector: {disk: ssd}}}}",
	  "{template: {spec: {nodeSelector: "
	  "{disk: ssd, ide.example.com/stopped: 'true'}}}}",
	  NULL, SELECTOR "{ide.example.com/stopped: null}}}}}" },
	{ "daemon set with empty selector", "DaemonSet",
	  "{template: {spec: {nodeSelector: {}}}}",
	  "{template: {spec: {nodeSelector: "
	  "{ide.example.com/stopped: 'true'}}}}",
	  "{template: {spec: {}}}",
	  SELECTOR "{ide.example.com/stopped: null}}}}}" },
	{ "daemon set with null selector", "DaemonSet",
	  "{template: {spec: {nodeSelector: null}}}",
	  "{template: {spec: {nodeSelector: "
	  "{ide.example.com/stopped: 'true'}}}}",
	  "{template: {spec: {}}}",
	  SELECTOR "{ide.example.com/stopped: null}}}}}" },
	{ "stopped daemon set", "DaemonSet",
	  "{template: {spec: {nodeSelector: "
	  "{ide.example.com/stopped: 'true'}}}}",
	  NULL, "{template: {spec: {}}}",
	  SELECTOR "{ide.example.com/stopped: 'true'}}}}}" },
	{ "stopped daemon set with selector", "DaemonSet",
	  "{template: {spec: {nodeSelector: "
	  "{disk: ssd, ide.example.com/stopped: 'true'}}}}",
	  NULL, "{template: {spec: {nodeSelector: {disk: ssd}}}}",
	  SELECTOR "{ide.example.com/stopped: 'true'}}}}}" },
	/* What a chart renders need not make sense, only not end us. */
	{ "deployment with null spec", "Deployment", "null", "{replicas: 0}",
	  NULL, "{spec: {replicas: 1}}" },
	{ "deployment with a list for a spec", "Deployment", "[1]",
	  "{replicas: 0}", NULL, "{spec: {replicas: 1}}" },
	{ "daemon set with a text for a template", "DaemonSet", "{template: x}",
	  "{template: {spec: {nodeSelector: "
	  "{ide.example.com/stopped: 'true'}}}}",
	  NULL, SELECTOR "{ide.example.com/stopped: null}}}}}" },
	{ "daemon set with a list for a selector", "DaemonSet",
	  "{template: {spec: {nodeSelector: [x]}}}",
	  "{template: {spec: {nodeSelector: "
	  "{ide.example.com/stopped: 'true'}}}}",
	  "{template: {spec: {}}}",
	  SELECTOR "{ide.example.com/stopped: null}}}}}" },
	{ "pod", "Pod", "{replicas: 3}", NULL, NULL, NULL },
	{ "service", "Service", "{a: 1}", NULL, NULL, NULL },
	{ "autoscaler", "HorizontalPodAutoscaler", "{minReplicas: 1}", NULL,
	  NULL, NULL },
	{ "unknown kind", "Widget", "{replicas: 3}", NULL, NULL, NULL },
	{ "no kind", "", "{replicas: 3}", NULL, NULL, NULL },
};

static struct val *object_of(const struct row *row, const char *spec)
{
	AUTO_FREE char *text =
		spec ? alloc_print(
			       "{kind: '%s', metadata: {name: x}, spec: %s}",
			       row->kind, spec)
		     : alloc_print("{kind: '%s', metadata: {name: x}}",
				   row->kind);

	return given(text);
}

static void stops(void **state)
{
	const struct row *row = *state;
	AUTO(val_unref) struct val *object = object_of(row, row->spec);
	AUTO(val_unref) struct val *got = size_stop(object);
	AUTO(val_unref) struct val *want =
		object_of(row, row->stopped ? row->stopped : row->spec);
	AUTO(val_unref) struct val *again = size_stop(got);

	assert_true(val_equal(got, want));
	assert_true(val_equal(again, want));
}

static void strips(void **state)
{
	const struct row *row = *state;
	AUTO(val_unref) struct val *object = object_of(row, row->spec);
	AUTO(val_unref) struct val *got = size_strip(object);
	AUTO(val_unref) struct val *want =
		object_of(row, row->stripped ? row->stripped : row->spec);

	assert_true(val_equal(got, want));
}

/* Stopping must never look like more than a change of size. */
static void stopped_strips_alike(void **state)
{
	const struct row *row = *state;
	AUTO(val_unref) struct val *object = object_of(row, row->spec);
	AUTO(val_unref) struct val *stopped = size_stop(object);
	AUTO(val_unref) struct val *a = size_strip(object);
	AUTO(val_unref) struct val *b = size_strip(stopped);

	/* But of what the API server refuses anyway. */
	if (val_is(val_get(object, "spec"), VAL_MAP) &&
	    !strstr(row->name, "text"))
		assert_true(val_equal(a, b));
}

static void patches(void **state)
{
	const struct row *row = *state;
	AUTO(val_unref) struct val *object = object_of(row, row->spec);

	assert_int_equal(size_has(row->kind), row->patch != NULL);
	if (!row->patch)
		return;
	AUTO(val_unref) struct val *patch = size_patch(object);
	assert_given(patch, row->patch);
}

/* What is live has the wanted size once it is patched. */
static void starts_and_stops(void **state)
{
	const struct row *row = *state;
	AUTO(val_unref) struct val *object = object_of(row, row->spec);
	AUTO(val_unref) struct val *stopped = size_stop(object);

	if (!row->patch || !val_is(val_get(object, "spec"), VAL_MAP))
		return;
	AUTO(val_unref) struct val *down = size_patch(stopped);
	AUTO(val_unref) struct val *at_zero = merge_patch(object, down);
	assert_true(val_equal(at_zero, stopped));
	AUTO(val_unref) struct val *up = size_patch(object);
	AUTO(val_unref) struct val *back = merge_patch(stopped, up);
	AUTO(val_unref) struct val *now = size_patch(back);
	assert_true(val_equal(now, up));
}

static void stops_all(void **state)
{
	(void)state;
	AUTO(manifest_free) struct manifest *m = NEW(struct manifest);
	AUTO(val_unref) struct val *job =
		given("{apiVersion: batch/v1, kind: Job, metadata: {name: j}, "
		      "spec: {a: 1}}");
	AUTO(val_unref) struct val *service =
		given("{apiVersion: v1, kind: Service, metadata: {name: s}}");
	AUTO_ERR err = ERR_INIT;

	assert_true(manifest_add(m, job, "", "ns", &err) &&
		    manifest_add(m, service, "", "ns", &err));
	size_stop_all(m);
	assert_given(val_get(m->items[0].object, "spec"),
		     "{a: 1, suspend: true}");
	assert_true(val_equal(m->items[1].object, service));
	/* What is borrowed from the objects is there still. */
	assert_string_equal(m->items[0].kind, "Job");
	assert_string_equal(m->items[0].name, "j");
	assert_string_equal(m->items[1].api_version, "v1");
}

int main(void)
{
	const struct CMUnitTest others[] = { cmocka_unit_test(stops_all) };

	return ROWS_RUN("size stop", rows, stops) +
	       ROWS_RUN("size strip", rows, strips) +
	       ROWS_RUN("size stopped strips alike", rows,
			stopped_strips_alike) +
	       ROWS_RUN("size patch", rows, patches) +
	       ROWS_RUN("size patches both ways", rows, starts_and_stops) +
	       cmocka_run_group_tests_name("size more", others, NULL, NULL);
}
