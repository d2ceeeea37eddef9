#!/bin/sh
# Checks of devcluster itself: starts clusters in a temporary directory and looks at them with kubectl, as a test of the
# operator would. Prints PASS or FAIL for each check; status 1 when one failed, and the directory is kept then.
# shellcheck disable=SC2016,SC2034 # "within" expands the commands that it is given
set -u

here=$(cd "$(dirname "$0")" && pwd)
devcluster=$(sh "$here/build.sh") || exit 1
kubectl=${devcluster%/*}/kubectl
dir=$(mktemp -d)
one=$dir/one two=$dir/two
failures=0 checks=0

cleanup() {
	for d in "$one" "$two"; do
		[ ! -e "$d/lock" ] || "$devcluster" down --dir "$d"
	done
	[ "$failures" != 0 ] || rm -rf "$dir"
}
trap cleanup EXIT
trap 'exit 1' INT TERM

k() { "$kubectl" --kubeconfig "$one/kubeconfig" -n check "$@"; }
get() { k get "$1" -o "jsonpath=$2" 2>&1; }
apply() { k apply -f - >/dev/null; }
ms() { date +%s%3N; }

pass() { checks=$((checks + 1)) && echo "PASS $1"; }
fail() { checks=$((checks + 1)) failures=$((failures + 1)) && echo "FAIL $1: $2"; }
# is NAME GOT WANT
is() { if [ "$2" = "$3" ]; then pass "$1"; else fail "$1" "got '$2', want '$3'"; fi; }
# has NAME TEXT PATTERN
has() { if printf '%s' "$2" | grep -q -e "$3"; then pass "$1"; else fail "$1" "no '$3' in '$(printf '%.300s' "$2")'"; fi; }
# within NAME SECONDS COMMAND: it succeeds before that time is over. The name is shown with the time that it took.
within() {
	begin=$(ms)
	until eval "$3" >/dev/null 2>&1; do
		if [ $(($(ms) - begin)) -gt $(($2 * 1000)) ]; then
			fail "$1" "not within $2 s: $3"
			return
		fi
		sleep 0.1
	done
	pass "$1 ($(($(ms) - begin)) ms)"
}
same() { [ "$(get "$1" "$2")" = "$3" ]; }

# pod NAME FAULT [LINE OF SPEC]...
pod() {
	{
		printf 'apiVersion: v1\nkind: Pod\nmetadata: {name: %s, labels: {devcluster.test/fault: "%s"}}\nspec:\n' "$1" "$2"
		printf '  containers:\n  - {name: main, image: example.invalid/main}\n  - {name: side, image: example.invalid/side}\n'
		shift 2
		[ $# = 0 ] || printf '  %s\n' "$@"
	} | apply
}

# --- the command line -----------------------------------------------------------------------------------------------

command_line() {
	has "unit tests" "$(sh "$here/build.sh" test 2>&1)" '^ok'
	"$devcluster" >/dev/null 2>&1
	is "no command: status 2" $? 2
	"$devcluster" nonsense >/dev/null 2>&1
	is "unknown command: status 2" $? 2
	has "unknown flag: usage" "$("$devcluster" up --nonsense 2>&1)" '^usage: devcluster up'
	"$devcluster" up --dir "$one" --nonsense >/dev/null 2>&1
	is "unknown flag: status 2" $? 2
	has "--help" "$("$devcluster" --help)" '^usage:'
	has "up --help" "$("$devcluster" up --help)" '--nodes number'
	has "kubectl by its link's name" "$("$kubectl" version --client)" 'v1\.36\.'
}

# --- start: one with two nodes and a CRD, and a second one beside it -------------------------------------------------

widget_crd() {
	cat <<-'E'
	apiVersion: apiextensions.k8s.io/v1
	kind: CustomResourceDefinition
	metadata: {name: widgets.example.com}
	spec:
	  group: example.com
	  scope: Namespaced
	  names: {plural: widgets, singular: widget, kind: Widget}
	  versions:
	  - name: v1
	    served: true
	    storage: true
	    subresources: {status: {}}
	    schema:
	      openAPIV3Schema:
	        type: object
	        properties:
	          spec:
	            type: object
	            x-kubernetes-validations: [{rule: "self.size <= 10", message: size above ten}]
	            properties: {size: {type: integer}, color: {type: string, default: blue}}
	          status: {type: object, x-kubernetes-preserve-unknown-fields: true}
	E
}

start() {
	widget_crd >"$dir/crd.yaml"
	line=$("$devcluster" up --dir "$one" --nodes 2 --crds "$dir/crd.yaml" --detach)
	has "up: $line" "$line" '^ready server=https://127.0.0.1:'
	line=$("$devcluster" up --dir "$two" --nodes 0 --detach)
	has "a second cluster: $line" "$line" '^ready server=https://127.0.0.1:'
	has "one cluster per directory" "$("$devcluster" up --dir "$one" 2>&1)" 'in use'
	k create namespace check >/dev/null
	within "service account of a new namespace" 5 'k get serviceaccount default'
	is "simulated nodes are Ready" "$(get nodes '{.items[*].status.conditions[?(@.type=="Ready")].status}')" "True True"
	is "no nodes in the second" "$("$kubectl" --kubeconfig "$two/kubeconfig" get nodes -o name)" ""
	is "they have GPUs" "$(get node/node-1 '{.status.allocatable.nvidia\.com/gpu}')" 8
}

# --- pods -----------------------------------------------------------------------------------------------------------

workloads() {
	apply <<-'E'
	apiVersion: apps/v1
	kind: Deployment
	metadata: {name: web}
	spec:
	  replicas: 3
	  selector: {matchLabels: {app: web}}
	  template:
	    metadata: {labels: {app: web}}
	    spec:
	      initContainers: [{name: init, image: example.invalid/init}]
	      containers:
	      - {name: web, image: example.invalid/web, resources: {limits: {nvidia.com/gpu: 1}}}
	---
	apiVersion: apps/v1
	kind: StatefulSet
	metadata: {name: db}
	spec:
	  replicas: 2
	  selector: {matchLabels: {app: db}}
	  serviceName: db
	  template:
	    metadata: {labels: {app: db}}
	    spec: {containers: [{name: db, image: example.invalid/db}]}
	  volumeClaimTemplates:
	  - metadata: {name: data}
	    spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Gi}}}
	---
	apiVersion: batch/v1
	kind: Job
	metadata: {name: once}
	spec: {template: {spec: {restartPolicy: Never, containers: [{name: once, image: example.invalid/once}]}}}
	---
	apiVersion: batch/v1
	kind: Job
	metadata: {name: broken}
	spec:
	  backoffLimit: 0
	  template:
	    metadata: {labels: {devcluster.test/fault: crash}}
	    spec: {restartPolicy: Never, containers: [{name: broken, image: example.invalid/broken}]}
	E
	within "Deployment Available" 5 'same deployment/web "{.status.availableReplicas}" 3'
	within "StatefulSet with volumes ready" 8 'same statefulset/db "{.status.readyReplicas}" 2'
	within "Job Complete" 8 'same job/once "{.status.succeeded}" 1'
	within "Job of a crashing pod Failed" 8 'same job/broken "{.status.failed}" 1'
	pods=$(k get pods -l app=web -o "jsonpath={.items[0].metadata.name}")
	is "pod has an IP and a node's" "$(get "pod/$pods" '{.status.podIP} {.status.hostIP}' | sed 's/[0-9.]* 127[0-9.]*/both/')" both
	is "container state is complete" "$(get "pod/$pods" '{.status.containerStatuses[0].name} {.status.containerStatuses[0].ready} {.status.containerStatuses[0].started}')" "web true true"
	is "init container completed" "$(get "pod/$pods" '{.status.initContainerStatuses[0].state.terminated.reason}')" Completed
	within "volumes bound" 2 'same pvc/data-db-0 "{.status.phase}" Bound'
	k patch pvc data-db-0 -p '{"spec":{"resources":{"requests":{"storage":"5Gi"}}}}' >/dev/null
	within "volume grows" 5 'same pvc/data-db-0 "{.status.capacity.storage}" 5Gi'
	pv=$(get pvc/data-db-1 '{.spec.volumeName}')
	k delete statefulset db --wait=false >/dev/null
	k delete pvc data-db-1 --wait=false >/dev/null
	within "volume deleted with its claim" 10 "! k get pv $pv"
	has "logs of a simulated pod fail at once" "$(k logs "$pods" 2>&1)" 'refused'
}

