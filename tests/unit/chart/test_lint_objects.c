/* Mistakes in what a chart renders: each is found at its line and column. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "unit/chart/linted.h"
#include "unit/rows.h"

#define PODS(kind, more)                                              \
	"apiVersion: apps/v1\nkind: " kind "\nmetadata:\n  name: w\n" \
	"spec:\n  selector:\n    matchLabels: {app: w}\n"             \
	"  template:\n    metadata:\n      labels: {app: w}\n"        \
	"    spec:\n      containers:\n        - name: a\n"           \
	"          image: x:1\n" more
/* Behind PODS: line 15 on, indented by 10 in the container, 6 in the pod. */
#define SERVICE(more) \
	"apiVersion: v1\nkind: Service\nmetadata: {name: s}\nspec:\n" more

/* An object of one line and what it says of hooks, from line 5 on. */
#define NOTED(kind, name, annotations)                             \
	"apiVersion: v1\nkind: " kind "\nmetadata:\n  name: " name \
	"\n  annotations:\n" annotations
#define HOOK_JOB(annotations, spec)                               \
	"apiVersion: batch/v1\nkind: Job\nmetadata:\n  name: j\n" \
	"  annotations:\n" annotations "spec: " spec "\n"

static const struct row {
	const char *name;
	struct folder_file files[8];
	const char *want; /* "file:line:column rule" of each finding */
} rows[] = {
	{ "no object",
	  { META,
	    { "templates/a.yaml", "---\na: 1\n" },
	    { "templates/b.yaml", OBJECT "---\n" OBJECT } },
	  "templates/a.yaml:2:1 no-object;"
	  "templates/b.yaml:5:1 duplicate-object" },
	{ "unknown fields",
	  { META,
	    { "templates/a.yaml", SERVICE("  ports: []\n") "sepc: {}\n" },
	    { "templates/b.yaml",
	      "apiVersion: serving.knative.dev/v1\nkind: Service\n"
	      "metadata: {name: k}\nany: 1\n" } },
	  "templates/a.yaml:6:1 unknown-field" },
	{ "removed apiVersion",
	  { META,
	    { "templates/a.yaml", "apiVersion: extensions/v1beta1\n"
				  "kind: Ingress\nmetadata: {name: a}\n" },
	    { "templates/b.yaml",
	      "apiVersion: flowcontrol.apiserver.k8s.io/v1beta3\n"
	      "kind: FlowSchema\nmetadata: {name: b}\n" } },
	  "templates/a.yaml:1:13 removed-api;"
	  "templates/b.yaml:1:13 deprecated-api" },
	{ "selector and labels",
	  { META,
	    { "values.yaml", "name: w\n" },
	    { "templates/a.yaml",
	      "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: w}\n"
	      "spec:\n  selector:\n    matchLabels:\n      app: x\n"
	      "      b: c\n  template:\n    metadata:\n      labels:\n"
	      "        b: c\n        app: {{Values.name}}\n" },
	    { "templates/b.yaml",
	      "apiVersion: apps/v1\nkind: DaemonSet\nmetadata: {name: w}\n"
	      "spec:\n  template: {}\n" } },
	  "templates/a.yaml:7:7 selector;templates/b.yaml:4:1 selector" },
	{ "selector of a Service",
	  { META,
	    { "templates/a.yaml", PODS("Deployment", "") },
	    { "templates/b.yaml", SERVICE("  selector: {app: x}\n") } },
	  "templates/b.yaml:5:3 service-selector" },
	{ "mount without a volume",
	  { META,
	    { "templates/a.yaml",
	      PODS("StatefulSet",
		   "          volumeMounts:\n"
		   "            - {name: v, mountPath: /v}\n"
		   "            - {name: w, mountPath: /w}\n"
		   "            - name: x\n              mountPath: /x\n"
		   "      volumes: [{name: v, emptyDir: {}}]\n"
		   "  volumeClaimTemplates:\n    - metadata: {name: w}\n") } },
	  "templates/a.yaml:18:21 volume" },
	{ "references",
	  { META,
	    { "templates/a.yaml",
	      PODS("Deployment",
		   "          env:\n            - name: A\n"
		   "              valueFrom:\n"
		   "                secretKeyRef:\n"
		   "                  name: {{Release.Name}}-a\n"
		   "                  key: k\n"
		   "            - name: B\n"
		   "              valueFrom:\n"
		   "                configMapKeyRef: {name: other, key: k}\n"
		   "          envFrom:\n"
		   "            - configMapRef: {name: \"{{Release.Name}}\"}\n"
		   "            - secretRef: {name: \"{{Release.Name}}-o\", "
		   "optional: true}\n"
		   "      volumes:\n        - name: v\n"
		   "          persistentVolumeClaim:\n"
		   "            claimName: {{Release.Name}}-home\n"
		   "        - name: w\n          secret:\n"
		   "            secretName: {{Release.Name}}-s\n") },
	    { "templates/b.yaml",
	      "apiVersion: v1\nkind: Secret\n"
	      "metadata: {name: \"{{Release.Name}}-s\"}\n" } },
	  "templates/a.yaml:19:25 missing-object;"
	  "templates/a.yaml:25:36 missing-object;"
	  "templates/a.yaml:30:24 missing-object" },
	{ "hooks",
	  { META,
	    { "values.yaml", "weight: 5\n" },
	    { "templates/a.yaml",
	      HOOK_JOB("    helm.sh/hook: pre-install, TEST\n"
		       "    helm.sh/hook-weight: \"{{Values.weight}}\"\n"
		       "    helm.sh/hook-delete-policy: Hook-Failed\n"
		       "    helm.sh/hook-output-log-policy: hook-failed\n",
		       "{ttlSecondsAfterFinished: 60}") },
	    { "templates/b.yaml",
	      NOTED("Secret", "s",
		    "    helm.sh/hook: pre-install\n"
		    "    helm.sh/resource-policy: keep\n") } },
	  "" },
	{ "hooks that are none",
	  { META,
	    { "templates/a.yaml",
	      NOTED("ConfigMap", "a", "    helm.sh/hook: crd-install\n") },
	    { "templates/b.yaml",
	      NOTED("ConfigMap", "b", "    helm.sh/hook: \"pre-install,\"\n") },
	    { "templates/c.yaml",
	      NOTED("ConfigMap", "c",
		    "    helm.sh/hook-weight: \"1\"\n"
		    "    helm.sh/hook-delete-policy: hook-failed\n") } },
	  "templates/a.yaml:6:19 hook-event;"
	  "templates/b.yaml:6:19 hook-event;"
	  "templates/c.yaml:6:26 no-hook;templates/c.yaml:7:33 no-hook" },
	{ "what hooks say",
	  { META,
	    { "templates/a.yaml",
	      HOOK_JOB("    helm.sh/hook: test\n"
		       "    helm.sh/hook-weight: first\n"
		       "    helm.sh/hook-delete-policy: hook-failed,succeeded\n"
		       "    helm.sh/hook-output-log-policy: hook-done\n"
		       "    helm.sh/resource-policy: Keep\n",
		       "{ttlSecondsAfterFinished: 0}") },
	    { "templates/b.yaml",
	      NOTED("ConfigMap", "c",
		    "    helm.sh/hook: test\n"
		    "    helm.sh/hook-delete-policy: hook-succeeded\n"
		    "    helm.sh/resource-policy: keep\n") } },
	  "templates/a.yaml:7:26 hook-weight;"
	  "templates/a.yaml:8:33 hook-policy;"
	  "templates/a.yaml:9:37 hook-policy;"
	  "templates/a.yaml:10:30 hook-keep;"
	  "templates/a.yaml:11:33 hook-ttl;"
	  "templates/b.yaml:8:30 hook-keep" },
	{ "the same twice, as hooks and not",
	  { META,
	    { "templates/a.yaml",
	      NOTED("ConfigMap", "a", "    helm.sh/hook: test\n") },
	    { "templates/b.yaml",
	      NOTED("ConfigMap", "a", "    helm.sh/hook: pre-install\n") },
	    { "templates/c.yaml", OBJECT } },
	  "templates/c.yaml:1:1 duplicate-object" },
	{ "names that are there twice",
	  { META,
	    { "templates/a.yaml",
	      PODS("Deployment",
		   "          ports:\n"
		   "            - {name: p, containerPort: 1}\n"
		   "            - {name: p, containerPort: 2}\n"
		   "          env: [{name: A, value: b}, {name: A, value: c}]\n"
		   "        - name: a\n          image: x:1\n"
		   "      initContainers: [{name: a, image: \"x:1\"}]\n") },
	    { "templates/b.yaml", SERVICE("  ports:\n    - {name: p, port: 1}\n"
					  "    - {name: p, port: 2}\n") } },
	  "templates/a.yaml:13:17 duplicate-name;"
	  "templates/a.yaml:17:22 duplicate-name;"
	  "templates/a.yaml:18:45 duplicate-env;"
	  "templates/a.yaml:19:17 duplicate-name;"
	  "templates/b.yaml:7:14 duplicate-name" },
	{ "names, namespaces and labels",
	  { META,
	    { "values.yaml", "long: aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
			     "aaaaaaaaaaaaaaaaaaaaaaaaa\nport: 1\n" },
	    { "templates/a.yaml",
	      "apiVersion: v1\nkind: Secret\nmetadata:\n  name: A_b\n"
	      "  namespace: prod\n  labels:\n    a/b/c: x\n    d: e f\n"
	      "    p: {{Values.port}}\n  annotations:\n    q: true\n" },
	    { "templates/b.yaml", "apiVersion: v1\nkind: Secret\nmetadata:\n"
				  "  name: {{Release.Name}}-{{Values.long}}\n"
				  "  namespace: {{Release.Namespace}}\n" },
	    { "templates/c.yaml", "apiVersion: v1\nkind: Service\n"
				  "metadata: {name: 1a}\n" },
	    { "templates/d.yaml",
	      "apiVersion: rbac.authorization.k8s.io/v1\nkind: Role\n"
	      "metadata: {name: \"system:x\"}\n" } },
	  "templates/a.yaml:4:9 object-name;templates/a.yaml:5:14 namespace;"
	  "templates/a.yaml:7:5 label;templates/a.yaml:8:8 label;"
	  "templates/a.yaml:9:8 string-wanted;"
	  "templates/a.yaml:11:8 string-wanted;"
	  "templates/b.yaml:4:9 object-name;"
	  "templates/c.yaml:3:18 object-name" },
	{ "numbers that must be strings",
	  { META,
	    { "values.yaml", "num: 1\n" },
	    { "templates/a.yaml",
	      PODS("Deployment",
		   "          env: [{name: A, value: {{Values.num}}}, "
		   "{name: B, value: \"{{Values.num}}\"}]\n"
		   "          args: [a, 5]\n") },
	    { "templates/b.yaml", OBJECT "data: {a: {{Values.num}}}\n" } },
	  "templates/a.yaml:15:34 string-wanted;"
	  "templates/a.yaml:16:21 string-wanted;"
	  "templates/b.yaml:4:11 string-wanted" },
	{ "images",
	  { META,
	    { "values.yaml", "i: r:5000/x\n" },
	    { "templates/a.yaml",
	      "apiVersion: v1\nkind: Pod\nmetadata: {name: p}\nspec:\n"
	      "  containers:\n    - {name: a, image: \"{{Values.i}}\"}\n"
	      "    - {name: b, image: \"x:latest\"}\n"
	      "    - {name: c, image: \"{{Values.i}}:1\"}\n"
	      "    - {name: d, image: \"x@sha256:0\"}\n" } },
	  "templates/a.yaml:6:24 image-tag;templates/a.yaml:7:24 image-tag" },
	{ "objects of a list",
	  { META,
	    { "templates/a.yaml",
	      "apiVersion: v1\nkind: List\nitems:\n  - apiVersion: v1\n"
	      "    kind: Secret\n    metadata: {name: a}\n    tpye: x\n" } },
	  "templates/a.yaml:7:5 unknown-field" },
	{ "in a partial, once",
	  { META,
	    { "templates/a.yaml", OBJECT "{{> p}}\n" },
	    { "templates/b.yaml", "apiVersion: v1\nkind: ConfigMap\n"
				  "metadata: {name: b}\n{{> p}}\n" },
	    { "templates/_p.mustache", "data: {}\nfoo: 1\n" } },
	  "templates/_p.mustache:2:1 unknown-field" },
};

static void test_row(void **state)
{
	const struct row *row = *state;

	linted(row->files, row->want);
}

int main(void)
{
	return ROWS_RUN("lint_objects", rows, test_row);
}
