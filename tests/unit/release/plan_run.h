/*
 * A change of a release in a world of its own, stopped after each of its steps
 * as a crash would, and planned again: the end is the same as without.
 */
#ifndef TESTS_UNIT_RELEASE_PLAN_RUN_H
#define TESTS_UNIT_RELEASE_PLAN_RUN_H

#include "unit/release/world.h"

/* Goals. Kept and not, with an address and without, of every order. */
#define SECRET                                                 \
	"{id: /Secret/ns/x, object: {metadata: {annotations: " \
	"{ide.example.com/generate: password}}}}, "
#define KEPT                                                         \
	"{id: /ConfigMap/ns/kept, object: {metadata: {annotations: " \
	"{helm.sh/resource-policy: keep}}}}, "
#define CLAIM(size) \
	"{id: /PersistentVolumeClaim/ns/x, object: {spec: {size: " size "}}}, "
#define BALANCER(port)                                                          \
	"{id: /Service/ns/out, object: {spec: {type: LoadBalancer, port: " port \
	"}}}, "
#define SERVICE "{id: /Service/ns/in}, "
#define DEPLOYMENT(image)                                                       \
	"{id: apps/Deployment/ns/x, object: {spec: {replicas: 2, image: " image \
	"}}}, "
#define JOB "{id: batch/Job/ns/x, object: {spec: {suspend: false}}}, "
#define INGRESS(host)                                                      \
	"{id: networking.k8s.io/Ingress/ns/x, object: {spec: {host: " host \
	"}}}, "
#define WIDGET(text) \
	"{id: example.com/Widget/ns/x, object: {spec: {text: " text "}}}"
#define WORLDWIDE                                                  \
	"{id: /Namespace//x}, "                                    \
	"{id: apiextensions.k8s.io/CustomResourceDefinition//x}, " \
	"{id: rbac.authorization.k8s.io/ClusterRole//x}, "

#define STATEFUL(image)                                                          \
	"{id: apps/StatefulSet/ns/x, object: {spec: {replicas: 1, image: " image \
	", persistentVolumeClaimRetentionPolicy: {whenDeleted: Delete}}}}, "
#define STORAGE(size)                                                   \
	"{id: /PersistentVolumeClaim/ns/s, object: {spec: {resources: " \
	"{requests: {storage: " size "}}}}}, "
#define REFUSED "{id: /Service/ns/refused, object: {spec: {refused: true}}}, "

#define FIRST                                              \
	"[" SECRET KEPT CLAIM("1") WORLDWIDE BALANCER("1") \
		SERVICE DEPLOYMENT("a") JOB INGRESS("a") WIDGET("a") "]"
#define SECOND                                             \
	"[" SECRET KEPT CLAIM("2") WORLDWIDE BALANCER("1") \
		SERVICE DEPLOYMENT("b") INGRESS("b") WIDGET("b") "]"
#define THIRD                                                    \
	"[" SECRET KEPT CLAIM("1") BALANCER("3") DEPLOYMENT("c") \
		JOB INGRESS("b") WIDGET("a") "]"
#define LITTLE "[" SERVICE DEPLOYMENT("a") "]"
#define NOTHING "[]"
#define BAD \
	"[" KEPT CLAIM("2") SERVICE DEPLOYMENT("b") REFUSED JOB INGRESS("c") "]"
#define STATE "[" STORAGE("1Gi") SERVICE STATEFUL("a") "]"
#define MORE_STATE "[" STORAGE("2Gi") SERVICE STATEFUL("a") "]"
#define OTHER_STATE "[" STORAGE("2Gi") SERVICE STATEFUL("b") "]"

/* Before, then the change that is disturbed. NULL: there is nothing before;
 * deleted after. */
struct plan_run {
	const char *name, *before, *after;
	bool stopped_before, stopped_after;
	/* Taken away between the two; "~id": changed, "!id": so that no patch
	 * changes it back. */
	const char *missing[3];
	bool refused; /* the one after: what was before is back */
	enum plan_on_drift on_drift;
};

struct plan_run_goals {
	struct goal before, after;
};

void plan_run_goals(const struct plan_run *row, struct plan_run_goals *g);
void plan_run_goals_done(struct plan_run_goals *g);

/** The world before the change. */
void plan_run_begin(const struct plan_run *row, const struct plan_run_goals *g,
		    struct world *w);

/* Tests; their state is a row. Of one crash, of a crash after one step, then
 * after two, and of another mind after each step. */
void plan_run_crashes(void **state);
void plan_run_crashes_always(void **state);
void plan_run_changes(void **state);

#endif