faults() {
	pod pull image-pull
	pod crash crash
	pod side crash
	k label pod side --overwrite devcluster.test/fault-container=side >/dev/null
	pod oom oom
	pod slow slow-start
	pod init init-fail 'initContainers: [{name: init, image: example.invalid/init}]'
	pod unready not-ready
	pod linger slow-delete
	pod typo no-such-fault
	pod nowhere "" 'nodeSelector: {nowhere: "true"}'
	waiting='{.status.phase} {.status.containerStatuses[0].state.waiting.reason}'
	within "image-pull" 3 "same pod/pull '$waiting' 'Pending ImagePullBackOff'"
	has "image-pull: message names the image" "$(get pod/pull '{.status.containerStatuses[0].state.waiting.message}')" 'example.invalid/main'
	within "crash" 3 "same pod/crash '$waiting' 'Running CrashLoopBackOff'"
	is "crash: exit code and message" "$(get pod/crash '{.status.containerStatuses[0].lastState.terminated.exitCode} {.status.containerStatuses[0].lastState.terminated.message}')" "1 simulated crash"
	is "crash: the other container runs" "$(get pod/crash '{.status.containerStatuses[1].ready}')" true
	is "crash: pod is not Ready" "$(get pod/crash '{.status.conditions[?(@.type=="Ready")].reason}')" ContainersNotReady
	within "oom" 3 "same pod/oom '{.status.containerStatuses[0].state.terminated.reason}' OOMKilled"
	within "init-fail" 3 "same pod/init '{.status.phase} {.status.initContainerStatuses[0].state.waiting.reason}' 'Pending CrashLoopBackOff'"
	within "not-ready" 3 "same pod/unready '{.status.phase} {.status.containerStatuses[0].ready}' 'Running false'"
	is "slow-start: not yet" "$(get pod/slow "$waiting")" "Pending ContainerCreating"
	within "unschedulable" 3 "same pod/nowhere '{.status.conditions[0].reason}' Unschedulable"
	is "a fault that does not exist: Pending" "$(get pod/typo '{.status.phase}')" Pending
	within "slow-start: after 5 s" 8 'same pod/slow "{.status.containerStatuses[0].ready}" true'
	begin=$(ms)
	k delete pod linger >/dev/null
	took=$(($(ms) - begin))
	if [ $took -ge 4500 ]; then pass "slow-delete ($took ms)"; else fail slow-delete "deleted after $took ms"; fi
	k label pod crash devcluster.test/fault- >/dev/null
	within "label removed: Ready again" 3 'same pod/crash "{.status.containerStatuses[0].ready}" true'
	k label pod slow --overwrite devcluster.test/fault=image-pull >/dev/null
	within "label put on a Ready pod" 3 'same pod/slow "{.status.containerStatuses[0].state.waiting.reason}" ImagePullBackOff'
}

# --- the API --------------------------------------------------------------------------------------------------------

access() {
	if command -v curl >/dev/null; then # kubectl does not make a request without a user
		is "anonymous requests are refused" "$(curl -s -o /dev/null -w '%{http_code}' --cacert "$one/pki/ca.crt" \
			"$(cat "$one/server")/healthz")" 401
	fi
	"$devcluster" kubeconfig --dir "$one" --user alice --group devs -o "$dir/alice"
	has "a user without a role may nothing" "$("$kubectl" --kubeconfig "$dir/alice" -n check get pods 2>&1)" 'User "alice" cannot list'
	k create role reader --verb=get,list --resource=pods >/dev/null
	k create rolebinding devs --role=reader --group=devs >/dev/null
	within "her group's role lets her" 5 '"$kubectl" --kubeconfig "$dir/alice" -n check get pods'
	k create serviceaccount robot >/dev/null
	k create rolebinding robot --role=reader --serviceaccount=check:robot >/dev/null
	"$devcluster" kubeconfig --dir "$one" --service-account check/robot --ttl 10m -o "$dir/robot"
	within "a service account's kubeconfig works" 5 '"$kubectl" --kubeconfig "$dir/robot" get pods'
	has "and is limited by RBAC" "$("$kubectl" --kubeconfig "$dir/robot" get secrets 2>&1)" Forbidden
	has "a service account that does not exist" "$("$devcluster" kubeconfig --dir "$one" --service-account check/nobody 2>&1)" 'not found'
	has "audit: denied request of the robot" "$(grep '"verb":"list"' "$one/audit.log" | grep 'serviceaccount:check:robot' | grep '"code":403')" '"resource":"secrets"'
	k create configmap audited --dry-run=server -o name >/dev/null
	has "audit: a dry run shows as one" "$(grep '"verb":"create"' "$one/audit.log" | grep devcluster-admin | grep configmaps)" 'dryRun=All'
	has "audit: KWOK has a name of its own" "$(grep '"verb":"patch"' "$one/audit.log" | tail -n 100)" devcluster-kwok
}

widget() { printf 'apiVersion: example.com/v1\nkind: Widget\nmetadata: {name: w}\nspec: {size: %s}\n' "$1"; }

# owned NAME UID FILE: a ConfigMap that belongs to the widget, made as the user of a kubeconfig
owned() {
	printf 'apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: %s\n  ownerReferences:\n  - {apiVersion: example.com/v1, kind: Widget, name: w, uid: %s, controller: true, blockOwnerDeletion: true}\n' \
		"$1" "$2" | "$kubectl" --kubeconfig "$3" -n check apply -f - 2>&1
}

objects() {
	widget 3 | k apply --server-side --field-manager=one -f - >/dev/null
	is "CRD: defaults" "$(get widget/w '{.spec.color}')" blue
	has "server-side apply: conflict" "$(widget 4 | k apply --server-side --field-manager=two -f - 2>&1)" 'conflict with "one"'
	has "CRD: CEL rule" "$(widget 11 | k apply --server-side --field-manager=one -f - 2>&1)" 'size above ten'
	k patch widget w --subresource=status --type=merge -p '{"status":{"size":3}}' >/dev/null
	is "CRD: status" "$(get widget/w '{.status.size}')" 3
	uid=$(get widget/w '{.metadata.uid}')
	k create role owner --verb=get,create,patch --resource=configmaps >/dev/null
	k create rolebinding owner --role=owner --serviceaccount=check:robot >/dev/null
	has "blockOwnerDeletion wants finalizers' permission" "$(sleep 0.5; owned mine "$uid" "$dir/robot")" 'cannot set blockOwnerDeletion'
	owned mine "$uid" "$one/kubeconfig" >/dev/null
	sleep 1 # the garbage collector has to see it
	within "foreground deletion of a custom resource" 10 'k delete widget w --cascade=foreground'
	is "its dependent went first" "$(k get configmap mine --ignore-not-found -o name)" ""
	k create namespace restricted >/dev/null
	k label namespace restricted pod-security.kubernetes.io/enforce=restricted >/dev/null
	has "PodSecurity" "$(k run bad -n restricted --image=example.invalid/bad 2>&1)" 'violates PodSecurity'
}

# --- the fault proxy --------------------------------------------------------------------------------------------------

# q METHOD PATH [ARGUMENT OF CURL]...: a request of the robot through the proxy. Its status is that of curl: 18 is an
# answer that ends too early, 52 none at all.
q() {
	method=$1 path=$2
	shift 2
	curl -s -N -X "$method" --cacert "$one/pki/ca.crt" -H "Authorization: Bearer $token" \
		-H 'Content-Type: application/json' "$url/robot$path" "$@"
}
maps=/api/v1/namespaces/check/configmaps
new() { q POST $maps -d "{\"metadata\":{\"name\":\"$1\"}}"; }
rules() { curl -s -X PUT "$control/clients/robot/rules" -d "$1"; }
# did: what was done to the last request, and its code
did() { curl -s "$control/clients/robot/log" | sed 's/.*"did":"\([a-z]*\)","rule":[0-9]*,"code":\([0-9]*\).*/\1 \2/'; }

proxy() {
	command -v curl >/dev/null || return
	"$devcluster" faults --dir "$one" >"$dir/proxy" &
	proxy=$!
	within "fault proxy: ready" 5 'grep ^ready "$dir/proxy"'
	url=$(sed 's/.*url=//; s/ .*//' "$dir/proxy") control=$(sed 's/.*control=//' "$dir/proxy")
	k create role proxied --verb='*' --resource=configmaps >/dev/null
	k create rolebinding proxied --role=proxied --serviceaccount=check:robot >/dev/null
	"$devcluster" kubeconfig --dir "$one" --service-account check/robot --ttl 10m --server "$url/robot" -o "$dir/faulty"
	within "a kubeconfig through it works" 5 '"$kubectl" --kubeconfig "$dir/faulty" create configmap zero'
	token=$(sed -n 's/ *token: //p' "$dir/faulty")
	has "a wrong token is refused" "$(token=x q GET $maps)" Unauthorized
	has "rules that make no sense are refused" "$(rules '[{"do": "nonsense"}]')" 'do is one of'

	rules '[{"do": "refuse", "verbs": ["create"], "n": 2}]'
	new first >/dev/null
	new second
	is "refuse: no answer" $? 52
	is "refuse: log" "$(did)" "refuse 0"
	has "refuse: nothing was done" "$(q GET $maps/second)" NotFound
	rules '[{"do": "stall", "seconds": 1}]'
	begin=$(ms)
	q GET $maps
	is "stall: no answer" $? 52
	took=$(($(ms) - begin))
	has "stall: it takes a second ($took ms)" $took '^1[0-9][0-9][0-9]$'
	rules '[{"do": "answer", "code": 429, "seconds": 7}]'
	has "answer: code and header" "$(q GET $maps -i | tr -d '\r' | tr '\n' ' ')" '^HTTP/1.1 429 .*Retry-After: 7.*"retryAfterSeconds":7'
	rules '[{"do": "lose"}]'
	new lost
	is "lose: no answer" $? 52
	has "lose: it was done" "$(q GET $maps/lost)" '"uid"'
	rules '[{"do": "cut"}]'
	half=$(q GET $maps)
	is "cut: the answer ends too early" $? 18
	has "cut: its first half came" "$half" '"kind"'
	rules '[{"do": "twice"}]'
	has "twice: the second answer" "$(new double)" AlreadyExists
	has "twice: it was done" "$(q GET $maps/double)" '"uid"'
	rules '[{"do": "expire", "verbs": ["watch"]}]'
	has "expire" "$(q GET "$maps?watch=1")" '^{"type":"ERROR".*"Expired"'
	q GET "$maps?watch=1&fieldSelector=metadata.name=seen" -D "$dir/head" --max-time 20 >"$dir/watched" &
	watch=$!
	within "a watch begins before anything happens" 5 'grep "^HTTP/1.1 200" "$dir/head"'
	new seen >/dev/null
	within "a watch streams" 5 'grep ADDED "$dir/watched"'
	kill $proxy
	wait $watch
	is "SIGTERM ends it, and its connections" $? 18
}

# --- outage and end -------------------------------------------------------------------------------------------------

outage() {
	"$devcluster" outage --dir "$one" --seconds 3 >"$dir/outage" &
	sleep 1
	has "outage: no API server" "$(k get pods 2>&1)" 'refused'
	wait $!
	is "outage: command ends well" $? 0
	has "outage: $(cat "$dir/outage")" "$(cat "$dir/outage")" 'was away for [3-9]\.'
	has "the data is as before" "$(k get pods -o name)" 'pod/pull'
	pod after none
	k label pod after devcluster.test/fault- >/dev/null
	within "pods start after it" 15 'same pod/after "{.status.phase}" Running'
	kill -9 "$(cat "$one/kwok.pid")"
	k delete pod after --wait=false >/dev/null
	within "a killed KWOK comes back" 10 '! k get pod after'
}

pids() { cat "$1"/*.pid; }
# alive PIDS: those that run. A zombie does not: whose parent is init may be one for a while.
alive() {
	for pid in $1; do
		case $(sed 's/.*) //' "/proc/$pid/stat" 2>/dev/null) in
		Z* | '') ;;
		*) printf '%s ' "$pid" ;;
		esac
	done
}

end() {
	first=$(pids "$one")
	has "processes run" "$(alive "$first" | wc -w)" '^ *7$'
	server=$(cat "$one/server")
	begin=$(ms)
	"$devcluster" down --dir "$one"
	is "down: status" $? 0
	took=$(($(ms) - begin))
	within "down: no process is left ($took ms)" 1 '[ -z "$(alive "$first")" ]'
	"$devcluster" down --dir "$one"
	is "down again: nothing to do" $? 0
	is "the other cluster goes on" "$("$kubectl" --kubeconfig "$two/kubeconfig" get --raw /readyz)" ok
	second=$(pids "$two")
	kill -9 "$(cat "$two/devcluster.pid")"
	within "devcluster killed: its components die with it" 5 '[ -z "$(alive "$second")" ]'
	has "up again" "$("$devcluster" up --dir "$one" --detach)" '^ready'
	is "at the same address" "$(cat "$one/server")" "$server"
	has "with its data" "$(k get pods -o name)" 'pod/pull'
	"$devcluster" down --dir "$one"
	"$devcluster" up --dir "$one" --fresh --nodes 0 --detach >/dev/null
	is "--fresh: without its data" "$(k get namespace check --ignore-not-found -o name)" ""
}

command_line
start
workloads
faults
access
objects
proxy
outage
end
echo "$checks checks, $failures failed"
[ "$failures" = 0 ] || echo "kept: $dir"
[ "$failures" = 0 ]
